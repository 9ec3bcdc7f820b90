// SPDX-License-Identifier: Apache-2.0

//! What a transaction pays, and to whom. The prices are in [`crate::economics`].

use crate::{
	economics::BASE_WEIGHT_FEE, parameters::economics::FeeTreasuryShare, AccountId, Balance, Balances, Runtime,
	Treasury,
};
use frame_support::{
	traits::{
		fungible::{Balanced, Credit},
		Get, Imbalance, OnUnbalanced,
	},
	weights::{constants::ExtrinsicBaseWeight, Weight, WeightToFee},
};

/// Price of execution time; the congestion multiplier is applied by the payment pallet.
pub struct WeightFee;

impl WeightToFee for WeightFee {
	type Balance = Balance;

	fn weight_to_fee(weight: &Weight) -> Balance {
		let base = Balance::from(ExtrinsicBaseWeight::get().ref_time()).max(1);
		BASE_WEIGHT_FEE
			.saturating_mul(weight.ref_time().into())
			.checked_div(base)
			.unwrap_or(Balance::MAX)
	}
}

/// Divides an inclusion fee between treasury (the governed share) and author; tips are the author's.
pub struct DivideFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for DivideFees {
	fn on_unbalanceds(mut fee_then_tip: impl Iterator<Item = Credit<AccountId, Balances>>) {
		let Some(fee) = fee_then_tip.next() else { return };
		let share: sp_runtime::Permill = FeeTreasuryShare::get();
		let treasury_part = share.mul_floor(fee.peek());
		let (to_treasury, mut to_author) = fee.split(treasury_part);
		if let Some(tip) = fee_then_tip.next() {
			to_author.subsume(tip);
		}
		pay_treasury(to_treasury);
		match pallet_authorship::Pallet::<Runtime>::author() {
			Some(author) => {
				if let Err(unpayable) = Balances::resolve(&author, to_author) {
					// Below the existential deposit of an account that does not exist.
					pay_treasury(unpayable);
				}
			}
			None => pay_treasury(to_author),
		}
	}
}

/// What leaves an account as dust goes to the treasury instead of out of the world: total issuance stays what it was.
pub struct DustToTreasury;

impl OnUnbalanced<Credit<AccountId, Balances>> for DustToTreasury {
	fn on_nonzero_unbalanced(dust: Credit<AccountId, Balances>) {
		pay_treasury(dust);
	}
}

fn pay_treasury(credit: Credit<AccountId, Balances>) {
	// The treasury's account is endowed at genesis, so this can fail only on a chain that has no treasury yet.
	if let Err(lost) = Balances::resolve(&Treasury::account_id(), credit) {
		log::warn!(target: "runtime::fees", "the treasury cannot hold {:?}; burned", lost.peek());
	}
}
