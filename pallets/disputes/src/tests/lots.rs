// SPDX-License-Identifier: Apache-2.0

//! The lots that benchmarks show are lots.

use crate::{benchmarking::lots::*, mock::*};
use atelier_primitives::{ids::WorkerId, work::draw};
use codec::{Decode, Encode};
use sp_core::{
	crypto::VrfPublic,
	sr25519::{
		vrf::{VrfPreOutput, VrfProof, VrfSignature, VrfTranscript},
		Public,
	},
	Pair,
};

#[test]
fn are_drawn_by_the_auditors_key_for_what_they_say() {
	let auditor = WorkerId(1);
	for (what, lot) in [(AUDIT, AUDIT_LOT), (SEAT, SEAT_LOT)] {
		let subject = what.encode();
		let transcript = VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, &SEED)]);
		let decoded = || {
			Some(VrfSignature {
				pre_output: VrfPreOutput::decode(&mut &lot.pre_output[..]).ok()?,
				proof: VrfProof::decode(&mut &lot.proof[..]).ok()?,
			})
		};
		let verified = decoded()
			.is_some_and(|signature| Public::from_raw(KEY).vrf_verify(&transcript.into_sign_data(), &signature));
		assert!(
			verified,
			"of the key {:?} this is one for {what:?}: {:?}",
			key(auditor).public().0,
			lot_of(auditor, what, &SEED)
		);
	}
}
