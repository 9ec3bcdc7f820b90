// SPDX-License-Identifier: Apache-2.0

//! When an attestation settles whose work a version is.

use super::*;
use frame_support::traits::Contains;

struct Second;

impl Contains<AccountId> for Second {
	fn contains(who: &AccountId) -> bool {
		*who == account(2)
	}
}

const VERSION: VersionId = VersionId(1);

fn attested(who: u8, subject: Subject<AccountId>, statement: StatementOf) -> AttestationId {
	let id = NextAttestation::<Test>::get();
	Provenance::attest(signed(who), subject, statement).unwrap();
	id
}

fn confirms(attestation: AttestationId) -> bool {
	Provenance::confirms_origin::<Second>(attestation, VERSION)
}

#[test]
fn of_that_version_by_somebody_who_is_trusted() {
	chain(|| {
		let attestation = attested(2, Subject::Version(VERSION), statement(ORIGIN));
		assert!(confirms(attestation));
		assert!(!Provenance::confirms_origin::<Second>(attestation, VersionId(0)));
		assert!(!Provenance::confirms_origin::<frame_support::traits::Nothing>(
			attestation,
			VERSION
		));
		assert!(<Provenance as Origins<AccountId>>::confirms_origin(
			attestation,
			VERSION,
			|who| *who == account(2)
		));
	});
}

#[test]
fn not_by_anybody_else_or_of_anything_else() {
	chain(|| {
		assert!(!confirms(AttestationId(0)));
		let anybodys = attested(3, Subject::Version(VERSION), statement(ORIGIN));
		let another_schema = attested(2, Subject::Version(VERSION), statement(QUALITY));
		let another_subject = attested(2, Subject::Version(VersionId(0)), statement(ORIGIN));
		let account = attested(2, Subject::Account(account(1)), statement(ORIGIN));
		for attestation in [anybodys, another_schema, another_subject, account] {
			assert!(!confirms(attestation));
		}
	});
}

#[test]
fn not_as_one_of_many() {
	chain(|| {
		let subjects = [Subject::<AccountId>::Version(VERSION)];
		let tree = tree::<atelier_referee::hash::Portable, _>(&subjects).unwrap();
		let root = tree.commitment().root;
		assert_ok!(Provenance::attest_many(signed(2), root, 1, statement(ORIGIN)));
		assert!(!confirms(AttestationId(0)));
	});
}

#[test]
fn not_after_it_was_revoked_or_has_expired() {
	chain(|| {
		let until = StatementOf {
			expiry: Some(5),
			..statement(ORIGIN)
		};
		let ending = attested(2, Subject::Version(VERSION), until);
		let revoked = attested(2, Subject::Version(VERSION), statement(ORIGIN));
		at(5);
		assert!(confirms(ending) && confirms(revoked));
		assert_ok!(Provenance::revoke(signed(2), revoked));
		assert!(confirms(ending) && !confirms(revoked));
		at(6);
		assert!(!confirms(ending) && !confirms(revoked));
	});
}
