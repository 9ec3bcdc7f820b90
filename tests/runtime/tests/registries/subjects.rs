// SPDX-License-Identifier: Apache-2.0

//! What can be attested of, and what a withdrawal reaches.

use crate::world::*;
use atelier_primitives::{
	attestations::CONSENT,
	ids::{DatasetId, JobId, RoundId, Subject, VersionId},
	lineage::{Consent, Flag},
};
use atelier_runtime::genesis::DEVELOPMENT;
use atelier_runtime_tests::{Account, Chain, R, account, run_blocks};
use frame_support::assert_noop;
use sp_runtime::Permill;

#[test]
fn nothing_is_attested_of_what_does_not_exist() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let refused = sp_runtime::DispatchError::from(pallet_provenance::Error::<R>::UnknownSubject);
		for subject in [
			Subject::Dataset(DatasetId(0)),
			Subject::Version(VersionId(0)),
			Subject::Account(account(Account::Two)),
			Subject::Job(JobId(0)),
			Subject::Round(RoundId(0)),
		] {
			let statement = atelier_primitives::attestations::Statement {
				schema: CONSENT,
				revocable: true,
				expiry: None,
				reference: None,
				data: atelier_primitives::attestations::Data::Hash([7; 32]),
			};
			assert_noop!(
				call(Account::Alice, pallet_provenance::Call::attest { subject, statement }),
				refused
			);
		}
		let model = create_model(Account::Alice, "m");
		let version = publish(Account::Alice, model, publication(1, OPEN));
		assert!(attest(Account::Bob, CONSENT, Subject::Version(version)).is_some());
		assert!(attest(Account::Bob, CONSENT, Subject::Account(account(Account::Alice))).is_some());
	});
}

/// Twenty versions deep, in the block of the withdrawal, also where somebody looked before.
#[test]
fn a_withdrawal_reaches_everything_below_at_once() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let dataset = register(Account::Bob, 1, OPEN);
		let model = create_model(Account::Alice, "m");
		let first = publish(
			Account::Alice,
			model,
			made_from(publication(1, OPEN), &[], &[dataset], Permill::zero()),
		);
		let mut versions = vec![first];
		for weights in 2..=20 {
			let parent = *versions.last().expect("there is one");
			versions.push(publish(
				Account::Alice,
				model,
				made_from(publication(weights, OPEN), &[parent], &[], Permill::zero()),
			));
		}
		let allowed = |version| atelier_runtime::Models::allowed(version, USE);
		for version in &versions {
			assert_eq!(flag(*version), Some(Flag::Clear));
			assert!(allowed(*version).is_ok());
			// A job asks, and what it learns is kept.
			let _ =
				<atelier_runtime::Models as atelier_primitives::models::Versions<_, _>>::allow(*version, USE, now());
		}
		run_blocks(1);
		withdraw_consent(Account::Bob, dataset).expect("it is Bob's");
		assert_eq!(consent_of(dataset), Some(Consent::Withdrawn { at: now() }));
		for version in &versions {
			assert_eq!(flag(*version), Some(Flag::NoServing));
			assert!(allowed(*version).is_err());
		}
	});
}

/// That the test above can fail: a withdrawal of which models are not told leaves what they know.
#[test]
fn who_is_not_told_knows_nothing() {
	let mut chain = None;
	Chain::from_preset(DEVELOPMENT).run(|| {
		let dataset = register(Account::Bob, 1, OPEN);
		let model = create_model(Account::Alice, "m");
		let version = publish(
			Account::Alice,
			model,
			made_from(publication(1, OPEN), &[], &[dataset], Permill::zero()),
		);
		let _ = <atelier_runtime::Models as atelier_primitives::models::Versions<_, _>>::allow(version, USE, now());
		let before = pallet_provenance::Datasets::<R>::get(dataset).expect("it is there");
		pallet_provenance::Datasets::<R>::mutate(dataset, |record| {
			if let Some(record) = record {
				record.consent = Consent::Withdrawn { at: 0 };
			}
		});
		chain = flag(version);
		pallet_provenance::Datasets::<R>::insert(dataset, before);
	});
	assert_eq!(chain, Some(Flag::Clear), "what is known is not looked at again");
}
