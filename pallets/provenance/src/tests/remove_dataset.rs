// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn returns_the_deposit_and_leaves_nothing() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::remove_dataset(signed(1), dataset));
		System::assert_last_event(Event::DatasetRemoved { dataset }.into());
		assert_eq!(Balances::free_balance(account(1)), MONEY);
		assert_eq!(Provenance::dataset(dataset), None);
		assert_eq!(register(1, 5), DatasetId(1), "a number is never given again");
	});
}

#[test]
fn fails_once_a_version_was_made_from_it() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::used(dataset));
		assert_noop!(Provenance::remove_dataset(signed(1), dataset), Fails::DatasetInUse);
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		assert_noop!(Provenance::remove_dataset(signed(1), dataset), Fails::DatasetInUse);
	});
}

#[test]
fn fails_while_something_is_attested_of_it() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::attest(
			signed(2),
			Subject::Dataset(dataset),
			statement(CONSENT)
		));
		assert_noop!(Provenance::remove_dataset(signed(1), dataset), Fails::DatasetAttested);
		assert_ok!(Provenance::revoke(signed(2), AttestationId(0)));
		assert_noop!(Provenance::remove_dataset(signed(1), dataset), Fails::DatasetAttested);
		assert_ok!(Provenance::remove_attestation(signed(2), AttestationId(0)));
		assert_ok!(Provenance::remove_dataset(signed(1), dataset));
	});
}

#[test]
fn fails_while_money_waits_for_its_owner() {
	chain(|| {
		let dataset = register(1, 5);
		Earned::set(vec![dataset]);
		assert_noop!(Provenance::remove_dataset(signed(1), dataset), Fails::DatasetEarned);
		Earned::set(vec![]);
		assert_ok!(Provenance::remove_dataset(signed(1), dataset));
	});
}

#[test]
fn fails_for_who_does_not_own_it() {
	chain(|| {
		let dataset = register(1, 5);
		assert_noop!(Provenance::remove_dataset(signed(2), dataset), Fails::NotOwner);
	});
}

#[test]
fn fails_for_what_is_unknown() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::remove_dataset(signed(1), dataset));
		assert_noop!(Provenance::remove_dataset(signed(1), dataset), Fails::UnknownDataset);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		let dataset = register(1, 5);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::remove_dataset(origin, dataset), BadOrigin);
		}
	});
}
