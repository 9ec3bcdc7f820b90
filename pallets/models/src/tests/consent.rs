// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{
	checks::{without, Check},
	WeightInfo, Withdrawals,
};
use atelier_primitives::{
	lineage::Flag,
	models::{Publication, Refused, Status, Versions},
	terms::{Forbidden, Purpose, Purposes, Terms, Use},
};

const RESEARCH: Use = Use {
	purpose: Purpose::Research,
	commercial: false,
};

fn flag(version: VersionId) -> Flag {
	Models::flag(version).unwrap()
}

fn allow(version: VersionId) -> Result<Status, Refused> {
	let (allowed, _) = <Models as Versions<_, _>>::allow(version, RESEARCH, now());
	assert_eq!(allowed, Models::allowed(version, RESEARCH), "the view says the same");
	allowed.map(|allowed| allowed.status)
}

/// So many versions, each made from the one before; the first from a dataset.
fn chain_of(depth: u32) -> Vec<VersionId> {
	let model = model(1);
	let mut chain = vec![publish(1, model, from(0, &[], &[1]))];
	for root in 1..depth {
		let parent = chain.last().unwrap().0;
		chain.push(publish(1, model, from(root as u8, &[parent], &[])));
	}
	chain
}

#[test]
fn a_withdrawal_is_seen_at_any_depth_at_once() {
	execute(|| {
		dataset(1, OPEN);
		let chain = chain_of(100);
		let last = *chain.last().unwrap();
		assert_eq!(allow(last), Ok(Status::Active));
		withdraw_dataset(1);
		for version in chain {
			assert_eq!(flag(version), Flag::NoServing);
			assert_eq!(allow(version), Err(Refused::Consent));
		}
	});
}

#[test]
fn what_it_stops_follows_its_terms() {
	execute(|| {
		dataset(1, SERVES_ON);
		let gentle = published(1, from(1, &[], &[1]));
		withdraw_dataset(1);
		assert_eq!(flag(gentle), Flag::NoDerivation);
		assert_eq!(allow(gentle), Ok(Status::Active));

		let parent = published(1, float(2));
		let child = published(2, from(3, &[parent.0], &[]));
		assert_ok!(Models::withdraw_version(signed(1), parent));
		assert_eq!((flag(parent), flag(child)), (Flag::NoServing, Flag::NoServing));
		assert_eq!(allow(parent), Err(Refused::Withdrawn));
		assert_eq!(allow(child), Err(Refused::Consent));

		let parent = published(
			1,
			Publication {
				terms: SERVES_ON,
				..float(4)
			},
		);
		let child = published(2, from(5, &[parent.0], &[]));
		assert_ok!(Models::withdraw_version(signed(1), parent));
		assert_eq!(flag(child), Flag::NoDerivation);
		assert_eq!(allow(child), Ok(Status::Active));
		assert_eq!(allow(parent), Err(Refused::Withdrawn));
	});
}

#[test]
fn the_ancestry_is_looked_at_once_for_each_withdrawal() {
	execute(|| {
		dataset(1, OPEN);
		dataset(2, SERVES_ON);
		let version = published(1, from(1, &[], &[1]));
		let other = published(1, from(2, &[], &[2]));
		let weigh = || <Models as Versions<_, _>>::allow(version, RESEARCH, now()).1;
		assert_eq!(weigh(), <() as WeightInfo>::allow_known(), "publication knew it");
		withdraw_dataset(2);
		crate::mock::Asked::set(0);
		assert_eq!(weigh(), <() as WeightInfo>::allow_walk(0, 1));
		assert_eq!(crate::mock::Asked::get(), 1);
		for _ in 0..9 {
			assert_eq!(weigh(), <() as WeightInfo>::allow_known());
		}
		assert_eq!(crate::mock::Asked::get(), 1);
		let most = <Models as Versions<AccountId, Balance>>::most();
		assert!(<() as WeightInfo>::allow_walk(256, 256).all_lte(most));
		assert_eq!(flag(other), Flag::NoDerivation);
	});
}

#[test]
fn without_the_counter_a_withdrawn_dataset_would_be_used_on() {
	execute(|| {
		dataset(1, OPEN);
		let version = published(1, from(1, &[], &[1]));
		withdraw_dataset(1);
		let used = without(Check::Counter, || {
			<Models as Versions<AccountId, Balance>>::allow(version, RESEARCH, now())
				.0
				.is_ok()
		});
		assert!(used);
		assert_eq!(allow(version), Err(Refused::Consent));
	});
}

#[test]
fn queries_write_nothing() {
	execute(|| {
		dataset(1, OPEN);
		let version = published(1, from(1, &[], &[1]));
		withdraw_dataset(1);
		let before = root();
		Models::flag(version);
		Models::version(version);
		Models::lineage(version);
		Models::allowed(version, RESEARCH).unwrap_err();
		Models::contest([1; 32]);
		Models::models_of(1, None, 9);
		assert_eq!(root(), before);
		assert_eq!(Withdrawals::<Test>::get(), 1);
	});
}

#[test]
fn a_use_must_be_within_the_terms() {
	execute(|| {
		let version = published(
			1,
			Publication {
				terms: Terms {
					commercial: false,
					purposes: Purposes::NONE.with(Purpose::Research),
					expiry: Some(50),
					..OPEN
				},
				..float(1)
			},
		);
		let allow = |wanted, now| {
			<Models as Versions<AccountId, Balance>>::allow(version, wanted, now)
				.0
				.map(|_| ())
		};
		assert_eq!(allow(RESEARCH, 50), Ok(()));
		assert_eq!(allow(RESEARCH, 51), Err(Refused::Terms(Forbidden::Expired)));
		let sold = Use {
			commercial: true,
			..RESEARCH
		};
		assert_eq!(allow(sold, 9), Err(Refused::Terms(Forbidden::CommercialUse)));
		let health = Use {
			purpose: Purpose::Health,
			..RESEARCH
		};
		assert_eq!(allow(health, 9), Err(Refused::Terms(Forbidden::Purpose)));
		assert_eq!(super::consent::allow(VersionId(9)), Err(Refused::Unknown));
	});
}

/// Whether weights can be published again without the dataset that they were made from.
fn escapes() -> bool {
	dataset(1, OPEN);
	let model = model(1);
	publish(1, model, from(1, &[], &[1]));
	commit(1, &float(1)).unwrap();
	pass(DELAY);
	let published = reveal(1, model, float(1));
	if published.is_err() {
		assert_eq!(published, Err(Error::<Test>::LineageLeftOut.into()));
		reveal(1, model, from(1, &[], &[1])).unwrap();
	}
	withdraw_dataset(1);
	allow(VersionId(1)).is_ok()
}

#[test]
fn the_same_weights_keep_what_they_were_made_from() {
	execute(|| assert!(!escapes()));
	execute(|| assert!(without(Check::SameLineage, escapes)));
}
