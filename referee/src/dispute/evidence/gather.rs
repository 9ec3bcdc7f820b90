// SPDX-License-Identifier: Apache-2.0

//! Puts evidence together: a charge is decided from everything that somebody has, and what was read for it is opened.

use super::{Evidence, Opened};
use crate::{
	claim::{STATES_OF_LEAF, State, TOKENS_OF_LEAF},
	commit::{Bounded, Kind, Ranges, RangesProof},
	dispute::{
		Case, Charge, Records,
		verdict::{InParts, stands},
	},
	model::CHUNK,
	ops::sampling::Sampler,
	trace::{
		At, Leaf,
		step::{Missing, Source, StepError},
	},
};
use alloc::{collections::BTreeSet, vec::Vec};
use core::ops::Range;

/// Has everything that was committed to.
pub trait Holder: Records {
	/// The bytes of a leaf.
	fn bytes(&mut self, kind: Kind, number: u64) -> Option<Vec<u8>>;

	/// The proof of some leaves.
	fn prove(&mut self, kind: Kind, ranges: &Ranges) -> Option<RangesProof>;
}

/// Reads from a holder and notes what was read.
pub struct Noting<'a, S> {
	holder: &'a mut S,
	case: &'a Case,
	pub trace: BTreeSet<u64>,
	pub weights: BTreeSet<u64>,
	pub input: BTreeSet<u64>,
	pub answer: BTreeSet<u64>,
	pub state: BTreeSet<u64>,
	pub vocabulary: BTreeSet<u64>,
}

impl<'a, S> Noting<'a, S> {
	/// Nothing was read yet.
	pub fn new(holder: &'a mut S, case: &'a Case) -> Self {
		Self {
			holder,
			case,
			trace: BTreeSet::new(),
			weights: BTreeSet::new(),
			input: BTreeSet::new(),
			answer: BTreeSet::new(),
			state: BTreeSet::new(),
			vocabulary: BTreeSet::new(),
		}
	}
}

impl<S: Source> Source for Noting<'_, S> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		self.trace.extend(self.case.graph.number(at));
		self.holder.leaf(at)
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		let first = bytes.start.checked_div(CHUNK).unwrap_or(0);
		self.weights.extend(first..bytes.end.div_ceil(CHUNK));
		self.holder.package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		let leaf = |number: u32| u64::from(number).checked_div(TOKENS_OF_LEAF as u64).unwrap_or(0);
		match position.checked_sub(self.case.graph.counts().input) {
			None => self.input.insert(leaf(position)),
			Some(number) => self.answer.insert(leaf(number)),
		};
		self.holder.token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		self.answer.insert(leaf.into());
		self.holder.output(leaf)
	}

	fn sampler(&mut self) -> Sampler {
		self.holder.sampler()
	}
}

impl<S: Records> Records for Noting<'_, S> {
	type Hash = S::Hash;

	fn state(&mut self, position: u32) -> Result<State, Missing> {
		let leaf = u64::from(position).checked_div(STATES_OF_LEAF as u64).unwrap_or(0);
		self.state.insert(leaf);
		self.holder.state(position)
	}

	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing> {
		self.vocabulary.insert(token.into());
		self.holder.text(token)
	}
}

impl<S: Holder> Noting<'_, S> {
	fn open(&mut self) -> Option<Evidence> {
		let mut opened = |kind: Kind, numbers: &BTreeSet<u64>| -> Option<Option<Opened>> {
			if numbers.is_empty() {
				return Some(None);
			}
			let ranges = Ranges::covering(numbers.iter().copied()).ok()?;
			let mut leaves = Vec::new();
			for number in numbers {
				leaves.push(Bounded::try_from(self.holder.bytes(kind, *number)?).ok()?);
			}
			let leaves = Bounded::try_from(leaves).ok()?;
			let proof = self.holder.prove(kind, &ranges)?;
			Some(Some(Opened { ranges, leaves, proof }))
		};
		Some(Evidence {
			trace: opened(Kind::Trace, &self.trace)?,
			weights: opened(Kind::Weights, &self.weights)?,
			input: opened(Kind::Input, &self.input)?,
			answer: opened(self.case.answer.kind, &self.answer)?,
			state: opened(Kind::State, &self.state)?,
			vocabulary: opened(Kind::Vocabulary, &self.vocabulary)?,
		})
	}
}

/// The evidence that decides a charge, as this holder has it; `in_parts` if it is decided in parts. None if the holder has
/// not everything that it needs.
pub fn gather<S: Holder>(
	case: &Case,
	holder: &mut S,
	charge: Charge,
	in_parts: Option<InParts<'_>>,
) -> Result<Option<Evidence>, StepError> {
	let mut noting = Noting::new(holder, case);
	stands(case, &mut noting, charge, in_parts)?;
	Ok(noting.open())
}
