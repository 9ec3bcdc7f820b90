// SPDX-License-Identifier: Apache-2.0

//! How many values each vector has, and how many leaves they take.

use super::Stage;
use crate::{
	model::{Order, Shape, Use},
	ops::norm::Statistics,
};

/// Numbers or activations of a leaf: 1 KiB, or half of it.
pub const NUMBERS: u32 = 256;

/// Statistics of a leaf.
const STATISTICS: u32 = 64;

/// The values of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
	/// The shape has no such vector.
	Absent,
	/// 32 bits each.
	Numbers(u32),
	/// 16 bits each.
	Activations(u32),
	/// Of this many vectors.
	Statistics(u32),
	/// One for the whole vector.
	Exponent,
	/// One token and what it was chosen by.
	Choice,
}

impl Size {
	/// Values of the vector.
	pub fn values(self) -> u32 {
		match self {
			Self::Absent => 0,
			Self::Numbers(count) | Self::Activations(count) | Self::Statistics(count) => count,
			Self::Exponent | Self::Choice => 1,
		}
	}

	/// Values of a leaf, all but the last one.
	pub fn values_of_leaf(self) -> u32 {
		match self {
			Self::Statistics(_) => STATISTICS,
			_ => NUMBERS,
		}
	}

	/// Leaves of the vector.
	pub fn leaves(self) -> u32 {
		self.values().div_ceil(self.values_of_leaf())
	}

	/// Bytes of one value.
	pub fn width(self) -> usize {
		match self {
			Self::Absent => 0,
			Self::Numbers(_) => 4,
			Self::Activations(_) => 2,
			Self::Statistics(_) => Statistics::BYTES,
			Self::Exponent => 1,
			Self::Choice => 36,
		}
	}

	/// Values of one of its leaves.
	pub fn values_in(self, leaf: u32) -> u32 {
		let before = leaf.saturating_mul(self.values_of_leaf());
		self.values().saturating_sub(before).min(self.values_of_leaf())
	}

	/// Of a vector of a shape.
	pub fn of(shape: &Shape, stage: Stage) -> Self {
		use Stage::*;
		let before = shape.order == Order::Before;
		let tokens = shape.answers == Use::Tokens;
		let numbers = |there: bool, count: u32| if there { Self::Numbers(count) } else { Self::Absent };
		let statistics = |there: bool, count: u32| if there { Self::Statistics(count) } else { Self::Absent };
		match stage {
			Embedded | AttentionSum | HiddenSum => Self::Numbers(shape.width),
			FirstStatistics | AfterAttentionStatistics | AfterHiddenStatistics => statistics(!before, 1),
			FirstNormed | AfterAttentionNormed | AfterHiddenNormed => numbers(!before, shape.width),
			AttentionStatistics | HiddenStatistics => statistics(before, 1),
			AttentionNormed | HiddenNormed => numbers(before, shape.width),
			AttentionExponent | MixedExponent | HiddenExponent | ProductExponent => Self::Exponent,
			AttentionInput | HiddenInput => Self::Activations(shape.width),
			Query | Mixed => Self::Numbers(shape.query_width()),
			Key | Value => Self::Numbers(shape.key_width()),
			QueryStatistics => statistics(shape.head_norm, shape.heads.into()),
			QueryNormed => numbers(shape.head_norm, shape.query_width()),
			KeyStatistics => statistics(shape.head_norm, shape.key_heads.into()),
			KeyNormed => numbers(shape.head_norm, shape.key_width()),
			QueryTurned | MixedInput => Self::Activations(shape.query_width()),
			KeyTurned | ValueStored => Self::Activations(shape.key_width()),
			Largest => Self::Numbers(shape.heads.into()),
			Gate | Product => Self::Numbers(shape.hidden),
			Up => numbers(shape.gated, shape.hidden),
			ProductInput => Self::Activations(shape.hidden),
			LastStatistics => statistics(tokens && before, 1),
			LastNormed => numbers(tokens && before, shape.width),
			LastExponent if tokens => Self::Exponent,
			LastInput if tokens => Self::Activations(shape.width),
			Logits => numbers(tokens, shape.vocabulary),
			Choice if tokens => Self::Choice,
			Pooled => numbers(!tokens, shape.width),
			Unit if !tokens => Self::Activations(shape.width),
			LastExponent | LastInput | Choice | Unit => Self::Absent,
		}
	}
}
