// SPDX-License-Identifier: Apache-2.0

//! Disputes with holders who are honest: none loses, whatever the challenger and strangers do, and each dispute ends.

use super::{
	any, below, byte, next,
	scene::{self, Blind, SCENES, Scene},
};
use atelier_referee::{
	commit::Bounded,
	dispute::{Game, InParts, Move, Next, Party, gather},
	hash::Portable,
	samples::Random,
};
use codec::Encode;

pub fn run(mut bytes: &[u8]) -> bool {
	let bytes = &mut bytes;
	scene::with(byte(bytes), |scene| match byte(bytes) % 4 {
		0 => anywhere(scene, bytes),
		_ => dispute(scene, bytes),
	})
}

/// A move in a game that stands anywhere, even where it cannot.
fn anywhere(scene: &Scene, bytes: &mut &[u8]) -> bool {
	let (Some(game), Some(played)) = (next::<Game>(bytes), next::<Move>(bytes)) else {
		return false;
	};
	game.turn();
	let _ = game.clone().play::<Blind>(&scene.blind, played.clone());
	game.play::<Portable>(&scene.case, played).is_ok()
}

/// A dispute from its beginning. The holder answers what it is asked; everything else the bytes say.
fn dispute(scene: &mut Scene, bytes: &mut &[u8]) -> bool {
	let mut game = Game::Top;
	let mut moves = 0;
	let most = Game::most_moves(&scene.case);
	while moves < most {
		if byte(bytes) % 4 == 1
			&& let Some(played) = next::<Move>(bytes)
		{
			let after = game.clone().play::<Portable>(&scene.case, played);
			// What the holder alone may do is tried by somebody else, and counts as nothing.
			if let Ok(Next::Go(next)) = after
				&& game.turn() == Party::Challenger
			{
				game = next;
				moves += 1;
				continue;
			}
		}
		let played = match game.turn() {
			Party::Holder => answer(scene, &game),
			Party::Challenger => challenge(scene, &game, bytes),
		};
		for wrong in neighbours(&game, &played) {
			let result = game.clone().play::<Portable>(&scene.case, wrong);
			assert!(result.is_err(), "{game:?} {result:?}");
		}
		match game.play::<Portable>(&scene.case, played).expect("within the rules") {
			Next::Go(next) => game = next,
			Next::Over { winner } => {
				assert_eq!(winner, Party::Holder);
				return true;
			}
		}
		moves += 1;
	}
	panic!("the dispute has not ended after {most} moves: {game:?}");
}

/// Moves just outside of the rules.
fn neighbours(game: &Game, played: &Move) -> Vec<Move> {
	fn shorter<T: Clone, const MAX: usize>(list: &Bounded<T, MAX>) -> Bounded<T, MAX> {
		let all = list.clone().into_inner();
		Bounded::try_from(all[..all.len() - 1].to_vec()).expect("shorter")
	}
	match (game, played) {
		(_, Move::Reveal(nodes)) => vec![Move::Reveal(shorter(nodes))],
		(_, Move::Parts(parts)) => vec![Move::Parts(shorter(parts))],
		(Game::Nodes(nodes), _) => vec![Move::Descend(nodes.len() as u32), Move::Part(0)],
		(Game::Part(_, parts), _) => vec![Move::Part(parts.len() as u32), Move::Descend(0)],
		(_, Move::Leaf(bytes)) => vec![Move::Leaf(shorter(bytes))],
		_ => Vec::new(),
	}
}

/// What an honest holder answers.
fn answer(scene: &mut Scene, game: &Game) -> Move {
	let (case, holder) = (&scene.case, &mut scene.holder);
	match game {
		Game::Top => Move::Reveal(holder.trace.reveal_top().expect("there is a top")),
		Game::Below(node) => {
			let below = holder.trace.reveal_below(node.level, node.index);
			Move::Reveal(below.expect("there is something below"))
		}
		Game::Leaf(node) => {
			let leaf = holder.answer.leaves[node.index as usize].1.write();
			Move::Leaf(Bounded::try_from(leaf).expect("short"))
		}
		Game::Parts(charge) => {
			let parts = holder.parts(*charge).expect("it has parts");
			Move::Parts(Bounded::try_from(parts).expect("not too many"))
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
		Game::Nodes(_) | Game::Seen | Game::Part(..) => panic!("the challenger moves"),
	}
}

/// What a challenger says who keeps to the rules.
fn challenge(scene: &Scene, game: &Game, bytes: &mut &[u8]) -> Move {
	match game {
		Game::Nodes(nodes) if byte(bytes) % 4 != 3 => Move::Descend(below(bytes, nodes.len() as u64) as u32),
		Game::Part(_, parts) => Move::Part(below(bytes, parts.len() as u64) as u32),
		_ => Move::Accuse(scene.charge(bytes)),
	}
}

/// A move of an honest holder.
pub fn honest(random: &mut Random) -> Move {
	let noise: Vec<_> = (0..64).map(|_| random.bits() as u8).collect();
	let stop = random.between(0, 6);
	scene::with(random.bits() as u8, |scene| {
		let (mut game, bytes) = (Game::Top, &mut &noise[..]);
		for moves in 0.. {
			let played = match game.turn() {
				Party::Holder => answer(scene, &game),
				Party::Challenger => challenge(scene, &game, bytes),
			};
			match game.play::<Portable>(&scene.case, played.clone()) {
				Ok(Next::Go(next)) if moves < stop => game = next,
				_ => return played,
			}
		}
		unreachable!("it stops")
	})
}

pub fn seed(random: &mut Random) -> Vec<u8> {
	let number = random.between(0, SCENES as i64 - 1) as u8;
	match random.between(0, 3) {
		0 => [vec![number, 0], any::<Game>(random), any::<Move>(random)].concat(),
		1 => [vec![number, 0], any::<Game>(random), honest(random).encode()].concat(),
		2 => [vec![number, 1, 1], any::<Move>(random), vec![1], any::<Move>(random)].concat(),
		_ => {
			let noise = (0..random.between(0, 80)).map(|_| random.bits() as u8);
			[number, 1].into_iter().chain(noise).collect()
		}
	}
}
