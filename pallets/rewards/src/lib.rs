// SPDX-License-Identifier: Apache-2.0

//! # Rewards
//!
//! Pays whoever had a part in an answer: the maker of the version, those whose models it was made from, and those whose
//! data it learned from.
//!
//! ## How money goes its way
//!
//! 1. Each version and each dataset has a pot. Whoever settles fees puts them into the version's
//!    ([`atelier_primitives::pots::Pots::credit`]), and anybody may add to any ([`Pallet::tip`]).
//! 2. A pot is divided when somebody asks ([`Pallet::distribute`]) or by the chain itself, which works through a queue
//!    of pots with enough in them, a share of each block ([`Config::QueueShare`]), first come first served.
//! 3. Dividing is one bounded step: at most [`MAX_SHARES`] shares move to the pots that they belong to, and the owner is paid what
//!    they leave. Pots that got enough join the queue, and so money goes up the lineage, one pot at a time.
//! 4. Only whole millions of units are divided, the rest stays for the next time; so it does not matter how often a pot
//!    is divided ([`division`]).
//! 5. An owner that cannot be paid, since the amount is too small to open its account, keeps a claim: the next payment
//!    brings all of it, or [`Pallet::claim`] does. It holds up nobody else.
//! 6. What each account earned in an era, from which pot, and of what amount, is kept for [`Config::ErasKept`] eras.
//!    Each pot's totals are kept as long as the pot; every division is an event.
//!
//! ## Where money is
//!
//! All of it is on hold, under [`HoldReason::Pots`], on one account that has no key. What is on hold there is exactly
//! what pots hold and what waits to be claimed. Strangers can send money to that account or put locks on it, but neither
//! changes what is on hold. Genesis must endow it with the existential deposit: with that it never dies, whatever the
//! pots pay, since nothing here ever spends what is not on hold.
//!
//! ## What stops and what does not
//!
//! - A frozen pot keeps its money. It leaves the queue, so it holds up nobody; after the dispute anybody may have it
//!   divided, and the next fee queues it again.
//! - How pots are divided comes from other pallets ([`Config::Splits`]) and is not believed: a split with too many
//!   shares, more than the whole, a share of a pot that does not exist, or of one that was not there before it (so money
//!   could go in circles) is refused, and the money stays.
//! - Shares may change while there is money in a pot (a court may find that a model is a copy). What is divided after
//!   that is divided by the new ones.
//! - What has money cannot vanish: whoever removes a version or a dataset asks [`atelier_primitives::pots::Holdings`]
//!   first, and its owner empties the pot with [`Pallet::close`]. Then what is too little to divide goes to the treasury
//!   and not to the owner, who could otherwise starve shares by closing a pot again and again. Of a pot whose version or
//!   dataset vanished nevertheless, all goes there.
//!
//! ## What records cost
//!
//! | record | written | bounded by |
//! | --- | --- | --- |
//! | a pot and its totals | when it first gets money | versions and datasets, each with a deposit of its own |
//! | what passed between two pots | when it first passes | shares that are registered, each part of such a deposit |
//! | a place in the queue | by at least [`Config::MinDistribution`] in the pot | one for each pot |
//! | an era's record | when a pot with at least a million units is divided | one for each pot, era and owner, for `ErasKept` eras |
//! | a claim | by a payment that cannot be made | owners of pots |
//!
//! Each is written by a call whose fee includes it, or by the queue, whose work a tip pays beforehand.

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

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod closing;
mod distribution;
pub mod division;
mod eras;
mod invariants;
mod ledger;
mod money;
mod queue;
mod views;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::traits::fungible::{Credit, Inspect};

use atelier_primitives::pots::MAX_SHARES;

pub use ledger::{Ends, Era, Kept, Ledger, Source, Totals};
pub use pallet::*;
pub use weights::WeightInfo;

pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// To how many pots one may have passed money on to be closed: its shares, and as many former ones.
pub const MAX_RECEIVERS: u32 = MAX_SHARES.saturating_mul(2);
/// Money in a hand.
pub type MoneyOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

// FRAME's expansion of the declarations below calls `expect`; our own code is searched for it by `scripts/test lint`.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use atelier_primitives::{
		pots::{Pot, Splits},
		views::rewards::*,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{Balanced, Mutate, MutateHold},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::{traits::AccountIdConversion, Permill};

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The currency that fees are paid in.
		type Currency: Balanced<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		type RuntimeHoldReason: From<HoldReason>;

		/// Who knows how pots are divided. It may ask nothing of this pallet while it is asked.
		type Splits: Splits<Self::AccountId>;

		/// The account that holds all pots derives from this. It must never change while there is money.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// The least that can be tipped. A first tip makes a record of about 200 bytes, so it should not be worth nothing.
		type MinTip: Get<BalanceOf<Self>>;

		/// With less to divide a pot does not join the queue; anybody may still have it divided and pay for that. A fee of
		/// n times this causes at most n divisions at each level of the lineage, and where each level gives away at most
		/// half of what it gets, at most 2n in all.
		type MinDistribution: Get<BalanceOf<Self>>;

		/// The part of a block that goes to the queue and to forgetting old eras, if transactions and other hooks leave it.
		/// Unless zero, at least one division a block, so that a small value cannot stop the queue.
		type QueueShare: Get<Permill>;

		/// How many blocks an era lasts; one at least. A new value ends the running era when that is due by it.
		type EraLength: Get<BlockNumberFor<Self>>;

		/// For how many eras before the current one earnings are explained. What a lower value forgets does not come back.
		type ErasKept: Get<u32>;

		/// Gets the less than a million units that are in a pot when it is closed: the treasury.
		type CrumbsTo: Get<Self::AccountId>;

		type WeightInfo: WeightInfo;

		/// Makes pots for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::MakePot<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It is in a pot, or somebody has not claimed it yet.
		Pots,
	}

	/// What each pot holds, got and gave. Pots that never got anything have none.
	#[pallet::storage]
	pub type Ledgers<T: Config> = StorageMap<_, Blake2_128Concat, Pot, Ledger<BalanceOf<T>>>;

	/// What went from the first pot to the second, ever.
	#[pallet::storage]
	pub type PassedOn<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Pot, Blake2_128Concat, Pot, BalanceOf<T>, ValueQuery>;

	/// Pots that the chain will divide, by their place.
	#[pallet::storage]
	pub type Queue<T: Config> = StorageMap<_, Twox64Concat, u64, Pot>;

	/// Where the queue begins and ends.
	#[pallet::storage]
	pub type QueueEnds<T: Config> = StorageValue<_, Ends, ValueQuery>;

	/// What could not be paid to its owner.
	#[pallet::storage]
	pub type Claimable<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BalanceOf<T>, ValueQuery>;

	/// The running era.
	#[pallet::storage]
	pub type CurrentEra<T: Config> = StorageValue<_, Era<BlockNumberFor<T>>, ValueQuery>;

	/// Which eras are explained.
	#[pallet::storage]
	pub type KeptEras<T: Config> = StorageValue<_, Kept, ValueQuery>;

	/// What an account earned in an era.
	#[pallet::storage]
	pub type Earned<T: Config> =
		StorageDoubleMap<_, Twox64Concat, u32, Blake2_128Concat, T::AccountId, BalanceOf<T>, ValueQuery>;

	/// The same, from each pot.
	#[pallet::storage]
	pub type EarnedFrom<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, u32>,
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Blake2_128Concat, Pot>,
		),
		Source<BalanceOf<T>>,
		ValueQuery,
	>;

	/// Sums that include what is no longer kept in detail.
	#[pallet::storage]
	pub type Sums<T: Config> = StorageValue<_, Totals<BalanceOf<T>>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A fee was put into a pot.
		Credited { pot: Pot, amount: BalanceOf<T> },
		/// Somebody gave to a pot.
		Tipped {
			pot: Pot,
			from: T::AccountId,
			amount: BalanceOf<T>,
		},
		/// A pot was divided: `divided = earned + all that was passed`.
		Distributed {
			pot: Pot,
			divided: BalanceOf<T>,
			owner: T::AccountId,
			earned: BalanceOf<T>,
			passed: BoundedVec<Passed<BalanceOf<T>>, ConstU32<MAX_SHARES>>,
		},
		/// Somebody was paid, with all that waited for it.
		Paid { who: T::AccountId, amount: BalanceOf<T> },
		/// Somebody cannot be paid; so much now waits for it.
		PaymentWaits { who: T::AccountId, amount: BalanceOf<T> },
		/// A pot left the queue undivided.
		Skipped { pot: Pot, why: DispatchError },
		/// A pot was closed, with so much too little to divide.
		Closed { pot: Pot, crumbs: BalanceOf<T> },
		/// An era began.
		EraBegan { era: u32 },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such version or dataset.
		UnknownPot,
		/// The pot holds less than a million units, the least that can be divided.
		NothingToDistribute,
		/// It is disputed whose the pot's money is.
		Frozen,
		/// The pot has more shares than there may be.
		TooManyShares,
		/// The pot's shares are more than the whole.
		SharesAboveWhole,
		/// A share of the pot belongs to what was not registered before it.
		CircularShare,
		/// A share of the pot belongs to what does not exist.
		ShareOfUnknownPot,
		/// A tip must be larger.
		TipTooSmall,
		/// Nothing waits for the account.
		NothingToClaim,
		/// The pot belongs to somebody else.
		NotOwner,
		/// The pot never got anything, or was closed.
		NothingToClose,
		/// The pot has passed money on to more others than can be forgotten in one step.
		TooManyReceivers,
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
				let endowed = T::Currency::mint_into(&Pallet::<T>::account(), T::Currency::minimum_balance());
				assert!(endowed.is_ok(), "the genesis has as much money as can be counted");
			}
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// All about a pot. None: there is no such version or dataset.
		pub fn pot(pot: Pot) -> Option<PotView<T::AccountId, BalanceOf<T>>> {
			Self::view_pot(pot)
		}

		/// What dividing a pot now would give to whom. None: it would be refused.
		pub fn pending(pot: Pot) -> Option<PendingView<T::AccountId, BalanceOf<T>>> {
			Self::view_pending(pot)
		}

		/// What dividing each of these pots now would give to their owner, if that is `owner`; the first 64 of them.
		pub fn pending_for(owner: T::AccountId, pots: Vec<Pot>) -> BalanceOf<T> {
			Self::view_pending_for(&owner, pots)
		}

		/// What waits for an account.
		pub fn claimable(who: T::AccountId) -> BalanceOf<T> {
			Claimable::<T>::get(who)
		}

		/// From which pots an account earned what in an era, at most `limit` (64) of them. None: the era has not begun, or
		/// is no longer kept.
		pub fn explain(
			who: T::AccountId,
			era: u32,
			from: Option<Pot>,
			limit: u32,
		) -> Option<ExplanationView<BalanceOf<T>>> {
			Self::view_explanation(who, era, from, limit)
		}

		/// To which pots this one passed on how much, ever, also when their shares are gone; at most `limit` (64) of them.
		pub fn receivers(pot: Pot, from: Option<Pot>, limit: u32) -> ReceiversView<BalanceOf<T>> {
			Self::view_receivers(pot, from, limit)
		}

		/// How long the queue is.
		pub fn queue() -> QueueView {
			Self::view_queue()
		}

		pub fn eras() -> ErasView<BlockNumberFor<T>> {
			Self::view_eras()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Give to a pot. Nothing of it comes back.
		///
		/// The fee includes dividing the pot, which the chain will do; it is lower where that is not due.
		///
		/// - Origin: signed by who gives.
		/// - Errors: `TipTooSmall`, `UnknownPot`, `Frozen`, `Overflow`, and those of the currency if the account has less.
		/// - Emits `Tipped`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::tip().saturating_add(T::WeightInfo::serve(MAX_SHARES)))]
		pub fn tip(
			origin: OriginFor<T>,
			pot: Pot,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResultWithPostInfo {
			let from = ensure_signed(origin)?;
			let queued_with = Self::do_tip(from, pot, amount)?;
			let service = queued_with.map_or_else(Weight::zero, T::WeightInfo::serve);
			Ok(Some(T::WeightInfo::tip().saturating_add(service)).into())
		}

		/// Divide what a pot holds between its owner and the pots that have shares in it.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `UnknownPot`, `NothingToDistribute`, `Frozen`; and where the registries broke their rules,
		///   `TooManyShares`, `SharesAboveWhole`, `CircularShare`, `ShareOfUnknownPot`.
		/// - Emits `Distributed`, and `Paid` or `PaymentWaits`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::distribute(MAX_SHARES))]
		pub fn distribute(origin: OriginFor<T>, pot: Pot) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let shares = Self::do_distribute(pot)?;
			Ok(Some(T::WeightInfo::distribute(shares)).into())
		}

		/// Get what could not be paid before.
		///
		/// - Origin: signed by who is owed.
		/// - Errors: `NothingToClaim`, and those of the currency if it still cannot be paid.
		/// - Emits `Paid`.
		#[pallet::call_index(2)]
		pub fn claim(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_claim(&who)
		}

		/// Have somebody else get what could not be paid before, such as an account that no key can sign for.
		///
		/// - Origin: signed by anybody.
		/// - Errors: as [`Pallet::claim`].
		/// - Emits `Paid`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim_for(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(&who)
		}

		/// Divide what a pot holds for the last time and forget its totals, so that what it belongs to can be removed. What
		/// is too little to divide goes to [`Config::CrumbsTo`]. A pot that gets something later begins anew.
		///
		/// - Origin: signed by the owner; by anybody if what the pot belongs to has vanished, and then all that is in it goes
		///   to [`Config::CrumbsTo`].
		/// - Errors: `NotOwner`, `NothingToClose`, `Frozen`, `TooManyReceivers`, and those of
		///   [`Pallet::distribute`].
		/// - Emits `Closed`, and what [`Pallet::distribute`] emits if there was enough.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::close(MAX_RECEIVERS))]
		pub fn close(origin: OriginFor<T>, pot: Pot) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let receivers = Self::do_close(&who, pot)?;
			Ok(Some(T::WeightInfo::close(receivers.max(MAX_SHARES))).into())
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::poll(now, meter)
		}

		fn integrity_test() {
			let block = T::BlockWeights::get().max_block;
			assert!(
				T::WeightInfo::on_poll()
					.saturating_add(T::WeightInfo::serve(MAX_SHARES))
					.all_lte(block),
				"the dearest division must fit into a block"
			);
			assert!(
				T::WeightInfo::serve(0).ref_time() > 0 && T::WeightInfo::prune().ref_time() > 0,
				"the queue is bounded by what its steps weigh"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	impl<T: Config> Pallet<T> {
		/// The account that holds all pots.
		pub fn account() -> T::AccountId {
			T::PalletId::get().into_account_truncating()
		}
	}
}
