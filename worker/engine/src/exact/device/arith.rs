// SPDX-License-Identifier: Apache-2.0

//! The rules of rounding, dividing and limiting (docs/exact-spec.md, "Rules") on tensors of 64-bit integers, element by
//! element. Each names the operands for which it is the rule: libtorch wraps around where the spec saturates, and says nothing
//! about shifts of 64 and more.

use atelier_referee::arith::ACTIVATION_LIMIT;
use tch::{Kind, TchError, Tensor};

pub type Computed<T = Tensor> = Result<T, TchError>;

/// The largest shift of a 64-bit integer that means something.
const LAST: i64 = 63;

/// `x >>r shift`, of |x| < 2^62 and shifts that are not negative.
///
/// floor((floor(2x / 2^s) + 1) / 2), which needs no shift by s - 1. From 63 on the result is 0 for every such x.
pub fn round_shift(x: &Tensor, shift: &Tensor) -> Computed {
	left(x, 1)?
		.f_bitwise_right_shift(&shift.f_clamp_max(LAST)?)?
		.f_add_scalar(1)?
		.f_bitwise_right_shift_tensor_scalar(1)
}

/// `x >>r shift`, of any x but the largest, and a shift of 1 to 63.
pub fn round_shift_by(x: &Tensor, shift: i64) -> Computed {
	right(x, shift - 1)?
		.f_add_scalar(1)?
		.f_bitwise_right_shift_tensor_scalar(1)
}

/// `x >>r shift`, of |x| < 2^62 and any shift: to the left what does not fit 64 bits saturates.
pub fn scale(x: &Tensor, shift: &Tensor) -> Computed {
	let right = round_shift(x, &shift.f_clamp_min(0)?)?;
	let by = shift.f_neg()?.f_clamp(0, LAST - 1)?;
	let [least, most] = [i64::MIN, i64::MAX].map(|end| scalar(end, x)?.f_bitwise_right_shift(&by));
	let (least, most) = (least?, most?);
	// Clamped first, so that nothing overflows. The least number by 2^s, times 2^s, is the least number again; the largest is not.
	let moved = x.f_clamp_tensor(Some(&least), Some(&most))?.f_bitwise_left_shift(&by)?;
	let over = x.f_gt_tensor(&most)?;
	let moved = scalar(i64::MAX, x)?.f_where_self(&over, &moved)?;
	// By 63 and more: only 0 and, by 63, -1 would fit; every other number is a limit, and -1 by 63 is the least number itself.
	let far = shift.f_le(-LAST)?;
	let limit = scalar(i64::MAX, x)?.f_where_self(&x.f_gt(0)?, &scalar(i64::MIN, x)?)?;
	let limit = x.f_zeros_like()?.f_where_self(&x.f_eq(0)?, &limit)?;
	let moved = limit.f_where_self(&far, &moved)?;
	right.f_where_self(&shift.f_ge(0)?, &moved)
}

/// The sum, saturated to 64 bits, of any two.
pub fn saturating_add(a: &Tensor, b: &Tensor) -> Computed {
	// What a may be so that nothing overflows: neither of these two does itself.
	let least = scalar(i64::MIN, a)?.f_sub(&b.f_clamp_max(0)?)?;
	let most = scalar(i64::MAX, a)?.f_sub(&b.f_clamp_min(0)?)?;
	a.f_clamp_tensor(Some(&least), Some(&most))?.f_add(b)
}

/// `round(x / divisor)`, of divisors that are at least 1 and less than 2^62.
pub fn div_round(x: &Tensor, divisor: &Tensor) -> Computed {
	let quotient = x.f_divide_tensor_mode(divisor, "floor")?;
	let rest = x.f_sub(&quotient.f_mul(divisor)?)?;
	let up = rest.f_ge_tensor(&divisor.f_sub(&rest)?)?;
	quotient.f_add(&up)
}

/// Number of bits of numbers that are not negative. `powers` are those of 2, from 2^0 to 2^62.
pub fn bit_length(x: &Tensor, powers: &Tensor) -> Computed {
	// How many powers are not larger.
	x.f_bucketize(powers, false, true)
}

/// 2^0 to 2^62.
pub fn powers(device: tch::Device) -> Computed {
	let powers: Vec<i64> = (0..LAST).map(|bit| 1_i64 << bit).collect();
	Tensor::f_from_slice(&powers)?.f_to_device(device)
}

/// The floor of the square root of numbers that are not negative.
///
/// The root of a float is a guess that is at most 1 away, if the device's root is as good as IEEE 754 asks for: of a number of
/// 63 bits the float is at most 2^10 away, its root 2^-22. Integers correct twice as much.
pub fn isqrt(x: &Tensor) -> Computed {
	/// floor(sqrt(2^63 - 1)), whose square still fits.
	const LARGEST: i64 = 3_037_000_499;
	let mut root = x
		.f_to_kind(Kind::Double)?
		.f_sqrt()?
		.f_floor()?
		.f_to_kind(Kind::Int64)?
		.f_clamp(0, LARGEST)?;
	for _ in 0..2 {
		root = root.f_sub(&root.f_square()?.f_gt_tensor(x)?.f_to_kind(Kind::Int64)?)?;
	}
	for _ in 0..2 {
		// (r + 1)^2 <= x, without the square that may not fit.
		let rest = x.f_sub(&root.f_square()?)?;
		root = root.f_add(&rest.f_gt_tensor(&left(&root, 1)?)?.f_to_kind(Kind::Int64)?)?;
	}
	Ok(root)
}

pub fn sat32(x: &Tensor) -> Computed {
	x.f_clamp(i64::from(i32::MIN), i64::from(i32::MAX))
}

pub fn sat16(x: &Tensor) -> Computed {
	x.f_clamp(-ACTIVATION_LIMIT, ACTIVATION_LIMIT)
}

/// An activation, or a word of a matrix, as two signed bytes: high, low. Of magnitudes up to 32,639.
pub fn limbs(x: &Tensor) -> Computed<[Tensor; 2]> {
	let high = right(&x.f_add_scalar(128)?, 8)?;
	let low = x.f_sub(&left(&high, 8)?)?;
	Ok([high.f_to_kind(Kind::Int8)?, low.f_to_kind(Kind::Int8)?])
}

pub fn left(x: &Tensor, by: i64) -> Computed {
	x.f_bitwise_left_shift_tensor_scalar(by)
}

/// The floor.
pub fn right(x: &Tensor, by: i64) -> Computed {
	x.f_bitwise_right_shift_tensor_scalar(by)
}

pub fn long(x: &Tensor) -> Computed {
	x.f_to_kind(Kind::Int64)
}

/// A number for every element of another tensor.
fn scalar(number: i64, like: &Tensor) -> Computed {
	Tensor::f_full([1], number, (Kind::Int64, like.device()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::float::Libtorch;
	use atelier_kernels::operands::Random;
	use atelier_referee::arith;

	fn tensor(numbers: &[i64]) -> Tensor {
		Libtorch::start();
		Tensor::from_slice(numbers)
	}

	fn numbers(tensor: Computed) -> Vec<i64> {
		Vec::<i64>::try_from(tensor.expect("computed")).expect("integers")
	}

	/// Numbers of every size, and around every power of 2; of less than so many bits.
	fn all_sizes(bits: u32, random: &mut Random) -> Vec<i64> {
		let limit = 1_i64.checked_shl(bits).unwrap_or(0).wrapping_sub(1);
		let mut numbers = Vec::new();
		for bit in 0..bits {
			for number in [(1_i64 << bit) - 1, 1 << bit, (1 << bit) + 1] {
				numbers.extend([number.min(limit), -number.min(limit)]);
			}
			numbers.extend((0..20).map(|_| random.bits() as i64 >> (63 - bit)));
		}
		numbers
	}

	#[test]
	fn shifts_are_the_referees() {
		let mut random = Random(1);
		let x = all_sizes(62, &mut random);
		for shift in 0..=300 {
			let expected: Vec<_> = x.iter().map(|x| arith::round_shift(*x, shift as u32)).collect();
			assert_eq!(
				numbers(round_shift(&tensor(&x), &tensor(&[shift]))),
				expected,
				"{shift}"
			);
			if (1..=63).contains(&shift) {
				assert_eq!(numbers(round_shift_by(&tensor(&x), shift)), expected, "{shift}");
			}
		}
		for shift in -300..=300 {
			let expected: Vec<_> = x.iter().map(|x| arith::scale(*x, shift as i32)).collect();
			assert_eq!(numbers(scale(&tensor(&x), &tensor(&[shift]))), expected, "{shift}");
		}
	}

	#[test]
	fn quotients_and_sums_are_the_referees() {
		let mut random = Random(2);
		let x = all_sizes(63, &mut random);
		for divisor in [1, 2, 3, 5, 7, 16_384, 131_071, 32_767 * 131_072, (1 << 61) + 1] {
			let expected: Vec<_> = x.iter().map(|x| arith::div_round(*x, divisor)).collect();
			assert_eq!(
				numbers(div_round(&tensor(&x), &tensor(&[divisor]))),
				expected,
				"{divisor}"
			);
		}
		for other in [i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 40, i64::MAX] {
			let expected: Vec<_> = x.iter().map(|x| x.saturating_add(other)).collect();
			assert_eq!(
				numbers(saturating_add(&tensor(&x), &tensor(&[other]))),
				expected,
				"{other}"
			);
		}
	}

	#[test]
	fn roots_and_lengths_are_exact() {
		let mut random = Random(3);
		let mut x: Vec<i64> = all_sizes(63, &mut random).into_iter().map(i64::abs).collect();
		x.extend([0, i64::MAX]);
		for _ in 0..2_000 {
			let root = random.between(1, 3_037_000_499);
			x.extend([root * root - 1, root * root, root * root + 1]);
		}
		let expected: Vec<_> = x.iter().map(|x| x.isqrt()).collect();
		assert_eq!(numbers(isqrt(&tensor(&x))), expected);
		let powers = powers(tch::Device::Cpu).expect("powers");
		let expected: Vec<i64> = x.iter().map(|x| arith::bit_length(x.unsigned_abs()).into()).collect();
		assert_eq!(numbers(bit_length(&tensor(&x), &powers)), expected);
	}

	#[test]
	fn activations_are_two_bytes() {
		let x: Vec<i64> = (-ACTIVATION_LIMIT..=ACTIVATION_LIMIT).collect();
		let [high, low] = limbs(&tensor(&x)).expect("limbs");
		let whole = long(&high).unwrap() * 256 + long(&low).unwrap();
		assert_eq!(numbers(Ok(whole)), x);
	}
}
