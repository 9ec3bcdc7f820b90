// SPDX-License-Identifier: Apache-2.0

//! The referee's tables with an entry and its distance to the next in one number, so that one load brings both. They are made
//! from the referee's functions; tests compare every argument.

use atelier_referee::{
	arith::round_shift,
	tables::{Activation, exp2_negative},
};
use std::sync::OnceLock;

/// An entry, and what must be added for the next one, as two words.
#[inline(always)]
const fn entry(value: i64, next: i64) -> u32 {
	(value as u16 as u32) | ((next.wrapping_sub(value) as i16 as u16 as u32) << 16)
}

/// The value at `part` of 2^`bits` between an entry and the next.
#[inline(always)]
fn between(entry: u32, part: i32, bits: u32) -> i32 {
	let value = (entry & 0xffff) as i32;
	let step = (entry as i32) >> 16;
	value + ((step * part + (1 << (bits - 1))) >> bits)
}

/// 32,767 * 2^(-i / 256).
pub struct Powers([u32; 256]);

impl Powers {
	/// The table.
	pub fn get() -> &'static Self {
		static TABLE: OnceLock<Powers> = OnceLock::new();
		TABLE.get_or_init(|| {
			// The entry after the last is the half of the first.
			let at = |index: usize| i64::from(exp2_negative((index as i64) << 8));
			Self(core::array::from_fn(|index| entry(at(index), at(index + 1))))
		})
	}

	/// `tables::exp2_negative` of a number that is not negative.
	#[inline(always)]
	pub fn at(&self, exponent: u32) -> u16 {
		let fraction = exponent & 0xffff;
		let Some(entry) = self.0.get((fraction >> 8) as usize) else {
			return 0;
		};
		let value = between(*entry, (fraction & 0xff) as i32, 8) as u32;
		// Half up: floor(2 * value / 2^n + 1) / 2. From 17 halvings on nothing is left.
		let halvings = exponent >> 16;
		let halvings = if halvings > 31 { 31 } else { halvings };
		(((value << 1 >> halvings) + 1) >> 1) as u16
	}
}

/// What an activation function takes away from max(x, 0).
pub struct Taken {
	entries: [u32; 1_024],
	/// Bits of a number between two entries.
	pub bits: u32,
}

impl Taken {
	/// The table of an activation function.
	pub fn of(activation: Activation) -> &'static Self {
		static TABLES: [OnceLock<Taken>; 3] = [const { OnceLock::new() }; 3];
		let [silu, gelu, tanh] = &TABLES;
		let (table, bits) = match activation {
			Activation::Silu => (silu, 10),
			Activation::Gelu => (gelu, 9),
			Activation::GeluTanh => (tanh, 9),
		};
		table.get_or_init(|| {
			let at = |index: i64| {
				let x = index << bits;
				// The last entry is 0, as what is beyond it.
				x - i64::from(activation.apply(x as i32))
			};
			let entries = core::array::from_fn(|index| entry(at(index as i64), at(index as i64 + 1)));
			Self { entries, bits }
		})
	}

	/// `Activation::apply`. `bits` are the table's.
	#[inline(always)]
	pub fn apply(&self, x: i32, bits: u32) -> i32 {
		let magnitude = x.unsigned_abs();
		let index = magnitude >> bits;
		let inside = index < 1_024;
		let Some(entry) = self.entries.get((index & 1_023) as usize) else {
			return 0;
		};
		let part = (magnitude & ((1 << bits) - 1)) as i32;
		let taken = between(*entry, part, bits);
		(if x > 0 { x } else { 0 }) - if inside { taken } else { 0 }
	}
}

/// The largest product of a step of a table and a part fits 32 bits.
const _: () = assert!(round_shift((1 << 15) * ((1 << 10) - 1) + (1 << 9), 10) < 1 << 31);

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_power_is_the_referees() {
		let powers = Powers::get();
		for exponent in (0..42 << 16).chain([u32::MAX, u32::MAX - 1, 1 << 31]) {
			assert_eq!(powers.at(exponent), exp2_negative(exponent.into()), "{exponent}");
		}
	}

	#[test]
	fn every_value_of_an_activation_function_is_the_referees() {
		for activation in [Activation::Silu, Activation::Gelu, Activation::GeluTanh] {
			let taken = Taken::of(activation);
			for x in (-(17 << 16)..17 << 16).chain([i32::MIN, i32::MIN + 1, i32::MAX]) {
				assert_eq!(taken.apply(x, taken.bits), activation.apply(x), "{activation:?} {x}");
			}
		}
	}
}
