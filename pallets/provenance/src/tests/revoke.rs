// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn is_kept_with_its_time() {
	chain(|| {
		at(3);
		let attestation = attest(2, statement(QUALITY));
		at(7);
		assert_ok!(Provenance::revoke(signed(2), attestation));
		System::assert_last_event(Event::Revoked { attestation }.into());
		assert_eq!(Provenance::attestation(attestation).unwrap().revoked, Some(7));
		for (now, holds) in [(2, false), (3, true), (6, true), (7, false), (8, false)] {
			assert_eq!(Provenance::is_valid(attestation, now), holds, "in block {now}");
		}
	});
}

#[test]
fn is_possible_after_expiry_and_while_others_refer_to_it() {
	chain(|| {
		let first = attest(
			2,
			StatementOf {
				expiry: Some(4),
				..statement(QUALITY)
			},
		);
		attest(
			3,
			StatementOf {
				reference: Some(first),
				..statement(QUALITY)
			},
		);
		at(9);
		assert_ok!(Provenance::revoke(signed(2), first));
	});
}

#[test]
fn fails_for_anothers() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		// Neither the subject nor anybody else.
		for who in [1, 3] {
			assert_noop!(Provenance::revoke(signed(who), attestation), Fails::NotAttester);
		}
	});
}

#[test]
fn fails_for_what_was_said_for_good() {
	chain(|| {
		let for_good = attest(
			2,
			StatementOf {
				revocable: false,
				..statement(QUALITY)
			},
		);
		assert_noop!(Provenance::revoke(signed(2), for_good), Fails::Irrevocable);
	});
}

#[test]
fn fails_where_the_schema_does_not_allow_it() {
	chain(|| {
		assert_ok!(Provenance::register_schema(signed(1), Definition::Hash([3; 32]), false));
		let attestation = attest(
			2,
			StatementOf {
				revocable: false,
				..statement(SchemaId(8))
			},
		);
		assert_noop!(Provenance::revoke(signed(2), attestation), Fails::Irrevocable);
	});
}

#[test]
fn fails_the_second_time() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		assert_ok!(Provenance::revoke(signed(2), attestation));
		at(9);
		assert_noop!(Provenance::revoke(signed(2), attestation), Fails::AlreadyRevoked);
	});
}

#[test]
fn fails_for_what_is_unknown() {
	chain(|| {
		assert_noop!(
			Provenance::revoke(signed(2), AttestationId(0)),
			Fails::UnknownAttestation
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::revoke(origin, attestation), BadOrigin);
		}
	});
}
