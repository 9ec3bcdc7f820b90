// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn returns_the_deposit_of_what_was_revoked_and_leaves_nothing() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		assert_ok!(Provenance::revoke(signed(2), attestation));
		assert_ok!(Provenance::remove_attestation(signed(2), attestation));
		System::assert_last_event(Event::AttestationRemoved { attestation }.into());
		assert_eq!(Balances::free_balance(account(2)), MONEY);
		assert_eq!(Provenance::attestation(attestation), None);
		assert!(!Provenance::is_valid(attestation, 1));
		assert_eq!(
			attest(2, statement(QUALITY)),
			AttestationId(1),
			"a number is never given again"
		);
	});
}

#[test]
fn what_expires_can_be_removed_after_its_last_block() {
	chain(|| {
		let for_a_while = StatementOf {
			expiry: Some(6),
			revocable: false,
			..statement(QUALITY)
		};
		let attestation = attest(2, for_a_while);
		at(6);
		assert_noop!(
			Provenance::remove_attestation(signed(2), attestation),
			Fails::StillHolds
		);
		at(7);
		assert_ok!(Provenance::remove_attestation(signed(2), attestation));
	});
}

#[test]
fn fails_for_what_was_said_for_good() {
	chain(|| {
		let for_good = StatementOf {
			revocable: false,
			..statement(QUALITY)
		};
		let attestation = attest(2, for_good);
		at(u32::MAX);
		assert_noop!(
			Provenance::remove_attestation(signed(2), attestation),
			Fails::StillHolds
		);
	});
}

#[test]
fn fails_while_others_refer_to_it() {
	chain(|| {
		let first = attest(2, statement(QUALITY));
		let second = attest(
			3,
			StatementOf {
				reference: Some(first),
				..statement(QUALITY)
			},
		);
		assert_ok!(Provenance::revoke(signed(2), first));
		assert_noop!(Provenance::remove_attestation(signed(2), first), Fails::ReferredTo);
		assert_ok!(Provenance::revoke(signed(3), second));
		assert_noop!(Provenance::remove_attestation(signed(2), first), Fails::ReferredTo);
		assert_ok!(Provenance::remove_attestation(signed(3), second));
		assert_ok!(Provenance::remove_attestation(signed(2), first));
		assert_eq!((held(2), held(3)), (0, 0));
	});
}

#[test]
fn fails_for_anothers() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		assert_ok!(Provenance::revoke(signed(2), attestation));
		assert_noop!(
			Provenance::remove_attestation(signed(1), attestation),
			Fails::NotAttester
		);
	});
}

#[test]
fn fails_for_what_is_unknown() {
	chain(|| {
		assert_noop!(
			Provenance::remove_attestation(signed(2), AttestationId(0)),
			Fails::UnknownAttestation
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::remove_attestation(origin, attestation), BadOrigin);
		}
	});
}
