// SPDX-License-Identifier: Apache-2.0

//! Decoders against the reference: final states, logits and chosen tokens of every position, however they are batched.

mod common;

use atelier_kernels::{
	Error, Kernels, Path,
	controls::factor,
	decoder::{Decoder, Race, Sequence, Step, Wanted},
};
use atelier_referee::{
	forward::{self, InputError, Nobody},
	model::Use,
	samples::{self, Random},
};
use common::{Sample, VALUES, threads};
use std::sync::LazyLock;

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
			assert_eq!(
				outcome.states,
				run.expected.states[range.start * width..range.end * width]
			);
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

/// A decoder on the fastest path.
fn fastest(sample: &Sample, budget: u64) -> Decoder {
	static KERNELS: LazyLock<Kernels> = LazyLock::new(|| Kernels::detect().expect("a path is right"));
	Decoder::new(sample.model(&KERNELS), threads(2), budget).expect("a decoder")
}

/// A sample of ordinary values whose sequences may have several pages.
fn sample(seed: u64, positions: u32) -> Sample {
	let mut sample = Sample::new(seed, Use::Tokens, samples::Values::Ordinary);
	while sample.shape.positions < positions {
		let next = sample.random.bits();
		sample = Sample::new(next, Use::Tokens, samples::Values::Ordinary);
	}
	sample
}

/// A step that wants everything.
fn all<'a>(sequence: Sequence, tokens: &'a [u32]) -> Step<'a> {
	Step {
		sequence,
		tokens,
		logits: Wanted::All,
		states: Wanted::All,
	}
}

#[test]
fn forks_and_truncated_sequences_are_as_if_they_were_new() {
	for seed in 0..40 {
		let mut sample = sample(1_000 + seed, 34);
		let mut decoder = fastest(&sample, BUDGET);
		let tokens = sample.tokens(34);
		let other = sample.tokens(34);
		let cut = sample.random.between(1, 33) as usize;
		let first = decoder.open();
		assert!(decoder.run(&[all(first, &tokens)])[0].is_ok());
		let fork = decoder.fork(first).expect("it exists");
		let shared = decoder.pages().0;
		decoder.truncate(fork, cut).expect("it exists");
		// The fork goes another way; the first is as it was.
		let way = [&tokens[..cut], &other[cut..]].concat();
		let of_fork = expected(&sample, &way);
		let outcome = decoder.run(&[all(fork, &way[cut..])]).remove(0).expect("taken");
		let (width, vocabulary) = (sample.shape.width as usize, sample.shape.vocabulary as usize);
		assert_eq!(outcome.states, of_fork.states[cut * width..]);
		assert_eq!(outcome.logits, of_fork.logits[cut * vocabulary..]);
		assert_eq!(decoder.length(fork), Ok(34));
		// Whole pages before the cut are shared.
		assert_eq!(decoder.pages().0, shared + 3 - cut / 16, "cut at {cut}");

		decoder.truncate(first, 33).expect("it exists");
		let outcome = decoder.run(&[all(first, &tokens[33..])]).remove(0).expect("taken");
		let of_first = expected(&sample, &tokens);
		assert_eq!(outcome.logits, of_first.logits[33 * vocabulary..]);
		decoder.close(first).expect("it exists");
		decoder.close(fork).expect("it exists");
		assert_eq!(decoder.pages().0, 0);
	}
}

#[test]
fn batches_of_sixty_four_choose_the_references_tokens() {
	let mut random = Random(5);
	for seed in 0..3 {
		let mut sample = sample(2_000 + seed, 20);
		let mut decoder = fastest(&sample, BUDGET);
		let inputs: Vec<_> = (0..64)
			.map(|_| {
				let count = sample.random.between(1, 8) as u32;
				sample.tokens(count)
			})
			.collect();
		let samplers: Vec<_> = inputs.iter().map(|_| samples::sampler(&mut random)).collect();
		let sequences: Vec<_> = inputs.iter().map(|_| decoder.open()).collect();
		let mut logits: Vec<_> = sequences
			.iter()
			.zip(&inputs)
			.map(|(sequence, tokens)| decoder.prefill(*sequence, tokens).expect("taken"))
			.collect();
		let mut answers = inputs.clone();
		for _ in 0..6 {
			let races: Vec<_> = logits
				.iter()
				.zip(&samplers)
				.zip(&answers)
				.map(|((logits, sampler), answer)| Race {
					sampler: *sampler,
					logits,
					position: answer.len() as u32 - 1,
				})
				.collect();
			let choices = decoder.choose(&races);
			for (answer, choice) in answers.iter_mut().zip(&choices) {
				answer.push(choice.token);
			}
			let next: Vec<_> = sequences
				.iter()
				.zip(&choices)
				.map(|(sequence, choice)| (*sequence, choice.token))
				.collect();
			logits = decoder
				.decode(&next)
				.into_iter()
				.map(|logits| logits.expect("taken"))
				.collect();
		}
		for ((input, answer), sampler) in inputs.iter().zip(&answers).zip(&samplers) {
			let mut reference = forward::Decoder::new(sample.package()).expect("tokens");
			reference.push_all(input, &mut Nobody).expect("valid");
			for (position, token) in answer.iter().enumerate().skip(input.len()) {
				let logits = reference.logits(&mut Nobody).expect("there are tokens");
				let choice = sampler.choose(&logits, position as u32 - 1);
				assert_eq!(*token, choice.token);
				reference.push(choice.token, &mut Nobody).expect("valid");
			}
		}
	}
}

#[test]
fn a_pool_that_runs_out_hurts_nobody_else() {
	let mut sample = sample(3_000, 34);
	let page = match Decoder::new(sample.model(&Kernels::unchecked(Path::PLAIN)), threads(1), 1) {
		Err(Error::BudgetTooSmall { page, budget: 1 }) => page,
		other => panic!("{other:?}"),
	};
	let mut decoder = fastest(&sample, 3 * page + page - 1);
	assert_eq!(decoder.pages(), (0, 3));
	let tokens = sample.tokens(33);
	let (small, large) = (decoder.open(), decoder.open());
	let outcomes = decoder.run(&[all(small, &tokens[..16]), all(large, &tokens)]);
	assert!(outcomes[0].is_ok());
	assert_eq!(outcomes[1], Err(Error::OutOfPages { needed: 3, free: 2 }));
	assert_eq!(decoder.length(large), Ok(0));
	assert_eq!(decoder.pages(), (1, 3));
	// The same sequence goes on when there is room.
	assert!(decoder.run(&[all(large, &tokens[..32])])[0].is_ok());
	let full = Err(Error::OutOfPages { needed: 1, free: 0 });
	assert_eq!(decoder.run(&[all(small, &tokens[16..17])])[0], full);
	decoder.close(large).expect("it exists");
	let outcome = decoder.run(&[all(small, &tokens[16..])]).remove(0).expect("taken");
	let expected = expected(&sample, &tokens);
	assert_eq!(outcome.logits, expected.logits[16 * sample.shape.vocabulary as usize..]);
}

#[test]
fn wrong_steps_are_refused_by_name() {
	let mut sample = sample(4_000, 20);
	let mut decoder = fastest(&sample, BUDGET);
	let (vocabulary, limit) = (sample.shape.vocabulary, sample.shape.positions);
	let (one, gone) = (decoder.open(), decoder.open());
	decoder.close(gone).expect("it exists");
	let tokens = sample.tokens(3);
	let many = vec![0; limit as usize + 1];
	let outcomes = decoder.run(&[
		all(gone, &tokens),
		all(one, &[]),
		all(one, &[0, vocabulary]),
		all(one, &many),
		all(one, &tokens),
		all(one, &tokens),
	]);
	assert_eq!(outcomes[0], Err(Error::UnknownSequence));
	assert_eq!(outcomes[1], Err(InputError::Empty.into()));
	assert_eq!(outcomes[2], Err(InputError::UnknownToken { token: vocabulary }.into()));
	assert_eq!(outcomes[3], Err(InputError::TooLong { limit }.into()));
	assert!(outcomes[4].is_ok());
	assert_eq!(outcomes[5], Err(Error::RepeatedSequence));
	assert_eq!(decoder.length(one), Ok(3));
	for error in [
		decoder.fork(gone).err(),
		decoder.close(gone).err(),
		decoder.truncate(gone, 0).err(),
		decoder.length(gone).err(),
	] {
		assert_eq!(error, Some(Error::UnknownSequence));
	}
	let embeds = Sample::new(1, Use::Embedding, samples::Values::Ordinary);
	let wrong = Decoder::new(embeds.model(&Kernels::unchecked(Path::PLAIN)), threads(1), BUDGET);
	assert_eq!(wrong.err(), Some(InputError::WrongUse.into()));
}

#[test]
fn long_contexts_with_and_without_a_window() {
	for window in [0, 700] {
		let mut random = Random(6);
		let mut shape = samples::shape(&mut random);
		while shape.answers != Use::Tokens {
			shape = samples::shape(&mut random);
		}
		shape.layers = 1;
		shape.positions = 3_000;
		shape.window = window;
		shape.vocabulary = 20;
		let bytes = samples::package(shape, samples::Values::Ordinary, &mut random);
		let mut sample = Sample { shape, bytes, random };
		let tokens = sample.tokens(2_500);
		let mut reference = forward::Decoder::new(sample.package()).expect("tokens");
		reference.push_all(&tokens, &mut Nobody).expect("valid");
		let expected = reference.logits(&mut Nobody).expect("there are tokens");
		let mut decoder = fastest(&sample, BUDGET);
		let sequence = decoder.open();
		assert!(decoder.prefill(sequence, &tokens[..1_300]).is_ok());
		assert!(decoder.prefill(sequence, &tokens[1_300..2_499]).is_ok());
		assert_eq!(decoder.prefill(sequence, &tokens[2_499..]), Ok(expected));
	}
}
