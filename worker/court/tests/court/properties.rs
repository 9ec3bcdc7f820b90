// SPDX-License-Identifier: Apache-2.0

//! Random models, a random wrong value anywhere in the trace, random conduct on both sides: the honest side always wins, and
//! no game is longer than it may be.

use atelier_court::{
	Accusation, Answered, Defence, Error,
	cheats::{Accuser, Cheat, Conduct, Ended, Liar, Scene, Strategy, accused, tried},
};
use atelier_referee::{
	dispute::{Game, Move, Next, Party},
	hash::Portable,
	model::Use,
	samples::Random,
};

const BUDGET: u64 = 1 << 30;

/// A claim that is wrong, with a trace in which any byte is another one.
fn corrupted(scene: Scene, random: &mut Random) -> Option<Cheat> {
	let kind = match scene.shape.answers {
		Use::Tokens => random.pick([Strategy::OneState, Strategy::ClaimedToken, Strategy::ChosenToken]),
		Use::Embedding => random.pick([Strategy::OneState, Strategy::ClaimedVector, Strategy::WrongVector]),
	};
	let mut cheat = kind.cheat(scene, random)?;
	let mut leaves = cheat.conduct.leaves.take()?;
	let which = random.between(0, leaves.len() as i64 - 1) as usize;
	let leaf = leaves.get_mut(which)?;
	let byte = random.between(0, leaf.len() as i64 - 1) as usize;
	leaf[byte] ^= 1 << random.between(0, 7);
	cheat.conduct = Conduct {
		serves: random.one_in(2),
		moves: if random.one_in(4) {
			random.between(0, 12) as u32
		} else {
			u32::MAX
		},
		lies_in_parts: random.one_in(2),
		..Conduct::of(leaves)
	};
	Some(cheat)
}

#[test]
fn the_honest_side_always_wins() {
	let rounds = std::env::var("COURT_ROUNDS").map_or(150, |rounds| rounds.parse().unwrap());
	let mut random = Random(2_026);
	let (mut played, mut proved, mut silent, mut false_accusations) = (0, 0, 0, 0);
	for round in 0..rounds {
		let answers = if random.one_in(3) { Use::Embedding } else { Use::Tokens };
		let input = random.between(1, 40) as u32;
		let limit = random.between(2, 6) as u32;
		let scene = Scene::random(round * 7 + 1, answers, input, limit);
		if let Some(cheat) = corrupted(scene.clone(), &mut random) {
			let model = cheat.scene.model();
			let outcome = tried(&model, &cheat, None, true).unwrap();
			assert_eq!(
				outcome.winner,
				Some(Party::Challenger),
				"{round}: {outcome:?} {:?}",
				scene.shape
			);
			assert!(outcome.moves <= outcome.most);
			match outcome.ended {
				Ended::Played => played += 1,
				Ended::Proved => proved += 1,
				_ => silent += 1,
			}
		}
		let model = scene.model();
		let answered = Answered::new(scene.answered()).unwrap();
		assert!(Accusation::new(&model, &answered, BUDGET).unwrap().is_none(), "{round}");
		let mut defence = Defence::derive(&model, &answered, BUDGET).unwrap();
		for _ in 0..3 {
			let outcome = accused(&mut defence, random.pick(Accuser::ALL), &mut random).unwrap();
			assert_eq!(
				outcome.winner,
				Some(Party::Holder),
				"{round}: {outcome:?} {:?}",
				scene.shape
			);
			assert!(outcome.moves <= outcome.most);
			false_accusations += 1;
		}
	}
	println!("{played} played, {proved} proved, {silent} silent, {false_accusations} false accusations");
	assert!(played > 0 && proved > 0 && silent > 0);
}

#[test]
fn who_forgets_everything_between_moves_still_wins() {
	let mut random = Random(4);
	let mut ended = 0;
	for seed in 0..12 {
		let scene = Scene::random(seed, Use::Tokens, 18, 4);
		let Some(cheat) = Strategy::LyingParts.cheat(scene, &mut random) else {
			continue;
		};
		let model = cheat.scene.model();
		let answered = Answered::new(cheat.served.clone()).unwrap();
		let mut liar = Liar::new(&model, &answered, cheat.conduct.clone());
		let trace = liar.commitment().unwrap();
		let case = answered.case(&model, trace).unwrap();
		let mut seen: Option<(u64, Vec<u8>)> = None;
		let mut game = Game::Top;
		let winner = loop {
			let played = match game.turn() {
				Party::Holder => liar.play(&case, &game).unwrap(),
				Party::Challenger => {
					// All that is left is what the chain has.
					let mut again = Accusation::new(&model, &answered, BUDGET).unwrap().unwrap();
					again.against(trace).unwrap();
					if matches!(game, Game::Seen | Game::Part(..)) {
						assert_eq!(again.play(&game), Err(Error::NotSeen));
						let (number, bytes) = seen.as_ref().unwrap();
						again.saw(*number, bytes);
					}
					again.play(&game).unwrap()
				}
			};
			if let (Game::Leaf(node), Move::Leaf(bytes)) = (&game, &played) {
				seen = Some((node.index, bytes.to_vec()));
			}
			match game.play::<Portable>(&case, played).unwrap() {
				Next::Go(next) => game = next,
				Next::Over { winner } => break winner,
			}
		};
		assert_eq!(winner, Party::Challenger);
		ended += 1;
	}
	assert!(ended > 3);
}
