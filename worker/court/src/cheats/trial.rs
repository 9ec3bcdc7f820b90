// SPDX-License-Identifier: Apache-2.0

//! Both parties before the referee, as the chain would hear them: from an audit to the end.

use super::{Accuser, Cheat, Conduct, Liar};
use crate::{Accusation, Answered, Audit, Defence, Drawn, Error, Model, Replay, Verdict};
use atelier_primitives::ids::WorkerId;
use atelier_referee::{
	dispute::{Case, Game, Move, Next, Party, is_fraud},
	hash::Portable,
	samples::Random,
};

/// Most memory that a trial takes for a trace.
const BUDGET: u64 = 1 << 30;

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
	/// Nobody looked: the claim is paid.
	Unseen,
	/// The auditor found nothing.
	Right,
	/// The claim is wrong by itself.
	ByItself,
	/// What was served is not what was committed to.
	NotServed,
	/// Somebody did not move in time.
	Silence,
	/// Proved in one step.
	Proved,
	/// Played to the end.
	Played,
}

/// How it ended, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
	pub ended: Ended,
	/// Who has won, if there was somebody to accuse.
	pub winner: Option<Party>,
	/// Moves in the game, and the most that there may be.
	pub moves: u32,
	pub most: u32,
}

impl Outcome {
	fn of(ended: Ended, winner: Option<Party>) -> Self {
		Self {
			ended,
			winner,
			moves: 0,
			most: 0,
		}
	}
}

/// An auditor that is drawn.
fn drawn() -> Drawn {
	Drawn {
		auditor: WorkerId(9),
		output: [5; 32],
		number: 0,
	}
}

/// What becomes of a cheat; `audits` is whether anybody looks.
pub fn tried(model: &Model<'_>, cheat: &Cheat, replay: Option<Replay>, audits: bool) -> Result<Outcome, Error> {
	if !audits {
		return Ok(Outcome::of(Ended::Unseen, None));
	}
	let mut audit = Audit {
		model,
		replay,
		budget: BUDGET,
	};
	match audit.look(&cheat.served, drawn())? {
		Verdict::Right(_) => return Ok(Outcome::of(Ended::Right, None)),
		Verdict::WrongByItself(_) => return Ok(Outcome::of(Ended::ByItself, Some(Party::Challenger))),
		Verdict::NotServed(_) => return Ok(Outcome::of(Ended::NotServed, Some(Party::Challenger))),
		// It is proved whatever the trace is.
		Verdict::Torn(torn) => {
			let winner = torn.proof.map(|_| Party::Challenger);
			return Ok(Outcome::of(Ended::Proved, winner));
		}
		Verdict::Wrong(_) => (),
	}
	let answered = Answered::new(cheat.served.clone())?;
	let mut accusation = Audit::accuse(model, &answered, BUDGET)?;
	dispute(model, &answered, &mut accusation, cheat.conduct.clone())
}

/// A dispute between who has an accusation and a worker that behaves like that.
fn dispute(
	model: &Model<'_>,
	answered: &Answered,
	accusation: &mut Accusation<'_, '_>,
	conduct: Conduct,
) -> Result<Outcome, Error> {
	let mut liar = Liar::new(model, answered, conduct);
	let silence = Outcome::of(Ended::Silence, Some(Party::Challenger));
	let Some(commitment) = liar.commitment() else {
		return Ok(silence);
	};
	// The chain takes no trace with another number of leaves.
	if accusation.against(commitment).is_err() {
		return Ok(silence);
	}
	let case = *accusation.case();
	let proof = match liar.served() {
		Some(mut trail) => accusation.prove(&mut trail)?,
		None => accusation.prove_alone()?,
	};
	if let Some(proof) = proof {
		let fraud = is_fraud::<Portable>(&case, proof.charge, &proof.evidence).map_err(Error::Verdict)?;
		let winner = if fraud { Party::Challenger } else { Party::Holder };
		return Ok(Outcome::of(Ended::Proved, Some(winner)));
	}
	game(&case, |game| match game.turn() {
		Party::Holder => {
			let played = liar.play(&case, game);
			if let (Game::Leaf(node), Some(Move::Leaf(bytes))) = (game, &played) {
				accusation.saw(node.index, bytes);
			}
			Ok(played)
		}
		Party::Challenger => accusation.play(game).map(Some),
	})
}

/// What becomes of an accuser of an honest worker.
pub fn accused(defence: &mut Defence<'_, '_>, accuser: Accuser, random: &mut Random) -> Result<Outcome, Error> {
	let case = *defence.case();
	let mut seen = None;
	game(&case, |game| match game.turn() {
		Party::Holder => {
			if let Game::Leaf(node) = game {
				seen = Some(node.index);
			}
			defence.play(game).map(Some)
		}
		Party::Challenger => Ok(accuser.play(&case, game, seen, random)),
	})
}

/// A game to its end. Who makes no move, or one that breaks the rules, loses.
fn game(case: &Case, mut play: impl FnMut(&Game) -> Result<Option<Move>, Error>) -> Result<Outcome, Error> {
	let most = Game::most_moves(case);
	let mut game = Game::Top;
	for moves in 0..=most {
		let turn = game.turn();
		let outcome = |ended, winner| Outcome {
			ended,
			winner: Some(winner),
			moves,
			most,
		};
		let next = match play(&game)? {
			Some(played) => game.clone().play::<Portable>(case, played),
			None => return Ok(outcome(Ended::Silence, turn.other())),
		};
		match next {
			Ok(Next::Go(next)) => game = next,
			Ok(Next::Over { winner }) => {
				return Ok(Outcome {
					moves: moves + 1,
					..outcome(Ended::Played, winner)
				});
			}
			Err(_) => return Ok(outcome(Ended::Silence, turn.other())),
		}
	}
	panic!("no game is longer than {most} moves")
}
