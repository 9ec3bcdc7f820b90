// SPDX-License-Identifier: Apache-2.0

//! What is stored of models, versions, promises and contests.

use crate::Config;
use atelier_primitives::{
	ids::{DatasetId, ModelId, VersionId},
	lineage::{Consent, Flag},
	models::{Publication, MAX_ANCESTORS},
	terms::Withdrawal,
	BlockNumber,
};
use atelier_referee::hash::{Blake2b256, Digest};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	traits::{fungible::Inspect, ConstU32},
	BoundedVec,
};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	Permill,
};

/// What an item of state costs beside its own bytes, in bytes: its key and its place in the trie. The runtime's economics
/// ask 100 times as much for an item as for a byte.
pub const ITEM_BYTES: u64 = 100;

/// Most dues of a version.
pub const MAX_DUES: u32 = 8;

/// Longest slug or alias.
pub const MAX_NAME: u32 = 32;

/// A slug or an alias.
pub type Name = BoundedVec<u8, ConstU32<MAX_NAME>>;
pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;
pub type VersionOf<T> = Version<BalanceOf<T>>;
pub type PromiseOf<T> = Promise<<T as Config>::Consideration>;
pub type PublicationOf<T> = Publication<BalanceOf<T>>;
pub type DuesOf = BoundedVec<Due, ConstU32<MAX_DUES>>;

/// The hash of everything that is committed to, by the host.
pub struct HostHash;

impl Blake2b256 for HostHash {
	fn hash(message: &[u8]) -> Digest {
		BlakeTwo256::hash(message).0
	}
}

/// What the versions of a model have in common.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Model<AccountId, Ticket> {
	pub owner: AccountId,
	pub slug: Name,
	/// To whom the owner offered it.
	pub offered: Option<AccountId>,
	/// The number that its next version gets.
	pub next: u32,
	/// How many versions have a record.
	pub versions: u32,
	/// Bytes of it and of all its versions.
	pub bytes: u64,
	/// One for all of these bytes, so that a model changes hands at a price that does not grow with its versions.
	pub ticket: Ticket,
}

/// What of a version never changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Version<Balance> {
	pub model: ModelId,
	pub number: u32,
	pub publication: Publication<Balance>,
	/// When it was promised.
	pub committed: BlockNumber,
	pub published: BlockNumber,
	/// The version of the same model with the same weights that was published before it.
	pub follows: Option<VersionId>,
}

/// Where a version stands by its owner's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Standing {
	Active,
	Deprecated,
	Withdrawn { at: BlockNumber },
}

/// What of a version changes, and what every look at its descendants needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct State {
	pub standing: Standing,
	/// As its terms have it.
	pub withdrawal: Withdrawal,
	/// Versions made from it directly, versions that follow it, dues towards it, open claims that name it.
	pub dependants: u32,
	/// Bytes of its records.
	pub bytes: u64,
}

impl State {
	pub fn consent(&self) -> Consent {
		match self.standing {
			Standing::Active | Standing::Deprecated => Consent::Given,
			Standing::Withdrawn { at } => Consent::Withdrawn { at },
		}
	}

	/// What its own withdrawal stops, in itself and in all that was made from it.
	pub fn flag(&self) -> Flag {
		Flag::caused(self.consent(), self.withdrawal)
	}
}

/// All that a version was made from, however far above, by ascending number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Lineage {
	pub ancestors: BoundedVec<VersionId, ConstU32<MAX_ANCESTORS>>,
	pub sources: BoundedVec<DatasetId, ConstU32<MAX_ANCESTORS>>,
}

/// A commitment to publish.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Promise<Ticket> {
	pub made: BlockNumber,
	/// The first and the last block in which it can be kept.
	pub from: BlockNumber,
	pub until: BlockNumber,
	/// Where it stands in the queue of those that expire.
	pub place: u64,
	pub ticket: Ticket,
}

/// Weights that somebody published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Root {
	/// How many models have them.
	pub models: u32,
	/// Whose they are, if that was decided.
	pub decided: Option<ModelId>,
}

/// A model that has certain weights.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Claim {
	/// Its first version with them, and its latest.
	pub first: VersionId,
	pub latest: VersionId,
	/// When its maker promised the first.
	pub committed: BlockNumber,
}

/// What a version owes to one that it copies without saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Due {
	pub to: VersionId,
	pub part: Permill,
}

/// How far a claim of similarity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Stage {
	/// Waits for randomness newer than the claim.
	Waiting,
	/// Waits for the claimant to open the chunks that follow from the seed.
	Drawn { seed: Digest },
	/// Waits for the copy's owner to open them.
	Unserved { seed: Digest },
	/// They were opened; waits for the claimant again.
	Served { seed: Digest },
}

/// A claim that a version copies an older one. It keeps the rules of the block in which it was made.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Similarity<AccountId, Balance> {
	pub original: VersionId,
	pub copy: VersionId,
	pub claimant: AccountId,
	pub bond: Balance,
	pub threshold: Permill,
	/// What is due if it holds.
	pub part: Permill,
	/// What each stage lasts.
	pub period: BlockNumber,
	pub made: BlockNumber,
	/// The last block of the stage.
	pub until: BlockNumber,
	pub stage: Stage,
}
