// SPDX-License-Identifier: Apache-2.0

//! What is known of a worker, and how it weighs in draws.
//!
//! Work is good by what the treasury got of it: who pays itself for work that nobody wanted pays the treasury for its
//! name. Numbers and values of jobs count for nothing. Refusals, failures and faults weigh against that, and are forgiven
//! by as much more earned.
//!
//! Nobody can show whose fault it is that an input is missing, and whoever submits jobs decides how often it is. So a void
//! weighs by what its payer lost: as much as the treasury gets for voids, as much of what it got for work is outweighed. Who
//! ruins a name with voids pays at least what the name cost.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Pallet, Reputation, Reputations,
};
use atelier_primitives::{ids::WorkerId, work::workers::Outcome};
use frame_support::traits::Get;
use sp_runtime::traits::{CheckedDiv, One, SaturatedConversion, Saturating};

/// The factor of a worker that has earned enough and is blamed for nothing. A newcomer has half of it.
pub const WHOLE_FACTOR: u32 = 1_000;
/// How much of the factor grows with what was earned.
const EARNED: u32 = 500;
/// With how much credit everybody begins, in the measure of blame.
const CREDIT: u32 = 8;
/// What a refusal, a failure and a fault are blamed by.
const REFUSAL: u32 = 2;
const FAILURE: u32 = 4;
const FAULT: u32 = 32;

impl<Balance> Reputation<Balance> {
	/// What weighs against it, but for voids.
	fn blame(&self) -> u32 {
		let of = |count: u32, each: u32| count.saturating_mul(each);
		of(self.refusals, REFUSAL)
			.saturating_add(of(self.failures, FAILURE))
			.saturating_add(of(self.faults, FAULT))
	}

	/// By what its bond is multiplied in draws, of [`WHOLE_FACTOR`]:
	/// `(½ + ½·min(earned, 1)) · c / (c + blame + 8·voided)` with the credit `c = 8·(1 + earned)`; `earned` and `voided` are
	/// in thousandths of what ends a newcomer's time. Never zero.
	pub fn factor(&self, earned: u32, voided: u32) -> u32 {
		let grown = EARNED.saturating_mul(earned.min(1_000)).checked_div(1_000).unwrap_or(0);
		let base = WHOLE_FACTOR.saturating_sub(EARNED).saturating_add(grown);
		let credits = |thousandths: u32| {
			let all = u64::from(CREDIT).saturating_mul(thousandths.into());
			all.checked_div(1_000).unwrap_or(0)
		};
		let credit = u64::from(CREDIT).saturating_add(credits(earned));
		let all = credit
			.saturating_add(self.blame().into())
			.saturating_add(credits(voided));
		let factor = credit.saturating_mul(base.into()).checked_div(all).unwrap_or(0);
		(factor as u32).max(1)
	}
}

impl<T: Config> Pallet<T> {
	/// An amount in thousandths of what ends a newcomer's time.
	fn thousandths(amount: BalanceOf<T>) -> u32 {
		let until = T::NewcomerUntil::get().max(One::one());
		let thousandths = amount.saturating_mul(1_000_u32.into()).checked_div(&until);
		thousandths.unwrap_or_default().saturated_into()
	}

	pub(crate) fn factor_of(reputation: &Reputation<BalanceOf<T>>) -> u32 {
		let (earned, voided) = (reputation.treasury, reputation.voided);
		reputation.factor(Self::thousandths(earned), Self::thousandths(voided))
	}

	/// Whether too little is known: it has earned the treasury less than [`Config::NewcomerUntil`].
	pub(crate) fn is_newcomer(worker: WorkerId) -> bool {
		Reputations::<T>::get(worker).treasury < T::NewcomerUntil::get()
	}

	pub(crate) fn do_note(worker: WorkerId, outcome: Outcome<BalanceOf<T>>) {
		Self::change_reputation(worker, |reputation| match outcome {
			Outcome::Paid { treasury } => {
				let counts = match on(Check::TreasuryOnly) {
					true => treasury,
					// As if each job counted, whatever was paid for it.
					false => T::NewcomerUntil::get(),
				};
				reputation.treasury = reputation.treasury.saturating_add(counts);
			}
			Outcome::Refused => reputation.refusals = reputation.refusals.saturating_add(1),
			Outcome::Failed => reputation.failures = reputation.failures.saturating_add(1),
			Outcome::Void { treasury } => {
				reputation.voids = reputation.voids.saturating_add(1);
				let counts = match on(Check::VoidsCost) {
					true => treasury,
					// As if each void counted, whatever its payer lost: a sixteenth of all that a newcomer is trusted with.
					false => T::NewcomerUntil::get().checked_div(&16_u32.into()).unwrap_or_default(),
				};
				reputation.voided = reputation.voided.saturating_add(counts);
			}
		});
	}

	/// Of those who are workers.
	pub(crate) fn change_reputation(worker: WorkerId, change: impl FnOnce(&mut Reputation<BalanceOf<T>>)) {
		if crate::AccountOf::<T>::contains_key(worker) {
			Reputations::<T>::mutate(worker, change);
		}
	}
}
