// SPDX-License-Identifier: Apache-2.0

//! The numbers of the base chain's economy, with their reasons. docs/economics.md explains them to people.

use crate::{AccountId, Balance, Balances, Runtime, Treasury};
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		Get, Imbalance, OnUnbalanced,
	},
	weights::{constants::ExtrinsicBaseWeight, Weight, WeightToFee},
	PalletId,
};

/// One token: 12 decimals, as wallets of this ecosystem expect.
pub const ATL: Balance = 1_000_000_000_000;
pub const MILLI_ATL: Balance = ATL / 1_000;
pub const MICRO_ATL: Balance = ATL / 1_000_000;

/// All that exists at genesis. Nothing mints yet, so it is also the most that can exist.
pub const GENESIS_SUPPLY: Balance = 1_000_000_000 * ATL;
/// The part of it in the pot of block rewards: at two tokens a block and 10.5 million blocks a year, 4.75 years.
pub const GENESIS_REWARD_POT: Balance = 100_000_000 * ATL;

/// Keeps an account alive. About a hundred transfers' fees: cheap for a person, dear for who fills the state with dust.
pub const EXISTENTIAL_DEPOSIT: Balance = 10 * MILLI_ATL;

/// A byte of state: a megabyte locks 1,000 tokens, a millionth of the genesis supply.
const DEPOSIT_PER_BYTE: Balance = MILLI_ATL;
/// An item of state costs its key, its trie nodes and their lookups besides its bytes.
const DEPOSIT_PER_ITEM: Balance = 100 * MILLI_ATL;

/// The deposit for `items` entries of state with `bytes` bytes in all.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	DEPOSIT_PER_ITEM
		.saturating_mul(items as Balance)
		.saturating_add(DEPOSIT_PER_BYTE.saturating_mul(bytes as Balance))
}

parameter_types! {
	pub const ValidatorPot: PalletId = PalletId(*b"atl/vpot");
	/// A byte of a transaction: 140 bytes of a transfer cost about as much as its base weight.
	pub const TransactionByteFee: Balance = MICRO_ATL;
	/// Operational transactions pay five times as much: they may use the part of a block that others cannot.
	pub const OperationalFeeMultiplier: u8 = 5;
}

/// The weight of an empty extrinsic costs this much, more in proportion.
const BASE_WEIGHT_FEE: Balance = 100 * MICRO_ATL;

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
		let share = crate::parameters::economics::FeeTreasuryShare::get();
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
		log::warn!(target: "runtime::economics", "the treasury cannot hold {:?}; burned", lost.peek());
	}
}
