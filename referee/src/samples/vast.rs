// SPDX-License-Identifier: Apache-2.0

//! An answer that is too large to exist. Each number follows from where it stands, so any of it can be read, and what
//! decides about one of its values can be brought.
#![allow(
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	reason = "material for tests: what cannot be made should stop them"
)]

use super::{Random, sparse::sparse};
use crate::{
	claim::{
		Claim, MAX_STOP, MAX_STOPS, Origin, Request, STATES_OF_LEAF, State, StopReason, TOKENS_OF_LEAF, state_leaves,
		token_leaves,
	},
	commit::{Bounded, Commitment, Kind, Ranges, RangesProof},
	dispute::{Case, Charge, Evidence, Holder, InParts, Records, Registered, gather},
	hash::{Digest, Portable},
	model::{CHUNK, Layout, Order, Shape, Use},
	ops::{
		linear::Format,
		norm::{Norm, Statistics},
		sampling::{Choice, Race, Sampler},
	},
	tables::Activation,
	trace::{
		At, Counts, Graph, Leaf, Size,
		step::{Missing, Part, Source},
	},
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use core::ops::Range;

/// As large as any model may be (docs/exact-spec.md), with the arithmetic that takes most.
pub fn limits() -> Shape {
	Shape {
		answers: Use::Tokens,
		layers: 256,
		width: 16_384,
		heads: 64,
		key_heads: 64,
		head_width: 256,
		rotary_width: 128,
		hidden: 32_768,
		vocabulary: 262_144,
		positions: 131_072,
		window: 0,
		norm: Norm::Layer,
		order: Order::Before,
		gains: true,
		head_norm: true,
		activation: Activation::Silu,
		gated: true,
		tied: false,
		matrices: Format::Word,
		embeddings: Format::Word,
		residual_fraction: 12,
		hidden_fraction: 12,
		epsilon: 10_995_116,
	}
}

/// What decides about a value of such an answer, with all that was committed to.
pub struct Brought {
	pub request: Request,
	pub claim: Claim,
	pub model: Registered,
	pub trace: Commitment,
	pub charge: Charge,
	pub evidence: Evidence,
	/// The parts that were named, if the charge is decided in parts, and the doubted one.
	pub parts: Option<(Vec<Part>, u32)>,
}

impl Brought {
	pub fn case(&self) -> Case {
		Case::of::<Portable>(&self.claim, &self.request, self.model, self.trace).expect("there is a case")
	}
}

/// What decides a charge about an answer of this size. Its exponents are what numbers up to 2^19 have, or others, which is
/// a fraud. None if it cannot be brought.
pub fn brought(graph: &Graph, charge: Charge, exponent: u8) -> Option<Brought> {
	let unproven = committed(graph, &BTreeMap::new(), charge);
	let case = unproven.case();
	let parts = charge.parts(&case);
	// The last but one: it is whole. What the others are does not matter, since nothing is left out when parts are wrong.
	let named = (parts > 1).then(|| (vec![Part { first: 1, second: 1 }; parts as usize], parts - 2));
	let in_parts = named.as_ref().map(|(parts, chosen)| InParts { parts, chosen: *chosen });
	let mut vast = Vast {
		case: &case,
		exponent,
		proven: BTreeMap::new(),
	};
	let evidence = gather(&case, &mut vast, charge, in_parts).ok()??;
	Some(Brought {
		evidence,
		parts: named,
		..committed(graph, &vast.proven, charge)
	})
}

/// Claim and request, with commitments to what was proven; nothing else is ever opened.
fn committed(graph: &Graph, proven: &BTreeMap<Kind, Commitment>, charge: Charge) -> Brought {
	let Counts { input, output } = graph.counts();
	let of = |kind, count| {
		let any = Commitment {
			kind,
			count,
			root: Digest::default(),
		};
		proven.get(&kind).copied().unwrap_or(any)
	};
	let leaves = |count: u32, of_leaf: usize| u64::from(count).div_ceil(of_leaf as u64);
	let tokens = |count| leaves(count, TOKENS_OF_LEAF);
	// Ends with what no text has, after as much of what all have as can be.
	let mut stop = vec![b'a'; MAX_STOP - 1];
	stop.push(b'b');
	let stop = Bounded::try_from(stop).expect("short enough");
	let request = Request {
		genesis: [1; 32],
		version: [2; 32],
		input: of(Kind::Input, tokens(input)),
		input_count: input,
		sampler: Sampler::Race(Race {
			// Temperature 1.
			inverse: 1_512_775,
			top: 0,
			mass: 65_536,
			seed: 7,
		}),
		limit: output,
		ends: Default::default(),
		stops: Bounded::try_from(vec![stop; MAX_STOPS]).expect("few enough"),
		sealed: None,
		salt: [3; 32],
	};
	let claim = Claim {
		genesis: request.genesis,
		origin: Origin::Job(4),
		worker: [5; 32],
		version: request.version,
		request: request.root::<Portable>(),
		answer: of(Kind::Tokens, tokens(output)),
		state: of(Kind::State, leaves(graph.positions(), STATES_OF_LEAF)),
		input_count: input,
		output_count: output,
		stop: StopReason::Limit,
	};
	let shape = *graph.shape();
	Brought {
		request,
		claim,
		model: Registered {
			shape,
			weights: of(Kind::Weights, Layout::new(shape).chunks()),
			vocabulary: Some(of(Kind::Vocabulary, shape.vocabulary.into())),
		},
		trace: of(Kind::Trace, graph.leaves()),
		charge,
		evidence: Evidence::default(),
		parts: None,
	}
}

/// Its holder, who opens what somebody asks for.
pub struct Vast<'a> {
	/// Only its counts matter, not its roots.
	pub case: &'a Case,
	/// What it says that every exponent is. Of numbers up to 2^19 it is five.
	pub exponent: u8,
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
			Size::Exponent => Leaf::Exponent(self.exponent),
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
		let (proof, commitment) = sparse(kind, count, ranges, |number| self.bytes(kind, number))?;
		self.proven.insert(kind, commitment);
		Some(proof)
	}
}
