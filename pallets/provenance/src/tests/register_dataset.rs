// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_primitives::licence::MAX_EXPRESSION;

#[test]
fn keeps_what_is_stated_for_a_deposit() {
	chain(|| {
		at(7);
		assert_ok!(Provenance::register_dataset(signed(1), facts(5)));
		let event = Event::DatasetRegistered {
			dataset: DatasetId(0),
			owner: account(1),
			root: [5; 32],
		};
		System::assert_last_event(event.into());
		let dataset = Datasets::<Test>::get(DatasetId(0)).unwrap();
		assert_eq!(dataset.owner, account(1));
		assert_eq!(dataset.facts, facts(5));
		assert_eq!(dataset.consent, Consent::Given);
		assert_eq!((dataset.registered, dataset.used, dataset.offered), (7, 0, None));
		assert!(held(1) > 0);
	});
}

#[test]
fn the_same_content_may_be_registered_again_and_the_first_stays_the_first() {
	chain(|| {
		register(1, 5);
		at(2);
		register(2, 5);
		register(1, 5);
		let ids = |page: views_of::Datasets| {
			page.items
				.into_iter()
				.map(|view| (view.id.0, view.earlier))
				.collect::<Vec<_>>()
		};
		let first = Some(DatasetId(0));
		assert_eq!(
			ids(Provenance::datasets_with([5; 32], None, 10)),
			[(0, None), (1, first), (2, first)]
		);
	});
}

#[test]
fn fails_without_bytes() {
	chain(|| {
		let empty = DatasetFacts { bytes: 0, ..facts(5) };
		assert_noop!(Provenance::register_dataset(signed(1), empty), Fails::EmptyDataset);
		let least = DatasetFacts { bytes: 1, ..facts(5) };
		assert_ok!(Provenance::register_dataset(signed(1), least));
		let most = DatasetFacts {
			bytes: u64::MAX,
			..facts(5)
		};
		assert_ok!(Provenance::register_dataset(signed(1), most));
	});
}

#[test]
fn fails_for_a_licence_that_spdx_would_not_write() {
	chain(|| {
		for text in ["", "MIT OR", "all rights reserved", "(MIT", "M\u{ef}T"] {
			let mut wrong = facts(5);
			wrong.licence.expression = expression(text);
			assert_noop!(Provenance::register_dataset(signed(1), wrong), Fails::LicenceMalformed);
		}
	});
}

#[test]
fn a_licence_has_at_most_256_bytes() {
	chain(|| {
		let mut longest = facts(5);
		longest.licence.expression = expression(&"x".repeat(MAX_EXPRESSION as usize));
		assert_ok!(Provenance::register_dataset(signed(1), longest));
		assert!(Expression::try_from(vec![b'x'; MAX_EXPRESSION as usize + 1]).is_err());
	});
}

#[test]
fn fails_for_terms_that_have_ended() {
	chain(|| {
		at(9);
		let until = |last| {
			let mut facts = facts(5);
			facts.terms.expiry = Some(last);
			Provenance::register_dataset(signed(1), facts)
		};
		assert_noop!(until(8), Fails::TermsExpired);
		assert_ok!(until(9));
	});
}

#[test]
fn fails_without_the_deposit() {
	chain(|| {
		assert_noop!(
			Provenance::register_dataset(signed(9), facts(5)),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn fails_when_all_ids_were_given() {
	chain(|| {
		NextDataset::<Test>::put(DatasetId(u32::MAX));
		assert_noop!(Provenance::register_dataset(signed(1), facts(5)), Fails::NoIdsLeft);
		NextDataset::<Test>::put(DatasetId(u32::MAX - 1));
		assert_ok!(Provenance::register_dataset(signed(1), facts(5)));
		assert_noop!(Provenance::register_dataset(signed(1), facts(5)), Fails::NoIdsLeft);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		assert_noop!(Provenance::register_dataset(RuntimeOrigin::root(), facts(5)), BadOrigin);
		assert_noop!(Provenance::register_dataset(RuntimeOrigin::none(), facts(5)), BadOrigin);
	});
}

mod views_of {
	use super::*;
	pub type Datasets = Page<DatasetView<AccountId>, DatasetId>;
}
