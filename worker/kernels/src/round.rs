// SPDX-License-Identifier: Apache-2.0

//! The referee's roundings in forms that become vectors. Each is equal to its original within the stated limits.

/// `arith::round_shift` of a number of less than 62 bits by 1 to 63.
#[inline(always)]
pub fn shift_right(value: i64, shift: u32) -> i64 {
	(value >> (shift & 63)) + ((value >> (shift.wrapping_sub(1) & 63)) & 1)
}

/// A shift of any size as one for [`shift_right`], if it is not 0. A number of less than 62 bits becomes 0 by 63 as by more.
#[inline(always)]
pub fn most(shift: u32) -> u32 {
	if shift > 63 { 63 } else { shift }
}

/// `arith::round_shift` of a number of less than 62 bits by any shift.
#[inline(always)]
pub fn round(value: i64, shift: u32) -> i64 {
	if shift == 0 {
		value
	} else {
		shift_right(value, most(shift))
	}
}

/// `arith::sat32`.
#[inline(always)]
pub fn sat32(value: i64) -> i32 {
	value.clamp(i32::MIN as i64, i32::MAX as i64) as i32
}

/// `arith::sat_activation`.
#[inline(always)]
pub fn activation(value: i64) -> i16 {
	value.clamp(-32_639, 32_639) as i16
}

/// A whole number below 2^51 that a float holds. Added to 2^52 + 2^51 it is the lower bits of the sum's mantissa.
#[inline(always)]
pub fn whole(float: f64) -> i64 {
	const SHIFTED: f64 = 6_755_399_441_055_744.0;
	((float + SHIFTED).to_bits() as i64).wrapping_sub(SHIFTED.to_bits() as i64)
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::{arith, samples::Random};

	#[test]
	fn the_same_as_the_referees() {
		let mut random = Random(1);
		for _ in 0..200_000 {
			let value = random.bits() as i64 >> random.between(2, 63);
			for shift in 0..130 {
				assert_eq!(round(value, shift), arith::round_shift(value, shift), "{value} {shift}");
			}
			let small = value >> 13;
			assert_eq!(whole(small as f64), small);
			assert_eq!(sat32(value), arith::sat32(value));
			assert_eq!(activation(value), arith::sat_activation(value));
		}
	}
}
