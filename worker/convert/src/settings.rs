// SPDX-License-Identifier: Apache-2.0

//! What is chosen when a model is made exact. Why these: docs/exact-quality.md.

use crate::Error;
use atelier_referee::ops::linear::Format;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
	/// Bits of the numbers of matrices: 8 as bytes, 9 to 16 as words.
	pub matrix_bits: u32,
	/// Bits of the numbers of embeddings.
	pub embedding_bits: u32,
	/// Bits of fraction between the blocks.
	pub residual_fraction: u8,
	/// Bits of fraction inside a feed-forward block.
	pub hidden_fraction: u8,
	/// Whether the channels of feed-forward blocks are made equally long.
	pub equalise: bool,
}

impl Settings {
	/// For models that answer with tokens.
	pub const TOKENS: Self = Self {
		matrix_bits: 8,
		embedding_bits: 8,
		residual_fraction: 12,
		hidden_fraction: 12,
		equalise: true,
	};

	/// For models that answer with a vector.
	pub const EMBEDDING: Self = Self {
		matrix_bits: 10,
		embedding_bits: 10,
		residual_fraction: 16,
		hidden_fraction: 16,
		equalise: false,
	};

	/// The settings if numbers may have so many bits.
	pub fn checked(self) -> Result<Self, Error> {
		let bits = [
			("matrix_bits", self.matrix_bits),
			("embedding_bits", self.embedding_bits),
		];
		match bits.into_iter().find(|(_, bits)| !(2..=16).contains(bits)) {
			Some((field, bits)) => Err(Error::WrongBits { field, bits }),
			None => Ok(self),
		}
	}
}

/// How numbers of so many bits are stored.
pub fn format(bits: u32) -> Format {
	if bits <= 8 { Format::Byte } else { Format::Word }
}

/// With 16 bits of fraction.
pub fn fixed(value: f64) -> i32 {
	(value * 65_536.0).round() as i32
}

/// With 40 bits of fraction.
pub fn epsilon(value: f64) -> u32 {
	((value * libm::exp2(40.0)).round() as u32).max(1)
}
