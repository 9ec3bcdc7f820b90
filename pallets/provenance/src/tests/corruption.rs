// SPDX-License-Identifier: Apache-2.0

//! Each invariant bites: a state that breaks it is reported by its number.

use super::*;
use crate::indices::Ordered;
use frame_support::traits::{
	fungible::MutateHold,
	tokens::{Fortitude, Precision},
};

const DATASET: DatasetId = DatasetId(0);
const SCHEMA: SchemaId = SchemaId(8);
const FIRST: AttestationId = AttestationId(0);
const SECOND: AttestationId = AttestationId(1);
const MANY: AttestationId = AttestationId(2);

/// A sound state with something of everything, corrupted: the numbers of the invariant that complains.
fn broken_by(corrupt: impl FnOnce()) -> String {
	new_test_ext().execute_with(|| {
		at(4);
		register(1, 5);
		Provenance::register_schema(signed(1), Definition::Hash([3; 32]), false).unwrap();
		Provenance::attest(signed(2), Subject::Dataset(DATASET), statement(QUALITY)).unwrap();
		attest(
			3,
			StatementOf {
				reference: Some(FIRST),
				..statement(EVALUATION)
			},
		);
		Provenance::attest_many(signed(2), [1; 32], 3, statement(QUALITY)).unwrap();
		Provenance::do_try_state().unwrap();
		corrupt();
		let complaint = format!("{:?}", Provenance::do_try_state().unwrap_err());
		let (_, number) = complaint.split_once("invariant ").unwrap();
		number.split(':').next().unwrap().to_string()
	})
}

fn dataset(change: impl FnOnce(&mut DatasetOf<Test>)) {
	Datasets::<Test>::mutate(DATASET, |dataset| change(dataset.as_mut().unwrap()));
}

fn schema(id: SchemaId, change: impl FnOnce(&mut SchemaOf<Test>)) {
	Schemas::<Test>::mutate(id, |schema| change(schema.as_mut().unwrap()));
}

fn attestation(id: AttestationId, change: impl FnOnce(&mut AttestationOf<Test>)) {
	Attestations::<Test>::mutate(id, |attestation| change(attestation.as_mut().unwrap()));
}

#[test]
fn invariant_1_a_hold_that_is_no_ticket() {
	for (reason, who) in [
		(HoldReason::Dataset, 1),
		(HoldReason::Schema, 1),
		(HoldReason::Attestation, 2),
		(HoldReason::Schema, 3),
	] {
		assert_eq!(
			broken_by(|| Balances::hold(&reason.into(), &account(who), 1).unwrap()),
			"1"
		);
	}
}

#[test]
fn invariant_1_a_ticket_that_is_not_held() {
	for (reason, who) in [
		(HoldReason::Dataset, 1),
		(HoldReason::Schema, 1),
		(HoldReason::Attestation, 2),
	] {
		let release = || {
			Balances::release(&reason.into(), &account(who), 1, Precision::Exact).unwrap();
		};
		assert_eq!(broken_by(release), "1");
		let burn = || {
			Balances::burn_all_held(&reason.into(), &account(who), Precision::Exact, Fortitude::Force).unwrap();
		};
		assert_eq!(broken_by(burn), "1");
	}
}

#[test]
fn invariant_2_a_dataset_outside_an_index() {
	assert_eq!(
		broken_by(|| DatasetsByOwner::<Test>::remove(account(1), DATASET.key())),
		"2"
	);
	assert_eq!(
		broken_by(|| DatasetsByRoot::<Test>::remove([5; 32], DATASET.key())),
		"2"
	);
}

#[test]
fn invariant_2_an_index_entry_without_its_dataset() {
	let stranger = DatasetId(7).key();
	assert_eq!(
		broken_by(|| DatasetsByOwner::<Test>::insert(account(1), stranger, ())),
		"2"
	);
	assert_eq!(
		broken_by(|| DatasetsByRoot::<Test>::insert([6; 32], DATASET.key(), ())),
		"2"
	);
}

#[test]
fn invariant_3_an_attestation_outside_an_index() {
	let subject = Subject::Dataset(DATASET);
	assert_eq!(
		broken_by(|| AttestationsBySubject::<Test>::remove(subject, FIRST.key())),
		"3"
	);
	assert_eq!(
		broken_by(|| AttestationsByAttester::<Test>::remove(account(2), MANY.key())),
		"3"
	);
	assert_eq!(
		broken_by(|| AttestationsBySchema::<Test>::remove(QUALITY, FIRST.key())),
		"3"
	);
}

#[test]
fn invariant_3_an_index_entry_without_its_attestation() {
	let subject = Subject::Dataset(DATASET);
	assert_eq!(
		broken_by(|| AttestationsBySubject::<Test>::insert(subject, MANY.key(), ())),
		"3"
	);
	assert_eq!(
		broken_by(|| AttestationsByAttester::<Test>::insert(account(1), FIRST.key(), ())),
		"3"
	);
	assert_eq!(
		broken_by(|| AttestationsBySchema::<Test>::insert(ORIGIN, FIRST.key(), ())),
		"3"
	);
}

#[test]
fn invariant_4_a_hash_that_leads_elsewhere() {
	assert_eq!(broken_by(|| SchemaByHash::<Test>::insert([9; 32], SCHEMA)), "4");
	let hash = || schemas::hash(&Definition::Hash([3; 32]), false);
	assert_eq!(broken_by(|| SchemaByHash::<Test>::remove(hash())), "4");
	assert_eq!(broken_by(|| SchemaByHash::<Test>::insert(hash(), ORIGIN)), "4");
}

#[test]
fn invariant_5_an_id_that_was_not_given_yet() {
	assert_eq!(broken_by(|| NextDataset::<Test>::put(DATASET)), "5");
	assert_eq!(broken_by(|| NextSchema::<Test>::put(SCHEMA)), "5");
	assert_eq!(broken_by(|| NextAttestation::<Test>::put(MANY)), "5");
}

#[test]
fn invariant_6_references_that_are_miscounted() {
	for references in [0, 2] {
		assert_eq!(
			broken_by(|| attestation(FIRST, |first| first.references = references)),
			"6"
		);
	}
	assert_eq!(broken_by(|| attestation(MANY, |many| many.references = 1)), "6");
	let elsewhere = |to| broken_by(|| attestation(SECOND, |second| second.statement.reference = to));
	for to in [None, Some(SECOND), Some(MANY)] {
		assert_eq!(elsewhere(to), "6");
	}
}

#[test]
fn invariant_7_an_attestation_of_what_is_gone() {
	let take_schema = || {
		let schema = Schemas::<Test>::take(EVALUATION).unwrap();
		SchemaByHash::<Test>::remove(schemas::hash(&schema.definition, true));
	};
	assert_eq!(broken_by(take_schema), "7");
	let take_dataset = || {
		let gone = Datasets::<Test>::take(DATASET).unwrap();
		DatasetsByOwner::<Test>::remove(account(1), DATASET.key());
		DatasetsByRoot::<Test>::remove([5; 32], DATASET.key());
		frame_support::traits::Consideration::<_, frame_support::traits::Footprint>::drop(gone.ticket, &gone.owner)
			.unwrap();
	};
	assert_eq!(broken_by(take_dataset), "7");
}

#[test]
fn invariant_8_a_first_schema_that_is_not_as_it_was() {
	let rename = |id: SchemaId, definition: Definition<DefinitionText>, revocable: bool| {
		let old = Schemas::<Test>::get(id).unwrap();
		SchemaByHash::<Test>::remove(schemas::hash(&old.definition, old.revocable));
		SchemaByHash::<Test>::insert(schemas::hash(&definition, revocable), id);
		schema(id, |schema| {
			schema.definition = definition;
			schema.revocable = revocable;
		});
	};
	assert_eq!(broken_by(|| rename(ORIGIN, Definition::Hash([9; 32]), true)), "8");
	let words = DefinitionText::try_from(GENESIS[0].definition.as_bytes().to_vec()).unwrap();
	assert_eq!(
		broken_by(|| rename(ORIGIN, Definition::Text(words.clone()), false)),
		"8"
	);
	let missing = || {
		let schema = Schemas::<Test>::take(ORIGIN).unwrap();
		SchemaByHash::<Test>::remove(schemas::hash(&schema.definition, true));
	};
	assert_eq!(broken_by(missing), "8");
}

#[test]
fn invariant_8_a_schema_that_nobody_registered() {
	let orphan = || {
		let (who, ticket) = Schemas::<Test>::get(SCHEMA).unwrap().registrant.unwrap();
		schema(SCHEMA, |schema| schema.registrant = None);
		frame_support::traits::Consideration::<_, frame_support::traits::Footprint>::drop(ticket, &who).unwrap();
	};
	assert_eq!(broken_by(orphan), "8");
}

#[test]
fn invariant_9_times_that_are_out_of_order() {
	assert_eq!(broken_by(|| dataset(|dataset| dataset.registered = 5)), "9");
	for at in [3, 5] {
		assert_eq!(
			broken_by(|| dataset(|dataset| dataset.consent = Consent::Withdrawn { at })),
			"9"
		);
		assert_eq!(broken_by(|| attestation(FIRST, |first| first.revoked = Some(at))), "9");
	}
	assert_eq!(broken_by(|| schema(SCHEMA, |schema| schema.registered = 5)), "9");
	assert_eq!(broken_by(|| attestation(FIRST, |first| first.made = 5)), "9");
	assert_eq!(
		broken_by(|| attestation(FIRST, |first| first.statement.expiry = Some(4))),
		"9"
	);
}

#[test]
fn invariant_10_the_irrevocable_revoked() {
	let revoked = || {
		attestation(FIRST, |first| {
			first.statement.revocable = false;
			first.revoked = Some(4);
		})
	};
	assert_eq!(broken_by(revoked), "10");
}

#[test]
fn invariant_10_an_attestation_that_allows_more_than_its_schema() {
	let moved = || {
		AttestationsBySchema::<Test>::remove(QUALITY, FIRST.key());
		AttestationsBySchema::<Test>::insert(SCHEMA, FIRST.key(), ());
		attestation(FIRST, |first| first.statement.schema = SCHEMA);
	};
	assert_eq!(broken_by(moved), "10");
}

#[test]
fn invariant_11_facts_that_are_not_accepted() {
	assert_eq!(broken_by(|| dataset(|dataset| dataset.facts.bytes = 0)), "11");
	assert_eq!(
		broken_by(|| dataset(|dataset| dataset.facts.licence.expression = expression("MIT OR"))),
		"11"
	);
	assert_eq!(
		broken_by(|| dataset(|dataset| dataset.offered = Some(account(1)))),
		"11"
	);
	for count in [0, atelier_referee::commit::MAX_LEAVES + 1] {
		let root = [1; 32];
		assert_eq!(
			broken_by(|| attestation(MANY, |many| many.about = About::Many { root, count })),
			"11"
		);
	}
}
