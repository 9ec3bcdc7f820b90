// SPDX-License-Identifier: Apache-2.0

//! What is opened to decide a charge: leaves of the trace, chunks of the package, tokens, each shown to belong to what was
//! committed to. Everything that is needed must be there, and nothing else.

use super::{
	Case, Charge, Records,
	verdict::{InParts, stands},
};
use crate::{
	checks::{Check, on},
	claim::{STATES_OF_LEAF, State, TOKENS_OF_LEAF},
	commit::{self, Bounded, Commitment, Kind, Ranges, RangesProof},
	hash::Blake2b256,
	model::{CHUNK, Use},
	ops::sampling::Sampler,
	trace::{
		At, Leaf, LeafError,
		step::{Missing, Source, StepError},
	},
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{marker::PhantomData, ops::Range};
use scale_info::TypeInfo;

/// Most leaves of one tree: 128 KiB of numbers, and the leaf in doubt.
pub const MAX_LEAVES: usize = 256;

/// Bytes of the largest leaf.
const LEAF: usize = CHUNK as usize;

/// Leaves of one tree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Opened {
	pub ranges: Ranges,
	pub leaves: Bounded<Bounded<u8, LEAF>, MAX_LEAVES>,
	pub proof: RangesProof,
}

/// Leaves of all trees that a charge needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Evidence {
	pub trace: Option<Opened>,
	pub weights: Option<Opened>,
	pub input: Option<Opened>,
	pub answer: Option<Opened>,
	pub state: Option<Opened>,
	pub vocabulary: Option<Opened>,
}

/// Evidence is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum EvidenceError {
	/// Leaves do not belong to what was committed to.
	Proof(Kind, commit::Error),
	/// A leaf that nothing is computed from.
	Superfluous(Kind, u64),
	/// A leaf of the trace does not hold what its place asks for.
	Leaf(At, LeafError),
	/// A leaf of the input, the answer or the states does not hold as many tokens as it should.
	Tokens(Kind, u64),
	/// Something was opened that the case has no commitment to.
	NoCommitment(Kind),
}

impl core::fmt::Display for EvidenceError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Proof(kind, error) => write!(f, "what was opened of {kind:?} does not belong to it: {error}"),
			Self::Superfluous(kind, leaf) => write!(f, "leaf {leaf} of {kind:?} is not needed"),
			Self::Tokens(kind, leaf) => write!(f, "leaf {leaf} of {kind:?} does not hold its tokens"),
			Self::NoCommitment(kind) => write!(f, "the case has no commitment to {kind:?}"),
			Self::Leaf(at, error) => write!(f, "{at:?} does not hold what its place asks for: {error:?}"),
		}
	}
}

impl core::error::Error for EvidenceError {}

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
