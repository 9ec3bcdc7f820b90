// SPDX-License-Identifier: Apache-2.0

//! Slashes: proved, waiting so that governance can undo them, applied.
//!
//! Who proved the fault gets a part, which is less than the whole, or a cheat would prove its own faults and lose nothing;
//! the treasury gets the rest. A prover that cannot be paid, since the amount is too small to open its account, keeps a
//! claim on this pallet's account.

use crate::{
	checks::{on, Check},
	AgendaOf, BalanceOf, Claimable, Config, Error, Event, HoldReason, MoneyOf, NextSlash, Pallet, Slash, Slashes,
	Stakes,
};
use atelier_primitives::{ids::WorkerId, work::workers::Fault};
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Balanced, Inspect, InspectHold, MutateHold},
		tokens::{DepositConsequence, Fortitude, Precision, Preservation, Provenance, Restriction},
		Get, Imbalance, OnUnbalanced,
	},
	weights::{Weight, WeightMeter},
};
use sp_runtime::{
	traits::{CheckedAdd, Zero},
	DispatchError, DispatchResult, Permill, TokenError,
};

use crate::WeightInfo;
use atelier_agenda::Costs;
use atelier_primitives::BlockNumber;

/// Most of a block that slashes that are due may take; what is left of them is applied in the next, or by anybody.
const POLL_SHARE: Permill = Permill::from_percent(5);

impl<T: Config> Pallet<T> {
	/// The part of a bond that a fault costs.
	pub(crate) fn fraction(fault: Fault) -> Permill {
		match fault {
			Fault::Wrong => T::WrongSlash::get(),
			Fault::NotServed => T::NotServedSlash::get(),
			Fault::LazyAudit => T::LazyAuditSlash::get(),
		}
	}

	pub(crate) fn do_convict(worker: WorkerId, fault: Fault, prover: Option<T::AccountId>) {
		let Some(mut stake) = Stakes::<T>::get(worker) else {
			return;
		};
		let number = NextSlash::<T>::get();
		let due = Self::now().saturating_add(T::SlashDelay::get());
		let slash = Slash {
			fault,
			fraction: Self::fraction(fault),
			due,
			prover,
			part: T::Deterrence::get().provers_part(),
		};
		NextSlash::<T>::put(number.saturating_add(1));
		Slashes::<T>::insert(worker, number, slash);
		// If there is no place for it, anybody applies it.
		AgendaOf::<T>::note(Self::now(), due, (worker, number));
		stake.pending = stake.pending.saturating_add(1);
		if fault.convicts() {
			stake.wrongs = stake.wrongs.saturating_add(1);
			stake.keep_time(Self::now());
		}
		Stakes::<T>::insert(worker, stake);
		Self::stand(worker, &stake);
		Self::change_reputation(worker, |reputation| {
			reputation.faults = reputation.faults.saturating_add(1)
		});
		Self::deposit_event(Event::FaultProved {
			worker,
			fault,
			number,
			due,
		});
	}

	/// Takes a slash off the list: it was applied, or undone. The stake is not stored.
	fn resolve_slash(
		worker: WorkerId,
		number: u64,
		fault: Fault,
		applied: bool,
	) -> Result<crate::Stake<BalanceOf<T>>, Error<T>> {
		let mut stake = Stakes::<T>::get(worker).ok_or(Error::UnknownWorker)?;
		Slashes::<T>::remove(worker, number);
		stake.pending = stake.pending.saturating_sub(1);
		if fault.convicts() {
			stake.wrongs = stake.wrongs.saturating_sub(1);
			// Silence as well: work that outlasts the slash would be paid to who was silent.
			let condemns = fault == Fault::Wrong || on(Check::SilenceCondemns);
			stake.condemned |= applied && condemns;
			stake.keep_time(Self::now());
		}
		Ok(stake)
	}

	pub(crate) fn do_cancel_slash(worker: WorkerId, number: u64) -> DispatchResult {
		let slash = Slashes::<T>::get(worker, number).ok_or(Error::<T>::UnknownSlash)?;
		let stake = Self::resolve_slash(worker, number, slash.fault, false)?;
		Stakes::<T>::insert(worker, stake);
		Self::stand(worker, &stake);
		Self::change_reputation(worker, |reputation| {
			reputation.faults = reputation.faults.saturating_sub(1)
		});
		Self::deposit_event(Event::SlashCancelled { worker, number });
		Ok(())
	}

	/// Whether its work was proved wrong, and nobody has undone that.
	pub(crate) fn is_convicted(worker: WorkerId) -> bool {
		Stakes::<T>::get(worker).is_some_and(|stake| stake.convicted())
	}

	pub(crate) fn do_apply_slash(worker: WorkerId, number: u64) -> DispatchResult {
		let slash = Slashes::<T>::get(worker, number).ok_or(Error::<T>::UnknownSlash)?;
		ensure!(Self::now() >= slash.due, Error::<T>::SlashNotDue);
		let mut stake = Self::resolve_slash(worker, number, slash.fault, true)?;
		let amount = slash.fraction.mul_floor(Self::at_stake(worker, &stake));
		let money = Self::take(worker, &mut stake, amount)?;
		Stakes::<T>::insert(worker, stake);
		let taken = money.peek();
		let part = match slash.prover {
			Some(_) => slash.part.mul_floor(taken),
			None => Zero::zero(),
		};
		let (reward, rest) = money.split(part);
		T::Slash::on_unbalanced(rest);
		Self::deposit_event(Event::Slashed {
			worker,
			number,
			taken,
			reward: part,
		});
		match slash.prover {
			Some(prover) => Self::pay(prover, reward),
			None => T::Slash::on_unbalanced(reward),
		}
		Ok(())
	}

	/// Pays a prover, or keeps it for it.
	fn pay(who: T::AccountId, money: MoneyOf<T>) {
		let amount = money.peek();
		if amount.is_zero() {
			return;
		}
		match T::Currency::resolve(&who, money) {
			Ok(()) => Self::deposit_event(Event::Paid { who, amount }),
			Err(money) => Self::keep(who, money),
		}
	}

	fn keep(who: T::AccountId, money: MoneyOf<T>) {
		let (account, amount) = (Self::claims_account(), money.peek());
		let waits = Claimable::<T>::get(&who).checked_add(&amount);
		let can_hold = Self::endowed()
			&& T::Currency::hold_available(&HoldReason::Claims.into(), &account)
			&& T::Currency::can_deposit(&account, amount, Provenance::Extant) == DepositConsequence::Success;
		let (Some(waits), true) = (waits, can_hold) else {
			return T::Slash::on_unbalanced(money);
		};
		if let Err(money) = T::Currency::resolve(&account, money) {
			return T::Slash::on_unbalanced(money);
		}
		if T::Currency::hold(&HoldReason::Claims.into(), &account, amount).is_err() {
			defensive!("the account lives and has just got the amount");
			let back = T::Currency::withdraw(
				&account,
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Force,
			);
			return T::Slash::on_unbalanced(back.unwrap_or_else(|_| MoneyOf::<T>::zero()));
		}
		Claimable::<T>::insert(&who, waits);
		Self::deposit_event(Event::PaymentWaits { who, amount: waits });
	}

	/// Whether the account of claims lives whatever is claimed.
	pub(crate) fn endowed() -> bool {
		T::Currency::balance(&Self::claims_account()) >= T::Currency::minimum_balance()
	}

	pub(crate) fn do_claim(who: T::AccountId) -> Result<(), DispatchError> {
		let (account, amount) = (Self::claims_account(), Claimable::<T>::get(&who));
		ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);
		ensure!(who != account, TokenError::Blocked);
		with_storage_layer(|| {
			T::Currency::transfer_on_hold(
				&HoldReason::Claims.into(),
				&account,
				&who,
				amount,
				Precision::Exact,
				Restriction::Free,
				// A lock that a stranger put on the account must not stop payments.
				Fortitude::Force,
			)
		})?;
		Claimable::<T>::remove(&who);
		Self::deposit_event(Event::Paid { who, amount });
		Ok(())
	}

	/// Each block: slashes that are due, within a part of the block.
	pub(crate) fn poll(now: BlockNumber, meter: &mut WeightMeter) {
		let block = T::BlockWeights::get().max_block;
		let part = Weight::from_parts(
			POLL_SHARE.mul_floor(block.ref_time()),
			POLL_SHARE.mul_floor(block.proof_size()),
		);
		let costs = Costs {
			bucket: T::WeightInfo::on_poll(),
			item: T::WeightInfo::apply_slash(),
		};
		// At least one slash, however small a part of the block is.
		let budget = part.max(costs.bucket.saturating_add(costs.item)).min(meter.remaining());
		let mut own = WeightMeter::with_limit(budget);
		AgendaOf::<T>::serve(now, &mut own, costs, |(worker, number)| {
			// Those that were cancelled, or applied by somebody, are gone.
			let _gone = with_storage_layer(|| Self::do_apply_slash(worker, number));
		});
		meter.consume(own.consumed());
	}
}
