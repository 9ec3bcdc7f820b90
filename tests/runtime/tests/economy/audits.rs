// SPDX-License-Identifier: Apache-2.0

//! Auditors: what they draw by their own keys, what they report, and what is shown about them.

use crate::{
	market::{ANSWERS, Deal, Held},
	people::{Person, Sent},
};
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
};
use atelier_runtime::{AccountId, Balance, Disputes, Workers};
use codec::Encode;
use pallet_disputes::{Call, Exhibit, Leaves, Unserved};
use sp_core::{crypto::VrfSecret, sr25519::vrf::VrfTranscript};
use sp_runtime::DispatchError;

const SALT: Digest = [5; 32];

#[derive(Clone)]
pub struct Auditor {
	pub person: Person,
	pub worker: WorkerId,
}

/// Which audits an auditor has of a piece of work.
pub struct Hand {
	pub work: Work,
	pub seed: SeedView<Balance>,
	pub output: Digest,
	/// The drawn unit of each.
	pub units: Vec<u64>,
}

impl Hand {
	/// The answers that they are about.
	pub fn drawn(&self, deal: &Deal) -> Vec<usize> {
		self.units.iter().map(|unit| deal.covering(*unit)).collect()
	}

	/// The number of the first audit that is about a wrong answer.
	pub fn finds(&self, deal: &Deal) -> Option<usize> {
		self.drawn(deal).iter().position(|index| deal.answers[*index].2)
	}
}

fn transcript(work: Work, seed: &Digest) -> VrfTranscript {
	let subject = Drawn::Audit(work).encode();
	VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, seed)])
}

impl Auditor {
	pub fn new(name: &str, number: usize, bond: Balance) -> Self {
		let person = Person::new(name, number);
		let worker = person.works(bond, true);
		Self { person, worker }
	}

	pub fn bond(&self) -> Balance {
		Workers::worker(self.worker).expect("it stays").bond
	}

	/// What it has drawn, once the seed is there.
	pub fn hand(&self, work: Work) -> Hand {
		let view = Disputes::audit(work).expect("it is not final");
		let seed = view.seed.expect("the randomness is there");
		let Drawing { weight, expected, .. } = view.work.drawing;
		let standing = <Workers as Accused<AccountId, Balance>>::standing(self.worker, view.work.at);
		let own = standing.map_or(0, |standing| standing.weight);
		let output = self
			.person
			.pair
			.make_bytes::<32>(draw::CONTEXT, &transcript(work, &seed.value));
		let count = draw::count(&output, expected, own, weight);
		let (from, to) = view.work.claims.units();
		let units = (0..count).map(|number| draw::unit::<Portable>(&output, number, from, to));
		Hand {
			work,
			output,
			units: units.collect(),
			seed,
		}
	}

	pub fn lot(&self, hand: &Hand) -> Lot {
		let signature = self
			.person
			.pair
			.vrf_sign(&transcript(hand.work, &hand.seed.value).into_sign_data());
		Lot {
			pre_output: *signature.pre_output.0.as_bytes(),
			proof: signature.proof.0.to_bytes(),
		}
	}

	/// The position that one of its audits is about, in what was answered there.
	fn place(hand: &Hand, deal: &Deal, number: u32) -> (usize, &'static Held, u32) {
		let index = deal.covering(hand.units[number as usize]);
		let held = ANSWERS.held(deal.answers[index].2);
		let positions = held.numbers.len() as u32;
		(index, held, draw::position::<Portable>(&hand.output, number, positions))
	}

	/// Proofs of who has computed all that it drew.
	pub fn proofs(&self, hand: &Hand, deal: &Deal) -> Vec<Digest> {
		let proof = |number| {
			let (_, held, position) = Self::place(hand, deal, number);
			draw::proof::<Portable>(self.worker, &hand.output, number, &held.numbers[position as usize])
		};
		(0..hand.units.len() as u32).map(proof).collect()
	}

	/// Proofs of who has not.
	pub fn guesses(&self, hand: &Hand) -> Vec<Digest> {
		let guess = |number: usize| sp_io::hashing::blake2_256(&(hand.output, number as u32).encode());
		(0..hand.units.len()).map(guess).collect()
	}

	pub fn commit(&self, work: Work, proofs: &[Digest]) -> Result<Sent, DispatchError> {
		let sealed = draw::sealed::<Portable>(self.worker, work, &SALT, proofs);
		self.seal(work, sealed)
	}

	pub fn seal(&self, work: Work, sealed: Digest) -> Result<Sent, DispatchError> {
		self.person.tries(Call::commit_audit { work, sealed })
	}

	pub fn reveal(&self, hand: &Hand, proofs: &[Digest]) -> Result<Sent, DispatchError> {
		let proofs = Bounded::try_from(proofs.to_vec()).expect("no more than are drawn");
		self.person.tries(Call::reveal_audit {
			work: hand.work,
			lot: self.lot(hand),
			salt: SALT,
			proofs,
		})
	}

	/// Says that it was not served the receipt of its first audit.
	pub fn not_served(&self, hand: &Hand) -> u64 {
		let duty = pallet_disputes::NextDuty::<atelier_runtime::Runtime>::get();
		self.person.does(Call::not_served {
			work: hand.work,
			lot: self.lot(hand),
			number: 0,
			what: Unserved::Receipt,
		});
		duty
	}

	/// What shows that one of its proofs is a guess.
	pub fn exposing(&self, hand: &Hand, deal: &Deal, proofs: &[Digest], number: u32) -> Call<atelier_runtime::Runtime> {
		let (index, held, position) = Self::place(hand, deal, number);
		let (numbers, held) = (held.numbers[position as usize].clone(), &held.committed);
		let leaf = u64::from(position) / STATES_OF_LEAF as u64;
		let bytes = state_leaves(&held.states).nth(leaf as usize).expect("it is there");
		let ranges = Ranges::covering([leaf]).expect("one");
		let state = Leaves {
			leaves: Bounded::try_from(vec![Bounded::try_from(bytes).expect("a leaf")]).expect("one"),
			proof: held.state.prove(&ranges).expect("it is there"),
		};
		let exhibit = Exhibit {
			proofs: Bounded::try_from(proofs.to_vec()).expect("no more than are drawn"),
			number,
			shown: deal.shown(index),
			numbers: Bounded::try_from(numbers).expect("few"),
			state,
		};
		Call::expose {
			work: hand.work,
			auditor: self.worker,
			exhibit: Box::new(exhibit),
		}
	}
}
