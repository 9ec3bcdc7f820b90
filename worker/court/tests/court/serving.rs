// SPDX-License-Identifier: Apache-2.0

//! What a worker owes to auditors, as the chain checks it.

use atelier_court::{Answered, Bare, Error, Torn, cheats::Scene};
use atelier_primitives::work::draw;
use atelier_referee::{
	commit::{Commitment, Kind, Ranges, Tree},
	hash::Portable,
	model::Use,
};

fn served(answered: &Answered, scene: &Scene, of: &Commitment, numbers: &[u64]) {
	let model = scene.model();
	let shown = answered.serve(&model, of, numbers.iter().copied()).unwrap();
	let ranges = Ranges::covering(numbers.iter().copied()).unwrap();
	assert_eq!(shown.ranges, ranges);
	assert_eq!(shown.proof.verify::<Portable>(of, &ranges, &shown.leaves), Ok(()));
}

#[test]
fn all_that_was_committed_to_is_served() {
	for (seed, answers) in [(1, Use::Tokens), (2, Use::Embedding), (3, Use::Tokens)] {
		let scene = Scene::random(seed, answers, 70, 70);
		let answered = Answered::new(scene.answered()).unwrap();
		let claim = answered.served().claim;
		for of in [scene.request.input, claim.answer, claim.state] {
			let all: Vec<_> = (0..of.count.min(64)).collect();
			served(&answered, &scene, &of, &all);
			served(&answered, &scene, &of, &[of.count - 1]);
		}
		let weights = scene.registered().weights;
		let drawn = draw::leaves::<Portable>(&[6; 32], weights.count);
		served(&answered, &scene, &weights, &drawn);
	}
}

#[test]
fn torn_leaves_are_proved_from_their_bytes() {
	let scene = Scene::random(1, Use::Tokens, 20, 5);
	let answered = Answered::new(scene.answered()).unwrap();
	let model = scene.model();
	let (honest, whole) = (answered.served().clone(), answered.bare());
	assert_eq!(Torn::find(&model, &honest, &whole), Ok(None));
	let torn = |tear: &dyn Fn(&mut Bare)| {
		let mut bare = whole.clone();
		tear(&mut bare);
		let mut served = honest.clone();
		let root = |kind, leaves: &[Vec<u8>]| Tree::from_leaves::<Portable>(kind, leaves).unwrap().commitment();
		served.request.input = root(Kind::Input, &bare.input);
		served.claim.request = served.request.root::<Portable>();
		served.claim.answer = root(Kind::Tokens, &bare.tokens);
		served.claim.state = root(Kind::State, &bare.states);
		Torn::find(&model, &served, &bare).unwrap().unwrap()
	};
	for leaf in [0, 1] {
		let found = torn(&|bare: &mut Bare| bare.states[leaf].truncate(35));
		assert!(found.proof.is_some(), "{found:?}");
	}
	assert!(torn(&|bare: &mut Bare| bare.tokens[0].push(0)).proof.is_some());
	assert!(torn(&|bare: &mut Bare| bare.input[0].extend([0; 4])).proof.is_some());
	// What cannot be opened is lost in the game.
	assert!(torn(&|bare: &mut Bare| bare.tokens[0].resize(2_000, 0)).proof.is_none());
	assert_eq!(
		Torn::find(
			&model,
			&honest,
			&Bare {
				tokens: vec![vec![1]],
				..Bare::default()
			}
		),
		Err(Error::NotCommitted(Kind::Tokens))
	);
}

#[test]
fn what_is_another_s_is_not_served() {
	let scene = Scene::random(1, Use::Tokens, 5, 5);
	let answered = Answered::new(scene.answered()).unwrap();
	let mut of = answered.served().claim.state;
	of.root[0] ^= 1;
	let model = scene.model();
	assert_eq!(answered.serve(&model, &of, [0]), Err(Error::NotCommitted(Kind::State)));
	let of = answered.served().claim.state;
	assert!(answered.serve(&model, &of, [of.count]).is_err());
}
