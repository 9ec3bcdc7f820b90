// SPDX-License-Identifier: Apache-2.0

//! What is fixed when a dispute begins, and whether there can be a dispute about it at all.

use super::ends::{Ends, Stops};
use crate::{
	checks::{Check, on},
	claim::{Claim, Request, STATES_OF_LEAF, StopReason, TOKENS_OF_LEAF},
	commit::{Commitment, Kind},
	hash::{Blake2b256, Digest},
	model::{Layout, Shape, Use},
	ops::sampling::Sampler,
	trace::{Counts, Graph, Stage},
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
	/// The final state of each position.
	pub state: Commitment,
	/// The texts of the tokens, if there are strings that end an answer.
	pub vocabulary: Option<Commitment>,
	/// Tokens that end an answer.
	pub ends: Ends,
	/// Strings that end one.
	pub stops: Stops,
	/// Why this one ends.
	pub stop: StopReason,
}

/// What is registered of a model's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
	pub shape: Shape,
	pub weights: Commitment,
	/// The texts of the tokens. Without it a version takes no requests with strings that end an answer.
	pub vocabulary: Option<Commitment>,
}

/// Commitments do not belong to such a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ChargeError {
	/// A commitment is to something else, or to another number of leaves than shape and counts ask for.
	WrongCommitment(Kind),
	/// The claim is about another chain, version or request.
	AnotherRequest,
	/// The claim counts other tokens of the input than the request.
	WrongInputCount,
	/// Shape and counts are not those of an answer.
	WrongCounts,
	/// The answer is longer than the request and the model allow, or ends before that without a reason.
	WrongEnd,
	/// The request has strings that end an answer, and the version no texts of its tokens.
	NoVocabulary,
}

impl core::fmt::Display for ChargeError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::WrongCommitment(kind) => write!(f, "the commitment to {kind:?} is not one of this case"),
			Self::AnotherRequest => f.write_str("the claim is about another chain, version or request"),
			Self::WrongInputCount => f.write_str("the claim counts other tokens of the input than the request"),
			Self::WrongCounts => f.write_str("shape and counts are not those of an answer"),
			Self::WrongEnd => f.write_str("the answer is too long, or ends too early without a reason"),
			Self::NoVocabulary => f.write_str("strings end the answer, but the version has no texts of its tokens"),
		}
	}
}

impl core::error::Error for ChargeError {}

impl Case {
	/// The case about a claim. A claim for which there is none is wrong by itself.
	pub fn of<H: Blake2b256>(
		claim: &Claim,
		request: &Request,
		model: Registered,
		trace: Commitment,
	) -> Result<Self, ChargeError> {
		if !claim.is_about::<H>(request) {
			return Err(ChargeError::AnotherRequest);
		}
		if claim.input_count != request.input_count && on(Check::InputCount) {
			return Err(ChargeError::WrongInputCount);
		}
		let stops = Stops::of(&request.stops);
		if !stops.is_empty() && model.vocabulary.is_none() {
			return Err(ChargeError::NoVocabulary);
		}
		let counts = Counts {
			input: claim.input_count,
			output: claim.output_count,
		};
		let graph = Graph::new(model.shape, counts).map_err(|_| ChargeError::WrongCounts)?;
		let case = Self {
			graph,
			sampler: request.sampler,
			weights: model.weights,
			input: request.input,
			answer: claim.answer,
			trace,
			state: claim.state,
			// Nobody opens what is not needed.
			vocabulary: model.vocabulary.filter(|_| !stops.is_empty()),
			ends: Ends::of(&request.ends),
			stops,
			stop: claim.stop,
		};
		case.checked_end(request.limit)?.checked()
	}

	/// The case if the number of tokens agrees with the reason why there are no more.
	fn checked_end(self, limit: u32) -> Result<Self, ChargeError> {
		let Counts { input, output } = self.graph.counts();
		// The last token of an answer is not a position.
		let most = limit.min(self.graph.shape().positions.saturating_add(1).saturating_sub(input));
		let right = match (self.graph.shape().answers, self.stop) {
			(Use::Embedding, stop) => stop == StopReason::Embedded,
			(Use::Tokens, StopReason::Limit) => output == most,
			(Use::Tokens, StopReason::End) => output <= most,
			(Use::Tokens, StopReason::Stop) => output <= most && !self.stops.is_empty(),
			(Use::Tokens, StopReason::Embedded) => false,
		};
		if right || !on(Check::End) {
			Ok(self)
		} else {
			Err(ChargeError::WrongEnd)
		}
	}

	/// The position of a token of the answer, if it were one.
	pub(super) fn position_of(&self, number: u32) -> u32 {
		self.graph.counts().input.saturating_add(number)
	}

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
			state: of(Kind::State, state_leaves(&graph)),
			vocabulary: Some(of(Kind::Vocabulary, graph.shape().vocabulary.into())),
			ends: Ends::default(),
			stops: Stops::longest(),
			stop: StopReason::Stop,
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
			(self.state, Kind::State, state_leaves(&self.graph)),
		];
		let texts = u64::from(self.graph.shape().vocabulary);
		let vocabulary = self.vocabulary.map(|texts_of| (texts_of, Kind::Vocabulary, texts));
		for (commitment, kind, count) in rules.into_iter().chain(vocabulary) {
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

/// Leaves of the states of all positions.
fn state_leaves(graph: &Graph) -> u64 {
	u64::from(graph.positions()).div_ceil(STATES_OF_LEAF as u64)
}

/// What the answer is committed to as, and with how many leaves.
fn given(graph: &Graph) -> (Kind, u64) {
	match graph.shape().answers {
		Use::Tokens => (Kind::Tokens, token_leaves(graph.counts().output)),
		Use::Embedding => (Kind::Output, graph.size(Stage::Unit).leaves().into()),
	}
}
