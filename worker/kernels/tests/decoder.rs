// SPDX-License-Identifier: Apache-2.0

//! Decoders against the reference: final states, logits and chosen tokens of every position, however they are batched.

mod common;

use atelier_kernels::{
	Error, Kernels, Path,
	decoder::{Decoder, Race, Sequence, Step, Wanted},
};
use atelier_referee::{
	forward::{self, InputError, Nobody},
	model::Use,
	samples::{self, Random},
};
use common::{Sample, VALUES, factor, threads};

/// Memory for the caches of small models.
const BUDGET: u64 = 64 << 20;

/// What the reference says about some tokens.
struct Expected {
	states: Vec<i32>,
	logits: Vec<i32>,
}

fn expected(sample: &Sample, tokens: &[u32]) -> Expected {
	let mut decoder = forward::Decoder::new(sample.package()).expect("tokens");
	let (mut states, mut logits) = (Vec::new(), Vec::new());
	for token in tokens {
		decoder.push(*token, &mut Nobody).expect("valid");
		states.extend_from_slice(decoder.state());
		logits.extend(decoder.logits(&mut Nobody).expect("there are tokens"));
	}
	Expected { states, logits }
}

/// A sequence in a test, and how far it is.
struct Run {
	sequence: Sequence,
	tokens: Vec<u32>,
	expected: Expected,
	done: usize,
}

/// Takes the tokens of all in, in batches of random parts of random sequences. Compares every state and every logit; how many
/// numbers.
fn run(decoder: &mut Decoder, runs: &mut [Run], random: &mut Random, most: i64) -> usize {
	let width = decoder.model().shape().width as usize;
	let vocabulary = decoder.model().shape().vocabulary as usize;
	let mut compared = 0;
	while runs.iter().any(|run| run.done < run.tokens.len()) {
		let mut parts = Vec::new();
		for (number, run) in runs.iter().enumerate() {
			let left = run.tokens.len() - run.done;
			if left > 0 && !random.one_in(4) {
				parts.push((number, random.between(1, most.min(left as i64)) as usize));
			}
		}
		let steps: Vec<_> = parts
			.iter()
			.map(|(number, count)| {
				let run = &runs[*number];
				Step {
					sequence: run.sequence,
					tokens: &run.tokens[run.done..run.done + count],
					logits: Wanted::All,
					states: Wanted::All,
				}
			})
			.collect();
		let outcomes = decoder.run(&steps);
		for ((number, count), outcome) in parts.iter().zip(outcomes) {
			let run = &mut runs[*number];
			let outcome = outcome.expect("taken");
			let range = run.done..run.done + count;
			assert_eq!(outcome.states, run.expected.states[range.start * width..range.end * width]);
			assert_eq!(
				outcome.logits,
				run.expected.logits[range.start * vocabulary..range.end * vocabulary]
			);
			compared += outcome.states.len() + outcome.logits.len();
			run.done += count;
		}
	}
	compared
}

#[test]
fn every_state_and_logit_is_the_references_on_every_path() {
	let mut compared = 0;
	for seed in 0..40 * factor() {
		for values in VALUES {
			let mut sample = Sample::new(seed, Use::Tokens, values);
			let count = sample.random.between(1, 5);
			let inputs: Vec<_> = (0..count)
				.map(|_| {
					let count = sample.random.between(1, 40) as u32;
					let tokens = sample.tokens(count);
					let expected = expected(&sample, &tokens);
					(tokens, expected)
				})
				.collect();
			for (number, path) in Path::available().into_iter().enumerate() {
				let threads = threads(1 + (seed as usize + number) % 2);
				let model = sample.model(&Kernels::unchecked(path));
				let mut decoder = Decoder::new(model, threads, BUDGET).expect("a decoder");
				let mut runs: Vec<_> = inputs
					.iter()
					.map(|(tokens, expected)| Run {
						sequence: decoder.open(),
						tokens: tokens.clone(),
						expected: Expected {
							states: expected.states.clone(),
							logits: expected.logits.clone(),
						},
						done: 0,
					})
					.collect();
				let most = [1, 3, 40][seed as usize % 3];
				compared += run(&mut decoder, &mut runs, &mut sample.random, most);
			}
		}
	}
	println!("{compared} numbers");
	assert!(compared > 1_000_000, "{compared}");
}
