// SPDX-License-Identifier: Apache-2.0

//! What makes values of sums: `ops::linear::finish` of the referee for sixteen rows.

use crate::{
	lines::{Numbers, ROWS},
	pack::Block,
	round::{most, sat32, shift_right},
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
