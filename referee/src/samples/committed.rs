// SPDX-License-Identifier: Apache-2.0

//! Who has committed to an answer, and can open everything.
#![allow(
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	reason = "material for tests: what cannot be made should stop them"
)]

use super::{
	Random,
	answer::{Answer, Borrowed},
};
use crate::{
	claim::{State, StopReason, state_leaves, state_tree, token_leaves, token_tree, vocabulary_tree},
	commit::{Kind, Ranges, RangesProof, Tree, decode_exact},
	dispute::{
		Case, Charge, Ends, Evidence, Holder, InParts, Records, Registered, Stops, VerdictError, gather, is_fraud,
		is_fraud_in_parts,
	},
	hash::{Blake2b256, Portable},
	model::Use,
	ops::sampling::Sampler,
	trace::{
		At, Leaf, Stage,
		step::{Missing, Part, Source, all_parts, final_numbers},
	},
};
use alloc::vec::Vec;
use codec::{Encode, MaxEncodedLen};
use core::ops::Range;

/// An answer whose holder has committed to everything.
#[derive(Clone)]
pub struct Committed {
	pub answer: Answer,
	pub trace: Tree,
	pub weights: Tree,
	pub input: Tree,
	pub given: Tree,
	pub states: Vec<State>,
	pub state: Tree,
	/// The text of each token.
	pub texts: Vec<Vec<u8>>,
	pub vocabulary: Tree,
}

/// Texts of so many tokens, of two letters, so that strings are found in them; some are empty.
pub fn texts(vocabulary: u32) -> Vec<Vec<u8>> {
	let mut random = Random(vocabulary.into());
	let mut text = |_| {
		let length = random.between(0, 3);
		(0..length).map(|_| b"ab"[random.between(0, 1) as usize]).collect()
	};
	(0..vocabulary).map(&mut text).collect()
}

impl Committed {
	pub fn new(answer: Answer) -> Self {
		let leaves: Vec<_> = answer.leaves.iter().map(|(_, leaf)| leaf.write()).collect();
		let tree = |kind, leaves: Vec<Vec<u8>>| Tree::from_leaves::<Portable>(kind, leaves).expect("few leaves");
		let (input, output) = answer.tokens.split_at(answer.graph.counts().input as usize);
		let texts = texts(answer.graph.shape().vocabulary);
		let states: Vec<_> = (0..answer.graph.positions())
			.map(|position| {
				let numbers = final_numbers(&answer.graph, &mut Borrowed(&answer), position).expect("is there");
				State::of::<Portable>(answer.tokens[position as usize], &numbers)
			})
			.collect();
		let given = match answer.graph.shape().answers {
			Use::Tokens => token_tree::<Portable>(Kind::Tokens, output).expect("few tokens"),
			Use::Embedding => {
				let units = answer.leaves.iter().filter(|(at, _)| at.place.stage == Stage::Unit);
				tree(Kind::Output, units.map(|(_, leaf)| leaf.write()).collect())
			}
		};
		Self {
			trace: tree(Kind::Trace, leaves),
			weights: tree(
				Kind::Weights,
				answer.package.chunks(1_024).map(<[u8]>::to_vec).collect(),
			),
			input: token_tree::<Portable>(Kind::Input, input).expect("few tokens"),
			given,
			state: state_tree::<Portable>(&states).expect("few positions"),
			states,
			vocabulary: vocabulary_tree::<Portable>(texts.iter().cloned()).expect("few tokens"),
			texts,
			answer,
		}
	}

	/// What is registered of the model.
	pub fn registered(&self) -> Registered {
		Registered {
			shape: *self.answer.graph.shape(),
			weights: self.weights.commitment(),
			vocabulary: Some(self.vocabulary.commitment()),
		}
	}

	pub fn case(&self) -> Case {
		let case = Case {
			graph: self.answer.graph,
			sampler: self.answer.sampler,
			weights: self.weights.commitment(),
			input: self.input.commitment(),
			answer: self.given.commitment(),
			trace: self.trace.commitment(),
			state: self.state.commitment(),
			vocabulary: None,
			ends: Ends::default(),
			stops: Stops::default(),
			stop: StopReason::Limit,
		};
		case.checked().expect("the commitments belong to the case")
	}

	fn tree(&self, kind: Kind) -> &Tree {
		match kind {
			Kind::Trace => &self.trace,
			Kind::Weights => &self.weights,
			Kind::Input => &self.input,
			Kind::State => &self.state,
			Kind::Vocabulary => &self.vocabulary,
			_ => &self.given,
		}
	}

	/// The parts of a charge, computed from what this holder has; one of them is doubted.
	pub fn parts(&mut self, charge: Charge) -> Option<Vec<Part>> {
		let case = self.case();
		match charge {
			Charge::Value(doubt) if charge.parts(&case) > 1 => {
				Some(all_parts(&case.graph, &mut self.answer, doubt).expect("everything is there"))
			}
			_ => None,
		}
	}

	/// The evidence for a charge, and whether it proves a fraud.
	pub fn judge(&mut self, charge: Charge) -> bool {
		self.judge_in(self.case(), charge)
	}

	/// The same in a case of its own.
	pub fn judge_in(&mut self, case: Case, charge: Charge) -> bool {
		let parts = self.parts(charge);
		let numbers = parts.as_ref().map_or(1, Vec::len) as u32;
		(0..numbers).any(|chosen| {
			let in_parts = parts.as_ref().map(|parts| InParts { parts, chosen });
			let evidence = gather(&case, self, charge, in_parts)
				.expect("the charge can be brought")
				.expect("the holder has everything");
			let bytes = evidence.encode();
			assert!(bytes.len() <= Evidence::max_encoded_len());
			assert_eq!(decode_exact::<Evidence>(&bytes).as_ref(), Ok(&evidence));
			judge::<Portable>(&case, charge, in_parts, &evidence).expect("the evidence is complete")
		})
	}
}

impl Source for Committed {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		self.answer.leaf(at)
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		self.answer.package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		self.answer.token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		self.answer.output(leaf)
	}

	fn sampler(&mut self) -> Sampler {
		self.answer.sampler
	}
}

impl Records for Committed {
	type Hash = Portable;

	fn state(&mut self, position: u32) -> Result<State, Missing> {
		self.states
			.get(position as usize)
			.copied()
			.ok_or(Missing::State(position))
	}

	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing> {
		self.texts.get(token as usize).cloned().ok_or(Missing::Text(token))
	}
}

impl Holder for Committed {
	fn bytes(&mut self, kind: Kind, number: u64) -> Option<Vec<u8>> {
		let number = number as usize;
		let answer = &self.answer;
		match kind {
			Kind::Trace => answer.leaves.get(number).map(|(_, leaf)| leaf.write()),
			Kind::Weights => answer.package.chunks(1_024).nth(number).map(<[u8]>::to_vec),
			Kind::Output => self.answer.output(number as u32).ok(),
			Kind::State => state_leaves(&self.states).nth(number),
			Kind::Vocabulary => self.texts.get(number).cloned(),
			_ => {
				let (input, output) = answer.tokens.split_at(answer.graph.counts().input as usize);
				token_leaves(if kind == Kind::Input { input } else { output }).nth(number)
			}
		}
	}

	fn prove(&mut self, kind: Kind, ranges: &Ranges) -> Option<RangesProof> {
		self.tree(kind).prove(ranges).ok()
	}
}

/// Whether evidence proves a fraud, in one step or with the parts that the holder has named.
pub fn judge<H: Blake2b256>(
	case: &Case,
	charge: Charge,
	in_parts: Option<InParts<'_>>,
	evidence: &Evidence,
) -> Result<bool, VerdictError> {
	match in_parts {
		None => is_fraud::<H>(case, charge, evidence),
		Some(named) => is_fraud_in_parts::<H>(case, charge, named, evidence),
	}
}
