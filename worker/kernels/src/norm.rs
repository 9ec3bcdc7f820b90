// SPDX-License-Identifier: Apache-2.0

//! Norms of whole vectors: `ops::norm` of the referee.
//!
//! The mean and the largest distance are sums and maxima, the shifted numbers have at most 25 bits: only the last steps, of
//! which there is one a vector, are left to the referee's own code.

use crate::{
	path::{Path, versions},
	round::{round, sat32, shift_right},
};
use atelier_referee::{
	arith::{bit_length, div_round, scale},
	ops::norm::{EPSILON_FRACTION, Gain, Norm},
};

/// As the referee's: numbers are shifted to so many bits before they are squared.
const BITS: i32 = 24;

/// Most numbers of a vector that is normalised here: so many squares of 49 bits fit.
const LONGEST: usize = 16_384;

/// Gains and biases of a norm.
#[derive(Clone, Debug, Default)]
pub struct Gains {
	gains: Vec<i32>,
	biases: Vec<i32>,
}

impl Gains {
	/// Of the records of a package; none change nothing.
	pub fn new(records: &[[u8; Gain::BYTES]], count: usize) -> Self {
		let all = |of: fn(Gain) -> i32| {
			(0..count)
				.map(|place| of(records.get(place).map_or(Gain::NONE, |record| Gain::read(*record))))
				.collect()
		};
		Self {
			gains: all(|gain| gain.gain),
			biases: all(|gain| gain.bias),
		}
	}

	/// Bytes of memory.
	pub fn bytes(&self) -> usize {
		size_of_val(self.gains.as_slice()) + size_of_val(self.biases.as_slice())
	}
}

versions! {
	fn sum(numbers: &[i32]) -> i64 {
		numbers.iter().fold(0_i64, |sum, number| sum.wrapping_add(i64::from(*number)))
	}

	/// The least and the largest number.
	fn ends(numbers: &[i32]) -> (i32, i32) {
		numbers
			.iter()
			.fold((i32::MAX, i32::MIN), |(least, largest), number| (least.min(*number), largest.max(*number)))
	}

	/// Writes distances from the mean as numbers of 24 bits (25 where they are rounded up); the sum of their squares.
	fn shift(numbers: &[i32], mean: i32, bits: i32, shifted: &mut [i32]) -> i64 {
		let mut squares = 0_i64;
		if bits <= BITS {
			// At most `bits` bits, so nothing is lost.
			let left = (BITS - bits) as u32 & 31;
			for (to, number) in shifted.iter_mut().zip(numbers) {
				let distance = number.wrapping_sub(mean) << left;
				*to = distance;
				squares = squares.wrapping_add(i64::from(distance) * i64::from(distance));
			}
		} else {
			let right = (bits - BITS) as u32;
			for (to, number) in shifted.iter_mut().zip(numbers) {
				let distance = shift_right(i64::from(*number) - i64::from(mean), right) as i32;
				*to = distance;
				squares = squares.wrapping_add(i64::from(distance) * i64::from(distance));
			}
		}
		squares
	}

	/// Normalised numbers with their gains, of shifted ones. The product of a number and the inverse is below 2^62: the root is
	/// at least 2^23 for a number of 24 bits among 2^14.
	fn apply(shifted: &[i32], inverse: i64, gains: &[i32], biases: &[i32], to: u8, normed: &mut [i32]) {
		// 12 to 36.
		let right = 36 - u32::from(to);
		let bias_right = if to < 16 { 16 - u32::from(to) } else { 0 };
		let bias_left = if to > 16 { u32::from(to) - 16 } else { 0 };
		for (((out, shifted), gain), bias) in normed.iter_mut().zip(shifted).zip(gains).zip(biases) {
			let normal = shift_right(i64::from(*shifted).wrapping_mul(inverse), 34);
			let scaled = shift_right(normal.wrapping_mul(i64::from(*gain)), right);
			let bias = round(i64::from(*bias), bias_right) << bias_left;
			*out = sat32(scaled + bias);
		}
	}
}

/// Below so many bits epsilon would be larger than any square.
fn least_bits(fraction: u8, epsilon: u32) -> u32 {
	let square = u32::from(fraction) * 2 + bit_length(epsilon.into());
	square.saturating_sub(EPSILON_FRACTION).div_ceil(2)
}

/// A norm of some vectors.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
	pub norm: Norm,
	/// Bits of fraction of what comes in.
	pub fraction: u8,
	pub epsilon: u32,
}

impl Rule {
	/// Normalises a vector, with `to` bits of fraction. `shifted` is room for as many numbers.
	pub fn apply(self, path: Path, numbers: &[i32], gains: &Gains, to: u8, shifted: &mut [i32], normed: &mut [i32]) {
		let count = numbers.len().clamp(1, LONGEST) as i64;
		let mean = match self.norm {
			Norm::Rms => 0,
			Norm::Layer => sat32(div_round(sum(path, numbers), count)),
		};
		let (least, largest) = ends(path, numbers);
		let distance = |number: i32| (i64::from(number) - i64::from(mean)).unsigned_abs();
		let bits = bit_length(distance(least).max(distance(largest))).max(least_bits(self.fraction, self.epsilon));
		let squares = shift(path, numbers, mean, bits as i32, shifted);
		let epsilon = {
			let square = (i32::from(self.fraction) + BITS - bits as i32) * 2;
			scale(self.epsilon.into(), EPSILON_FRACTION as i32 - square)
		};
		let variance = (squares.div_euclid(count)).saturating_add(epsilon).clamp(1, 1 << 49);
		let root = (variance.unsigned_abs() << 14).isqrt();
		let inverse = (1_u64 << 61).checked_div(root).unwrap_or(0);
		apply(
			path,
			shifted,
			inverse as i64,
			&gains.gains,
			&gains.biases,
			to.min(24),
			normed,
		);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::{ops::norm::Statistics, samples::Random};

	#[test]
	fn the_same_as_the_referees() {
		let mut random = Random(3);
		for case in 0..6_000 {
			let bits = random.between(0, 63);
			let count = match case % 100 {
				0 => 16_384,
				1 => 2_000,
				_ => random.between(1, 50),
			};
			let numbers: Vec<i32> = (0..count)
				.map(|_| match case % 7 {
					0 => random.pick([i32::MIN, i32::MAX, 0]),
					1 => random.pick([0, 0, 0, 0, 1]),
					2 => i32::MIN,
					_ => (random.bits() as i64 >> bits) as i32,
				})
				.collect();
			let rule = Rule {
				norm: random.pick([Norm::Rms, Norm::Layer]),
				fraction: random.between(4, 24) as u8,
				epsilon: random.pick([1, 2, 1_100_000, 11_000_000, u32::MAX]),
			};
			let to = random.between(4, 24) as u8;
			let records: Vec<[u8; 8]> = match case % 3 {
				0 => Vec::new(),
				1 => (0..count).map(|_| random.bits().to_le_bytes()).collect(),
				_ => (0..count).map(|_| [0, 0, 0, 0x80, 0, 0, 0, 0x80]).collect(),
			};
			let gains = Gains::new(&records, count as usize);
			let statistics = Statistics::of(rule.norm, &numbers, rule.fraction, rule.epsilon);
			for path in Path::available() {
				let (mut shifted, mut normed) = (vec![0; numbers.len()], vec![0; numbers.len()]);
				rule.apply(path, &numbers, &gains, to, &mut shifted, &mut normed);
				for (place, (number, normed)) in numbers.iter().zip(&normed).enumerate() {
					let gain = records.get(place).map_or(Gain::NONE, |record| Gain::read(*record));
					assert_eq!(
						*normed,
						gain.apply(statistics.normal(*number), to),
						"{rule:?} {number} {to}"
					);
				}
			}
		}
	}
}
