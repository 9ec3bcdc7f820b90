// SPDX-License-Identifier: Apache-2.0

//! RMSNorm and LayerNorm, and the length of a vector: numbers brought to a common size by one integer root and one division.

use crate::arith::{bit_length, div_round, round_shift, sat32, scale};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Numbers are shifted to so many bits before they are squared.
const BITS: u32 = 24;

/// Bits of fraction of a normalised number before its gain.
const NORMAL_FRACTION: u32 = 20;

/// Bits of fraction of gains and biases.
const GAIN_FRACTION: u32 = 16;

/// Bits of fraction of a norm's epsilon.
pub const EPSILON_FRACTION: u32 = 40;

/// The largest variance with an epsilon: of numbers of 24 bits, twice.
const VARIANCE_LIMIT: i64 = 1 << 49;

/// Which norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Norm {
	/// Divides by the root of the mean square.
	Rms,
	/// Subtracts the mean first.
	Layer,
}

/// What all numbers of a vector are normalised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
	/// Subtracted from each number.
	pub mean: i32,
	/// Bits of the largest number after that, or as many as epsilon needs.
	pub bits: u8,
	/// 2^54 by the root of the mean square of the shifted numbers.
	pub inverse: u64,
}

impl Statistics {
	/// Bytes of a leaf of statistics.
	pub const BYTES: usize = 13;

	/// The leaf: mean, bits, inverse; little-endian.
	pub fn write(self) -> [u8; Self::BYTES] {
		let [m0, m1, m2, m3] = self.mean.to_le_bytes();
		let [i0, i1, i2, i3, i4, i5, i6, i7] = self.inverse.to_le_bytes();
		[m0, m1, m2, m3, self.bits, i0, i1, i2, i3, i4, i5, i6, i7]
	}

	/// Reads the leaf.
	pub fn read([m0, m1, m2, m3, bits, i0, i1, i2, i3, i4, i5, i6, i7]: [u8; Self::BYTES]) -> Self {
		Self {
			mean: i32::from_le_bytes([m0, m1, m2, m3]),
			bits,
			inverse: u64::from_le_bytes([i0, i1, i2, i3, i4, i5, i6, i7]),
		}
	}

	/// Of a vector whose numbers have `fraction` bits of fraction; epsilon has 40.
	pub fn of(norm: Norm, numbers: &[i32], fraction: u8, epsilon: u32) -> Self {
		let count = i64::try_from(numbers.len()).unwrap_or(i64::MAX).max(1);
		let mean = match norm {
			Norm::Rms => 0,
			Norm::Layer => {
				let sum = numbers
					.iter()
					.fold(0_i64, |sum, number| sum.wrapping_add((*number).into()));
				sat32(div_round(sum, count))
			}
		};
		let distance = |number: &i32| i64::from(*number).wrapping_sub(mean.into());
		let largest = numbers
			.iter()
			.map(|number| distance(number).unsigned_abs())
			.max()
			.unwrap_or(0);
		let bits = bit_length(largest).max(least_bits(fraction, epsilon));
		let statistics = Self {
			mean,
			bits: bits as u8,
			inverse: 0,
		};
		let squares = numbers.iter().fold(0_i64, |sum, number| {
			let shifted = statistics.shifted(*number);
			sum.saturating_add(shifted.wrapping_mul(shifted))
		});
		let variance = (squares.div_euclid(count))
			.saturating_add(statistics.epsilon(fraction, epsilon))
			.clamp(1, VARIANCE_LIMIT);
		// 2^61 by 2^7 times the root.
		let root = (variance.unsigned_abs() << 14).isqrt();
		let inverse = (1_u64 << 61).checked_div(root).unwrap_or(0);
		Self { inverse, ..statistics }
	}

	/// Epsilon among the squares of shifted numbers.
	fn epsilon(self, fraction: u8, epsilon: u32) -> i64 {
		let square = i32::from(fraction)
			.wrapping_add(BITS as i32)
			.wrapping_sub(self.bits.into())
			.wrapping_mul(2);
		scale(epsilon.into(), (EPSILON_FRACTION as i32).wrapping_sub(square))
	}

	fn shifted(self, number: i32) -> i64 {
		let distance = i64::from(number).wrapping_sub(self.mean.into());
		scale(distance, i32::from(self.bits).wrapping_sub(BITS as i32))
	}

	/// A normalised number, with 20 bits of fraction.
	pub fn normal(self, number: i32) -> i64 {
		// 24 bits by at most 38: of 2^14 numbers the largest of which has 24 bits, the root has at least 16.
		round_shift(self.shifted(number).saturating_mul(inverse(self.inverse)), 34)
	}
}

fn inverse(inverse: u64) -> i64 {
	i64::try_from(inverse).unwrap_or(i64::MAX)
}

/// Below so many bits epsilon would be larger than any square.
fn least_bits(fraction: u8, epsilon: u32) -> u32 {
	let square = u32::from(fraction)
		.wrapping_mul(2)
		.saturating_add(bit_length(epsilon.into()));
	square.saturating_sub(EPSILON_FRACTION).div_ceil(2)
}

/// Gain and bias of one place in a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gain {
	pub gain: i32,
	pub bias: i32,
}

impl Gain {
	/// Of a norm whose gains are folded into the weights that follow.
	pub const NONE: Self = Self {
		gain: 1 << GAIN_FRACTION,
		bias: 0,
	};

	/// Bytes in a package.
	pub const BYTES: usize = 8;

	/// Reads gain and bias; little-endian, 16 bits of fraction.
	pub fn read(record: [u8; Self::BYTES]) -> Self {
		let [g0, g1, g2, g3, b0, b1, b2, b3] = record;
		Self {
			gain: i32::from_le_bytes([g0, g1, g2, g3]),
			bias: i32::from_le_bytes([b0, b1, b2, b3]),
		}
	}

	/// The record.
	pub fn write(self) -> [u8; Self::BYTES] {
		let [g0, g1, g2, g3] = self.gain.to_le_bytes();
		let [b0, b1, b2, b3] = self.bias.to_le_bytes();
		[g0, g1, g2, g3, b0, b1, b2, b3]
	}

	/// A normalised number with its gain and bias, with `to` bits of fraction.
	pub fn apply(self, normal: i64, to: u8) -> i32 {
		let product = normal.saturating_mul(self.gain.into());
		let fraction = NORMAL_FRACTION.wrapping_add(GAIN_FRACTION) as i32;
		let scaled = scale(product, fraction.wrapping_sub(to.into()));
		let bias = scale(self.bias.into(), (GAIN_FRACTION as i32).wrapping_sub(to.into()));
		sat32(scaled.saturating_add(bias))
	}
}

/// The length of an embedding, to which it is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
	bits: u8,
	inverse: u64,
}

impl Length {
	/// Of a vector.
	pub fn of(numbers: &[i32]) -> Self {
		let largest = numbers.iter().map(|number| number.unsigned_abs()).max().unwrap_or(0);
		let length = Self {
			bits: bit_length(largest.into()) as u8,
			inverse: 0,
		};
		let squares = numbers.iter().fold(0_u64, |sum, number| {
			let shifted = length.shifted(*number);
			sum.saturating_add(shifted.wrapping_mul(shifted).unsigned_abs())
		});
		// 2^54 by the root, which has at most 31 bits.
		let inverse = (1_u64 << 54).checked_div(squares.isqrt()).unwrap_or(0);
		Self { inverse, ..length }
	}

	fn shifted(self, number: i32) -> i64 {
		scale(number.into(), i32::from(self.bits).wrapping_sub(BITS as i32))
	}

	/// A number of the vector by its length, with 15 bits of fraction.
	pub fn unit(self, number: i32) -> i16 {
		let rounded = round_shift(self.shifted(number).saturating_mul(inverse(self.inverse)), 39);
		rounded.clamp(-32_767, 32_767) as i16
	}
}
