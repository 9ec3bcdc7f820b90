// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn takes_effect_two_session_boundaries_later() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Validators::add_validator(RuntimeOrigin::root(), 7));
		System::assert_last_event(Event::ValidatorAdded { validator: 7 }.into());
		assert_eq!(wanted(), [1, 2, 3, 4, 7]);
		next_session();
		assert_eq!(active(), [1, 2, 3, 4]);
		next_session();
		assert_eq!(active(), [1, 2, 3, 4, 7]);
	});
}

#[test]
fn fails_for_who_is_in_the_set() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Validators::add_validator(RuntimeOrigin::root(), 1),
			Error::<Test>::AlreadyValidator
		);
	});
}

#[test]
fn fails_without_session_keys() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Validators::add_validator(RuntimeOrigin::root(), 9),
			Error::<Test>::NoSessionKeys
		);
	});
}

#[test]
fn fails_when_the_set_is_full() {
	ExtBuilder::default().validators(6).build_and_execute(|| {
		assert_noop!(
			Validators::add_validator(RuntimeOrigin::root(), 7),
			Error::<Test>::TooManyValidators
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Validators::add_validator(RuntimeOrigin::signed(1), 7), BadOrigin);
		assert_noop!(Validators::add_validator(RuntimeOrigin::none(), 7), BadOrigin);
	});
}
