// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Error;
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use sp_runtime::DispatchError::BadOrigin;

fn held(who: AccountId) -> Balance {
	Balances::total_balance_on_hold(&who)
}

#[test]
fn returns_the_deposit_to_who_never_served() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(held(7), 10);
		assert_ok!(Validators::purge_keys(RuntimeOrigin::signed(7)));
		assert_eq!(held(7), 0);
		assert_eq!(Session::load_keys(&7), None);
	});
}

#[test]
fn waits_until_the_last_session_of_who_was_removed_is_over() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Validators::add_validator(RuntimeOrigin::root(), 7));
		next_session();
		next_session();
		assert_ok!(Validators::remove_validator(RuntimeOrigin::root(), 7));
		for _ in 0..2 {
			assert_noop!(
				Validators::purge_keys(RuntimeOrigin::signed(7)),
				Error::<Test>::StillInService
			);
			next_session();
		}
		assert_ok!(Validators::purge_keys(RuntimeOrigin::signed(7)));
	});
}

#[test]
fn fails_for_a_validator_in_service() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Validators::purge_keys(RuntimeOrigin::signed(1)),
			Error::<Test>::StillInService
		);
	});
}

#[test]
fn fails_without_keys_and_without_a_signature() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Validators::purge_keys(RuntimeOrigin::signed(9)),
			pallet_session::Error::<Test>::NoKeys
		);
		assert_noop!(Validators::purge_keys(RuntimeOrigin::root()), BadOrigin);
	});
}

/// Positive control: through the call that the runtime closes, every validator can leave at once, and the set that the
/// session pallet would run with is what the running one was, because nothing was planned from an empty list.
#[test]
fn without_the_guard_keys_of_validators_vanish() {
	ExtBuilder::default().build_and_execute(|| {
		for who in 1..=4 {
			assert_ok!(Session::purge_keys(RuntimeOrigin::signed(who)));
		}
		next_session();
		next_session();
		assert_eq!(
			active(),
			Vec::<AccountId>::new(),
			"the attack that the guard is there for"
		);
	});
}
