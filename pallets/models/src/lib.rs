// SPDX-License-Identifier: Apache-2.0

//! # Models
//!
//! Keeps who made which model from what, under which terms it may be used, and who is owed a share of what it earns.
//!
//! ## How a version is published
//!
//! 1. An account makes a model. It may claim an alias, so that people write `alias/slug@number`.
//! 2. It commits to a hash of the roots, of itself and of a salt ([`Pallet::commit_version`]). Nobody learns the roots.
//! 3. A few blocks later it shows them with everything else ([`Pallet::reveal_version`]). Whoever copies what it sees in
//!    the pool has no promise of its own and comes too late.
//! 4. Parents and datasets must allow the version by their terms. Everything above it is written down once: at most 256
//!    versions and 256 datasets.
//!
//! Nothing of a version changes afterwards but where it stands: deprecated (advice, taken back at will), withdrawn (for
//! good; nobody can block it).
//!
//! ## What a withdrawal does
//!
//! A withdrawal writes one counter. Every query then sees the flag at once, at any depth; the acceptance of a job looks at
//! the ancestry again only if the counter has moved since somebody looked last ([`lineage`]).
//!
//! ## Whose weights they are
//!
//! Models with the same weights are contested: they serve, and what they earn waits, until an attestation of origin or
//! moderation decides. The others are then overruled for good: they no longer serve, and what they earned is the rightful
//! model's. Weights that are merely alike are compared by chunks that the chain draws ([`similar`]): a copy that does not
//! name its parent owes it a share from then on. Who permutes the neurons of a copy, or changes signs, is not found so.
//!
//! ## What it costs
//!
//! The owner of a model holds one deposit for the bytes of the model and of all its versions; it moves with the model and
//! returns as records go. Promises and aliases have their own; a promise's returns when it is kept and when it expires.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

// Benchmarks are tests: what is wrong in them shall stop them.
#[cfg(feature = "runtime-benchmarks")]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]
pub mod benchmarking;
mod checks;
pub mod chunks;
mod contests;
mod invariants;
pub mod lineage;
mod names;
mod ownership;
mod promises;
mod publication;
pub mod similar;
mod splits;
mod types;
mod views;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use similar::Opened;
pub use types::*;
pub use views::{AllowedOf, ModelViewOf, SimilarityViewOf, VersionViewOf, PAGE};
pub use weights::WeightInfo;

// FRAME's expansion of the declarations below calls `expect`; our own code is searched for it by `scripts/test lint`.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::{similar::SimilarityOf, *};
	use alloc::vec::Vec;
	use atelier_primitives::{
		ids::{AttestationId, ModelId, SimilarityId, VersionId},
		lineage::{Datasets, Flag},
		models::{Judgeable, Needs, OriginAttestations, Refused, MAX_ANCESTORS},
		terms::Use,
		views::models::{ContestView, LineageView},
		BlockNumber,
	};
	use atelier_referee::hash::Digest;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{InspectHold, MutateHold},
			Consideration, Footprint, Randomness,
		},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::Permill;

	/// Storage as it is read here.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		type RuntimeHoldReason: From<HoldReason>;

		/// The currency of bonds and fees.
		type Currency: InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// What stored bytes cost; `size` counts an item as [`ITEM_BYTES`].
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// The datasets that versions are made from.
		type Datasets: Datasets;

		/// Which attestations say whose weights they are. Whoever it trusts decides contests.
		type OriginAttestations: OriginAttestations;

		/// Which shapes the court can judge. A model it lets pass and cannot judge can answer wrongly without being found out.
		type Judgeable: Judgeable;

		/// Who still needs the record of a withdrawn version.
		type Needs: Needs;

		/// Who decides contests that no attestation decides, and corrects those that one decided.
		type ModerationOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Chunks are drawn by it. Nobody may know its output before the block that it names.
		type Randomness: Randomness<Self::Hash, BlockNumberFor<Self>>;

		/// Most of a version's fee that it may give away.
		type MaxShared: Get<Permill>;

		/// Blocks from a promise to the first in which it can be kept: long enough that a promise made after the roots were
		/// seen in the pool comes later. At least one.
		type RevealDelay: Get<BlockNumber>;

		/// Blocks from a promise to the last in which it can be kept.
		type RevealWindow: Get<BlockNumber>;

		/// Open promises of one account.
		#[pallet::constant]
		type MaxPromises: Get<u32>;

		/// What a claim of similarity is wagered on: what opening 64 KiB costs the copy's owner, with a margin.
		type SimilarityBond: Get<BalanceOf<Self>>;

		/// How long each stage of such a claim lasts. Longer than randomness takes to become newer: two epochs.
		type SimilarityPeriod: Get<BlockNumber>;

		/// Below this ratio of differences to sizes two versions are alike. Independent numbers of a bell curve are 0.71
		/// apart, copies with ten percent of noise 0.05.
		type SimilarityThreshold: Get<Permill>;

		/// The least that is due to what was copied; the original's own least share if that is more.
		type LeastDue: Get<Permill>;

		type WeightInfo: WeightInfo;

		/// What benchmarks need of the pallets beside this one.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::Helper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What money is held for.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The bytes of models, versions, promises and aliases.
		Record,
		/// A claim that a version copies another.
		SimilarityBond,
	}

	/// The number of the next model.
	#[pallet::storage]
	pub type NextModel<T> = StorageValue<_, ModelId, ValueQuery>;

	/// The number of the next version. Parents have smaller numbers than what was made from them.
	#[pallet::storage]
	pub type NextVersion<T> = StorageValue<_, VersionId, ValueQuery>;

	/// The number of the next claim of similarity.
	#[pallet::storage]
	pub type NextSimilarity<T> = StorageValue<_, SimilarityId, ValueQuery>;

	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelOf<T>>;

	/// The models of an owner by their slugs.
	#[pallet::storage]
	pub type Slugs<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, Name, ModelId>;

	/// Who has an alias.
	#[pallet::storage]
	pub type Aliases<T: Config> = StorageMap<_, Blake2_128Concat, Name, T::AccountId>;

	/// The alias of an owner, and what it holds for it.
	#[pallet::storage]
	pub type AliasOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, (Name, T::Consideration)>;

	#[pallet::storage]
	pub type Versions<T: Config> = StorageMap<_, Twox64Concat, VersionId, VersionOf<T>>;

	/// What of versions changes.
	#[pallet::storage]
	pub type States<T: Config> = StorageMap<_, Twox64Concat, VersionId, State>;

	/// What lies above versions.
	#[pallet::storage]
	pub type Lineages<T: Config> = StorageMap<_, Twox64Concat, VersionId, Lineage>;

	/// The versions of a model by their numbers.
	#[pallet::storage]
	pub type Numbers<T: Config> = StorageDoubleMap<_, Twox64Concat, ModelId, Twox64Concat, u32, VersionId>;

	/// Promises that were neither kept nor expired.
	#[pallet::storage]
	pub type Promises<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, Digest, PromiseOf<T>>;

	/// How many promises an account has open.
	#[pallet::storage]
	pub type Open<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Promises in the order in which they were made, with the last block of each.
	#[pallet::storage]
	pub type Queue<T: Config> = StorageMap<_, Twox64Concat, u64, (T::AccountId, Digest, BlockNumber)>;

	/// The first place of the queue, and the one after the last.
	#[pallet::storage]
	pub type QueueEnds<T> = StorageValue<_, (u64, u64), ValueQuery>;

	/// Weights, and whose they are.
	#[pallet::storage]
	pub type Roots<T> = StorageMap<_, Blake2_128Concat, Digest, Root>;

	/// Models by their weights.
	#[pallet::storage]
	pub type Claims<T> = StorageDoubleMap<_, Blake2_128Concat, Digest, Twox64Concat, ModelId, Claim>;

	/// How many things were withdrawn so far.
	#[pallet::storage]
	pub type Withdrawals<T> = StorageValue<_, u64, ValueQuery>;

	/// What a look at a version's ancestry found, and how many things were withdrawn by then.
	#[pallet::storage]
	pub type Checked<T> = StorageMap<_, Twox64Concat, VersionId, (u64, Flag)>;

	/// What versions owe to those that they copy.
	#[pallet::storage]
	pub type Dues<T> = StorageMap<_, Twox64Concat, VersionId, DuesOf, ValueQuery>;

	#[pallet::storage]
	pub type Similarities<T: Config> = StorageMap<_, Twox64Concat, SimilarityId, SimilarityOf<T>>;

	/// Open claims of similarity: the copy, the original.
	#[pallet::storage]
	pub type Pairs<T> = StorageDoubleMap<_, Twox64Concat, VersionId, Twox64Concat, VersionId, SimilarityId>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		ModelCreated {
			model: ModelId,
			owner: T::AccountId,
			slug: Name,
		},
		ModelOffered {
			model: ModelId,
			to: T::AccountId,
		},
		OfferCancelled {
			model: ModelId,
		},
		ModelTransferred {
			model: ModelId,
			from: T::AccountId,
			to: T::AccountId,
		},
		ModelRemoved {
			model: ModelId,
		},
		AliasClaimed {
			owner: T::AccountId,
			alias: Name,
		},
		AliasReleased {
			owner: T::AccountId,
			alias: Name,
		},
		/// A version will be published, at the latest in that block.
		VersionCommitted {
			owner: T::AccountId,
			promise: Digest,
			until: BlockNumber,
		},
		/// A promise was not kept in time; its deposit returned.
		PromiseExpired {
			owner: T::AccountId,
			promise: Digest,
		},
		VersionPublished {
			version: VersionId,
			model: ModelId,
			number: u32,
			owner: T::AccountId,
		},
		VersionDeprecated {
			version: VersionId,
		},
		VersionReinstated {
			version: VersionId,
		},
		VersionWithdrawn {
			version: VersionId,
		},
		VersionRemoved {
			version: VersionId,
		},
		/// One more model has weights that another had.
		WeightsContested {
			root: Digest,
			model: ModelId,
		},
		ContestDecided {
			root: Digest,
			model: ModelId,
		},
		/// It is open again whose weights these are.
		ContestReopened {
			root: Digest,
		},
		SimilarityClaimed {
			claim: SimilarityId,
			original: VersionId,
			copy: VersionId,
			claimant: T::AccountId,
		},
		ChunksDrawn {
			claim: SimilarityId,
		},
		/// The copy's owner must open the drawn chunks.
		ChunksDemanded {
			claim: SimilarityId,
		},
		ChunksServed {
			claim: SimilarityId,
		},
		/// From now on the copy owes the original a part.
		SimilarityHeld {
			claim: SimilarityId,
			original: VersionId,
			copy: VersionId,
			part: Permill,
		},
		/// The bond went to the copy's owner.
		SimilarityLost {
			claim: SimilarityId,
			paid: T::AccountId,
		},
		/// No randomness came in time; the bond returned.
		SimilarityVoid {
			claim: SimilarityId,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// Slugs and aliases are of small letters, digits, and hyphens between them.
		NotAName,
		/// Slugs and aliases have at most 32 letters.
		NameTooLong,
		/// The owner has a model with this slug.
		SlugTaken,
		/// Another account has this alias.
		AliasTaken,
		/// The account has an alias already.
		HasAlias,
		/// The account has no alias.
		NoAlias,
		/// There is no such model.
		UnknownModel,
		/// There is no such version.
		UnknownVersion,
		/// The model belongs to another account.
		NotOwner,
		/// The model cannot be offered to its owner.
		OfferedToOwner,
		/// The model is not offered to this account, or to nobody.
		NotOffered,
		/// The model has versions.
		HasVersions,
		/// Numbers or blocks have come to their end.
		NoMoreNumbers,
		/// The account has promised this already.
		AlreadyPromised,
		/// The account has as many open promises as it may.
		TooManyPromises,
		/// The account has not promised to publish these roots.
		NotPromised,
		/// The promise was made too few blocks ago.
		TooEarly,
		/// The promise has expired.
		TooLate,
		/// The SPDX expression is empty, or has letters or parentheses that none has.
		NotALicence,
		/// The shape is outside the limits of the spec.
		NotAShape,
		/// There could be disputes about such a model that do not fit on the chain.
		NotJudgeable,
		/// The commitment is not to weights, or not to as many chunks as there must be.
		WrongWeights,
		/// The weights have another length.
		WrongLength,
		/// The commitment to the texts of tokens is missing, not needed, or of another count.
		WrongVocabulary,
		/// The version gives away more of its fee than it may.
		SharesTooLarge,
		/// Parents or datasets are not in ascending order, each once.
		NotInOrder,
		/// There is no such parent.
		UnknownParent,
		/// A parent was withdrawn.
		ParentWithdrawn,
		/// Whose weights a parent has is contested, or they are another's.
		ParentContested,
		/// A parent's terms forbid such a version, or ask for a larger share.
		ParentForbids,
		/// There is no such dataset.
		UnknownDataset,
		/// A dataset was withdrawn.
		DatasetWithdrawn,
		/// A dataset's terms forbid such a version, or ask for a larger share.
		DatasetForbids,
		/// A dataset is used by as many versions as can be counted.
		DatasetOverused,
		/// Something above a parent was withdrawn.
		AncestorWithdrawn,
		/// More than 256 versions or 256 datasets lie above the version.
		AncestryTooLarge,
		/// The weights were found to be another model's.
		WeightsAreAnothers,
		/// The same weights were published with parents or datasets that are missing here.
		LineageLeftOut,
		/// The version was withdrawn, for good.
		AlreadyWithdrawn,
		/// That is how it stands already.
		NothingToChange,
		/// Only withdrawn versions are removed.
		NotWithdrawn,
		/// Versions, dues or claims refer to the version.
		StillReferredTo,
		/// It is open whose weights these are, or others claim what was found to be the version's.
		StillContested,
		/// Jobs or money wait for the version.
		StillNeeded,
		/// Nobody contests these weights.
		NotContested,
		/// The version or model has other weights.
		NotAClaim,
		/// The attestation does not say so.
		NotAttested,
		/// Only exact versions can be compared.
		NotExact,
		/// Only versions of one shape can be compared.
		ShapesDiffer,
		/// The original is not older than the copy.
		NotOlder,
		/// The versions have common ancestors, or one was made from the other.
		Related,
		/// The copy owes the original a part already.
		AlreadyDue,
		/// The same claim is open already.
		AlreadyClaimed,
		/// There is no such claim of similarity.
		UnknownClaim,
		/// Only the claimant can do this.
		NotClaimant,
		/// The claim is at another stage.
		WrongStage,
		/// The stage has ended.
		DeadlinePassed,
		/// The stage has not ended.
		DeadlineNotPassed,
		/// The randomness was known when the claim was made.
		RandomnessTooOld,
		/// Nothing can be drawn from the shape.
		NothingDrawn,
		/// These are not the drawn chunks of the package.
		NotTheChunks,
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A model.
		pub fn model(model: ModelId) -> Option<ModelViewOf<T>> {
			Self::view_model(model)
		}

		/// Models of an owner, at most [`PAGE`], after the one with that slug. Their order says nothing.
		pub fn models_of(owner: T::AccountId, after: Option<Vec<u8>>, limit: u32) -> Vec<ModelViewOf<T>> {
			Self::view_models_of(owner, after, limit)
		}

		/// A version.
		pub fn version(version: VersionId) -> Option<VersionViewOf<T>> {
			Self::view_version(version)
		}

		/// Versions of a model whose numbers are at least `from`; of the next `limit` numbers, at most [`PAGE`].
		pub fn versions_of(model: ModelId, from: u32, limit: u32) -> Vec<VersionViewOf<T>> {
			Self::view_versions_of(model, from, limit)
		}

		/// Everything that a version was made from.
		pub fn lineage(version: VersionId) -> Option<LineageView> {
			Self::view_lineage(version)
		}

		/// What withdrawals have stopped for a version.
		pub fn flag(version: VersionId) -> Option<Flag> {
			Self::flag_of(version)
		}

		/// The model that `alias/slug` means, or the version that `alias/slug@number` means.
		pub fn resolve(name: Vec<u8>) -> Option<(ModelId, Option<VersionId>)> {
			Self::resolved(&name)
		}

		/// The alias of an account.
		pub fn alias_of(owner: T::AccountId) -> Option<Vec<u8>> {
			AliasOf::<T>::get(owner).map(|(alias, _)| alias.into_inner())
		}

		/// Which models have these weights.
		pub fn contest(root: Digest) -> Option<ContestView> {
			Self::view_contest(root)
		}

		/// A claim of similarity.
		pub fn similarity(claim: SimilarityId) -> Option<SimilarityViewOf<T>> {
			Self::view_similarity(claim)
		}

		/// Open claims that a version is a copy, by the originals they name; at most [`PAGE`].
		pub fn similarities_of(copy: VersionId) -> Vec<(VersionId, SimilarityId)> {
			Self::view_similarities_of(copy)
		}

		/// Whether a version may be used so in this block, and what the job must know of it.
		pub fn allowed(version: VersionId, wanted: Use) -> Result<AllowedOf<T>, Refused> {
			Self::view_allow(version, wanted)
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Make a model, and hold the deposit for it.
		///
		/// - Origin: signed.
		/// - Errors: `NotAName`, `NameTooLong`, `SlugTaken`, `NoMoreNumbers`, those of the deposit.
		/// - Emits `ModelCreated`.
		#[pallet::call_index(0)]
		pub fn create_model(origin: OriginFor<T>, slug: Vec<u8>) -> DispatchResult {
			Self::do_create_model(ensure_signed(origin)?, slug)
		}

		/// Offer a model to another account, or to nobody any more.
		///
		/// - Origin: signed by its owner.
		/// - Errors: `UnknownModel`, `NotOwner`, `OfferedToOwner`, `NotOffered`.
		/// - Emits `ModelOffered` or `OfferCancelled`.
		#[pallet::call_index(1)]
		pub fn offer_model(origin: OriginFor<T>, model: ModelId, to: Option<T::AccountId>) -> DispatchResult {
			Self::do_offer_model(ensure_signed(origin)?, model, to)
		}

		/// Take over a model that is offered, with its deposit; the former owner's returns.
		///
		/// - Origin: signed by the account that it is offered to.
		/// - Errors: `UnknownModel`, `NotOffered`, `SlugTaken`, those of the deposit.
		/// - Emits `ModelTransferred`.
		#[pallet::call_index(2)]
		pub fn accept_model(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			Self::do_accept_model(ensure_signed(origin)?, model)
		}

		/// Remove a model without versions. Its deposit returns.
		///
		/// - Origin: signed by its owner.
		/// - Errors: `UnknownModel`, `NotOwner`, `HasVersions`.
		/// - Emits `ModelRemoved`.
		#[pallet::call_index(3)]
		pub fn remove_model(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			Self::do_remove_model(ensure_signed(origin)?, model)
		}

		/// Claim an alias that nobody has.
		///
		/// - Origin: signed.
		/// - Errors: `NotAName`, `NameTooLong`, `HasAlias`, `AliasTaken`, those of the deposit.
		/// - Emits `AliasClaimed`.
		#[pallet::call_index(4)]
		pub fn claim_alias(origin: OriginFor<T>, alias: Vec<u8>) -> DispatchResult {
			Self::do_claim_alias(ensure_signed(origin)?, alias)
		}

		/// Give up one's alias. Its deposit returns.
		///
		/// - Origin: signed.
		/// - Errors: `NoAlias`.
		/// - Emits `AliasReleased`.
		#[pallet::call_index(5)]
		pub fn release_alias(origin: OriginFor<T>) -> DispatchResult {
			Self::do_release_alias(ensure_signed(origin)?)
		}

		/// Promise to publish a version, without saying which.
		///
		/// - Origin: signed by who will own the model when it is published.
		/// - Details: `promise` is [`Pallet::promise`]. It is kept no sooner than [`Config::RevealDelay`] and no later than
		///   [`Config::RevealWindow`] blocks from now. Its deposit returns in any case.
		/// - Errors: `AlreadyPromised`, `TooManyPromises`, `NoMoreNumbers`, those of the deposit.
		/// - Emits `VersionCommitted`.
		#[pallet::call_index(6)]
		pub fn commit_version(origin: OriginFor<T>, promise: Digest) -> DispatchResult {
			Self::do_commit_version(ensure_signed(origin)?, promise)
		}

		/// Publish the version that was promised.
		///
		/// - Origin: signed by the model's owner.
		/// - Errors: `UnknownModel`, `NotOwner`, `NotPromised`, `TooEarly`, `TooLate`, `NotALicence`, `NotAShape`,
		///   `NotJudgeable`, `WrongWeights`, `WrongLength`, `WrongVocabulary`, `SharesTooLarge`, `NotInOrder`,
		///   `UnknownParent`, `ParentWithdrawn`, `ParentContested`, `ParentForbids`, `UnknownDataset`, `DatasetWithdrawn`,
		///   `DatasetForbids`, `DatasetOverused`, `AncestorWithdrawn`, `AncestryTooLarge`, `WeightsAreAnothers`,
		///   `LineageLeftOut`, `NoMoreNumbers`, those of the deposit.
		/// - Emits `VersionPublished`, and `WeightsContested` if another model has the same weights.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::reveal_version(
			publication.parents.len() as u32,
			publication.datasets.len() as u32,
			MAX_ANCESTORS,
			MAX_ANCESTORS,
		))]
		pub fn reveal_version(
			origin: OriginFor<T>,
			model: ModelId,
			publication: alloc::boxed::Box<PublicationOf<T>>,
			salt: Digest,
		) -> DispatchResultWithPostInfo {
			let owner = ensure_signed(origin)?;
			let (parents, datasets) = (publication.parents.len() as u32, publication.datasets.len() as u32);
			let (ancestors, sources) = Self::do_reveal_version(owner, model, *publication, salt)?;
			Ok(Some(T::WeightInfo::reveal_version(parents, datasets, ancestors, sources)).into())
		}

		/// Recommend against a version. It goes on serving.
		///
		/// - Origin: signed by the model's owner.
		/// - Errors: `UnknownVersion`, `NotOwner`, `AlreadyWithdrawn`, `NothingToChange`.
		/// - Emits `VersionDeprecated`.
		#[pallet::call_index(8)]
		pub fn deprecate_version(origin: OriginFor<T>, version: VersionId) -> DispatchResult {
			Self::do_deprecate(ensure_signed(origin)?, version, true)
		}

		/// Take back a deprecation.
		///
		/// - Origin: signed by the model's owner.
		/// - Errors: `UnknownVersion`, `NotOwner`, `AlreadyWithdrawn`, `NothingToChange`.
		/// - Emits `VersionReinstated`.
		#[pallet::call_index(9)]
		pub fn reinstate_version(origin: OriginFor<T>, version: VersionId) -> DispatchResult {
			Self::do_deprecate(ensure_signed(origin)?, version, false)
		}

		/// Take back a version for good: it is used no more from this block on, and all that was made from it is flagged as
		/// its terms say. Nothing can block it.
		///
		/// - Origin: signed by the model's owner.
		/// - Errors: `UnknownVersion`, `NotOwner`, `AlreadyWithdrawn`.
		/// - Emits `VersionWithdrawn`.
		#[pallet::call_index(10)]
		pub fn withdraw_version(origin: OriginFor<T>, version: VersionId) -> DispatchResult {
			Self::do_withdraw(ensure_signed(origin)?, version)
		}

		/// Remove the record of a withdrawn version to which nothing refers. Its deposit returns.
		///
		/// - Origin: signed by the model's owner.
		/// - Errors: `UnknownVersion`, `NotOwner`, `NotWithdrawn`, `StillReferredTo`, `StillContested`, `StillNeeded`.
		/// - Emits `VersionRemoved`.
		#[pallet::call_index(11)]
		pub fn remove_version(origin: OriginFor<T>, version: VersionId) -> DispatchResult {
			Self::do_remove_version(ensure_signed(origin)?, version)
		}

		/// Decide a contest by an attestation of where the weights come from.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `NotContested`, `UnknownVersion`, `NotAClaim`, `NotAttested`.
		/// - Emits `ContestDecided`.
		#[pallet::call_index(12)]
		pub fn settle_contest(
			origin: OriginFor<T>,
			root: Digest,
			version: VersionId,
			attestation: AttestationId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_settle_contest(root, version, attestation)
		}

		/// Decide whose weights these are, decide it anew, or open it again.
		///
		/// - Origin: [`Config::ModerationOrigin`].
		/// - Errors: `NotContested`, `NothingToChange`, `NotAClaim`.
		/// - Emits `ContestDecided` or `ContestReopened`.
		#[pallet::call_index(13)]
		pub fn decide_contest(origin: OriginFor<T>, root: Digest, model: Option<ModelId>) -> DispatchResult {
			T::ModerationOrigin::ensure_origin(origin)?;
			Self::do_decide_contest(root, model)
		}

		/// Claim that a version copies an older one without naming it, and wager a bond on it.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `UnknownVersion`, `NotExact`, `ShapesDiffer`, `NotOlder`, `WeightsAreAnothers`, `Related`, `AlreadyDue`,
		///   `AlreadyClaimed`, `NoMoreNumbers`, those of the bond.
		/// - Emits `SimilarityClaimed`.
		#[pallet::call_index(14)]
		pub fn claim_similar(origin: OriginFor<T>, original: VersionId, copy: VersionId) -> DispatchResult {
			Self::do_claim_similar(ensure_signed(origin)?, original, copy)
		}

		/// Draw the chunks that are compared, once there is randomness newer than the claim.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `UnknownClaim`, `DeadlinePassed`, `WrongStage`, `RandomnessTooOld`, `NoMoreNumbers`.
		/// - Emits `ChunksDrawn`.
		#[pallet::call_index(15)]
		pub fn draw_similar(origin: OriginFor<T>, claim: SimilarityId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_draw(claim)
		}

		/// Open the drawn chunks of both packages. That decides the claim.
		///
		/// - Origin: signed by the claimant.
		/// - Errors: `UnknownClaim`, `DeadlinePassed`, `NotClaimant`, `WrongStage`, `NothingDrawn`, `NotTheChunks`.
		/// - Emits `SimilarityHeld` or `SimilarityLost`.
		#[pallet::call_index(16)]
		pub fn open_similar(
			origin: OriginFor<T>,
			claim: SimilarityId,
			original: alloc::boxed::Box<Opened>,
			copy: alloc::boxed::Box<Opened>,
		) -> DispatchResult {
			Self::do_open_similar(ensure_signed(origin)?, claim, *original, *copy)
		}

		/// Say that nobody serves the copy's chunks: its owner must open them, or the claim holds.
		///
		/// - Origin: signed by the claimant.
		/// - Errors: `UnknownClaim`, `DeadlinePassed`, `NotClaimant`, `WrongStage`, `NoMoreNumbers`.
		/// - Emits `ChunksDemanded`.
		#[pallet::call_index(17)]
		pub fn say_unserved(origin: OriginFor<T>, claim: SimilarityId) -> DispatchResult {
			Self::do_say_unserved(ensure_signed(origin)?, claim)
		}

		/// Open the copy's chunks, for the claimant to take from here.
		///
		/// - Origin: signed by the owner of the copy's model.
		/// - Errors: `UnknownClaim`, `DeadlinePassed`, `WrongStage`, `NotOwner`, `NothingDrawn`, `NotTheChunks`,
		///   `NoMoreNumbers`.
		/// - Emits `ChunksServed`.
		#[pallet::call_index(18)]
		pub fn serve_similar(
			origin: OriginFor<T>,
			claim: SimilarityId,
			copy: alloc::boxed::Box<Opened>,
		) -> DispatchResult {
			Self::do_serve_similar(ensure_signed(origin)?, claim, *copy)
		}

		/// End a claim whose stage has passed its last block, with the one outcome that the stage has.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `UnknownClaim`, `DeadlineNotPassed`.
		/// - Emits `SimilarityVoid`, `SimilarityHeld` or `SimilarityLost`.
		#[pallet::call_index(19)]
		pub fn end_similar(origin: OriginFor<T>, claim: SimilarityId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_end_similar(claim)
		}

		/// Clear expired promises where blocks were too full to do it.
		///
		/// - Origin: signed by anyone.
		/// - Details: looks at no more than `limit` places of the queue.
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::expire().saturating_mul(u64::from(*limit).saturating_add(1)))]
		pub fn clear_promises(origin: OriginFor<T>, limit: u32) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let looked = Self::expire(&mut WeightMeter::new(), limit);
			Ok(Some(T::WeightInfo::expire().saturating_mul(u64::from(looked).saturating_add(1))).into())
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxPromises::get() > 0, "nothing could be published");
			assert!(
				T::RevealDelay::get() > 0,
				"a promise made after the roots were seen would not come too late"
			);
			assert!(
				T::RevealWindow::get() > T::RevealDelay::get(),
				"promises would expire before they can be kept"
			);
			assert!(
				T::SimilarityThreshold::get() < Permill::from_percent(60),
				"independent weights, 0.71 apart, would be called copies"
			);
		}

		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			if meter.try_consume(T::DbWeight::get().reads_writes(1, 1)).is_ok() {
				Self::expire(meter, u32::MAX);
			}
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
