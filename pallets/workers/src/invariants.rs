// SPDX-License-Identifier: Apache-2.0

//! What holds after every block.
//!
//! 1. The account of claims has the existential deposit besides, what it has on hold for claims is their sum, and nothing
//!    waits of zero.
//! 2. Each worker has an account, and the account has that worker; numbers are below the next; all records are complete.
//! 3. What an account has on hold as a bond is its worker's bond and what is on its way out, in at most eight parts, none
//!    of them zero.
//! 4. A standing's weight is the bond of who wants to audit and was not convicted; former ones are older, weigh something,
//!    and no more than later ones; none is of the future.
//! 5. The weight of all auditors is the sum over their standings; what counts in this block is the sum of those that do.
//! 6. Offers with a capacity and the lists of versions are the same, without gaps.
//! 7. What deposits say of how many offers there are, and are listed, is so.
//! 8. What a stake says of waiting slashes is so, and the parts of slashes are less than the whole.
//! 9. The clocks of a stake run as its accusations and verdicts say, and count nothing of the future. Who is barred is
//!    frozen.
//! 10. Who was shown to have fetched weights are two workers that there are or were.

#[cfg(any(test, feature = "try-runtime"))]
mod checks {
	use crate::*;
	use alloc::collections::{BTreeMap, BTreeSet};
	use atelier_primitives::ids::WorkerId;
	use frame_support::{ensure, traits::fungible::InspectHold};
	use sp_runtime::{
		traits::{CheckedAdd, Zero},
		Permill, TryRuntimeError,
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

	impl<T: Config> Pallet<T> {
		pub fn do_try_state() -> Checked {
			Self::check_claims()?;
			Self::check_workers()?;
			for (worker, stake) in Stakes::<T>::iter() {
				Self::check_bond(worker, &stake)?;
				Self::check_standing(worker, &stake)?;
				Self::check_slashes(worker, &stake)?;
				Self::check_accusations(&stake)?;
			}
			Self::check_auditing()?;
			Self::check_hosts()?;
			Self::check_offers()
		}

		fn check_claims() -> Checked {
			ensure!(
				Self::endowed(),
				"invariant 1: the account of claims lacks the existential deposit"
			);
			let mut amounts = Claimable::<T>::iter_values();
			ensure!(
				amounts.all(|amount| !amount.is_zero()),
				"invariant 1: nothing waits for somebody"
			);
			let held = T::Currency::balance_on_hold(&HoldReason::Claims.into(), &Self::claims_account());
			ensure!(
				held == total(Claimable::<T>::iter_values())?,
				"invariant 1: what is on hold for claims is not what waits"
			);
			Ok(())
		}

		fn check_workers() -> Checked {
			let next = NextWorker::<T>::get();
			let mut workers = BTreeSet::new();
			for (worker, account) in AccountOf::<T>::iter() {
				ensure!(
					WorkerOf::<T>::get(&account) == Some(worker),
					"invariant 2: a worker's account has another worker"
				);
				ensure!(worker < next, "invariant 2: a worker's number was not given");
				workers.insert(worker);
			}
			ensure!(
				WorkerOf::<T>::iter_values().count() == workers.len(),
				"invariant 2: an account has a worker that has another account"
			);
			let same = |keys: BTreeSet<WorkerId>| keys == workers;
			ensure!(
				same(Records::<T>::iter_keys().collect())
					&& same(Stakes::<T>::iter_keys().collect())
					&& same(AuditorStandings::<T>::iter_keys().collect())
					&& same(LiveUntil::<T>::iter_keys().collect())
					&& same(Deposits::<T>::iter_keys().collect()),
				"invariant 2: a worker's records are not complete"
			);
			let others = Unbonding::<T>::iter_keys()
				.chain(Reputations::<T>::iter_keys())
				.chain(Successors::<T>::iter_keys())
				.chain(Slashes::<T>::iter_keys().map(|(worker, _)| worker));
			for worker in others {
				ensure!(
					workers.contains(&worker),
					"invariant 2: a record of somebody who is no worker"
				);
			}
			Ok(())
		}

		fn check_bond(worker: WorkerId, stake: &Stake<BalanceOf<T>>) -> Checked {
			let chunks = Unbonding::<T>::get(worker);
			ensure!(
				chunks.iter().all(|chunk| !chunk.amount.is_zero()),
				"invariant 3: nothing is on its way out"
			);
			let all = total(chunks.iter().map(|chunk| chunk.amount).chain([stake.bond]))?;
			let account = AccountOf::<T>::get(worker).ok_or("invariant 2: a worker has no account")?;
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Bond.into(), &account) == all,
				"invariant 3: what is on hold as a bond is not the bond and what is on its way out"
			);
			Ok(())
		}

		fn check_standing(worker: WorkerId, stake: &Stake<BalanceOf<T>>) -> Checked {
			let standings = AuditorStandings::<T>::get(worker).ok_or("invariant 2: a worker has no standing")?;
			ensure!(
				standings.current.weight == Self::weight_of(stake, standings.auditing),
				"invariant 4: a standing has not the weight of the bond"
			);
			let former = standings.former.iter();
			let later = standings.former.iter().skip(1).chain([&standings.current]);
			ensure!(
				standings.current.since <= Self::now()
					&& former.zip(later).all(|(one, next)| one.since < next.since
						&& one.weight <= next.weight
						&& !one.weight.is_zero()),
				"invariant 4: standings are not in order"
			);
			Ok(())
		}

		fn check_slashes(worker: WorkerId, stake: &Stake<BalanceOf<T>>) -> Checked {
			let (mut pending, mut wrongs) = (0_u32, 0_u32);
			for slash in Slashes::<T>::iter_prefix_values(worker) {
				pending = pending.saturating_add(1);
				if slash.fault.convicts() {
					wrongs = wrongs.saturating_add(1);
				}
				ensure!(
					slash.part <= Permill::from_percent(50),
					"invariant 8: a prover gets more than half"
				);
			}
			ensure!(
				stake.pending == pending && stake.wrongs == wrongs,
				"invariant 8: a stake does not say which slashes wait"
			);
			Ok(())
		}

		fn check_accusations(stake: &Stake<BalanceOf<T>>) -> Checked {
			let now = Self::now();
			let Stake { frozen, barred, .. } = stake;
			ensure!(
				frozen.since.max(barred.since).is_none_or(|since| since <= now) && frozen.read(now) <= now,
				"invariant 9: accusations took longer than the chain"
			);
			ensure!(
				barred.read(now) <= frozen.read(now),
				"invariant 9: who was barred was not frozen"
			);
			ensure!(
				frozen.since.is_some() == stake.accused() && barred.since.is_some() == stake.awaits_verdict(),
				"invariant 9: a clock runs without a reason, or stands"
			);
			Ok(())
		}

		fn check_auditing() -> Checked {
			let weights = Auditing::<T>::get();
			let current = AuditorStandings::<T>::iter_values().map(|standings| standings.current.weight);
			ensure!(
				weights.current == total(current)?,
				"invariant 5: the weight of all auditors is not the sum"
			);
			let now = Self::now();
			let counting = AuditorStandings::<T>::iter_keys().filter_map(|worker| Self::standing_at(worker, now));
			ensure!(
				Self::auditing_weight() == total(counting.map(|standing| standing.weight))?,
				"invariant 5: the weight that counts in this block is not the sum"
			);
			Ok(())
		}

		fn check_hosts() -> Checked {
			let next = NextWorker::<T>::get();
			ensure!(
				HostsOf::<T>::iter_values().all(|[a, b]| a.worker != b.worker && a.worker < next && b.worker < next),
				"invariant 10: hosts are not two workers"
			);
			Ok(())
		}

		fn check_offers() -> Checked {
			let mut counts = BTreeMap::<_, u32>::new();
			let mut of_workers = BTreeMap::<_, (u32, u32)>::new();
			for (worker, version, offered) in Offers::<T>::iter() {
				let (all, listed) = of_workers.entry(worker).or_default();
				*all = all.saturating_add(1);
				ensure!(
					offered.index.is_some() == (offered.offer.capacity > 0),
					"invariant 6: an offer without capacity is listed, or one with it is not"
				);
				let Some(index) = offered.index else { continue };
				*listed = listed.saturating_add(1);
				ensure!(
					OfferAt::<T>::get(version, index) == Some(worker),
					"invariant 6: an offer is not in the list"
				);
				let count = counts.entry(version).or_default();
				*count = count.saturating_add(1);
			}
			ensure!(
				counts == OfferCount::<T>::iter().collect(),
				"invariant 6: a list has another length"
			);
			for (version, index, _) in OfferAt::<T>::iter() {
				ensure!(
					counts.get(&version).is_some_and(|count| index < *count),
					"invariant 6: a list has something behind its end"
				);
			}
			for (worker, deposit) in Deposits::<T>::iter() {
				ensure!(
					(deposit.offers, deposit.listed) == of_workers.remove(&worker).unwrap_or_default(),
					"invariant 7: a deposit is for another number of offers"
				);
			}
			ensure!(
				of_workers.is_empty(),
				"invariant 7: an offer of somebody who is no worker"
			);
			Ok(())
		}
	}
}
