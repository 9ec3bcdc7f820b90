// SPDX-License-Identifier: Apache-2.0

//! The few rules by which every number here is rounded, divided and limited (docs/exact-spec.md, "Rules").

/// Largest magnitude of an activation: two signed bytes, each in [-128, 127], hold it as high * 256 + low.
pub const ACTIVATION_LIMIT: i64 = 32_639;

/// Divides by 2^`shift`, rounding half up.
pub const fn round_shift(value: i64, shift: u32) -> i64 {
	match shift {
		0 => value,
		// floor((value + 2^(shift - 1)) / 2^shift), without the sum that may overflow.
		1..=63 => (value >> shift).wrapping_add((value >> shift.wrapping_sub(1)) & 1),
		_ => 0,
	}
}

/// Divides by 2^`shift`, rounding half up; a negative shift multiplies, saturating.
pub const fn scale(value: i64, shift: i32) -> i64 {
	if shift >= 0 {
		return round_shift(value, shift.unsigned_abs());
	}
	let left = shift.unsigned_abs();
	if value == 0 {
		0
	} else if left < 63 && (value << left) >> left == value {
		value << left
	} else if value > 0 {
		i64::MAX
	} else {
		i64::MIN
	}
}

/// Divides by a positive divisor, rounding half up. By anything else: 0.
pub const fn div_round(value: i64, divisor: i64) -> i64 {
	if divisor <= 0 {
		return 0;
	}
	let quotient = value.div_euclid(divisor);
	let rest = value.rem_euclid(divisor);
	// 2 * rest >= divisor.
	if rest >= divisor.wrapping_sub(rest) {
		quotient.wrapping_add(1)
	} else {
		quotient
	}
}

/// The nearest number that an `i32` holds.
pub const fn sat32(value: i64) -> i32 {
	if value > i32::MAX as i64 {
		i32::MAX
	} else if value < i32::MIN as i64 {
		i32::MIN
	} else {
		value as i32
	}
}

/// The nearest number that an activation may have.
pub const fn sat_activation(value: i64) -> i16 {
	if value > ACTIVATION_LIMIT {
		ACTIVATION_LIMIT as i16
	} else if value < -ACTIVATION_LIMIT {
		-ACTIVATION_LIMIT as i16
	} else {
		value as i16
	}
}

/// Number of bits of a number: 0 for 0, 8 for 255.
pub const fn bit_length(value: u64) -> u32 {
	u64::BITS.wrapping_sub(value.leading_zeros())
}

#[cfg(test)]
mod tests {
	use super::*;
	use num_bigint::BigInt;
	use proptest::prelude::*;

	fn big_floor_div(value: BigInt, divisor: BigInt) -> BigInt {
		let quotient = &value / &divisor;
		if (&value % &divisor) < BigInt::from(0) {
			quotient - 1
		} else {
			quotient
		}
	}

	proptest! {
		#[test]
		fn round_shift_is_the_rule(value in any::<i64>(), shift in 0u32..130) {
			let half = if shift == 0 { BigInt::from(0) } else { BigInt::from(1) << (shift - 1) };
			let expected = big_floor_div(BigInt::from(value) + half, BigInt::from(1) << shift);
			prop_assert_eq!(BigInt::from(round_shift(value, shift)), expected);
		}

		#[test]
		fn scale_left_multiplies_or_saturates(value in any::<i64>(), shift in 0i32..130) {
			let exact = BigInt::from(value) << shift;
			let expected = exact.clamp(i64::MIN.into(), i64::MAX.into());
			prop_assert_eq!(BigInt::from(scale(value, -shift)), expected);
		}

		#[test]
		fn div_round_is_the_rule(value in any::<i64>(), divisor in 1i64..) {
			let twice = BigInt::from(divisor) * 2;
			let expected = big_floor_div(BigInt::from(value) * 2 + divisor, twice);
			prop_assert_eq!(BigInt::from(div_round(value, divisor)), expected);
		}

		#[test]
		fn limits_are_the_nearest(value in any::<i64>()) {
			prop_assert_eq!(i64::from(sat32(value)), value.clamp(i32::MIN.into(), i32::MAX.into()));
			prop_assert_eq!(i64::from(sat_activation(value)), value.clamp(-32_639, 32_639));
		}
	}

	#[test]
	fn extremes() {
		for shift in [0, 1, 31, 62, 63, 64, 65, 1_000] {
			for value in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX] {
				let half = if shift == 0 {
					BigInt::from(0)
				} else {
					BigInt::from(1) << (shift - 1)
				};
				let expected = big_floor_div(BigInt::from(value) + half, BigInt::from(1) << shift);
				assert_eq!(BigInt::from(round_shift(value, shift)), expected, "{value} >> {shift}");
			}
		}
		assert_eq!(scale(i64::MIN, i32::MIN), i64::MIN);
		assert_eq!(scale(1, i32::MAX), 0);
		assert_eq!(div_round(i64::MAX, 1), i64::MAX);
		assert_eq!(div_round(i64::MIN, i64::MAX), -1);
		assert_eq!(div_round(5, 0), 0);
		assert_eq!(div_round(5, -1), 0);
	}

	#[test]
	fn activations_are_two_bytes() {
		for value in -ACTIVATION_LIMIT..=ACTIVATION_LIMIT {
			let high = round_shift(value, 8);
			let low = value - (high << 8);
			assert!((-128..=127).contains(&high) && (-128..=127).contains(&low), "{value}");
		}
	}

	#[test]
	fn bit_lengths() {
		assert_eq!([0, 1, 2, 3, 255, 256, u64::MAX].map(bit_length), [0, 1, 2, 2, 8, 9, 64]);
	}
}
