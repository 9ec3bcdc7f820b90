// SPDX-License-Identifier: Apache-2.0

//! Who workers are: registered, there, and gone.

use crate::{
	AccountOf, AuditorStandings, BalanceOf, ChunksOf, Config, Deposit, Deposits, Error, Event, Hardware, HoldReason,
	KeysOf, LiveUntil, NextWorker, Offered, Pallet, Record, Records, Reputation, Reputations, Stake, Stakes, Standings,
	Successors, Unbonding, WorkerOf, ITEM_BYTES,
};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::{workers::Unfit, Tier},
	BlockNumber,
};
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{fungible::MutateHold, Consideration, Footprint, Get},
};
use sp_runtime::{
	traits::{SaturatedConversion, Zero},
	DispatchResult,
};

/// Items of state of a worker without offers: two for its account, record, stake, unbonding, standings, liveness,
/// reputation, successor, deposit.
const ITEMS: u64 = 10;

/// Bytes of a worker with so many offers, each as large as it can be: what it says of itself changes without a new price.
pub fn bytes<T: Config>(offers: u32) -> u64 {
	let of_worker = [
		T::AccountId::max_encoded_len().saturating_mul(3),
		Record::<T::AccountId>::max_encoded_len(),
		Stake::<BalanceOf<T>>::max_encoded_len(),
		ChunksOf::<T>::max_encoded_len(),
		Standings::<BalanceOf<T>>::max_encoded_len(),
		Reputation::<BalanceOf<T>>::max_encoded_len(),
		Deposit::<T::Consideration>::max_encoded_len(),
	];
	let of_worker = of_worker.iter().fold(0_usize, |sum, bytes| sum.saturating_add(*bytes));
	let of_offer = Offered::<BalanceOf<T>>::max_encoded_len().saturating_add(WorkerId::max_encoded_len());
	let items = |count: u64| ITEM_BYTES.saturating_mul(count);
	let each = items(2).saturating_add(of_offer.saturated_into());
	items(ITEMS)
		.saturating_add(of_worker.saturated_into())
		.saturating_add(each.saturating_mul(offers.into()))
}

/// What a worker with so many offers costs.
pub fn footprint<T: Config>(offers: u32) -> Footprint {
	Footprint {
		count: 1,
		size: bytes::<T>(offers),
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// The worker that an account speaks for.
	pub(crate) fn worker_of_account(who: &T::AccountId) -> Result<WorkerId, Error<T>> {
		WorkerOf::<T>::get(who).ok_or(Error::NotAWorker)
	}

	/// The account that speaks for a worker.
	pub(crate) fn account_of(worker: WorkerId) -> Option<T::AccountId> {
		AccountOf::<T>::get(worker)
	}

	/// The same with what it has at stake.
	pub(crate) fn stake_of(who: &T::AccountId) -> Result<(WorkerId, Stake<BalanceOf<T>>), Error<T>> {
		let worker = Self::worker_of_account(who)?;
		let stake = Stakes::<T>::get(worker).ok_or(Error::NotAWorker)?;
		Ok((worker, stake))
	}

	pub(crate) fn check_keys(keys: &KeysOf<T>) -> Result<(), Error<T>> {
		// Everybody knows what the zero key draws.
		ensure!(keys.vrf != [0; 32], Error::NotAKey);
		Ok(())
	}

	pub(crate) fn do_register(
		who: T::AccountId,
		keys: KeysOf<T>,
		hardware: Hardware,
		bond: BalanceOf<T>,
		auditing: bool,
	) -> DispatchResult {
		ensure!(!WorkerOf::<T>::contains_key(&who), Error::<T>::AlreadyWorker);
		ensure!(bond >= T::MinBond::get() && !bond.is_zero(), Error::<T>::BondTooSmall);
		Self::check_keys(&keys)?;
		let worker = NextWorker::<T>::get();
		let next = worker.next().ok_or(Error::<T>::NoMoreNumbers)?;
		let deposit = Deposit {
			offers: 0,
			listed: 0,
			ticket: T::Consideration::new(&who, footprint::<T>(0))?,
		};
		T::Currency::hold(&HoldReason::Bond.into(), &who, bond)?;
		NextWorker::<T>::put(next);
		WorkerOf::<T>::insert(&who, worker);
		AccountOf::<T>::insert(worker, &who);
		Deposits::<T>::insert(worker, deposit);
		let stake = Stake {
			bond,
			..Default::default()
		};
		Stakes::<T>::insert(worker, stake);
		Self::begin_standing(worker, keys.vrf, &stake, auditing);
		let record = Record {
			keys,
			hardware,
			registered: Self::now(),
		};
		Records::<T>::insert(worker, record);
		Self::is_there(worker);
		Self::deposit_event(Event::Registered {
			worker,
			account: who,
			bond,
		});
		Ok(())
	}

	fn is_there(worker: WorkerId) {
		LiveUntil::<T>::insert(worker, Self::now().saturating_add(T::Liveness::get()));
	}

	pub(crate) fn do_heartbeat(who: T::AccountId) -> DispatchResult {
		Self::is_there(Self::worker_of_account(&who)?);
		Ok(())
	}

	pub(crate) fn do_set_keys(who: T::AccountId, keys: KeysOf<T>) -> DispatchResult {
		let (worker, stake) = Self::stake_of(&who)?;
		Self::check_keys(&keys)?;
		Self::change_keys(worker, &stake, keys)
	}

	pub(crate) fn change_keys(worker: WorkerId, stake: &Stake<BalanceOf<T>>, keys: KeysOf<T>) -> DispatchResult {
		Self::stand_with(worker, stake, keys.vrf)?;
		Records::<T>::mutate(worker, |record| {
			if let Some(record) = record {
				record.keys = keys;
			}
		});
		Self::deposit_event(Event::KeysChanged { worker });
		Ok(())
	}

	pub(crate) fn do_set_hardware(who: T::AccountId, hardware: Hardware) -> DispatchResult {
		let worker = Self::worker_of_account(&who)?;
		Records::<T>::mutate(worker, |record| {
			if let Some(record) = record {
				record.hardware = hardware;
			}
		});
		Self::deposit_event(Event::HardwareChanged { worker });
		Ok(())
	}

	pub(crate) fn do_set_auditing(who: T::AccountId, auditing: bool) -> DispatchResult {
		let (worker, stake) = Self::stake_of(&who)?;
		AuditorStandings::<T>::try_mutate(worker, |standings| -> Result<(), Error<T>> {
			let standings = standings.as_mut().ok_or(Error::NotAWorker)?;
			ensure!(standings.auditing != auditing, Error::NothingToChange);
			standings.auditing = auditing;
			Ok(())
		})?;
		Self::stand(worker, &stake);
		Self::deposit_event(Event::AuditingChanged { worker, auditing });
		Ok(())
	}

	pub(crate) fn do_leave(who: T::AccountId) -> DispatchResult {
		let (worker, stake) = Self::stake_of(&who)?;
		ensure!(stake.accusations == 0, Error::<T>::Accused);
		ensure!(stake.pending == 0, Error::<T>::SlashPending);
		ensure!(stake.exposure.is_zero(), Error::<T>::WorkNotFinal);
		let deposit = Deposits::<T>::get(worker).ok_or(Error::<T>::NotAWorker)?;
		// Offers with jobs cannot be removed, so there are no jobs either.
		ensure!(deposit.offers == 0, Error::<T>::StillOffers);
		ensure!(
			stake.bond.is_zero() && Unbonding::<T>::get(worker).is_empty(),
			Error::<T>::StillBonded
		);
		deposit.ticket.drop(&who)?;
		WorkerOf::<T>::remove(&who);
		AccountOf::<T>::remove(worker);
		Deposits::<T>::remove(worker);
		Records::<T>::remove(worker);
		Stakes::<T>::remove(worker);
		// Without a bond it weighs nothing in any block.
		AuditorStandings::<T>::remove(worker);
		Reputations::<T>::remove(worker);
		LiveUntil::<T>::remove(worker);
		Successors::<T>::remove(worker);
		Self::deposit_event(Event::Left { worker });
		Ok(())
	}

	/// Whether a stake lets its worker take on work at all.
	pub(crate) fn sound(stake: &Stake<BalanceOf<T>>) -> Result<(), Unfit> {
		ensure!(!stake.convicted(), Unfit::Convicted);
		ensure!(!stake.bond.is_zero() && stake.bond >= T::MinBond::get(), Unfit::Leaving);
		Ok(())
	}

	pub(crate) fn live(worker: WorkerId) -> Result<(), Unfit> {
		ensure!(LiveUntil::<T>::get(worker) >= Self::now(), Unfit::NotLive);
		Ok(())
	}

	pub(crate) fn do_fit(worker: WorkerId, version: VersionId, tier: Tier) -> Result<(), Unfit> {
		let stake = Stakes::<T>::get(worker).ok_or(Unfit::Unknown)?;
		Self::sound(&stake)?;
		Self::live(worker)?;
		Self::retrievable(version, tier)
	}
}
