// SPDX-License-Identifier: Apache-2.0

//! What holds after every block.
//!
//! 1. The account of the fund has the existential deposit besides.
//! 2. What anybody has wagered is on hold on its account, to the unit.
//! 3. The disputes about a worker are those that its line names, each once: those that go on have a time, those that wait
//!    have none, and none waits while there is room.
//! 4. A game is played exactly in disputes that are at that stage, and parts are kept where they were named.
//! 5. A duty is the last one under its work, its auditor and what was asked for.
//! 6. Numbers are below those that come next.
//! 7. Votes are about inquiries that vote, in their round.
//! 8. Seeds are the last ones, each named later than the one before.
//! 9. What was heard of a dispute is forgotten with it.
//! 10. Whoever is accused here is accused where its bond is.

#[cfg(any(test, feature = "try-runtime"))]
mod checks {
	use crate::*;
	use alloc::{
		collections::{BTreeMap, BTreeSet},
		vec::Vec,
	};
	use atelier_primitives::ids::WorkerId;
	use frame_support::{
		ensure,
		traits::fungible::{Inspect, InspectHold},
	};
	use sp_runtime::{
		traits::{CheckedAdd, Zero},
		TryRuntimeError,
	};

	type Checked = Result<(), TryRuntimeError>;

	impl<T: Config> Pallet<T> {
		pub fn do_try_state() -> Checked {
			ensure!(
				T::Currency::balance(&Self::account()) >= T::Currency::minimum_balance(),
				"invariant 1: the account of the fund lacks the existential deposit"
			);
			Self::check_bonds()?;
			Self::check_lines()?;
			Self::check_games()?;
			Self::check_duties()?;
			Self::check_votes()?;
			Self::check_seeds()
		}

		fn check_bonds() -> Checked {
			let disputes = Disputes::<T>::iter_values().map(|dispute| (dispute.challenger, dispute.bond));
			let duties = Duties::<T>::iter_values().map(|duty| (duty.auditor, duty.bond));
			let inquiries = Inquiries::<T>::iter_values().flat_map(|inquiry| {
				let own = (inquiry.accuser, inquiry.bond);
				core::iter::once(own).chain(inquiry.appeal).collect::<Vec<_>>()
			});
			let mut wagers: BTreeMap<T::AccountId, BalanceOf<T>> = BTreeMap::new();
			for (who, bond) in disputes.chain(duties).chain(inquiries) {
				let sum = wagers.entry(who).or_insert_with(Zero::zero);
				*sum = sum
					.checked_add(&bond)
					.ok_or("a sum has no room in the type of balances")?;
			}
			for (who, wagered) in wagers {
				ensure!(
					T::Currency::balance_on_hold(&HoldReason::Bond.into(), &who) == wagered,
					"invariant 2: what somebody has wagered is not what is on hold"
				);
			}
			Ok(())
		}

		fn check_lines() -> Checked {
			let mut placed = BTreeSet::new();
			for (worker, line) in Lines::<T>::iter() {
				ensure!(
					!line.active.is_empty() || line.queued.is_empty(),
					"invariant 3: a dispute waits while there is room"
				);
				ensure!(
					line.active.len() == ACTIVE as usize || line.queued.is_empty(),
					"invariant 3: a dispute waits while there is room"
				);
				let active = line.active.into_iter().map(|id| (id, true));
				for (id, active) in active.chain(line.queued.into_iter().map(|id| (id, false))) {
					ensure!(placed.insert(id), "invariant 3: a dispute stands in lines twice");
					let dispute = Disputes::<T>::get(id).ok_or("invariant 3: a line names no dispute")?;
					ensure!(
						dispute.worker == worker,
						"invariant 3: a dispute stands in another's line"
					);
					ensure!(
						(dispute.stage == Stage::Queued) != active,
						"invariant 3: a dispute that waits has a time, or one that goes on has none"
					);
				}
			}
			ensure!(
				Disputes::<T>::iter_keys().all(|id| placed.contains(&id)),
				"invariant 3: a dispute stands in no line"
			);
			let next = NextDispute::<T>::get();
			ensure!(
				Disputes::<T>::iter_keys()
					.chain(Inquiries::<T>::iter_keys())
					.all(|id| id < next),
				"invariant 6: a dispute has a number that was not given"
			);
			Ok(())
		}

		fn check_games() -> Checked {
			let of_dispute = |matter| match matter {
				Matter::Dispute(id, _) => Some(id),
				Matter::Owed(_) | Matter::Drawn(_) => None,
			};
			ensure!(
				Heard::<T>::iter_keys()
					.filter_map(of_dispute)
					.all(Disputes::<T>::contains_key),
				"invariant 9: something was heard of no dispute"
			);
			let playing: BTreeSet<_> = Disputes::<T>::iter()
				.filter(|(_, dispute)| matches!(dispute.stage, Stage::Playing { .. }))
				.map(|(id, _)| id)
				.collect();
			let games: BTreeSet<_> = Games::<T>::iter_keys().collect();
			ensure!(
				playing == games,
				"invariant 4: a game without its dispute, or the other way round"
			);
			let named = |position| matches!(position, Position::Part(_) | Position::PartEvidence(..));
			ensure!(
				GameParts::<T>::iter_keys().all(|id| Games::<T>::get(id).is_some_and(named)),
				"invariant 4: parts of a game in which none were named"
			);
			Ok(())
		}

		fn check_duties() -> Checked {
			let open: BTreeMap<_, _> = OpenDuties::<T>::iter().collect();
			let mut duties = BTreeMap::new();
			for (id, duty) in Duties::<T>::iter() {
				ensure!(
					id < NextDuty::<T>::get(),
					"invariant 6: a duty has a number that was not given"
				);
				duties.insert((duty.work, duty.by, duty.kind), id);
			}
			ensure!(
				duties.iter().all(|(key, id)| open.get(key) == Some(id)) && duties.len() == Duties::<T>::iter().count(),
				"invariant 5: duties are not what was asked for"
			);
			Ok(())
		}

		fn check_votes() -> Checked {
			for ((id, round, _), vote) in Votes::<T>::iter() {
				let inquiry = Inquiries::<T>::get(id).ok_or("invariant 7: a vote about nothing")?;
				ensure!(
					vote.seats > 0 && inquiry.round() == round && inquiry.decided.is_none(),
					"invariant 7: a vote of another round"
				);
			}
			Ok(())
		}

		fn check_seeds() -> Checked {
			let seeds: BTreeMap<_, _> = Seeds::<T>::iter().collect();
			let state = SeedState::<T>::get();
			let kept = state.count.min(KEPT) as usize;
			ensure!(seeds.len() == kept, "invariant 8: seeds are not the last ones");
			let last = seeds.last_key_value().map(|(number, seed)| (*number, seed.named));
			ensure!(
				last.is_none_or(|last| last == (state.count, state.named)),
				"invariant 8: the last seed is not the last"
			);
			let named: Vec<_> = seeds.values().map(|seed| seed.named).collect();
			ensure!(
				named.is_sorted_by(|one, next| one < next),
				"invariant 8: a seed is named before an earlier one"
			);
			Ok(())
		}

		/// How many accusations of each worker there are.
		pub fn accusations() -> BTreeMap<WorkerId, u32> {
			let disputes = Disputes::<T>::iter_values().map(|dispute| dispute.worker);
			let duties = Duties::<T>::iter_values().map(|duty| duty.worker);
			let inquiries = Inquiries::<T>::iter_values().map(|inquiry| inquiry.worker);
			let mut counts = BTreeMap::new();
			for worker in disputes.chain(duties).chain(inquiries) {
				let count: &mut u32 = counts.entry(worker).or_default();
				*count = count.saturating_add(1);
			}
			counts
		}
	}
}
