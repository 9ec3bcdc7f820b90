// SPDX-License-Identifier: Apache-2.0

//! One module for each call and each duty.

mod account;
mod attacks;
mod claim;
mod closing;
mod corruption;
mod credit;
mod distribute;
mod eras;
mod fairness;
mod hostile;
mod migration;
mod properties;
mod queue;
mod tip;
mod views;

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};

fn balance(who: AccountId) -> Balance {
	pallet_balances::Pallet::<Test>::free_balance(who)
}

fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Rewards(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// As many cases as by default, or as `ATELIER_CASES` says (`make test-long`).
fn cases(default: u32) -> u32 {
	std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(default)
}
