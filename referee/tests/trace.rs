// SPDX-License-Identifier: Apache-2.0

//! Traces of random models: their order, and that every value follows from those before it.

use atelier_referee::samples::{Answer, Sample};
use atelier_referee::{
	model::Use,
	ops::sampling::Choice,
	samples::{self, Random},
	trace::{
		At, Counts, Graph, GraphError, Leaf, Place, Stage,
		step::{Doubt, Missing, Source, StepError, all_parts, holds, joined, part_holds, parts},
	},
};

#[test]
fn every_leaf_has_one_number_and_one_place() {
	for sample in Sample::all(150) {
		let answer = Answer::of(&sample);
		let graph = &answer.graph;
		assert_eq!(answer.leaves.len() as u64, graph.leaves(), "{:?}", sample.shape);
		for (number, (at, leaf)) in (0_u64..).zip(&answer.leaves) {
			// The forward pass makes them in the order of the trace.
			assert_eq!(graph.number(*at), Some(number), "{at:?}");
			assert_eq!(graph.at(number), Some(*at), "{at:?}");
			let bytes = leaf.write();
			assert_eq!(
				Leaf::read(graph.size(at.place.stage), at.leaf, &bytes).as_ref(),
				Ok(leaf),
				"{at:?}"
			);
			assert!(bytes.len() <= 1_024);
		}
		assert_eq!(graph.at(graph.leaves()), None);
		assert_eq!(graph.at(u64::MAX), None);
	}
}

#[test]
fn places_that_do_not_exist_have_no_number() {
	for sample in Sample::all(40) {
		let graph = Answer::of(&sample).graph;
		let place = Place {
			position: 0,
			layer: 0,
			stage: Stage::Query,
		};
		assert!(graph.number(At { place, leaf: 0 }).is_some());
		assert_eq!(graph.number(At { place, leaf: u32::MAX }), None);
		assert_eq!(
			graph.number(At {
				place: Place {
					position: graph.positions(),
					..place
				},
				leaf: 0
			}),
			None
		);
		assert_eq!(
			graph.number(At {
				place: Place {
					layer: sample.shape.layers,
					..place
				},
				leaf: 0
			}),
			None
		);
		let embedded = Place {
			stage: Stage::Embedded,
			layer: 1,
			..place
		};
		assert_eq!(
			graph.number(At {
				place: embedded,
				leaf: 0
			}),
			None
		);
		let absent = match sample.shape.answers {
			Use::Tokens => Stage::Pooled,
			Use::Embedding => Stage::Logits,
		};
		assert_eq!(
			graph.number(At {
				place: Place { stage: absent, ..place },
				leaf: 0
			}),
			None
		);
	}
}

#[test]
fn counts_that_no_answer_has_are_refused() {
	for sample in Sample::all(20) {
		let shape = sample.shape;
		let new = |input, output| Graph::new(shape, Counts { input, output }).map(|_| ());
		let (right, wrong) = match shape.answers {
			Use::Tokens => (1, 0),
			Use::Embedding => (0, 1),
		};
		assert_eq!(new(1, right), Ok(()));
		assert_eq!(new(0, right), Err(GraphError::NoInput));
		assert_eq!(new(1, wrong), Err(GraphError::WrongOutput));
		assert_eq!(new(shape.positions, right), Ok(()));
		assert_eq!(new(shape.positions + 1, right), Err(GraphError::TooLong));
		assert_eq!(new(u32::MAX, right), Err(GraphError::TooLong));
	}
}

#[test]
fn every_value_of_an_honest_trace_holds() {
	let mut doubts = 0_u64;
	for sample in Sample::all(120) {
		let answer = Answer::of(&sample);
		for doubt in answer.doubts(&mut Random(7)) {
			assert!(answer.survives(doubt), "{:?}: {doubt:?}", sample.shape);
			doubts += 1;
		}
	}
	println!("{doubts} values");
	assert!(doubts > 100_000);
}

#[test]
fn every_wrong_value_is_found() {
	let mut random = Random(3);
	let mut found = 0;
	for sample in Sample::all(60) {
		let honest = Answer::of(&sample);
		for _ in 0..40 {
			let number = random.between(0, honest.graph.leaves() as i64 - 1) as usize;
			let mut forged = honest.clone();
			let (at, leaf) = &mut forged.leaves[number];
			let Some(doubt) = samples::spoil(*at, leaf, &honest, &mut random) else {
				continue;
			};
			// A token that does not even run loses to itself.
			let alone = match &forged.leaves[number].1 {
				Leaf::Choice(choice) if doubt.value == Choice::TOKEN => Doubt {
					rival: choice.token,
					..doubt
				},
				_ => doubt,
			};
			assert!(
				!forged.survives(doubt) || !forged.survives(alone),
				"{:?}: {doubt:?}",
				sample.shape
			);
			// Everything before the wrong value still holds.
			if let Some(before) = number.checked_sub(1) {
				let (at, _) = honest.leaves[before];
				let rival = if at.place.stage == Stage::Choice { continue } else { 0 };
				assert!(forged.survives(Doubt { at, value: 0, rival }));
			}
			found += 1;
		}
	}
	println!("{found} wrong values found");
	assert!(found > 1_000);
}

#[test]
fn doubts_about_nothing_are_refused() {
	for sample in Sample::all(30) {
		let mut answer = Answer::of(&sample);
		let graph = answer.graph;
		let at = At {
			place: Place {
				position: 0,
				layer: 0,
				stage: Stage::Query,
			},
			leaf: 0,
		};
		let doubt = Doubt { at, value: 0, rival: 0 };
		let outside = At { leaf: u32::MAX, ..at };
		assert_eq!(
			holds(&graph, &mut answer, Doubt { at: outside, ..doubt }),
			Err(StepError::NoLeaf)
		);
		assert_eq!(
			holds(&graph, &mut answer, Doubt { value: 256, ..doubt }),
			Err(StepError::NoValue)
		);
		assert_eq!(
			holds(&graph, &mut answer, Doubt { rival: 1, ..doubt }),
			Err(StepError::WrongRival)
		);
		if sample.shape.answers == Use::Tokens {
			let place = Place {
				position: graph.first_choice(),
				layer: 0,
				stage: Stage::Choice,
			};
			let choice = Doubt {
				at: At { place, leaf: 0 },
				value: Choice::TOKEN,
				rival: 0,
			};
			assert_eq!(holds(&graph, &mut answer, choice), Ok(true));
			assert_eq!(
				holds(
					&graph,
					&mut answer,
					Doubt {
						rival: sample.shape.vocabulary,
						..choice
					}
				),
				Err(StepError::WrongRival)
			);
			assert_eq!(
				holds(&graph, &mut answer, Doubt { value: 5, ..choice }),
				Err(StepError::NoValue)
			);
		}
	}
}

/// Gives nothing of one kind.
struct Without<'a> {
	answer: &'a mut Answer,
	at: At,
}

impl Source for Without<'_> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		if at == self.at {
			Err(Missing::Leaf(at))
		} else {
			self.answer.leaf(at)
		}
	}

	fn package(&mut self, bytes: std::ops::Range<u64>) -> Result<Vec<u8>, Missing> {
		self.answer.package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		self.answer.token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		self.answer.output(leaf)
	}

	fn sampler(&mut self) -> atelier_referee::ops::sampling::Sampler {
		self.answer.sampler()
	}
}

#[test]
fn what_is_not_there_is_named() {
	for sample in Sample::all(30) {
		let mut answer = Answer::of(&sample);
		let graph = answer.graph;
		let at = At {
			place: Place {
				position: 0,
				layer: 0,
				stage: Stage::AttentionInput,
			},
			leaf: 0,
		};
		let query = At {
			place: Place {
				stage: Stage::Query,
				..at.place
			},
			leaf: 0,
		};
		let mut source = Without {
			answer: &mut answer,
			at,
		};
		let doubt = Doubt {
			at: query,
			value: 0,
			rival: 0,
		};
		assert_eq!(
			holds(&graph, &mut source, doubt),
			Err(StepError::Missing(Missing::Leaf(at)))
		);
	}
}

#[test]
fn long_contexts_and_vocabularies_are_computed_in_parts() {
	let mut random = Random(11);
	let mut in_parts = 0;
	for seed in 0..6 {
		let mut sample = Sample::new(seed, samples::Values::Ordinary);
		sample.shape.positions = 200;
		sample.shape.window = 0;
		sample.shape.layers = 1;
		sample.shape.vocabulary = 5_000;
		sample.bytes = samples::package(sample.shape, samples::Values::Ordinary, &mut random);
		sample.tokens = samples::tokens(&sample.shape, 150, &mut random);
		let mut answer = Answer::of(&sample);
		let graph = answer.graph;
		let last = graph.positions() - 1;
		let mut stages = vec![(Stage::Largest, last, 1), (Stage::Mixed, last, 1)];
		match sample.shape.answers {
			Use::Tokens => stages.push((Stage::Choice, last, 4)),
			Use::Embedding => stages.push((Stage::Pooled, 0, 1)),
		}
		for (stage, position, values) in stages {
			for value in 0..values {
				let at = At {
					place: Place {
						position,
						layer: 0,
						stage,
					},
					leaf: 0,
				};
				let doubt = Doubt { at, value, rival: 0 };
				let count = parts(&graph, doubt);
				assert!(count > 1, "{stage:?}");
				if answer.is_plain(doubt) {
					continue;
				}
				assert_eq!(holds(&graph, &mut answer, doubt), Err(StepError::NeedsParts));
				let right = all_parts(&graph, &mut answer, doubt).expect("it is there");
				assert_eq!(right.len() as u32, count);
				assert_eq!(
					joined(&graph, &mut answer, doubt, &right),
					Ok(true),
					"{stage:?} {value}"
				);
				for number in 0..count {
					let part = right[number as usize];
					assert_eq!(part_holds(&graph, &mut answer, doubt, number, part), Ok(true));
					let mut wrong = part;
					wrong.first += 1;
					assert_eq!(part_holds(&graph, &mut answer, doubt, number, wrong), Ok(false));
				}
				assert!(joined(&graph, &mut answer, doubt, &right[1..]).is_err());
				assert!(part_holds(&graph, &mut answer, doubt, count, right[0]).is_err());
				in_parts += 1;
			}
		}
	}
	assert!(in_parts >= 12, "{in_parts}");
}
