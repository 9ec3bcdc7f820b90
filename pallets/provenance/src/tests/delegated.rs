// SPDX-License-Identifier: Apache-2.0

//! Attesting, revoking and withdrawing by a transaction that the one signed and another brings and pays for.

use super::*;
use codec::Encode;
use pallet_meta_tx::{MetaTx as Brought, MetaTxFor};
use pallet_verify_signature::VerifySignature;
use sp_core::{Pair, H256};
use sp_runtime::{
	generic::Era,
	traits::{Dispatchable, TransactionExtension},
	DispatchError, DispatchResult,
};

type Refused = pallet_meta_tx::Error<Test>;

/// Who brings every transaction. It has nothing and needs nothing here: fees are the runtime's.
const BRINGER: u8 = 9;

/// What the signer states beside the call.
struct Terms {
	nonce: u32,
	era: Era,
}

fn once() -> Terms {
	Terms {
		nonce: 0,
		era: Era::Immortal,
	}
}

fn parts(terms: &Terms) -> Signed {
	(
		pallet_meta_tx::MetaTxMarker::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckMortality::from(terms.era),
		frame_system::CheckNonce::from(terms.nonce),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
	)
}

const VERSION: u8 = 0;

fn sign(signer: u8, call: &RuntimeCall, terms: &Terms) -> Signature {
	let parts = parts(terms);
	let message = (VERSION, call, &parts, parts.implicit().unwrap()).using_encoded(sp_io::hashing::blake2_256);
	pair(signer).sign(&message).into()
}

fn carrying(signature: Signature, signer: u8, call: RuntimeCall, terms: &Terms) -> MetaTxFor<Test> {
	let verify = VerifySignature::new_with_signature(signature, account(signer));
	Brought::new(call, VERSION, (verify, parts(terms)))
}

fn signed_by(signer: u8, call: RuntimeCall, terms: &Terms) -> MetaTxFor<Test> {
	let signature = sign(signer, &call, terms);
	carrying(signature, signer, call, terms)
}

/// What becomes of it: refused, or the result of the call.
fn bring(transaction: &MetaTxFor<Test>) -> Result<DispatchResult, DispatchError> {
	let call = RuntimeCall::MetaTx(pallet_meta_tx::Call::dispatch {
		meta_tx: Box::new(transaction.clone()),
		meta_tx_encoded_len: transaction.encoded_size() as u32,
	});
	call.dispatch(signed(BRINGER)).map_err(|refused| refused.error)?;
	let events = System::events();
	match &events.last().unwrap().event {
		RuntimeEvent::MetaTx(pallet_meta_tx::Event::Dispatched { result }) => {
			Ok(result.map(|_| ()).map_err(|refused| refused.error))
		}
		other => panic!("not dispatched but {other:?}"),
	}
}

fn attest_call() -> RuntimeCall {
	attesting(statement(QUALITY))
}

fn attesting(statement: StatementOf) -> RuntimeCall {
	RuntimeCall::Provenance(Call::attest {
		subject: Subject::Account(account(1)),
		statement,
	})
}

/// A chain with blocks that have hashes.
fn in_block(number: u32, test: impl FnOnce()) {
	chain(|| {
		for block in 0..200 {
			frame_system::BlockHash::<Test>::insert(block, H256::from_low_u64_be(1_000 + u64::from(block)));
		}
		at(number);
		test();
	});
}

#[test]
fn attests_for_who_signed_and_not_for_who_brings_it() {
	in_block(3, || {
		assert_eq!(bring(&signed_by(2, attest_call(), &once())), Ok(Ok(())));
		let attestation = Provenance::attestation(AttestationId(0)).unwrap();
		assert_eq!((attestation.attester, attestation.made), (account(2), 3));
		assert!(held(2) > 0);
		assert_eq!(held(BRINGER), 0);
	});
}

#[test]
fn revokes_and_removes_for_who_signed() {
	in_block(3, || {
		let attestation = attest(2, statement(QUALITY));
		for (nonce, call) in [Call::revoke { attestation }, Call::remove_attestation { attestation }]
			.into_iter()
			.enumerate()
		{
			let terms = Terms {
				nonce: nonce as u32,
				..once()
			};
			assert_eq!(bring(&signed_by(2, call.into(), &terms)), Ok(Ok(())));
		}
		assert_eq!(Provenance::attestation(attestation), None);
		assert_eq!(held(2), 0);
	});
}

#[test]
fn withdraws_consent_for_an_owner_without_free_money() {
	in_block(3, || {
		let dataset = register(2, 5);
		impoverish(2);
		let call = Call::withdraw_consent { dataset }.into();
		assert_eq!(bring(&signed_by(2, call, &once())), Ok(Ok(())));
		assert_eq!(Provenance::consent(dataset), Some(Consent::Withdrawn { at: 3 }));
	});
}

#[test]
fn what_may_not_be_done_may_not_be_done_for_another() {
	in_block(3, || {
		let attestation = attest(2, statement(QUALITY));
		let call = signed_by(4, Call::revoke { attestation }.into(), &once());
		assert_eq!(bring(&call), Ok(Err(Fails::NotAttester.into())));
		assert!(Provenance::is_valid(attestation, 3));
		assert_eq!(System::account_nonce(account(4)), 1, "its signature is used up");
	});
}

#[test]
fn is_refused_the_second_time() {
	in_block(3, || {
		let transaction = signed_by(2, attest_call(), &once());
		assert_eq!(bring(&transaction), Ok(Ok(())));
		assert_noop!(bring(&transaction), Refused::Stale);
		let next = Terms { nonce: 1, ..once() };
		assert_eq!(bring(&signed_by(2, attest_call(), &next)), Ok(Ok(())));
	});
}

#[test]
fn is_refused_out_of_turn() {
	in_block(3, || {
		let later = Terms { nonce: 1, ..once() };
		let transaction = signed_by(2, attest_call(), &later);
		assert_noop!(bring(&transaction), Refused::Future);
		assert_eq!(bring(&signed_by(2, attest_call(), &once())), Ok(Ok(())));
		assert_eq!(bring(&transaction), Ok(Ok(())), "when it is its turn");
	});
}

#[test]
fn is_refused_after_the_time_for_which_it_was_signed() {
	in_block(16, || {
		let for_a_while = Terms {
			nonce: 0,
			era: Era::mortal(8, 16),
		};
		let transaction = signed_by(2, attest_call(), &for_a_while);
		at(24);
		assert_noop!(bring(&transaction), Refused::BadProof);
		at(23);
		assert_eq!(bring(&transaction), Ok(Ok(())), "in its last block");
	});
}

#[test]
fn is_refused_when_its_first_block_is_forgotten() {
	in_block(16, || {
		let for_a_while = Terms {
			nonce: 0,
			era: Era::mortal(8, 16),
		};
		let transaction = signed_by(2, attest_call(), &for_a_while);
		frame_system::BlockHash::<Test>::remove(16);
		assert_noop!(bring(&transaction), Refused::AncientBirthBlock);
	});
}

#[test]
fn is_refused_on_another_chain() {
	in_block(3, || {
		let here = frame_system::BlockHash::<Test>::get(0);
		frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(1));
		let transaction = signed_by(2, attest_call(), &once());
		frame_system::BlockHash::<Test>::insert(0, here);
		assert_noop!(bring(&transaction), Refused::BadProof);
		// On the chain for which it was signed it is good.
		frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(1));
		assert_eq!(bring(&transaction), Ok(Ok(())));
	});
}

#[test]
fn is_refused_with_anything_else_than_what_was_signed() {
	in_block(3, || {
		let attestation = attest(2, statement(QUALITY));
		let signature = sign(2, &attest_call(), &once());
		let longer = StatementOf {
			expiry: Some(9),
			..statement(QUALITY)
		};
		for other in [
			attesting(longer),
			attesting(statement(ORIGIN)),
			Call::revoke { attestation }.into(),
		] {
			let transaction = carrying(signature.clone(), 2, other, &once());
			assert_noop!(bring(&transaction), Refused::BadProof);
		}
		let later = Terms { nonce: 1, ..once() };
		let transaction = carrying(signature.clone(), 2, attest_call(), &later);
		assert_noop!(bring(&transaction), Refused::BadProof);
		let transaction = carrying(signature, 2, attest_call(), &once());
		assert_eq!(bring(&transaction), Ok(Ok(())));
	});
}

#[test]
fn is_refused_in_the_name_of_anybody_else() {
	in_block(3, || {
		let signature = sign(2, &attest_call(), &once());
		let transaction = carrying(signature, 4, attest_call(), &once());
		assert_noop!(bring(&transaction), Refused::BadProof);
	});
}

#[test]
fn is_refused_without_a_signature() {
	in_block(3, || {
		let transaction = Brought::new(
			attest_call(),
			VERSION,
			(VerifySignature::new_disabled(), parts(&once())),
		);
		assert_noop!(bring(&transaction), Refused::UnknownOrigin);
	});
}

#[test]
fn a_signature_for_an_ordinary_transaction_is_none_for_another_to_bring() {
	in_block(3, || {
		let call = attest_call();
		let (_, zero, spec, tx, genesis, mortality, nonce, metadata) = parts(&once());
		let ordinary = (zero, spec, tx, genesis, mortality, nonce, metadata);
		let message =
			(VERSION, &call, &ordinary, ordinary.implicit().unwrap()).using_encoded(sp_io::hashing::blake2_256);
		let transaction = carrying(pair(2).sign(&message).into(), 2, call, &once());
		assert_noop!(bring(&transaction), Refused::BadProof);
	});
}
