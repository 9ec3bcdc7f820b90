// SPDX-License-Identifier: Apache-2.0

//! Products of a matrix and a vector: one output value is one row against the whole vector.

use crate::arith::{ACTIVATION_LIMIT, sat32, scale};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bits of fraction of a bias.
pub const BIAS_FRACTION: u8 = 16;

/// How the numbers of a matrix are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Format {
	/// One signed byte, at least -127.
	Byte,
	/// Two bytes, little-endian, of magnitude at most 32,639.
	Word,
}

impl Format {
	/// Bytes of one number.
	pub const fn width(self) -> usize {
		match self {
			Self::Byte => 1,
			Self::Word => 2,
		}
	}
}

impl Format {
	/// Whether all numbers of a row are within the format.
	pub fn holds(self, row: &[u8]) -> bool {
		match self {
			Self::Byte => row.iter().all(|byte| *byte as i8 != i8::MIN),
			Self::Word => {
				let inside = |word: &[u8; 2]| i64::from(i16::from_le_bytes(*word)).abs() <= ACTIVATION_LIMIT;
				row.as_chunks().0.iter().all(inside)
			}
		}
	}

	/// A stored number of a row; outside of it 0.
	pub fn number(self, row: &[u8], column: usize) -> i16 {
		match self {
			Self::Byte => row.get(column).map_or(0, |byte| (*byte as i8).into()),
			Self::Word => row
				.as_chunks()
				.0
				.get(column)
				.map_or(0, |word| i16::from_le_bytes(*word)),
		}
	}
}

/// What belongs to one row of a matrix: its numbers count `mantissa` * 2^-`shift` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Row {
	/// At most 32,767.
	pub mantissa: u16,
	/// May be negative.
	pub shift: i8,
	/// Added to the product, with 16 bits of fraction.
	pub bias: i32,
}

impl Row {
	/// Bytes of a row's record in a package.
	pub const BYTES: usize = 8;

	/// Reads the record: mantissa, shift, a zero, bias; little-endian.
	pub fn read(record: [u8; Self::BYTES]) -> Self {
		let [m0, m1, shift, _, b0, b1, b2, b3] = record;
		Self {
			mantissa: u16::from_le_bytes([m0, m1]) & 0x7fff,
			shift: i8::from_le_bytes([shift]),
			bias: i32::from_le_bytes([b0, b1, b2, b3]),
		}
	}

	/// The record.
	pub fn write(self) -> [u8; Self::BYTES] {
		let [m0, m1] = self.mantissa.to_le_bytes();
		let [shift] = self.shift.to_le_bytes();
		let [b0, b1, b2, b3] = self.bias.to_le_bytes();
		[m0, m1, shift, 0, b0, b1, b2, b3]
	}

	/// A single number of the row (an embedding), with `to` bits of fraction.
	pub fn number(self, stored: i16, to: u8) -> i64 {
		let exact = i64::from(stored).wrapping_mul(self.mantissa.into());
		scale(exact, i32::from(self.shift).wrapping_sub(to.into()))
	}
}

/// Where a vector's binary point is: its activations count 2^(`exponent` - `fraction`) each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
	pub exponent: u8,
	pub fraction: u8,
}

/// The sum of the products of a row's numbers and the activations, as they are stored.
///
/// Exact: 32,768 products of 15 by 15 bits take 45 bits.
pub fn dot(format: Format, row: &[u8], activations: &[i16]) -> i64 {
	let mut sum = 0_i64;
	match format {
		Format::Byte => {
			// 256 products of 7 by 15 bits take 30 bits: so many may be summed before it becomes a longer number.
			for (weights, activations) in row.chunks(256).zip(activations.chunks(256)) {
				let part = weights
					.iter()
					.zip(activations)
					.fold(0_i32, |part, (weight, activation)| {
						part.wrapping_add(i32::from(*weight as i8).wrapping_mul((*activation).into()))
					});
				sum = sum.wrapping_add(part.into());
			}
		}
		Format::Word => {
			for (weight, activation) in row.as_chunks().0.iter().zip(activations) {
				let product = i32::from(i16::from_le_bytes(*weight)).wrapping_mul((*activation).into());
				sum = sum.wrapping_add(product.into());
			}
		}
	}
	sum
}

/// An output value with `to` bits of fraction: `onto` (a residual, or 0) plus product plus bias.
pub fn finish(sum: i64, row: Row, point: Point, to: u8, onto: i32) -> i32 {
	let exact = sum.saturating_mul(row.mantissa.into());
	let shift = i32::from(row.shift)
		.wrapping_add(point.fraction.into())
		.wrapping_sub(to.into())
		.wrapping_sub(point.exponent.into());
	let bias = scale(row.bias.into(), i32::from(BIAS_FRACTION).wrapping_sub(to.into()));
	sat32(scale(exact, shift).saturating_add(bias).saturating_add(onto.into()))
}
