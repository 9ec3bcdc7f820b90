// SPDX-License-Identifier: Apache-2.0

//! What holds after every block.
//!
//! 1. What a session has on hold is its deposit without the price of what was settled, and what waits for audits; of one
//!    that has ended, only the latter.
//! 2. What each account has on hold for escrow is exactly what its sessions and jobs say.
//! 3. What each account has on hold for demands is exactly the bonds of its jobs whose answers are demanded.
//! 4. The account that keeps what could not be paid lives, has exactly that on hold, and nothing waits of zero.
//! 5. Settlements of a session stand in order, cost what its rates say, and the last one's root is the session's. None costs
//!    more than was deposited.
//! 6. What a job has on hold is the most that it can cost, with the audits that were ordered; once it is delivered, what
//!    the answer costs.
//! 7. Every session has its quote and is in the lists of its payer and its worker; every job in those of its own. Nothing
//!    else is.
//! 8. Each version counts the sessions and jobs that use it.
//! 9. All numbers were given.
//! 10. What a grant has spent covers what is on hold for its sessions.
//! 11. What says that the agenda will look at it is in the agenda there.

#[cfg(any(test, feature = "try-runtime"))]
mod checks {
	use crate::*;
	use alloc::{collections::BTreeMap, vec::Vec};
	use atelier_primitives::{
		ids::{JobId, SessionId, VersionId},
		work::price::Rates,
	};
	use codec::Encode;
	use frame_support::{
		ensure,
		traits::fungible::{Inspect, InspectHold},
	};
	use sp_runtime::{
		traits::{CheckedAdd, CheckedMul, Saturating, Zero},
		TryRuntimeError,
	};

	type Checked = Result<(), TryRuntimeError>;
	type AccountOf<T> = <T as frame_system::Config>::AccountId;
	type SessionsNow<T> = Vec<(SessionId, SessionOf<T>)>;
	type JobsNow<T> = Vec<(JobId, JobOf<T>)>;

	fn total<Balance: CheckedAdd + Zero>(parts: impl Iterator<Item = Balance>) -> Result<Balance, TryRuntimeError> {
		let mut sum = Balance::zero();
		for part in parts {
			sum = sum
				.checked_add(&part)
				.ok_or("a sum has no room in the type of balances")?;
		}
		Ok(sum)
	}

	/// What each account should have on hold.
	fn by_account<T: Config>(
		amounts: impl Iterator<Item = (AccountOf<T>, BalanceOf<T>)>,
	) -> BTreeMap<Vec<u8>, (AccountOf<T>, BalanceOf<T>)> {
		let mut sums = BTreeMap::new();
		for (who, amount) in amounts {
			let (_, sum) = sums.entry(who.encode()).or_insert((who, Zero::zero()));
			*sum = Saturating::saturating_add(*sum, amount);
		}
		sums
	}

	impl<T: Config> Pallet<T> {
		pub fn do_try_state() -> Checked {
			let sessions: SessionsNow<T> = Sessions::<T>::iter().collect();
			let jobs: JobsNow<T> = Jobs::<T>::iter().collect();
			Self::sessions_agree(&sessions)?;
			Self::holds_agree(&sessions, &jobs)?;
			Self::claims_agree()?;
			Self::jobs_agree(&jobs)?;
			Self::lists_agree(&sessions, &jobs)?;
			Self::counts_agree(&sessions, &jobs)?;
			Self::grants_agree(&sessions)?;
			Self::agenda_agrees(&sessions, &jobs)
		}

		fn sessions_agree(sessions: &SessionsNow<T>) -> Checked {
			for (_, session) in sessions {
				let waiting = total(session.pending.iter().map(|settlement| settlement.price))?;
				let settled = session.rates.price(session.root.units);
				let settled = settled.ok_or("invariant 5: a session settled what has no price")?;
				let rest = match session.phase {
					Phase::Ended => Zero::zero(),
					_ => session.deposit.saturating_sub(settled),
				};
				ensure!(
					session.escrow == total([waiting, rest].into_iter())?,
					"invariant 1: a session has another amount on hold"
				);
				ensure!(
					settled <= session.deposit,
					"invariant 5: a session settled more than was deposited"
				);
				for settlement in &session.pending {
					let (from, to) = (settlement.earlier.units, settlement.later.units);
					let price = session.rates.between(from, to).and_then(|parts| parts.sum());
					ensure!(
						from < to && price == Some(settlement.price),
						"invariant 5: a settlement has another price"
					);
					ensure!(
						settlement.number < session.next,
						"invariant 5: a settlement has a number that was not given"
					);
				}
				let pairs = session.pending.iter().zip(session.pending.iter().skip(1));
				ensure!(
					pairs
						.into_iter()
						.all(|(one, next)| one.number < next.number && one.later.units <= next.earlier.units),
					"invariant 5: settlements are out of order"
				);
				let last = session
					.pending
					.last()
					.filter(|last| last.number.saturating_add(1) == session.next);
				ensure!(
					last.is_none_or(|last| last.later == session.root),
					"invariant 5: a session's root is not its last settlement's"
				);
			}
			Ok(())
		}

		fn holds_agree(sessions: &SessionsNow<T>, jobs: &JobsNow<T>) -> Checked {
			let of_sessions = sessions
				.iter()
				.map(|(_, session)| (session.payer.clone(), session.escrow));
			let of_jobs = jobs.iter().map(|(_, job)| (job.payer.clone(), job.escrow));
			for (who, escrow) in by_account::<T>(of_sessions.chain(of_jobs)).into_values() {
				ensure!(
					T::Currency::balance_on_hold(&HoldReason::Escrow.into(), &who) == escrow,
					"invariant 2: an account has another escrow on hold"
				);
			}
			let demanded = jobs.iter().map(|(_, job)| {
				let bond = match job.stage {
					Stage::Demanded { .. } => job.rules.bond,
					_ => Zero::zero(),
				};
				(job.payer.clone(), bond)
			});
			for (who, bonds) in by_account::<T>(demanded).into_values() {
				ensure!(
					T::Currency::balance_on_hold(&HoldReason::Demand.into(), &who) == bonds,
					"invariant 3: an account has other bonds on hold"
				);
			}
			Ok(())
		}

		fn claims_agree() -> Checked {
			let account = Self::account();
			let claims: Vec<_> = Claimable::<T>::iter_values().collect();
			ensure!(
				T::Currency::balance(&account) >= T::Currency::minimum_balance(),
				"invariant 4: the account of claims lacks the existential deposit"
			);
			ensure!(
				claims.iter().all(|amount| !amount.is_zero()),
				"invariant 4: nothing waits for somebody"
			);
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Claimable.into(), &account) == total(claims.into_iter())?,
				"invariant 4: what is on hold is not what waits"
			);
			Ok(())
		}

		fn jobs_agree(jobs: &JobsNow<T>) -> Checked {
			for (_, job) in jobs {
				let asked = Rates {
					worker: job.order.most,
					..job.rates
				};
				let most = asked.price(job.order.units()).unwrap_or_default();
				let audits = job.rules.audit.checked_mul(&job.order.audits.into());
				let held = match job.delivery() {
					Some(delivery) => delivery.price,
					None => total([most, audits.unwrap_or_default()].into_iter())?,
				};
				ensure!(job.escrow == held, "invariant 6: a job has another amount on hold");
				ensure!(
					job.delivery()
						.is_none_or(|delivery| delivery.price <= most && delivery.claim != [0; 32]),
					"invariant 6: a delivered answer costs more than it can"
				);
			}
			Ok(())
		}

		fn lists_agree(sessions: &SessionsNow<T>, jobs: &JobsNow<T>) -> Checked {
			for (id, session) in sessions {
				ensure!(
					Quotes::<T>::get(session.worker, session.quote) == Some(*id),
					"invariant 7: a session is not found by its quote"
				);
				ensure!(
					SessionsOf::<T>::contains_key(&session.payer, id)
						&& SessionsBy::<T>::contains_key(session.worker, id),
					"invariant 7: a session is in no list"
				);
			}
			for (id, job) in jobs {
				let listed = job.worker().is_none_or(|worker| JobsBy::<T>::contains_key(worker, id));
				ensure!(
					listed && JobsOf::<T>::contains_key(&job.payer, id),
					"invariant 7: a job is in no list"
				);
			}
			let assigned = jobs.iter().filter(|(_, job)| job.worker().is_some()).count();
			let counts = [
				(Quotes::<T>::iter().count(), sessions.len()),
				(SessionsOf::<T>::iter().count(), sessions.len()),
				(SessionsBy::<T>::iter().count(), sessions.len()),
				(JobsOf::<T>::iter().count(), jobs.len()),
				(JobsBy::<T>::iter().count(), assigned),
			];
			ensure!(
				counts.iter().all(|(listed, there)| listed == there),
				"invariant 7: a list names what does not exist"
			);
			Ok(())
		}

		fn counts_agree(sessions: &SessionsNow<T>, jobs: &JobsNow<T>) -> Checked {
			let mut using = BTreeMap::<VersionId, u32>::new();
			let of_sessions = sessions.iter().map(|(_, session)| session.version);
			for version in of_sessions.chain(jobs.iter().map(|(_, job)| job.order.version)) {
				let count = using.entry(version).or_default();
				*count = count.saturating_add(1);
			}
			ensure!(
				Using::<T>::iter().collect::<BTreeMap<_, _>>() == using,
				"invariant 8: a version counts other uses"
			);
			let (next_session, next_job) = (NextSession::<T>::get(), NextJob::<T>::get());
			ensure!(
				sessions.iter().all(|(id, _)| *id < next_session) && jobs.iter().all(|(id, _)| *id < next_job),
				"invariant 9: a session or a job has a number that was not given"
			);
			ensure!(
				Grants::<T>::iter_values().all(|grant| grant.number < NextGrant::<T>::get()),
				"invariant 9: a grant has a number that was not given"
			);
			Ok(())
		}

		fn grants_agree(sessions: &SessionsNow<T>) -> Checked {
			for (owner, key, grant) in Grants::<T>::iter() {
				let held = sessions.iter().filter_map(|(_, session)| {
					let spender = session.spender.as_ref()?;
					let paid = session.payer == owner && spender.key == key && spender.grant == grant.number;
					paid.then(|| session.escrow.saturating_sub(spender.besides))
				});
				ensure!(
					total(held)? <= grant.spent,
					"invariant 10: a grant has spent less than is on hold for it"
				);
			}
			Ok(())
		}

		fn agenda_agrees(sessions: &SessionsNow<T>, jobs: &JobsNow<T>) -> Checked {
			let of_sessions = sessions
				.iter()
				.flat_map(|(id, session)| [session.due, session.later].map(|due| (Item::Session(*id), due)));
			let of_jobs = jobs.iter().map(|(id, job)| (Item::Job(*id), job.due));
			for (item, due) in of_sessions.chain(of_jobs) {
				ensure!(
					due == 0 || Buckets::<T>::get(due).contains(&item),
					"invariant 11: something is not in the agenda where it says"
				);
			}
			Ok(())
		}
	}
}
