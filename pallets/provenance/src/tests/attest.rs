// SPDX-License-Identifier: Apache-2.0

use super::*;

fn about_account(who: u8, statement: StatementOf) -> frame_support::dispatch::DispatchResult {
	Provenance::attest(signed(who), Subject::Account(account(1)), statement)
}

fn referring(to: u64) -> StatementOf {
	StatementOf {
		reference: Some(AttestationId(to)),
		..statement(QUALITY)
	}
}

fn until(last: u32) -> StatementOf {
	StatementOf {
		expiry: Some(last),
		..statement(QUALITY)
	}
}

#[test]
fn keeps_who_said_what_of_what_and_when() {
	chain(|| {
		let dataset = register(1, 5);
		at(4);
		assert_ok!(Provenance::attest(signed(2), Subject::Dataset(dataset), until(9)));
		System::assert_last_event(
			Event::Attested {
				attestation: AttestationId(0),
				schema: QUALITY,
				attester: account(2),
				about: About::One(Subject::Dataset(dataset)),
			}
			.into(),
		);
		let attestation = Attestations::<Test>::get(AttestationId(0)).unwrap();
		assert_eq!(attestation.attester, account(2));
		assert_eq!(attestation.about, About::One(Subject::Dataset(dataset)));
		assert_eq!(attestation.statement, until(9));
		assert_eq!(
			(attestation.made, attestation.revoked, attestation.references),
			(4, None, 0)
		);
		assert!(held(2) > 0);
	});
}

#[test]
fn anybody_may_say_anything_twice() {
	chain(|| {
		assert_ok!(about_account(2, statement(QUALITY)));
		assert_ok!(about_account(2, statement(QUALITY)));
		assert_ok!(about_account(3, statement(ORIGIN)));
	});
}

#[test]
fn fails_for_a_subject_that_does_not_exist() {
	chain(|| {
		for subject in [
			Subject::Dataset(DatasetId(0)),
			Subject::Version(VersionId(3)),
			Subject::Account(account(9)),
			Subject::Job(JobId(0)),
			Subject::Round(RoundId(0)),
		] {
			assert_noop!(
				Provenance::attest(signed(2), subject, statement(QUALITY)),
				Fails::UnknownSubject
			);
		}
		assert_ok!(Provenance::attest(
			signed(2),
			Subject::Version(VersionId(2)),
			statement(QUALITY)
		));
	});
}

#[test]
fn fails_for_a_schema_that_does_not_exist() {
	chain(|| {
		assert_noop!(about_account(2, statement(SchemaId(8))), Fails::UnknownSchema);
	});
}

#[test]
fn fails_when_it_would_allow_more_than_its_schema() {
	chain(|| {
		assert_ok!(Provenance::register_schema(signed(1), Definition::Hash([3; 32]), false));
		let schema = SchemaId(8);
		assert_noop!(about_account(2, statement(schema)), Fails::Irrevocable);
		let for_good = StatementOf {
			revocable: false,
			..statement(schema)
		};
		assert_ok!(about_account(2, for_good));
	});
}

#[test]
fn fails_when_it_would_never_hold_after_this_block() {
	chain(|| {
		at(5);
		for last in [0, 4, 5] {
			assert_noop!(about_account(2, until(last)), Fails::ExpiryPassed);
		}
		assert_ok!(about_account(2, until(6)));
		assert_ok!(about_account(2, until(u32::MAX)));
	});
}

#[test]
fn holds_up_to_its_last_block() {
	chain(|| {
		at(2);
		let attestation = attest(2, until(6));
		for (now, holds) in [(1, false), (2, true), (6, true), (7, false)] {
			assert_eq!(Provenance::is_valid(attestation, now), holds, "in block {now}");
		}
	});
}

#[test]
fn counts_in_what_it_refers_to() {
	chain(|| {
		attest(2, statement(QUALITY));
		assert_ok!(about_account(3, referring(0)));
		assert_ok!(about_account(2, referring(0)));
		assert_eq!(Attestations::<Test>::get(AttestationId(0)).unwrap().references, 2);
	});
}

#[test]
fn fails_for_a_reference_to_nothing() {
	chain(|| {
		assert_noop!(about_account(2, referring(0)), Fails::UnknownReference);
		attest(2, statement(QUALITY));
		assert_noop!(about_account(2, referring(1)), Fails::UnknownReference);
	});
}

#[test]
fn fails_for_a_reference_to_what_has_expired() {
	chain(|| {
		attest(2, until(6));
		at(6);
		assert_ok!(about_account(3, referring(0)));
		at(7);
		assert_noop!(about_account(3, referring(0)), Fails::ReferenceExpired);
	});
}

#[test]
fn fails_for_a_reference_to_what_was_revoked() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		assert_ok!(about_account(3, referring(0)));
		assert_ok!(Provenance::revoke(signed(2), attestation));
		assert_noop!(about_account(3, referring(0)), Fails::ReferenceRevoked);
	});
}

#[test]
fn fails_for_more_references_than_can_be_counted() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		let count = |references| {
			Attestations::<Test>::mutate(attestation, |known| known.as_mut().unwrap().references = references);
		};
		count(u32::MAX - 1);
		assert_ok!(about_account(3, referring(0)));
		assert_noop!(about_account(3, referring(0)), Fails::TooManyReferences);
		count(1);
	});
}

#[test]
fn says_at_most_1024_bytes() {
	chain(|| {
		let saying = |bytes: usize| StatementOf {
			data: Data::Bytes(DataBytes::try_from(vec![1; bytes]).unwrap()),
			..statement(QUALITY)
		};
		assert_ok!(about_account(2, saying(0)));
		assert_ok!(about_account(2, saying(MAX_DATA as usize)));
		assert!(DataBytes::try_from(vec![1; MAX_DATA as usize + 1]).is_err());
	});
}

#[test]
fn longer_data_is_refused_before_it_is_read() {
	use codec::{Decode, Encode};
	let call = |bytes: Vec<u8>| {
		let statement = Statement {
			schema: QUALITY,
			revocable: true,
			expiry: None,
			reference: None,
			data: Data::Bytes(bytes),
		};
		let mut encoded = vec![7_u8];
		(Subject::Account(account(1)), statement).encode_to(&mut encoded);
		Call::<Test>::decode(&mut encoded.as_slice())
	};
	assert!(call(vec![1; MAX_DATA as usize]).is_ok());
	assert!(call(vec![1; MAX_DATA as usize + 1]).is_err());
}

#[test]
fn fails_without_the_deposit() {
	chain(|| {
		assert_noop!(about_account(9, statement(QUALITY)), TokenError::FundsUnavailable);
	});
}

#[test]
fn fails_when_all_ids_were_given() {
	chain(|| {
		NextAttestation::<Test>::put(AttestationId(u64::MAX));
		assert_noop!(about_account(2, statement(QUALITY)), Fails::NoIdsLeft);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Provenance::attest(origin, Subject::Account(account(1)), statement(QUALITY)),
				BadOrigin
			);
		}
	});
}

#[test]
fn several_at_once_are_a_batch_and_one_that_fails_undoes_all() {
	chain(|| {
		let call = |subject| {
			RuntimeCall::Provenance(Call::attest {
				subject,
				statement: statement(QUALITY),
			})
		};
		let good: Vec<_> = (1..=3).map(|who| call(Subject::Account(account(who)))).collect();
		assert_ok!(Utility::batch_all(signed(2), good.clone()));
		assert_eq!(Provenance::attestations_by(account(2), None, 9).items.len(), 3);
		let bad = [good, vec![call(Subject::Account(account(9)))]].concat();
		let result = Utility::batch_all(signed(2), bad);
		assert_eq!(result.unwrap_err().error, Fails::UnknownSubject.into());
		assert_eq!(NextAttestation::<Test>::get(), AttestationId(3));
	});
}
