// SPDX-License-Identifier: Apache-2.0

//! Numbers as activations: `ops::quantise` of the referee for whole vectors.

use crate::{
	path::{Path, versions},
	round::most,
};
use atelier_referee::{arith::bit_length, ops::quantise::exponent};

versions! {
	/// The largest magnitude.
	pub fn largest(numbers: &[i32]) -> u32 {
		numbers.iter().fold(0, |largest, number| largest.max(number.unsigned_abs()))
	}

	/// Activations with this exponent.
	fn shifted(numbers: &[i32], exponent: u8, activations: &mut [i16]) {
		let limit = |number: i32| number.clamp(-32_639, 32_639) as i16;
		if exponent == 0 {
			for (to, number) in activations.iter_mut().zip(numbers) {
				*to = limit(*number);
			}
		} else {
			let exponent = u32::from(exponent);
			for (to, number) in activations.iter_mut().zip(numbers) {
				*to = limit((number >> (exponent & 31)) + ((number >> ((exponent - 1) & 31)) & 1));
			}
		}
	}

	/// Activations of a head whose shift is fixed.
	pub fn store(numbers: &[i32], shift: u8, activations: &mut [i16]) {
		let limit = |number: i64| number.clamp(-32_639, 32_639) as i16;
		if shift == 0 {
			for (to, number) in activations.iter_mut().zip(numbers) {
				*to = limit(i64::from(*number));
			}
		} else {
			let shift = most(u32::from(shift));
			for (to, number) in activations.iter_mut().zip(numbers) {
				*to = limit(crate::round::shift_right(i64::from(*number), shift));
			}
		}
	}
}

/// Activations of a vector, and their exponent.
pub fn quantise(path: Path, numbers: &[i32], activations: &mut [i16]) -> u8 {
	let largest = largest(path, numbers);
	// The referee's rule, for the largest alone; 2^31 is the magnitude of i32::MIN only.
	let exponent = exponent([i32::try_from(largest).unwrap_or(i32::MIN)]);
	debug_assert!(u32::from(exponent) <= bit_length(largest.into()));
	shifted(path, numbers, exponent, activations);
	exponent
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::{ops::quantise, samples::Random};

	#[test]
	fn the_same_as_the_referees() {
		let mut random = Random(2);
		for case in 0..4_000 {
			let bits = random.between(0, 63);
			let numbers: Vec<i32> = (0..random.between(1, 70))
				.map(|_| match case % 5 {
					0 => random.pick([i32::MIN, i32::MAX, 0, 32_639, -32_640]),
					_ => (random.bits() as i64 >> bits) as i32,
				})
				.collect();
			let expected = exponent(numbers.iter().copied());
			let shift = random.bits() as u8 >> random.between(0, 7);
			for path in Path::available() {
				let mut activations = vec![0; numbers.len()];
				assert_eq!(quantise(path, &numbers, &mut activations), expected);
				for (number, activation) in numbers.iter().zip(&activations) {
					assert_eq!(*activation, quantise::quantise(*number, expected));
				}
				store(path, &numbers, shift, &mut activations);
				for (number, activation) in numbers.iter().zip(&activations) {
					assert_eq!(*activation, quantise::store(*number, shift), "{number} {shift}");
				}
			}
		}
	}
}
