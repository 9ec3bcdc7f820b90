// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn names_who_may_accept_until_something_else_is_offered() {
	chain(|| {
		let dataset = register(1, 5);
		let offered = || Datasets::<Test>::get(dataset).unwrap().offered;
		for to in [Some(2), Some(3), None] {
			let to = to.map(account);
			assert_ok!(Provenance::offer_dataset(signed(1), dataset, to.clone()));
			System::assert_last_event(
				Event::DatasetOffered {
					dataset,
					to: to.clone(),
				}
				.into(),
			);
			assert_eq!(offered(), to);
		}
		assert_noop!(Provenance::accept_dataset(signed(2), dataset), Fails::NotOffered);
	});
}

#[test]
fn changes_no_deposit() {
	chain(|| {
		let dataset = register(1, 5);
		let before = held(1);
		assert_ok!(Provenance::offer_dataset(signed(1), dataset, Some(account(2))));
		assert_eq!(held(1), before);
	});
}

#[test]
fn fails_for_the_owner_itself() {
	chain(|| {
		let dataset = register(1, 5);
		assert_noop!(
			Provenance::offer_dataset(signed(1), dataset, Some(account(1))),
			Fails::OfferedToOwner
		);
	});
}

#[test]
fn fails_for_who_does_not_own_it() {
	chain(|| {
		let dataset = register(1, 5);
		assert_noop!(
			Provenance::offer_dataset(signed(2), dataset, Some(account(2))),
			Fails::NotOwner
		);
	});
}

#[test]
fn fails_for_what_is_unknown() {
	chain(|| {
		assert_noop!(
			Provenance::offer_dataset(signed(1), DatasetId(0), None),
			Fails::UnknownDataset
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		let dataset = register(1, 5);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::offer_dataset(origin, dataset, None), BadOrigin);
		}
	});
}
