// SPDX-License-Identifier: Apache-2.0

//! The vectors of a forward pass, in the order in which they come about.

use crate::ops::{norm::Statistics, sampling::Choice};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A vector of one position. Which of them a model has, its shape says.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Stage {
	/// A token's embedding and its learned position.
	Embedded,
	FirstStatistics,
	FirstNormed,

	// The first half of a layer.
	AttentionStatistics,
	AttentionNormed,
	AttentionExponent,
	AttentionInput,
	Query,
	Key,
	Value,
	QueryStatistics,
	QueryNormed,
	KeyStatistics,
	KeyNormed,
	/// Queries and keys turned by their position, and values, as activations of their head.
	QueryTurned,
	KeyTurned,
	ValueStored,

	// The second half of a layer.
	/// The largest score of each head.
	Largest,
	/// What the heads give.
	Mixed,
	MixedExponent,
	MixedInput,
	/// The residual sum after attention.
	AttentionSum,
	AfterAttentionStatistics,
	AfterAttentionNormed,
	HiddenStatistics,
	HiddenNormed,
	HiddenExponent,
	HiddenInput,
	Gate,
	Up,
	/// The activation function's value, times `Up`.
	Product,
	ProductExponent,
	ProductInput,
	/// The residual sum after the feed-forward block.
	HiddenSum,
	AfterHiddenStatistics,
	AfterHiddenNormed,

	// After the layers, where a token is chosen.
	LastStatistics,
	LastNormed,
	LastExponent,
	LastInput,
	/// A value for each token of the vocabulary.
	Logits,
	/// The chosen token, and what it was chosen by.
	Choice,

	// After the layers of a model that embeds.
	/// The mean over all positions.
	Pooled,
	/// The same of length 1: the answer.
	Unit,
}

/// A vector of the forward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Place {
	pub position: u32,
	/// 0 outside of layers.
	pub layer: u16,
	pub stage: Stage,
}

/// The values of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values<'a> {
	Numbers(&'a [i32]),
	Activations(&'a [i16]),
	Exponent(u8),
	Statistics(&'a [Statistics]),
	Choice(Choice),
}
