// SPDX-License-Identifier: Apache-2.0

//! Random histories by random actors: whatever happens in whatever order, the invariants hold, what was refused changed
//! nothing, no money appears or disappears, and a withdrawal always succeeds and stands for ever.
//!
//! 100,000 operations in all, after 60,000 of which every invariant is checked.

use super::*;
use frame_support::dispatch::DispatchResult;
use proptest::{collection::vec, option, prelude::*};
use sp_runtime::StateVersion;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Op {
	Register { who: u8, root: u8, last: Option<u32> },
	Offer { who: u8, dataset: u32, to: Option<u8> },
	Accept { who: u8, dataset: u32 },
	Withdraw { who: u8, dataset: u32 },
	RemoveDataset { who: u8, dataset: u32 },
	Use { dataset: u32 },
	RegisterSchema { who: u8, words: u8, revocable: bool },
	RemoveSchema { who: u8, schema: u32 },
	Attest { who: u8, about: Subject<u8>, said: Said },
	AttestMany { who: u8, count: u64, said: Said },
	Revoke { who: u8, attestation: u64 },
	RemoveAttestation { who: u8, attestation: u64 },
	Spend { who: u8 },
	Earn { who: u8 },
	Pass { blocks: u32 },
	Price { byte: u64 },
}

#[derive(Clone, Debug)]
struct Said {
	schema: u32,
	revocable: bool,
	lasts: Option<u32>,
	reference: Option<u64>,
	bytes: usize,
}

fn said() -> impl Strategy<Value = Said> {
	let lasts = option::of(0..12_u32);
	let reference = option::weighted(0.3, 0..10_u64);
	// Of the schemas with which the chain begins the last, and what comes after.
	(6..11_u32, prop::bool::weighted(0.8), lasts, reference, 0..90_usize).prop_map(
		|(schema, revocable, lasts, reference, bytes)| Said {
			schema,
			revocable,
			lasts,
			reference,
			bytes,
		},
	)
}

fn subject() -> impl Strategy<Value = Subject<u8>> {
	prop_oneof![
		(0..6_u32).prop_map(|id| Subject::Dataset(DatasetId(id))),
		(0..5_u32).prop_map(|id| Subject::Version(VersionId(id))),
		(1..6_u8).prop_map(Subject::Account),
		Just(Subject::Job(JobId(0))),
	]
}

fn op() -> impl Strategy<Value = Op> {
	// Of few things and by few, so that they meet.
	let who = || 1..5_u8;
	let dataset = || 0..6_u32;
	let attestation = || 0..12_u64;
	prop_oneof![
		3 => (who(), 0..3_u8, option::of(0..20_u32)).prop_map(|(who, root, last)| Op::Register { who, root, last }),
		2 => (who(), dataset(), option::of(who())).prop_map(|(who, dataset, to)| Op::Offer { who, dataset, to }),
		3 => (who(), dataset()).prop_map(|(who, dataset)| Op::Accept { who, dataset }),
		2 => (who(), dataset()).prop_map(|(who, dataset)| Op::Withdraw { who, dataset }),
		2 => (who(), dataset()).prop_map(|(who, dataset)| Op::RemoveDataset { who, dataset }),
		1 => dataset().prop_map(|dataset| Op::Use { dataset }),
		1 => (who(), 0..3_u8, any::<bool>())
			.prop_map(|(who, words, revocable)| Op::RegisterSchema { who, words, revocable }),
		1 => (who(), 6..11_u32).prop_map(|(who, schema)| Op::RemoveSchema { who, schema }),
		6 => (who(), subject(), said()).prop_map(|(who, about, said)| Op::Attest { who, about, said }),
		1 => (who(), 0..3_u64, said()).prop_map(|(who, count, said)| Op::AttestMany { who, count, said }),
		4 => (who(), attestation()).prop_map(|(who, attestation)| Op::Revoke { who, attestation }),
		6 => (who(), attestation()).prop_map(|(who, attestation)| Op::RemoveAttestation { who, attestation }),
		1 => who().prop_map(|who| Op::Spend { who }),
		1 => who().prop_map(|who| Op::Earn { who }),
		2 => (1..6_u32).prop_map(|blocks| Op::Pass { blocks }),
		1 => (1..5_u64).prop_map(|byte| Op::Price { byte }),
	]
}

fn stated(said: Said) -> StatementOf {
	StatementOf {
		schema: SchemaId(said.schema),
		revocable: said.revocable,
		expiry: said.lasts.map(|lasts| System::block_number() + lasts),
		reference: said.reference.map(AttestationId),
		data: Data::Bytes(DataBytes::truncate_from(vec![1; said.bytes])),
	}
}

fn named(about: Subject<u8>) -> Subject<AccountId> {
	match about {
		Subject::Account(who) => Subject::Account(account(who)),
		Subject::Dataset(id) => Subject::Dataset(id),
		Subject::Version(id) => Subject::Version(id),
		Subject::Job(id) => Subject::Job(id),
		Subject::Round(id) => Subject::Round(id),
	}
}

fn apply(op: Op) -> DispatchResult {
	match op {
		Op::Register { who, root, last } => {
			let mut facts = facts(root);
			facts.terms.expiry = last;
			Provenance::register_dataset(signed(who), facts)
		}
		Op::Offer { who, dataset, to } => Provenance::offer_dataset(signed(who), DatasetId(dataset), to.map(account)),
		Op::Accept { who, dataset } => Provenance::accept_dataset(signed(who), DatasetId(dataset)),
		Op::Withdraw { who, dataset } => {
			let dataset = DatasetId(dataset);
			let may = Datasets::<Test>::get(dataset)
				.is_some_and(|known| known.owner == account(who) && known.consent == Consent::Given);
			let result = Provenance::withdraw_consent(signed(who), dataset);
			assert_eq!(
				result.is_ok(),
				may,
				"the owner, and nobody else, withdraws whatever else is so"
			);
			if may {
				assert_eq!(Provenance::flag(dataset), Flag::NoServing);
				assert_eq!(
					Provenance::allow(dataset, &OPEN, sp_runtime::Permill::one(), 0),
					Err(Unusable::Withdrawn)
				);
			}
			result
		}
		Op::RemoveDataset { who, dataset } => Provenance::remove_dataset(signed(who), DatasetId(dataset)),
		Op::Use { dataset } => {
			Provenance::used(DatasetId(dataset)).map_err(|_| sp_runtime::DispatchError::Other("unusable"))
		}
		Op::RegisterSchema { who, words, revocable } => {
			Provenance::register_schema(signed(who), Definition::Hash([words; 32]), revocable)
		}
		Op::RemoveSchema { who, schema } => Provenance::remove_schema(signed(who), SchemaId(schema)),
		Op::Attest { who, about, said } => Provenance::attest(signed(who), named(about), stated(said)),
		Op::AttestMany { who, count, said } => Provenance::attest_many(signed(who), [1; 32], count, stated(said)),
		Op::Revoke { who, attestation } => Provenance::revoke(signed(who), AttestationId(attestation)),
		Op::RemoveAttestation { who, attestation } => {
			Provenance::remove_attestation(signed(who), AttestationId(attestation))
		}
		Op::Spend { who } => Balances::transfer_all(signed(who), account(8), false),
		Op::Earn { who } => Balances::transfer_keep_alive(signed(8), account(who), 3_000),
		Op::Pass { blocks } => {
			at(System::block_number() + blocks);
			Ok(())
		}
		Op::Price { byte } => {
			PricePerByte::set(byte);
			Ok(())
		}
	}
}

/// What never changes of a dataset, and since when it is withdrawn.
type Known = BTreeMap<DatasetId, (DatasetFacts, u32, Option<u32>)>;

fn remember(known: &mut Known) {
	for (id, dataset) in Datasets::<Test>::iter() {
		let withdrawn = match dataset.consent {
			Consent::Given => None,
			Consent::Withdrawn { at } => Some(at),
		};
		let now = (dataset.facts, dataset.registered, withdrawn);
		if let Some(before) = known.insert(id, now.clone()) {
			assert_eq!((&before.0, before.1), (&now.0, now.1), "what was stated never changes");
			assert!(
				before.2.is_none() || before.2 == now.2,
				"what was withdrawn stays withdrawn"
			);
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(600)))]
	#[test]
	fn every_history_keeps_the_invariants(history in vec(op(), 100)) {
		chain(|| {
			let mut known = Known::new();
			for op in history {
				let _may_be_refused = apply(op);
				Provenance::do_try_state().unwrap();
				remember(&mut known);
			}
		});
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(200)))]
	#[test]
	fn what_is_refused_changes_nothing(history in vec(op(), 100)) {
		chain(|| {
			let mut before = sp_io::storage::root(StateVersion::V1);
			for op in history {
				let result = apply(op.clone());
				let after = sp_io::storage::root(StateVersion::V1);
				assert!(result.is_ok() || before == after, "{op:?} was refused and changed something");
				before = after;
			}
		});
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(200)))]
	#[test]
	fn every_deposit_comes_back(history in vec(op(), 100)) {
		chain(|| {
			for op in history {
				let keeps = matches!(&op, Op::Use { .. })
					|| matches!(&op, Op::Attest { said, .. } | Op::AttestMany { said, .. }
						if !said.revocable && said.lasts.is_none());
				if !keeps {
					let _may_be_refused = apply(op);
				}
			}
			clean_up();
			for who in 1..=RICH {
				assert_eq!(held(who), 0);
			}
			assert_eq!(Schemas::<Test>::iter_keys().count(), GENESIS.len());
		});
	}
}

/// Everybody takes back and removes all it can: the last of what refers to one another first.
fn clean_up() {
	let who = |account: &AccountId| RuntimeOrigin::signed(account.clone());
	at(1_000);
	let mut attestations: Vec<_> = Attestations::<Test>::iter().collect();
	attestations.sort_by_key(|(id, _)| core::cmp::Reverse(*id));
	for (id, attestation) in attestations {
		let _may_have_been = Provenance::revoke(who(&attestation.attester), id);
		Provenance::remove_attestation(who(&attestation.attester), id).unwrap();
	}
	for (id, dataset) in Datasets::<Test>::iter().collect::<Vec<_>>() {
		Provenance::remove_dataset(who(&dataset.owner), id).unwrap();
	}
	for (id, schema) in Schemas::<Test>::iter().collect::<Vec<_>>() {
		if let Some((registrant, _)) = schema.registrant {
			Provenance::remove_schema(who(&registrant), id).unwrap();
		}
	}
}

/// So many histories of 100 operations, or as many as `ATELIER_CASES` says (`make test-long`).
fn cases(histories: u32) -> u32 {
	std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(histories)
}
