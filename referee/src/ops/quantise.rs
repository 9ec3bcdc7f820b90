// SPDX-License-Identifier: Apache-2.0

//! Numbers of 32 bits as activations of 16 bits with one exponent for a whole vector.

use crate::arith::{ACTIVATION_LIMIT, bit_length, round_shift, sat_activation};

/// The smallest exponent with which the largest magnitude of the vector is an activation.
pub fn exponent(numbers: impl IntoIterator<Item = i32>) -> u8 {
	let largest = numbers
		.into_iter()
		.map(|number| i64::from(number).abs())
		.max()
		.unwrap_or(0);
	// 15 bits are an activation, or just too many.
	let least = bit_length(largest.unsigned_abs()).saturating_sub(15);
	let fits = round_shift(largest, least) <= ACTIVATION_LIMIT;
	(if fits { least } else { least.wrapping_add(1) }) as u8
}

/// A number as an activation with this exponent.
pub fn quantise(number: i32, exponent: u8) -> i16 {
	sat_activation(round_shift(number.into(), exponent.into()))
}

/// A number as an activation of a head whose exponent is fixed.
pub fn store(number: i32, shift: u8) -> i16 {
	quantise(number, shift)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn small_numbers_stay_what_they_are() {
		assert_eq!(exponent([]), 0);
		assert_eq!(exponent([0, 5, -32_639]), 0);
		assert_eq!(exponent([32_640]), 1);
		assert_eq!(exponent([i32::MIN]), 17);
	}

	proptest! {
		#[test]
		fn nothing_saturates_and_no_smaller_exponent_would_do(numbers in prop::collection::vec(any::<i32>(), 1..20)) {
			let exponent = exponent(numbers.iter().copied());
			let rounded = |number: i32, exponent: u8| round_shift(number.into(), exponent.into());
			for number in &numbers {
				prop_assert_eq!(i64::from(quantise(*number, exponent)), rounded(*number, exponent));
			}
			if exponent > 0 {
				let largest = numbers.iter().map(|number| i64::from(*number).abs()).max().expect("not empty");
				prop_assert!(round_shift(largest, u32::from(exponent) - 1) > ACTIVATION_LIMIT);
			}
		}
	}
}
