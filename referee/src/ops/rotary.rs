// SPDX-License-Identifier: Apache-2.0

//! Rotary positions: a pair of numbers turned by the angle that a model's table has for its position.

use crate::arith::{round_shift, sat_activation};

/// Bits of fraction of sine and cosine.
const ANGLE_FRACTION: u32 = 15;

/// Cosine and sine of an angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Angle {
	pub cosine: i16,
	pub sine: i16,
}

impl Angle {
	/// Bytes in a package.
	pub const BYTES: usize = 4;

	/// Reads cosine and sine; little-endian.
	pub fn read([c0, c1, s0, s1]: [u8; Self::BYTES]) -> Self {
		Self {
			cosine: i16::from_le_bytes([c0, c1]),
			sine: i16::from_le_bytes([s0, s1]),
		}
	}

	/// The record.
	pub fn write(self) -> [u8; Self::BYTES] {
		let [c0, c1] = self.cosine.to_le_bytes();
		let [s0, s1] = self.sine.to_le_bytes();
		[c0, c1, s0, s1]
	}

	/// The first of a turned pair, as an activation of a head with this shift.
	pub fn first(self, first: i32, second: i32, shift: u8) -> i16 {
		let turned = product(first, self.cosine).wrapping_sub(product(second, self.sine));
		sat_activation(round_shift(turned, ANGLE_FRACTION.saturating_add(shift.into())))
	}

	/// The second of a turned pair.
	pub fn second(self, first: i32, second: i32, shift: u8) -> i16 {
		let turned = product(second, self.cosine).wrapping_add(product(first, self.sine));
		sat_activation(round_shift(turned, ANGLE_FRACTION.saturating_add(shift.into())))
	}
}

fn product(number: i32, factor: i16) -> i64 {
	i64::from(number).wrapping_mul(factor.into())
}
