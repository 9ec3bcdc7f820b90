// SPDX-License-Identifier: Apache-2.0

//! Who plays the game on the chain.

use super::world::*;
use crate::mock::*;
use atelier_primitives::ids::DisputeId;
use atelier_referee::{
	commit::Bounded,
	dispute::{gather, wrong_part, Case, Charge, Game, InParts, Move, Party},
	ops::sampling::Choice,
	samples::{Committed, Random as Dice, Seen},
	trace::{step::Doubt, At, Leaf},
};
use sp_runtime::DispatchResult;

/// How the challenger plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Challenger {
	/// Has the right trace and goes to the first difference.
	Honest,
	/// Makes any move that the rules allow.
	Any,
}

/// What the holder of an answer does when it is asked.
fn holders(game: &Game, case: &Case, holder: &mut Committed) -> Move {
	match game {
		Game::Top => Move::Reveal(holder.trace.reveal_top().expect("there is a top")),
		Game::Below(node) => Move::Reveal(
			holder
				.trace
				.reveal_below(node.level, node.index)
				.expect("there is something below"),
		),
		Game::Leaf(node) => {
			let leaf = holder.answer.leaves[node.index as usize].1.write();
			Move::Leaf(Bounded::try_from(leaf).expect("short"))
		}
		Game::Parts(charge) => {
			Move::Parts(Bounded::try_from(holder.parts(*charge).expect("it has parts")).expect("few"))
		}
		Game::Evidence(charge) => {
			let evidence = gather(case, holder, *charge, None).expect("can be brought");
			Move::Open(Box::new(evidence.expect("is there")))
		}
		Game::PartEvidence(charge, parts, chosen) => {
			let in_parts = InParts { parts, chosen: *chosen };
			let evidence = gather(case, holder, *charge, Some(in_parts)).expect("can be brought");
			Move::Open(Box::new(evidence.expect("is there")))
		}
		Game::Nodes(_) | Game::Seen | Game::Part(..) => panic!("not the holder's turn"),
	}
}

/// What the challenger does; nothing if it sees nothing wrong.
fn challengers(
	game: &Game,
	case: &Case,
	holder: &Committed,
	right: &mut Committed,
	how: Challenger,
	looked_at: &mut Option<u64>,
	dice: &mut Dice,
) -> Option<Move> {
	Some(match game {
		Game::Nodes(nodes) => {
			let number = match how {
				Challenger::Honest => nodes
					.iter()
					.position(|node| right.trace.node(node.level, node.index) != Some(node.digest))?,
				Challenger::Any => dice.between(0, nodes.len() as i64 - 1) as usize,
			};
			if nodes[number].level == 0 {
				*looked_at = Some(nodes[number].index);
			}
			Move::Descend(number as u32)
		}
		Game::Seen => {
			let number = looked_at.expect("a leaf was looked at") as usize;
			let (at, seen) = &holder.answer.leaves[number];
			Move::Accuse(Charge::Value(match how {
				Challenger::Honest => difference(*at, seen, &right.answer.leaves[number].1),
				Challenger::Any => {
					let doubts = holder.answer.doubts(dice);
					let about: Vec<_> = doubts.into_iter().filter(|doubt| doubt.at == *at).collect();
					about[dice.between(0, about.len() as i64 - 1) as usize]
				}
			}))
		}
		Game::Part(charge, parts) => {
			let Charge::Value(doubt) = *charge else {
				panic!("only values have parts")
			};
			let number = case.graph.number(doubt.at).expect("it exists") as usize;
			let leaf = holder.answer.leaves[number].1.clone();
			let mut seen = Seen {
				own: &right.answer,
				at: doubt.at,
				leaf,
			};
			let wrong = wrong_part(case, &mut seen, *charge, parts).expect("everything is there");
			Move::Part(wrong.unwrap_or(0))
		}
		_ => panic!("not the challenger's turn"),
	})
}

/// The first value in which two leaves differ.
fn difference(at: At, seen: &Leaf, right: &Leaf) -> Doubt {
	fn first<T: PartialEq>(seen: &[T], right: &[T]) -> u32 {
		seen.iter().zip(right).position(|(a, b)| a != b).expect("they differ") as u32
	}
	let (value, rival) = match (seen, right) {
		(Leaf::Numbers(seen), Leaf::Numbers(right)) => (first(seen, right), 0),
		(Leaf::Activations(seen), Leaf::Activations(right)) => (first(seen, right), 0),
		(Leaf::Statistics(seen), Leaf::Statistics(right)) => (first(seen, right), 0),
		(Leaf::Choice(seen), Leaf::Choice(right)) => {
			let fields = [
				seen.largest != right.largest,
				seen.top != right.top,
				seen.weight != right.weight,
				seen.least != right.least,
			];
			match fields.iter().position(|differs| *differs) {
				Some(field) => (field as u32, 0),
				None => (Choice::TOKEN, right.token),
			}
		}
		_ => (0, 0),
	};
	Doubt { at, value, rival }
}

/// Plays a game that was asked for, until it is over, or the challenger has nothing to say. How many bytes the holder sent.
pub fn play(
	id: DisputeId,
	served: &mut Served,
	right: &mut Committed,
	challenger: AccountId,
	how: Challenger,
	dice: &mut Dice,
) -> usize {
	use codec::Encode;
	let case = served.case();
	let mut looked_at = None;
	let mut bytes = 0;
	let most = Game::most_moves(&case);
	for _ in 0..=most {
		let Some(game) = crate::Pallet::<Test>::game(id) else {
			return bytes;
		};
		let (who, played) = match game.turn() {
			Party::Holder => {
				let played = holders(&game, &case, &mut served.held);
				bytes += played.encoded_size();
				(account(WORKER), Some(played))
			}
			Party::Challenger => {
				let played = challengers(&game, &case, &served.held, right, how, &mut looked_at, dice);
				(challenger, played)
			}
		};
		let Some(played) = played else { return bytes };
		// Nobody else can make it.
		for other in [PAYER, OTHER, account(WORKER), challenger] {
			if other != who {
				assert!(moved(id, played.clone(), other).is_err());
			}
		}
		moved(id, played, who).expect("the move is within the rules");
	}
	assert!(
		crate::Games::<Test>::get(id).is_none(),
		"no game is longer than {most} moves"
	);
	bytes
}

pub fn moved(dispute: DisputeId, played: Move, who: AccountId) -> DispatchResult {
	tried(crate::Call::play { dispute, played }, who)
}
