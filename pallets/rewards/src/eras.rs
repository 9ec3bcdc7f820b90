// SPDX-License-Identifier: Apache-2.0

//! What was earned when, by whom and from what; and forgetting it again.

use crate::{BalanceOf, Config, CurrentEra, Earned, EarnedFrom, Era, Error, Event, KeptEras, Pallet, Sums, WeightInfo};
use atelier_primitives::pots::Pot;
use frame_support::{traits::Get, weights::WeightMeter};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{CheckedAdd, One, Saturating, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn note_earned(
		who: &T::AccountId,
		pot: Pot,
		divided: BalanceOf<T>,
		earned: BalanceOf<T>,
	) -> DispatchResult {
		if earned.is_zero() {
			return Ok(());
		}
		let era = CurrentEra::<T>::get().index;
		Earned::<T>::try_mutate(era, who, |sum| -> Result<(), Error<T>> {
			*sum = sum.checked_add(&earned).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})?;
		EarnedFrom::<T>::try_mutate((era, who, pot), |source| -> Result<(), Error<T>> {
			source.divided = source.divided.checked_add(&divided).ok_or(Error::<T>::Overflow)?;
			source.earned = source.earned.checked_add(&earned).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})?;
		Ok(())
	}

	/// Numbers are given in order whatever the length of an era becomes, so an era's records stay its own.
	pub(crate) fn begin_era_if_due(now: BlockNumberFor<T>) {
		let Era { index, began } = CurrentEra::<T>::get();
		if now.saturating_sub(began) < T::EraLength::get().max(One::one()) {
			return;
		}
		let Some(era) = index.checked_add(1) else {
			return; // The last era lasts for ever.
		};
		CurrentEra::<T>::put(Era { index: era, began: now });
		Self::deposit_event(Event::EraBegan { era });
	}

	/// Removes records of eras that are kept no longer, one at a time, while there is weight.
	pub(crate) fn forget(meter: &mut WeightMeter) {
		let era = CurrentEra::<T>::get().index;
		let before = KeptEras::<T>::get();
		let mut kept = before;
		kept.whole = kept.whole.max(era.saturating_sub(T::ErasKept::get()));
		while kept.any < kept.whole && meter.try_consume(T::WeightInfo::prune()).is_ok() {
			if !Self::forget_one(kept.any) {
				kept.any = kept.any.saturating_add(1);
			}
		}
		if kept != before {
			KeptEras::<T>::put(kept);
		}
	}

	/// Removes one record of an era. False: there is none.
	fn forget_one(era: u32) -> bool {
		if EarnedFrom::<T>::drain_prefix((era,)).next().is_some() {
			return true;
		}
		let Some((_, earned)) = Earned::<T>::drain_prefix(era).next() else {
			return false;
		};
		Sums::<T>::mutate(|sums| sums.forgotten = sums.forgotten.saturating_add(earned));
		true
	}
}
