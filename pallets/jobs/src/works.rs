// SPDX-License-Identifier: Apache-2.0

//! What the court and the registry of models ask.

use crate::{BalanceOf, Config, Ending, Event, Jobs, Pallet, Sessions, Using};
use atelier_primitives::{
	ids::{JobId, VersionId},
	models::Needs,
	work::{
		audits::{Claims, Pending, Works},
		workers::Workers,
		Work,
	},
};

impl<T: Config> Works<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn pending(work: Work) -> Option<Pending<T::AccountId, BalanceOf<T>>> {
		match work {
			Work::Job(id) => {
				let job = Jobs::<T>::get(id)?;
				let delivery = job.delivery()?;
				let worker = job.worker()?;
				let until = delivery.until.saturating_add(Self::late(worker, delivery.paused));
				Some(Pending {
					worker,
					payer: job.payer.clone(),
					version: job.order.version,
					tier: job.tier,
					claims: Claims::One {
						claim: delivery.claim,
						units: delivery.units,
					},
					request: Some(job.order.request),
					value: delivery.price,
					sealed: job.order.sealed,
					at: delivery.at,
					until,
					drawing: delivery.drawing,
				})
			}
			Work::Settlement { session, number } => {
				let session = Sessions::<T>::get(session)?;
				let settlement = session.pending.iter().find(|settlement| settlement.number == number)?;
				let until = Self::settlement_until(Self::paused(session.worker), settlement);
				Some(Pending {
					worker: session.worker,
					payer: session.payer.clone(),
					version: session.version,
					tier: session.tier,
					claims: Claims::Since {
						earlier: settlement.earlier,
						later: settlement.later,
					},
					request: None,
					value: settlement.price,
					sealed: session.sealed,
					at: settlement.at,
					until,
					drawing: settlement.drawing,
				})
			}
		}
	}

	// What two accusations are about is overturned once, and an answer may not be handed over while somebody accuses: then
	// there is nothing to do.
	fn overturn(work: Work) {
		match work {
			Work::Job(id) => {
				if let Some(job) = Jobs::<T>::get(id).filter(|job| job.delivery().is_some()) {
					Self::end_job(id, job, Ending::Overturned);
				}
			}
			Work::Settlement { session: id, number } => {
				let Some(mut session) = Sessions::<T>::get(id) else {
					return;
				};
				let Some(place) = session
					.pending
					.iter()
					.position(|settlement| settlement.number == number)
				else {
					return;
				};
				let settlement = session.pending.remove(place);
				T::Workers::discharge(session.worker, settlement.price);
				Self::return_from(&mut session, settlement.price);
				Self::deposit_event(Event::SettlementReturned {
					session: id,
					number,
					amount: settlement.price,
				});
				Self::store_session(id, session);
			}
		}
	}
}

impl<T: Config> Needs for Pallet<T> {
	fn needed(version: VersionId) -> bool {
		Using::<T>::contains_key(version)
	}
}

impl<T: Config> Pallet<T> {
	/// Whether there is a record of a job.
	pub fn job_exists(job: JobId) -> bool {
		Jobs::<T>::contains_key(job)
	}
}
