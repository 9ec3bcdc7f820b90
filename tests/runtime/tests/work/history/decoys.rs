// SPDX-License-Identifier: Apache-2.0

//! Wrong answers that were announced: an operator has them served by a worker of its own, says so when somebody accuses, and
//! accuses them itself if nobody else does. Its worker is not slashed.

use super::{DECOY, World, is_wrong, pending_of};
use crate::world::*;
use atelier_primitives::work::audits::Claims;
use atelier_referee::hash::{Digest, Portable};
use atelier_runtime::{BlockNumber, Disputes, SafeMode, System};
use atelier_runtime_tests::R;
use pallet_disputes::{Call, Stage, canaries::secret};
use std::collections::BTreeMap;

/// How often each claim is announced: each accusation of it takes one, and a rejected one leaves the claim to others.
const SALTS: u8 = 16;
/// Blocks before it is final in which the operator accuses what nobody else has.
const LAST: BlockNumber = 8;

#[derive(Default)]
pub struct Decoys {
	/// The salts that are left, by the claim.
	salts: BTreeMap<Digest, Vec<Digest>>,
	last: BlockNumber,
}

impl Decoys {
	/// Whether something was announced in this block.
	pub fn announced_now(&self) -> bool {
		self.last == System::block_number()
	}
}

impl World {
	/// A wrong answer is announced and served.
	pub fn announce(&mut self) {
		let mut sessions = self.sessions.iter_mut();
		let Some(session) = sessions.find(|session| session.talk.by == DECOY) else {
			return;
		};
		if SafeMode::is_entered() {
			return;
		}
		let served = session.talk.swapped(&ANSWERS.sample);
		let claim = served.claim.leaf::<Portable>();
		session.answers.push(served);
		let salts: Vec<Digest> = (0..SALTS).map(|salt| [salt; 32]).collect();
		for salt in &salts {
			let secret = secret(&claim, salt);
			call(PAYER, Call::arm_canary { secret }).expect("it may");
		}
		self.decoys.salts.insert(claim, salts);
		self.decoys.last = System::block_number();
		self.saw("announced", true);
	}

	/// The operator says of what is accused that it was announced.
	pub fn spring(&mut self) {
		for (dispute, record) in pallet_disputes::Disputes::<R>::iter() {
			let early = matches!(record.stage, Stage::Queued | Stage::Trace { .. });
			if record.canary || !early {
				continue;
			}
			let Some(salts) = self.decoys.salts.get_mut(&record.claim.leaf::<Portable>()) else {
				continue;
			};
			let Some(salt) = salts.last().copied() else { continue };
			if call(PAYER, Call::spring_canary { dispute, salt }).is_ok() {
				salts.pop();
				self.saw("sprung", true);
			}
		}
	}

	/// The operator accuses what nobody else has.
	pub fn find_out(&mut self) {
		if !Disputes::disputes_of(worker(DECOY)).is_empty() {
			return;
		}
		for (work, which) in &self.settled {
			if self.sessions[*which].talk.by != DECOY || pallet_disputes::Faults::<R>::contains_key(work) {
				continue;
			}
			let Some(pending) = pending_of(*work) else { continue };
			let Claims::Since { earlier, later } = pending.claims else {
				continue;
			};
			if System::block_number() + LAST < pending.until {
				continue;
			}
			let answers = &self.sessions[*which].answers;
			let mut settled = earlier.receipts as usize..later.receipts as usize;
			let Some(index) = settled.find(|index| is_wrong(&answers[*index])) else {
				continue;
			};
			let shown = Box::new(self.part(*which, index, *work).shown);
			let work = *work;
			// Somebody may have accused it just now.
			let _ = call(PAYER, Call::challenge { work, shown, lot: None });
		}
	}
}
