// SPDX-License-Identifier: Apache-2.0

//! # Workers
//!
//! Keeps who works, what they offer, and what they lose if their work is wrong.
//!
//! ## How a worker works
//!
//! 1. An account registers a worker with its keys and a bond ([`Pallet::register`]). The worker is a number for life; the
//!    account that speaks for it may change ([`rotation`]).
//! 2. It offers work on versions ([`Pallet::set_offer`]) and says from time to time that it is there
//!    ([`Pallet::heartbeat`]). Jobs pick among offers, or draw ([`drawing`]). Exact work needs weights that others can get
//!    ([`retrieval`]).
//! 3. Work that is not final counts against its bond ([`exposure`]): a bond covers so much that cheating never pays
//!    ([`deterrence`]). What does not fit waits.
//! 4. What became of its work is noted ([`reputation`]).
//! 5. It goes: it unbonds, waits until everything is final ([`bonds`]), and leaves.
//!
//! ## What it can lose
//!
//! While somebody accuses it, nothing of its work becomes final and its bond stays ([`accusations`]). A fault that was
//! proved makes a slash, which waits so that governance can cancel it ([`slashes`]). A worker whose work was proved wrong
//! is convicted at once: it gets no work, and what of its work is not final is not paid. When the slash is applied that is
//! for good; its account may begin anew with another bond and no history. Smaller things are fined at once.
//!
//! ## Who audits
//!
//! Workers that want to take part in draws of auditors, by their bonds ([`standings`]).
//!
//! ## Where money is
//!
//! Bonds are on hold on the accounts of workers, apart from the deposits for stored bytes. What is taken goes to the
//! treasury and to whoever proved a fault; what cannot be paid to it waits on an account without a key, which genesis must
//! endow with the existential deposit.

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

pub mod accusations;
// Benchmarks are tests: what is wrong in them shall stop them.
#[cfg(feature = "runtime-benchmarks")]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]
pub mod benchmarking;
pub mod bonds;
#[doc(hidden)]
pub mod checks;
pub mod deterrence;
pub mod drawing;
pub mod exposure;
mod invariants;
pub mod offers;
pub mod registration;
pub mod reputation;
pub mod retrieval;
mod roles;
pub mod rotation;
pub mod slashes;
pub mod standings;
mod types;
mod views;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use deterrence::Deterrence;
pub use pallet::*;
pub use types::*;
pub use views::{OfferViewOf, SlashViewOf, WorkerViewOf};
pub use weights::WeightInfo;

use atelier_primitives::ids::WorkerId;
use frame_support::traits::ConstU32;

/// When slashes are due.
pub type AgendaOf<T> = atelier_agenda::Agenda<SlashesDue<T>, NextDue<T>, (WorkerId, u64), ConstU32<MAX_DUE>>;

// FRAME's expansion of the declarations below calls `expect`; our own code is searched for it by `scripts/test lint`.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use atelier_primitives::{
		ids::{AttestationId, VersionId, WorkerId},
		models::Versions,
		views::{workers::HostsView, Page},
		work::workers::{Fault, Offer, Retrievals},
		BlockNumber,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, BalancedHold, Inspect, Mutate, MutateHold},
			Consideration, Footprint, OnUnbalanced,
		},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::{
		traits::{AccountIdConversion, SaturatedConversion},
		Permill,
	};

	/// Storage as it is read here.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		type RuntimeHoldReason: From<HoldReason>;

		/// The currency of bonds.
		type Currency: Balanced<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ BalancedHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// What stored bytes cost; `size` counts an item as [`ITEM_BYTES`].
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Gets what is taken from bonds, but for the provers' parts: the treasury. Never anybody who can cause a fine.
		type Slash: OnUnbalanced<MoneyOf<Self>>;

		/// The versions that can be offered.
		type Versions: Versions<Self::AccountId, BalanceOf<Self>>;

		/// What was attested of weights.
		type Retrievals: Retrievals<Self::AccountId>;

		/// How many hosts must have fetched the weights of a version before exact work is done with it: none, one, or two.
		/// Lowered, work is done that nobody but its worker can compute: its auditors must ask it for the weights.
		type Hosts: Get<u32>;

		/// For how many blocks it counts that somebody fetched weights. Lowered, hosts fetch them more often; raised, weights
		/// are taken for there that are gone.
		type RetrievalPeriod: Get<BlockNumber>;

		/// Who cancels slashes.
		type CancelOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The account of claims derives from this. It must never change while somebody has a claim.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// The least bond of a worker. Lowered, identities get cheap: whoever fills the lists of versions, or the draws of
		/// auditors, pays this for each place. Raised, workers below it get no new work until they add to their bonds.
		type MinBond: Get<BalanceOf<Self>>;

		/// What makes cheating a loss. One value, since each settlement reads it. See there for what each part does.
		type Deterrence: Get<Deterrence<BalanceOf<Self>>>;

		/// The part of a bond that wrong work costs. [`Deterrence::slashed`] counts on it: it must not be lower.
		type WrongSlash: Get<Permill>;

		/// The part of a bond that it costs not to open what an auditor was drawn to see. A cheat that is found out can
		/// choose this instead of being proved wrong, so [`Deterrence::slashed`] counts on it as well.
		type NotServedSlash: Get<Permill>;

		/// The part of a bond that a report on an audit costs that was not made. Lowered, auditors sleep.
		type LazyAuditSlash: Get<Permill>;

		/// For how many blocks a slash waits. Lowered, governance has no time to undo a verdict that was wrong.
		type SlashDelay: Get<BlockNumber>;

		/// How many blocks unbonding takes.
		type Unbonding: Get<BlockNumber>;

		/// The least that it takes, whatever [`Config::Unbonding`] says: audit window, dispute, and longest pause. With less,
		/// a cheat is gone with its bond before anybody can prove what it did.
		type LeastUnbonding: Get<BlockNumber>;

		/// How many blocks the court has not counted, ever. Clocks of work stand still in them, and so must those of bonds.
		type Stopped: Get<BlockNumber>;

		/// For how many blocks a heartbeat counts; twice as long nobody may clear away a worker's offers. Lowered, honest
		/// workers send more of them; raised, jobs are drawn to workers that are gone.
		type Liveness: Get<BlockNumber>;

		/// What the treasury must have got of a worker's pay before it is no longer a newcomer. Lowered, a name is bought
		/// cheaper.
		type NewcomerUntil: Get<BalanceOf<Self>>;

		/// Most offers of a worker.
		#[pallet::constant]
		type MaxOffers: Get<u32>;

		/// Most offers for a version. Lowered, it is cheaper to fill the list.
		#[pallet::constant]
		type MaxOfferers: Get<u32>;

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
		/// What a worker loses if it cheats.
		Bond,
		/// The bytes of workers and offers.
		Record,
		/// Parts of slashes that could not be paid.
		Claims,
	}

	/// The number of the next worker. None is given twice.
	#[pallet::storage]
	pub type NextWorker<T> = StorageValue<_, WorkerId, ValueQuery>;

	/// The worker that an account speaks for.
	#[pallet::storage]
	pub type WorkerOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, WorkerId>;

	/// The account that speaks for a worker.
	#[pallet::storage]
	pub type AccountOf<T: Config> = StorageMap<_, Twox64Concat, WorkerId, T::AccountId>;

	/// What workers say of themselves.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Twox64Concat, WorkerId, Record<T::AccountId>>;

	/// Bonds and what they cover.
	#[pallet::storage]
	pub type Stakes<T: Config> = StorageMap<_, Twox64Concat, WorkerId, Stake<BalanceOf<T>>>;

	/// What of bonds is on its way out, the oldest first.
	#[pallet::storage]
	pub type Unbonding<T: Config> = StorageMap<_, Twox64Concat, WorkerId, ChunksOf<T>, ValueQuery>;

	/// The last block in which workers count as there.
	#[pallet::storage]
	pub type LiveUntil<T> = StorageMap<_, Twox64Concat, WorkerId, BlockNumber, ValueQuery>;

	/// By what workers take part in draws of auditors.
	#[pallet::storage]
	pub type AuditorStandings<T: Config> = StorageMap<_, Twox64Concat, WorkerId, Standings<BalanceOf<T>>>;

	/// The weight of all auditors.
	#[pallet::storage]
	pub type Auditing<T: Config> = StorageValue<_, Weights<BalanceOf<T>>, ValueQuery>;

	/// What is known of workers' work.
	#[pallet::storage]
	pub type Reputations<T: Config> = StorageMap<_, Twox64Concat, WorkerId, Reputation<BalanceOf<T>>, ValueQuery>;

	/// To whom workers were offered.
	#[pallet::storage]
	pub type Successors<T: Config> = StorageMap<_, Twox64Concat, WorkerId, T::AccountId>;

	/// What pays for the bytes of workers and offers.
	#[pallet::storage]
	pub type Deposits<T: Config> = StorageMap<_, Twox64Concat, WorkerId, Deposit<T::Consideration>>;

	/// Offers by worker and version.
	#[pallet::storage]
	pub type Offers<T: Config> =
		StorageDoubleMap<_, Twox64Concat, WorkerId, Twox64Concat, VersionId, Offered<BalanceOf<T>>>;

	/// Who offers work on a version, without gaps.
	#[pallet::storage]
	pub type OfferAt<T> = StorageDoubleMap<_, Twox64Concat, VersionId, Twox64Concat, u32, WorkerId>;

	/// How many do.
	#[pallet::storage]
	pub type OfferCount<T> = StorageMap<_, Twox64Concat, VersionId, u32, ValueQuery>;

	/// Who was last shown to have fetched the weights of versions.
	#[pallet::storage]
	pub type HostsOf<T> = StorageMap<_, Twox64Concat, VersionId, [Host; retrieval::HOSTS]>;

	/// The number of the next slash.
	#[pallet::storage]
	pub type NextSlash<T> = StorageValue<_, u64, ValueQuery>;

	/// Slashes that wait.
	#[pallet::storage]
	pub type Slashes<T: Config> = StorageDoubleMap<_, Twox64Concat, WorkerId, Twox64Concat, u64, Slash<T::AccountId>>;

	/// Slashes by the block in which they are due.
	#[pallet::storage]
	pub type SlashesDue<T> =
		StorageMap<_, Twox64Concat, u32, BoundedVec<(WorkerId, u64), ConstU32<MAX_DUE>>, ValueQuery>;

	/// The oldest block whose slashes are not all applied.
	#[pallet::storage]
	pub type NextDue<T> = StorageValue<_, u32, ValueQuery>;

	/// What could not be paid to provers.
	#[pallet::storage]
	pub type Claimable<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BalanceOf<T>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		Registered {
			worker: WorkerId,
			account: T::AccountId,
			bond: BalanceOf<T>,
		},
		KeysChanged {
			worker: WorkerId,
		},
		HardwareChanged {
			worker: WorkerId,
		},
		AuditingChanged {
			worker: WorkerId,
			auditing: bool,
		},
		BondAdded {
			worker: WorkerId,
			amount: BalanceOf<T>,
		},
		/// A part of a bond is on its way out, at least until that block.
		UnbondingBegan {
			worker: WorkerId,
			amount: BalanceOf<T>,
			until: BlockNumber,
		},
		/// What was on its way out is free.
		Withdrawn {
			worker: WorkerId,
			amount: BalanceOf<T>,
		},
		/// The worker is gone. Its number is not given again.
		Left {
			worker: WorkerId,
		},
		OfferSet {
			worker: WorkerId,
			version: VersionId,
			offer: Offer<BalanceOf<T>>,
		},
		OfferRemoved {
			worker: WorkerId,
			version: VersionId,
		},
		/// The weights of a version can be had, by these two, until that block if their word holds so long.
		WeightsShown {
			version: VersionId,
			hosts: [Host; retrieval::HOSTS],
			until: BlockNumber,
		},
		/// The worker may be taken over by this account, or by nobody any more.
		RotationOffered {
			worker: WorkerId,
			to: Option<T::AccountId>,
		},
		Rotated {
			worker: WorkerId,
			from: T::AccountId,
			to: T::AccountId,
		},
		/// The worker has one accusation more.
		AccusationBegan {
			worker: WorkerId,
		},
		/// The worker has one accusation less.
		AccusationEnded {
			worker: WorkerId,
		},
		/// The slash of this number is applied in that block or later, unless it is cancelled.
		FaultProved {
			worker: WorkerId,
			fault: Fault,
			number: u64,
			due: BlockNumber,
		},
		SlashCancelled {
			worker: WorkerId,
			number: u64,
		},
		/// So much was taken, and `reward` of it is the prover's.
		Slashed {
			worker: WorkerId,
			number: u64,
			taken: BalanceOf<T>,
			reward: BalanceOf<T>,
		},
		/// So much was taken for a word that was not kept.
		Fined {
			worker: WorkerId,
			amount: BalanceOf<T>,
		},
		Paid {
			who: T::AccountId,
			amount: BalanceOf<T>,
		},
		/// Somebody cannot be paid; so much now waits for it.
		PaymentWaits {
			who: T::AccountId,
			amount: BalanceOf<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account speaks for a worker already.
		AlreadyWorker,
		/// The account speaks for no worker.
		NotAWorker,
		/// There is no such worker.
		UnknownWorker,
		/// Numbers or blocks have come to their end.
		NoMoreNumbers,
		/// The bond is, or would be, below the least.
		BondTooSmall,
		/// The key of the verifiable random function is zero.
		NotAKey,
		/// As many former keys as are kept are needed for audits of work that is not final.
		KeysStillNeeded,
		/// That is how it is already.
		NothingToChange,
		/// Nothing is added to the bond.
		NothingToBond,
		/// Nothing is taken from the bond.
		NothingToUnbond,
		/// The bond is smaller.
		MoreThanBonded,
		/// Eight parts of the bond are on their way out.
		TooManyUnbondings,
		/// Nothing has waited long enough.
		NothingToWithdraw,
		/// Somebody accuses the worker.
		Accused,
		/// A slash of the worker waits.
		SlashPending,
		/// The worker's work was proved wrong.
		Convicted,
		/// Work of the worker is not final.
		WorkNotFinal,
		/// The worker still has offers.
		StillOffers,
		/// The worker still has a bond, or a part of it on its way out.
		StillBonded,
		/// There is no such version.
		UnknownVersion,
		/// The worker has as many offers as it may.
		TooManyOffers,
		/// The version has as many offers as it may.
		TooManyOfferers,
		/// The bond is not enough for one listed offer more.
		OffersExceedBond,
		/// The worker does not offer the version.
		UnknownOffer,
		/// The offer has jobs that have not ended.
		JobsRunning,
		/// The worker serves, or was there of late.
		StillServes,
		/// The attestation does not hold, or does not say that the weights of this version were fetched.
		NotRetrieved,
		/// Whoever attested it is no worker.
		HostNotWorker,
		/// The worker that attested it was convicted, or has a bond below the least.
		HostUnsound,
		/// The version is that of who attested it.
		HostOwnsVersion,
		/// Both were attested by the same worker.
		SameHost,
		/// The weights were fetched too long ago.
		RetrievalTooOld,
		/// What was shown before lasts as long.
		LastsNoLonger,
		/// The worker is this account's already.
		RotationToSelf,
		/// The worker is not offered to this account, or to nobody.
		NotOffered,
		/// The signer is that of the former account.
		FormerSigner,
		/// No such slash waits.
		UnknownSlash,
		/// The slash waits longer.
		SlashNotDue,
		/// Nothing waits for the account.
		NothingToClaim,
		/// A sum has no room in its type.
		Overflow,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// A genesis that lists the account decides what it has; in any other it lives all the same.
			if !Pallet::<T>::endowed() {
				let endowed = T::Currency::mint_into(&Pallet::<T>::claims_account(), T::Currency::minimum_balance());
				assert!(endowed.is_ok(), "the genesis has as much money as can be counted");
			}
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A worker.
		pub fn worker(worker: WorkerId) -> Option<WorkerViewOf<T>> {
			Self::view_worker(worker)
		}

		/// The worker that an account speaks for.
		pub fn worker_of(account: T::AccountId) -> Option<WorkerId> {
			WorkerOf::<T>::get(account)
		}

		/// Offers for a version from a place of the list on, at most `limit` (100) of them. Offers that go make others change
		/// their places.
		pub fn offers(version: VersionId, from: u32, limit: u32) -> Page<OfferViewOf<T>, u32> {
			Self::view_offers(version, from, limit)
		}

		/// Offers of a worker, at most 100.
		pub fn offers_of(worker: WorkerId) -> Vec<OfferViewOf<T>> {
			Self::view_offers_of(worker)
		}

		/// Who says that the weights of a version can be had, and whether that is enough for exact work.
		pub fn hosts(version: VersionId) -> HostsView {
			Self::view_hosts(version)
		}

		/// Slashes of a worker that wait, at most 100.
		pub fn slashes(worker: WorkerId) -> Vec<SlashViewOf<T>> {
			Self::view_slashes(worker)
		}

		/// The most that a worker's bond covers of work that is not final.
		pub fn cover_of(worker: WorkerId) -> BalanceOf<T> {
			<Self as atelier_primitives::work::workers::Workers<_, _>>::cover(worker)
		}

		/// What a bond would cover.
		pub fn cover_by(bond: BalanceOf<T>) -> BalanceOf<T> {
			T::Deterrence::get().cover(bond)
		}

		/// The weight of all auditors, for work that is put on the chain in this block.
		pub fn auditing_now() -> BalanceOf<T> {
			Self::auditing_weight()
		}

		/// What waits for an account.
		pub fn claimable(who: T::AccountId) -> BalanceOf<T> {
			Claimable::<T>::get(who)
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Register a worker, and hold its bond and the deposit for its records.
		///
		/// - Origin: signed by the account that will speak for it and be paid.
		/// - Details: it counts as there for one period of [`Config::Liveness`]. If it wants to audit, it takes part in draws
		///   about what is put on the chain after this block.
		/// - Errors: `AlreadyWorker`, `BondTooSmall`, `NotAKey`, `NoMoreNumbers`, those of the holds.
		/// - Emits `Registered`.
		#[pallet::call_index(0)]
		pub fn register(
			origin: OriginFor<T>,
			keys: alloc::boxed::Box<KeysOf<T>>,
			hardware: Hardware,
			#[pallet::compact] bond: BalanceOf<T>,
			auditing: bool,
		) -> DispatchResult {
			Self::do_register(ensure_signed(origin)?, *keys, hardware, bond, auditing)
		}

		/// Say that one's worker is there.
		///
		/// - Origin: signed by its account.
		/// - Errors: `NotAWorker`.
		/// - Emits nothing: one item is written.
		#[pallet::call_index(1)]
		pub fn heartbeat(origin: OriginFor<T>) -> DispatchResult {
			Self::do_heartbeat(ensure_signed(origin)?)
		}

		/// Change the keys and the endpoint of one's worker.
		///
		/// - Origin: signed by its account.
		/// - Details: another key of the verifiable random function counts for what is put on the chain after this block.
		///   Quotes that another signer signed open no more sessions.
		/// - Errors: `NotAWorker`, `NotAKey`, `KeysStillNeeded` if it audits, and had three other keys within
		///   [`Config::LeastUnbonding`].
		/// - Emits `KeysChanged`.
		#[pallet::call_index(2)]
		pub fn set_keys(origin: OriginFor<T>, keys: alloc::boxed::Box<KeysOf<T>>) -> DispatchResult {
			Self::do_set_keys(ensure_signed(origin)?, *keys)
		}

		/// Say which hardware one's worker has.
		///
		/// - Origin: signed by its account.
		/// - Errors: `NotAWorker`.
		/// - Emits `HardwareChanged`.
		#[pallet::call_index(3)]
		pub fn set_hardware(origin: OriginFor<T>, hardware: Hardware) -> DispatchResult {
			Self::do_set_hardware(ensure_signed(origin)?, hardware)
		}

		/// Say whether one's worker wants to audit.
		///
		/// - Origin: signed by its account.
		/// - Errors: `NotAWorker`, `NothingToChange`.
		/// - Emits `AuditingChanged`.
		#[pallet::call_index(4)]
		pub fn set_auditing(origin: OriginFor<T>, auditing: bool) -> DispatchResult {
			Self::do_set_auditing(ensure_signed(origin)?, auditing)
		}

		/// Add to the bond of one's worker.
		///
		/// - Origin: signed by its account.
		/// - Errors: `NotAWorker`, `NothingToBond`, `Convicted`, `BondTooSmall` if it is still below the least, `Overflow`,
		///   those of the hold.
		/// - Emits `BondAdded`.
		#[pallet::call_index(5)]
		pub fn bond_more(origin: OriginFor<T>, #[pallet::compact] amount: BalanceOf<T>) -> DispatchResult {
			Self::do_bond_more(ensure_signed(origin)?, amount)
		}

		/// Begin to take a part of the bond, or all of it.
		///
		/// - Origin: signed by the worker's account.
		/// - Details: it covers no new work from now on, and can be slashed until it is withdrawn. With no bond left the
		///   worker gets no work: it begins to leave.
		/// - Errors: `NotAWorker`, `NothingToUnbond`, `Convicted` until the slash is applied, `MoreThanBonded`, `BondTooSmall` if something is left
		///   that is below the least, `TooManyUnbondings`, `NoMoreNumbers`, `Overflow`.
		/// - Emits `UnbondingBegan`.
		#[pallet::call_index(6)]
		pub fn unbond(origin: OriginFor<T>, #[pallet::compact] amount: BalanceOf<T>) -> DispatchResult {
			Self::do_unbond(ensure_signed(origin)?, amount)
		}

		/// Get what has been on its way out for long enough.
		///
		/// - Origin: signed by the worker's account.
		/// - Errors: `NotAWorker`, `Accused`, `SlashPending`, `NothingToWithdraw`, `WorkNotFinal` if what remains does not
		///   cover the work that is not final.
		/// - Emits `Withdrawn`.
		#[pallet::call_index(7)]
		pub fn withdraw_unbonded(origin: OriginFor<T>) -> DispatchResult {
			Self::do_withdraw_unbonded(ensure_signed(origin)?)
		}

		/// Remove one's worker. Its deposit returns.
		///
		/// - Origin: signed by its account.
		/// - Errors: `NotAWorker`, `Accused`, `SlashPending`, `WorkNotFinal`, `StillOffers`, `StillBonded`.
		/// - Emits `Left`.
		#[pallet::call_index(8)]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			Self::do_leave(ensure_signed(origin)?)
		}

		/// Offer work on a version, or change what is asked for it.
		///
		/// - Origin: signed by the worker's account.
		/// - Details: with a capacity of zero the offer is not listed and gets no jobs; what it says is for sessions. Jobs that
		///   it has go on. Listed it takes a place at the end of the list; the bond is enough for four for each least bond.
		/// - Errors: `NotAWorker`, `Convicted`, `BondTooSmall`, `UnknownVersion`, `TooManyOffers`, `OffersExceedBond`,
		///   `TooManyOfferers`, those of the deposit.
		/// - Emits `OfferSet`.
		#[pallet::call_index(9)]
		pub fn set_offer(origin: OriginFor<T>, version: VersionId, offer: Offer<BalanceOf<T>>) -> DispatchResult {
			Self::do_set_offer(ensure_signed(origin)?, version, offer)
		}

		/// Take back an offer that has no jobs. A part of the deposit returns.
		///
		/// - Origin: signed by the worker's account.
		/// - Errors: `NotAWorker`, `UnknownOffer`, `JobsRunning`.
		/// - Emits `OfferRemoved`.
		#[pallet::call_index(10)]
		pub fn remove_offer(origin: OriginFor<T>, version: VersionId) -> DispatchResult {
			Self::do_remove_offer(ensure_signed(origin)?, version)
		}

		/// Clear away an offer that nobody could take: its worker has not been there for two periods, was convicted, or has a
		/// bond below the least; or one that is listed, if the bond is not enough for all that are. The deposit returns to the
		/// worker.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `UnknownWorker`, `StillServes`, `UnknownOffer`, `JobsRunning`.
		/// - Emits `OfferRemoved`.
		#[pallet::call_index(11)]
		pub fn drop_offer(origin: OriginFor<T>, worker: WorkerId, version: VersionId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_drop_offer(worker, version)
		}

		/// Offer one's worker to another account, or to nobody any more.
		///
		/// - Origin: signed by its account.
		/// - Errors: `NotAWorker`, `Convicted`, `RotationToSelf`, `NotOffered`.
		/// - Emits `RotationOffered`.
		#[pallet::call_index(12)]
		pub fn offer_rotation(origin: OriginFor<T>, to: Option<T::AccountId>) -> DispatchResult {
			Self::do_offer_rotation(ensure_signed(origin)?, to)
		}

		/// Take over a worker that is offered, with its bond, its deposit, and all that it did.
		///
		/// - Origin: signed by the account that it is offered to.
		/// - Details: this account pays the deposit, and the former's returns. Work that is not final is paid to this account.
		///   The keys have another signer than before.
		/// - Errors: `UnknownWorker`, `NotOffered`, `Convicted`, `AlreadyWorker`, `NotAKey`, `FormerSigner`,
		///   `KeysStillNeeded`, those of the deposit.
		/// - Emits `KeysChanged` and `Rotated`.
		#[pallet::call_index(13)]
		pub fn accept_rotation(
			origin: OriginFor<T>,
			worker: WorkerId,
			keys: alloc::boxed::Box<KeysOf<T>>,
		) -> DispatchResult {
			Self::do_accept_rotation(ensure_signed(origin)?, worker, *keys)
		}

		/// Apply a slash that is due. The chain does so by itself, unless too many are due at once.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `UnknownSlash`, `SlashNotDue`.
		/// - Emits `Slashed`, and `Paid` or `PaymentWaits` if somebody proved the fault.
		#[pallet::call_index(14)]
		pub fn apply_slash(origin: OriginFor<T>, worker: WorkerId, number: u64) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_apply_slash(worker, number)
		}

		/// Undo a slash that waits. If nothing else was proved, the worker is convicted no longer.
		///
		/// - Origin: [`Config::CancelOrigin`].
		/// - Errors: `UnknownSlash`.
		/// - Emits `SlashCancelled`.
		#[pallet::call_index(15)]
		pub fn cancel_slash(origin: OriginFor<T>, worker: WorkerId, number: u64) -> DispatchResult {
			T::CancelOrigin::ensure_origin(origin)?;
			Self::do_cancel_slash(worker, number)
		}

		/// Get what could not be paid before.
		///
		/// - Origin: signed by who is owed.
		/// - Errors: `NothingToClaim`, and those of the currency if it still cannot be paid.
		/// - Emits `Paid`.
		#[pallet::call_index(16)]
		pub fn claim(origin: OriginFor<T>) -> DispatchResult {
			Self::do_claim(ensure_signed(origin)?)
		}

		/// Have somebody else get what could not be paid before, such as an account that has nothing to pay a fee with.
		///
		/// - Origin: signed by anybody.
		/// - Errors: as [`Pallet::claim`].
		/// - Emits `Paid`.
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim_for(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(who)
		}

		/// Show that the weights of a version can be had: two workers have attested that they fetched them.
		///
		/// - Origin: signed by anybody.
		/// - `hosts`: attestations of the schema `RETRIEVAL` of this version, by the accounts of two workers that have a bond,
		///   neither of which owns the version; not older than [`Config::RetrievalPeriod`].
		/// - Details: it replaces what was shown before, if it lasts longer.
		/// - Errors: `UnknownVersion`, `NotRetrieved`, `HostNotWorker`, `HostUnsound`, `HostOwnsVersion`, `SameHost`,
		///   `RetrievalTooOld`, `LastsNoLonger`.
		/// - Emits `WeightsShown`.
		#[pallet::call_index(18)]
		pub fn show_weights(
			origin: OriginFor<T>,
			version: VersionId,
			hosts: [AttestationId; retrieval::HOSTS],
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_show_weights(version, hosts)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::poll(now.saturated_into(), meter)
		}

		fn integrity_test() {
			let block = T::BlockWeights::get().max_block;
			let step = T::WeightInfo::on_poll().saturating_add(T::WeightInfo::apply_slash());
			assert!(step.all_lte(block), "the dearest slash must fit into a block");
			assert!(T::WeightInfo::draw().all_lte(block), "a draw must fit into a block");
			assert!(T::MaxOffers::get() <= 100, "a page shows all offers of a worker");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	impl<T: Config> Pallet<T> {
		/// The account of claims.
		pub fn claims_account() -> T::AccountId {
			T::PalletId::get().into_account_truncating()
		}
	}
}
