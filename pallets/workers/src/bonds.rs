// SPDX-License-Identifier: Apache-2.0

//! Bonds: added to, on their way out, and taken from.
//!
//! What is unbonded waits until all work that it covered is final, and can be slashed until then. It covers no new work
//! and weighs nothing in draws. While its worker is accused nothing is withdrawn, and the wait stands still, as the clocks
//! of work do; also while the court stands still. However long it waited, nothing leaves without which the rest would not
//! cover what is not final.

use crate::{
	checks::{on, Check},
	BalanceOf, Chunk, ChunksOf, Config, Error, Event, HoldReason, MoneyOf, Pallet, Stake, Stakes, Unbonding,
};
use atelier_primitives::{ids::WorkerId, BlockNumber};
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::{BalancedHold, MutateHold},
		tokens::Precision,
		Get, Imbalance,
	},
};
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, Saturating, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// How long unbonding takes.
	pub fn unbonding() -> BlockNumber {
		match on(Check::Unbonding) {
			true => T::Unbonding::get().max(T::LeastUnbonding::get()).max(1),
			false => 0,
		}
	}

	/// The first block in which a part can be withdrawn, as it looks now.
	pub(crate) fn due(chunk: &Chunk<BalanceOf<T>>, stake: &Stake<BalanceOf<T>>, now: BlockNumber) -> BlockNumber {
		let stood = match on(Check::UnbondingStops) {
			true => Self::stood(stake, now).saturating_sub(chunk.stood),
			false => 0,
		};
		chunk.until.saturating_add(stood)
	}

	/// For how many blocks in all the clocks of a worker's work stood still: by the same sum as jobs count them.
	fn stood(stake: &Stake<BalanceOf<T>>, now: BlockNumber) -> BlockNumber {
		stake.frozen.read(now).saturating_add(T::Stopped::get())
	}

	/// All that can be slashed.
	pub(crate) fn at_stake(worker: WorkerId, stake: &Stake<BalanceOf<T>>) -> BalanceOf<T> {
		let leaving = match on(Check::SlashUnbonding) {
			true => Self::leaving(&Unbonding::<T>::get(worker)),
			false => Zero::zero(),
		};
		stake.bond.saturating_add(leaving)
	}

	/// What is on its way out.
	pub(crate) fn leaving(chunks: &ChunksOf<T>) -> BalanceOf<T> {
		let amounts = chunks.iter().map(|chunk| chunk.amount);
		amounts.fold(Zero::zero(), |sum: BalanceOf<T>, amount| sum.saturating_add(amount))
	}

	pub(crate) fn do_bond_more(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		let (worker, mut stake) = Self::stake_of(&who)?;
		ensure!(!amount.is_zero(), Error::<T>::NothingToBond);
		ensure!(!stake.convicted(), Error::<T>::Convicted);
		stake.bond = stake.bond.checked_add(&amount).ok_or(Error::<T>::Overflow)?;
		ensure!(stake.bond >= T::MinBond::get(), Error::<T>::BondTooSmall);
		T::Currency::hold(&HoldReason::Bond.into(), &who, amount)?;
		Stakes::<T>::insert(worker, stake);
		Self::stand(worker, &stake);
		Self::deposit_event(Event::BondAdded { worker, amount });
		Ok(())
	}

	pub(crate) fn do_unbond(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		let (worker, mut stake) = Self::stake_of(&who)?;
		ensure!(!amount.is_zero(), Error::<T>::NothingToUnbond);
		// What the slash for it left is free to go.
		ensure!(stake.wrongs == 0, Error::<T>::Convicted);
		let rest = stake.bond.checked_sub(&amount).ok_or(Error::<T>::MoreThanBonded)?;
		ensure!(rest.is_zero() || rest >= T::MinBond::get(), Error::<T>::BondTooSmall);
		let now = Self::now();
		let chunk = Chunk {
			amount,
			until: now.checked_add(Self::unbonding()).ok_or(Error::<T>::NoMoreNumbers)?,
			stood: Self::stood(&stake, now),
		};
		Unbonding::<T>::try_mutate(worker, |chunks| Self::add_chunk(chunks, chunk))?;
		stake.bond = rest;
		Stakes::<T>::insert(worker, stake);
		Self::stand(worker, &stake);
		let until = chunk.until;
		Self::deposit_event(Event::UnbondingBegan { worker, amount, until });
		Ok(())
	}

	/// With the last one, if both end in the same block.
	fn add_chunk(chunks: &mut ChunksOf<T>, chunk: Chunk<BalanceOf<T>>) -> Result<(), Error<T>> {
		match chunks.last_mut() {
			Some(last) if last.until == chunk.until && last.stood == chunk.stood => {
				last.amount = last.amount.checked_add(&chunk.amount).ok_or(Error::<T>::Overflow)?;
				Ok(())
			}
			_ => chunks.try_push(chunk).map_err(|_| Error::<T>::TooManyUnbondings),
		}
	}

	pub(crate) fn do_withdraw_unbonded(who: T::AccountId) -> DispatchResult {
		let (worker, stake) = Self::stake_of(&who)?;
		if on(Check::BondStays) {
			ensure!(stake.accusations == 0, Error::<T>::Accused);
			ensure!(stake.pending == 0, Error::<T>::SlashPending);
		}
		let now = Self::now();
		let mut chunks = Unbonding::<T>::get(worker);
		let before = Self::leaving(&chunks);
		chunks.retain(|chunk| Self::due(chunk, &stake, now) > now);
		let stays = Self::leaving(&chunks);
		let amount = before.saturating_sub(stays);
		ensure!(!amount.is_zero(), Error::<T>::NothingToWithdraw);
		let rest = T::Deterrence::get().cover(stake.bond.saturating_add(stays));
		ensure!(
			stake.exposure <= rest || !on(Check::CoverStays),
			Error::<T>::WorkNotFinal
		);
		T::Currency::release(&HoldReason::Bond.into(), &who, amount, Precision::Exact)?;
		Self::put_chunks(worker, chunks);
		Self::deposit_event(Event::Withdrawn { worker, amount });
		Ok(())
	}

	fn put_chunks(worker: WorkerId, chunks: ChunksOf<T>) {
		match chunks.is_empty() {
			true => Unbonding::<T>::remove(worker),
			false => Unbonding::<T>::insert(worker, chunks),
		}
	}

	/// Takes up to so much of a bond, then of what is on its way out. The money is in the hand; the standing is up to date.
	pub(crate) fn take(
		worker: WorkerId,
		stake: &mut Stake<BalanceOf<T>>,
		amount: BalanceOf<T>,
	) -> Result<MoneyOf<T>, DispatchError> {
		let account = Self::account_of(worker).ok_or(Error::<T>::UnknownWorker)?;
		let amount = amount.min(Self::at_stake(worker, stake));
		let (money, missing) = T::Currency::slash(&HoldReason::Bond.into(), &account, amount);
		if !missing.is_zero() {
			defensive!("a bond is on hold as a whole");
		}
		let of_bond = money.peek().min(stake.bond);
		stake.bond = stake.bond.saturating_sub(of_bond);
		Self::take_leaving(worker, money.peek().saturating_sub(of_bond));
		Self::stand(worker, stake);
		Ok(money)
	}

	fn take_leaving(worker: WorkerId, mut amount: BalanceOf<T>) {
		if amount.is_zero() {
			return;
		}
		let mut chunks = Unbonding::<T>::get(worker);
		for chunk in chunks.iter_mut() {
			let part = chunk.amount.min(amount);
			chunk.amount = chunk.amount.saturating_sub(part);
			amount = amount.saturating_sub(part);
		}
		chunks.retain(|chunk| !chunk.amount.is_zero());
		Self::put_chunks(worker, chunks);
	}

	/// What breaking its word costs. From the bond at once.
	pub(crate) fn do_fine(worker: WorkerId, amount: BalanceOf<T>) -> Result<MoneyOf<T>, DispatchError> {
		let mut stake = Stakes::<T>::get(worker).ok_or(Error::<T>::UnknownWorker)?;
		let money = Self::take(worker, &mut stake, amount)?;
		Stakes::<T>::insert(worker, stake);
		let amount = money.peek();
		Self::deposit_event(Event::Fined { worker, amount });
		Ok(money)
	}
}
