// SPDX-License-Identifier: Apache-2.0

//! What work costs, and who gets which part of it.

use crate::models::Fee;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::{
	Permill,
	traits::{AtLeast32BitUnsigned, CheckedAdd},
};

/// Units of a token that is read.
pub const INPUT_UNITS: u64 = 1;
/// Units of a token that is written. Four times as many: a model reads many tokens at once and writes them one by one.
pub const OUTPUT_UNITS: u64 = 4;

/// The units of an answer.
pub fn units(input: u32, output: u32) -> u64 {
	let read = u64::from(input).saturating_mul(INPUT_UNITS);
	read.saturating_add(u64::from(output).saturating_mul(OUTPUT_UNITS))
}

/// What a version's owner gets for each unit, so that it never gets less than it asks for an answer.
pub fn fee_per_unit<Balance: AtLeast32BitUnsigned + Copy>(fee: &Fee<Balance>) -> Balance {
	let written = Balance::from(OUTPUT_UNITS as u32);
	let rest = written.saturating_sub(Balance::one());
	let of_output = fee
		.per_output
		.saturating_add(rest)
		.checked_div(&written)
		.unwrap_or(fee.per_output);
	fee.per_input.max(of_output)
}

/// What everybody gets for a unit. Fixed when a job or session begins.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Rates<Balance> {
	/// The worker.
	pub worker: Balance,
	/// The version's pot.
	pub version: Balance,
	/// Auditors, as a part of what worker and version get.
	pub levy: Permill,
	/// The treasury, as a part of the same.
	pub treasury: Permill,
}

/// Who gets how much.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Parts<Balance> {
	pub worker: Balance,
	pub version: Balance,
	pub levy: Balance,
	pub treasury: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Rates<Balance> {
	/// Of all units so far. None: there is no such amount of money.
	pub fn of(&self, units: u64) -> Option<Parts<Balance>> {
		let units = Balance::try_from(units).ok()?;
		let worker = self.worker.checked_mul(&units)?;
		let version = self.version.checked_mul(&units)?;
		let priced = worker.checked_add(&version)?;
		Some(Parts {
			worker,
			version,
			levy: part(self.levy, priced)?,
			treasury: part(self.treasury, priced)?,
		})
	}

	/// Of the units after the first `from`, up to `to`. Parts of all settlements of a session come to the parts of all of its
	/// units, however often it was settled.
	pub fn between(&self, from: u64, to: u64) -> Option<Parts<Balance>> {
		let (before, after) = (self.of(from)?, self.of(to)?);
		Some(Parts {
			worker: after.worker.checked_sub(&before.worker)?,
			version: after.version.checked_sub(&before.version)?,
			levy: after.levy.checked_sub(&before.levy)?,
			treasury: after.treasury.checked_sub(&before.treasury)?,
		})
	}

	/// What the payer pays for so many units.
	pub fn price(&self, units: u64) -> Option<Balance> {
		self.of(units)?.sum()
	}
}

impl<Balance: CheckedAdd + Copy> Parts<Balance> {
	/// All of them.
	pub fn sum(&self) -> Option<Balance> {
		let priced = self.worker.checked_add(&self.version)?;
		priced.checked_add(&self.levy)?.checked_add(&self.treasury)
	}
}

/// A part of an amount, rounded down, in a way that no amount is too large for.
fn part<Balance: AtLeast32BitUnsigned + Copy>(part: Permill, of: Balance) -> Option<Balance> {
	let million = Balance::from(1_000_000_u32);
	let parts = Balance::from(part.deconstruct());
	let whole = of.checked_div(&million)?;
	let rest = of.checked_sub(&whole.checked_mul(&million)?)?;
	let of_rest = rest.checked_mul(&parts)?.checked_div(&million)?;
	whole.checked_mul(&parts)?.checked_add(&of_rest)
}

#[cfg(test)]
mod tests {
	use super::*;

	const RATES: Rates<u128> = Rates {
		worker: 1_001,
		version: 333,
		levy: Permill::from_parts(20_000),
		treasury: Permill::from_parts(10_001),
	};

	#[test]
	fn settling_often_or_once_comes_to_the_same_for_everybody() {
		let ends = [0, 1, 2, 17, 1_000, 1_001, 99_999];
		let mut sums = Parts::default();
		for pair in ends.windows(2) {
			let parts = RATES.between(pair[0], pair[1]).unwrap();
			sums.worker += parts.worker;
			sums.version += parts.version;
			sums.levy += parts.levy;
			sums.treasury += parts.treasury;
		}
		assert_eq!(Some(sums), RATES.of(99_999));
		assert_eq!(sums.sum(), RATES.price(99_999));
	}

	#[test]
	fn no_amount_is_too_large_unless_it_is_no_amount() {
		let dear = Rates {
			worker: u128::MAX / 4,
			version: 0,
			levy: Permill::one(),
			treasury: Permill::zero(),
		};
		assert_eq!(dear.of(2).map(|parts| parts.levy), Some(u128::MAX / 4 * 2));
		assert_eq!(dear.price(2), Some(u128::MAX / 4 * 4));
		assert_eq!(dear.price(3), None);
		assert_eq!(dear.of(u64::MAX), None);
	}

	#[test]
	fn a_version_never_gets_less_than_it_asks_for() {
		for (per_input, per_output) in [(0, 0), (1, 4), (1, 5), (3, 1), (0, 1)] {
			let per_unit = fee_per_unit(&Fee::<u128> { per_input, per_output });
			assert!(per_unit >= per_input && per_unit * 4 >= per_output);
			assert!(per_unit == per_input || (per_unit - 1) * 4 < per_output);
		}
	}
}
