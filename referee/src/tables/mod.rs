// SPDX-License-Identifier: Apache-2.0

//! Functions that are read from tables: powers, logarithms, activation functions. The tables are part of the spec.

mod values;

use crate::{
	arith::{bit_length, round_shift},
	hash::{Blake2b256, Digest, Portable},
};
use alloc::vec::Vec;

/// Bits of fraction of everything here that is not a probability.
pub const FRACTION: u32 = 16;

/// The largest weight of a softmax: 2^0 of [`exp2_negative`].
pub const FULL_WEIGHT: u16 = 32_767;

/// Past this many halvings every weight is rounded to 0.
const HALVINGS: u32 = 40;

/// 32,767 * 2^-`exponent`; the exponent has 16 bits of fraction and is not negative.
pub fn exp2_negative(exponent: i64) -> u16 {
	let exponent = exponent.max(0);
	let whole = exponent >> FRACTION;
	if whole >= i64::from(HALVINGS) {
		return 0;
	}
	let fraction = exponent & 0xffff;
	let value = between(&values::EXP2, fraction, 8);
	round_shift(value, whole as u32) as u16
}

/// log2 of a positive number, 16 bits of fraction. Of 0: 0.
pub fn log2(value: u64) -> i64 {
	let Some(whole) = bit_length(value).checked_sub(1) else {
		return 0;
	};
	// The bits below the highest one, 24 of them.
	let mantissa = (value << (63_u32.wrapping_sub(whole))) & (u64::MAX >> 1);
	let fraction = (mantissa >> 39) as i64;
	(i64::from(whole) << FRACTION).wrapping_add(between(&values::LOG2, fraction, 16))
}

/// log2(-ln(1 - v) / v) for v = `half` / 2^32, at most 1/2; 16 bits of fraction.
pub fn race(half: u32) -> i64 {
	between(&values::RACE, i64::from(half.min(1 << 31)), 23)
}

/// An activation function of a feed-forward block.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	codec::Encode,
	codec::Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	scale_info::TypeInfo,
)]
pub enum Activation {
	/// x / (1 + e^-x).
	Silu,
	/// x * Phi(x).
	Gelu,
	/// The approximation of `Gelu` by a hyperbolic tangent.
	GeluTanh,
}

impl Activation {
	/// Its value; 16 bits of fraction.
	pub fn apply(self, x: i32) -> i32 {
		// The table covers [0, 8) or [0, 16); beyond it takes nothing away that 16 bits of fraction show.
		let (table, range): (&[u32; 1_025], u32) = match self {
			Self::Silu => (&values::SILU, 4),
			Self::Gelu => (&values::GELU, 3),
			Self::GeluTanh => (&values::GELU_TANH, 3),
		};
		let magnitude = i64::from(x).abs();
		let end = 1_i64 << FRACTION.wrapping_add(range);
		let taken = if magnitude >= end {
			0
		} else {
			between(table, magnitude, FRACTION.wrapping_add(range).wrapping_sub(10))
		};
		// At most |x|, so it fits.
		i64::from(x.max(0)).wrapping_sub(taken) as i32
	}
}

/// The value between two entries of a table: `position` has `bits` bits below those that name the entry.
fn between<T: Copy + Into<u32>>(table: &[T], position: i64, bits: u32) -> i64 {
	let index = (position >> bits) as usize;
	let entry = |index: usize| {
		table
			.get(index)
			.or(table.last())
			.map_or(0, |entry| i64::from((*entry).into()))
	};
	let (low, high) = (entry(index), entry(index.saturating_add(1)));
	let part = position & (1_i64 << bits).wrapping_sub(1);
	low.wrapping_add(round_shift(high.wrapping_sub(low).wrapping_mul(part), bits))
}

/// The digest of all tables, in the order of the spec, as little-endian 32-bit numbers.
pub fn digest() -> Digest {
	let mut bytes = Vec::new();
	let wide = |table: &[u32]| table.iter().flat_map(|entry| entry.to_le_bytes()).collect::<Vec<_>>();
	bytes.extend(values::EXP2.iter().flat_map(|entry| u32::from(*entry).to_le_bytes()));
	for table in [
		&values::LOG2[..],
		&values::RACE,
		&values::GELU,
		&values::GELU_TANH,
		&values::SILU,
	] {
		bytes.extend(wide(table));
	}
	Portable::hash(&bytes)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn near(value: i64, exact: f64, units: f64) {
		assert!((value as f64 - exact).abs() <= units, "{value} is not near {exact}");
	}

	#[test]
	fn powers() {
		assert_eq!(exp2_negative(0), FULL_WEIGHT);
		assert_eq!(exp2_negative(-1), FULL_WEIGHT);
		assert_eq!(exp2_negative(1 << 16), 16_384);
		assert_eq!(exp2_negative(i64::MAX), 0);
		for exponent in (0..20 << 16).step_by(97) {
			near(
				exp2_negative(exponent).into(),
				32_767.0 * (-(exponent as f64) / 65_536.0).exp2(),
				1.01,
			);
		}
	}

	#[test]
	fn powers_never_grow_with_the_exponent() {
		let mut before = FULL_WEIGHT;
		for exponent in 0..18 << 16 {
			let power = exp2_negative(exponent);
			assert!(power <= before, "{exponent}");
			before = power;
		}
	}

	#[test]
	fn logarithms() {
		assert_eq!(log2(0), 0);
		assert_eq!(log2(1), 0);
		assert_eq!(log2(1 << 63), 63 << 16);
		for value in (1..1 << 20).step_by(7).chain((1..1_000).map(|n| u64::MAX / n)) {
			near(log2(value), (value as f64).log2() * 65_536.0, 1.1);
		}
	}

	#[test]
	fn races() {
		for half in (1..=1_u32 << 31).step_by(1 << 18).chain([1, 2, 3]) {
			let v = f64::from(half) / 4_294_967_296.0;
			near(race(half), (-(-v).ln_1p() / v).log2() * 65_536.0, 1.1);
		}
	}

	#[test]
	fn activations() {
		let silu = |x: f64| x / (1.0 + (-x).exp());
		let tanh = |x: f64| 0.5 * x * (1.0 + (0.797_884_560_802_865_4 * (x + 0.044_715 * x * x * x)).tanh());
		for x in (-20 * 65_536..20 * 65_536).step_by(101) {
			let real = f64::from(x) / 65_536.0;
			near(Activation::Silu.apply(x).into(), silu(real) * 65_536.0, 2.0);
			near(Activation::GeluTanh.apply(x).into(), tanh(real) * 65_536.0, 2.0);
			// The two forms of GELU are never further apart than this.
			near(Activation::Gelu.apply(x).into(), tanh(real) * 65_536.0, 33.0);
		}
		for activation in [Activation::Silu, Activation::Gelu, Activation::GeluTanh] {
			assert_eq!(activation.apply(i32::MAX), i32::MAX);
			assert_eq!(activation.apply(i32::MIN), 0);
			assert_eq!(activation.apply(0), 0);
		}
	}
}
