// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_ok;

#[test]
fn an_unchanged_set_is_not_announced() {
	ExtBuilder::default().build_and_execute(|| {
		for _ in 0..4 {
			next_session();
		}
		assert_eq!(Announced::get(), [false; 4]);
	});
}

#[test]
fn a_changed_set_is_announced_once() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Validators::add_validator(RuntimeOrigin::root(), 7));
		for _ in 0..4 {
			next_session();
		}
		assert_eq!(Announced::get(), [false, true, false, false]);
	});
}

#[test]
fn rotated_keys_renew_the_historical_root() {
	ExtBuilder::default().build_and_execute(|| {
		next_session();
		let before = Historical::historical_root(Session::current_index() + 1);
		let rotated = MockKeys {
			one: sp_runtime::testing::UintAuthorityId(99),
		};
		let proof = rotated.prove_ownership(1);
		assert_ok!(Session::set_keys(RuntimeOrigin::signed(1), rotated, proof));
		next_session();
		let after = Historical::historical_root(Session::current_index() + 1);
		assert_ne!(before, after);
	});
}

#[test]
fn who_lost_its_keys_is_left_out_and_comes_back_with_new_ones() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(2)));
		next_session();
		next_session();
		assert_eq!(active(), [1, 3, 4]);
		register_keys(2);
		next_session();
		next_session();
		assert_eq!(active(), [1, 2, 3, 4]);
	});
}
