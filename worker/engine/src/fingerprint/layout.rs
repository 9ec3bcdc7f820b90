// SPDX-License-Identifier: Apache-2.0

//! Which numbers a fingerprint holds, and how much of each.
//!
//! A number's place on the scale of all floats with `fraction` bits of fraction is a whole number: its steps. Neighbours
//! are one step apart, also across a power of two. A verifier knows nearly how many steps a number has, so the lowest of
//! their bits and the sign say the rest: that is its code.

use super::Broken;
use crate::load::checkpoint::Float;

/// Among which numbers the largest are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Choice {
	/// Those of a group, as published.
	Group = 0,
	/// Those of each position, so that none goes without.
	Position = 1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
	pub choice: Choice,
	/// Numbers for each position, 1 to 4; of a group they are taken together.
	pub values: u8,
	/// Bits of a code, 5 to 16.
	pub bits: u8,
	/// Bits of fraction of a step, 3 to 15.
	pub fraction: u8,
}

impl Layout {
	/// What was published: 128 numbers of a group, all of a bf16. To compare with.
	pub const PUBLISHED: Self = Self {
		choice: Choice::Group,
		values: 4,
		bits: 16,
		fraction: 7,
	};

	/// What is used for answers in these floats (docs/float-class.md says what was measured).
	pub fn of(float: Float) -> Self {
		Self {
			choice: Choice::Group,
			values: 4,
			bits: 8,
			fraction: match float {
				Float::F32 => 12,
				Float::F16 => 9,
				Float::BF16 => 7,
			},
		}
	}

	/// Itself, if it is one.
	pub fn checked(self) -> Result<Self, Broken> {
		for (field, found, least, most) in [
			("values", self.values, 1, 4),
			("bits", self.bits, 5, 16),
			("fraction", self.fraction, 3, 15),
		] {
			if !(least..=most).contains(&found) {
				return Err(Broken::Layout {
					field,
					found,
					least,
					most,
				});
			}
		}
		Ok(self)
	}

	/// Bits of the steps that a code has; the other bit is the sign.
	fn step_bits(self) -> u32 {
		u32::from(self.bits.clamp(2, 16)) - 1
	}

	/// The code of a number.
	pub fn code(self, number: f32) -> u16 {
		let dropped = 23_u32.saturating_sub(self.fraction.into());
		let magnitude = number.to_bits() & (u32::MAX >> 1);
		// Rounded: a carry into the exponent is the next step.
		let steps = (magnitude >> dropped) + (magnitude >> dropped.saturating_sub(1) & 1);
		let sign = u32::from(number.is_sign_negative()) << self.step_bits();
		(steps & ((1 << self.step_bits()) - 1) | sign) as u16
	}

	/// From here on a number is not near any more: by another exponent, or by a quarter of what a code can tell.
	pub fn reach(self) -> u16 {
		let exponent = 1_u32 << self.fraction.min(15);
		let quarter = 1_u32 << self.step_bits().saturating_sub(2);
		exponent.min(quarter) as u16
	}

	/// Steps between two codes; none if they are not near each other.
	pub fn steps(self, one: u16, other: u16) -> Option<u16> {
		let sign = 1_u32 << self.step_bits();
		if u32::from(one ^ other) & sign != 0 {
			return None;
		}
		let up = u32::from(one).wrapping_sub(other.into()) & (sign - 1);
		let steps = up.min(sign - up) as u16;
		(steps < self.reach()).then_some(steps)
	}

	/// Numbers of a group of so many positions.
	pub fn count(self, positions: u32) -> usize {
		positions as usize * usize::from(self.values)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn the_published_code_is_a_rounded_bf16() {
		let layout = Layout::PUBLISHED;
		for (number, code) in [
			(1.0, 0x3f80),
			(-2.0, 0xc000),
			(0.0, 0),
			(1.003_906_3, 0x3f81),
			(1.999, 0x4000),
		] {
			assert_eq!(layout.code(number), code, "{number}");
		}
		assert_eq!(layout.reach(), 128);
		assert_eq!(layout.steps(0x3f80, 0x4000), None);
		assert_eq!(layout.steps(0x3f81, 0x4000), Some(127));
		assert_eq!(layout.steps(0x3f80, 0xbf80), None);
	}

	#[test]
	fn neighbours_across_a_power_of_two_and_around_the_end_of_a_code_are_near() {
		let layout = Layout::of(Float::F32);
		assert_eq!(layout.steps(layout.code(1.999_8), layout.code(2.000_2)), Some(1));
		assert_eq!(layout.steps(0, 127), Some(1));
		assert_eq!(layout.steps(0, 32), None);
		assert_eq!(layout.steps(0, 31), Some(31));
	}

	#[test]
	fn what_is_no_layout_is_named() {
		let good = Layout::PUBLISHED;
		for (field, layout) in [
			("values", Layout { values: 5, ..good }),
			("values", Layout { values: 0, ..good }),
			("bits", Layout { bits: 17, ..good }),
			("fraction", Layout { fraction: 16, ..good }),
		] {
			assert!(matches!(layout.checked(), Err(Broken::Layout { field: found, .. }) if found == field));
		}
	}

	proptest! {
		#[test]
		fn any_bits_have_a_code_and_steps_are_symmetric(
			bits in 5..=16_u8, fraction in 3..=15_u8, one: u32, other: u32,
		) {
			let layout = Layout { choice: Choice::Group, values: 1, bits, fraction };
			let [one, other] = [one, other].map(|number| layout.code(f32::from_bits(number)));
			prop_assert!(u32::from(one) < 1 << bits);
			prop_assert_eq!(layout.steps(one, other), layout.steps(other, one));
			prop_assert_eq!(layout.steps(one, one), Some(0));
		}
	}
}
