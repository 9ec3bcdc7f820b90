// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Event;
use pallet_authorship::EventHandler;

fn pot() -> Balance {
	Validators::reward_pot()
}

#[test]
fn the_author_is_paid_from_the_pot() {
	ExtBuilder::default().build_and_execute(|| {
		Validators::note_author(1);
		assert_eq!(Balances::free_balance(1), 100 + REWARD);
		assert_eq!(pot(), POT - REWARD);
		System::assert_last_event(
			Event::AuthorRewarded {
				author: 1,
				amount: REWARD,
			}
			.into(),
		);
	});
}

#[test]
fn the_last_payment_is_what_is_left() {
	ExtBuilder::default().build_and_execute(|| {
		BlockReward::set(POT - 1);
		Validators::note_author(1);
		Validators::note_author(2);
		assert_eq!(Balances::free_balance(2), 101);
		assert_eq!(pot(), 0);
	});
}

#[test]
fn an_empty_pot_and_a_reward_of_zero_pay_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		BlockReward::set(POT);
		Validators::note_author(1);
		let events = System::events().len();
		Validators::note_author(2);
		BlockReward::set(0);
		Validators::note_author(2);
		assert_eq!(Balances::free_balance(2), 100);
		assert_eq!(System::events().len(), events);
	});
}
