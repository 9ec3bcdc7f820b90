// SPDX-License-Identifier: Apache-2.0

//! An answer that is too large to exist. Each number follows from where it stands, so any of it can be read.

use crate::sparse;
use atelier_referee::{
	claim::{STATES_OF_LEAF, State, TOKENS_OF_LEAF, state_leaves, token_leaves},
	commit::{Commitment, Kind, Ranges, RangesProof},
	dispute::{Case, Holder, Records},
	hash::Portable,
	model::CHUNK,
	ops::{
		norm::Statistics,
		sampling::{Choice, Sampler},
	},
	samples::Random,
	trace::{
		At, Leaf, Size,
		step::{Missing, Source},
	},
};
use std::{collections::BTreeMap, ops::Range};

/// Its holder, who opens what somebody asks for.
pub struct Vast<'a> {
	/// Only its counts matter, not its roots.
	pub case: &'a Case,
	/// The trees in which the proofs so far are proofs.
	pub proven: BTreeMap<Kind, Commitment>,
}

fn numbers(kind: Kind, number: u64) -> Random {
	Random(number ^ (kind as u64) << 56)
}

impl Vast<'_> {
	fn chunk(&self, chunk: u64) -> Vec<u8> {
		let mut random = numbers(Kind::Weights, chunk);
		// Five bits: as numbers, mantissas and shifts they are ordinary.
		(0..CHUNK).map(|_| random.bits() as u8 & 31).collect()
	}

	fn commitment(&self, kind: Kind) -> Option<Commitment> {
		match kind {
			Kind::Trace => Some(self.case.trace),
			Kind::Weights => Some(self.case.weights),
			Kind::Input => Some(self.case.input),
			Kind::State => Some(self.case.state),
			Kind::Vocabulary => self.case.vocabulary,
			_ => Some(self.case.answer),
		}
	}
}

impl Source for Vast<'_> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		let number = self.case.graph.number(at).ok_or(Missing::Leaf(at))?;
		let mut random = numbers(Kind::Trace, number);
		let size = self.case.graph.size(at.place.stage);
		let values = 0..size.values_in(at.leaf);
		let vocabulary = i64::from(self.case.graph.shape().vocabulary);
		Ok(match size {
			Size::Absent => return Err(Missing::Leaf(at)),
			// With 16 bits of fraction from -8 to 8.
			Size::Numbers(_) => Leaf::Numbers(values.map(|_| random.between(-(1 << 19), 1 << 19) as i32).collect()),
			Size::Activations(_) => Leaf::Activations(values.map(|_| random.between(-32_639, 32_639) as i16).collect()),
			Size::Statistics(_) => Leaf::Statistics(
				values
					.map(|_| Statistics {
						mean: 0,
						bits: 20,
						inverse: 1 << 32,
					})
					.collect(),
			),
			Size::Exponent => Leaf::Exponent(5),
			// So that every token runs and has a weight: nothing is left out that could be computed.
			Size::Choice => Leaf::Choice(Choice {
				largest: 12 << 16,
				top: i64::MIN,
				weight: 1 << 30,
				least: i64::MIN,
				token: random.between(0, vocabulary - 1) as u32,
			}),
		})
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		let first = bytes.start / CHUNK;
		let chunks = first..bytes.end.div_ceil(CHUNK);
		let all: Vec<_> = chunks.flat_map(|chunk| self.chunk(chunk)).collect();
		let from = (bytes.start - first * CHUNK) as usize;
		let length = (bytes.end - bytes.start) as usize;
		let missing = Missing::Package(bytes.start);
		all.get(from..from + length).map(<[u8]>::to_vec).ok_or(missing)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		let last = i64::from(self.case.graph.shape().vocabulary) - 1;
		Ok(numbers(Kind::Tokens, position.into()).between(0, last) as u32)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Err(Missing::Output(leaf))
	}

	fn sampler(&mut self) -> Sampler {
		self.case.sampler
	}
}

impl Records for Vast<'_> {
	type Hash = Portable;

	fn state(&mut self, position: u32) -> Result<State, Missing> {
		Ok(State {
			token: self.token(position)?,
			numbers: [8; 32],
		})
	}

	fn text(&mut self, _: u32) -> Result<Vec<u8>, Missing> {
		// As short as can be: so most of them are needed.
		Ok(b"a".to_vec())
	}
}

impl Holder for Vast<'_> {
	fn bytes(&mut self, kind: Kind, number: u64) -> Option<Vec<u8>> {
		let input = self.case.graph.counts().input;
		let output = self.case.graph.counts().output;
		let positions = match kind {
			Kind::Trace => return Some(self.leaf(self.case.graph.at(number)?).ok()?.write()),
			Kind::Weights => return Some(self.chunk(number)),
			Kind::State => {
				let start = number as u32 * STATES_OF_LEAF as u32;
				let end = self.case.graph.positions().min(start + STATES_OF_LEAF as u32);
				let states: Vec<_> = (start..end)
					.map(|position| self.state(position).ok())
					.collect::<Option<_>>()?;
				return state_leaves(&states).next();
			}
			Kind::Vocabulary => return self.text(number as u32).ok(),
			Kind::Input => 0..input,
			_ => input..input + output,
		};
		let start = positions.start + number as u32 * TOKENS_OF_LEAF as u32;
		let end = positions.end.min(start + TOKENS_OF_LEAF as u32);
		let tokens: Vec<_> = (start..end)
			.map(|position| self.token(position).ok())
			.collect::<Option<_>>()?;
		token_leaves(&tokens).next()
	}

	fn prove(&mut self, kind: Kind, ranges: &Ranges) -> Option<RangesProof> {
		let count = self.commitment(kind)?.count;
		let (proof, commitment) = sparse::prove(kind, count, ranges, |number| self.bytes(kind, number))?;
		self.proven.insert(kind, commitment);
		Some(proof)
	}
}
