// SPDX-License-Identifier: Apache-2.0

//! How money comes in and goes out.

use crate::{BalanceOf, Claimable, Config, Error, Event, HoldReason, Ledger, Ledgers, MoneyOf, Pallet, Sums};
use atelier_primitives::pots::{Pot, Pots, Splits};
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Balanced, Inspect, InspectHold, MutateHold},
		tokens::{DepositConsequence, Fortitude, Precision, Preservation, Provenance, Restriction},
		Get, Imbalance,
	},
};
use sp_runtime::{
	traits::{CheckedAdd, Zero},
	DispatchError, DispatchResult, TokenError,
};

impl<T: Config> Pots for Pallet<T> {
	type Money = MoneyOf<T>;

	fn credit(pot: Pot, money: MoneyOf<T>) -> Result<(), MoneyOf<T>> {
		let amount = money.peek();
		if !T::Splits::exists(pot) {
			return Err(money);
		}
		if amount.is_zero() {
			return Ok(());
		}
		let Some(ledger) = Self::noted(pot, amount) else {
			return Err(money);
		};
		if !Self::can_take_in(amount) {
			return Err(money);
		}
		let account = Self::account();
		T::Currency::resolve(&account, money)?;
		if T::Currency::hold(&HoldReason::Pots.into(), &account, amount).is_err() {
			defensive!("the account lives and has just got the amount");
			let back = T::Currency::withdraw(
				&account,
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Force,
			);
			return Err(back.unwrap_or_else(|_| MoneyOf::<T>::zero()));
		}
		Self::take_in(pot, ledger, amount);
		Self::deposit_event(Event::Credited { pot, amount });
		Ok(())
	}
}

impl<T: Config> Pallet<T> {
	/// Whether the account lives whatever pots pay.
	pub(crate) fn endowed() -> bool {
		T::Currency::balance(&Self::account()) >= T::Currency::minimum_balance()
	}

	fn can_take_in(amount: BalanceOf<T>) -> bool {
		let account = Self::account();
		Self::endowed()
			&& T::Currency::hold_available(&HoldReason::Pots.into(), &account)
			&& T::Currency::can_deposit(&account, amount, Provenance::Extant) == DepositConsequence::Success
	}

	/// The pot's ledger with the amount in it, if there is room.
	fn noted(pot: Pot, amount: BalanceOf<T>) -> Option<Ledger<BalanceOf<T>>> {
		Sums::<T>::get().credited.checked_add(&amount)?;
		Ledgers::<T>::get(pot).unwrap_or_default().receive(&amount)
	}

	/// Writes down what came from outside, and queues the pot if that is due.
	fn take_in(pot: Pot, ledger: Ledger<BalanceOf<T>>, amount: BalanceOf<T>) -> bool {
		Sums::<T>::mutate(|sums| match sums.credited.checked_add(&amount) {
			Some(credited) => sums.credited = credited,
			None => {
				defensive!("checked before");
			}
		});
		Ledgers::<T>::insert(pot, ledger);
		Self::enqueue_if_due(pot)
	}

	/// Gives to a pot. Returns how many shares the pot has if this queued it.
	pub(crate) fn do_tip(from: T::AccountId, pot: Pot, amount: BalanceOf<T>) -> Result<Option<u32>, DispatchError> {
		ensure!(amount >= T::MinTip::get() && !amount.is_zero(), Error::<T>::TipTooSmall);
		let split = T::Splits::split(pot).ok_or(Error::<T>::UnknownPot)?;
		ensure!(!split.frozen, Error::<T>::Frozen);
		let ledger = Self::noted(pot, amount).ok_or(Error::<T>::Overflow)?;
		T::Currency::transfer_and_hold(
			&HoldReason::Pots.into(),
			&from,
			&Self::account(),
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		let queued = Self::take_in(pot, ledger, amount);
		Self::deposit_event(Event::Tipped { pot, from, amount });
		Ok(queued.then_some(split.shares.len() as u32))
	}

	/// Pays somebody all that it is owed, or keeps it for them.
	pub(crate) fn pay(who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		let due = Claimable::<T>::get(who)
			.checked_add(&amount)
			.ok_or(Error::<T>::Overflow)?;
		let who = who.clone();
		if Self::transfer(&who, due).is_ok() {
			Claimable::<T>::remove(&who);
			Self::deposit_event(Event::Paid { who, amount: due });
		} else {
			Claimable::<T>::insert(&who, due);
			Self::deposit_event(Event::PaymentWaits { who, amount: due });
		}
		Ok(())
	}

	pub(crate) fn do_claim(who: &T::AccountId) -> DispatchResult {
		let amount = Claimable::<T>::get(who);
		ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);
		Self::transfer(who, amount)?;
		Claimable::<T>::remove(who);
		Self::deposit_event(Event::Paid {
			who: who.clone(),
			amount,
		});
		Ok(())
	}

	/// All of it or nothing.
	fn transfer(who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		let account = Self::account();
		// It would leave the pots without reaching anybody.
		ensure!(*who != account, TokenError::Blocked);
		with_storage_layer(|| {
			T::Currency::transfer_on_hold(
				&HoldReason::Pots.into(),
				&account,
				who,
				amount,
				Precision::Exact,
				Restriction::Free,
				// A lock that a stranger put on the account, as vested transfers do, must not stop payments.
				Fortitude::Force,
			)
			.map(|_| ())
		})
	}
}
