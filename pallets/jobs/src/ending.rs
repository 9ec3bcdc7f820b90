// SPDX-License-Identifier: Apache-2.0

//! How jobs end: each stage has one outcome when its last block has passed, and each outcome one place where money goes.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Ending, Error, Event, HoldReason, JobOf, Jobs, JobsBy, JobsOf, Pallet, Stage,
};
use atelier_primitives::{
	ids::{JobId, WorkerId},
	work::{
		audits::Audits,
		workers::{Outcome, Workers},
	},
};
use frame_support::{defensive, traits::Consideration, weights::Weight};
use sp_runtime::{
	traits::{CheckedDiv, CheckedMul, SaturatedConversion, Saturating, Zero},
	DispatchError,
};

impl<T: Config> Pallet<T> {
	/// How a job ends now if nobody does anything more, and what looking at its version did weigh. None: not yet.
	pub(crate) fn over(job: &JobOf<T>) -> Option<(Ending, Weight)> {
		let passed = Self::now() > Self::job_until(job);
		let ending = match &job.stage {
			Stage::Delivered { worker, .. } => Self::outcome(*worker, passed)?,
			_ if !passed => return None,
			Stage::Demanded { worker, .. } if Self::waits_for_court(job, *worker) => return None,
			Stage::Submitted { .. } => Ending::Unassigned,
			Stage::Assigned { worker, drawn, .. } => return Some(Self::unaccepted(job, *worker, *drawn)),
			Stage::Accepted { .. } => Ending::Refused,
			Stage::Started { .. } | Stage::Demanded { .. } => Ending::Failed,
		};
		Some((ending, Weight::zero()))
	}

	/// What becomes of a delivered answer.
	fn outcome(worker: WorkerId, passed: bool) -> Option<Ending> {
		let passed = passed || !on(Check::Window);
		if !passed || (T::Workers::accused(worker) && on(Check::Accused)) {
			return None;
		}
		match T::Workers::convicted(worker) && on(Check::Convicted) {
			true => Some(Ending::Overturned),
			false => Some(Ending::Paid),
		}
	}

	/// The job is over: everybody gets what is theirs, and its record goes.
	pub(crate) fn end_job(id: JobId, mut job: JobOf<T>, how: Ending) {
		if let Stage::Demanded { .. } = job.stage {
			Self::give_back(HoldReason::Demand, &job.payer, job.rules.bond);
		}
		if let Some((worker, value, occupies)) = job.engaged() {
			T::Workers::discharge(worker, value);
			if occupies {
				T::Workers::vacate(worker, job.order.version);
			}
		}
		let worker = job.worker();
		// A worker that was drawn gave its word, and room for the job.
		let word = matches!(job.stage, Stage::Assigned { drawn: true, .. });
		let (mut paid, mut fined) = (BalanceOf::<T>::zero(), BalanceOf::<T>::zero());
		if let Some(worker) = worker {
			JobsBy::<T>::remove(worker, id);
			match how {
				Ending::Paid => paid = Self::pay_job(worker, &mut job),
				Ending::Refused => {
					fined = job.rules.refusal;
					T::Workers::note(worker, Outcome::Refused);
				}
				Ending::Failed => {
					fined = Self::failure_fine(&job);
					T::Workers::note(worker, Outcome::Failed);
				}
				Ending::Void => {
					paid = Self::charge(&mut job);
					T::Workers::note(worker, Outcome::Void { treasury: paid });
				}
				Ending::Cancelled if word => paid = Self::charge(&mut job),
				Ending::Cancelled
				| Ending::Unassigned
				| Ending::Unaccepted
				| Ending::Overturned
				| Ending::Forbidden => {}
			}
			if !fined.is_zero() {
				// To the treasury: a payer that got it could live from hurrying workers.
				T::Workers::fine(worker, fined);
			}
		}
		let returned = job.escrow;
		Self::give_back(HoldReason::Escrow, &job.payer, returned);
		if job.ticket.drop(&job.payer).is_err() {
			defensive!("the ticket's deposit is held since the job was submitted");
		}
		Jobs::<T>::remove(id);
		JobsOf::<T>::remove(&job.payer, id);
		Self::leave_version(job.order.version);
		Self::deposit_event(Event::JobEnded {
			job: id,
			worker,
			how,
			paid,
			returned,
			fined,
		});
	}

	/// What a worker is fined that failed. One that had delivered may have had its answer audited: then it is fined besides
	/// the levy, which nobody pays for the job. Without it, whoever is payer, worker and auditors at once would earn from
	/// answers that it does not hand over. It goes to the treasury, as every fine. Audits that were ordered were paid for when
	/// it delivered.
	fn failure_fine(job: &JobOf<T>) -> BalanceOf<T> {
		let audited = match job.delivery() {
			Some(delivery) if on(Check::Levy) => {
				let parts = job.rates.of(delivery.units.min(job.order.units()));
				parts.unwrap_or_default().levy
			}
			_ => Zero::zero(),
		};
		job.rules.failure.saturating_add(audited)
	}

	/// The treasury gets its share of the most that the job could cost: what it costs to have had a worker for nothing. Free, a
	/// payer could take workers' room and ruin their names by jobs whose input nobody has. Returns what the payer paid.
	fn charge(job: &mut JobOf<T>) -> BalanceOf<T> {
		let parts = job.rates.of(job.order.units()).filter(|_| on(Check::Charge));
		let charge = parts.unwrap_or_default().treasury.min(job.escrow);
		if !charge.is_zero() {
			job.escrow = job.escrow.saturating_sub(charge);
			Self::to_treasury(Self::take(HoldReason::Escrow, &job.payer, charge));
		}
		charge
	}

	/// Pays for the audits that were ordered, now that they can be drawn. However the job ends, that does not return: the fund
	/// pays each auditor that has looked, and must not pay more for a job than was paid in for it. Returns what the payer
	/// paid, and how many audits are drawn for it.
	pub(crate) fn fund_audits(job: &mut JobOf<T>) -> (BalanceOf<T>, u32) {
		let ordered = job.order.audits;
		if !on(Check::Funded) {
			return (Zero::zero(), ordered);
		}
		let Some(fees) = job.rules.audit.checked_mul(&ordered.into()) else {
			defensive!("the fees are in the escrow");
			return (Zero::zero(), 0);
		};
		if fees.is_zero() {
			return (fees, ordered);
		}
		job.escrow = job.escrow.saturating_sub(fees);
		let money = Self::take(HoldReason::Escrow, &job.payer, fees);
		match T::Audits::fund(money) {
			// Where an audit costs more by now, fewer are drawn.
			Ok(()) => {
				let possible = fees.checked_div(&T::Audits::fee()).unwrap_or(fees);
				(fees, ordered.min(possible.saturated_into()))
			}
			Err(refused) => {
				Self::to_treasury(refused);
				(fees, 0)
			}
		}
	}

	/// What the answer does not cost goes back now: nobody can earn it any more, and an accused worker shall not hold it up.
	/// Returns how much that is.
	pub(crate) fn return_rest(job: &mut JobOf<T>, price: BalanceOf<T>) -> BalanceOf<T> {
		let rest = match on(Check::Rest) {
			true => job.escrow.saturating_sub(price),
			false => Zero::zero(),
		};
		job.escrow = job.escrow.saturating_sub(rest);
		Self::give_back(HoldReason::Escrow, &job.payer, rest);
		rest
	}

	/// Pays for the units that were used. Returns what the payer paid.
	fn pay_job(worker: WorkerId, job: &mut JobOf<T>) -> BalanceOf<T> {
		let Some(delivery) = job.delivery() else {
			defensive!("only what was delivered is paid");
			return Zero::zero();
		};
		let (price, units) = (delivery.price, delivery.units.min(job.order.units()));
		let Some(parts) = job.rates.of(units) else {
			defensive!("the price was computed when it was delivered");
			return Zero::zero();
		};
		job.escrow = job.escrow.saturating_sub(price);
		Self::pay(&job.payer, worker, job.order.version, &parts);
		T::Workers::note(
			worker,
			Outcome::Paid {
				treasury: parts.treasury,
			},
		);
		price
	}

	/// Returns what looking at the version did weigh.
	pub(crate) fn do_conclude_job(id: JobId) -> Result<Weight, DispatchError> {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		let (ending, walked) = Self::over(&job).ok_or(Error::<T>::NotYet)?;
		Self::end_job(id, job, ending);
		Ok(walked)
	}
}
