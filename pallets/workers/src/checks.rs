// SPDX-License-Identifier: Apache-2.0

//! The defences that tests switch off one by one, to show that what each of them stops is real.
//!
//! Outside of tests every one of them is the constant `true`: this crate's own, and those of the whole runtime, which ask for
//! the feature `switches`. No wasm is built with it.

/// A defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
	/// Who proves a fault never gets more than half of the slash, whatever the parameter says.
	ProverShare,
	/// What cheating gains is never taken for less than the least that is plausible.
	LeastGain,
	/// A bond covers only so much work that is not final.
	Exposure,
	/// A bond leaves no sooner than all work that it covers is final.
	Unbonding,
	/// A bond stays while its worker is accused, or a slash of it waits.
	BondStays,
	/// Work waits for a verdict that governance may undo, as it waits for the court.
	VerdictWaits,
	/// Who was slashed for silence is condemned, as who was slashed for wrong work.
	SilenceCondemns,
	/// While a worker is accused, what is being unbonded gets no nearer to its end.
	UnbondingStops,
	/// Nothing leaves a bond without which the rest would not cover what is not final.
	CoverStays,
	/// A slash takes what is being unbonded too.
	SlashUnbonding,
	/// What an auditor loses of its bond leaves it its right to audit what came before.
	FallsAtOnce,
	/// A standing counts for what is put on the chain after it began.
	Since,
	/// The weight of all auditors is what it was before this block.
	WeightBefore,
	/// A reputation is made of what the treasury got.
	TreasuryOnly,
	/// Voids weigh by what their payers lost.
	VoidsCost,
	/// Exact work needs weights that others can get.
	Retrieval,
	/// Hosts are two, and none of them the version's owner.
	Independent,
	/// Who shows that weights can be had does not shorten what was shown.
	LastsLonger,
	/// Whoever takes over a worker has agreed to.
	Consent,
	/// The convicted stay who they are.
	ConvictedStay,
	/// Only offers that take jobs are listed, and each has a share of a bond.
	Listed,
	/// A worker that changes hands has another signer.
	NewSigner,
	/// Nobody is drawn beyond what it offered and what its bond covers.
	Room,
}

/// Whether a defence is on.
#[cfg(not(any(test, feature = "switches")))]
pub(crate) const fn on(_: Check) -> bool {
	true
}

#[cfg(any(test, feature = "switches"))]
pub(crate) use switched::on;
#[cfg(any(test, feature = "switches"))]
pub use switched::without;

#[cfg(any(test, feature = "switches"))]
mod switched {
	use super::Check;
	use std::cell::Cell;

	std::thread_local! {
		static OFF: Cell<Option<Check>> = const { Cell::new(None) };
	}

	pub(crate) fn on(check: Check) -> bool {
		OFF.get() != Some(check)
	}

	/// What `act` returns on this thread while this defence is off.
	pub fn without<T>(check: Check, act: impl FnOnce() -> T) -> T {
		struct Restore;
		impl Drop for Restore {
			fn drop(&mut self) {
				OFF.set(None);
			}
		}
		let _restore = Restore;
		OFF.set(Some(check));
		act()
	}
}
