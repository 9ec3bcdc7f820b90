// SPDX-License-Identifier: Apache-2.0

//! Norms and lengths of rows.

use super::{
	arith::{
		Computed, bit_length, div_round, isqrt, left, long, round_shift, round_shift_by, sat16, sat32, saturating_add,
		scale,
	},
	ops::Ops,
	selftest::Check,
};
use atelier_referee::{
	arith,
	ops::norm::{EPSILON_FRACTION, Gain, Norm},
};
use tch::{Kind, Tensor};

/// Numbers are shifted to so many bits before they are squared.
const BITS: i64 = 24;

/// The largest variance but one: the root of the largest, 2^49, by 2^7 is the same.
const VARIANCE_LIMIT: i64 = (1 << 49) - 1;

/// Which norm, of numbers with so many bits of fraction.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
	pub norm: Norm,
	pub fraction: u8,
	pub epsilon: u32,
}

/// Gains and biases.
pub struct Gains {
	pub gains: Tensor,
	pub biases: Tensor,
}

impl Rule {
	/// Below so many bits epsilon would be larger than any square.
	pub fn least_bits(self) -> i64 {
		let square = 2 * i64::from(self.fraction) + i64::from(arith::bit_length(self.epsilon.into()));
		((square - i64::from(EPSILON_FRACTION)).max(0).unsigned_abs()).div_ceil(2) as i64
	}
}

impl Gains {
	/// Of as many numbers; records that are missing change nothing.
	pub fn new(ops: &Ops, records: &[[u8; Gain::BYTES]], count: usize) -> Computed<Self> {
		let gains: Vec<_> = (0..count)
			.map(|place| records.get(place).map_or(Gain::NONE, |record| Gain::read(*record)))
			.collect();
		let numbers = |of: fn(&Gain) -> i32| ops.numbers(&gains.iter().map(|gain| of(gain).into()).collect::<Vec<_>>());
		Ok(Self {
			gains: numbers(|gain| gain.gain)?,
			biases: numbers(|gain| gain.bias)?,
		})
	}

	/// Bytes on the device.
	pub fn bytes(count: u64) -> u64 {
		count.saturating_mul(16)
	}
}

impl Ops {
	/// Normalises rows of 32-bit numbers.
	pub fn norm(&self, rule: Rule, x: &Tensor, gains: &Gains, to: u8) -> Computed {
		if let Some(fused) = &self.fused {
			return fused.norm(rule, x, gains, to);
		}
		let normed = self.by_rows(x, |x| self.some_normed(rule, x, gains, to.into()))?;
		self.spoilt(Check::Norms, normed)
	}

	fn some_normed(&self, rule: Rule, x: &Tensor, gains: &Gains, to: i64) -> Computed {
		let x = long(x)?;
		let count = x.size().last().copied().unwrap_or(1);
		let distances = match rule.norm {
			Norm::Rms => x,
			Norm::Layer => {
				let sum = x.f_sum_dim_intlist(-1, true, Kind::Int64)?;
				let mean = sat32(&div_round(&sum, &self.numbers(&[count])?)?)?;
				x.f_sub(&mean)?
			}
		};
		let fraction = i64::from(rule.fraction);
		let epsilon = i64::from(rule.epsilon);
		let largest = distances.f_abs()?.f_amax(-1, true)?;
		let bits = bit_length(&largest, &self.powers)?.f_clamp_min(rule.least_bits())?;
		let shifted = scale(&distances, &bits.f_sub_scalar(BITS)?)?;
		// 16,384 squares of 24 bits take 62 bits.
		let squares = shifted.f_square()?.f_sum_dim_intlist(-1, true, Kind::Int64)?;
		// 40 - 2 (f + 24 - b).
		let by = bits.f_sub_scalar(fraction + BITS)?.f_mul_scalar(2)?;
		let epsilon = scale(
			&self.numbers(&[epsilon])?,
			&by.f_add_scalar(i64::from(EPSILON_FRACTION))?,
		)?;
		let mean = squares.f_divide_tensor_mode(&self.numbers(&[count])?, "floor")?;
		let variance = saturating_add(&mean, &epsilon)?.f_clamp(1, VARIANCE_LIMIT)?;
		let root = isqrt(&left(&variance, 14)?)?;
		let inverse = self.numbers(&[1 << 61])?.f_divide_tensor_mode(&root, "floor")?;
		// The largest shifted number has 24 bits, or epsilon as many: so the root has at least 23, and the product 62.
		let normal = round_shift_by(&shifted.f_mul(&inverse)?, 34)?;
		// 28 bits by 31, to the right by at least 12.
		let scaled = round_shift_by(&normal.f_mul(&gains.gains)?, 36 - to)?;
		let biases = scale(&gains.biases, &self.numbers(&[16 - to])?)?;
		sat32(&scaled.f_add(&biases)?)?.f_to_kind(Kind::Int)
	}

	/// Rows of 32-bit numbers by their lengths, with 15 bits of fraction.
	pub fn unit(&self, x: &Tensor) -> Computed {
		let x = long(x)?;
		let bits = bit_length(&x.f_abs()?.f_amax(-1, true)?, &self.powers)?;
		let shifted = scale(&x, &bits.f_sub_scalar(BITS)?)?;
		let squares = shifted.f_square()?.f_sum_dim_intlist(-1, true, Kind::Int64)?;
		// Of a vector of zeros the root is 0, and every number of it stays 0 whatever it is multiplied by.
		let root = isqrt(&squares)?.f_clamp_min(1)?;
		let inverse = self.numbers(&[1 << 54])?.f_divide_tensor_mode(&root, "floor")?;
		// 24 bits by 54 - 23.
		let unit = round_shift_by(&shifted.f_mul(&inverse)?, 39)?.f_clamp(-32_767, 32_767)?;
		self.spoilt(Check::Pooled, unit)
	}

	/// The mean of rows.
	pub fn pooled(&self, x: &Tensor) -> Computed {
		let rows = x.size().first().copied().unwrap_or(1).max(1);
		let sum = long(x)?.f_sum_dim_intlist(0, true, Kind::Int64)?;
		sat32(&div_round(&sum, &self.numbers(&[rows])?)?)
	}

	/// Turns pairs of each head: rows by heads by numbers. Cosines and sines are rows by pairs, shifts one for each head.
	pub fn turned(&self, x: &Tensor, cosines: &Tensor, sines: &Tensor, shifts: &Tensor) -> Computed {
		let &[rows, heads, width] = x.size().as_slice() else {
			return Err(tch::TchError::Shape("no heads".into()));
		};
		if let Some(fused) = &self.fused {
			return fused.turned(x, Some([cosines, sines]), shifts);
		}
		let pairs = cosines.size().last().copied().unwrap_or(0);
		let part = |first: i64, count: i64| long(&x.f_narrow(2, first, count)?);
		let angle = |angles: &Tensor| long(angles)?.f_view([rows, 1, pairs]);
		let (cosines, sines) = (angle(cosines)?, angle(sines)?);
		let (one, other) = (part(0, pairs)?, part(pairs, pairs)?);
		let shifts = shifts.f_view([1, heads, 1])?;
		let turned = |sum: Tensor| round_shift(&sum, &shifts.f_add_scalar(15)?);
		let first = turned(one.f_mul(&cosines)?.f_sub(&other.f_mul(&sines)?)?)?;
		let second = turned(other.f_mul(&cosines)?.f_add(&one.f_mul(&sines)?)?)?;
		let rest = round_shift(&part(2 * pairs, width - 2 * pairs)?, &shifts)?;
		let all = sat16(&Tensor::f_cat(&[first, second, rest], 2)?)?;
		self.spoilt(Check::Turned, all)?.f_to_kind(Kind::Int16)
	}

	/// Values as activations with the shifts of their heads.
	pub fn stored(&self, x: &Tensor, shifts: &Tensor) -> Computed {
		if let Some(fused) = &self.fused {
			return fused.turned(x, None, shifts);
		}
		let shifts = shifts.f_view([1, -1, 1])?;
		let stored = sat16(&round_shift(&long(x)?, &shifts)?)?;
		self.spoilt(Check::Turned, stored)?.f_to_kind(Kind::Int16)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Why the limit may be one less than the spec's: so that 2^14 times as much still is a number of 63 bits.
	#[test]
	fn the_root_of_the_largest_variance_is_that_of_the_one_before() {
		assert_eq!(((1_u64 << 49) << 14).isqrt(), ((VARIANCE_LIMIT as u64) << 14).isqrt());
	}
}
