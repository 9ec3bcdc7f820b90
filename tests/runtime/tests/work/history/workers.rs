// SPDX-License-Identifier: Apache-2.0

//! What workers do in each block: the honest all that they are asked to, the cheat some of it; and what whoever accused
//! rightly does to be heard.

use super::{CHEATS, DECOY, World, is_wrong, proof};
use crate::world::*;
use atelier_primitives::{ids::WorkerId, work::draw};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind, Ranges},
	dispute::{Game, Holder, InParts, Move, Party, gather},
	hash::Portable,
};
use atelier_runtime::System;
use atelier_runtime_tests::{Account, R, account};
use pallet_disputes::{Call, DisputeOf, DutyOf, Leaves, Owed, Served as Serving, Stage};

/// Blocks between two heartbeats.
const BEAT: u32 = 200;

/// Who speaks for a worker that serves.
fn speaker(of: WorkerId) -> Account {
	[SERVES, DECOY]
		.into_iter()
		.find(|who| worker(*who) == of)
		.unwrap_or(CHEATS)
}

impl World {
	pub fn diligence(&mut self) {
		if System::block_number().is_multiple_of(BEAT) {
			for who in [SERVES, CHEATS, DECOY] {
				let _ = call(who, pallet_workers::Call::heartbeat {});
			}
		}
		let done = self.orders.duties();
		self.saw("delivered", done);
		self.spring();
		self.find_out();
		let mut all: Vec<_> = pallet_disputes::Disputes::<R>::iter().collect();
		all.sort_unstable_by_key(|(id, _)| *id);
		for (dispute, record) in all {
			let by = speaker(record.worker);
			let Some(served) = self.answers().find(|served| served.claim == record.claim) else {
				continue;
			};
			match record.stage {
				// Until it is said that it was announced, which takes its time in safe mode.
				Stage::Trace { .. } if by == DECOY && is_wrong(served) && !record.canary => {}
				Stage::Trace { .. } => {
					let trace = served.held.trace.commitment();
					let _ = call(by, Call::post_trace { dispute, trace });
				}
				Stage::Playing { trace, .. } if by != CHEATS => {
					let game = atelier_runtime::Disputes::game(dispute).expect("it is played");
					if game.turn() == Party::Holder {
						let played = answer_to(&game, &record, trace, served);
						let _ = call(by, Call::play { dispute, played });
					}
				}
				Stage::Proving { .. } if is_wrong(served) => {
					let rightly = [AUDITS, super::WAVERS, PAYER];
					let Some(who) = rightly.into_iter().find(|who| account(*who) == record.challenger) else {
						continue;
					};
					let (charge, evidence) = proof(served);
					let evidence = Box::new(evidence);
					let prove = Call::prove {
						dispute,
						charge,
						evidence,
					};
					let proved = call(who, prove).is_ok();
					self.saw("proved", proved);
				}
				_ => {}
			}
		}
		self.serve();
	}

	/// Auditors that say they were not served are served before everybody.
	fn serve(&mut self) {
		let mut all: Vec<_> = pallet_disputes::Duties::<R>::iter().collect();
		all.sort_unstable_by_key(|(duty, _)| *duty);
		for (duty, record) in all {
			let by = speaker(record.worker);
			if by == CHEATS && !self.serves_auditors {
				continue;
			}
			let served = self.owed(&record).expect("it has all that it has committed to");
			let done = call(by, Call::serve { duty, served }).is_ok();
			self.saw("served", done);
		}
	}

	fn owed(&self, duty: &DutyOf<R>) -> Option<Serving> {
		match duty.owed {
			Owed::Receipt { unit } => {
				let part = self.covering(duty.work, unit)?;
				Some(Serving::Receipt(Box::new(part.shown)))
			}
			Owed::Drawn { of, seed } => leaves(of, draw::leaves::<Portable>(&seed, of.count)),
			Owed::Range { of, first, end } => leaves(of, (first..end).collect()),
		}
	}
}

/// Leaves of a tree of one of the two answers.
fn leaves(of: Commitment, mut owed: Vec<u64>) -> Option<Serving> {
	owed.sort_unstable();
	owed.dedup();
	let both = [&ANSWERS.honest.committed, &ANSWERS.wrong.committed];
	let mut held = both
		.into_iter()
		.find(|held| {
			let tree = match of.kind {
				Kind::Weights => &held.weights,
				Kind::Input => &held.input,
				Kind::State => &held.state,
				_ => &held.given,
			};
			tree.commitment() == of
		})?
		.clone();
	let ranges = Ranges::covering(owed.iter().copied()).ok()?;
	let proof = held.prove(of.kind, &ranges)?;
	let bytes: Option<Vec<_>> = owed
		.iter()
		.map(|leaf| Bounded::try_from(held.bytes(of.kind, *leaf)?).ok())
		.collect();
	let leaves = Bounded::try_from(bytes?).ok()?;
	Some(Serving::Leaves(Box::new(Leaves { leaves, proof })))
}

/// The move of who holds an answer.
fn answer_to(game: &Game, record: &DisputeOf<R>, trace: Commitment, served: &Served) -> Move {
	let case = record.case(trace).expect("there is a case");
	let mut held = served.held.clone();
	match game {
		Game::Top => Move::Reveal(held.trace.reveal_top().expect("there is a top")),
		Game::Below(node) => Move::Reveal(held.trace.reveal_below(node.level, node.index).expect("there is more")),
		Game::Leaf(node) => {
			let leaf = held.answer.leaves[node.index as usize].1.write();
			Move::Leaf(Bounded::try_from(leaf).expect("short"))
		}
		Game::Parts(charge) => Move::Parts(Bounded::try_from(held.parts(*charge).expect("it has parts")).expect("few")),
		Game::Evidence(charge) => {
			let evidence = gather(&case, &mut held, *charge, None).expect("can be brought");
			Move::Open(Box::new(evidence.expect("is there")))
		}
		Game::PartEvidence(charge, parts, chosen) => {
			let in_parts = InParts { parts, chosen: *chosen };
			let evidence = gather(&case, &mut held, *charge, Some(in_parts)).expect("can be brought");
			Move::Open(Box::new(evidence.expect("is there")))
		}
		Game::Nodes(_) | Game::Seen | Game::Part(..) => unreachable!("not the holder's turn"),
	}
}
