// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn is_for_good_and_told_if_versions_were_made_from_it() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::used(dataset));
		at(6);
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		System::assert_last_event(Event::ConsentWithdrawn { dataset }.into());
		assert_eq!(Provenance::consent(dataset), Some(Consent::Withdrawn { at: 6 }));
		assert_eq!(Told::get(), [dataset]);
	});
}

#[test]
fn is_not_told_if_nothing_was_made_from_it() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		assert!(Told::get().is_empty());
	});
}

#[test]
fn needs_no_money() {
	chain(|| {
		let dataset = register(1, 5);
		impoverish(1);
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
	});
}

#[test]
fn goes_on_after_everything_that_was_held_was_taken() {
	new_test_ext().execute_with(|| {
		use frame_support::traits::{
			fungible::{Inspect, MutateHold, Unbalanced},
			tokens::{Fortitude, Precision},
		};
		let dataset = register(1, 5);
		let reason = HoldReason::Dataset.into();
		Balances::burn_all_held(&reason, &account(1), Precision::Exact, Fortitude::Force).unwrap();
		Balances::write_balance(&account(1), 0).unwrap();
		assert_eq!(Balances::total_balance(&account(1)), 0);
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		assert_ok!(Provenance::remove_dataset(signed(1), dataset));
		Provenance::do_try_state().unwrap();
	});
}

#[test]
fn is_not_kept_back_by_an_offer_or_by_ended_terms() {
	chain(|| {
		let mut ending = facts(5);
		ending.terms.expiry = Some(3);
		assert_ok!(Provenance::register_dataset(signed(1), ending));
		assert_ok!(Provenance::offer_dataset(signed(1), DatasetId(0), Some(account(2))));
		at(9);
		assert_ok!(Provenance::withdraw_consent(signed(1), DatasetId(0)));
	});
}

#[test]
fn fails_the_second_time() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		at(3);
		assert_noop!(
			Provenance::withdraw_consent(signed(1), dataset),
			Fails::AlreadyWithdrawn
		);
	});
}

#[test]
fn fails_for_who_does_not_own_it() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::offer_dataset(signed(1), dataset, Some(account(2))));
		assert_noop!(Provenance::withdraw_consent(signed(2), dataset), Fails::NotOwner);
	});
}

#[test]
fn fails_for_what_is_unknown() {
	chain(|| {
		assert_noop!(
			Provenance::withdraw_consent(signed(1), DatasetId(0)),
			Fails::UnknownDataset
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		let dataset = register(1, 5);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::withdraw_consent(origin, dataset), BadOrigin);
		}
	});
}
