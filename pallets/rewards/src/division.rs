// SPDX-License-Identifier: Apache-2.0

//! How an amount is divided, so that it does not matter how often.
//!
//! Shares are parts per million, so a million units divide without a rest: each share gets exactly its parts, and the
//! owner the parts that are left. Only whole millions are divided; what is below stays for the next time. After any
//! number of divisions, everybody has got exactly its part of all that was divided, and less than a million units wait
//! in the pot. Whoever has a pot divided at every unit gains nothing and harms nobody.
//!
//! To divide any amount and to round each share down would not do: of two units a share of 40% gets none and an owner of
//! 60% gets one, and whoever has the pot divided at every second unit starves the share for ever (`tests/fairness.rs`).

use alloc::vec::Vec;
use atelier_primitives::{
	pots::{Pot, Share, MAX_SHARES},
	views::rewards::Passed,
};
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, CheckedAdd},
	PerThing, Permill,
};

/// As many units as shares have parts. A millionth of a token, where tokens have 12 decimals.
pub const QUANTUM: u32 = <Permill as PerThing>::ACCURACY;

/// Who gets what: `divided` is the sum of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division<Balance> {
	pub divided: Balance,
	/// For the owner.
	pub earned: Balance,
	/// In the order of the shares; without those that get nothing.
	pub passed: Vec<Passed<Balance>>,
}

/// How a split breaks the rules that are stated at [`atelier_primitives::pots::Split`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsound {
	/// More shares than [`MAX_SHARES`].
	TooMany,
	/// Together more than the whole.
	MoreThanAll,
	/// Of a pot that was not there before: money could go in circles.
	Circular(Pot),
	/// The amount has no room in its type. It cannot be: no share is more than the amount.
	Overflow,
}

/// Whether what `earlier` belongs to was registered before what `later` belongs to, as far as names tell. Versions are
/// made from datasets, never datasets from versions; otherwise numbers are given in order. It is a strict order, so
/// money that only ever goes to earlier pots ends.
fn before(earlier: Pot, later: Pot) -> bool {
	match (earlier, later) {
		(Pot::Dataset(a), Pot::Dataset(b)) => a < b,
		(Pot::Version(a), Pot::Version(b)) => a < b,
		(Pot::Dataset(_), Pot::Version(_)) => true,
		(Pot::Version(_), Pot::Dataset(_)) => false,
	}
}

/// The owner's parts of a million, if the shares are as they should be.
pub fn owners_part(pot: Pot, shares: &[Share]) -> Result<u32, Unsound> {
	if shares.len() > MAX_SHARES as usize {
		return Err(Unsound::TooMany);
	}
	shares.iter().try_fold(QUANTUM, |left, share| {
		if !before(share.pot, pot) {
			return Err(Unsound::Circular(share.pot));
		}
		left.checked_sub(share.part.deconstruct()).ok_or(Unsound::MoreThanAll)
	})
}

/// Divides what can be divided of `held`.
pub fn divide<Balance>(pot: Pot, shares: &[Share], held: Balance) -> Result<Division<Balance>, Unsound>
where
	Balance: AtLeast32BitUnsigned + Copy,
{
	let owner = owners_part(pot, shares)?;
	let millions = held.checked_div(&QUANTUM.into()).ok_or(Unsound::Overflow)?;
	let of = |parts: u32| millions.checked_mul(&parts.into()).ok_or(Unsound::Overflow);
	let passed = shares
		.iter()
		.filter(|share| !share.part.is_zero() && !millions.is_zero())
		.map(|share| {
			Ok(Passed {
				pot: share.pot,
				amount: of(share.part.deconstruct())?,
			})
		})
		.collect::<Result<Vec<_>, _>>()?;
	Ok(Division {
		divided: of(QUANTUM)?,
		earned: of(owner)?,
		passed,
	})
}

/// All that goes on to other pots.
pub fn sum<Balance: CheckedAdd + Default>(passed: &[Passed<Balance>]) -> Option<Balance> {
	passed
		.iter()
		.try_fold(Balance::default(), |sum, share| sum.checked_add(&share.amount))
}
