// SPDX-License-Identifier: Apache-2.0

//! What clients read.

use crate::{
	accusations, BalanceOf, Clock, Config, Disputes, Duties, GameParts, Games, Inquiries, Lines, NextDispute, Owed,
	Pallet, PausedUntil, Reports, Said, SeedOf, SeedState, Stage,
};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	views::disputes::*,
	work::{audits::Works, draw, Work},
};
use atelier_referee::{
	dispute::{Game, Party},
	trace::{Counts, Graph},
};

fn seed_view<T: Config>(seed: SeedOf<T>) -> SeedView<BalanceOf<T>> {
	SeedView {
		value: seed.value,
		commit: seed.commit,
		reveal: seed.reveal,
		fee: seed.fee,
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn view_audit(work: Work) -> Option<AuditView<T::AccountId, BalanceOf<T>>> {
		let work = T::Works::pending(work)?;
		let seed = Self::seed(&work.drawing, work.at).map(seed_view::<T>);
		Some(AuditView { work, seed })
	}

	pub(crate) fn view_report(work: Work, auditor: WorkerId) -> Option<ReportView> {
		Some(match Reports::<T>::get(work, auditor)?.said {
			Said::Sealed(sealed) => ReportView::Sealed(sealed),
			Said::Revealed { proofs, output } => ReportView::Revealed { proofs, output },
		})
	}

	pub(crate) fn view_bond(work: Work, input: u32, output: u32) -> Option<BalanceOf<T>> {
		let pending = T::Works::pending(work)?;
		let model = Self::model(pending.version)?;
		let graph = Graph::new(model.shape, Counts { input, output }).ok()?;
		let line = Lines::<T>::get(pending.worker);
		let others = line.active.len().saturating_add(line.queued.len()) as u32;
		accusations::bond::<T>(graph.leaves(), others)
	}

	pub(crate) fn view_dispute(id: DisputeId) -> Option<DisputeView<T::AccountId, BalanceOf<T>>> {
		let dispute = Disputes::<T>::get(id)?;
		let leaves = dispute.graph()?.leaves();
		let (stage, turn) = match dispute.stage {
			Stage::Queued => (DisputeStage::Queued, None),
			Stage::Trace { until } => (DisputeStage::Trace, Some((Party::Holder, until))),
			Stage::Proving { until, .. } => (DisputeStage::Proving, Some((Party::Challenger, until))),
			Stage::Playing { until, .. } => {
				let turn = Games::<T>::get(id).map(|position| (position.turn(), until));
				(DisputeStage::Playing, turn)
			}
		};
		Some(DisputeView {
			work: dispute.work,
			worker: dispute.worker,
			challenger: dispute.challenger,
			bond: dispute.bond,
			claim: dispute.claim,
			request: dispute.request,
			leaves,
			trace: dispute.stage.trace(),
			canary: dispute.canary,
			turn,
			stage,
		})
	}

	pub(crate) fn view_game(id: DisputeId) -> Option<Game> {
		let parts = GameParts::<T>::get(id).unwrap_or_default();
		Games::<T>::get(id).map(|position| position.with(parts))
	}

	pub(crate) fn view_disputes_of(worker: WorkerId) -> Vec<DisputeId> {
		let line = Lines::<T>::get(worker);
		line.active.into_iter().chain(line.queued).collect()
	}

	pub(crate) fn view_duty(id: u64) -> Option<DutyView<T::AccountId, BalanceOf<T>>> {
		let duty = Duties::<T>::get(id)?;
		let owed = match duty.owed {
			Owed::Receipt { unit } => OwedView::Receipt { unit },
			Owed::Range { of, first, end } => OwedView::Leaves {
				of,
				leaves: (first..end).collect(),
			},
			Owed::Drawn { of, seed } => {
				let mut leaves = draw::leaves::<crate::HostHash>(&seed, of.count);
				leaves.sort_unstable();
				leaves.dedup();
				OwedView::Leaves { of, leaves }
			}
		};
		Some(DutyView {
			work: duty.work,
			worker: duty.worker,
			auditor: duty.auditor,
			bond: duty.bond,
			owed,
			until: duty.until,
		})
	}

	pub(crate) fn view_inquiry(id: DisputeId) -> Option<InquiryView<T::AccountId, BalanceOf<T>>> {
		let inquiry = Inquiries::<T>::get(id)?;
		let seed = Self::seed(&inquiry.drawing, inquiry.at).map(seed_view::<T>);
		Some(InquiryView {
			work: inquiry.work,
			worker: inquiry.worker,
			round: inquiry.round(),
			accuser: inquiry.accuser,
			bond: inquiry.bond,
			claim: inquiry.claim,
			right: inquiry.right,
			wrong: inquiry.wrong,
			seed,
			appeal: inquiry.decided.map(|(_, until)| until),
		})
	}

	pub(crate) fn view_court() -> CourtView<BalanceOf<T>> {
		CourtView {
			clock: Clock::<T>::get(),
			paused: PausedUntil::<T>::get().filter(|_| Self::paused(Self::now())),
			fund: Self::in_fund(),
			next: NextDispute::<T>::get(),
			seed: SeedState::<T>::get().count,
		}
	}
}
