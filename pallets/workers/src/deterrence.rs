// SPDX-License-Identifier: Apache-2.0

//! How much work that is not final a bond covers, so that cheating never pays.
//!
//! A worker with a bond `S` has work of a value `j` that is not final. Where all of it is wrong, the worker gains `c` for
//! each unit of value (what it saves, and what it could earn besides). Each unit is audited and found out with the
//! probability `q`: one audit is expected for each [`Deterrence::every`] units of value, and the auditor does not belong to
//! the cheat with the probability `1 − r`. Who is found out loses `B`, the part of the bond that is taken and does not come
//! back to it as the prover's share (it may accuse itself), and a part `H` of what is not final. Honest work pays best if
//! for every `j` up to the exposure `J`
//!
//! ```text
//! j·c < P(j)·(B + j·H)        with P(j) = 1 − (1 − q)^j
//! ```
//!
//! The chain allows
//!
//! ```text
//! J = (B − c/q) / (c − H),    nothing if that is negative
//! ```
//!
//! which is enough: `(1 − q)^j ≤ e^(−qj) < 1 / (1 + qj)` for `qj > 0`, so `P(j) > qj / (1 + qj)`. The inequality then
//! follows from `j·c·(1 + qj) ≤ qj·(B + jH)`, that is from `c + c·qj ≤ qB + qjH`, from `qj·(c − H) ≤ qB − c`, from
//! `j ≤ (B − c/q) / (c − H)`. All roundings make `J` smaller. `tests/deterrence.rs` checks the inequality itself.
//!
//! `c/q` is what a bond must be worth before it covers anything: work too small to be audited even once.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding,
	traits::{AtLeast32BitUnsigned, SaturatedConversion},
	FixedPointNumber, FixedU128, PerThing, Permill, Rounding,
};

use crate::checks::{on, Check};

/// Parts of the whole.
const WHOLE: u32 = Permill::ACCURACY;
/// Cheating gains at least 1.1 times the value, whatever the parameter says: what was not computed costs nothing and is
/// paid. Above all it must be more than what is forfeited, or no exposure would be too large.
const LEAST_GAIN: u128 = 1_100_000;
/// Larger gains would need larger numbers, and cover next to nothing.
const MOST_GAIN: u128 = 1_000_000_000;

/// What makes cheating a loss. Governed.
#[derive(
	Clone,
	Copy,
	Debug,
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
pub struct Deterrence<Balance> {
	/// What cheating on a unit of value gains. A lower value lets bonds cover more; it is taken for 1.1 at least.
	pub gain: FixedU128,
	/// The value for which one audit is expected. The court must draw at least so often.
	pub every: Balance,
	/// The part of all auditors that may belong to one cheat.
	pub colluding: Permill,
	/// The part of a bond that a cheat loses who is found out, whatever it does then: the least slash that it can choose.
	pub slashed: Permill,
	/// The part of its work that is not final that such a cheat is not paid.
	pub forfeited: Permill,
	/// The part of a slash that goes to whoever proved the fault; taken for a half at most.
	pub prover: Permill,
}

/// `value · parts / of`.
fn scaled(value: u128, parts: u128, of: u128, rounding: Rounding) -> Option<u128> {
	multiply_by_rational_with_rounding(value, parts, of, rounding)
}

impl<Balance: AtLeast32BitUnsigned + Copy> Deterrence<Balance> {
	/// The part of a slash that goes to the prover: less than the whole, or cheats would accuse themselves and lose nothing.
	pub fn provers_part(&self) -> Permill {
		match on(Check::ProverShare) {
			true => self.prover.min(Permill::from_percent(50)),
			false => self.prover,
		}
	}

	/// `c`, in parts per million, rounded up.
	fn gain(&self) -> u128 {
		let parts = FixedU128::accuracy().checked_div(WHOLE.into()).unwrap_or(1);
		let gain = self.gain.into_inner().div_ceil(parts).min(MOST_GAIN);
		match on(Check::LeastGain) {
			true => gain.max(LEAST_GAIN),
			false => gain,
		}
	}

	/// The most value that may wait to be final, behind such a bond.
	pub fn cover(&self, bond: Balance) -> Balance {
		self.exposure(bond.saturated_into()).unwrap_or(0).saturated_into()
	}

	fn exposure(&self, bond: u128) -> Option<u128> {
		let whole = u128::from(WHOLE);
		let kept = whole.checked_sub(self.provers_part().deconstruct().into())?;
		let slashed = scaled(bond, self.slashed.deconstruct().into(), whole, Rounding::Down)?;
		let lost = scaled(slashed, kept, whole, Rounding::Down)?;
		let gain = self.gain();
		let every: u128 = self.every.saturated_into();
		let honest = whole.checked_sub(self.colluding.deconstruct().into())?;
		// Where all auditors may collude nothing is covered: there is no division by zero, and so no number.
		let uncaught = scaled(every.max(1), gain, honest, Rounding::Up)?;
		let margin = gain.saturating_sub(self.forfeited.deconstruct().into()).max(1);
		let rest = lost.checked_sub(uncaught)?;
		Some(scaled(rest, whole, margin, Rounding::Down).unwrap_or(u128::MAX))
	}
}
