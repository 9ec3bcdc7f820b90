// SPDX-License-Identifier: Apache-2.0

//! What somebody says of something, with the semantics of the Ethereum Attestation Service.
//!
//! Anybody may say anything, so an attestation is worth what its attester is worth to the reader. What it means is fixed
//! by its schema. Those of [`GENESIS`] are on every chain under the same numbers.

use crate::{
	BlockNumber,
	ids::{AttestationId, SchemaId, Subject, VersionId},
};
use alloc::vec::Vec;
use atelier_referee::{
	commit::{Commitment, Error, Kind, Ranges, RangesProof, Tree},
	hash::{Blake2b256, Digest},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The longest text of a schema in bytes.
pub const MAX_DEFINITION: u32 = 1_024;

/// The longest data of an attestation in bytes. What is longer is hashed.
pub const MAX_DATA: u32 = 1_024;

/// What attestations of a schema mean.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Definition<Bytes> {
	/// In words: UTF-8, not empty, at most [`MAX_DEFINITION`] bytes.
	Text(Bytes),
	/// BLAKE2b-256 of words that are kept elsewhere.
	Hash(Digest),
}

impl<Bytes: AsRef<[u8]>> Definition<Bytes> {
	/// BLAKE2b-256 of the words, wherever they are.
	pub fn hash<H: Blake2b256>(&self) -> Digest {
		match self {
			Self::Text(text) => H::hash(text.as_ref()),
			Self::Hash(hash) => *hash,
		}
	}

	/// How many bytes of words there are here.
	pub fn stored(&self) -> u32 {
		match self {
			Self::Text(text) => u32::try_from(text.as_ref().len()).unwrap_or(u32::MAX),
			Self::Hash(_) => 0,
		}
	}
}

/// By what a schema can be found: one with the same words that can, or cannot, be revoked is another.
pub fn schema_hash<H: Blake2b256>(definition: &Digest, revocable: bool) -> Digest {
	H::hash(&(b"atelier schema", definition, revocable).encode())
}

/// What is said beside the schema.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Data<Bytes> {
	/// At most [`MAX_DATA`] bytes, perhaps none.
	Bytes(Bytes),
	/// BLAKE2b-256 of what is kept elsewhere.
	Hash(Digest),
}

impl<Bytes: AsRef<[u8]>> Data<Bytes> {
	/// How many bytes of it there are here.
	pub fn stored(&self) -> u32 {
		match self {
			Self::Bytes(bytes) => u32::try_from(bytes.as_ref().len()).unwrap_or(u32::MAX),
			Self::Hash(_) => 0,
		}
	}
}

/// What an attester says, whatever it says it of.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Statement<Bytes> {
	pub schema: SchemaId,
	/// Whether the attester may take it back, which the schema must allow.
	pub revocable: bool,
	/// The last block in which it holds.
	pub expiry: Option<BlockNumber>,
	/// Another attestation on which it rests or to which it answers.
	pub reference: Option<AttestationId>,
	pub data: Data<Bytes>,
}

/// Of what something is attested.
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
pub enum About<AccountId> {
	One(Subject<AccountId>),
	/// Of all the subjects in a tree ([`tree`]). Whoever relies on it shows that a subject is among them ([`covers`]).
	Many {
		root: Digest,
		count: u64,
	},
}

/// The tree that commits to these subjects.
pub fn tree<'a, H: Blake2b256, AccountId: Encode + 'a>(
	subjects: impl IntoIterator<Item = &'a Subject<AccountId>>,
) -> Result<Tree, Error> {
	let leaves: Vec<Vec<u8>> = subjects.into_iter().map(Encode::encode).collect();
	Tree::from_leaves::<H>(Kind::Subjects, leaves)
}

/// Checks that a subject is the one with this index among the many.
pub fn covers<H: Blake2b256, AccountId: Encode>(
	(root, count): (Digest, u64),
	subject: &Subject<AccountId>,
	index: u64,
	proof: &RangesProof,
) -> Result<(), Error> {
	let commitment = Commitment {
		kind: Kind::Subjects,
		count,
		root,
	};
	let end = index.checked_add(1).ok_or(Error::OutOfRange)?;
	proof.verify::<H>(&commitment, &Ranges::one(index, end)?, &[subject.encode()])
}

/// What the registry of models asks when two claim the same weights.
pub trait Origins<AccountId> {
	/// Whether this attestation says, in this block, that the version is its owner's own, and comes from somebody who is
	/// trusted with it.
	fn confirms_origin(attestation: AttestationId, version: VersionId, trusted: impl Fn(&AccountId) -> bool) -> bool;
}

/// A schema that the chain begins with. Each can be revoked, since people err.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenesisSchema {
	pub id: SchemaId,
	pub definition: &'static str,
}

/// Whose work a version is.
pub const ORIGIN: SchemaId = SchemaId(0);
/// That people agreed to the use of their data.
pub const CONSENT: SchemaId = SchemaId(1);
/// That the stated licence is the right one.
pub const LICENCE: SchemaId = SchemaId(2);
/// That somebody looked for personal data.
pub const PII_REVIEW: SchemaId = SchemaId(3);
/// How good the content of a dataset is.
pub const QUALITY: SchemaId = SchemaId(4);
/// How good a version is at something.
pub const EVALUATION: SchemaId = SchemaId(5);
/// Whom a version treats worse than others.
pub const BIAS_EVALUATION: SchemaId = SchemaId(6);
/// That the content could be fetched.
pub const RETRIEVAL: SchemaId = SchemaId(7);

/// In the order of their numbers, from zero without a gap. Their words are hashed, so they never change.
pub const GENESIS: [GenesisSchema; 8] = [
	GenesisSchema {
		id: ORIGIN,
		definition: "Origin, first version. Of a version: its owner made its weights, or has them from who did. \
			Data: the hash of the evidence, or nothing.",
	},
	GenesisSchema {
		id: CONSENT,
		definition: "Consent, first version. Of a dataset: the people of whom it tells agreed to its use under its terms. \
			Data: the hash of the record of how they were asked.",
	},
	GenesisSchema {
		id: LICENCE,
		definition: "Licence, first version. Of a dataset or a version: its owner may give it under the licence it states. \
			Data: the hash of the finding, or nothing.",
	},
	GenesisSchema {
		id: PII_REVIEW,
		definition: "Review for personal data, first version. Of a dataset: it was searched for personal data by the method \
			that the report states, and holds none but what the report names. Data: the hash of the report.",
	},
	GenesisSchema {
		id: QUALITY,
		definition: "Quality, first version. Of a dataset: how well its content fits what is said of it. \
			Data: the hash of the report.",
	},
	GenesisSchema {
		id: EVALUATION,
		definition: "Evaluation, first version. Of a version: it was evaluated as the report states, which names suite, \
			settings and results so that anybody can repeat it. Data: the hash of the report.",
	},
	GenesisSchema {
		id: BIAS_EVALUATION,
		definition: "Bias evaluation, first version. Of a version: it was examined for worse treatment of groups of people as \
			the report states, which names groups, measures and results. Data: the hash of the report.",
	},
	GenesisSchema {
		id: RETRIEVAL,
		definition: "Retrieval, first version. Of a dataset or a version: the attester fetched the whole content before this \
			was made, found the registered root, and keeps it available until it expires. \
			Data: where, as text, or nothing.",
	},
];

#[cfg(test)]
mod tests {
	use super::*;
	use crate::ids::DatasetId;
	use atelier_referee::{commit::Bounded, hash::Portable};

	#[test]
	fn genesis_schemas_are_numbered_without_a_gap_and_fit() {
		for (number, schema) in (0..).zip(GENESIS) {
			assert_eq!(schema.id, SchemaId(number));
			assert!((1..=MAX_DEFINITION as usize).contains(&schema.definition.len()));
			assert!(!schema.definition.contains(['\t', '\n']));
		}
	}

	#[test]
	fn their_words_never_change() {
		let all: Vec<Digest> = GENESIS
			.iter()
			.map(|schema| schema_hash::<Portable>(&Definition::Text(schema.definition).hash::<Portable>(), true))
			.collect();
		let hex: String = Portable::hash(&all.encode())
			.iter()
			.map(|byte| format!("{byte:02x}"))
			.collect();
		assert_eq!(hex, "155a82cca4ceb0e81446609c055bd8752cd642963437e7033041a366b6d0085e");
	}

	#[test]
	fn a_schema_is_found_by_its_words_wherever_they_are() {
		let text = Definition::Text(b"words".to_vec());
		let hash = Definition::<Vec<u8>>::Hash(Portable::hash(b"words"));
		assert_eq!(text.hash::<Portable>(), hash.hash::<Portable>());
		let words = text.hash::<Portable>();
		assert_ne!(
			schema_hash::<Portable>(&words, true),
			schema_hash::<Portable>(&words, false)
		);
	}

	mod covers {
		use super::*;

		fn subjects(count: u32) -> Vec<Subject<[u8; 32]>> {
			(0..count)
				.map(|number| match number % 3 {
					0 => Subject::Dataset(DatasetId(number)),
					1 => Subject::Version(VersionId(number)),
					_ => Subject::Account([number as u8; 32]),
				})
				.collect()
		}

		fn check(tree: &Tree, subject: &Subject<[u8; 32]>, index: u64, proof: &RangesProof) -> Result<(), Error> {
			let Commitment { root, count, .. } = tree.commitment();
			covers::<Portable, _>((root, count), subject, index, proof)
		}

		#[test]
		fn each_of_them_and_no_other() {
			for count in [1, 2, 3, 7, 64, 65] {
				let subjects = subjects(count);
				let tree = tree::<Portable, _>(&subjects).unwrap();
				for (index, subject) in (0..).zip(&subjects) {
					let proof = tree.prove(&Ranges::one(index, index + 1).unwrap()).unwrap();
					assert_eq!(check(&tree, subject, index, &proof), Ok(()));
					for (other, stranger) in (0..).zip(&subjects).filter(|(other, _)| *other != index) {
						assert_eq!(check(&tree, stranger, index, &proof), Err(Error::RootMismatch));
						assert!(check(&tree, subject, other, &proof).is_err());
					}
				}
			}
		}

		#[test]
		fn no_hostile_proof() {
			let subjects = subjects(5);
			let tree = tree::<Portable, _>(&subjects).unwrap();
			let Commitment { root, count, .. } = tree.commitment();
			let proof = tree.prove(&Ranges::one(4, 5).unwrap()).unwrap();
			let [.., last] = &subjects[..] else { unreachable!() };

			assert_eq!(check(&tree, last, 5, &proof), Err(Error::OutOfRange));
			assert_eq!(check(&tree, last, u64::MAX, &proof), Err(Error::OutOfRange));
			let mut shorter = proof.clone();
			shorter.siblings.pop();
			assert_eq!(check(&tree, last, 4, &shorter), Err(Error::TooFewSiblings));
			let mut longer = proof.clone();
			longer.siblings.push([0; 32]).unwrap();
			assert_eq!(check(&tree, last, 4, &longer), Err(Error::TooManySiblings));
			let mut other = proof.siblings.to_vec();
			other[0][0] ^= 1;
			let other = RangesProof {
				siblings: Bounded::try_from(other).unwrap(),
			};
			assert_eq!(check(&tree, last, 4, &other), Err(Error::RootMismatch));

			let mut elsewhere = root;
			elsewhere[31] ^= 1;
			let refused = covers::<Portable, _>((elsewhere, count), last, 4, &proof);
			assert_eq!(refused, Err(Error::RootMismatch));
			let refused = covers::<Portable, _>((root, count + 1), last, 4, &proof);
			assert_eq!(refused, Err(Error::TooFewSiblings));
			let refused = covers::<Portable, _>((root, u64::MAX), last, 4, &proof);
			assert_eq!(refused, Err(Error::TooManyLeaves));
			let refused = covers::<Portable, _>((root, 0), last, 0, &proof);
			assert_eq!(refused, Err(Error::OutOfRange));
		}

		#[test]
		fn no_tree_of_another_kind() {
			let subjects = subjects(4);
			let leaves: Vec<Vec<u8>> = subjects.iter().map(Encode::encode).collect();
			let weights = Tree::from_leaves::<Portable>(Kind::Weights, leaves).unwrap();
			let proof = weights.prove(&Ranges::one(0, 1).unwrap()).unwrap();
			assert_eq!(check(&weights, &subjects[0], 0, &proof), Err(Error::RootMismatch));
		}
	}
}
