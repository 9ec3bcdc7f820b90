// SPDX-License-Identifier: Apache-2.0

//! What auditors draw by their own keys, what they prove of it, and what shows that a proof is false.

use atelier_primitives::{
	ids::WorkerId,
	views::disputes::SeedView,
	work::{
		Work,
		audits::Drawing,
		draw::{self, Drawn, Lot},
		workers::Accused,
	},
};
use atelier_referee::{
	claim::{STATES_OF_LEAF, state_leaves},
	commit::{Bounded, Ranges},
	hash::{Digest, Portable},
	samples::{Answer, Committed},
	trace::step::final_numbers,
};
use atelier_runtime::{AccountId, Balance, Disputes, Workers};
use codec::Encode;
use pallet_disputes::{Exhibit, Leaves, Shown};
use sp_core::{
	crypto::VrfSecret,
	sr25519::{Pair, vrf::VrfTranscript},
};

/// An answer with all that was committed to, and the final numbers of each position.
pub struct Held {
	pub committed: Committed,
	pub numbers: Vec<Vec<i32>>,
}

impl Held {
	pub fn of(answer: Answer) -> Self {
		let committed = Committed::new(answer);
		let mut answer = committed.answer.clone();
		let graph = answer.graph;
		let numbers = (0..graph.positions())
			.map(|position| final_numbers(&graph, &mut answer, position).expect("it was computed"));
		let numbers = numbers.collect();
		Self { committed, numbers }
	}
}

/// Which audits an auditor has of a piece of work.
#[derive(Clone)]
pub struct Hand {
	pub work: Work,
	pub auditor: WorkerId,
	pub seed: SeedView<Balance>,
	pub output: Digest,
	/// The drawn unit of each.
	pub units: Vec<u64>,
}

fn transcript(work: Work, seed: &Digest) -> VrfTranscript {
	let subject = Drawn::Audit(work).encode();
	VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, seed)])
}

impl Hand {
	/// What this key draws. None: the work is final, or the randomness is not there yet.
	pub fn draw(key: &Pair, auditor: WorkerId, work: Work) -> Option<Self> {
		let view = Disputes::audit(work)?;
		let seed = view.seed?;
		let Drawing { weight, expected, .. } = view.work.drawing;
		let standing = <Workers as Accused<AccountId, Balance>>::standing(auditor, view.work.at);
		let own = standing.map_or(0, |standing| standing.weight);
		let output = key.make_bytes::<32>(draw::CONTEXT, &transcript(work, &seed.value));
		let count = draw::count(&output, expected, own, weight);
		let (from, to) = view.work.claims.units();
		let units = (0..count).map(|number| draw::unit::<Portable>(&output, number, from, to));
		Some(Self {
			work,
			auditor,
			output,
			seed,
			units: units.collect(),
		})
	}

	/// What shows that it was drawn.
	pub fn lot(&self, key: &Pair) -> Lot {
		let signature = key.vrf_sign(&transcript(self.work, &self.seed.value).into_sign_data());
		Lot {
			pre_output: *signature.pre_output.0.as_bytes(),
			proof: signature.proof.0.to_bytes(),
		}
	}

	/// The position that one of its audits is about, in what was answered there.
	fn position(&self, number: u32, held: &Held) -> u32 {
		draw::position::<Portable>(&self.output, number, held.numbers.len() as u32)
	}

	/// The proof of who has computed this for one of its audits.
	pub fn proof(&self, number: u32, held: &Held) -> Digest {
		let position = self.position(number, held);
		draw::proof::<Portable>(self.auditor, &self.output, number, &held.numbers[position as usize])
	}

	/// Proofs of who has not.
	pub fn guesses(&self) -> Vec<Digest> {
		let guess = |number: usize| sp_io::hashing::blake2_256(&(self.output, number as u32).encode());
		(0..self.units.len()).map(guess).collect()
	}

	/// What it commits to.
	pub fn sealed(&self, salt: &Digest, proofs: &[Digest]) -> Digest {
		draw::sealed::<Portable>(self.auditor, self.work, salt, proofs)
	}

	/// What shows that one of its proofs is a guess, to whoever was answered this there.
	pub fn exhibit(&self, proofs: &[Digest], number: u32, shown: Shown, held: &Held) -> Exhibit {
		let position = self.position(number, held);
		let leaf = u64::from(position) / STATES_OF_LEAF as u64;
		let committed = &held.committed;
		let bytes = state_leaves(&committed.states).nth(leaf as usize).expect("it is there");
		let ranges = Ranges::covering([leaf]).expect("one");
		let state = Leaves {
			leaves: Bounded::try_from(vec![Bounded::try_from(bytes).expect("a leaf")]).expect("one"),
			proof: committed.state.prove(&ranges).expect("it is there"),
		};
		Exhibit {
			proofs: Bounded::try_from(proofs.to_vec()).expect("no more than are drawn"),
			number,
			shown,
			numbers: Bounded::try_from(held.numbers[position as usize].clone()).expect("few"),
			state,
		}
	}
}
