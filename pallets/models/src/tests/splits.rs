// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Due, Dues};
use atelier_primitives::{
	models::Publication,
	pots::{Pot, Share, Splits},
};

#[test]
fn an_owner_parents_and_datasets_share() {
	execute(|| {
		dataset(4, OPEN);
		let parent = published(1, float(1));
		let version = published(
			2,
			Publication {
				parents: vec![(parent, percent(20))].try_into().unwrap(),
				datasets: vec![(DatasetId(4), percent(5))].try_into().unwrap(),
				..float(2)
			},
		);
		let split = Models::split(Pot::Version(version)).unwrap();
		assert_eq!((split.owner, split.frozen), (2, false));
		let share = |pot, part| Share {
			pot,
			part: percent(part),
		};
		assert_eq!(
			split.shares,
			[share(Pot::Version(parent), 20), share(Pot::Dataset(DatasetId(4)), 5)]
		);
		// Whoever owns the model now gets what is left.
		assert_ok!(Models::offer_model(signed(2), ModelId(1), Some(3)));
		assert_ok!(Models::accept_model(signed(3), ModelId(1)));
		assert_eq!(Models::split(Pot::Version(version)).unwrap().owner, 3);
		assert_eq!(Models::split(Pot::Version(VersionId(9))), None);
		assert_eq!(Models::split(Pot::Dataset(DatasetId(4))), None);
	});
}

#[test]
fn a_withdrawn_version_still_pays_what_it_earned() {
	execute(|| {
		let version = published(1, float(1));
		assert_ok!(Models::withdraw_version(signed(1), version));
		assert!(!Models::split(Pot::Version(version)).unwrap().frozen);
	});
}

#[test]
fn dues_never_make_more_than_the_whole() {
	chain().execute_with(|| {
		let originals: Vec<_> = (1..=3).map(|root| published(1, float(root))).collect();
		let parent = originals[0];
		let copy = published(
			2,
			Publication {
				parents: vec![(parent, percent(50))].try_into().unwrap(),
				..float(9)
			},
		);
		let dues: Vec<_> = originals
			.iter()
			.map(|to| Due {
				to: *to,
				part: percent(30),
			})
			.collect();
		Dues::<Test>::insert(copy, crate::DuesOf::try_from(dues).unwrap());
		let split = Models::split(Pot::Version(copy)).unwrap();
		let parts: Vec<_> = split.shares.iter().map(|share| share.part).collect();
		assert_eq!(parts, [percent(50), percent(30), percent(20), percent(0)]);
	});
}
