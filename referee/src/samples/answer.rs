// SPDX-License-Identifier: Apache-2.0

//! Answers of random models with their whole trace, and what can be wrong in them.
#![allow(
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	reason = "material for tests: what cannot be made should stop them"
)]

use super::{Random, package, sampler, shape, tokens};
use crate::{
	forward::{Decoder, Observer, embed},
	model::{Package, Shape, Use},
	ops::sampling::{Choice, Sampler},
	trace::{
		At, Counts, Graph, Leaf, Place, Size, Stage, Values,
		step::{Doubt, Missing, Source, all_parts, holds, joined, part_holds, parts},
	},
};
use alloc::vec::Vec;
use core::ops::Range;

/// A random model with an input.
pub struct Sample {
	pub shape: Shape,
	pub bytes: Vec<u8>,
	pub tokens: Vec<u32>,
	pub random: Random,
}

impl Sample {
	pub fn new(seed: u64, values: super::Values) -> Self {
		let mut random = Random(seed);
		let shape = shape(&mut random).checked().expect("samples are within the limits");
		let bytes = package(shape, values, &mut random);
		let count = random.between(1, 7) as u32;
		let tokens = tokens(&shape, count, &mut random);
		Self {
			shape,
			bytes,
			tokens,
			random,
		}
	}

	pub fn package(&self) -> Package<'_> {
		Package::new(self.shape, &self.bytes).expect("the package has the bytes of its shape")
	}

	/// So many of each kind.
	pub fn all(each: u64) -> impl Iterator<Item = Self> {
		let kinds = [super::Values::Ordinary, super::Values::Extreme, super::Values::Bytes];
		kinds
			.into_iter()
			.flat_map(move |values| (0..each).map(move |seed| Self::new(seed, values)))
	}
}

/// An answer, with its whole trace.
#[derive(Clone)]
pub struct Answer {
	pub graph: Graph,
	pub package: Vec<u8>,
	/// Of the input and the answer.
	pub tokens: Vec<u32>,
	pub sampler: Sampler,
	pub leaves: Vec<(At, Leaf)>,
}

#[derive(Default)]
struct Recorder(Vec<(At, Leaf)>);

impl Observer for Recorder {
	fn see(&mut self, place: Place, values: Values<'_>) {
		let leaves = Leaf::of(values).into_iter();
		self.0
			.extend((0..).zip(leaves).map(|(leaf, values)| (At { place, leaf }, values)));
	}
}

impl Answer {
	/// The answer of a model to its input.
	pub fn of(sample: &Sample) -> Self {
		let mut random = sample.random.clone();
		let sampler = sampler(&mut random);
		let input = sample.tokens.len() as u32;
		match sample.shape.answers {
			Use::Embedding => {
				let mut recorder = Recorder::default();
				embed(&sample.package(), &sample.tokens, &mut recorder).expect("valid");
				Self {
					graph: Graph::new(sample.shape, Counts { input, output: 0 }).expect("within the limits"),
					package: sample.bytes.clone(),
					tokens: sample.tokens.clone(),
					sampler,
					leaves: recorder.0,
				}
			}
			Use::Tokens => {
				let most = sample.shape.positions + 1 - input;
				let output = random.between(1, most.min(5).into()) as u32;
				Self::written(sample, &sample.tokens, sampler, output)
			}
		}
	}

	/// What a model of tokens writes after these, so many and no fewer.
	pub fn written(sample: &Sample, tokens: &[u32], sampler: Sampler, output: u32) -> Self {
		let mut recorder = Recorder::default();
		let mut tokens = tokens.to_vec();
		let input = tokens.len() as u32;
		let mut decoder = Decoder::new(sample.package()).expect("tokens");
		for position in 0..input + output - 1 {
			decoder.push(tokens[position as usize], &mut recorder).expect("valid");
			if position + 1 >= input {
				let logits = decoder.logits(&mut recorder).expect("there are tokens");
				let choice = sampler.choose(&logits, position);
				let place = Place {
					position,
					layer: 0,
					stage: Stage::Choice,
				};
				recorder.see(place, Values::Choice(choice));
				tokens.push(choice.token);
			}
		}
		Self {
			graph: Graph::new(sample.shape, Counts { input, output }).expect("within the limits"),
			package: sample.bytes.clone(),
			tokens,
			sampler,
			leaves: recorder.0,
		}
	}

	/// One doubt about each leaf, and all about those with few values.
	pub fn doubts(&self, random: &mut Random) -> Vec<Doubt> {
		let mut doubts = Vec::new();
		for (at, _) in &self.leaves {
			let size = self.graph.size(at.place.stage);
			if size == Size::Choice {
				for value in 0..Choice::TOKEN {
					doubts.push(Doubt {
						at: *at,
						value,
						rival: 0,
					});
				}
				for rival in 0..self.graph.shape().vocabulary {
					doubts.push(Doubt {
						at: *at,
						value: Choice::TOKEN,
						rival,
					});
				}
				continue;
			}
			for _ in 0..3 {
				let last = i64::from(size.values_in(at.leaf)) - 1;
				let value = random.between(0, last) as u32;
				doubts.push(Doubt {
					at: *at,
					value,
					rival: 0,
				});
			}
		}
		doubts
	}

	/// Whether a field of a choice takes only the choice itself.
	pub fn is_plain(&self, doubt: Doubt) -> bool {
		doubt.at.place.stage == Stage::Choice
			&& (doubt.value == Choice::TOKEN || self.sampler == Sampler::Greedy && doubt.value != Choice::LARGEST)
	}

	/// Whether the value, and all of its parts, hold.
	pub fn survives(&self, doubt: Doubt) -> bool {
		let graph = self.graph;
		let mut source = self.clone_source();
		if parts(&graph, doubt) == 1 || self.is_plain(doubt) {
			return holds(&graph, &mut source, doubt).expect("everything is there");
		}
		let right = all_parts(&graph, &mut source, doubt).expect("everything is there");
		for (number, part) in (0..).zip(&right) {
			assert_eq!(part_holds(&graph, &mut source, doubt, number, *part), Ok(true));
		}
		joined(&graph, &mut source, doubt, &right).expect("everything is there")
	}

	fn clone_source(&self) -> Borrowed<'_> {
		Borrowed(self)
	}
}

/// Reads an answer.
pub(super) struct Borrowed<'a>(pub(super) &'a Answer);

impl Source for Borrowed<'_> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		let answer = self.0;
		let number = answer.graph.number(at).ok_or(Missing::Leaf(at))?;
		let (_, leaf) = answer.leaves.get(number as usize).ok_or(Missing::Leaf(at))?;
		Ok(leaf.clone())
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		let range = bytes.start as usize..bytes.end as usize;
		self.0
			.package
			.get(range)
			.map(<[u8]>::to_vec)
			.ok_or(Missing::Package(bytes.start))
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		self.0
			.tokens
			.get(position as usize)
			.copied()
			.ok_or(Missing::Token(position))
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		let place = Place {
			position: 0,
			layer: 0,
			stage: Stage::Unit,
		};
		self.leaf(At { place, leaf }).map(|leaf| leaf.write())
	}

	fn sampler(&mut self) -> Sampler {
		self.0.sampler
	}
}

impl Source for Answer {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		Borrowed(self).leaf(at)
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		Borrowed(self).package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		Borrowed(self).token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Borrowed(self).output(leaf)
	}

	fn sampler(&mut self) -> Sampler {
		self.sampler
	}
}

/// Makes one value of a leaf wrong; the doubt that names it. None if no value can be.
pub fn spoil(at: At, leaf: &mut Leaf, honest: &Answer, random: &mut Random) -> Option<Doubt> {
	let mut which = |length: usize| random.between(0, length as i64 - 1) as usize;
	let (value, rival) = match leaf {
		Leaf::Numbers(numbers) => {
			let which = which(numbers.len());
			numbers[which] = numbers[which].wrapping_add(1);
			(which, 0)
		}
		Leaf::Activations(numbers) => {
			let which = which(numbers.len());
			numbers[which] = numbers[which].wrapping_sub(1);
			(which, 0)
		}
		Leaf::Statistics(all) => {
			let which = which(all.len());
			all[which].inverse ^= 1;
			(which, 0)
		}
		Leaf::Exponent(exponent) => {
			*exponent ^= 1;
			(0, 0)
		}
		Leaf::Choice(choice) => {
			let right = choice.token;
			let field = which(5);
			match field as u32 {
				Choice::LARGEST => choice.largest += 1,
				Choice::TOP => choice.top -= 1,
				Choice::WEIGHT => choice.weight += 1,
				Choice::LEAST => choice.least -= 1,
				_ => {
					let vocabulary = honest.graph.shape().vocabulary;
					choice.token = (right + 1).checked_rem(vocabulary)?;
					if choice.token == right {
						return None;
					}
				}
			}
			let rival = if field as u32 == Choice::TOKEN { right } else { 0 };
			(field, rival)
		}
	};
	Some(Doubt {
		at,
		value: value as u32,
		rival,
	})
}

/// An answer of one's own, but for a leaf that the other side has shown.
pub struct Seen<'a> {
	pub own: &'a Answer,
	pub at: At,
	pub leaf: Leaf,
}

impl Source for Seen<'_> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		if at == self.at {
			Ok(self.leaf.clone())
		} else {
			Borrowed(self.own).leaf(at)
		}
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		Borrowed(self.own).package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		Borrowed(self.own).token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Borrowed(self.own).output(leaf)
	}

	fn sampler(&mut self) -> Sampler {
		self.own.sampler
	}
}
