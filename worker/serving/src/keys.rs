// SPDX-License-Identifier: Apache-2.0

//! Who signed what, and what a lot draws: by the code by which the chain decides the same.

use crate::{
	chain::Drawn,
	checks::{Check, on},
};
use atelier_primitives::work::{
	Work,
	draw::{self, Lot},
	workers::Standing,
};
use atelier_referee::hash::{Blake2b256, Digest, Portable};
use atelier_wire::{Balance, Key, Signature};
use codec::{Decode, Encode};
use sp_core::{
	Pair as _,
	crypto::VrfPublic,
	ecdsa, ed25519,
	sr25519::{
		self,
		vrf::{VrfPreOutput, VrfProof, VrfSignature, VrfTranscript},
	},
};

/// Signs for one key.
pub trait Signer: Send + Sync {
	fn key(&self) -> Key;
	fn sign(&self, message: &[u8]) -> Signature;
}

impl Signer for sr25519::Pair {
	fn key(&self) -> Key {
		self.public().0
	}

	fn sign(&self, message: &[u8]) -> Signature {
		Signature::Sr25519(sp_core::Pair::sign(self, message).0)
	}
}

/// Whether this key signed this, as the chain's `MultiSignature` has it.
pub fn verify(signature: &Signature, message: &[u8], key: &Key) -> bool {
	match signature {
		Signature::Ed25519(bytes) => ed25519::Pair::verify(
			&ed25519::Signature::from_raw(*bytes),
			message,
			&ed25519::Public::from_raw(*key),
		),
		Signature::Sr25519(bytes) => signed_by_sr25519(bytes, message, key),
		Signature::Ecdsa(bytes) => ecdsa::Signature::from_raw(*bytes)
			.recover_prehashed(&Portable::hash(message))
			.is_some_and(|public| Portable::hash(public.as_ref()) == *key),
	}
}

/// Whether this key of sr25519 signed this.
pub fn signed_by_sr25519(signature: &[u8; 64], message: &[u8], key: &Key) -> bool {
	sr25519::Pair::verify(
		&sr25519::Signature::from_raw(*signature),
		message,
		&sr25519::Public::from_raw(*key),
	)
}

/// What an auditor has drawn: what decides what each of its audits is about, and how many they are. None: it is not its lot,
/// or of another seed, or about something else.
pub fn hand(work: Work, drawn: &Drawn, standing: &Standing<Balance>, lot: &Lot) -> Option<(Digest, u32)> {
	let subject = draw::Drawn::Audit(work).encode();
	let transcript = VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, &drawn.seed)]);
	let key = sr25519::Public::from_raw(standing.key);
	let signature = VrfSignature {
		pre_output: VrfPreOutput::decode(&mut &lot.pre_output[..]).ok()?,
		proof: VrfProof::decode(&mut &lot.proof[..]).ok()?,
	};
	if !key.vrf_verify(&transcript.clone().into_sign_data(), &signature) && on(Check::Lot) {
		return None;
	}
	let output = key
		.make_bytes::<32>(draw::CONTEXT, &transcript, &signature.pre_output)
		.ok()?;
	let drawing = &drawn.pending.drawing;
	let count = draw::count(&output, drawing.expected, standing.weight, drawing.weight);
	Some((output, count))
}
