// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Event, Offenders};
use frame_support::assert_ok;
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn offend(who: AccountId) {
	let details = [OffenceDetails {
		offender: (who, ()),
		reporters: Vec::new(),
	}];
	Validators::on_offence(&details, &[Perbill::one()], Session::current_index());
}

fn is_disabled(who: AccountId) -> bool {
	Session::validator_id_to_index(&who).is_some_and(|index| Session::disabled_validators().contains(&index))
}

#[test]
fn the_offender_is_disabled_at_once_and_out_two_sessions_later() {
	ExtBuilder::default().build_and_execute(|| {
		offend(2);
		System::assert_last_event(Event::OffenderRemoved { validator: 2 }.into());
		assert!(is_disabled(2));
		assert_eq!(wanted(), [1, 3, 4]);
		next_session();
		assert!(is_disabled(2));
		next_session();
		assert_eq!(active(), [1, 3, 4]);
	});
}

#[test]
fn another_change_of_the_set_does_not_enable_the_offender_again() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Validators::add_validator(RuntimeOrigin::root(), 7));
		next_session(); // The addition is queued: activating it will clear the disabled list.
		offend(2);
		next_session();
		assert_eq!(active(), [1, 2, 3, 4, 7]);
		assert!(is_disabled(2));
	});
}

/// Positive control for the test above: with the list of offenders gone, the change enables the offender again.
#[test]
fn without_the_list_of_offenders_a_change_enables_the_offender() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Validators::add_validator(RuntimeOrigin::root(), 7));
		next_session();
		offend(2);
		Offenders::<Test>::kill();
		next_session();
		assert_eq!(active(), [1, 2, 3, 4, 7]);
		assert!(!is_disabled(2));
	});
}

#[test]
fn a_second_report_changes_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		offend(2);
		let events = System::events().len();
		offend(2);
		assert_eq!(System::events().len(), events);
		assert_eq!(wanted(), [1, 3, 4]);
	});
}

#[test]
fn offences_go_below_governances_minimum_but_not_to_zero() {
	ExtBuilder::default().validators(2).build_and_execute(|| {
		offend(1);
		assert_eq!(wanted(), [2]);
		offend(2);
		System::assert_last_event(Event::OffenderKept { validator: 2 }.into());
		assert_eq!(wanted(), [2]);
	});
}

#[test]
fn offenders_are_forgotten_once_they_are_out_of_every_session() {
	ExtBuilder::default().build_and_execute(|| {
		offend(2);
		for _ in 0..3 {
			next_session();
		}
		assert!(Offenders::<Test>::get().is_empty());
	});
}

#[test]
fn governance_can_bring_an_offender_back() {
	ExtBuilder::default().build_and_execute(|| {
		offend(2);
		assert_ok!(Validators::add_validator(RuntimeOrigin::root(), 2));
		assert!(Offenders::<Test>::get().is_empty());
		next_session();
		next_session();
		assert!(active().contains(&2));
		assert!(!is_disabled(2));
	});
}
