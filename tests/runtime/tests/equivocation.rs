// SPDX-License-Identifier: Apache-2.0

//! Saying two things at once: proven by real signatures and a real proof of key ownership, it costs the place in the set.

use atelier_runtime::{
	Babe, Grandpa, Header, Historical, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, Session, System, Validators,
	genesis::LOCAL,
};
use atelier_runtime_tests::{Account, Chain, account, dispatch, happened, next_session, run_blocks};
use frame_support::{assert_ok, pallet_prelude::TransactionSource, traits::KeyOwnerProofSystem};
use sp_consensus_babe::{
	AuthorityPair as BabePair, EquivocationProof as BabeProof, Slot,
	digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest},
};
use sp_consensus_grandpa::{Equivocation, EquivocationProof as GrandpaProof, localized_payload};
use sp_core::{H256, Pair};
use sp_runtime::{Digest, DigestItem, traits::Header as _};
use sp_session::MembershipProof;

fn short_epochs(genesis: &mut serde_json::Value) {
	genesis["launch"]["epochSlots"] = 5.into();
}

fn current_slot() -> Slot {
	pallet_babe::CurrentSlot::<Runtime>::get()
}

fn babe_pair(who: Account) -> BabePair {
	who.pair().into()
}

/// Two blocks that `who` sealed for one slot; equal where `same` is set, so that there is nothing to punish.
fn two_blocks(who: Account, slot: Slot, same: bool) -> BabeProof<Header> {
	let pair = babe_pair(who);
	let index = Babe::authorities()
		.iter()
		.position(|(id, _)| *id == pair.public())
		.expect("an authority") as u32;
	let seal = |extrinsics_root: H256| {
		let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
			authority_index: index,
			slot,
		});
		let digest = Digest {
			logs: vec![<DigestItem as CompatibleDigestItem>::babe_pre_digest(claim)],
		};
		let mut header = Header::new(
			System::block_number(),
			extrinsics_root,
			H256::zero(),
			System::parent_hash(),
			digest,
		);
		let signature = pair.sign(header.hash().as_ref());
		header
			.digest_mut()
			.push(<DigestItem as CompatibleDigestItem>::babe_seal(signature));
		header
	};
	let first_header = seal(H256::repeat_byte(1));
	let second_header = if same {
		first_header.clone()
	} else {
		seal(H256::repeat_byte(2))
	};
	BabeProof {
		offender: pair.public(),
		slot,
		first_header,
		second_header,
	}
}

fn babe_membership(who: Account) -> MembershipProof {
	Historical::prove((sp_consensus_babe::KEY_TYPE, babe_pair(who).public())).expect("a key of this session")
}

fn report_babe(proof: BabeProof<Header>, membership: MembershipProof) -> sp_runtime::DispatchResult {
	let call = pallet_babe::Call::report_equivocation_unsigned {
		equivocation_proof: Box::new(proof),
		key_owner_proof: membership,
	};
	dispatch(RuntimeCall::Babe(call), RuntimeOrigin::none())
}

fn is_disabled(who: Account) -> bool {
	Session::validator_id_to_index(&account(who)).is_some_and(|index| Session::disabled_validators().contains(&index))
}

#[test]
fn two_blocks_for_one_slot_cost_the_place_in_the_set() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		run_blocks(1); // Somebody else's block: a disabled author's block would not be one.
		assert_ok!(report_babe(two_blocks(Account::Bob, current_slot(), false), babe_membership(Account::Bob)));
		assert!(is_disabled(Account::Bob));
		assert!(happened(|event| matches!(
			event,
			RuntimeEvent::Validators(pallet_validators::Event::OffenderRemoved { validator }) if *validator == account(Account::Bob)
		)));
		next_session();
		next_session();
		assert!(!Session::validators().contains(&account(Account::Bob)));
		assert_eq!(Babe::authorities().len(), 3);
		assert_eq!(Grandpa::grandpa_authorities().len(), 4, "GRANDPA's change is scheduled for the end of this block");
		run_blocks(1);
		assert_eq!(Grandpa::grandpa_authorities().len(), 3);
	});
}

#[test]
fn the_same_block_twice_is_no_offence() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		let reported = report_babe(
			two_blocks(Account::Bob, current_slot(), true),
			babe_membership(Account::Bob),
		);
		assert_eq!(
			reported,
			Err(pallet_babe::Error::<Runtime>::InvalidEquivocationProof.into())
		);
		assert!(!is_disabled(Account::Bob));
	});
}

#[test]
fn a_forged_signature_accuses_nobody() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		let mut proof = two_blocks(Account::Bob, current_slot(), false);
		proof.offender = babe_pair(Account::Charlie).public();
		let reported = report_babe(proof, babe_membership(Account::Charlie));
		assert_eq!(
			reported,
			Err(pallet_babe::Error::<Runtime>::InvalidEquivocationProof.into())
		);
		assert_eq!(Validators::validators().len(), 4);
	});
}

#[test]
fn another_validators_proof_of_keys_does_not_fit() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		let proof = two_blocks(Account::Bob, current_slot(), false);
		let reported = report_babe(proof, babe_membership(Account::Charlie));
		assert_eq!(
			reported,
			Err(pallet_babe::Error::<Runtime>::InvalidKeyOwnershipProof.into())
		);
		assert_eq!(Validators::validators().len(), 4);
	});
}

#[test]
fn a_report_is_accepted_once() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		let proof = two_blocks(Account::Bob, current_slot(), false);
		assert_ok!(report_babe(proof.clone(), babe_membership(Account::Bob)));
		let again = report_babe(proof, babe_membership(Account::Bob));
		assert_eq!(again, Err(pallet_babe::Error::<Runtime>::DuplicateOffenceReport.into()));
	});
}

#[test]
fn reports_enter_the_pool_only_from_this_node() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		let call = pallet_babe::Call::report_equivocation_unsigned {
			equivocation_proof: Box::new(two_blocks(Account::Bob, current_slot(), false)),
			key_owner_proof: babe_membership(Account::Bob),
		};
		assert!(Babe::validate_unsigned(TransactionSource::Local, &call).is_ok());
		assert!(Babe::validate_unsigned(TransactionSource::External, &call).is_err());
	});
}

#[test]
fn a_validator_that_left_is_still_accused_of_what_it_did_before() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		let (proof, membership) = (
			two_blocks(Account::Bob, current_slot(), false),
			babe_membership(Account::Bob),
		);
		let leave = pallet_validators::Call::remove_validator {
			validator: account(Account::Bob),
		};
		assert_ok!(dispatch(RuntimeCall::Validators(leave), RuntimeOrigin::root()));
		for _ in 0..3 {
			next_session();
		}
		assert_ok!(report_babe(proof, membership));
		assert_eq!(pallet_offences::Reports::<Runtime>::iter().count(), 1);
		assert_eq!(Session::validators().len(), 3);
	});
}

#[test]
fn two_votes_in_one_round_cost_the_place_in_the_set() {
	Chain::from_preset_with(LOCAL, short_epochs).run(|| {
		let pair = sp_keyring::Ed25519Keyring::Bob.pair();
		let identity: sp_consensus_grandpa::AuthorityId = pair.public().into();
		let set_id = pallet_grandpa::CurrentSetId::<Runtime>::get();
		let round_number = 7;
		let vote = |block: u8| {
			let vote = finality_grandpa::Prevote {
				target_hash: H256::repeat_byte(block),
				target_number: 1u32,
			};
			let message = finality_grandpa::Message::Prevote(vote.clone());
			let signature = pair.sign(&localized_payload(round_number, set_id, &message));
			(vote, sp_consensus_grandpa::AuthoritySignature::from(signature))
		};
		let equivocation = finality_grandpa::Equivocation {
			round_number,
			identity: identity.clone(),
			first: vote(1),
			second: vote(2),
		};
		let call = pallet_grandpa::Call::report_equivocation_unsigned {
			equivocation_proof: Box::new(GrandpaProof::new(set_id, Equivocation::Prevote(equivocation))),
			key_owner_proof: Historical::prove((sp_consensus_grandpa::KEY_TYPE, identity))
				.expect("a key of this session"),
		};
		assert_ok!(dispatch(RuntimeCall::Grandpa(call), RuntimeOrigin::none()));
		assert!(is_disabled(Account::Bob));
		assert!(!Validators::validators().contains(&account(Account::Bob)));
	});
}
