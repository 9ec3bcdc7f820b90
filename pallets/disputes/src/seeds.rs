// SPDX-License-Identifier: Apache-2.0

//! Randomness that nobody could know when something was put on the chain.
//!
//! Whenever the chain has new randomness it is kept as a seed, with the name of the block after which all of it was made.
//! What is put on the chain while seed `n` is the last is drawn by seed `n + 2`: the next is made of what the running epoch
//! has brought so far too, and its authors could shape it.

use crate::{
	checks::{on, Check},
	BalanceOf, Clock, Config, HostHash, Pallet, Seed, SeedState, Seeded, Seeds,
};
use atelier_primitives::{
	work::{
		audits::Drawing,
		draw::{self, Drawn, Lot},
		workers::{Accused, Standing},
	},
	BlockNumber,
};
use atelier_referee::hash::{Blake2b256, Digest};
use codec::Encode;
use frame_support::traits::{Get, Randomness};
use sp_core::{
	crypto::VrfPublic,
	sr25519::{
		vrf::{VrfPreOutput, VrfProof, VrfSignature, VrfTranscript},
		Public,
	},
};
use sp_runtime::traits::SaturatedConversion;

/// How many seeds after the last one draws what is put on the chain now.
const AHEAD: u32 = 2;

/// How many seeds are kept: of two weeks, with epochs of ten minutes.
pub const KEPT: u32 = 2_048;

impl<T: Config> Pallet<T> {
	/// Keeps new randomness, once.
	pub(crate) fn record_seed() {
		let (value, named) = T::Randomness::random(b"atelier/seed");
		let named = named.saturated_into::<BlockNumber>();
		let state = SeedState::<T>::get();
		if named <= state.named {
			return;
		}
		let count = state.count.saturating_add(1);
		let commit = Clock::<T>::get().saturating_add(T::CommitPeriod::get());
		let seed = Seed {
			value: HostHash::hash(value.as_ref()),
			named,
			commit,
			reveal: commit.saturating_add(T::RevealPeriod::get()),
			fee: T::AuditFee::get(),
		};
		Seeds::<T>::insert(count, seed);
		if let Some(old) = count.checked_sub(KEPT) {
			Seeds::<T>::remove(old);
		}
		SeedState::<T>::put(Seeded { count, named });
	}

	/// Whether no seed will ever draw this: all that could are there, or were and are forgotten.
	pub(crate) fn seedless(drawing: &Drawing<BalanceOf<T>>, at: BlockNumber) -> bool {
		let last = drawing.seed.saturating_add(AHEAD);
		SeedState::<T>::get().count > last && Self::seed(drawing, at).is_none()
	}

	/// The seed that draws what was put on the chain in block `at`. None: it is not known yet.
	pub(crate) fn seed(drawing: &Drawing<BalanceOf<T>>, at: BlockNumber) -> Option<Seed<BalanceOf<T>>> {
		let last = drawing.seed.saturating_add(AHEAD);
		(drawing.seed..=last)
			.filter_map(Seeds::<T>::get)
			.find(|seed| seed.named > at || !on(Check::FreshSeed))
	}

	/// What draws what is put on the chain now, if so many audits are to be expected.
	pub(crate) fn drawing_of(expected: u64) -> Drawing<BalanceOf<T>> {
		Drawing {
			seed: SeedState::<T>::get().count.saturating_add(AHEAD),
			weight: T::Workers::auditing(),
			expected,
		}
	}

	/// What a lot gives to an auditor; nothing if it is not the auditor's, or of another seed, or about something else.
	pub(crate) fn drawn(
		what: &Drawn,
		drawing: &Drawing<BalanceOf<T>>,
		seed: &Seed<BalanceOf<T>>,
		standing: &Standing<BalanceOf<T>>,
		lot: &Lot,
	) -> Option<Hand> {
		let subject = what.encode();
		let transcript = VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, &seed.value)]);
		let key = Public::from_raw(standing.key);
		let signature = VrfSignature {
			pre_output: decoded::<VrfPreOutput>(&lot.pre_output)?,
			proof: decoded::<VrfProof>(&lot.proof)?,
		};
		if !key.vrf_verify(&transcript.clone().into_sign_data(), &signature) && on(Check::Lot) {
			return None;
		}
		let output = key
			.make_bytes::<32>(draw::CONTEXT, &transcript, &signature.pre_output)
			.ok()?;
		let (weight, total) = (standing.weight.saturated_into(), drawing.weight.saturated_into());
		let count = draw::count(&output, drawing.expected, weight, total);
		Some(Hand { output, count })
	}
}

/// What an auditor has drawn.
pub(crate) struct Hand {
	/// From which it follows what each of its audits is about.
	pub output: Digest,
	/// How many audits, or seats.
	pub count: u32,
}

fn decoded<D: codec::Decode>(bytes: &[u8]) -> Option<D> {
	D::decode(&mut &bytes[..]).ok()
}
