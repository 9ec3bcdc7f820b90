// SPDX-License-Identifier: Apache-2.0

//! Clocks of work: they count blocks, but for those in which nothing could be done about it.
//!
//! | clock | stands still while |
//! | --- | --- |
//! | audit windows | the worker is accused, or a verdict against it waits, or nobody can speak to the court |
//! | expiry and closing of sessions | a verdict against the worker waits, or nobody can speak to the court |
//! | a worker's duties in a job; drawing a worker | nobody can speak to the court: then nobody can speak to the chain |
//!
//! What nobody settled goes back however often the worker is accused: nobody can make that wrong, and who accuses again and
//! again shall not hold up payers. But whoever could not settle, since it was convicted, has that time back if the verdict
//! falls.
//!
//! Each clock keeps how many blocks had not counted when it began. What did not count for two reasons moves it twice: too
//! late costs a wait, too early an appeal.

use crate::{
	checks::{on, Check},
	Config, Error, JobOf, Pallet, Phase, SessionOf, SettlementOf, Stage,
};
use atelier_primitives::{
	ids::WorkerId,
	work::{audits::Audits, workers::Workers},
	BlockNumber,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::traits::SaturatedConversion;

/// After how many blocks at most the agenda looks again at what stands still.
pub(crate) const RECHECK: BlockNumber = 100;

impl<T: Config> Pallet<T> {
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	pub(crate) fn after(blocks: BlockNumber) -> Result<BlockNumber, Error<T>> {
		Self::now().checked_add(blocks).ok_or(Error::<T>::NoMoreNumbers)
	}

	pub(crate) fn in_time(until: BlockNumber) -> Result<(), Error<T>> {
		ensure!(Self::now() <= until, Error::<T>::DeadlinePassed);
		Ok(())
	}

	/// How many blocks have counted for nobody, ever.
	pub(crate) fn stopped() -> BlockNumber {
		match on(Check::Stopped) {
			true => T::Audits::stopped(),
			false => 0,
		}
	}

	/// How many blocks have not counted for work of a worker, ever.
	pub(crate) fn paused(worker: WorkerId) -> BlockNumber {
		T::Workers::frozen(worker).saturating_add(Self::stopped())
	}

	/// How many blocks have not counted for sessions of a worker, ever.
	pub(crate) fn session_paused(worker: WorkerId) -> BlockNumber {
		match (on(Check::PayersClock), on(Check::Barred)) {
			(false, _) => Self::paused(worker),
			(_, false) => Self::stopped(),
			_ => T::Workers::barred(worker).saturating_add(Self::stopped()),
		}
	}

	/// By how much the clock of a session is late.
	fn session_late(session: &SessionOf<T>) -> BlockNumber {
		Self::session_paused(session.worker).saturating_sub(session.paused)
	}

	/// Whether a verdict against a worker stands. Governance may still undo one for which it counts as accused.
	pub(crate) fn condemned(worker: WorkerId) -> bool {
		T::Workers::convicted(worker) && !T::Workers::accused(worker)
	}

	/// By how much a clock of a worker's work is late, for which so many blocks had not counted when it began.
	pub(crate) fn late(worker: WorkerId, then: BlockNumber) -> BlockNumber {
		Self::paused(worker).saturating_sub(then)
	}

	/// The last block in which a session can be settled.
	pub(crate) fn last_block(session: &SessionOf<T>) -> BlockNumber {
		session.ends.saturating_add(Self::session_late(session))
	}

	/// Whether a session serves.
	pub(crate) fn serves(session: &SessionOf<T>) -> bool {
		let late = Self::session_late(session);
		match session.phase {
			Phase::Open { expiry } => Self::now() <= expiry.saturating_add(late),
			Phase::Closing | Phase::Ended => false,
		}
	}

	/// The last block in which somebody can accuse about a settlement, were its worker accused no longer; by how many blocks
	/// have not counted for that.
	pub(crate) fn settlement_until(paused: BlockNumber, settlement: &SettlementOf<T>) -> BlockNumber {
		let late = paused.saturating_sub(settlement.paused);
		settlement.until.saturating_add(late)
	}

	/// The last block of a job's stage.
	pub(crate) fn job_until(job: &JobOf<T>) -> BlockNumber {
		let late = match &job.stage {
			Stage::Delivered { worker, delivery } => Self::late(*worker, delivery.paused),
			_ => Self::stopped().saturating_sub(job.stopped),
		};
		job.until().saturating_add(late)
	}

	/// Whether what is demanded, and was not posted in time, waits for what the worker is accused of. What it owes an auditor
	/// would come to nothing with the job, and it would be fined where it is to be slashed. But whoever keeps itself accused
	/// holds nothing up for ever.
	pub(crate) fn waits_for_court(job: &JobOf<T>, worker: WorkerId) -> bool {
		let last = Self::job_until(job).saturating_add(T::Hearing::get());
		let heard = Self::now() <= last || !on(Check::Hearing);
		heard && T::Workers::accused(worker) && on(Check::Accused)
	}

	/// When the agenda needs to look at a session next.
	pub(crate) fn session_wanted(session: &SessionOf<T>) -> BlockNumber {
		let paused = Self::paused(session.worker);
		let finals = || {
			let settlements = session.pending.iter();
			settlements.map(|settlement| (settlement.until, paused.saturating_sub(settlement.paused)))
		};
		let at = |(until, late): &(BlockNumber, BlockNumber)| until.saturating_add(*late);
		let accused = T::Workers::accused(session.worker);
		let paying = finals().min_by_key(at).map(|(until, late)| {
			let last = finals().map(|settlement| at(&settlement)).max().unwrap_or_default();
			let first = until.saturating_add(late);
			let patience = last.saturating_sub(first).min(T::Patience::get());
			Self::wanted(until.saturating_add(patience), late, accused)
		});
		let end =
			(session.phase != Phase::Ended).then(|| Self::wanted(session.ends, Self::session_late(session), false));
		[paying, end].into_iter().flatten().min().unwrap_or_default()
	}

	/// When the agenda needs to look at a job next.
	pub(crate) fn job_wanted(job: &JobOf<T>) -> BlockNumber {
		let until = job.until();
		let late = Self::job_until(job).saturating_sub(until);
		let waits = matches!(job.stage, Stage::Delivered { .. } | Stage::Demanded { .. });
		Self::wanted(until, late, waits && job.worker().is_some_and(T::Workers::accused))
	}

	/// After a last block that is so late. What stands still is looked at ever less often, so that it does not fill the
	/// agenda.
	fn wanted(until: BlockNumber, late: BlockNumber, accused: bool) -> BlockNumber {
		let patience = match accused {
			true => RECHECK,
			false => late.min(RECHECK),
		};
		let next = until.saturating_add(late).saturating_add(1);
		next.max(Self::now().saturating_add(patience))
	}
}
