// SPDX-License-Identifier: Apache-2.0

//! What the registry of models and the pots ask.

use super::*;
use atelier_primitives::pots::{Pot, Split, Splits};
use sp_runtime::Permill;

fn allow(dataset: DatasetId, derivative: &Terms) -> Result<(), Unusable> {
	Provenance::allow(dataset, derivative, Permill::zero(), 1)
}

#[test]
fn what_is_known_agreed_to_and_within_terms_is_allowed() {
	chain(|| {
		assert_eq!(allow(DatasetId(0), &OPEN), Err(Unusable::Unknown));
		let dataset = register(1, 5);
		assert_eq!(allow(dataset, &OPEN), Ok(()));
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		assert_eq!(allow(dataset, &OPEN), Err(Unusable::Withdrawn));
	});
}

#[test]
fn each_term_binds_a_derivative() {
	chain(|| {
		let mut narrow = facts(5);
		narrow.terms.min_share = Permill::from_percent(10);
		narrow.terms.commercial = false;
		assert_ok!(Provenance::register_dataset(signed(1), narrow));
		let (dataset, own) = (
			DatasetId(0),
			Terms {
				commercial: false,
				..OPEN
			},
		);
		let owed = Permill::from_percent(10);
		assert_eq!(allow(dataset, &own), Err(Unusable::Terms(Forbidden::ShareTooSmall)));
		assert_eq!(
			Provenance::allow(dataset, &OPEN, owed, 1),
			Err(Unusable::Terms(Forbidden::CommercialUse))
		);
		assert_eq!(Provenance::allow(dataset, &own, owed, 1), Ok(()));
	});
}

#[test]
fn use_is_counted_while_consent_is_given() {
	chain(|| {
		assert_eq!(Provenance::used(DatasetId(0)), Err(Unusable::Unknown));
		let dataset = register(1, 5);
		assert_ok!(Provenance::used(dataset));
		assert_ok!(Provenance::used(dataset));
		assert_eq!(Provenance::uses(dataset), Some(2));
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		assert_eq!(Provenance::used(dataset), Err(Unusable::Withdrawn));
		assert_eq!(Provenance::uses(dataset), Some(2));
	});
}

#[test]
fn use_is_counted_as_far_as_there_are_numbers() {
	chain(|| {
		let dataset = register(1, 5);
		Datasets::<Test>::mutate(dataset, |known| known.as_mut().unwrap().used = u32::MAX - 1);
		assert_ok!(Provenance::used(dataset));
		assert_eq!(Provenance::used(dataset), Err(Unusable::Overused));
		assert_eq!(Provenance::uses(dataset), Some(u32::MAX));
	});
}

#[test]
fn a_withdrawal_stops_what_the_terms_say() {
	chain(|| {
		for (root, withdrawal, flag) in [
			(5, Withdrawal::StopsDerivation, Flag::NoDerivation),
			(6, Withdrawal::StopsServing, Flag::NoServing),
		] {
			let mut facts = facts(root);
			facts.terms.withdrawal = withdrawal;
			let dataset = NextDataset::<Test>::get();
			assert_ok!(Provenance::register_dataset(signed(1), facts));
			assert_eq!(Provenance::flag(dataset), Flag::Clear);
			assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
			assert_eq!(Provenance::flag(dataset), flag);
		}
		assert_eq!(Provenance::flag(DatasetId(9)), Flag::NoServing, "nobody agreed");
	});
}

#[test]
fn a_pot_is_all_its_owners() {
	chain(|| {
		let dataset = register(1, 5);
		let all = Split {
			owner: account(1),
			shares: Vec::new(),
			frozen: false,
		};
		assert_eq!(Provenance::split(Pot::Dataset(dataset)), Some(all.clone()));
		assert_ok!(Provenance::withdraw_consent(signed(1), dataset));
		assert_eq!(Provenance::split(Pot::Dataset(dataset)), Some(all));
		assert_eq!(Provenance::split(Pot::Dataset(DatasetId(1))), None);
		assert_eq!(Provenance::split(Pot::Version(VersionId(0))), None);
	});
}

#[test]
fn of_subjects_datasets_are_known() {
	chain(|| {
		let dataset = register(1, 5);
		let exists = <Provenance as Subjects<AccountId>>::exists;
		assert!(exists(&Subject::Dataset(dataset)));
		assert!(!exists(&Subject::Dataset(DatasetId(1))));
		assert!(!exists(&Subject::Account(account(1))));
	});
}
