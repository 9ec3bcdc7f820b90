// SPDX-License-Identifier: Apache-2.0

//! What a worker owes to auditors, as the chain checks it.

use atelier_court::{Answered, Error, cheats::Scene};
use atelier_primitives::work::draw;
use atelier_referee::{
	commit::{Commitment, Kind, Ranges},
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
