// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn takes_effect_two_session_boundaries_later() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Validators::remove_validator(RuntimeOrigin::root(), 2));
		System::assert_last_event(Event::ValidatorRemoved { validator: 2 }.into());
		next_session();
		assert_eq!(active(), [1, 2, 3, 4]);
		next_session();
		assert_eq!(active(), [1, 3, 4]);
	});
}

#[test]
fn fails_at_the_minimum() {
	ExtBuilder::default().validators(2).build_and_execute(|| {
		assert_noop!(
			Validators::remove_validator(RuntimeOrigin::root(), 1),
			Error::<Test>::TooFewValidators
		);
	});
}

#[test]
fn never_empties_the_set_even_with_a_minimum_of_zero() {
	ExtBuilder::default().validators(1).build_and_execute(|| {
		MinValidators::set(0);
		assert_noop!(
			Validators::remove_validator(RuntimeOrigin::root(), 1),
			Error::<Test>::TooFewValidators
		);
	});
}

#[test]
fn fails_for_who_is_not_in_the_set() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Validators::remove_validator(RuntimeOrigin::root(), 7),
			Error::<Test>::NotValidator
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Validators::remove_validator(RuntimeOrigin::signed(1), 2), BadOrigin);
		assert_noop!(Validators::remove_validator(RuntimeOrigin::none(), 2), BadOrigin);
	});
}
