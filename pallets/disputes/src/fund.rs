// SPDX-License-Identifier: Apache-2.0

//! The money that auditors are paid from, and what auditing costs.

use crate::{BalanceOf, Clock, Config, Event, HoldReason, MoneyOf, Pallet};
use atelier_primitives::{
	ids::WorkerId,
	work::{
		audits::{Audits, Drawing, ONE_AUDIT},
		workers::Accused,
	},
	BlockNumber,
};
use frame_support::{
	defensive,
	storage::with_storage_layer,
	traits::{
		fungible::{Balanced, BalancedHold, Inspect, InspectHold, MutateHold},
		tokens::{DepositConsequence, Fortitude, Precision, Preservation, Provenance, Restriction},
		Get, Imbalance, OnUnbalanced,
	},
};
use sp_runtime::{
	traits::{SaturatedConversion, Zero},
	DispatchResult, Permill,
};

impl<T: Config> Audits<BalanceOf<T>> for Pallet<T> {
	type Money = MoneyOf<T>;

	fn drawing(worker: WorkerId, value: BalanceOf<T>, more: u32) -> Drawing<BalanceOf<T>> {
		let value: u128 = value.saturated_into();
		let every: u128 = T::AuditEvery::get().saturated_into();
		let factor = if T::Workers::newcomer(worker) {
			T::NewcomerFactor::get().max(1)
		} else {
			1
		};
		// Whole audits and the rest apart: their product has room then.
		let whole = value.checked_div(every).unwrap_or(0).saturating_mul(ONE_AUDIT.into());
		let rest = value.checked_rem(every).unwrap_or(0).saturating_mul(ONE_AUDIT.into());
		let expected = whole
			.saturating_add(rest.checked_div(every).unwrap_or(0))
			.saturating_mul(factor.into())
			.saturating_add(u128::from(more).saturating_mul(ONE_AUDIT.into()));
		Self::drawing_of(expected.saturated_into())
	}

	fn window() -> BlockNumber {
		[T::SeedDelay::get(), T::CommitPeriod::get(), T::RevealPeriod::get()]
			.into_iter()
			.fold(T::ChallengePeriod::get(), BlockNumber::saturating_add)
	}

	fn stopped() -> BlockNumber {
		// The running block has not ended yet.
		let ended = Self::now().saturating_sub(1);
		ended.saturating_sub(Clock::<T>::get())
	}

	fn fee() -> BalanceOf<T> {
		T::AuditFee::get()
	}

	fn fund(money: MoneyOf<T>) -> Result<(), MoneyOf<T>> {
		let amount = money.peek();
		if amount.is_zero() {
			return Ok(());
		}
		let account = Self::account();
		let possible = T::Currency::balance(&account) >= T::Currency::minimum_balance()
			&& T::Currency::hold_available(&HoldReason::Fund.into(), &account)
			&& T::Currency::can_deposit(&account, amount, Provenance::Extant) == DepositConsequence::Success;
		if !possible {
			return Err(money);
		}
		T::Currency::resolve(&account, money)?;
		if T::Currency::hold(&HoldReason::Fund.into(), &account, amount).is_err() {
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
		Ok(())
	}
}

impl<T: Config> Pallet<T> {
	/// What the fund has.
	pub(crate) fn in_fund() -> BalanceOf<T> {
		T::Currency::balance_on_hold(&HoldReason::Fund.into(), &Self::account())
	}

	/// Pays somebody from the fund, as much as it has. What cannot be paid stays in it.
	pub(crate) fn pay(who: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
		let amount = amount.min(Self::in_fund());
		if amount.is_zero() {
			return amount;
		}
		let paid = with_storage_layer(|| {
			T::Currency::transfer_on_hold(
				&HoldReason::Fund.into(),
				&Self::account(),
				who,
				amount,
				Precision::Exact,
				Restriction::Free,
				// A lock that a stranger put on the account must not stop payments.
				Fortitude::Force,
			)
		});
		paid.unwrap_or_default()
	}

	pub(crate) fn do_endow(from: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		T::Currency::transfer_and_hold(
			&HoldReason::Fund.into(),
			&from,
			&Self::account(),
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		Self::deposit_event(Event::Endowed { from, amount });
		Ok(())
	}

	/// Gives a bond back.
	pub(crate) fn release(who: &T::AccountId, bond: BalanceOf<T>) {
		let released = T::Currency::release(&HoldReason::Bond.into(), who, bond, Precision::BestEffort);
		if released != Ok(bond) {
			defensive!("a bond is on hold until its dispute is over");
		}
	}

	/// Takes a lost bond: a part goes to whom it troubled, if that can receive it, the rest to the treasury.
	pub(crate) fn forfeit(who: &T::AccountId, bond: BalanceOf<T>, part: Permill, to: Option<T::AccountId>) {
		let (lost, missing) = T::Currency::slash(&HoldReason::Bond.into(), who, bond);
		if !missing.is_zero() {
			defensive!("a bond is on hold until its dispute is over");
		}
		let share = part.mul_floor(lost.peek());
		let (share, rest) = lost.split(share);
		let kept = match to {
			Some(to) => T::Currency::resolve(&to, share).err(),
			None => Some(share),
		};
		T::Lost::on_unbalanced(rest);
		if let Some(kept) = kept {
			T::Lost::on_unbalanced(kept);
		}
	}
}
