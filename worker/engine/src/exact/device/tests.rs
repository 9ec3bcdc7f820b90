// SPDX-License-Identifier: Apache-2.0

//! Random models, ordinary and at their limits, against the referee: every state and logit, however the tokens come.

use super::*;
use crate::{
	backend::{Admission, Admit, Numbers, Part, Sequence, Wanted},
	exact::place::checked,
	serve::Limits,
};
use atelier_referee::{
	forward::{self, Nobody, embed},
	ops::linear::Format,
	samples::{self, Random, Values},
};

/// Of packages as models have them. Any bytes at all are not within the formats, which devices are promised.
const VALUES: [Values; 2] = [Values::Ordinary, Values::Extreme];

struct Sample {
	shape: Shape,
	bytes: Vec<u8>,
	random: Random,
}

fn plan() -> Plan {
	Plan {
		threads: 1,
		memory: 256 << 20,
		limits: Limits {
			running: 64,
			..Limits::default()
		},
	}
}

impl Sample {
	fn new(seed: u64, answers: Use, values: Values) -> Self {
		Self::with(seed, answers, values, |_| ())
	}

	fn with(seed: u64, answers: Use, values: Values, change: impl Fn(&mut Shape)) -> Self {
		let mut random = Random(seed.wrapping_mul(0x1_0000_0001));
		let mut shape = loop {
			let shape = samples::shape(&mut random);
			if shape.answers == answers {
				break shape;
			}
		};
		change(&mut shape);
		let bytes = samples::package(shape, values, &mut random);
		Self { shape, bytes, random }
	}

	fn package(&self) -> Package<'_> {
		checked(self.shape, &self.bytes).expect("samples are within their formats")
	}

	fn tokens(&mut self, count: u32) -> Vec<u32> {
		samples::tokens(&self.shape, count, &mut self.random)
	}

	fn ops(way: Way) -> Ops {
		// libtorch's threads wait for each other by spinning, and tensors are small here.
		crate::float::threads(Some(1));
		Ops::new(tch::Device::Cpu, way).expect("operators")
	}

	/// With so few elements at once that everything goes in parts.
	fn decoder(&self, way: Way, elements: Option<i64>, plan: &Plan) -> DeviceDecoder {
		let mut ops = Self::ops(way);
		ops.elements = elements.unwrap_or(ops.elements);
		let room = Room::of(&ops, &self.shape, plan.memory, &plan.limits).expect("room");
		let model = Model::new(ops, &self.package()).expect("a model");
		DeviceDecoder::new(model, room, Path::PLAIN, Threads::new(1).expect("a thread")).expect("a decoder")
	}

	/// The referee's states and logits after each token.
	fn expected(&self, tokens: &[u32]) -> Expected {
		let mut decoder = forward::Decoder::new(self.package()).expect("tokens");
		let mut all = Expected::default();
		for token in tokens {
			decoder.push(*token, &mut Nobody).expect("valid");
			all.states.push(decoder.state().to_vec());
			all.logits.push(decoder.logits(&mut Nobody).expect("there are tokens"));
		}
		all
	}
}

#[derive(Default)]
struct Expected {
	states: Vec<Vec<i32>>,
	logits: Vec<Vec<i32>>,
}

struct Run {
	sequence: Sequence,
	tokens: Vec<u32>,
	expected: Expected,
	done: usize,
}

fn admitted(backend: &mut dyn Backend, input: &[u32], limit: u32, scope: Option<u64>) -> (Sequence, usize) {
	match backend.admit(&Admit { input, limit, scope }).expect("admitted") {
		Admission::Now { sequence, known } => (sequence, known as usize),
		Admission::Later => panic!("there is room"),
	}
}

fn part<'a>(sequence: Sequence, tokens: &'a [u32], wanted: Wanted) -> Part<'a> {
	Part {
		sequence,
		tokens,
		wanted,
		states: true,
	}
}

/// Takes the tokens of all in, in batches of random parts of random sequences; how many numbers were compared.
fn run(backend: &mut dyn Backend, runs: &mut [Run], random: &mut Random, most: i64) -> usize {
	let mut compared = 0;
	while runs.iter().any(|run| run.done < run.tokens.len()) {
		let mut taken = Vec::new();
		for (number, run) in runs.iter().enumerate() {
			let left = run.tokens.len() - run.done;
			if left > 0 && !random.one_in(4) {
				taken.push((number, random.between(1, most.min(left as i64)) as usize));
			}
		}
		let parts: Vec<_> = taken
			.iter()
			.map(|(number, count)| {
				let run = &runs[*number];
				part(run.sequence, &run.tokens[run.done..run.done + count], Wanted::Logits)
			})
			.collect();
		let outcomes = backend.step(&parts).expect("computed");
		for ((number, count), outcome) in taken.iter().zip(outcomes) {
			let run = &mut runs[*number];
			let outcome = outcome.expect("taken");
			let end = run.done + count;
			let states = run.expected.states[run.done..end].concat();
			compared += states.len() + run.expected.logits[end - 1].len();
			assert_eq!(outcome.states, Some(Numbers::Exact(states)));
			assert_eq!(outcome.logits.as_ref(), Some(&run.expected.logits[end - 1]));
			run.done = end;
		}
	}
	compared
}

fn factor() -> u64 {
	match std::env::var("ATELIER_LONG").is_ok_and(|long| long == "1") {
		true => 20,
		false => 1,
	}
}

#[test]
fn every_state_and_logit_is_the_referees_by_every_way() {
	let mut compared = 0;
	for seed in 0..8 * factor() {
		for values in VALUES {
			let mut sample = Sample::new(seed, Use::Tokens, values);
			let count = sample.random.pick([1, 2, 5, 17, 33, 64]);
			let inputs: Vec<_> = (0..count)
				.map(|_| {
					let count = sample.random.between(1, 12) as u32;
					sample.tokens(count)
				})
				.collect();
			for (number, way) in [Way::Doubles, Way::Bytes].into_iter().enumerate() {
				let elements = [None, Some(40)][(seed as usize + number) % 2];
				let mut decoder = sample.decoder(way, elements, &plan());
				let mut runs: Vec<_> = inputs
					.iter()
					.map(|tokens| Run {
						sequence: admitted(&mut decoder, tokens, 0, None).0,
						expected: sample.expected(tokens),
						tokens: tokens.clone(),
						done: 0,
					})
					.collect();
				let most = [1, 3, 40][seed as usize % 3];
				compared += run(&mut decoder, &mut runs, &mut sample.random, most);
			}
		}
	}
	println!("{compared} numbers");
	assert!(compared > 500_000, "{compared}");
}

#[test]
fn every_number_of_every_text_is_the_referees() {
	let mut compared = 0;
	for seed in 0..10 * factor() {
		for values in VALUES {
			let mut sample = Sample::new(seed, Use::Embedding, values);
			let texts: Vec<_> = (0..sample.random.between(1, 20))
				.map(|_| {
					let count = sample.random.between(1, 40) as u32;
					sample.tokens(count)
				})
				.collect();
			for way in [Way::Doubles, Way::Bytes] {
				let ops = Sample::ops(way);
				let mut room = Room::of(&ops, &sample.shape, 256 << 20, &Limits::default()).expect("room");
				room.tokens = 50;
				let model = Model::new(ops, &sample.package()).expect("a model");
				let mut encoder = DeviceEncoder::new(model, room);
				let unknown = [sample.shape.vocabulary];
				let mut asked: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
				asked.insert(1, &unknown);
				asked.push(&[]);
				let mut vectors = encoder.embed(&asked);
				assert!(matches!(vectors.pop(), Some(Err(Error::EmptyInput))));
				assert!(vectors.remove(1).is_err());
				for (vector, text) in vectors.into_iter().zip(&texts) {
					let right = embed(&sample.package(), text, &mut Nobody).expect("valid");
					let right: Vec<_> = right.into_iter().map(i32::from).collect();
					compared += right.len();
					assert_eq!(vector.expect("taken"), Numbers::Exact(right));
				}
			}
		}
	}
	println!("{compared} numbers");
	assert!(compared > 8_000, "{compared}");
}

/// Rows of 28,672 and 32,768 terms with all weights at their limits, of bytes and of words.
#[test]
fn longest_reductions_of_limits_are_the_referees() {
	for (hidden, format) in [(28_672, Format::Byte), (32_768, Format::Byte), (28_672, Format::Word)] {
		let mut sample = Sample::with(77, Use::Tokens, Values::Extreme, |shape| {
			(shape.layers, shape.hidden, shape.width) = (1, hidden, 4);
			(shape.matrices, shape.gated, shape.vocabulary) = (format, true, 20);
		});
		let tokens = sample.tokens(3);
		let expected = sample.expected(&tokens);
		let large = Plan {
			memory: 4 << 30,
			..plan()
		};
		for way in [Way::Doubles, Way::Bytes] {
			let mut decoder = sample.decoder(way, None, &large);
			let (sequence, _) = admitted(&mut decoder, &tokens, 0, None);
			let runs = Run {
				sequence,
				tokens: tokens.clone(),
				expected: Expected {
					states: expected.states.clone(),
					logits: expected.logits.clone(),
				},
				done: 0,
			};
			run(&mut decoder, &mut [runs], &mut sample.random, 2);
		}
	}
}

/// 16,000 positions in the long profile.
#[test]
fn long_contexts_with_and_without_a_window() {
	let most = if factor() > 1 { 16_000 } else { 1_200 };
	for window in [0, 700] {
		let mut sample = Sample::with(6, Use::Tokens, Values::Ordinary, |shape| {
			(shape.layers, shape.positions, shape.window, shape.vocabulary) = (1, most + 10, window, 20);
			(shape.heads, shape.key_heads, shape.head_width, shape.width) = (2, 1, 8, 16);
			shape.rotary_width = shape.rotary_width.min(8);
		});
		let tokens = sample.tokens(most);
		let mut reference = forward::Decoder::new(sample.package()).expect("tokens");
		reference.push_all(&tokens, &mut Nobody).expect("valid");
		let expected = reference.logits(&mut Nobody).expect("there are tokens");
		let mut decoder = sample.decoder(Way::Doubles, None, &plan());
		let (sequence, _) = admitted(&mut decoder, &tokens, 0, None);
		let (first, rest) = tokens.split_at(tokens.len() / 2);
		let (rest, last) = rest.split_at(rest.len() - 1);
		for (tokens, wanted) in [
			(first, Wanted::Nothing),
			(rest, Wanted::Nothing),
			(last, Wanted::Logits),
		] {
			let outcome = decoder
				.step(&[part(sequence, tokens, wanted)])
				.expect("computed")
				.remove(0);
			let outcome = outcome.expect("taken");
			if wanted == Wanted::Logits {
				assert_eq!(outcome.logits.as_ref(), Some(&expected));
			}
		}
	}
}

#[test]
fn beginnings_are_read_once_and_change_nothing() {
	let mut sample = Sample::with(9, Use::Tokens, Values::Ordinary, |shape| shape.positions = 80);
	let mut decoder = sample.decoder(Way::Doubles, None, &plan());
	let beginning = sample.tokens(40);
	let mut reused = 0;
	for round in 0..8 {
		let input = [&beginning[..], &sample.tokens(5)].concat();
		let (sequence, known) = admitted(&mut decoder, &input, 4, Some(round % 2));
		reused += known;
		let expected = sample.expected(&input);
		let runs = Run {
			sequence,
			tokens: input,
			expected,
			done: known,
		};
		run(&mut decoder, &mut [runs], &mut sample.random, 9);
		decoder.release(sequence);
	}
	// Whole pages, from the second of a scope on.
	assert_eq!(reused, 6 * 32);
	let (_, known) = admitted(&mut decoder, &beginning, 4, None);
	assert_eq!(known, 0);
}

/// Greedy and by races, beside each other.
#[test]
fn chosen_tokens_are_the_referees() {
	let mut sample = Sample::with(40, Use::Tokens, Values::Ordinary, |shape| {
		(shape.positions, shape.vocabulary) = (30, 400);
	});
	let mut decoder = sample.decoder(Way::Doubles, None, &plan());
	let inputs: Vec<_> = (1..20).map(|count| sample.tokens(count)).collect();
	let samplers: Vec<_> = inputs.iter().map(|_| samples::sampler(&mut sample.random)).collect();
	let parts: Vec<_> = inputs
		.iter()
		.zip(&samplers)
		.enumerate()
		.map(|(number, (input, sampler))| {
			let (sequence, _) = admitted(&mut decoder, input, 0, None);
			let wanted = if number % 4 == 3 {
				Wanted::Nothing
			} else {
				Wanted::Token(*sampler)
			};
			part(sequence, input, wanted)
		})
		.collect();
	let outcomes = decoder.step(&parts).expect("computed");
	for ((input, sampler), (part, outcome)) in inputs.iter().zip(&samplers).zip(parts.iter().zip(outcomes)) {
		let expected = sample.expected(input);
		let logits = expected.logits.last().expect("there are tokens");
		let token = sampler.choose(logits, input.len() as u32 - 1).token;
		let wanted = (part.wanted != Wanted::Nothing).then_some(token);
		assert_eq!(outcome.expect("taken").token, wanted);
	}
}

/// A batch that the device has no memory for is an error by that name, and its parts can be computed one by one: what the
/// failed batch left in the pages changes nothing.
#[test]
fn a_device_without_memory_is_named_and_hurts_nobody() {
	let mut sample = Sample::with(21, Use::Tokens, Values::Ordinary, |shape| shape.positions = 40);
	let mut decoder = sample.decoder(Way::Doubles, None, &plan());
	let inputs = [sample.tokens(20), sample.tokens(7)];
	let sequences: Vec<_> = inputs
		.iter()
		.map(|input| admitted(&mut decoder, input, 4, Some(1)).0)
		.collect();
	let parts: Vec<_> = sequences
		.iter()
		.zip(&inputs)
		.map(|(sequence, input)| part(*sequence, input, Wanted::Logits))
		.collect();
	decoder.fails = vec![
		"CUDA error: an illegal memory access",
		"CUDA out of memory. Tried to allocate",
	];
	assert!(matches!(decoder.step(&parts), Err(Error::DeviceMemory { .. })));
	assert!(matches!(decoder.step(&parts[..1]), Err(Error::DeviceLost { .. })));
	for (part, input) in parts.iter().zip(&inputs) {
		let outcome = decoder.step(&[*part]).expect("computed").remove(0).expect("taken");
		let expected = sample.expected(input);
		assert_eq!(outcome.logits.as_ref(), expected.logits.last());
		assert_eq!(outcome.states, Some(Numbers::Exact(expected.states.concat())));
	}
}

#[test]
fn nobody_gets_more_than_there_is() {
	let sample = Sample::with(30, Use::Tokens, Values::Ordinary, |shape| shape.positions = 64);
	let ops = Sample::ops(Way::Doubles);
	let limits = plan().limits;
	let needs = match Room::of(&ops, &sample.shape, 1 << 20, &limits) {
		Err(Error::ModelTooLarge { needs, budget }) if budget == 1 << 20 => needs,
		other => panic!("{other:?}"),
	};
	let page = cache::Cache::page_bytes(&sample.shape);
	let small = Plan {
		memory: needs + 5 * page,
		..plan()
	};
	let mut decoder = sample.decoder(Way::Doubles, None, &small);
	assert_eq!(decoder.memory().pages, 6);
	let input = vec![0; 32];
	let admit = |limit| Admit {
		input: &input,
		limit,
		scope: None,
	};
	let mut held = Vec::new();
	while let Admission::Now { sequence, .. } = decoder.admit(&admit(1)).expect("it could fit") {
		held.push(sequence);
	}
	assert_eq!(held.len(), 2);
	assert!(decoder.memory().bytes <= small.memory);
	let too_many = vec![0; 34];
	let outcome = decoder
		.step(&[part(held[0], &too_many, Wanted::Nothing)])
		.expect("computed")
		.remove(0);
	assert!(matches!(outcome, Err(Error::NoRoom)));
	decoder.release(held[0]);
	assert!(matches!(decoder.admit(&admit(1)), Ok(Admission::Now { .. })));
}

#[test]
fn a_device_that_is_not_there_is_named() {
	let error = Right::select(Device::Cuda(999)).err().expect("nobody has so many");
	assert!(matches!(error, Error::NoDevice { .. }), "{error}");
}
