// SPDX-License-Identifier: Apache-2.0

//! What has money should not vanish: an owner closes a pot before what it belongs to goes. If it vanished nevertheless,
//! anybody may close the pot, and what is in it goes where crumbs go.

use crate::{
	division::QUANTUM, BalanceOf, Config, Error, Event, Ledger, Ledgers, Pallet, PassedOn, Queue, Sums, Totals,
	MAX_RECEIVERS,
};
use atelier_primitives::pots::{Holdings, Pot, Splits};
use frame_support::{ensure, traits::Get};
use sp_runtime::{
	traits::{CheckedAdd, Zero},
	DispatchError,
};

impl<T: Config> Holdings for Pallet<T> {
	fn empty(pot: Pot) -> bool {
		Ledgers::<T>::get(pot).is_none_or(|ledger| ledger.held.is_zero())
	}
}

impl<T: Config> Pallet<T> {
	/// Returns to how many pots it ever passed something on. Must run in a storage layer, as calls do.
	pub(crate) fn do_close(who: &T::AccountId, pot: Pot) -> Result<u32, DispatchError> {
		let ledger = Ledgers::<T>::get(pot).ok_or(Error::<T>::NothingToClose)?;
		// Nobody owns what has vanished, so anybody may clear it away, and nobody gets anything of it.
		if let Some(split) = T::Splits::split(pot) {
			ensure!(*who == split.owner, Error::<T>::NotOwner);
			ensure!(!split.frozen, Error::<T>::Frozen);
			if ledger.held >= QUANTUM.into() {
				Self::do_distribute(pot)?;
			}
		}
		let ledger = Ledgers::<T>::take(pot).ok_or(Error::<T>::NothingToClose)?;
		if let Some(place) = ledger.queued {
			Queue::<T>::remove(place);
		}
		let receivers = PassedOn::<T>::drain_prefix(pot).take(MAX_RECEIVERS as usize).count() as u32;
		ensure!(
			PassedOn::<T>::iter_key_prefix(pot).next().is_none(),
			Error::<T>::TooManyReceivers
		);
		let crumbs = ledger.held;
		let ledger = ledger.give(&crumbs, &Zero::zero()).ok_or(Error::<T>::Overflow)?;
		Sums::<T>::try_mutate(|sums| add_closed(sums, &ledger).ok_or(Error::<T>::Overflow))?;
		Self::deposit_event(Event::Closed { pot, crumbs });
		Self::pay_crumbs(pot, crumbs)?;
		Ok(receivers)
	}

	fn pay_crumbs(pot: Pot, crumbs: BalanceOf<T>) -> Result<(), DispatchError> {
		let to = T::CrumbsTo::get();
		Self::note_earned(&to, pot, crumbs, crumbs)?;
		Self::pay(&to, crumbs)
	}
}

fn add_closed<Balance: CheckedAdd>(sums: &mut Totals<Balance>, ledger: &Ledger<Balance>) -> Option<()> {
	sums.closed_received = sums.closed_received.checked_add(&ledger.received)?;
	sums.closed_earned = sums.closed_earned.checked_add(&ledger.earned)?;
	sums.closed_passed = sums.closed_passed.checked_add(&ledger.passed)?;
	Some(())
}
