// SPDX-License-Identifier: Apache-2.0

//! Who says that work is wrong, and how it begins.
//!
//! 1. Whoever has the claim, the request and the place of the claim in the work accuses its worker, with a bond that a
//!    trace of that size is worth. Of sealed work only the payer and drawn auditors have them.
//! 2. A claim that is wrong by itself is decided at once.
//! 3. Otherwise it is a dispute. A worker has at most two at once; others wait, and while there are any, nothing of the
//!    worker's becomes final. Each makes the next one dearer.

use crate::{
	checks::{on, Check},
	types::{Dispute, Rules, Shown, Stage},
	BalanceOf, Clock, Config, DisputeOf, Disputes, Error, Event, HoldReason, Lines, Model, NextDispute, Pallet,
	PendingOf, ACTIVE,
};
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{
		audits::Works,
		draw::{Drawn, Lot},
		workers::{Accused, Fault},
		Tier, Work,
	},
};
use atelier_referee::{
	commit::mountain::Interval,
	hash::Digest,
	trace::{Counts, Graph},
};
use frame_support::{
	ensure,
	traits::{fungible::MutateHold, Get},
};
use sp_runtime::{
	traits::{CheckedAdd, CheckedDiv, CheckedMul, SaturatedConversion},
	DispatchError, DispatchResult,
};

/// The least that an accusation about a trace of so many leaves is wagered on, if there are so
/// many others about the worker.
pub(crate) fn bond<T: Config>(leaves: u64, others: u32) -> Option<BalanceOf<T>> {
	let leaves: BalanceOf<T> = leaves.saturated_into();
	let million: BalanceOf<T> = 1_000_000_u32.into();
	let of_leaves = T::BondPerMillionLeaves::get()
		.checked_mul(&leaves)?
		.checked_div(&million)?;
	let bond = T::ChallengeBond::get().checked_add(&of_leaves)?;
	let times = if on(Check::Queue) { others } else { 0 };
	bond.checked_mul(&times.saturating_add(1).into())
}

impl<T: Config> Pallet<T> {
	/// Work about which somebody can still say something.
	pub(crate) fn open(work: Work) -> Result<PendingOf<T>, Error<T>> {
		let pending = T::Works::pending(work).ok_or(Error::<T>::UnknownWork)?;
		ensure!(Self::now() <= pending.until, Error::<T>::WorkIsFinal);
		ensure!(!T::Workers::convicted(pending.worker), Error::<T>::AlreadyConvicted);
		Ok(pending)
	}

	/// Whether somebody may read sealed work.
	fn may_read(who: &T::AccountId, work: Work, pending: &PendingOf<T>, lot: Option<Lot>) -> Result<(), Error<T>> {
		if !pending.sealed || *who == pending.payer {
			return Ok(());
		}
		let lot = lot.ok_or(Error::<T>::Sealed)?;
		Self::auditor(who, work, pending, &lot)
			.map(|_| ())
			.map_err(|_| Error::<T>::Sealed)
	}

	pub(crate) fn do_challenge(who: T::AccountId, work: Work, shown: Shown, lot: Option<Lot>) -> DispatchResult {
		let pending = Self::open(work)?;
		Self::may_read(&who, work, &pending, lot)?;
		Self::made_by_auditor(&who, lot.as_ref());
		let interval = Self::located(&pending, &shown)?;
		let model = match pending.tier {
			Tier::Exact => Self::model(pending.version),
			Tier::Float => None,
		};
		if Self::evident(work, &pending, &shown, model.as_ref()) {
			Self::deposit_event(Event::WrongByItself {
				work,
				worker: pending.worker,
				challenger: who.clone(),
			});
			T::Workers::convict(pending.worker, Fault::Wrong, Some(who));
			T::Works::overturn(work);
			Self::dismiss_others(pending.worker);
			return Ok(());
		}
		match (pending.tier, model) {
			(Tier::Exact, Some(model)) => Self::begin(who, work, pending.worker, shown, interval, model),
			(Tier::Float, _) => Self::ask(who, work, &pending, &shown),
			(Tier::Exact, None) => Err(Error::<T>::UnknownVersion.into()),
		}
	}

	fn begin(
		who: T::AccountId,
		work: Work,
		worker: WorkerId,
		shown: Shown,
		interval: Interval,
		model: Model,
	) -> DispatchResult {
		let counts = Counts {
			input: shown.claim.input_count,
			output: shown.claim.output_count,
		};
		let graph = Graph::new(model.shape, counts).map_err(|_| Error::<T>::NotInWork)?;
		let mut line = Lines::<T>::get(worker);
		let others = line.active.len().saturating_add(line.queued.len()) as u32;
		let bond = bond::<T>(graph.leaves(), others).ok_or(Error::<T>::Overflow)?;
		let id = NextDispute::<T>::get();
		let next = id.next().ok_or(Error::<T>::Overflow)?;
		let rules = Rules {
			trace: Self::time_for_trace(graph.leaves()),
			prove: T::ProvePeriod::get(),
			game: T::GamePeriod::get(),
			accused: T::AccusedPart::get(),
		};
		let dispute = Dispute {
			work,
			worker,
			challenger: who.clone(),
			bond,
			claim: shown.claim,
			request: shown.request,
			model,
			rules,
			interval: (interval.from, interval.to),
			canary: false,
			stage: Stage::Queued,
			noted: 0,
		};
		let active = line.active.len() < ACTIVE as usize;
		let placed = if active {
			line.active.try_push(id)
		} else {
			line.queued.try_push(id)
		};
		placed.map_err(|_| Error::<T>::QueueFull)?;
		T::Currency::hold(&HoldReason::Bond.into(), &who, bond)?;
		NextDispute::<T>::put(next);
		Lines::<T>::insert(worker, line);
		T::Workers::accuse(worker);
		Self::deposit_event(Event::Challenged {
			dispute: id,
			work,
			worker,
			challenger: who,
			bond,
			queued: !active,
		});
		if active {
			Self::start(id, dispute);
		} else {
			Disputes::<T>::insert(id, dispute);
		}
		Ok(())
	}

	/// Ticks in which an honest worker derives a trace of so many leaves.
	fn time_for_trace(leaves: u64) -> u32 {
		let of_leaves = leaves.checked_div(T::LeavesPerTick::get().max(1).into()).unwrap_or(0);
		T::TracePeriod::get().saturating_add(of_leaves.saturated_into())
	}

	/// It is the worker's turn to commit to its trace.
	pub(crate) fn start(id: DisputeId, dispute: DisputeOf<T>) {
		let until = Clock::<T>::get().saturating_add(dispute.rules.trace);
		let stage = Stage::Trace { until };
		Self::deposit_event(Event::TraceDue {
			dispute: id,
			worker: dispute.worker,
			until,
		});
		Self::put(id, Dispute { stage, ..dispute });
	}

	/// An auditor that a lot draws for a piece of work, with what it drew.
	pub(crate) fn auditor(
		who: &T::AccountId,
		work: Work,
		pending: &PendingOf<T>,
		lot: &Lot,
	) -> Result<(WorkerId, Digest, u32, crate::SeedOf<T>), DispatchError> {
		let auditor = T::Workers::of(who).ok_or(Error::<T>::NotAuditor)?;
		ensure!(auditor != pending.worker, Error::<T>::OwnWork);
		let standing = T::Workers::standing(auditor, pending.at).ok_or(Error::<T>::NotAuditor)?;
		let seed = Self::seed(&pending.drawing, pending.at).ok_or(Error::<T>::SeedUnknown)?;
		let hand =
			Self::drawn(&Drawn::Audit(work), &pending.drawing, &seed, &standing, lot).ok_or(Error::<T>::NotTheLot)?;
		ensure!(hand.count > 0, Error::<T>::NotDrawn);
		Ok((auditor, hand.output, hand.count, seed))
	}
}
