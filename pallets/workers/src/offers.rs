// SPDX-License-Identifier: Apache-2.0

//! What workers offer, in a list for each version that draws can pick from.
//!
//! The list of a version is bounded. Anybody may clear away an offer that nobody could take: its worker has not been there
//! for two periods, was convicted, or has too small a bond. So nobody fills a list and goes away.

use crate::{
	registration::footprint, BalanceOf, Config, Deposits, Error, Event, LiveUntil, OfferAt, OfferCount, Offered,
	Offers, Pallet, Stakes,
};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	models::Versions,
	work::{
		workers::{Offer, Unfit},
		Tier,
	},
};
use frame_support::{
	defensive, ensure,
	traits::{Consideration, Get},
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_offer(who: T::AccountId, version: VersionId, offer: Offer<BalanceOf<T>>) -> DispatchResult {
		let (worker, stake) = Self::stake_of(&who)?;
		ensure!(!stake.convicted(), Error::<T>::Convicted);
		ensure!(Self::sound(&stake).is_ok(), Error::<T>::BondTooSmall);
		let changed = match Offers::<T>::get(worker, version) {
			Some(offered) => Offered { offer, ..offered },
			None => Self::list(&who, worker, version, offer)?,
		};
		Offers::<T>::insert(worker, version, changed);
		Self::deposit_event(Event::OfferSet { worker, version, offer });
		Ok(())
	}

	/// A place at the end of the version's list, paid for.
	fn list(
		who: &T::AccountId,
		worker: WorkerId,
		version: VersionId,
		offer: Offer<BalanceOf<T>>,
	) -> Result<Offered<BalanceOf<T>>, sp_runtime::DispatchError> {
		ensure!(T::Versions::rules(version).is_some(), Error::<T>::UnknownVersion);
		let mut deposit = Deposits::<T>::get(worker).ok_or(Error::<T>::NotAWorker)?;
		ensure!(deposit.offers < T::MaxOffers::get(), Error::<T>::TooManyOffers);
		let index = OfferCount::<T>::get(version);
		ensure!(index < T::MaxOfferers::get(), Error::<T>::TooManyOfferers);
		deposit.offers = deposit.offers.saturating_add(1);
		deposit.ticket = deposit.ticket.update(who, footprint::<T>(deposit.offers))?;
		Deposits::<T>::insert(worker, deposit);
		OfferAt::<T>::insert(version, index, worker);
		OfferCount::<T>::insert(version, index.saturating_add(1));
		Ok(Offered {
			offer,
			index,
			occupied: 0,
		})
	}

	pub(crate) fn do_remove_offer(who: T::AccountId, version: VersionId) -> DispatchResult {
		let worker = Self::worker_of_account(&who)?;
		Self::unlist(&who, worker, version)
	}

	pub(crate) fn do_drop_offer(worker: WorkerId, version: VersionId) -> DispatchResult {
		let account = Self::account_of(worker).ok_or(Error::<T>::UnknownWorker)?;
		let stake = Stakes::<T>::get(worker).ok_or(Error::<T>::UnknownWorker)?;
		let gone = LiveUntil::<T>::get(worker).saturating_add(T::Liveness::get()) < Self::now();
		ensure!(gone || Self::sound(&stake).is_err(), Error::<T>::StillServes);
		Self::unlist(&account, worker, version)
	}

	fn unlist(who: &T::AccountId, worker: WorkerId, version: VersionId) -> DispatchResult {
		let offered = Offers::<T>::get(worker, version).ok_or(Error::<T>::UnknownOffer)?;
		ensure!(offered.occupied == 0, Error::<T>::JobsRunning);
		let mut deposit = Deposits::<T>::get(worker).ok_or(Error::<T>::NotAWorker)?;
		deposit.offers = deposit.offers.saturating_sub(1);
		deposit.ticket = deposit.ticket.update(who, footprint::<T>(deposit.offers))?;
		Deposits::<T>::insert(worker, deposit);
		Offers::<T>::remove(worker, version);
		Self::close_gap(version, offered.index);
		Self::deposit_event(Event::OfferRemoved { worker, version });
		Ok(())
	}

	/// The last of the list takes the place that became free.
	fn close_gap(version: VersionId, index: u32) {
		let last = OfferCount::<T>::get(version).saturating_sub(1);
		let moved = OfferAt::<T>::take(version, last);
		match last {
			0 => OfferCount::<T>::remove(version),
			_ => OfferCount::<T>::insert(version, last),
		}
		if last == index {
			return;
		}
		let Some(moved) = moved else {
			defensive!("a list has no gaps");
			return;
		};
		OfferAt::<T>::insert(version, index, moved);
		Offers::<T>::mutate(moved, version, |offered| {
			if let Some(offered) = offered {
				offered.index = index;
			}
		});
	}

	/// What a worker asks now, if it could begin now.
	pub(crate) fn do_offer(worker: WorkerId, version: VersionId, tier: Tier) -> Result<Offer<BalanceOf<T>>, Unfit> {
		Self::do_fit(worker, version, tier)?;
		let offered = Offers::<T>::get(worker, version).ok_or(Unfit::NoOffer)?;
		ensure!(offered.occupied < offered.offer.capacity, Unfit::OfferExhausted);
		Ok(offered.offer)
	}

	pub(crate) fn do_occupy(worker: WorkerId, version: VersionId) -> Result<(), Unfit> {
		Offers::<T>::try_mutate(worker, version, |offered| {
			let offered = offered.as_mut().ok_or(Unfit::NoOffer)?;
			ensure!(offered.occupied < offered.offer.capacity, Unfit::OfferExhausted);
			offered.occupied = offered.occupied.saturating_add(1);
			Ok(())
		})
	}

	pub(crate) fn do_vacate(worker: WorkerId, version: VersionId) {
		Offers::<T>::mutate(worker, version, |offered| match offered {
			Some(offered) if offered.occupied > 0 => offered.occupied = offered.occupied.saturating_sub(1),
			_ => {
				defensive!("what is vacated was occupied");
			}
		});
	}
}
