// SPDX-License-Identifier: Apache-2.0

//! What a dispute is about.

use crate::{
	checks::{Check, on},
	claim::{Claim, MAX_END_TOKENS, Request, StopReason, TOKENS_OF_LEAF},
	commit::{Commitment, Kind},
	hash::{Blake2b256, Digest},
	model::{Layout, Shape, Use},
	ops::sampling::Sampler,
	trace::{
		At, Counts, Graph, Place, Stage,
		step::{Doubt, StepError, is_plain},
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
	/// Tokens that end an answer.
	pub ends: Ends,
	/// Why this one ends.
	pub stop: StopReason,
}

/// Tokens that end an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
	tokens: [u32; MAX_END_TOKENS],
	count: usize,
}

impl Ends {
	/// Of a request.
	pub fn of(tokens: &[u32]) -> Self {
		let mut ends = Self {
			count: tokens.len().min(MAX_END_TOKENS),
			..Self::default()
		};
		ends.tokens.iter_mut().zip(tokens).for_each(|(to, token)| *to = *token);
		ends
	}

	/// Whether a token is one of them.
	pub fn contains(&self, token: &u32) -> bool {
		self.tokens.iter().take(self.count).any(|end| end == token)
	}
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
	/// Strings that end an answer are not judged by this version.
	StopStrings,
}

impl core::fmt::Display for ChargeError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::WrongCommitment(kind) => write!(f, "the commitment to {kind:?} is not one of this case"),
			Self::AnotherRequest => f.write_str("the claim is about another chain, version or request"),
			Self::WrongInputCount => f.write_str("the claim counts other tokens of the input than the request"),
			Self::WrongCounts => f.write_str("shape and counts are not those of an answer"),
			Self::WrongEnd => f.write_str("the answer is too long, or ends too early without a reason"),
			Self::StopStrings => f.write_str("strings that end an answer are not judged by this version"),
		}
	}
}

impl core::error::Error for ChargeError {}

impl Case {
	/// The case about a claim. A claim for which there is none is wrong by itself.
	pub fn of<H: Blake2b256>(
		claim: &Claim,
		request: &Request,
		shape: Shape,
		weights: Commitment,
		trace: Commitment,
	) -> Result<Self, ChargeError> {
		let same = claim.genesis == request.genesis && claim.version == request.version;
		if !same || claim.request != request.root::<H>() {
			return Err(ChargeError::AnotherRequest);
		}
		if claim.input_count != request.input_count && on(Check::InputCount) {
			return Err(ChargeError::WrongInputCount);
		}
		if !request.stops.is_empty() || claim.stop == StopReason::Stop {
			return Err(ChargeError::StopStrings);
		}
		let counts = Counts {
			input: claim.input_count,
			output: claim.output_count,
		};
		let graph = Graph::new(shape, counts).map_err(|_| ChargeError::WrongCounts)?;
		let case = Self {
			graph,
			sampler: request.sampler,
			weights,
			input: request.input,
			answer: claim.answer,
			trace,
			ends: Ends::of(&request.ends),
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
			(Use::Tokens, StopReason::Stop | StopReason::Embedded) => false,
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
			ends: Ends::default(),
			stop: StopReason::Limit,
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
	/// A token of the answer, by its number, ends it though it is not the last, or is the last and ends it or not other than
	/// the claim says.
	End(u32),
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
			Self::Token(number) | Self::End(number) if number < counts.output => Ok(self),
			Self::Output(leaf) if leaf < outputs => Ok(self),
			Self::Token(_) | Self::End(_) | Self::Output(_) => Err(StepError::NoLeaf),
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
			Self::Token(number) | Self::End(number) => At {
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
			Self::Value(doubt) if !is_plain(case.sampler, *doubt) => crate::trace::step::parts(&case.graph, *doubt),
			_ => 1,
		}
	}
}
