// SPDX-License-Identifier: Apache-2.0

//! An answer with everything that was committed to with it. Both sides have it: the worker from its book, who audits from the
//! worker.

use crate::{Bare, Error, model::Model};
use atelier_referee::{
	claim::{Claim, Request, State, state_leaves, state_tree, token_leaves, token_tree},
	commit::{Commitment, Kind, MAX_RANGES, Ranges, RangesProof, Tree},
	dispute::{Case, ChargeError},
	hash::{Digest, Portable},
	trace::{Counts, Graph, Leaf, Values},
};

/// What a model answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
	Tokens(Vec<u32>),
	Vector(Vec<i16>),
}

impl Given {
	fn leaves(&self) -> (Kind, Vec<Vec<u8>>) {
		match self {
			Self::Tokens(tokens) => (Kind::Tokens, token_leaves(tokens).collect()),
			Self::Vector(numbers) => {
				let leaves = Leaf::of(Values::Activations(numbers)).into_iter();
				(Kind::Output, leaves.map(|leaf| leaf.write()).collect())
			}
		}
	}
}

/// What was served of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
	pub request: Request,
	pub claim: Claim,
	pub input: Vec<u32>,
	pub given: Given,
	/// Of each position.
	pub states: Vec<State>,
}

/// An answer of which everything belongs to what was committed to.
#[derive(Clone, Debug)]
pub struct Answered {
	served: Served,
	input: Tree,
	given: Tree,
	state: Tree,
}

/// Leaves with the proof that they are a tree's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
	pub ranges: Ranges,
	pub leaves: Vec<Vec<u8>>,
	pub proof: RangesProof,
}

impl Answered {
	/// Checks that everything belongs to what request and claim commit to.
	pub fn new(served: Served) -> Result<Self, Error> {
		let (kind, leaves) = served.given.leaves();
		let answered = Self {
			input: token_tree::<Portable>(Kind::Input, &served.input)?,
			given: Tree::from_leaves::<Portable>(kind, leaves)?,
			state: state_tree::<Portable>(&served.states)?,
			served,
		};
		let Served { request, claim, .. } = &answered.served;
		let rules = [
			(Kind::Input, answered.input.commitment() == request.input),
			(kind, answered.given.commitment() == claim.answer),
			(Kind::State, answered.state.commitment() == claim.state),
		];
		match rules.into_iter().find(|(_, holds)| !holds) {
			Some((kind, _)) => Err(Error::NotCommitted(kind)),
			None => Ok(answered),
		}
	}

	/// What was served.
	pub fn served(&self) -> &Served {
		&self.served
	}

	/// The bytes of all leaves. A tree counts leaves, not what is in them: see [`Torn`](crate::Torn).
	pub fn bare(&self) -> Bare {
		let Served { input, states, .. } = &self.served;
		Bare {
			input: token_leaves(input).collect(),
			tokens: token_leaves(self.tokens()).collect(),
			states: state_leaves(states).collect(),
		}
	}

	/// The tokens of the answer; none of a vector.
	pub fn tokens(&self) -> &[u32] {
		match &self.served.given {
			Given::Tokens(tokens) => tokens,
			Given::Vector(_) => &[],
		}
	}

	/// The token that a position takes in, or the last one of the answer.
	pub fn token(&self, position: u32) -> Option<u32> {
		let Served { input, .. } = &self.served;
		let position = position as usize;
		match position.checked_sub(input.len()) {
			None => input.get(position).copied(),
			Some(number) => self.tokens().get(number).copied(),
		}
	}

	/// The tokens of all positions: the last of the answer is none.
	pub fn walked(&self) -> Vec<u32> {
		let answer = self.tokens().split_last().map_or(&[][..], |(_, before)| before);
		[&self.served.input, answer].concat()
	}

	/// The case about it, with a trace.
	pub fn case(&self, model: &Model<'_>, trace: Commitment) -> Result<Case, ChargeError> {
		let Served { claim, request, .. } = &self.served;
		Case::of::<Portable>(claim, request, model.registered(), trace)
	}

	/// The case about it before there is a trace: whether there can be one at all.
	pub fn case_without_trace(&self, model: &Model<'_>) -> Result<Case, ChargeError> {
		case_without_trace(model, &self.served.claim, &self.served.request)
	}

	/// A leaf of what was committed to with the answer.
	pub fn leaf(&self, kind: Kind, number: u64) -> Option<Vec<u8>> {
		let number = usize::try_from(number).ok()?;
		let some = |each: usize| {
			let start = number.checked_mul(each)?;
			Some(start..start.checked_add(each)?)
		};
		match kind {
			Kind::Input => {
				let range = some(atelier_referee::claim::TOKENS_OF_LEAF)?;
				let end = range.end.min(self.served.input.len());
				token_leaves(self.served.input.get(range.start..end)?).next()
			}
			Kind::State => {
				let range = some(atelier_referee::claim::STATES_OF_LEAF)?;
				let end = range.end.min(self.served.states.len());
				state_leaves(self.served.states.get(range.start..end)?).next()
			}
			Kind::Tokens | Kind::Output => {
				let (own, leaves) = self.served.given.leaves();
				leaves.into_iter().nth(number).filter(|_| own == kind)
			}
			_ => None,
		}
	}

	/// The tree of a kind.
	fn tree(&self, kind: Kind) -> Option<&Tree> {
		match kind {
			Kind::Input => Some(&self.input),
			Kind::State => Some(&self.state),
			kind if kind == self.given.commitment().kind => Some(&self.given),
			_ => None,
		}
	}

	/// The proof of some leaves.
	pub fn prove(&self, kind: Kind, ranges: &Ranges) -> Option<RangesProof> {
		self.tree(kind)?.prove(ranges).ok()
	}

	/// What a worker serves that owes these leaves of a commitment: of its answer, or of the model's package.
	pub fn serve(
		&self,
		model: &Model<'_>,
		of: &Commitment,
		numbers: impl IntoIterator<Item = u64>,
	) -> Result<Shown, Error> {
		let kind = of.kind;
		let ranges = Ranges::covering(numbers.into_iter().take(MAX_RANGES))?;
		let own = match kind {
			Kind::Weights => Some(model.registered().weights),
			_ => self.tree(kind).map(Tree::commitment),
		};
		if own != Some(*of) {
			return Err(Error::NotCommitted(kind));
		}
		let mut leaves = Vec::new();
		for number in ranges.iter().flat_map(|range| range.start..range.end) {
			let leaf = match kind {
				Kind::Weights => model.chunk(number).map(<[u8]>::to_vec),
				_ => self.leaf(kind, number),
			};
			leaves.push(leaf.ok_or(Error::NoLeaf { kind, number })?);
		}
		let proof = match kind {
			Kind::Weights => model.prove_weights(&ranges)?,
			_ => self.prove(kind, &ranges).ok_or(Error::NotCommitted(kind))?,
		};
		Ok(Shown { ranges, leaves, proof })
	}
}

/// The case about a claim before there is a trace: whether there can be one at all.
pub fn case_without_trace(model: &Model<'_>, claim: &Claim, request: &Request) -> Result<Case, ChargeError> {
	let counts = Counts {
		input: claim.input_count,
		output: claim.output_count,
	};
	let graph = Graph::new(model.registered().shape, counts).map_err(|_| ChargeError::WrongCounts)?;
	let none = Commitment {
		kind: Kind::Trace,
		count: graph.leaves(),
		root: Digest::default(),
	};
	Case::of::<Portable>(claim, request, model.registered(), none)
}
