// SPDX-License-Identifier: Apache-2.0

//! The largest dispute that there can be about an answer: how many answers the holder gives, and how many bytes. It follows
//! from shape and counts alone; the chain refuses a model whose worst dispute would not fit.

use super::{
	Case, Charge, Records,
	evidence::Noting,
	verdict::{InParts, stands},
};
use crate::{
	arith::bit_length,
	claim::{STATES_OF_LEAF, STOP_WINDOW, State, TOKENS_OF_LEAF},
	commit::{Ranges, depth, most_siblings, rounds},
	hash::{Blake2b256, Digest},
	model::CHUNK,
	ops::{
		norm::Statistics,
		sampling::{Choice, Sampler},
	},
	trace::{
		At, Graph, Leaf, Place, Size, Stage,
		step::{Doubt, Missing, Part, Source, StepError},
	},
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::Range;
use scale_info::TypeInfo;

/// The largest dispute about answers of a shape with these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Worst {
	/// Leaves of the trace.
	pub leaves: u64,
	/// Answers of the holder: what it reveals on the way down, the leaf, the parts, and what decides.
	pub answers: u32,
	/// Bytes of all of these.
	pub bytes: u64,
	/// Bytes of what decides, and the stage that has most.
	pub evidence: u64,
	pub stage: Stage,
	/// Whether the holder can answer every charge within the limits of evidence.
	pub fits: bool,
}

/// A holder of nothing but zeros: what is read from it is as much as from any other.
struct Zeros<'a> {
	graph: &'a Graph,
	sampler: Sampler,
}

impl Source for Zeros<'_> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		let size = self.graph.size(at.place.stage);
		let values = size.values_in(at.leaf) as usize;
		self.graph.number(at).ok_or(Missing::Leaf(at))?;
		Ok(match size {
			Size::Absent => return Err(Missing::Leaf(at)),
			Size::Numbers(_) => Leaf::Numbers(vec![0; values]),
			Size::Activations(_) => Leaf::Activations(vec![0; values]),
			Size::Statistics(_) => Leaf::Statistics(vec![
				Statistics {
					mean: 0,
					bits: 0,
					inverse: 0
				};
				values
			]),
			Size::Exponent => Leaf::Exponent(0),
			Size::Choice => Leaf::Choice(Choice {
				largest: 0,
				top: 0,
				weight: 0,
				least: 0,
				token: 0,
			}),
		})
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		Ok(vec![0; bytes.end.saturating_sub(bytes.start) as usize])
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		// Apart from one another, so that texts share little of their proofs. Not the first: its row would lie beside what
		// else is read.
		let vocabulary = u64::from(self.graph.shape().vocabulary);
		let window = u64::from(STOP_WINDOW);
		let part = u64::from(position).checked_rem(window).unwrap_or(0);
		let middle = part.saturating_mul(2).saturating_add(1);
		let spread = middle.saturating_mul(vocabulary).checked_div(window.saturating_mul(2));
		Ok(spread.filter(|token| *token > 0).unwrap_or(vocabulary / 2) as u32)
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
		self.sampler
	}
}

/// Hashes nothing: only what is read counts.
struct Unhashed;

impl Blake2b256 for Unhashed {
	fn hash(_: &[u8]) -> Digest {
		Digest::default()
	}
}

impl Records for Zeros<'_> {
	type Hash = Unhashed;

	fn state(&mut self, _: u32) -> Result<State, Missing> {
		Ok(State {
			token: 0,
			numbers: Digest::default(),
		})
	}

	fn text(&mut self, _: u32) -> Result<Vec<u8>, Missing> {
		// Short ones: so more of them are needed.
		Ok(vec![0])
	}
}

/// The largest dispute.
pub fn worst(graph: &Graph) -> Result<Worst, StepError> {
	let sampler = Sampler::Race(crate::ops::sampling::Race {
		inverse: 1,
		top: 1,
		mass: 1,
		seed: 0,
	});
	let case = Case::unbound(*graph, sampler);
	let leaves = graph.leaves();
	let descent = u64::from(rounds(leaves));
	let nodes = 1_u64 << crate::commit::DESCENT_LEVELS;
	let mut worst = Worst {
		leaves,
		answers: 0,
		bytes: 0,
		evidence: 0,
		stage: Stage::Embedded,
		fits: true,
	};
	for charge in charges(&case) {
		let evidence = evidence(&case, charge)?;
		let parts = charge.parts(&case);
		let named = if parts > 1 {
			u64::from(parts).saturating_mul(Part::max_encoded_len() as u64)
		} else {
			0
		};
		let answers = descent.saturating_add(if parts > 1 { 3 } else { 2 });
		let bytes = descent
			.saturating_mul(nodes.saturating_mul(size_of::<Digest>() as u64))
			.saturating_add(CHUNK)
			.saturating_add(named)
			.saturating_add(evidence.bytes);
		worst.answers = worst.answers.max(answers as u32);
		worst.bytes = worst.bytes.max(bytes);
		worst.fits &= evidence.fits && parts as usize <= super::MAX_PARTS;
		if evidence.bytes > worst.evidence {
			worst.evidence = evidence.bytes;
			worst.stage = charge.at(&case).place.stage;
		}
	}
	Ok(worst)
}

/// Of each kind of charge those that need most.
fn charges(case: &Case) -> Vec<Charge> {
	let graph = &case.graph;
	let there = |stage: &Stage| graph.size(*stage) != Size::Absent;
	let values = Graph::stages().filter(there).flat_map(|stage| doubts(graph, stage));
	let last = graph.counts().output.saturating_sub(1);
	let position = graph.positions().saturating_sub(1);
	let others = [
		Charge::State(position),
		Charge::Token(last),
		Charge::End(last),
		Charge::Stop(last),
		Charge::Output(0),
	];
	values
		.map(Charge::Value)
		.chain(others.into_iter().filter(|charge| charge.checked(case).is_ok()))
		.collect()
}

/// Values of a stage that need as much as any other: the first and last of the vector, where most is seen.
fn doubts(graph: &Graph, stage: Stage) -> Vec<Doubt> {
	let shape = graph.shape();
	let size = graph.size(stage);
	let last_leaf = size.leaves().saturating_sub(1);
	let layer = match stage {
		Stage::Embedded | Stage::FirstStatistics | Stage::FirstNormed => 0,
		stage if stage >= Stage::LastStatistics => 0,
		_ => shape.layers.saturating_sub(1),
	};
	let position = match stage {
		Stage::Pooled | Stage::Unit => 0,
		_ => graph.positions().saturating_sub(1),
	};
	let place = Place { position, layer, stage };
	let at = |leaf| At { place, leaf };
	if size == Size::Choice {
		let token = shape.vocabulary.saturating_sub(1);
		let fields = (0..Choice::FIELDS).map(|value| {
			let rival = if value == Choice::TOKEN { token } else { 0 };
			Doubt {
				at: at(0),
				value,
				rival,
			}
		});
		return fields.collect();
	}
	let middle = last_leaf / 2;
	let mut doubts = Vec::new();
	for leaf in [0, middle, last_leaf] {
		let last = size.values_in(leaf).saturating_sub(1);
		doubts.extend([0, last / 2, last].map(|value| Doubt {
			at: at(leaf),
			value,
			rival: 0,
		}));
	}
	doubts
}

/// What a charge takes.
struct Needed {
	bytes: u64,
	fits: bool,
}

fn evidence(case: &Case, charge: Charge) -> Result<Needed, StepError> {
	let mut zeros = Zeros {
		graph: &case.graph,
		sampler: case.sampler,
	};
	let mut noting = Noting::new(&mut zeros, case);
	let parts = charge.parts(case);
	let zero = vec![Part { first: 0, second: 0 }; parts as usize];
	// The last part but one is whole.
	let in_parts = (parts > 1).then(|| InParts {
		parts: &zero,
		chosen: parts.saturating_sub(2),
	});
	stands(case, &mut noting, charge, in_parts)?;

	let mut needed = Needed { bytes: 0, fits: true };
	let graph = &case.graph;
	let of_trace = |number: &u64| {
		let at = graph.at(*number);
		at.map_or(0, |at| {
			let size = graph.size(at.place.stage);
			(size.values_in(at.leaf) as usize).saturating_mul(size.width())
		})
	};
	add(&mut needed, &noting.trace, case.trace.count, of_trace);
	// Another row may begin elsewhere in a chunk, and so lie across one more.
	let more = noting.weights.iter().filter_map(|chunk| chunk.checked_add(1));
	let chunks: BTreeSet<_> = noting
		.weights
		.iter()
		.copied()
		.chain(more.filter(|chunk| *chunk < case.weights.count))
		.collect();
	add(&mut needed, &chunks, case.weights.count, |_| CHUNK as usize);
	let of_states = |_: &u64| STATES_OF_LEAF.saturating_mul(State::BYTES);
	add(&mut needed, &noting.state, case.state.count, of_states);
	// All texts but the last and the first that is needed are shorter than what they are searched for.
	let long: BTreeSet<_> = noting.vocabulary.iter().take(2).copied().collect();
	let of_text = |token: &u64| if long.contains(token) { CHUNK as usize } else { 1 };
	let texts = case.vocabulary.map_or(0, |texts| texts.count);
	add(&mut needed, &noting.vocabulary, texts, of_text);
	for (leaves, commitment) in [(&noting.input, &case.input), (&noting.answer, &case.answer)] {
		add(&mut needed, leaves, commitment.count, |_| {
			TOKENS_OF_LEAF.saturating_mul(4)
		});
	}
	Ok(needed)
}

/// Adds the leaves of one tree, and the proof of them.
fn add(needed: &mut Needed, leaves: &BTreeSet<u64>, count: u64, bytes: impl Fn(&u64) -> usize) {
	// Whether there is something.
	needed.bytes = needed.bytes.saturating_add(1);
	if leaves.is_empty() {
		return;
	}
	let length = |bytes: usize| bytes.saturating_add(if bytes < 64 { 1 } else { 2 });
	let held = leaves.iter().map(&bytes).fold(0_usize, usize::saturating_add);
	let written = leaves
		.iter()
		.fold(0_usize, |sum, leaf| sum.saturating_add(length(bytes(leaf))));
	let (ranges, siblings) = match Ranges::covering(leaves.iter().copied()) {
		Ok(ranges) => (ranges.iter().count(), ranges.siblings(count).unwrap_or(usize::MAX)),
		Err(_) => {
			needed.fits = false;
			let ranges = leaves.len();
			(ranges, most_siblings(ranges, depth(count)))
		}
	};
	needed.fits &= held <= crate::commit::MAX_OPENED_BYTES && leaves.len() <= super::evidence::MAX_LEAVES;
	needed.bytes = needed
		.bytes
		.saturating_add(written as u64)
		.saturating_add((ranges as u64).saturating_mul(16))
		.saturating_add((siblings as u64).saturating_mul(32))
		// How many leaves, ranges and siblings there are.
		.saturating_add(u64::from(bit_length(held as u64).min(6)));
}
