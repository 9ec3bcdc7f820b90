// SPDX-License-Identifier: Apache-2.0

//! Auditors: what they report, and what is shown about them.

use crate::{
	market::{ANSWERS, Deal, Held},
	people::{Person, Sent},
};
use atelier_primitives::{ids::WorkerId, work::Work};
use atelier_referee::{commit::Bounded, hash::Digest};
use atelier_runtime::{Balance, Workers};
use pallet_disputes::{Call, Unserved};
use sp_runtime::DispatchError;

pub use atelier_runtime_tests::hands::Hand;

const SALT: Digest = [5; 32];

#[derive(Clone)]
pub struct Auditor {
	pub person: Person,
	pub worker: WorkerId,
}

/// The answers that its audits are about.
pub fn drawn(hand: &Hand, deal: &Deal) -> Vec<usize> {
	hand.units.iter().map(|unit| deal.covering(*unit)).collect()
}

/// The number of the first audit that is about a wrong answer.
pub fn finds(hand: &Hand, deal: &Deal) -> Option<usize> {
	drawn(hand, deal).iter().position(|index| deal.answers[*index].2)
}

/// What one of its audits is about, as it was answered.
fn looked_at(hand: &Hand, deal: &Deal, number: u32) -> (usize, &'static Held) {
	let index = deal.covering(hand.units[number as usize]);
	(index, ANSWERS.held(deal.answers[index].2))
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
		Hand::draw(&self.person.pair, self.worker, work).expect("the randomness is there, and it is not final")
	}

	/// Proofs of who has computed all that it drew.
	pub fn proofs(&self, hand: &Hand, deal: &Deal) -> Vec<Digest> {
		let proof = |number| hand.proof(number, looked_at(hand, deal, number).1);
		(0..hand.units.len() as u32).map(proof).collect()
	}

	/// Proofs of who has not.
	pub fn guesses(&self, hand: &Hand) -> Vec<Digest> {
		hand.guesses()
	}

	pub fn commit(&self, hand: &Hand, proofs: &[Digest]) -> Result<Sent, DispatchError> {
		self.seal(hand.work, hand.sealed(&SALT, proofs))
	}

	pub fn seal(&self, work: Work, sealed: Digest) -> Result<Sent, DispatchError> {
		self.person.tries(Call::commit_audit { work, sealed })
	}

	pub fn reveal(&self, hand: &Hand, proofs: &[Digest]) -> Result<Sent, DispatchError> {
		let proofs = Bounded::try_from(proofs.to_vec()).expect("no more than are drawn");
		self.person.tries(Call::reveal_audit {
			work: hand.work,
			lot: hand.lot(&self.person.pair),
			salt: SALT,
			proofs,
		})
	}

	/// Says that it was not served the receipt of its first audit.
	pub fn not_served(&self, hand: &Hand) -> u64 {
		let duty = pallet_disputes::NextDuty::<atelier_runtime::Runtime>::get();
		self.person.does(Call::not_served {
			work: hand.work,
			lot: hand.lot(&self.person.pair),
			number: 0,
			what: Unserved::Receipt,
		});
		duty
	}

	/// What shows that one of its proofs is a guess.
	pub fn exposing(&self, hand: &Hand, deal: &Deal, proofs: &[Digest], number: u32) -> Call<atelier_runtime::Runtime> {
		let (index, held) = looked_at(hand, deal, number);
		Call::expose {
			work: hand.work,
			auditor: self.worker,
			exhibit: Box::new(hand.exhibit(proofs, number, deal.shown(index), held)),
		}
	}
}
