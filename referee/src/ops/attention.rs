// SPDX-License-Identifier: Apache-2.0

//! Attention of one head at one position: scores, their maximum, weights that are not normalised, and one division for each
//! output value.

use crate::{
	arith::{div_round, round_shift, sat32, scale},
	tables::exp2_negative,
};

/// What belongs to one head. Queries, keys and values are activations with fixed exponents, from a bound that holds for
/// every input, so that nothing saturates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Head {
	pub query_shift: u8,
	pub key_shift: u8,
	pub value_shift: u8,
	/// A score counts `score_mantissa` * 2^-`score_shift` bits (it is a power of two), with 16 bits of fraction.
	pub score_shift: u8,
	pub score_mantissa: u16,
}

impl Head {
	/// Bytes of a head's record in a package.
	pub const BYTES: usize = 8;

	/// Reads the record: the four shifts, mantissa, two zeros; little-endian.
	pub fn read(record: [u8; Self::BYTES]) -> Self {
		let [query_shift, key_shift, value_shift, score_shift, m0, m1, _, _] = record;
		Self {
			query_shift,
			key_shift,
			value_shift,
			score_shift,
			score_mantissa: u16::from_le_bytes([m0, m1]) & 0x7fff,
		}
	}

	/// The record.
	pub fn write(self) -> [u8; Self::BYTES] {
		let [m0, m1] = self.score_mantissa.to_le_bytes();
		[
			self.query_shift,
			self.key_shift,
			self.value_shift,
			self.score_shift,
			m0,
			m1,
			0,
			0,
		]
	}

	/// The score of a key: the logarithm to base 2 of its weight, with 16 bits of fraction.
	pub fn score(self, query: &[i16], key: &[i16]) -> i32 {
		// At most 256 products of 30 bits, by 15 bits.
		let sum = query.iter().zip(key).fold(0_i64, |sum, (query, key)| {
			sum.wrapping_add(i32::from(*query).wrapping_mul((*key).into()).into())
		});
		sat32(round_shift(
			sum.wrapping_mul(self.score_mantissa.into()),
			self.score_shift.into(),
		))
	}

	/// An output value with 16 bits of fraction.
	pub fn output(self, sum: WeightedSum) -> i32 {
		sat32(scale(sum.mean(), i32::from(self.value_shift).saturating_neg()))
	}
}

/// The weight of a key among those of which the largest score is `largest`.
pub fn weight(largest: i32, score: i32) -> u16 {
	exp2_negative(i64::from(largest).wrapping_sub(score.into()))
}

/// A sum of values by their weights, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct WeightedSum {
	pub values: i64,
	pub weights: i64,
}

impl WeightedSum {
	/// Adds a value. 2^17 values of 15 bits by weights of 15 bits take 47 bits.
	pub fn add(&mut self, weight: u16, value: i16) {
		let weight = i64::from(weight);
		self.values = self.values.saturating_add(weight.wrapping_mul(value.into()));
		self.weights = self.weights.saturating_add(weight);
	}

	/// Adds a part.
	pub fn join(&mut self, part: Self) {
		self.values = self.values.saturating_add(part.values);
		self.weights = self.weights.saturating_add(part.weights);
	}

	/// The mean value.
	pub fn mean(self) -> i64 {
		div_round(self.values, self.weights)
	}
}
