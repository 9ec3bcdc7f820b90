// SPDX-License-Identifier: Apache-2.0

//! What a dispute is about.

use crate::{
	checks::{Check, on},
	claim::TOKENS_OF_LEAF,
	commit::{Commitment, Kind},
	hash::Digest,
	model::{Layout, Use},
	ops::sampling::{Choice, Sampler},
	trace::{
		At, Graph, Place, Stage,
		step::{Doubt, StepError},
	},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Everything that is fixed when a dispute begins: the claim, the request, the registered model, and the trace that the
/// worker has committed to.
#[derive(Clone, Copy, Debug)]
pub struct Case {
	/// The leaves that the trace must have.
	pub graph: Graph,
	pub sampler: Sampler,
	pub weights: Commitment,
	pub input: Commitment,
	/// Tokens, or the vector.
	pub answer: Commitment,
	pub trace: Commitment,
}

/// Commitments do not belong to such a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ChargeError {
	/// A commitment is to something else, or to another number of leaves than shape and counts ask for.
	WrongCommitment(Kind),
	/// The answer has no such token or leaf.
	NoSuchAnswer,
}

impl core::fmt::Display for ChargeError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::WrongCommitment(kind) => write!(f, "the commitment to {kind:?} is not one of this case"),
			Self::NoSuchAnswer => f.write_str("the answer has no such token or leaf"),
		}
	}
}

impl core::error::Error for ChargeError {}

impl Case {
	/// A case of this size with no roots, to compute what it takes.
	pub(super) fn unbound(graph: Graph, sampler: Sampler) -> Self {
		let of = |kind, count| Commitment {
			kind,
			count,
			root: Digest::default(),
		};
		let counts = graph.counts();
		let (answer, answers) = given(&graph);
		Self {
			graph,
			sampler,
			weights: of(Kind::Weights, Layout::new(*graph.shape()).chunks()),
			input: of(Kind::Input, token_leaves(counts.input)),
			answer: of(answer, answers),
			trace: of(Kind::Trace, graph.leaves()),
		}
	}

	/// The case if each commitment is to as many leaves as it must be.
	pub fn checked(self) -> Result<Self, ChargeError> {
		let counts = self.graph.counts();
		let (answer, answers) = given(&self.graph);
		let rules = [
			(self.weights, Kind::Weights, Layout::new(*self.graph.shape()).chunks()),
			(self.input, Kind::Input, token_leaves(counts.input)),
			(self.answer, answer, answers),
			(self.trace, Kind::Trace, self.graph.leaves()),
		];
		for (commitment, kind, count) in rules {
			if on(Check::Counts) && (commitment.kind != kind || commitment.count != count) {
				return Err(ChargeError::WrongCommitment(kind));
			}
		}
		Ok(self)
	}
}

/// Leaves of so many tokens.
fn token_leaves(count: u32) -> u64 {
	u64::from(count).div_ceil(TOKENS_OF_LEAF as u64)
}

/// What the answer is committed to as, and with how many leaves.
fn given(graph: &Graph) -> (Kind, u64) {
	match graph.shape().answers {
		Use::Tokens => (Kind::Tokens, token_leaves(graph.counts().output)),
		Use::Embedding => (Kind::Output, graph.size(Stage::Unit).leaves().into()),
	}
}

/// What a challenger says is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Charge {
	/// A value of the trace does not follow from those before it.
	Value(Doubt),
	/// A token of the answer, by its number, is not the one that the trace has chosen.
	Token(u32),
	/// A leaf of the answer is not the one that the trace ends with.
	Output(u32),
}

impl Charge {
	/// The charge if it is about something that exists.
	pub fn checked(self, case: &Case) -> Result<Self, StepError> {
		let counts = case.graph.counts();
		let outputs = case.graph.size(Stage::Unit).leaves();
		match self {
			Self::Value(doubt) => doubt.checked(&case.graph).map(Self::Value),
			Self::Token(number) if number < counts.output => Ok(self),
			Self::Output(leaf) if leaf < outputs => Ok(self),
			Self::Token(_) | Self::Output(_) => Err(StepError::NoLeaf),
		}
	}

	/// The leaf of the trace that it is about.
	pub fn at(&self, case: &Case) -> At {
		let place = |position, stage| Place {
			position,
			layer: 0,
			stage,
		};
		match self {
			Self::Value(doubt) => doubt.at,
			Self::Token(number) => At {
				place: place(case.graph.first_choice().saturating_add(*number), Stage::Choice),
				leaf: 0,
			},
			Self::Output(leaf) => At {
				place: place(0, Stage::Unit),
				leaf: *leaf,
			},
		}
	}

	/// In how many parts it is decided.
	pub fn parts(&self, case: &Case) -> u32 {
		match self {
			Self::Value(doubt) if !is_plain(case, *doubt) => crate::trace::step::parts(&case.graph, *doubt),
			_ => 1,
		}
	}
}

/// Whether a field of a choice takes only the choice itself.
fn is_plain(case: &Case, doubt: Doubt) -> bool {
	let greedy = case.sampler == Sampler::Greedy && doubt.value != Choice::LARGEST;
	doubt.at.place.stage == Stage::Choice && (doubt.value == Choice::TOKEN || greedy)
}
