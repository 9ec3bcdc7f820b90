// SPDX-License-Identifier: Apache-2.0

//! What workers offer, in a list for each version that draws can pick from.
//!
//! Lists are bounded, and a draw looks at few of a list. So who is listed takes jobs, and has something at stake for each
//! place: an offer without capacity is in no list, and a bond is enough for [`LISTED`] places for each least bond in it.
//! Anybody may clear away an offer that nobody could take, since its worker has not been there for two periods, was
//! convicted or has too small a bond, and a listed one of those for which the bond is not enough any more. So nobody fills a
//! list, and goes away or takes its bond away.

use crate::{
	checks::{on, Check},
	registration::footprint,
	BalanceOf, Config, Deposit, Deposits, Error, Event, LiveUntil, OfferAt, OfferCount, Offered, Offers, Pallet, Stake,
	Stakes,
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
use sp_runtime::{
	traits::{CheckedDiv, One, SaturatedConversion},
	DispatchResult,
};

/// How many listed offers each least bond is enough for.
pub const LISTED: u32 = 4;

type DepositOf<T> = Deposit<<T as Config>::Consideration>;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_offer(who: T::AccountId, version: VersionId, offer: Offer<BalanceOf<T>>) -> DispatchResult {
		let (worker, stake) = Self::stake_of(&who)?;
		ensure!(!stake.convicted(), Error::<T>::Convicted);
		ensure!(Self::sound(&stake).is_ok(), Error::<T>::BondTooSmall);
		let mut deposit = Deposits::<T>::get(worker).ok_or(Error::<T>::NotAWorker)?;
		let known = Offers::<T>::get(worker, version);
		if known.is_none() {
			ensure!(T::Versions::rules(version).is_some(), Error::<T>::UnknownVersion);
			ensure!(deposit.offers < T::MaxOffers::get(), Error::<T>::TooManyOffers);
			deposit.offers = deposit.offers.saturating_add(1);
			deposit.ticket = deposit.ticket.update(&who, footprint::<T>(deposit.offers))?;
		}
		let (index, occupied) = known.map_or((None, 0), |known| (known.index, known.occupied));
		let index = match (offer.capacity > 0 || !on(Check::Listed), index) {
			(true, None) => Some(Self::list(worker, version, &stake, &mut deposit)?),
			(false, Some(index)) => {
				Self::unlist(version, index, &mut deposit);
				None
			}
			(_, index) => index,
		};
		Deposits::<T>::insert(worker, deposit);
		let changed = Offered { offer, index, occupied };
		Offers::<T>::insert(worker, version, changed);
		Self::deposit_event(Event::OfferSet { worker, version, offer });
		Ok(())
	}

	/// For how many listed offers a stake is enough.
	fn places(stake: &Stake<BalanceOf<T>>) -> u32 {
		let least = T::MinBond::get().max(One::one());
		let bonds: u32 = stake.bond.checked_div(&least).unwrap_or_default().saturated_into();
		match on(Check::Listed) {
			true => bonds.saturating_mul(LISTED),
			false => u32::MAX,
		}
	}

	/// A place at the end of the version's list.
	fn list(
		worker: WorkerId,
		version: VersionId,
		stake: &Stake<BalanceOf<T>>,
		deposit: &mut DepositOf<T>,
	) -> Result<u32, Error<T>> {
		ensure!(deposit.listed < Self::places(stake), Error::OffersExceedBond);
		let index = OfferCount::<T>::get(version);
		ensure!(index < T::MaxOfferers::get(), Error::TooManyOfferers);
		deposit.listed = deposit.listed.saturating_add(1);
		OfferAt::<T>::insert(version, index, worker);
		OfferCount::<T>::insert(version, index.saturating_add(1));
		Ok(index)
	}

	fn unlist(version: VersionId, index: u32, deposit: &mut DepositOf<T>) {
		deposit.listed = deposit.listed.saturating_sub(1);
		Self::close_gap(version, index);
	}

	pub(crate) fn do_remove_offer(who: T::AccountId, version: VersionId) -> DispatchResult {
		let worker = Self::worker_of_account(&who)?;
		let offered = Offers::<T>::get(worker, version).ok_or(Error::<T>::UnknownOffer)?;
		let deposit = Deposits::<T>::get(worker).ok_or(Error::<T>::NotAWorker)?;
		Self::forget_offer(&who, worker, version, offered, deposit)
	}

	pub(crate) fn do_drop_offer(worker: WorkerId, version: VersionId) -> DispatchResult {
		let account = Self::account_of(worker).ok_or(Error::<T>::UnknownWorker)?;
		let stake = Stakes::<T>::get(worker).ok_or(Error::<T>::UnknownWorker)?;
		let deposit = Deposits::<T>::get(worker).ok_or(Error::<T>::UnknownWorker)?;
		let offered = Offers::<T>::get(worker, version).ok_or(Error::<T>::UnknownOffer)?;
		let gone = LiveUntil::<T>::get(worker).saturating_add(T::Liveness::get()) < Self::now();
		let exceeds = offered.index.is_some() && deposit.listed > Self::places(&stake);
		ensure!(gone || Self::sound(&stake).is_err() || exceeds, Error::<T>::StillServes);
		Self::forget_offer(&account, worker, version, offered, deposit)
	}

	fn forget_offer(
		who: &T::AccountId,
		worker: WorkerId,
		version: VersionId,
		offered: Offered<BalanceOf<T>>,
		mut deposit: DepositOf<T>,
	) -> DispatchResult {
		ensure!(offered.occupied == 0, Error::<T>::JobsRunning);
		if let Some(index) = offered.index {
			Self::unlist(version, index, &mut deposit);
		}
		deposit.offers = deposit.offers.saturating_sub(1);
		deposit.ticket = deposit.ticket.update(who, footprint::<T>(deposit.offers))?;
		Deposits::<T>::insert(worker, deposit);
		Offers::<T>::remove(worker, version);
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
				offered.index = Some(index);
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
