// SPDX-License-Identifier: Apache-2.0

//! What clients ask.

use crate::{
	AuditorStandings, BalanceOf, Config, Deposits, LiveUntil, OfferAt, OfferCount, Offered, Offers, Pallet, Records,
	Reputation, Reputations, Slashes, Stakes, Successors, Unbonding,
};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	views::{workers::*, Page, MAX_PAGE},
};

pub type WorkerViewOf<T> = WorkerView<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type OfferViewOf<T> = OfferView<BalanceOf<T>>;
pub type SlashViewOf<T> = SlashView<<T as frame_system::Config>::AccountId>;

impl<T: Config> Pallet<T> {
	pub(crate) fn view_worker(worker: WorkerId) -> Option<WorkerViewOf<T>> {
		let record = Records::<T>::get(worker)?;
		let stake = Stakes::<T>::get(worker)?;
		let now = Self::now();
		let unbonding = Unbonding::<T>::get(worker).into_iter().map(|chunk| UnbondingView {
			amount: chunk.amount,
			until: Self::due(&chunk, &stake, now),
		});
		Some(WorkerView {
			worker,
			account: Self::account_of(worker)?,
			successor: Successors::<T>::get(worker),
			keys: record.keys,
			hardware: record.hardware.into_inner(),
			registered: record.registered,
			live_until: LiveUntil::<T>::get(worker),
			bond: stake.bond,
			unbonding: unbonding.collect(),
			exposure: stake.exposure,
			cover: Self::covers(&stake),
			offers: Deposits::<T>::get(worker)?.offers,
			auditing: AuditorStandings::<T>::get(worker)?.auditing,
			standing: Self::standing_at(worker, now.saturating_add(1)),
			accusations: stake.accusations,
			frozen: stake.frozen.read(now),
			convicted: stake.convicted(),
			slashes: stake.pending,
			reputation: Self::view_reputation(worker),
		})
	}

	fn view_reputation(worker: WorkerId) -> ReputationView<BalanceOf<T>> {
		let reputation = Reputations::<T>::get(worker);
		let factor = Self::factor_of(&reputation);
		let Reputation {
			treasury,
			audits,
			failures,
			refusals,
			voids,
			voided,
			faults,
		} = reputation;
		ReputationView {
			treasury,
			audits,
			failures,
			refusals,
			voids,
			voided,
			faults,
			newcomer: Self::is_newcomer(worker),
			factor,
		}
	}

	fn view_offer(worker: WorkerId, version: VersionId, offered: Offered<BalanceOf<T>>) -> OfferViewOf<T> {
		let stake = Stakes::<T>::get(worker);
		OfferView {
			worker,
			version,
			offer: offered.offer,
			occupied: offered.occupied,
			listed: offered.index.is_some(),
			serves: stake.is_some_and(|stake| Self::sound(&stake).is_ok()) && Self::live(worker).is_ok(),
		}
	}

	pub(crate) fn view_offers(version: VersionId, from: u32, limit: u32) -> Page<OfferViewOf<T>, u32> {
		let count = OfferCount::<T>::get(version);
		let end = from.saturating_add(limit.clamp(1, MAX_PAGE)).min(count);
		let items = (from..end).filter_map(|index| {
			let worker = OfferAt::<T>::get(version, index)?;
			Some(Self::view_offer(worker, version, Offers::<T>::get(worker, version)?))
		});
		Page {
			items: items.collect(),
			next: (end < count).then_some(end),
		}
	}

	pub(crate) fn view_offers_of(worker: WorkerId) -> Vec<OfferViewOf<T>> {
		let offers = Offers::<T>::iter_prefix(worker).take(MAX_PAGE as usize);
		offers
			.map(|(version, offered)| Self::view_offer(worker, version, offered))
			.collect()
	}

	pub(crate) fn view_slashes(worker: WorkerId) -> Vec<SlashViewOf<T>> {
		let slashes = Slashes::<T>::iter_prefix(worker).take(MAX_PAGE as usize);
		let mut views: Vec<_> = slashes
			.map(|(number, slash)| SlashView {
				number,
				fault: slash.fault,
				fraction: slash.fraction,
				due: slash.due,
				prover: slash.prover,
				part: slash.part,
			})
			.collect();
		views.sort_by_key(|slash| slash.number);
		views
	}
}
