// SPDX-License-Identifier: Apache-2.0

//! # Validators
//!
//! Keeps who may produce and finalise blocks, until anyone can join with a bond.
//!
//! ## How the set changes
//!
//! 1. At genesis the set is every account with session keys (`session.keys` of the chain spec).
//! 2. Governance adds an account that has registered session keys, or removes one. The change is noted at once and takes
//!    effect two session boundaries later: one to queue it, one to activate it.
//! 3. A proven equivocation disables the offender for the rest of the session, keeps it disabled in every session it is
//!    still part of, and takes it out of the set. Only governance can bring it back.
//! 4. Whoever lost its session keys is left out of the next session, but never so that the next session would be empty.
//!
//! The set is never empty: governance cannot go below [`Config::MinValidators`], an offence removes down to one, and
//! keys of a validator in service cannot be purged.
//!
//! ## What validators earn
//!
//! The author of a block gets [`Config::BlockReward`] out of a pot that genesis endowed. Nothing is minted: when the pot
//! is empty the reward ends, and fees (see the runtime) remain.

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
mod benchmarking;
mod invariants;
mod offences;
mod rewards;
mod sessions;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::traits::fungible::Inspect;

pub use pallet::*;
pub use weights::WeightInfo;

/// Balance of the currency that block rewards are paid in.
pub type BalanceOf<T> = <<T as Config>::RewardCurrency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

// FRAME's expansion of the declarations below calls `expect`; our own code is searched for it by `scripts/test lint`.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::fungible::Mutate, PalletId};
	use frame_system::pallet_prelude::*;
	use sp_runtime::traits::AccountIdConversion;
	use sp_staking::offence::OffenceSeverity;

	#[pallet::config]
	pub trait Config:
		frame_system::Config + pallet_session::Config<ValidatorId = <Self as frame_system::Config>::AccountId>
	{
		/// Who may add and remove validators. The set decides what is final, so nothing weaker than the way that changes
		/// the protocol itself should be allowed here.
		type ManageOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The currency of block rewards.
		type RewardCurrency: Mutate<Self::AccountId>;

		/// The account that block rewards come from derives from this.
		#[pallet::constant]
		type PotId: Get<PalletId>;

		/// What the author of a block gets while the pot lasts.
		type BlockReward: Get<BalanceOf<Self>>;

		/// The most validators. Consensus pallets must admit as many authorities, and sessions are rotated in one block, so
		/// raising it raises the weight of that block.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// Governance cannot remove a validator when this many or fewer are left. Below four no fault is tolerated.
		type MinValidators: Get<u32>;

		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// The accounts that shall validate, in the order in which they joined.
	#[pallet::storage]
	pub type Validators<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// Removed for an offence and perhaps still part of a session that was planned before; kept disabled there.
	#[pallet::storage]
	pub type Offenders<T: Config> =
		StorageValue<_, BoundedVec<(T::AccountId, OffenceSeverity), T::MaxValidators>, ValueQuery>;

	/// Digest of the validators and keys planned last. A session is announced as changed only when this changes, since
	/// every announced change makes a new GRANDPA set, and every new set a longer warp-sync proof.
	#[pallet::storage]
	pub type PlannedDigest<T: Config> = StorageValue<_, T::Hash, OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account joined the set.
		ValidatorAdded { validator: T::AccountId },
		/// An account left the set by a decision of governance.
		ValidatorRemoved { validator: T::AccountId },
		/// A validator left the set because it was proven to have misbehaved.
		OffenderRemoved { validator: T::AccountId },
		/// An offender stays since it is the only validator left.
		OffenderKept { validator: T::AccountId },
		/// The author of this block was paid from the pot.
		AuthorRewarded { author: T::AccountId, amount: BalanceOf<T> },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is in the set already.
		AlreadyValidator,
		/// The account is not in the set.
		NotValidator,
		/// The account has not registered session keys.
		NoSessionKeys,
		/// The set is full.
		TooManyValidators,
		/// The set would fall below the minimum.
		TooFewValidators,
		/// The account is in the set, or in a session that is running or planned, and needs its keys.
		StillInService,
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The accounts that shall validate from the session after next.
		pub fn validators() -> Vec<T::AccountId> {
			Validators::<T>::get().into_inner()
		}

		/// What is left for block rewards.
		pub fn reward_pot() -> BalanceOf<T> {
			T::RewardCurrency::total_balance(&Self::pot_account())
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Add an account to the set; it validates from the session after next.
		///
		/// - Origin: [`Config::ManageOrigin`].
		/// - Errors: `NoSessionKeys`, `AlreadyValidator`, `TooManyValidators`.
		/// - Emits `ValidatorAdded`.
		#[pallet::call_index(0)]
		pub fn add_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			ensure!(
				pallet_session::Pallet::<T>::load_keys(&validator).is_some(),
				Error::<T>::NoSessionKeys
			);
			Validators::<T>::try_mutate(|set| {
				ensure!(!set.contains(&validator), Error::<T>::AlreadyValidator);
				set.try_push(validator.clone())
					.map_err(|_| Error::<T>::TooManyValidators)
			})?;
			Self::forgive(&validator);
			Self::deposit_event(Event::ValidatorAdded { validator });
			Ok(())
		}

		/// Remove an account from the set; it validates until the session after next.
		///
		/// - Origin: [`Config::ManageOrigin`].
		/// - Errors: `NotValidator`, `TooFewValidators`.
		/// - Emits `ValidatorRemoved`.
		#[pallet::call_index(1)]
		pub fn remove_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			// At least one stays whatever the parameter says: a chain without validators cannot repair itself.
			let minimum = T::MinValidators::get().max(1) as usize;
			Validators::<T>::try_mutate(|set| {
				let position = set
					.iter()
					.position(|v| v == &validator)
					.ok_or(Error::<T>::NotValidator)?;
				ensure!(set.len() > minimum, Error::<T>::TooFewValidators);
				set.remove(position);
				Ok::<_, Error<T>>(())
			})?;
			Self::deposit_event(Event::ValidatorRemoved { validator });
			Ok(())
		}

		/// Give up one's session keys and get their deposit back, once out of service.
		///
		/// `Session::purge_keys` itself is closed to signed origins: if every validator purged its keys in one session the
		/// next would have no authorities, and the chain would stop for ever.
		///
		/// - Origin: signed by the owner of the keys.
		/// - Errors: `StillInService`, and those of `Session::purge_keys`.
		#[pallet::call_index(2)]
		pub fn purge_keys(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			ensure!(!Self::in_service(&who), Error::<T>::StillInService);
			pallet_session::Pallet::<T>::purge_keys(frame_system::RawOrigin::Signed(who).into())
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::MaxValidators::get() >= 4,
				"fewer than four validators tolerate no fault"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	impl<T: Config> Pallet<T> {
		/// The account that block rewards are paid from.
		pub fn pot_account() -> T::AccountId {
			T::PotId::get().into_account_truncating()
		}
	}
}
