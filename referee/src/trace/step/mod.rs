// SPDX-License-Identifier: Apache-2.0

//! One value of a trace: what it is computed from, and the computation, which fits into a block.
//!
//! A value is computed from whatever a [`Source`] gives: a whole trace in memory, or the few leaves and chunks that a proof
//! has opened. What a computation asks for is what a proof must open; there is no second description of it.
//!
//! Values that depend on many positions or on the whole vocabulary are computed in parts (`part`), each of which is small.

mod attention;
mod block;
mod choice;
mod part;
mod reader;

pub use choice::is_plain;
pub use part::{Part, PartError, all as all_parts, joined, part_holds, parts};
pub use reader::{Missing, Source};

use super::{At, Graph, Leaf, Place, Stage};
use crate::ops::{norm::Statistics, sampling::Choice};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use reader::Reader;
use scale_info::TypeInfo;

/// A value of the trace that somebody doubts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Doubt {
	/// The leaf.
	pub at: At,
	/// The value in the leaf; of a choice the field, in its order.
	pub value: u32,
	/// A token that should have been chosen instead; the chosen one itself, if it should not even have run. Only for the
	/// last field of a choice, otherwise 0.
	pub rival: u32,
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
	Number(i32),
	Activation(i16),
	Exponent(u8),
	Statistics(Statistics),
	/// There is no right one: the token is not in the vocabulary. Nobody honest answers such an input.
	Nothing,
}

/// A doubt cannot be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum StepError {
	/// There is no such leaf.
	NoLeaf,
	/// The leaf has no such value.
	NoValue,
	/// There is no such token, or none is asked for.
	WrongRival,
	/// The value takes more than one part.
	NeedsParts,
	/// Parts do not answer the doubt.
	Parts(PartError),
	/// Something is not there from which the value is computed.
	Missing(Missing),
}

impl From<Missing> for StepError {
	fn from(missing: Missing) -> Self {
		Self::Missing(missing)
	}
}

impl core::fmt::Display for StepError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::NoLeaf => f.write_str("the trace has no such leaf"),
			Self::NoValue => f.write_str("the leaf has no such value"),
			Self::WrongRival => f.write_str("the rival is not a token, or none is asked for"),
			Self::NeedsParts => f.write_str("the value is computed in parts"),
			Self::Parts(PartError::WrongNumber) => f.write_str("there are more or fewer parts"),
			Self::Missing(missing) => write!(f, "what the value is computed from is not there: {missing:?}"),
		}
	}
}

impl core::error::Error for StepError {}

impl Doubt {
	/// The doubt if it is about something that exists.
	pub fn checked(self, graph: &Graph) -> Result<Self, StepError> {
		graph.number(self.at).ok_or(StepError::NoLeaf)?;
		let stage = self.at.place.stage;
		let values = match stage {
			Stage::Choice => Choice::FIELDS,
			_ => graph.size(stage).values_in(self.at.leaf),
		};
		if self.value >= values {
			return Err(StepError::NoValue);
		}
		let rival = stage == Stage::Choice && self.value == Choice::TOKEN;
		let vocabulary = graph.shape().vocabulary;
		match rival && self.rival < vocabulary || !rival && self.rival == 0 {
			true => Ok(self),
			false => Err(StepError::WrongRival),
		}
	}

	/// The value's number in its vector.
	fn index(&self, graph: &Graph) -> u32 {
		let before = self
			.at
			.leaf
			.saturating_mul(graph.size(self.at.place.stage).values_of_leaf());
		before.saturating_add(self.value)
	}
}

/// Whether the value that the trace has is the right one, given that everything before it is.
pub fn holds<S: Source>(graph: &Graph, source: &mut S, doubt: Doubt) -> Result<bool, StepError> {
	let doubt = doubt.checked(graph)?;
	let stage = doubt.at.place.stage;
	let plain = is_plain(source.sampler(), doubt);
	if parts(graph, doubt) > 1 && !plain {
		return Err(StepError::NeedsParts);
	}
	let mut reader = Reader { graph, source };
	if plain {
		return choice::holds(&mut reader, doubt);
	}
	if stage == Stage::Choice {
		let whole = part::compute(&mut reader, doubt, 0)?;
		return part::choice_holds(&mut reader, doubt, &[whole]);
	}
	let committed = value_of(&reader.leaf(doubt.at)?, doubt.value).ok_or(StepError::NoValue)?;
	Ok(compute(&mut reader, doubt)? == committed)
}

/// Where the numbers are that leave the last layer at a position.
pub fn final_numbers_at(graph: &Graph, position: u32) -> Place {
	block::stream(graph.shape(), position, graph.shape().layers)
}

/// The numbers that leave the last layer at a position, as the trace has them.
pub fn final_numbers<S: Source>(graph: &Graph, source: &mut S, position: u32) -> Result<Vec<i32>, Missing> {
	let place = final_numbers_at(graph, position);
	Reader { graph, source }.all_numbers(place)
}

/// A value of a leaf.
fn value_of(leaf: &Leaf, value: u32) -> Option<Value> {
	let value = value as usize;
	match leaf {
		Leaf::Numbers(numbers) => numbers.get(value).copied().map(Value::Number),
		Leaf::Activations(numbers) => numbers.get(value).copied().map(Value::Activation),
		Leaf::Statistics(all) => all.get(value).copied().map(Value::Statistics),
		Leaf::Exponent(exponent) => Some(Value::Exponent(*exponent)),
		Leaf::Choice(_) => None,
	}
}

/// The right value.
fn compute<S: Source>(reader: &mut Reader<'_, S>, doubt: Doubt) -> Result<Value, StepError> {
	match doubt.at.place.stage {
		Stage::Largest | Stage::Mixed | Stage::Pooled => {
			let part = part::compute(reader, doubt, 0)?;
			part::join(reader, doubt, &[part])
		}
		_ => Ok(block::compute(reader, doubt.at.place, doubt.index(reader.graph))?),
	}
}
