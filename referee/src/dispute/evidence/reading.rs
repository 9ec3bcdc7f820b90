// SPDX-License-Identifier: Apache-2.0

//! Reads what was opened, and notes what was read: whatever else was opened is one thing too many.

use super::{Evidence, EvidenceError, Opened};
use crate::{
	checks::{Check, on},
	claim::{STATES_OF_LEAF, State, TOKENS_OF_LEAF},
	commit::{Commitment, Kind},
	dispute::{Case, Records},
	hash::Blake2b256,
	model::{CHUNK, Use},
	ops::sampling::Sampler,
	trace::{
		At, Leaf,
		step::{Missing, Source},
	},
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use core::{marker::PhantomData, ops::Range};

type Leaves = BTreeMap<u64, Vec<u8>>;

/// What was opened, as something to read from; notes what was read.
pub struct Reading<'a, H> {
	case: &'a Case,
	trace: Tree,
	weights: Tree,
	input: Tree,
	answer: Tree,
	state: Tree,
	vocabulary: Tree,
	/// A leaf of the trace that cannot be read.
	malformed: Option<EvidenceError>,
	hash: PhantomData<H>,
}

/// The opened leaves of a tree.
struct Tree {
	kind: Kind,
	leaves: Leaves,
	read: BTreeSet<u64>,
}

impl Tree {
	fn get(&mut self, number: u64) -> Option<&[u8]> {
		let leaf = self.leaves.get(&number)?;
		self.read.insert(number);
		Some(leaf)
	}

	/// A record of a tree whose leaves hold `of_leaf` of them each, and there are `all`. If it cannot be read: whether that is
	/// because of a leaf that does not hold as many. Who claims has all records and has counted them.
	fn record<const N: usize>(
		&mut self,
		number: u32,
		all: u32,
		of_leaf: usize,
	) -> Result<[u8; N], Option<EvidenceError>> {
		let kind = self.kind;
		let number = number as usize;
		let leaf = number.checked_div(of_leaf).unwrap_or(0);
		let place = number.checked_rem(of_leaf).unwrap_or(0);
		let held = (all as usize).saturating_sub(leaf.saturating_mul(of_leaf)).min(of_leaf);
		let (records, rest) = self.get(leaf as u64).ok_or(None)?.as_chunks();
		if records.len() != held || !rest.is_empty() {
			return Err(Some(EvidenceError::Tokens(kind, leaf as u64)));
		}
		records.get(place).copied().ok_or(None)
	}

	fn all_read(&self) -> Result<(), EvidenceError> {
		match self.leaves.keys().find(|number| !self.read.contains(number)) {
			Some(number) => Err(EvidenceError::Superfluous(self.kind, *number)),
			None => Ok(()),
		}
	}
}

impl Opened {
	fn verify<H: Blake2b256>(&self, commitment: &Commitment) -> Result<Leaves, EvidenceError> {
		let leaves: Vec<&[u8]> = self.leaves.iter().map(|leaf| &leaf[..]).collect();
		let verified = self.proof.verify::<H>(commitment, &self.ranges, &leaves);
		if on(Check::Opened) {
			verified.map_err(|error| EvidenceError::Proof(commitment.kind, error))?;
		}
		let numbers = self.ranges.iter().flat_map(|range| range.start..range.end);
		Ok(numbers.zip(leaves.into_iter().map(<[u8]>::to_vec)).collect())
	}
}

impl Evidence {
	/// Checks that everything belongs to what was committed to.
	pub fn verify<'a, H: Blake2b256>(&self, case: &'a Case) -> Result<Reading<'a, H>, EvidenceError> {
		let tree = |opened: &Option<Opened>, kind: Kind, commitment: Option<&Commitment>| {
			let leaves = match (opened, commitment) {
				(Some(opened), Some(commitment)) => opened.verify::<H>(commitment)?,
				(Some(_), None) => return Err(EvidenceError::NoCommitment(kind)),
				(None, _) => Leaves::new(),
			};
			Ok(Tree {
				kind,
				leaves,
				read: BTreeSet::new(),
			})
		};
		Ok(Reading {
			case,
			trace: tree(&self.trace, Kind::Trace, Some(&case.trace))?,
			weights: tree(&self.weights, Kind::Weights, Some(&case.weights))?,
			input: tree(&self.input, Kind::Input, Some(&case.input))?,
			answer: tree(&self.answer, case.answer.kind, Some(&case.answer))?,
			state: tree(&self.state, Kind::State, Some(&case.state))?,
			vocabulary: tree(&self.vocabulary, Kind::Vocabulary, case.vocabulary.as_ref())?,
			malformed: None,
			hash: PhantomData,
		})
	}
}

impl<H> Reading<'_, H> {
	/// Checks that nothing was opened that was not read.
	pub fn finish(self) -> Result<(), EvidenceError> {
		let answer = [&self.input, &self.answer, &self.state];
		[&self.trace, &self.weights, &self.vocabulary]
			.into_iter()
			.chain(answer)
			.try_for_each(Tree::all_read)
	}

	/// A leaf of the trace, the input, the answer or the states that cannot be read, if that is why a value could not be computed.
	pub fn malformed(&self) -> Option<EvidenceError> {
		self.malformed
	}
}

impl<H> Source for Reading<'_, H> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		let graph = &self.case.graph;
		let number = graph.number(at).ok_or(Missing::Leaf(at))?;
		let bytes = self.trace.get(number).ok_or(Missing::Leaf(at))?;
		Leaf::read(graph.size(at.place.stage), at.leaf, bytes).map_err(|error| {
			self.malformed = Some(EvidenceError::Leaf(at, error));
			Missing::Leaf(at)
		})
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		read_chunks(bytes, |chunk| self.weights.get(chunk).map(<[u8]>::to_vec))
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		let missing = Missing::Token(position);
		let input = self.case.graph.counts().input;
		let (tree, number) = match position.checked_sub(input) {
			None => (&mut self.input, position),
			Some(number) if self.case.graph.shape().answers == Use::Tokens => (&mut self.answer, number),
			Some(_) => return Err(missing),
		};
		let counts = self.case.graph.counts();
		let all = if tree.kind == Kind::Input {
			counts.input
		} else {
			counts.output
		};
		let bytes = tree.record(number, all, TOKENS_OF_LEAF).map_err(|malformed| {
			self.malformed = self.malformed.or(malformed);
			missing
		})?;
		Ok(u32::from_le_bytes(bytes))
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		self.answer
			.get(leaf.into())
			.map(<[u8]>::to_vec)
			.ok_or(Missing::Output(leaf))
	}

	fn sampler(&mut self) -> Sampler {
		self.case.sampler
	}
}

impl<H: Blake2b256> Records for Reading<'_, H> {
	type Hash = H;

	fn state(&mut self, position: u32) -> Result<State, Missing> {
		let all = self.case.graph.positions();
		let bytes = self.state.record(position, all, STATES_OF_LEAF).map_err(|malformed| {
			self.malformed = self.malformed.or(malformed);
			Missing::State(position)
		})?;
		Ok(State::read(bytes))
	}

	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing> {
		self.vocabulary
			.get(token.into())
			.map(<[u8]>::to_vec)
			.ok_or(Missing::Text(token))
	}
}

/// Bytes of a package from its chunks.
fn read_chunks(bytes: Range<u64>, mut chunk: impl FnMut(u64) -> Option<Vec<u8>>) -> Result<Vec<u8>, Missing> {
	let first = bytes.start.checked_div(CHUNK).unwrap_or(0);
	let mut all = Vec::new();
	for number in first..bytes.end.div_ceil(CHUNK) {
		let start = number.saturating_mul(CHUNK);
		let missing = Missing::Package(start);
		let found = chunk(number).ok_or(missing)?;
		let from = bytes.start.saturating_sub(start) as usize;
		let to = bytes.end.saturating_sub(start).min(CHUNK) as usize;
		all.extend_from_slice(found.get(from..to).ok_or(missing)?);
	}
	Ok(all)
}
