// SPDX-License-Identifier: Apache-2.0

//! The shape of a model: the few numbers from which every tensor, every step and the worst dispute follow.

use crate::{
	ops::{linear::Format, norm::Norm},
	tables::Activation,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What a model answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Use {
	/// Tokens, one after another: each position sees those before it.
	Tokens,
	/// One vector for the whole input: each position sees all others.
	Embedding,
}

/// Where the norms of a block stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Order {
	/// Before attention and feed-forward, and once more at the end (Llama).
	Before,
	/// After each residual sum, and once at the beginning (BERT).
	After,
}

/// The shape of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Shape {
	pub answers: Use,
	pub layers: u16,
	/// Numbers of a position between the blocks.
	pub width: u32,
	pub heads: u16,
	/// Heads of keys and values; each serves as many heads of queries.
	pub key_heads: u16,
	pub head_width: u16,
	/// Numbers of a head that are turned by their position; 0 if positions are learned.
	pub rotary_width: u16,
	/// Numbers inside a feed-forward block.
	pub hidden: u32,
	pub vocabulary: u32,
	/// Most positions.
	pub positions: u32,
	/// Positions that one sees before itself, itself included; 0 for all.
	pub window: u32,
	pub norm: Norm,
	pub order: Order,
	/// Whether norms have gains and biases; otherwise they are folded into what follows.
	pub gains: bool,
	/// Whether queries and keys are normalised by head, with gains.
	pub head_norm: bool,
	pub activation: Activation,
	/// Whether the feed-forward block multiplies by a second product.
	pub gated: bool,
	/// Whether the output matrix is the embedding.
	pub tied: bool,
	/// Of all matrices but the embeddings.
	pub matrices: Format,
	pub embeddings: Format,
	/// Bits of fraction of the numbers between the blocks.
	pub residual_fraction: u8,
	/// Bits of fraction inside a feed-forward block after the activation.
	pub hidden_fraction: u8,
	/// Added to each mean square, with 40 bits of fraction.
	pub epsilon: u32,
}

/// A limit of the spec, so that every sum fits and every step can be judged from at most 128 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Limit {
	/// 1 to 256.
	Layers,
	/// 1 to 16,384.
	Width,
	/// 1 to 256 heads, at most 16,384 numbers in all of them.
	Heads,
	/// Divides the heads.
	KeyHeads,
	/// An even number, at most 256.
	HeadWidth,
	/// An even number, at most the width of a head.
	RotaryWidth,
	/// 1 to 32,768.
	Hidden,
	/// 1 to 262,144.
	Vocabulary,
	/// 1 to 131,072.
	Positions,
	/// At most the positions; models that embed have none.
	Window,
	/// Bits of fraction: 4 to 24.
	Fraction,
	/// Models that embed have nothing to tie.
	Tied,
	/// At least 1.
	Epsilon,
}

/// A shape is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ShapeError(pub Limit);

impl core::fmt::Display for ShapeError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "the shape is outside the limits of the spec: {:?}", self.0)
	}
}

impl core::error::Error for ShapeError {}

impl Shape {
	/// The shape if it is within all limits.
	pub fn checked(self) -> Result<Self, ShapeError> {
		let heads = u32::from(self.heads).saturating_mul(self.head_width.into());
		let even = |number: u16| number.is_multiple_of(2);
		let embeds = self.answers == Use::Embedding;
		let fraction = |bits: u8| (4..=24).contains(&bits);
		let rules = [
			(Limit::Layers, (1..=256).contains(&self.layers)),
			(Limit::Width, (1..=16_384).contains(&self.width)),
			(
				Limit::HeadWidth,
				(2..=256).contains(&self.head_width) && even(self.head_width),
			),
			(Limit::Heads, (1..=256).contains(&self.heads) && heads <= 16_384),
			(Limit::KeyHeads, self.heads.checked_rem(self.key_heads) == Some(0)),
			(
				Limit::RotaryWidth,
				self.rotary_width <= self.head_width && even(self.rotary_width),
			),
			(Limit::Hidden, (1..=32_768).contains(&self.hidden)),
			(Limit::Vocabulary, (1..=262_144).contains(&self.vocabulary)),
			(Limit::Positions, (1..=131_072).contains(&self.positions)),
			(
				Limit::Window,
				self.window <= self.positions && (self.window == 0 || !embeds),
			),
			(
				Limit::Fraction,
				fraction(self.residual_fraction) && fraction(self.hidden_fraction),
			),
			(Limit::Tied, !(self.tied && embeds)),
			(Limit::Epsilon, self.epsilon >= 1),
		];
		match rules.into_iter().find(|(_, holds)| !holds) {
			Some((limit, _)) => Err(ShapeError(limit)),
			None => Ok(self),
		}
	}

	/// Numbers in all heads of queries.
	pub fn query_width(&self) -> u32 {
		u32::from(self.heads).saturating_mul(self.head_width.into())
	}

	/// Numbers in all heads of keys, or of values.
	pub fn key_width(&self) -> u32 {
		u32::from(self.key_heads).saturating_mul(self.head_width.into())
	}

	/// The head of keys and values that serves a head of queries.
	pub fn key_head(&self, head: u32) -> u32 {
		let served = self.heads.checked_div(self.key_heads).unwrap_or(1);
		head.checked_div(served.into()).unwrap_or(0)
	}

	/// The positions that one of them sees, of so many.
	pub fn seen(&self, position: u32, positions: u32) -> core::ops::Range<u32> {
		match self.answers {
			Use::Embedding => 0..positions,
			Use::Tokens => {
				let end = position.saturating_add(1);
				let first = match self.window {
					0 => 0,
					window => end.saturating_sub(window),
				};
				first..end
			}
		}
	}
}
