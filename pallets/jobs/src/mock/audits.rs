// SPDX-License-Identifier: Apache-2.0

//! Auditors, pots and chance: they take money, or do not, and count nothing.

use super::*;
use atelier_primitives::{
	ids::WorkerId,
	pots::{Pot, Pots},
	work::audits::{Audits, Drawing},
};
use frame_support::traits::{fungible::Balanced, Randomness};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// Everything that is not jobs.
pub struct World;

impl Audits<Balance> for World {
	type Money = MoneyOf;

	fn drawing(_: WorkerId, value: Balance, more: u32) -> Drawing<Balance> {
		Drawing {
			seed: now() / 10 + 2,
			weight: value,
			expected: u64::from(more) << 32,
		}
	}

	fn window() -> u32 {
		AuditWindow::get()
	}

	fn stopped() -> u32 {
		match Counted::get() {
			Some(counted) => now().saturating_sub(counted),
			None => Stopped::get(),
		}
	}

	fn fee() -> Balance {
		AuditFee::get()
	}

	fn fund(money: MoneyOf) -> Result<(), MoneyOf> {
		if !FundOpen::get() {
			return Err(money);
		}
		Balances::resolve(&acc(FUND), money)
	}
}

impl Pots for World {
	type Money = MoneyOf;

	fn credit(_: Pot, money: MoneyOf) -> Result<(), MoneyOf> {
		if !PotsOpen::get() {
			return Err(money);
		}
		Balances::resolve(&acc(POTS), money)
	}
}

impl Randomness<H256, u32> for World {
	fn random(subject: &[u8]) -> (H256, u32) {
		(BlakeTwo256::hash_of(&(Random::get(), subject)), now())
	}
}
