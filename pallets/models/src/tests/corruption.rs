// SPDX-License-Identifier: Apache-2.0

//! Each invariant bites: a state that breaks it is reported by its number.

use super::*;
use crate::{
	Aliases, Checked, Claims, Due, Dues, DuesOf, Lineages, Models as Records, NextModel, NextSimilarity, NextVersion,
	Numbers, Open, Pairs, Queue, QueueEnds, Roots, Similarities, Slugs, States, Versions, Withdrawals,
};
use atelier_primitives::lineage::Flag;

/// What is said of a chain with some of everything after it was corrupted.
fn complaint(corrupt: impl FnOnce()) -> String {
	let mut complaint = String::new();
	chain().execute_with(|| {
		dataset(1, OPEN);
		Models::claim_alias(signed(1), super::names("one")).unwrap();
		let parent = published(1, from(1, &[], &[1]));
		published(2, from(2, &[parent.0], &[]));
		published(1, Exact::trained(1).publication());
		published(2, Exact::trained(2).publication());
		Models::claim_similar(signed(3), VersionId(2), VersionId(3)).unwrap();
		published(4, float(1));
		commit(5, &float(5)).unwrap();
		check();
		corrupt();
		complaint = format!("{:?}", Models::do_try_state().unwrap_err());
	});
	complaint
}

fn bites(number: u32, corrupt: impl FnOnce()) {
	let said = complaint(corrupt);
	assert!(said.contains(&format!("invariant {number}:")), "{number}: {said}");
}

const FIRST: VersionId = VersionId(0);
const SECOND: VersionId = VersionId(1);

#[test]
fn names() {
	bites(1, || Slugs::<Test>::remove(1, slug(0)));
	bites(1, || Slugs::<Test>::insert(9, slug(0), ModelId(0)));
	bites(2, || Aliases::<Test>::insert(name("one"), 7));
	bites(2, || Aliases::<Test>::insert(name("two"), 7));
}

fn slug(model: u32) -> crate::Name {
	Records::<Test>::get(ModelId(model)).unwrap().slug
}

#[test]
fn bytes_and_counts() {
	let model = |change: fn(&mut crate::ModelOf<Test>)| {
		Records::<Test>::mutate(ModelId(0), |model| change(model.as_mut().unwrap()))
	};
	bites(3, || model(|model| model.bytes += 1));
	bites(3, || model(|model| model.versions += 1));
	bites(3, || {
		Records::<Test>::remove(ModelId(0));
		Slugs::<Test>::remove(1, name("m0"));
	});
}

#[test]
fn records() {
	bites(4, || States::<Test>::remove(FIRST));
	bites(4, || Lineages::<Test>::remove(FIRST));
	bites(4, || Numbers::<Test>::remove(ModelId(0), 0));
	bites(4, || Claims::<Test>::remove([1; 32], ModelId(0)));
	bites(4, || Numbers::<Test>::insert(ModelId(0), 7, FIRST));
	bites(4, || {
		States::<Test>::mutate(FIRST, |state| {
			state.as_mut().unwrap().withdrawal = atelier_primitives::terms::Withdrawal::StopsDerivation
		})
	});
}

#[test]
fn lineage() {
	let above = |ids: &[u32]| {
		let ancestors: Vec<_> = ids.iter().map(|id| VersionId(*id)).collect();
		Lineages::<Test>::mutate(SECOND, |lineage| {
			lineage.as_mut().unwrap().ancestors = ancestors.try_into().unwrap()
		})
	};
	bites(5, || above(&[0, 1]));
	bites(5, || above(&[3]));
	bites(6, || above(&[]));
	bites(6, || {
		Lineages::<Test>::mutate(SECOND, |lineage| {
			lineage.as_mut().unwrap().sources = Default::default();
		})
	});
}

#[test]
fn shares() {
	bites(7, || {
		Versions::<Test>::mutate(SECOND, |version| {
			let parents = vec![(FIRST, percent(100))];
			let datasets = vec![(DatasetId(1), percent(1))];
			let publication = &mut version.as_mut().unwrap().publication;
			publication.parents = parents.try_into().unwrap();
			publication.datasets = datasets.try_into().unwrap();
		})
	});
}

#[test]
fn dependants() {
	bites(8, || {
		States::<Test>::mutate(FIRST, |state| state.as_mut().unwrap().dependants += 1)
	});
	bites(8, || {
		States::<Test>::mutate(FIRST, |state| state.as_mut().unwrap().dependants -= 1)
	});
}

#[test]
fn weights() {
	bites(9, || {
		Roots::<Test>::mutate([1; 32], |root| root.as_mut().unwrap().models = 1)
	});
	bites(9, || {
		Roots::<Test>::mutate([1; 32], |root| {
			root.as_mut().unwrap().decided = Some(ModelId(1));
		})
	});
	bites(9, || Roots::<Test>::remove([2; 32]));
	bites(9, || {
		Claims::<Test>::mutate([2; 32], ModelId(1), |claim| claim.as_mut().unwrap().latest = FIRST)
	});
	bites(9, || {
		Claims::<Test>::mutate([2; 32], ModelId(1), |claim| claim.as_mut().unwrap().committed += 1)
	});
}

#[test]
fn promises() {
	bites(10, || Open::<Test>::insert(5, 2));
	bites(10, || Open::<Test>::remove(5));
	bites(10, || Open::<Test>::insert(6, 1));
	bites(10, || {
		let _all = Queue::<Test>::clear(u32::MAX, None);
	});
	bites(10, || QueueEnds::<Test>::put((0, 0)));
	bites(10, || Queue::<Test>::insert(1_000, (5, [0; 32], 0)));
}

#[test]
fn consent() {
	bites(11, || {
		Checked::<Test>::insert(FIRST, (Withdrawals::<Test>::get() + 1, Flag::Clear))
	});
	bites(11, || {
		Checked::<Test>::insert(FIRST, (Withdrawals::<Test>::get(), Flag::NoServing))
	});
	bites(11, || Checked::<Test>::insert(VersionId(99), (0, Flag::Clear)));
	// A withdrawal that did not move the counter.
	bites(11, || {
		Known::mutate(|known| known.get_mut(&DatasetId(1)).unwrap().1 = true);
	});
}

#[test]
fn similarities() {
	bites(12, || Pairs::<Test>::remove(VersionId(3), VersionId(2)));
	bites(12, || {
		Pairs::<Test>::insert(VersionId(3), VersionId(1), SimilarityId(0))
	});
	bites(12, || {
		Similarities::<Test>::mutate(SimilarityId(0), |claim| claim.as_mut().unwrap().bond += 1)
	});
}

#[test]
fn numbers() {
	bites(13, || NextModel::<Test>::put(ModelId(0)));
	bites(13, || NextVersion::<Test>::put(VersionId(0)));
	bites(13, || NextSimilarity::<Test>::put(SimilarityId(0)));
	bites(13, || {
		Records::<Test>::mutate(ModelId(0), |model| model.as_mut().unwrap().next = 0)
	});
}

#[test]
fn dues() {
	let due = |of: u32, to: &[u32]| {
		let dues: Vec<_> = to
			.iter()
			.map(|to| Due {
				to: VersionId(*to),
				part: percent(1),
			})
			.collect();
		Dues::<Test>::insert(VersionId(of), DuesOf::try_from(dues).unwrap());
	};
	bites(14, || due(1, &[2]));
	bites(14, || due(2, &[1, 0]));
	bites(14, || due(99, &[1]));
	// Not counted by what it is owed to.
	bites(8, || due(1, &[0]));
}

fn name(text: &str) -> crate::Name {
	super::names(text).try_into().unwrap()
}
