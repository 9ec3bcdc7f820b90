// SPDX-License-Identifier: Apache-2.0

//! An honest worker: nobody finds anything, and whoever accuses it loses.

use atelier_court::{
	Accusation, Answered, Audit, Defence, Drawn, Error, Replay, Verdict,
	cheats::{Accuser, Ended, Scene, accused},
};
use atelier_kernels::{Kernels, Model as Packed, Threads};
use atelier_primitives::{ids::WorkerId, work::draw};
use atelier_referee::{
	commit::Bounded,
	dispute::{Game, Party},
	hash::Portable,
	model::Use,
	samples::Random,
};
use std::sync::Arc;

const BUDGET: u64 = 1 << 30;

pub fn drawn(number: u32) -> Drawn {
	Drawn {
		auditor: WorkerId(3),
		output: [8; 32],
		number,
	}
}

fn scenes() -> impl Iterator<Item = Scene> {
	(0..24).map(|seed| {
		let answers = if seed % 3 == 0 { Use::Embedding } else { Use::Tokens };
		let mut scene = Scene::random(seed + 5_000, answers, 3 + (seed % 20) as u32, 5);
		if seed % 2 == 0 {
			// Some of them end before their limit.
			let stop = Bounded::try_from(b"ab".to_vec()).unwrap();
			scene.request.stops = Bounded::try_from(vec![stop]).unwrap();
			scene.request.ends = Bounded::try_from(vec![seed as u32 % scene.shape.vocabulary]).unwrap();
		}
		scene
	})
}

#[test]
fn whoever_accuses_it_loses() {
	let mut random = Random(71);
	for scene in scenes() {
		let model = scene.model();
		let answered = Answered::new(scene.answered()).unwrap();
		let mut defence = Defence::derive(&model, &answered, BUDGET).unwrap();
		assert_eq!(defence.wrong(), None);
		for accuser in Accuser::ALL {
			for _ in 0..4 {
				let outcome = accused(&mut defence, accuser, &mut random).unwrap();
				assert_eq!(outcome.winner, Some(Party::Holder), "{accuser:?} {:?}", scene.shape);
				assert!(outcome.moves <= outcome.most);
				assert!(
					(outcome.ended == Ended::Played) ^ (accuser == Accuser::GivesUp && outcome.ended == Ended::Silence)
				);
			}
		}
	}
}

#[test]
fn nobody_finds_anything_and_reports_prove_the_work() {
	for scene in scenes() {
		let model = scene.model();
		let served = scene.answered();
		let answered = Answered::new(served.clone()).unwrap();
		assert!(Accusation::new(&model, &answered, BUDGET).unwrap().is_none());
		let mut defence = Defence::derive(&model, &answered, BUDGET).unwrap();
		let mut audit = Audit {
			model: &model,
			replay: None,
			budget: BUDGET,
		};
		for number in 0..3 {
			let verdict = audit.look(&served, drawn(number)).unwrap();
			// Whoever has the numbers can check the report.
			let positions = defence.case().graph.positions();
			let position = draw::position::<Portable>(&[8; 32], number, positions);
			let numbers = defence.numbers(position).unwrap();
			let proof = draw::proof::<Portable>(WorkerId(3), &[8; 32], number, &numbers);
			assert_eq!(verdict, Verdict::Right(proof));
		}
	}
}

/// The fast kernels for a scene.
pub fn replay(scene: &Scene, kernels: &Kernels) -> Replay {
	let package = atelier_referee::model::Package::new(scene.shape, &scene.bytes).unwrap();
	let packed = Arc::new(Packed::new(&package, kernels.clone()).unwrap());
	Replay::new(packed, Arc::new(Threads::new(1).unwrap()), 1 << 28).unwrap()
}

#[test]
fn fast_kernels_say_what_the_plain_computation_says() {
	let kernels = Kernels::detect().unwrap();
	for scene in scenes().filter(|scene| scene.shape.answers == Use::Tokens) {
		let model = scene.model();
		let served = scene.answered();
		let answered = Answered::new(served.clone()).unwrap();
		let mut defence = Defence::derive(&model, &answered, BUDGET).unwrap();
		let graph = defence.case().graph;
		let mut fast = replay(&scene, &kernels);
		let replayed = fast
			.run(&graph, &answered.walked(), scene.request.sampler, Some(1))
			.unwrap();
		assert_eq!(replayed.states, defence.trace().states());
		assert_eq!(replayed.choices, defence.trace().choices());
		assert_eq!(replayed.numbers, defence.numbers(1).unwrap());
		let mut slow = Audit {
			model: &model,
			replay: None,
			budget: BUDGET,
		};
		let mut quick = Audit {
			model: &model,
			replay: Some(fast),
			budget: BUDGET,
		};
		assert_eq!(
			quick.look(&served, drawn(0)).unwrap(),
			slow.look(&served, drawn(0)).unwrap()
		);
	}
}

#[test]
fn it_makes_no_move_of_the_other_party() {
	let scene = Scene::random(3, Use::Tokens, 4, 3);
	let model = scene.model();
	let answered = Answered::new(scene.answered()).unwrap();
	let mut defence = Defence::derive(&model, &answered, BUDGET).unwrap();
	assert!(defence.play(&Game::Seen).is_err());
	assert!(
		Defence::derive(&model, &answered, 1).is_err(),
		"memory that is not granted is not taken"
	);
}

#[test]
fn an_engine_that_computes_wrongly_accuses_nobody() {
	let kernels = Kernels::detect().unwrap();
	let scene = Scene::random(12, Use::Tokens, 6, 4);
	let mut broken = scene.clone();
	let values = atelier_referee::samples::Values::Ordinary;
	broken.bytes = atelier_referee::samples::package(scene.shape, values, &mut Random(1));
	let model = scene.model();
	let served = scene.answered();
	let answered = Answered::new(served.clone()).unwrap();
	let graph = *Defence::derive(&model, &answered, BUDGET).unwrap().trace().graph();
	let mut engine = replay(&broken, &kernels);
	let found = engine
		.run(&graph, &answered.walked(), scene.request.sampler, None)
		.unwrap();
	assert_ne!(found.states, served.states, "by the engine alone it would be accused");
	let mut audit = Audit {
		model: &model,
		replay: Some(engine),
		budget: BUDGET,
	};
	let verdict = audit.look(&served, drawn(0));
	assert!(matches!(verdict, Err(Error::EngineDiffers { .. })), "{verdict:?}");
}
