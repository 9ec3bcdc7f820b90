// SPDX-License-Identifier: Apache-2.0

//! How money is held, returned and paid.
//!
//! Deposits and escrows are on hold on their payers' accounts, under [`HoldReason::Escrow`]; bonds of demands under
//! [`HoldReason::Demand`]. Paying takes a held amount and gives each its part: the worker, the version's pot, auditors, the
//! treasury. What a worker cannot receive, since it is too little to open its account, is kept for it on an account
//! without a key, under [`HoldReason::Claimable`]; genesis must endow that with the existential deposit. Where a pot or the
//! auditors' fund takes nothing, the treasury gets it. Nobody who cannot be paid holds up anything.

use crate::{BalanceOf, Claimable, Config, Error, Event, HoldReason, MoneyOf, Pallet};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	pots::{Pot, Pots},
	work::{audits::Audits, price::Parts, workers::Workers},
};
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::{Balanced, BalancedHold, Inspect, Mutate, MutateHold},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get, Imbalance, OnUnbalanced,
	},
};
use sp_runtime::{
	traits::{AccountIdConversion, CheckedAdd, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// The account that keeps what could not be paid.
	pub fn account() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// Whether that account lives whatever is claimed.
	pub(crate) fn endowed() -> bool {
		T::Currency::balance(&Self::account()) >= T::Currency::minimum_balance()
	}

	/// At genesis. One that lists the account decides what it has; in any other it lives all the same.
	pub(crate) fn endow() {
		if !Self::endowed() {
			let endowed = T::Currency::mint_into(&Self::account(), T::Currency::minimum_balance());
			assert!(endowed.is_ok(), "the genesis has as much money as can be counted");
		}
	}

	pub(crate) fn hold(reason: HoldReason, payer: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		T::Currency::hold(&reason.into(), payer, amount)
	}

	/// Gives back what is on hold. Its account lives, since the hold keeps it.
	pub(crate) fn give_back(reason: HoldReason, payer: &T::AccountId, amount: BalanceOf<T>) {
		if amount.is_zero() {
			return;
		}
		let released = T::Currency::release(&reason.into(), payer, amount, Precision::BestEffort);
		if released != Ok(amount) {
			defensive!("all that is given back is on hold");
		}
	}

	/// Takes what is on hold into a hand.
	pub(crate) fn take(reason: HoldReason, payer: &T::AccountId, amount: BalanceOf<T>) -> MoneyOf<T> {
		let (money, missing) = T::Currency::slash(&reason.into(), payer, amount);
		if !missing.is_zero() {
			defensive!("all that is taken is on hold");
		}
		money
	}

	/// Gives everybody their part of what is on hold on the payer's account. Never fails: what somebody cannot take is kept
	/// for it, or goes to the treasury.
	pub(crate) fn pay(payer: &T::AccountId, worker: WorkerId, version: VersionId, parts: &Parts<BalanceOf<T>>) {
		let Some(total) = parts.sum() else {
			defensive!("there is no such amount of money");
			return;
		};
		let mut money = Self::take(HoldReason::Escrow, payer, total);
		Self::pay_worker(worker, money.extract(parts.worker));
		let mut rest = money;
		if let Err(refused) = T::Pots::credit(Pot::Version(version), rest.extract(parts.version)) {
			rest.subsume(refused);
		}
		if let Err(refused) = T::Audits::fund(rest.extract(parts.levy)) {
			rest.subsume(refused);
		}
		Self::to_treasury(rest);
	}

	/// Pays the account that speaks for a worker.
	pub(crate) fn pay_worker(worker: WorkerId, money: MoneyOf<T>) {
		if money.peek().is_zero() {
			return;
		}
		let Some(account) = T::Workers::account(worker) else {
			defensive!("a worker does not leave before all of its work is final");
			return Self::to_treasury(money);
		};
		// What is kept for others is on this account.
		let paid = match account == Self::account() {
			true => Err(money),
			false => T::Currency::resolve(&account, money),
		};
		if let Err(money) = paid {
			Self::keep(account, money);
		}
	}

	pub(crate) fn to_treasury(money: MoneyOf<T>) {
		if !money.peek().is_zero() {
			T::Treasury::on_unbalanced(money);
		}
	}

	/// Keeps for somebody what it cannot receive.
	pub(crate) fn keep(who: T::AccountId, money: MoneyOf<T>) {
		let (account, amount) = (Self::account(), money.peek());
		let due = Claimable::<T>::get(&who).checked_add(&amount);
		let (Some(due), true) = (due, Self::endowed()) else {
			return Self::to_treasury(money);
		};
		if let Err(money) = T::Currency::resolve(&account, money) {
			return Self::to_treasury(money);
		}
		if Self::hold(HoldReason::Claimable, &account, amount).is_err() {
			defensive!("the account lives and has just got the amount");
			let back = T::Currency::withdraw(
				&account,
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Force,
			);
			return Self::to_treasury(back.unwrap_or_else(|_| MoneyOf::<T>::zero()));
		}
		Claimable::<T>::insert(&who, due);
		Self::deposit_event(Event::PaymentWaits { who, amount: due });
	}

	pub(crate) fn do_claim(who: T::AccountId) -> DispatchResult {
		let amount = Claimable::<T>::get(&who);
		ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);
		T::Currency::transfer_on_hold(
			&HoldReason::Claimable.into(),
			&Self::account(),
			&who,
			amount,
			Precision::Exact,
			Restriction::Free,
			// A lock that a stranger put on the account must not stop payments.
			Fortitude::Force,
		)?;
		Claimable::<T>::remove(&who);
		Self::deposit_event(Event::Claimed { who, amount });
		Ok(())
	}
}
