// SPDX-License-Identifier: Apache-2.0

//! What holds after every block.
//!
//! 1. The account that holds all pots has the existential deposit besides.
//! 2. What it has on hold is exactly what pots hold and what waits to be claimed.
//! 3. What a pot received is exactly what its owners earned, what it passed on, and what it holds.
//! 4. What a pot passed on is exactly the sum of what it passed to each other pot.
//! 5. What all pots received is exactly what came from outside and what pots passed on.
//! 6. The queue and the places that pots say they have in it are the same, between its ends.
//! 7. What an account earned in an era is exactly the sum over its pots, each no more than was divided.
//! 8. What owners of all pots earned is exactly the sum over all eras, with what is forgotten.
//! 9. Records are of eras that are not forgotten and have begun.
//! 10. Nothing waits of zero.

#[cfg(any(test, feature = "try-runtime"))]
mod checks {
	use crate::*;
	use alloc::{
		collections::{BTreeMap, BTreeSet},
		vec::Vec,
	};
	use atelier_primitives::pots::Pot;
	use frame_support::{
		ensure,
		traits::fungible::{Inspect, InspectHold},
	};
	use sp_runtime::{
		traits::{CheckedAdd, Zero},
		TryRuntimeError,
	};

	type Checked = Result<(), TryRuntimeError>;

	fn total<Balance: CheckedAdd + Zero>(parts: impl Iterator<Item = Balance>) -> Result<Balance, TryRuntimeError> {
		let mut sum = Balance::zero();
		for part in parts {
			sum = sum
				.checked_add(&part)
				.ok_or("a sum has no room in the type of balances")?;
		}
		Ok(sum)
	}

	type Pots<T> = BTreeMap<Pot, Ledger<BalanceOf<T>>>;

	impl<T: Config> Pallet<T> {
		pub fn do_try_state() -> Checked {
			let pots: Pots<T> = Ledgers::<T>::iter().collect();
			Self::check_account(&pots)?;
			Self::check_pots(&pots)?;
			Self::check_queue(&pots)?;
			Self::check_eras(&pots)
		}

		fn check_account(pots: &Pots<T>) -> Checked {
			let account = Self::account();
			ensure!(
				T::Currency::balance(&account) >= T::Currency::minimum_balance(),
				"invariant 1: the account that holds all pots lacks the existential deposit"
			);
			let claims: Vec<_> = Claimable::<T>::iter_values().collect();
			ensure!(
				claims.iter().all(|amount| !amount.is_zero()),
				"invariant 10: nothing waits for somebody"
			);
			let held = pots.values().map(|ledger| ledger.held);
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Pots.into(), &account) == total(held.chain(claims))?,
				"invariant 2: what is on hold is not what pots hold and what waits to be claimed"
			);
			Ok(())
		}

		fn check_pots(pots: &Pots<T>) -> Checked {
			let mut passed = BTreeMap::new();
			for (from, _, amount) in PassedOn::<T>::iter() {
				ensure!(
					pots.contains_key(&from),
					"invariant 4: a pot without a ledger has passed something on"
				);
				let sum = passed.entry(from).or_insert_with(Zero::zero);
				*sum = total([*sum, amount].into_iter())?;
			}
			for (pot, ledger) in pots {
				ensure!(
					ledger.received == total([ledger.earned, ledger.passed, ledger.held].into_iter())?,
					"invariant 3: a pot did not receive what it gave and holds"
				);
				ensure!(
					ledger.passed == passed.get(pot).copied().unwrap_or_default(),
					"invariant 4: a pot did not pass on what it passed to other pots"
				);
			}
			let sums = Sums::<T>::get();
			let received = pots.values().map(|ledger| ledger.received);
			let passed = pots.values().map(|ledger| ledger.passed);
			ensure!(
				total(received.chain([sums.closed_received]))?
					== total(passed.chain([sums.closed_passed, sums.credited]))?,
				"invariant 5: pots did not receive what came from outside and from other pots"
			);
			Ok(())
		}

		fn check_queue(pots: &Pots<T>) -> Checked {
			let ends = QueueEnds::<T>::get();
			let said: BTreeSet<_> = pots
				.iter()
				.filter_map(|(pot, ledger)| ledger.queued.map(|place| (place, *pot)))
				.collect();
			let queue: BTreeSet<_> = Queue::<T>::iter().collect();
			ensure!(said == queue, "invariant 6: the queue is not what pots say of it");
			ensure!(
				queue.iter().all(|(place, _)| (ends.first..ends.end).contains(place)),
				"invariant 6: a pot stands outside of the queue's ends"
			);
			Ok(())
		}

		fn check_eras(pots: &Pots<T>) -> Checked {
			let (era, kept) = (CurrentEra::<T>::get().index, KeptEras::<T>::get());
			let eras = kept.any..=era;
			let mut sums = BTreeMap::new();
			for ((era, who, _), source) in EarnedFrom::<T>::iter() {
				ensure!(
					eras.contains(&era),
					"invariant 9: a record of an era that is forgotten or has not begun"
				);
				ensure!(
					source.earned <= source.divided,
					"invariant 7: more was earned from a pot than was divided"
				);
				let sum = sums.entry((era, who)).or_insert_with(Zero::zero);
				*sum = total([*sum, source.earned].into_iter())?;
			}
			let totals = Sums::<T>::get();
			let mut all = totals.forgotten;
			for (era, who, earned) in Earned::<T>::iter() {
				ensure!(
					eras.contains(&era),
					"invariant 9: a record of an era that is forgotten or has not begun"
				);
				let sum = sums.remove(&(era, who)).unwrap_or_default();
				ensure!(
					era < kept.whole || sum == earned,
					"invariant 7: an account did not earn in an era what it earned from pots"
				);
				all = total([all, earned].into_iter())?;
			}
			ensure!(
				sums.is_empty(),
				"invariant 7: somebody earned from a pot and nothing in all"
			);
			let by_pot = pots.values().map(|ledger| ledger.earned);
			ensure!(
				total(by_pot.chain([totals.closed_earned]))? == all,
				"invariant 8: owners of pots did not earn what eras say"
			);
			Ok(())
		}
	}
}
