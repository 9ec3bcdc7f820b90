// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_primitives::pots::{Pot, Splits};

fn offered() -> DatasetId {
	let dataset = register(1, 5);
	Provenance::offer_dataset(signed(1), dataset, Some(account(2))).unwrap();
	dataset
}

#[test]
fn the_new_owner_takes_over_deposit_and_pot() {
	chain(|| {
		let dataset = offered();
		let deposit = held(1);
		assert_ok!(Provenance::accept_dataset(signed(2), dataset));
		System::assert_last_event(
			Event::DatasetTransferred {
				dataset,
				from: account(1),
				to: account(2),
			}
			.into(),
		);
		assert_eq!((held(1), held(2)), (0, deposit));
		assert_eq!(Balances::free_balance(account(1)), MONEY);
		assert_eq!(Datasets::<Test>::get(dataset).unwrap().offered, None);
		assert_eq!(Provenance::split(Pot::Dataset(dataset)).unwrap().owner, account(2));
		assert_noop!(Provenance::withdraw_consent(signed(1), dataset), Fails::NotOwner);
		assert!(Provenance::datasets_of(account(1), None, 9).items.is_empty());
		assert_eq!(Provenance::datasets_of(account(2), None, 9).items.len(), 1);
	});
}

#[test]
fn only_the_owner_changes() {
	chain(|| {
		let dataset = offered();
		assert_ok!(Provenance::used(dataset));
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		let before = Datasets::<Test>::get(dataset).unwrap();
		at(5);
		assert_ok!(Provenance::accept_dataset(signed(2), dataset));
		let after = Datasets::<Test>::get(dataset).unwrap();
		assert_eq!(after.facts, before.facts);
		assert_eq!(after.consent, Consent::Withdrawn { at: 1 });
		assert_eq!((after.registered, after.used), (1, 1));
	});
}

#[test]
fn the_new_owner_pays_the_price_of_its_time_and_the_old_one_gets_back_what_it_paid() {
	chain(|| {
		let dataset = offered();
		let deposit = held(1);
		PricePerByte::set(2);
		assert_ok!(Provenance::accept_dataset(signed(2), dataset));
		assert_eq!(held(2), deposit * 2 - PricePerRecord::get());
		assert_eq!(Balances::free_balance(account(1)), MONEY);
	});
}

#[test]
fn fails_without_the_deposit() {
	chain(|| {
		let dataset = offered();
		impoverish(2);
		assert_noop!(
			Provenance::accept_dataset(signed(2), dataset),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn fails_for_everybody_else() {
	chain(|| {
		let dataset = offered();
		for who in [1, 3] {
			assert_noop!(Provenance::accept_dataset(signed(who), dataset), Fails::NotOffered);
		}
	});
}

#[test]
fn fails_the_second_time() {
	chain(|| {
		let dataset = offered();
		assert_ok!(Provenance::accept_dataset(signed(2), dataset));
		assert_noop!(Provenance::accept_dataset(signed(2), dataset), Fails::NotOffered);
	});
}

#[test]
fn fails_for_what_is_unknown() {
	chain(|| {
		assert_noop!(
			Provenance::accept_dataset(signed(2), DatasetId(0)),
			Fails::UnknownDataset
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		let dataset = offered();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::accept_dataset(origin, dataset), BadOrigin);
		}
	});
}
