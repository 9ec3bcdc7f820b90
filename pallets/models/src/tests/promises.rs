// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Open, Promises, Queue, QueueEnds, WeightInfo};
use frame_support::{traits::OnPoll, weights::WeightMeter};

#[test]
fn a_promise_holds_a_deposit_until_it_is_kept() {
	execute(|| {
		let model = model(1);
		let before = held(1);
		assert_ok!(commit(1, &float(1)));
		let promise = Models::promise(&float(1), &1, &SALT);
		happened(Event::VersionCommitted {
			owner: 1,
			promise,
			until: now() + WINDOW,
		});
		assert!(held(1) > before);
		assert_noop!(commit(1, &float(1)), Error::<Test>::AlreadyPromised);
		pass(DELAY);
		assert_ok!(reveal(1, model, float(1)));
		assert_eq!(Promises::<Test>::iter().count(), 0);
		assert_eq!(Queue::<Test>::iter().count(), 0);
		assert_eq!(Open::<Test>::get(1), 0);
		assert_eq!(held(1), Models::model(model).unwrap().bytes);
	});
}

#[test]
fn can_be_kept_from_the_first_to_the_last_block() {
	for (after, outcome) in [
		(DELAY - 1, Err(Error::<Test>::TooEarly)),
		(DELAY, Ok(())),
		(WINDOW, Ok(())),
		(WINDOW + 1, Err(Error::<Test>::TooLate)),
	] {
		execute(|| {
			let model = model(1);
			assert_ok!(commit(1, &float(1)));
			System::set_block_number(now() + after);
			match outcome {
				Ok(()) => reveal(1, model, float(1)).unwrap(),
				Err(error) => {
					assert_noop!(reveal(1, model, float(1)), error);
				}
			}
		});
	}
}

#[test]
fn keeps_the_rules_of_its_block() {
	execute(|| {
		let model = model(1);
		assert_ok!(commit(1, &float(1)));
		crate::mock::RevealDelay::set(15);
		pass(DELAY);
		assert_ok!(reveal(1, model, float(1)));
		crate::mock::RevealDelay::set(DELAY);
	});
}

#[test]
fn an_account_has_few_at_once() {
	execute(|| {
		for root in 0..4 {
			assert_ok!(commit(1, &float(root)));
		}
		assert_noop!(commit(1, &float(4)), Error::<Test>::TooManyPromises);
		assert_ok!(commit(2, &float(4)));
		pass(WINDOW + 1);
		assert_ok!(commit(1, &float(4)));
	});
}

#[test]
fn fails_without_the_deposit() {
	execute(|| {
		let refused = commit(11, &float(1)).unwrap_err();
		assert_eq!(refused, sp_runtime::TokenError::FundsUnavailable.into());
		assert_eq!(Open::<Test>::iter().count(), 0);
	});
}

#[test]
fn expires_by_itself_with_its_deposit() {
	execute(|| {
		assert_ok!(commit(1, &float(1)));
		pass(WINDOW);
		assert!(held(1) > 0);
		pass(1);
		happened(Event::PromiseExpired {
			owner: 1,
			promise: Models::promise(&float(1), &1, &SALT),
		});
		assert_eq!(held(1), 0);
		assert_eq!(QueueEnds::<Test>::get(), (1, 1));
	});
}

#[test]
fn a_full_block_clears_none_and_anyone_does_it_later() {
	execute(|| {
		for root in 0..4 {
			assert_ok!(commit(1, &float(root)));
		}
		System::set_block_number(now() + WINDOW + 1);
		let mut full = WeightMeter::with_limit(frame_support::weights::Weight::zero());
		Models::on_poll(now(), &mut full);
		assert_eq!(Promises::<Test>::iter().count(), 4);
		let two = <() as WeightInfo>::expire().saturating_mul(2);
		let read = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
		Models::on_poll(now(), &mut WeightMeter::with_limit(two.saturating_add(read)));
		assert_eq!(Promises::<Test>::iter().count(), 2);
		assert_ok!(Models::clear_promises(signed(5), 1));
		assert_eq!(Promises::<Test>::iter().count(), 1);
		assert_ok!(Models::clear_promises(signed(5), u32::MAX));
		assert_eq!(held(1), 0);
		assert_ok!(Models::clear_promises(signed(5), 1));
	});
}

#[test]
fn does_not_clear_what_can_be_kept() {
	execute(|| {
		assert_ok!(commit(1, &float(1)));
		System::set_block_number(now() + WINDOW);
		assert_ok!(Models::clear_promises(signed(5), 9));
		assert_eq!(Promises::<Test>::iter().count(), 1);
	});
}
