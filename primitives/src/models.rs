// SPDX-License-Identifier: Apache-2.0

//! What a version of a model is, and what others ask about it.

use crate::{
	BlockNumber,
	ids::{AttestationId, DatasetId, VersionId},
	licence,
	terms::{Forbidden, Terms, Use},
};
use atelier_referee::{
	commit::{Bounded, Commitment},
	hash::{Blake2b256, Digest},
	model::Shape,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::Permill;

/// Most versions that one is made from directly.
pub const MAX_PARENTS: usize = 16;
/// Most datasets that a version is made from directly.
pub const MAX_DATASETS: usize = 32;
/// Most versions above one, however far, and most datasets: what acceptance looks at once for each withdrawal.
pub const MAX_ANCESTORS: u32 = 256;
/// Longest SPDX expression.
pub const MAX_LICENCE: usize = licence::MAX_EXPRESSION as usize;
/// The exact arithmetic that the chain judges: `x1`.
pub const SPEC: u16 = 1;

/// By what rules its answers are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Class {
	/// By exact arithmetic: the referee decides.
	Exact {
		/// Version of the exact arithmetic.
		spec: u16,
		shape: Shape,
		/// The texts of its tokens, if it answers with tokens.
		vocabulary: Option<Commitment>,
	},
	/// Within the published tolerance of a profile.
	Float { profile: Digest },
}

/// What its owner asks for each unit, beside what the worker asks.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Fee<Balance> {
	pub per_input: Balance,
	pub per_output: Balance,
}

/// Where a version stands.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Status {
	Active,
	/// Still serves; its owner recommends another.
	Deprecated,
	/// Another model has the same weights, and nobody has decided whose they are. It serves; what it earns waits.
	Contested,
	/// It was decided that the weights are another model's. For good, unless it is decided anew.
	Overruled,
	/// Its owner took it back, for good.
	Withdrawn,
}

/// What its maker states of a version. Nothing of it ever changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Publication<Balance> {
	pub weights: Commitment,
	/// Of the weights.
	pub bytes: u64,
	/// BLAKE3 of the package, by which it is fetched.
	pub package: Digest,
	/// Root of the manifest: architecture, tokenizer, chat template.
	pub manifest: Digest,
	pub class: Class,
	/// The versions it was made from and what each is owed, by ascending number.
	pub parents: Bounded<(VersionId, Permill), MAX_PARENTS>,
	/// The same of datasets.
	pub datasets: Bounded<(DatasetId, Permill), MAX_DATASETS>,
	pub terms: Terms,
	/// An SPDX expression ([`licence::well_formed`]), for people.
	pub licence: Bounded<u8, MAX_LICENCE>,
	/// Hash of the licence's text.
	pub licence_text: Digest,
	pub fee: Fee<Balance>,
	/// Hash of the safety framework it was made under.
	pub safety: Option<Digest>,
}

impl<Balance> Publication<Balance> {
	/// What its maker commits to before it shows the rest: that these roots will be published by this account on this
	/// chain. The salt keeps others from guessing the roots of weights that they have.
	pub fn promise<H: Blake2b256>(&self, genesis: &[u8], owner: &impl Encode, salt: &Digest) -> Digest {
		let roots = (self.weights, self.package, self.manifest);
		H::hash(&(b"atelier/publication", genesis, owner, roots, salt).encode())
	}
}

/// What a job must know of the version that it uses.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Allowed<AccountId, Balance> {
	pub owner: AccountId,
	pub class: Class,
	pub weights: Commitment,
	pub fee: Fee<Balance>,
	pub status: Status,
}

/// Why a version may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Refused {
	Unknown,
	/// Its owner took it back.
	Withdrawn,
	/// The weights are another model's.
	Overruled,
	/// Something that it was made from was withdrawn, under terms that stop serving.
	Consent,
	Terms(Forbidden),
}

/// What jobs ask about versions.
pub trait Versions<AccountId, Balance> {
	type Weight;

	/// Whether it may be used so in this block, and what finding out did weigh: its ancestry is looked at once after each
	/// withdrawal.
	fn allow(
		version: VersionId,
		wanted: Use,
		now: BlockNumber,
	) -> (Result<Allowed<AccountId, Balance>, Refused>, Self::Weight);

	/// The most that [`Self::allow`] can weigh.
	fn most() -> Self::Weight;

	/// By what rules its answers are right, and the weights they are made with, whatever became of it since.
	fn rules(version: VersionId) -> Option<(Class, Commitment)>;
}

/// Who may still need a version's record: jobs that use it, money in its pot.
pub trait Needs {
	fn needed(version: VersionId) -> bool;
}

impl Needs for () {
	fn needed(_: VersionId) -> bool {
		false
	}
}

/// Who can tell whether an attestation says that a version's weights are its maker's own.
pub trait OriginAttestations {
	fn confirms(attestation: AttestationId, version: VersionId) -> bool;
}

/// Who can tell whether every dispute about a shape fits on the chain.
pub trait Judgeable {
	fn judgeable(spec: u16, shape: &Shape) -> bool;
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::terms::{Purposes, Withdrawal};
	use atelier_referee::{commit::Kind, hash::Portable};

	fn publication(root: Digest) -> Publication<u64> {
		Publication {
			weights: Commitment {
				kind: Kind::Weights,
				count: 1,
				root,
			},
			bytes: 1_024,
			package: [2; 32],
			manifest: [3; 32],
			class: Class::Float { profile: [4; 32] },
			parents: Bounded::new(),
			datasets: Bounded::new(),
			terms: Terms {
				derive: true,
				commercial: true,
				min_share: Permill::zero(),
				expiry: None,
				purposes: Purposes::ANY,
				withdrawal: Withdrawal::StopsDerivation,
			},
			licence: Bounded::new(),
			licence_text: [5; 32],
			fee: Fee::default(),
			safety: None,
		}
	}

	#[test]
	fn a_promise_binds_chain_owner_roots_and_salt() {
		let promise = |genesis, owner: u64, root, salt| {
			publication([root; 32]).promise::<Portable>(&[genesis; 32], &owner, &[salt; 32])
		};
		let one = promise(0, 0, 0, 0);
		assert_eq!(one, promise(0, 0, 0, 0));
		for other in [
			promise(1, 0, 0, 0),
			promise(0, 1, 0, 0),
			promise(0, 0, 1, 0),
			promise(0, 0, 0, 1),
		] {
			assert_ne!(one, other);
		}
	}
}
