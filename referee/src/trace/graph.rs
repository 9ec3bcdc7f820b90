// SPDX-License-Identifier: Apache-2.0

//! The order of all leaves of a trace. Nothing is stored: a leaf's number is computed from its place, and back.
//!
//! A model that answers with tokens goes position by position, since a token is known only when the one before it is
//! through; positions after which a token is chosen have the vectors of the choice at their end. A model that embeds
//! goes layer by layer: all positions through its first half, then all through its second.

use super::{Place, Size, Stage};
use crate::model::{Limit, Shape, Use};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How long an input and its answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Counts {
	/// Tokens of the input, at least one.
	pub input: u32,
	/// Tokens of the answer, at least one; 0 of a model that embeds.
	pub output: u32,
}

/// Counts are not those of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum GraphError {
	/// There is no input.
	NoInput,
	/// A model that answers with tokens gives at least one, one that embeds none.
	WrongOutput,
	/// More positions than the model has.
	TooLong,
	/// The shape is outside the limits.
	Shape(Limit),
}

impl core::fmt::Display for GraphError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Shape(_) => "the shape is outside the limits of the spec",
			Self::NoInput => "there is no input",
			Self::WrongOutput => "the answer has the wrong number of tokens",
			Self::TooLong => "input and answer have more positions than the model",
		})
	}
}

impl core::error::Error for GraphError {}

/// A leaf of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct At {
	pub place: Place,
	/// Which leaf of the vector.
	pub leaf: u32,
}

/// The stages of one walk over positions or layers.
type Part = &'static [Stage];

const BEGINNING: Part = &[Stage::Embedded, Stage::FirstStatistics, Stage::FirstNormed];

const FIRST_HALF: Part = &[
	Stage::AttentionStatistics,
	Stage::AttentionNormed,
	Stage::AttentionExponent,
	Stage::AttentionInput,
	Stage::Query,
	Stage::Key,
	Stage::Value,
	Stage::QueryStatistics,
	Stage::QueryNormed,
	Stage::KeyStatistics,
	Stage::KeyNormed,
	Stage::QueryTurned,
	Stage::KeyTurned,
	Stage::ValueStored,
];

const SECOND_HALF: Part = &[
	Stage::Largest,
	Stage::Mixed,
	Stage::MixedExponent,
	Stage::MixedInput,
	Stage::AttentionSum,
	Stage::AfterAttentionStatistics,
	Stage::AfterAttentionNormed,
	Stage::HiddenStatistics,
	Stage::HiddenNormed,
	Stage::HiddenExponent,
	Stage::HiddenInput,
	Stage::Gate,
	Stage::Up,
	Stage::Product,
	Stage::ProductExponent,
	Stage::ProductInput,
	Stage::HiddenSum,
	Stage::AfterHiddenStatistics,
	Stage::AfterHiddenNormed,
];

const CHOOSING: Part = &[
	Stage::LastStatistics,
	Stage::LastNormed,
	Stage::LastExponent,
	Stage::LastInput,
	Stage::Logits,
	Stage::Choice,
];

const EMBEDDING: Part = &[Stage::Pooled, Stage::Unit];

/// The leaves of a trace.
#[derive(Clone, Copy, Debug)]
pub struct Graph {
	shape: Shape,
	counts: Counts,
}

impl Graph {
	/// Of a shape and counts.
	pub fn new(shape: Shape, counts: Counts) -> Result<Self, GraphError> {
		let shape = shape.checked().map_err(|error| GraphError::Shape(error.0))?;
		let Counts { input, output } = counts;
		if input == 0 {
			return Err(GraphError::NoInput);
		}
		if (shape.answers == Use::Tokens) != (output > 0) {
			return Err(GraphError::WrongOutput);
		}
		let graph = Self { shape, counts };
		if input.checked_add(output).is_none() || graph.positions() > shape.positions {
			return Err(GraphError::TooLong);
		}
		Ok(graph)
	}

	/// All stages in order; a shape does not have all of them.
	pub fn stages() -> impl Iterator<Item = Stage> {
		[BEGINNING, FIRST_HALF, SECOND_HALF, CHOOSING, EMBEDDING]
			.into_iter()
			.flatten()
			.copied()
	}

	/// The shape.
	pub fn shape(&self) -> &Shape {
		&self.shape
	}

	/// The counts.
	pub fn counts(&self) -> Counts {
		self.counts
	}

	/// Positions that the model goes through: the last token of an answer is not one.
	pub fn positions(&self) -> u32 {
		self.counts.input.saturating_add(self.counts.output.saturating_sub(1))
	}

	/// The first position after which a token is chosen.
	pub fn first_choice(&self) -> u32 {
		self.counts.input.saturating_sub(1)
	}

	/// The size of a vector.
	pub fn size(&self, stage: Stage) -> Size {
		Size::of(&self.shape, stage)
	}

	fn part(&self, stages: Part) -> u64 {
		stages
			.iter()
			.fold(0, |sum, stage| sum.saturating_add(self.size(*stage).leaves().into()))
	}

	/// Leaves of a layer at one position.
	fn layer(&self) -> u64 {
		self.part(FIRST_HALF).saturating_add(self.part(SECOND_HALF))
	}

	/// Leaves of a position without the choice after it, of a model that answers with tokens.
	fn position(&self) -> u64 {
		let layers = self.layer().saturating_mul(self.shape.layers.into());
		self.part(BEGINNING).saturating_add(layers)
	}

	/// All leaves.
	pub fn leaves(&self) -> u64 {
		let positions = u64::from(self.positions());
		let walked = self.position().saturating_mul(positions);
		match self.shape.answers {
			Use::Tokens => {
				let choices = self.part(CHOOSING).saturating_mul(self.counts.output.into());
				walked.saturating_add(choices)
			}
			Use::Embedding => walked.saturating_add(self.part(EMBEDDING)),
		}
	}

	/// The number of a leaf; none if there is no such leaf.
	pub fn number(&self, at: At) -> Option<u64> {
		let Place { position, layer, stage } = at.place;
		if at.leaf >= self.size(stage).leaves() || position >= self.positions() {
			return None;
		}
		let within = |part: Part| {
			let before = part.iter().position(|other| *other == stage)?;
			let before = self.part(part.get(..before)?);
			Some(before.saturating_add(at.leaf.into()))
		};
		let outside = (layer == 0).then_some(());
		let inside = (layer < self.shape.layers).then_some(());
		let position = u64::from(position);
		let layer = u64::from(layer);
		let first = self.part(FIRST_HALF);
		match self.shape.answers {
			Use::Tokens => {
				let chosen = position.saturating_sub(self.first_choice().into());
				let start = position
					.saturating_mul(self.position())
					.saturating_add(chosen.saturating_mul(self.part(CHOOSING)));
				let layer = start
					.saturating_add(self.part(BEGINNING))
					.saturating_add(layer.saturating_mul(self.layer()));
				if let Some(leaf) = within(BEGINNING) {
					outside.map(|()| start.saturating_add(leaf))
				} else if let Some(leaf) = within(FIRST_HALF) {
					inside.map(|()| layer.saturating_add(leaf))
				} else if let Some(leaf) = within(SECOND_HALF) {
					inside.map(|()| layer.saturating_add(first).saturating_add(leaf))
				} else {
					let chooses = position >= self.first_choice().into();
					let leaf = within(CHOOSING).filter(|_| chooses)?;
					outside.map(|()| start.saturating_add(self.position()).saturating_add(leaf))
				}
			}
			Use::Embedding => {
				let positions = u64::from(self.positions());
				let beginning = self.part(BEGINNING);
				let start = beginning
					.saturating_add(layer.saturating_mul(self.layer()))
					.saturating_mul(positions);
				let walk = |part: Part, leaf: u64| position.saturating_mul(self.part(part)).saturating_add(leaf);
				if let Some(leaf) = within(BEGINNING) {
					outside.map(|()| walk(BEGINNING, leaf))
				} else if let Some(leaf) = within(FIRST_HALF) {
					inside.map(|()| start.saturating_add(walk(FIRST_HALF, leaf)))
				} else if let Some(leaf) = within(SECOND_HALF) {
					let second = start.saturating_add(first.saturating_mul(positions));
					inside.map(|()| second.saturating_add(walk(SECOND_HALF, leaf)))
				} else {
					let leaf = within(EMBEDDING).filter(|_| position == 0)?;
					outside.map(|()| self.position().saturating_mul(positions).saturating_add(leaf))
				}
			}
		}
	}

	/// The place of a leaf; none if there are not so many.
	pub fn at(&self, number: u64) -> Option<At> {
		if number >= self.leaves() {
			return None;
		}
		match self.shape.answers {
			Use::Tokens => self.at_position(number),
			Use::Embedding => self.at_layer(number),
		}
	}

	/// In a trace that goes position by position.
	fn at_position(&self, number: u64) -> Option<At> {
		let plain = self.position();
		let first = u64::from(self.first_choice());
		let before = first.saturating_mul(plain);
		let (position, rest) = match number.checked_sub(before) {
			None => (number.checked_div(plain)?, number.checked_rem(plain)?),
			Some(after) => {
				let choosing = plain.saturating_add(self.part(CHOOSING));
				(
					first.saturating_add(after.checked_div(choosing)?),
					after.checked_rem(choosing)?,
				)
			}
		};
		let position = u32::try_from(position).ok()?;
		let Some(rest) = rest.checked_sub(self.part(BEGINNING)) else {
			return self.in_part(BEGINNING, rest, position, 0);
		};
		let layer = rest.checked_div(self.layer())?;
		if layer >= self.shape.layers.into() {
			let choosing = rest.checked_sub(self.layer().saturating_mul(self.shape.layers.into()))?;
			return self.in_part(CHOOSING, choosing, position, 0);
		}
		let rest = rest.checked_rem(self.layer())?;
		let layer = u16::try_from(layer).ok()?;
		match rest.checked_sub(self.part(FIRST_HALF)) {
			None => self.in_part(FIRST_HALF, rest, position, layer),
			Some(rest) => self.in_part(SECOND_HALF, rest, position, layer),
		}
	}

	/// In a trace that goes layer by layer.
	fn at_layer(&self, number: u64) -> Option<At> {
		let positions = u64::from(self.positions());
		let walk = |part: Part, rest: u64, layer: u16| {
			let leaves = self.part(part);
			let position = u32::try_from(rest.checked_div(leaves)?).ok()?;
			self.in_part(part, rest.checked_rem(leaves)?, position, layer)
		};
		let Some(rest) = number.checked_sub(self.part(BEGINNING).saturating_mul(positions)) else {
			return walk(BEGINNING, number, 0);
		};
		let layer = self.layer().saturating_mul(positions);
		let number = rest.checked_div(layer)?;
		if number >= self.shape.layers.into() {
			let rest = rest.checked_sub(layer.saturating_mul(self.shape.layers.into()))?;
			return self.in_part(EMBEDDING, rest, 0, 0);
		}
		let rest = rest.checked_rem(layer)?;
		let number = u16::try_from(number).ok()?;
		match rest.checked_sub(self.part(FIRST_HALF).saturating_mul(positions)) {
			None => walk(FIRST_HALF, rest, number),
			Some(rest) => walk(SECOND_HALF, rest, number),
		}
	}

	/// The leaf of a part at one position.
	fn in_part(&self, part: Part, mut rest: u64, position: u32, layer: u16) -> Option<At> {
		for stage in part {
			let leaves = u64::from(self.size(*stage).leaves());
			match rest.checked_sub(leaves) {
				None => {
					let place = Place {
						position,
						layer,
						stage: *stage,
					};
					return Some(At {
						place,
						leaf: u32::try_from(rest).ok()?,
					});
				}
				Some(after) => rest = after,
			}
		}
		None
	}
}
