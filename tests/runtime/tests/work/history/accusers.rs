// SPDX-License-Identifier: Apache-2.0

//! Whoever accuses, rightly or wrongly, and goes on with that or gives up.

use super::{ACCUSERS, Checked, World, one_of, proof};
use crate::world::*;
use atelier_primitives::{ids::DisputeId, work::Work};
use atelier_referee::{
	dispute::{Charge, Game, Move, gather},
	samples::Random,
};
use atelier_runtime_tests::{Account, R, account};
use pallet_disputes::{Call, DisputeOf, Shown};
use sp_runtime::DispatchResult;

impl World {
	fn accuse(&mut self, work: Work, shown: Shown, random: &mut Random) -> bool {
		let who = random.pick(ACCUSERS);
		let shown = Box::new(shown);
		call(who, Call::challenge { work, shown, lot: None }).is_ok()
	}

	pub fn challenge(&mut self, random: &mut Random) {
		let Some(work) = one_of(self.settled.keys().copied(), random) else {
			return;
		};
		let which = self.settled[&work];
		let session = &self.sessions[which];
		let Some(index) = one_of(0..session.talk.settled as usize, random) else {
			return;
		};
		let shown = self.part(which, index, work).shown;
		let done = self.accuse(work, shown, random);
		self.saw("challenged", done);
	}

	pub fn challenge_a_job(&mut self, random: &mut Random) {
		let Some((work, shown)) = self.orders.accused(random) else {
			return;
		};
		let done = random.one_in(3) && self.accuse(work, shown, random);
		self.saw("challenged a job", done);
	}

	/// A dispute of one of them.
	fn dispute(&self, random: &mut Random) -> Option<(Account, DisputeId, DisputeOf<R>)> {
		let mut all: Vec<_> = pallet_disputes::Disputes::<R>::iter_keys().collect();
		all.sort_unstable();
		let dispute = one_of(all, random)?;
		let record = pallet_disputes::Disputes::<R>::get(dispute)?;
		let who = ACCUSERS.into_iter().find(|who| account(*who) == record.challenger)?;
		Some((who, dispute, record))
	}

	pub fn prove(&mut self, random: &mut Random) -> Checked {
		let Some((who, dispute, record)) = self.dispute(random) else {
			return Ok(());
		};
		let Some(wrong) = self.answers().find(|served| super::is_wrong(served)) else {
			return Ok(());
		};
		let (charge, mut evidence) = proof(wrong);
		let right = record.claim.state == ANSWERS.honest.committed.state.commitment();
		if let Some(trace) = record.stage.trace().filter(|_| right) {
			// All of it is true, and shows nothing wrong.
			let case = record.case(trace).expect("there is a case");
			let mut held = ANSWERS.honest.committed.clone();
			if let Ok(Some(brought)) = gather(&case, &mut held, charge, None) {
				evidence = brought;
			}
		}
		let prove = Call::prove {
			dispute,
			charge,
			evidence: Box::new(evidence),
		};
		let proved = call(who, prove).is_ok();
		self.saw("proved", proved);
		match proved && right {
			true => Err("an answer that is right was proved wrong".into()),
			false => Ok(()),
		}
	}

	pub fn go_on(&mut self, random: &mut Random) {
		let Some((who, dispute, _)) = self.dispute(random) else {
			return;
		};
		let done = match random.between(0, 3) {
			0 => call(who, Call::concede { dispute }),
			1 => call(who, Call::descend { dispute }),
			_ => play(who, dispute, random),
		};
		self.saw("moved", done.is_ok());
	}
}

/// Any move of who accused.
fn play(who: Account, dispute: DisputeId, random: &mut Random) -> DispatchResult {
	let Some(game) = atelier_runtime::Disputes::game(dispute) else {
		return Err(sp_runtime::DispatchError::Unavailable);
	};
	let played = match game {
		Game::Nodes(nodes) if !random.one_in(4) => Move::Descend(random.between(0, nodes.len() as i64 - 1) as u32),
		Game::Part(_, parts) => Move::Part(random.between(0, parts.len() as i64 - 1) as u32),
		_ => Move::Accuse(Charge::State(0)),
	};
	call(who, Call::play { dispute, played })
}
