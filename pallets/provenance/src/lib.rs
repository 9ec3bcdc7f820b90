// SPDX-License-Identifier: Apache-2.0

//! # Provenance
//!
//! Keeps who registered which data under which terms, whether its owner still agrees that it is used, and what anybody
//! attests of anything.
//!
//! ## Data
//!
//! 1. An owner registers a dataset: the hash that stands for its content, the terms, the licence. None of it changes.
//! 2. Versions of models that are made from it are counted. Their money reaches the owner by the dataset's pot.
//! 3. The owner may withdraw its consent, once and for good. It needs nothing but being the owner: no deposit, no free
//!    balance (somebody else can pay for the transaction, see below), no other pallet's agreement. From that block on
//!    nothing new is made from the dataset, and what its terms say stops in all that was made from it.
//! 4. A dataset changes hands in two steps: the owner offers it, and the new owner accepts, with a deposit of its own.
//! 5. One that was never used, of which nothing is attested, and for which no money waits, can be removed.
//!
//! The same content may be registered by several. Data is shared, licensed to many, copied with and without right; which
//! of it is so, the chain cannot know, and if the first to register could keep others out, a thief would be first. What
//! the chain knows is who came first and when: every view of a later one names the earliest that is left.
//!
//! ## Attestations
//!
//! They have the semantics of the Ethereum Attestation Service.
//!
//! 1. A schema says in words what attestations of it mean, and whether they can be taken back. It is found by its number
//!    or by its hash. Every chain begins with those of [`atelier_primitives::attestations::GENESIS`].
//! 2. Anybody attests something of a subject, or of as many as it likes by the root of a tree; until a last block, or for
//!    good; perhaps with a reference to another attestation, which must hold at that moment. (The service on Ethereum
//!    also allows references to what no longer holds. Here they would keep an attester's deposit for ever.)
//! 3. The attester, and nobody else, may revoke it once, if schema and attestation allow.
//! 4. When it was revoked or has expired, and nothing refers to it, the attester may remove it.
//!
//! An attestation is worth what its attester is worth to the reader, so views show whose each is.
//!
//! Several at once are a batch of `pallet-utility`. On behalf of somebody else is a transaction that the attester signed
//! and somebody else pays for (`pallet-meta-tx` with `pallet-verify-signature`): for the calls here it is an ordinary
//! signed origin.
//!
//! ## Deposits
//!
//! Each record holds a deposit for the bytes of itself and of the index entries that lead to it (`deposits.rs`), which
//! comes back with its removal. What can never be removed (an attestation that neither ends nor can be revoked, a dataset
//! in use) keeps it.

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

mod attestations;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod datasets;
mod deposits;
mod hash;
mod indices;
mod invariants;
mod schemas;
mod types;
mod views;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use indices::{AttestationKey, DatasetKey};
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use atelier_primitives::{
	attestations::{About, Data, Definition},
	ids::{AttestationId, DatasetId, SchemaId, Subject},
	lineage::Consent,
	views::{
		provenance::{AttestationView, DatasetView, SchemaView},
		Page,
	},
};
use atelier_referee::{commit::RangesProof, hash::Digest};

// FRAME's expansion of the declarations below calls `expect`; our own code is searched for it by `scripts/test lint`.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use atelier_primitives::{ids::Subjects, lineage::OnWithdrawal, pots::Holdings, BlockNumber as ChainBlockNumber};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Mutate, MutateHold},
			Footprint, StorageVersion,
		},
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::traits::{BlockNumberProvider, Convert, Zero};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		type RuntimeHoldReason: From<HoldReason>;

		/// Holds the deposits.
		type Currency: Mutate<Self::AccountId> + MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// What so many bytes cost while they are stored. A new price is for new records; what is held stays as it was.
		type StoragePrice: Convert<Footprint, BalanceOf<Self>> + 'static;

		/// By which blocks expiry is counted.
		type BlockNumberProvider: BlockNumberProvider<BlockNumber = ChainBlockNumber>;

		/// Who knows whether a subject exists. Of datasets this pallet itself does.
		type Subjects: Subjects<Self::AccountId>;

		/// Who knows whether money waits for a dataset's owner: its record stays until it does not.
		type Holdings: Holdings;

		/// Who keeps what follows from withdrawals. It runs within a withdrawal, so its work must be small and constant.
		type OnWithdrawal: OnWithdrawal;

		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For the bytes of a dataset's record.
		Dataset,
		/// For the bytes of a schema.
		Schema,
		/// For the bytes of an attestation.
		Attestation,
	}

	#[pallet::storage]
	pub type NextDataset<T: Config> = StorageValue<_, DatasetId, ValueQuery>;

	#[pallet::storage]
	pub type Datasets<T: Config> = StorageMap<_, Twox64Concat, DatasetId, DatasetOf<T>>;

	#[pallet::storage]
	pub type DatasetsByOwner<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, DatasetKey, ()>;

	/// By the hash of the content: the first of them was registered first.
	#[pallet::storage]
	pub type DatasetsByRoot<T: Config> = StorageDoubleMap<_, Blake2_128Concat, Digest, Identity, DatasetKey, ()>;

	#[pallet::storage]
	pub type NextSchema<T: Config> = StorageValue<_, SchemaId, ValueQuery>;

	#[pallet::storage]
	pub type Schemas<T: Config> = StorageMap<_, Twox64Concat, SchemaId, SchemaOf<T>>;

	/// See [`atelier_primitives::attestations::schema_hash`].
	#[pallet::storage]
	pub type SchemaByHash<T: Config> = StorageMap<_, Blake2_128Concat, Digest, SchemaId>;

	#[pallet::storage]
	pub type NextAttestation<T: Config> = StorageValue<_, AttestationId, ValueQuery>;

	#[pallet::storage]
	pub type Attestations<T: Config> = StorageMap<_, Twox64Concat, AttestationId, AttestationOf<T>>;

	/// Those of one subject. Those of many are not in it.
	#[pallet::storage]
	pub type AttestationsBySubject<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Subject<T::AccountId>, Identity, AttestationKey, ()>;

	#[pallet::storage]
	pub type AttestationsByAttester<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, AttestationKey, ()>;

	#[pallet::storage]
	pub type AttestationsBySchema<T: Config> =
		StorageDoubleMap<_, Twox64Concat, SchemaId, Identity, AttestationKey, ()>;

	/// Nothing to choose: the schemas with which a chain begins are the same everywhere.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::begin_with_schemas();
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody registered a dataset with this content.
		DatasetRegistered {
			dataset: DatasetId,
			owner: T::AccountId,
			root: Digest,
		},
		/// The owner would give a dataset to somebody, or to nobody any more.
		DatasetOffered {
			dataset: DatasetId,
			to: Option<T::AccountId>,
		},
		/// A dataset has a new owner.
		DatasetTransferred {
			dataset: DatasetId,
			from: T::AccountId,
			to: T::AccountId,
		},
		/// The owner of a dataset no longer agrees that it is used.
		ConsentWithdrawn { dataset: DatasetId },
		/// A dataset that nobody used is gone.
		DatasetRemoved { dataset: DatasetId },
		/// Somebody registered a schema, which can be found by this hash.
		SchemaRegistered {
			schema: SchemaId,
			registrant: T::AccountId,
			hash: Digest,
		},
		/// A schema without attestations is gone.
		SchemaRemoved { schema: SchemaId },
		/// Somebody attested something.
		Attested {
			attestation: AttestationId,
			schema: SchemaId,
			attester: T::AccountId,
			about: About<T::AccountId>,
		},
		/// The attester took an attestation back.
		Revoked { attestation: AttestationId },
		/// An attestation that no longer held is gone.
		AttestationRemoved { attestation: AttestationId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such dataset.
		UnknownDataset,
		/// The dataset is somebody else's.
		NotOwner,
		/// The content has no bytes.
		EmptyDataset,
		/// The licence is not written as SPDX writes expressions.
		LicenceMalformed,
		/// The terms have ended already.
		TermsExpired,
		/// The owner cannot offer a dataset to itself.
		OfferedToOwner,
		/// The dataset was not offered to this account.
		NotOffered,
		/// Consent was withdrawn before.
		AlreadyWithdrawn,
		/// Versions were made from the dataset.
		DatasetInUse,
		/// Something is attested of the dataset.
		DatasetAttested,
		/// Money waits in the pot of the dataset.
		DatasetEarned,
		/// There is no such schema.
		UnknownSchema,
		/// There is a schema with the same definition that can be revoked, or cannot, just so.
		SchemaExists,
		/// The definition has no words.
		DefinitionEmpty,
		/// The definition is not UTF-8.
		DefinitionNotText,
		/// The schema was registered by somebody else, or the chain began with it.
		NotRegistrant,
		/// There are attestations of the schema.
		SchemaInUse,
		/// There is no such attestation.
		UnknownAttestation,
		/// What is attested of does not exist.
		UnknownSubject,
		/// An attestation of many is of none.
		NoSubjects,
		/// No tree has so many subjects.
		TooManySubjects,
		/// The last block in which it would hold is not after this one.
		ExpiryPassed,
		/// The schema, or the attestation, does not allow that it is taken back.
		Irrevocable,
		/// The attestation that is referred to does not exist.
		UnknownReference,
		/// The attestation that is referred to was revoked.
		ReferenceRevoked,
		/// The attestation that is referred to has expired.
		ReferenceExpired,
		/// As many refer to that attestation as can be counted.
		TooManyReferences,
		/// The attestation is somebody else's.
		NotAttester,
		/// The attestation was revoked before.
		AlreadyRevoked,
		/// The attestation was not revoked and has not expired.
		StillHolds,
		/// Others refer to the attestation.
		ReferredTo,
		/// All numbers were given.
		NoIdsLeft,
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		pub fn dataset(id: DatasetId) -> Option<DatasetView<T::AccountId>> {
			Self::view_dataset(id)
		}

		/// An account's datasets in the order of their registration, at most
		/// [`atelier_primitives::views::MAX_PAGE`], beginning after one of them.
		pub fn datasets_of(
			owner: T::AccountId,
			after: Option<DatasetId>,
			limit: u32,
		) -> Page<DatasetView<T::AccountId>, DatasetId> {
			let ids = indices::ids::<DatasetsByOwner<T>, _, _>(&owner, after);
			indices::page(ids, limit, Self::view_dataset)
		}

		/// All that were registered with the same content, the first of them first.
		pub fn datasets_with(
			root: Digest,
			after: Option<DatasetId>,
			limit: u32,
		) -> Page<DatasetView<T::AccountId>, DatasetId> {
			let ids = indices::ids::<DatasetsByRoot<T>, _, _>(&root, after);
			indices::page(ids, limit, Self::view_dataset)
		}

		/// Whether the owner of a dataset agrees that it is used.
		pub fn consent(id: DatasetId) -> Option<Consent> {
			Datasets::<T>::get(id).map(|dataset| dataset.consent)
		}

		/// How many versions state a dataset as what they were made from.
		pub fn uses(id: DatasetId) -> Option<u32> {
			Datasets::<T>::get(id).map(|dataset| dataset.used)
		}

		pub fn schema(id: SchemaId) -> Option<SchemaView<T::AccountId>> {
			Self::view_schema(id)
		}

		/// See [`atelier_primitives::attestations::schema_hash`].
		pub fn schema_with(hash: Digest) -> Option<SchemaView<T::AccountId>> {
			Self::view_schema(SchemaByHash::<T>::get(hash)?)
		}

		/// All schemas in the order of their registration. A page may be short, or empty, where some were removed.
		pub fn schemas(after: Option<SchemaId>, limit: u32) -> Page<SchemaView<T::AccountId>, SchemaId> {
			let first = after.map_or(Some(0), |id| id.0.checked_add(1));
			let all = first.map(|first| first..NextSchema::<T>::get().0);
			indices::page(all.into_iter().flatten().map(SchemaId), limit, Self::view_schema)
		}

		pub fn attestation(id: AttestationId) -> Option<AttestationView<T::AccountId>> {
			Self::view_attestation(id)
		}

		/// What is attested of a subject, by anybody or by one attester. Of the next `limit` attestations a page has those
		/// that are wanted, so it may be short, or empty, before the last.
		pub fn attestations_about(
			subject: Subject<T::AccountId>,
			attester: Option<T::AccountId>,
			after: Option<AttestationId>,
			limit: u32,
		) -> Page<AttestationView<T::AccountId>, AttestationId> {
			let ids = indices::ids::<AttestationsBySubject<T>, _, _>(&subject, after);
			indices::page(ids, limit, |id| {
				Self::view_attestation(id)
					.filter(|view| attester.as_ref().is_none_or(|wanted| view.attester == *wanted))
			})
		}

		/// What an account attested, also of many subjects at once.
		pub fn attestations_by(
			attester: T::AccountId,
			after: Option<AttestationId>,
			limit: u32,
		) -> Page<AttestationView<T::AccountId>, AttestationId> {
			let ids = indices::ids::<AttestationsByAttester<T>, _, _>(&attester, after);
			indices::page(ids, limit, Self::view_attestation)
		}

		/// What is attested by a schema, also of many subjects at once.
		pub fn attestations_under(
			schema: SchemaId,
			after: Option<AttestationId>,
			limit: u32,
		) -> Page<AttestationView<T::AccountId>, AttestationId> {
			let ids = indices::ids::<AttestationsBySchema<T>, _, _>(&schema, after);
			indices::page(ids, limit, Self::view_attestation)
		}

		/// Whether an attestation holds in the block `now`: it was made by then, had not expired, and was not revoked.
		pub fn is_valid(id: AttestationId, now: ChainBlockNumber) -> bool {
			Attestations::<T>::get(id).is_some_and(|attestation| attestation.holds(now))
		}

		/// Whether an attestation is of this subject: by name, or as the one with this index in its tree.
		pub fn covers(id: AttestationId, subject: Subject<T::AccountId>, index: u64, proof: RangesProof) -> bool {
			match Attestations::<T>::get(id).map(|attestation| attestation.about) {
				Some(About::One(one)) => one == subject,
				Some(About::Many { root, count }) => {
					atelier_primitives::attestations::covers::<hash::Host, _>((root, count), &subject, index, &proof)
						.is_ok()
				}
				None => false,
			}
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Register a dataset.
		///
		/// - Origin: signed; the signer becomes the owner and pays the deposit.
		/// - `facts`: what is stated of it for good.
		/// - Errors: `EmptyDataset`, `LicenceMalformed`, `TermsExpired`, `NoIdsLeft`, and the currency's.
		/// - Emits `DatasetRegistered`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_dataset(facts.licence.expression.len() as u32))]
		pub fn register_dataset(origin: OriginFor<T>, facts: DatasetFacts) -> DispatchResult {
			Self::do_register_dataset(ensure_signed(origin)?, facts)
		}

		/// Offer a dataset to another account, which may accept it until something else is offered.
		///
		/// - Origin: signed by the owner.
		/// - `to`: who may accept it; nobody takes an earlier offer back.
		/// - Errors: `UnknownDataset`, `NotOwner`, `OfferedToOwner`.
		/// - Emits `DatasetOffered`.
		#[pallet::call_index(1)]
		pub fn offer_dataset(origin: OriginFor<T>, dataset: DatasetId, to: Option<T::AccountId>) -> DispatchResult {
			Self::do_offer_dataset(ensure_signed(origin)?, dataset, to)
		}

		/// Take over a dataset, with what its pot earns from now on.
		///
		/// - Origin: signed by the account to which it was offered, which pays a deposit; the former owner gets its own back.
		/// - Errors: `UnknownDataset`, `NotOffered`, and the currency's.
		/// - Emits `DatasetTransferred`.
		#[pallet::call_index(2)]
		pub fn accept_dataset(origin: OriginFor<T>, dataset: DatasetId) -> DispatchResult {
			Self::do_accept_dataset(ensure_signed(origin)?, dataset)
		}

		/// No longer agree that a dataset is used. Nothing takes it back.
		///
		/// - Origin: signed by the owner. Nothing else is asked of it.
		/// - Errors: `UnknownDataset`, `NotOwner`, `AlreadyWithdrawn`.
		/// - Emits `ConsentWithdrawn`.
		#[pallet::call_index(3)]
		pub fn withdraw_consent(origin: OriginFor<T>, dataset: DatasetId) -> DispatchResult {
			Self::do_withdraw_consent(ensure_signed(origin)?, dataset)
		}

		/// Remove a dataset that was never used, and get its deposit back.
		///
		/// - Origin: signed by the owner.
		/// - Errors: `UnknownDataset`, `NotOwner`, `DatasetInUse`, `DatasetAttested`, `DatasetEarned`.
		/// - Emits `DatasetRemoved`.
		#[pallet::call_index(4)]
		pub fn remove_dataset(origin: OriginFor<T>, dataset: DatasetId) -> DispatchResult {
			Self::do_remove_dataset(ensure_signed(origin)?, dataset)
		}

		/// Register what attestations can mean.
		///
		/// - Origin: signed; the signer pays the deposit.
		/// - `definition`: its words, or their hash; the same words are one schema either way.
		/// - `revocable`: whether any attestation of it may be taken back.
		/// - Errors: `DefinitionEmpty`, `DefinitionNotText`, `SchemaExists`, `NoIdsLeft`, and the currency's.
		/// - Emits `SchemaRegistered`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::register_schema(definition.stored()))]
		pub fn register_schema(
			origin: OriginFor<T>,
			definition: Definition<DefinitionText>,
			revocable: bool,
		) -> DispatchResult {
			Self::do_register_schema(ensure_signed(origin)?, definition, revocable)
		}

		/// Remove a schema of which there are no attestations, and get its deposit back.
		///
		/// - Origin: signed by who registered it.
		/// - Errors: `UnknownSchema`, `NotRegistrant`, `SchemaInUse`.
		/// - Emits `SchemaRemoved`.
		#[pallet::call_index(6)]
		pub fn remove_schema(origin: OriginFor<T>, schema: SchemaId) -> DispatchResult {
			Self::do_remove_schema(ensure_signed(origin)?, schema)
		}

		/// Attest something of a subject.
		///
		/// - Origin: signed; the signer is the attester and pays the deposit.
		/// - Errors: `UnknownSubject`, `UnknownSchema`, `Irrevocable`, `ExpiryPassed`, `UnknownReference`,
		///   `ReferenceRevoked`, `ReferenceExpired`, `TooManyReferences`, `NoIdsLeft`, and the currency's.
		/// - Emits `Attested`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::attest(statement.data.stored()))]
		pub fn attest(origin: OriginFor<T>, subject: Subject<T::AccountId>, statement: StatementOf) -> DispatchResult {
			Self::do_attest(ensure_signed(origin)?, About::One(subject), statement)
		}

		/// Attest the same of many subjects at once, for the deposit of one.
		///
		/// - Origin: signed; the signer is the attester and pays the deposit.
		/// - `root`, `count`: of the tree of the subjects ([`atelier_primitives::attestations::tree`]). The chain sees none of
		///   them, so it does not know whether they exist, and no index leads from them to here.
		/// - Errors: `NoSubjects`, `TooManySubjects`, and those of `attest` but `UnknownSubject`.
		/// - Emits `Attested`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::attest_many(statement.data.stored()))]
		pub fn attest_many(origin: OriginFor<T>, root: Digest, count: u64, statement: StatementOf) -> DispatchResult {
			Self::do_attest(ensure_signed(origin)?, About::Many { root, count }, statement)
		}

		/// Take an attestation back. Its record says when.
		///
		/// - Origin: signed by the attester.
		/// - Errors: `UnknownAttestation`, `NotAttester`, `Irrevocable`, `AlreadyRevoked`.
		/// - Emits `Revoked`.
		#[pallet::call_index(9)]
		pub fn revoke(origin: OriginFor<T>, attestation: AttestationId) -> DispatchResult {
			Self::do_revoke(ensure_signed(origin)?, attestation)
		}

		/// Remove an attestation that was revoked or has expired, and get its deposit back.
		///
		/// - Origin: signed by the attester.
		/// - Errors: `UnknownAttestation`, `NotAttester`, `StillHolds`, `ReferredTo`.
		/// - Emits `AttestationRemoved`.
		#[pallet::call_index(10)]
		pub fn remove_attestation(origin: OriginFor<T>, attestation: AttestationId) -> DispatchResult {
			Self::do_remove_attestation(ensure_signed(origin)?, attestation)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			let one = T::StoragePrice::convert(Footprint::from_parts(1, 1));
			assert!(!one.is_zero(), "a byte that costs nothing lets anybody fill the state");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	impl<T: Config> Pallet<T> {
		pub(crate) fn now() -> ChainBlockNumber {
			T::BlockNumberProvider::current_block_number()
		}
	}
}
