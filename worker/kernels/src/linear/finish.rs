// SPDX-License-Identifier: Apache-2.0

//! What makes values of sums: `ops::linear::finish` of the referee for sixteen rows.

use crate::{
	lines::{Numbers, ROWS},
	pack::Block,
	round::{most, sat32, shift_right, whole},
};
use atelier_referee::arith::scale;

/// Values of sixteen rows for one token. `least` is the block's least shift, `base` is added to every shift.
#[inline(always)]
pub fn finish(sums: &[i64; ROWS], block: &Block, least: i32, base: i32, onto: &[i32; ROWS]) -> Numbers {
	let mut out = Numbers::ZERO;
	// A sum has at most 45 bits, a mantissa 15: the product is below 2^60 and nothing saturates before the end, unless it is
	// shifted to the left.
	let parts = (out.0.iter_mut())
		.zip(sums)
		.zip(&block.mantissas)
		.zip(&block.shifts)
		.zip(&block.biases)
		.zip(onto);
	if least + base >= 1 {
		for (((((out, sum), mantissa), shift), bias), onto) in parts {
			let exact = sum.wrapping_mul(i64::from(*mantissa));
			let scaled = shift_right(exact, most((shift + base) as u32));
			*out = sat32(scaled + bias + i64::from(*onto));
		}
	} else {
		for (((((out, sum), mantissa), shift), bias), onto) in parts {
			let exact = sum.wrapping_mul(i64::from(*mantissa));
			let scaled = scale(exact, shift + base);
			*out = sat32(scaled.saturating_add(*bias).saturating_add(i64::from(*onto)));
		}
	}
	out
}

/// The rows of a block with floats, for sums of bytes: below 2^37, by a mantissa 2^52, so that every float here is a whole number
/// or one by a power of two, and nothing is ever rounded but by the rule.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub struct Floats {
	/// What the halves of activations bring in too much.
	#[cfg(target_arch = "x86_64")]
	offsets: [f64; ROWS],
	/// Mantissas by 2^shift.
	scales: [f64; ROWS],
	biases: [f64; ROWS],
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
impl Floats {
	#[inline(always)]
	pub fn new(block: &Block) -> Self {
		let mut floats = Self {
			#[cfg(target_arch = "x86_64")]
			offsets: [0.0; ROWS],
			scales: [0.0; ROWS],
			biases: [0.0; ROWS],
		};
		#[cfg(target_arch = "x86_64")]
		for (to, sum) in floats.offsets.iter_mut().zip(&block.sums) {
			*to = f64::from(*sum) * 32_768.0;
		}
		for ((to, mantissa), shift) in floats.scales.iter_mut().zip(&block.mantissas).zip(&block.shifts) {
			*to = f64::from(*mantissa) * power(-*shift);
		}
		for (to, bias) in floats.biases.iter_mut().zip(&block.biases) {
			// Below 2^40.
			*to = *bias as f64;
		}
		floats
	}

	/// The values of [`finish`], of sums by upper and lower halves, if no shift is to the left. Needs instructions that multiply
	/// and add at once; without them it is slow, but the same.
	#[cfg(target_arch = "x86_64")]
	#[inline(always)]
	pub fn of_halves(&self, upper: &[i32; ROWS], lower: &[i32; ROWS], base: i32, onto: &[i32; ROWS]) -> Numbers {
		let mut sums = [0.0; ROWS];
		let parts = sums.iter_mut().zip(upper).zip(lower).zip(&self.offsets);
		for (((sum, upper), lower), offset) in parts {
			*sum = f64::from(*upper).mul_add(256.0, f64::from(*lower)) - offset;
		}
		self.finish(&sums, base, onto)
	}

	/// The same, of sums by upper and lower limbs.
	#[cfg(target_arch = "aarch64")]
	#[inline(always)]
	pub fn of_limbs(&self, upper: &[i32; ROWS], lower: &[i32; ROWS], base: i32, onto: &[i32; ROWS]) -> Numbers {
		let mut sums = [0.0; ROWS];
		for ((sum, upper), lower) in sums.iter_mut().zip(upper).zip(lower) {
			*sum = f64::from(*upper).mul_add(256.0, f64::from(*lower));
		}
		self.finish(&sums, base, onto)
	}

	/// The same, of whole sums.
	#[cfg(target_arch = "aarch64")]
	#[inline(always)]
	pub fn of_sums(&self, sums: &[i64; ROWS], base: i32, onto: &[i32; ROWS]) -> Numbers {
		self.finish(&sums.map(|sum| sum as f64), base, onto)
	}

	#[inline(always)]
	fn finish(&self, sums: &[f64; ROWS], base: i32, onto: &[i32; ROWS]) -> Numbers {
		let mut out = Numbers::ZERO;
		let factor = power(-base);
		let parts = (out.0.iter_mut())
			.zip(sums)
			.zip(&self.scales)
			.zip(&self.biases)
			.zip(onto);
		for ((((out, sum), scale), bias), onto) in parts {
			// Half up. With a shift of at least 1 the half is no finer than the product; of a product that is so small that the sum
			// is rounded, nothing is left either way.
			let rounded = (sum * scale).mul_add(factor, 0.5).floor();
			let value = rounded + bias + f64::from(*onto);
			let value = if value > MOST { MOST } else { value };
			let value = if value < LEAST { LEAST } else { value };
			*out = whole(value) as i32;
		}
		out
	}
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
const MOST: f64 = i32::MAX as f64;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
const LEAST: f64 = i32::MIN as f64;

/// 2^exponent; exponents here are within 300.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[inline(always)]
fn power(exponent: i32) -> f64 {
	f64::from_bits(((1_023 + i64::from(exponent)) as u64) << 52)
}
