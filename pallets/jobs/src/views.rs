// SPDX-License-Identifier: Apache-2.0

//! What clients read. A worker, an auditor and a payer do their whole work by these and by events.

use crate::{
	demand::drawn, BalanceOf, Config, Delivery, Grants, JobOf, Jobs, JobsBy, JobsOf, Pallet, Phase, SessionOf,
	Sessions, SessionsBy, SessionsOf, Stage,
};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::{JobId, SessionId, WorkerId},
	views::{
		jobs::{DeliveryView, GrantView, JobStage, JobView, SessionPhase, SessionView, SettlementView},
		Page, MAX_PAGE,
	},
};
use sp_runtime::traits::{Saturating, Zero};

pub type SessionViewOf<T> = SessionView<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type JobViewOf<T> = JobView<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type SessionsPage<T> = Page<SessionViewOf<T>, SessionId>;
pub type JobsPage<T> = Page<JobViewOf<T>, JobId>;

/// A page of what a list names: at most `limit`.
fn page<Id: Copy, View>(
	mut ids: impl Iterator<Item = Id>,
	limit: u32,
	view: impl Fn(Id) -> Option<View>,
) -> Page<View, Id> {
	let page: Vec<Id> = ids.by_ref().take(limit.clamp(1, MAX_PAGE) as usize).collect();
	let last = page.last().copied();
	Page {
		items: page.into_iter().filter_map(view).collect(),
		next: last.filter(|_| ids.next().is_some()),
	}
}

impl<T: Config> Pallet<T> {
	fn seen_session(id: SessionId, session: SessionOf<T>) -> SessionViewOf<T> {
		let paused = Self::paused(session.worker);
		let ends = Self::last_block(&session);
		let phase = match session.phase {
			Phase::Ended => SessionPhase::Ended,
			_ if Self::now() > ends => SessionPhase::Ended,
			_ if Self::serves(&session) => SessionPhase::Open,
			_ => SessionPhase::Closing,
		};
		let pending = session.pending.into_iter().map(|settlement| SettlementView {
			number: settlement.number,
			earlier: settlement.earlier,
			later: settlement.later,
			price: settlement.price,
			at: settlement.at,
			until: Self::settlement_until(paused, &settlement),
			drawing: settlement.drawing,
		});
		SessionView {
			session: id,
			payer: session.payer,
			spender: session.spender.map(|spender| spender.key),
			worker: session.worker,
			version: session.version,
			tier: session.tier,
			voucher_key: session.voucher_key,
			rates: session.rates,
			sealed: session.sealed,
			capacity: session.capacity,
			window: session.window,
			deposit: session.deposit,
			escrow: session.escrow,
			sequence: session.sequence,
			root: session.root,
			opened: session.opened,
			phase,
			ends,
			pending: pending.collect(),
		}
	}

	pub(crate) fn view_session(id: SessionId) -> Option<SessionViewOf<T>> {
		Sessions::<T>::get(id).map(|session| Self::seen_session(id, session))
	}

	pub(crate) fn view_sessions_of(payer: T::AccountId, after: Option<SessionId>, limit: u32) -> SessionsPage<T> {
		let ids = match after {
			None => SessionsOf::<T>::iter_key_prefix(&payer),
			Some(id) => SessionsOf::<T>::iter_key_prefix_from(&payer, SessionsOf::<T>::hashed_key_for(&payer, id)),
		};
		page(ids, limit, Self::view_session)
	}

	pub(crate) fn view_sessions_by(worker: WorkerId, after: Option<SessionId>, limit: u32) -> SessionsPage<T> {
		let ids = match after {
			None => SessionsBy::<T>::iter_key_prefix(worker),
			Some(id) => SessionsBy::<T>::iter_key_prefix_from(worker, SessionsBy::<T>::hashed_key_for(worker, id)),
		};
		page(ids, limit, Self::view_session)
	}

	fn seen_delivery(delivery: &Delivery<BalanceOf<T>>) -> DeliveryView<BalanceOf<T>> {
		DeliveryView {
			claim: delivery.claim,
			units: delivery.units,
			price: delivery.price,
			at: delivery.at,
			drawing: delivery.drawing,
			posted: delivery.posted,
		}
	}

	fn seen_job(id: JobId, job: JobOf<T>) -> JobViewOf<T> {
		let stage = match &job.stage {
			Stage::Submitted { .. } => JobStage::Submitted,
			Stage::Assigned { .. } => JobStage::Assigned,
			Stage::Accepted { .. } => JobStage::Accepted,
			Stage::Started { .. } => JobStage::Started,
			Stage::Delivered { .. } => JobStage::Delivered,
			Stage::Demanded { .. } => JobStage::Demanded,
		};
		let demanded = match &job.stage {
			Stage::Demanded { delivery, seed, .. } => match delivery.answer.chunks() {
				Some(chunks) => drawn(seed, chunks.count),
				None => Vec::new(),
			},
			_ => Vec::new(),
		};
		JobView {
			job: id,
			until: Self::job_until(&job),
			worker: job.worker(),
			delivery: job.delivery().map(Self::seen_delivery),
			payer: job.payer,
			version: job.order.version,
			tier: job.tier,
			request: job.order.request,
			wanted: job.order.wanted,
			sealed: job.order.sealed,
			input: job.order.input,
			output: job.order.output,
			rates: job.rates,
			escrow: job.escrow,
			stage,
			time: job.order.time,
			demanded,
		}
	}

	pub(crate) fn view_job(id: JobId) -> Option<JobViewOf<T>> {
		Jobs::<T>::get(id).map(|job| Self::seen_job(id, job))
	}

	pub(crate) fn view_jobs_of(payer: T::AccountId, after: Option<JobId>, limit: u32) -> JobsPage<T> {
		let ids = match after {
			None => JobsOf::<T>::iter_key_prefix(&payer),
			Some(id) => JobsOf::<T>::iter_key_prefix_from(&payer, JobsOf::<T>::hashed_key_for(&payer, id)),
		};
		page(ids, limit, Self::view_job)
	}

	pub(crate) fn view_jobs_by(worker: WorkerId, after: Option<JobId>, limit: u32) -> JobsPage<T> {
		let ids = match after {
			None => JobsBy::<T>::iter_key_prefix(worker),
			Some(id) => JobsBy::<T>::iter_key_prefix_from(worker, JobsBy::<T>::hashed_key_for(worker, id)),
		};
		page(ids, limit, Self::view_job)
	}

	pub(crate) fn view_grant(owner: T::AccountId, spender: T::AccountId) -> Option<GrantView<BalanceOf<T>>> {
		let grant = Grants::<T>::get(owner, spender)?;
		let left = match Self::now() <= grant.until {
			true => grant.cap.saturating_sub(grant.spent),
			false => Zero::zero(),
		};
		Some(GrantView {
			cap: grant.cap,
			spent: grant.spent,
			left,
			until: grant.until,
		})
	}
}
