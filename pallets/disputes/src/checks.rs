// SPDX-License-Identifier: Apache-2.0

//! The defences that tests switch off one by one, to show that what each of them stops is real.
//!
//! Outside of tests every one of them is the constant `true`: this crate's own, and those of the whole runtime, which ask for
//! the feature `switches`. No wasm is built with it.

/// A defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
	/// What draws was not known when the work was put on the chain.
	FreshSeed,
	/// A lot is the auditor's own.
	Lot,
	/// Only reports that were sealed before others were revealed are paid.
	Sealed,
	/// An auditor reports on every audit that it drew.
	AllDrawn,
	/// The proof of an audit is compared with the numbers of the claim.
	Proof,
	/// Who reported on work that was wrong on purpose did not look.
	Canaries,
	/// A claim is part of the work that it is said to be part of.
	InWork,
	/// A claim says for what, by whom and at which price it is.
	Binding,
	/// Only the registered challenger's proof earns.
	Challenger,
	/// Who does not move in time loses.
	Clock,
	/// The clock stands still while the court has no room.
	Capacity,
	/// It looks at the length of blocks too.
	Length,
	/// And at what a move weighs beside its call.
	Overhead,
	/// Moves are heard again only a while after one of the same matter that failed.
	Quiet,
	/// Neither side of a dispute closes the kept part of blocks for the other.
	Sides,
	/// A lost accusation costs its bond.
	LostBond,
	/// Each accusation that waits makes the next one dearer.
	Queue,
	/// What was not served in time is a fault.
	Duties,
	/// Being silent once is one fault, however many have asked.
	OneSilence,
	/// What was not served while a verdict waited can be asked for again if the verdict is undone.
	AskedAgain,
	/// What the referee finds wrong is wrong.
	Referee,
	/// Nobody is convicted without a proof.
	Proved,
	/// Only drawn auditors vote.
	Drawn,
	/// Votes are sealed until all are cast.
	Ballots,
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
