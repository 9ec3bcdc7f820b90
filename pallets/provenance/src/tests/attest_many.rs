// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_referee::{
	commit::{Commitment, Ranges, Tree, MAX_LEAVES},
	hash::Portable,
};
use codec::{Decode, Encode};

fn subjects() -> Vec<Subject<AccountId>> {
	(0..5).map(|number| Subject::Dataset(DatasetId(number))).collect()
}

fn attested() -> (AttestationId, Tree) {
	let id = NextAttestation::<Test>::get();
	let tree = tree::<Portable, _>(&subjects()).unwrap();
	let Commitment { root, count, .. } = tree.commitment();
	Provenance::attest_many(signed(2), root, count, statement(PII_REVIEW)).unwrap();
	(id, tree)
}

fn proof(tree: &Tree, index: u64) -> RangesProof {
	tree.prove(&Ranges::one(index, index + 1).unwrap()).unwrap()
}

#[test]
fn is_one_record_for_all_of_them() {
	chain(|| {
		let (id, tree) = attested();
		let Commitment { root, count, .. } = tree.commitment();
		let about = About::Many { root, count };
		System::assert_last_event(
			Event::Attested {
				attestation: id,
				schema: PII_REVIEW,
				attester: account(2),
				about: about.clone(),
			}
			.into(),
		);
		assert_eq!(Provenance::attestation(id).unwrap().about, about);
		assert_eq!(Provenance::attestations_by(account(2), None, 9).items.len(), 1);
		assert_eq!(Provenance::attestations_under(PII_REVIEW, None, 9).items.len(), 1);
		let of_one = Provenance::attestations_about(subjects()[0].clone(), None, None, 9);
		assert!(of_one.items.is_empty(), "no index leads from a subject to it");
	});
}

#[test]
fn covers_each_of_them_and_nothing_else() {
	chain(|| {
		let (id, tree) = attested();
		for (index, subject) in (0..).zip(subjects()) {
			let proof = proof(&tree, index);
			assert!(Provenance::covers(id, subject.clone(), index, proof.clone()));
			let stranger = Subject::Version(VersionId(index as u32));
			assert!(!Provenance::covers(id, stranger, index, proof.clone()));
			assert!(!Provenance::covers(id, subject.clone(), index + 1, proof.clone()));
			assert!(!Provenance::covers(AttestationId(1), subject, index, proof));
		}
	});
}

#[test]
fn no_hostile_proof_covers_anything() {
	chain(|| {
		let (id, tree) = attested();
		let subject = subjects()[1].clone();
		let good = proof(&tree, 1);
		assert!(Provenance::covers(id, subject.clone(), 1, good.clone()));
		let encoded = good.encode();
		let refused = |index, bytes: &[u8]| match RangesProof::decode(&mut &bytes[..]) {
			Ok(proof) if proof != good || index != 1 => assert!(!Provenance::covers(id, subject.clone(), index, proof)),
			_ => {}
		};
		for position in 0..encoded.len() {
			for bit in 0..8 {
				let mut flipped = encoded.clone();
				flipped[position] ^= 1 << bit;
				refused(1, &flipped);
			}
			refused(1, &encoded[..position]);
		}
		for index in [0, 2, 4, 5, 8, MAX_LEAVES, u64::MAX] {
			refused(index, &encoded);
		}
		refused(
			1,
			&RangesProof {
				siblings: Default::default(),
			}
			.encode(),
		);
	});
}

#[test]
fn one_of_one_needs_no_proof() {
	chain(|| {
		let id = attest(2, statement(QUALITY));
		let none = RangesProof {
			siblings: Default::default(),
		};
		assert!(Provenance::covers(id, Subject::Account(account(1)), 0, none.clone()));
		assert!(!Provenance::covers(id, Subject::Account(account(2)), 0, none));
	});
}

#[test]
fn fails_for_none_and_for_more_than_a_tree_has() {
	chain(|| {
		let many = |count| Provenance::attest_many(signed(2), [1; 32], count, statement(QUALITY));
		assert_noop!(many(0), Fails::NoSubjects);
		assert_ok!(many(1));
		assert_ok!(many(MAX_LEAVES));
		assert_noop!(many(MAX_LEAVES + 1), Fails::TooManySubjects);
		assert_noop!(many(u64::MAX), Fails::TooManySubjects);
	});
}

#[test]
fn fails_like_an_attestation_of_one() {
	chain(|| {
		at(5);
		let many = |statement| Provenance::attest_many(signed(2), [1; 32], 1, statement);
		assert_noop!(many(statement(SchemaId(8))), Fails::UnknownSchema);
		let ended = StatementOf {
			expiry: Some(5),
			..statement(QUALITY)
		};
		assert_noop!(many(ended), Fails::ExpiryPassed);
		let referring = StatementOf {
			reference: Some(AttestationId(0)),
			..statement(QUALITY)
		};
		assert_noop!(many(referring), Fails::UnknownReference);
		assert_ok!(Provenance::register_schema(signed(1), Definition::Hash([3; 32]), false));
		assert_noop!(many(statement(SchemaId(8))), Fails::Irrevocable);
		assert_noop!(
			Provenance::attest_many(signed(9), [1; 32], 1, statement(QUALITY)),
			TokenError::FundsUnavailable
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Provenance::attest_many(origin, [1; 32], 1, statement(QUALITY)),
				BadOrigin
			);
		}
	});
}

#[test]
fn can_be_revoked_and_removed() {
	chain(|| {
		let (id, _) = attested();
		assert_ok!(Provenance::revoke(signed(2), id));
		assert_ok!(Provenance::remove_attestation(signed(2), id));
		assert_eq!(held(2), 0);
	});
}
