// SPDX-License-Identifier: Apache-2.0

//! The defences that tests switch off one by one, to show that what each of them stops is real.
//!
//! Outside this crate's own tests every one of them is the constant `true`.

/// A defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
	/// Only what was promised before is published.
	Promise,
	/// Chunks are drawn by randomness newer than the claim.
	NewRandomness,
	/// What a version was made from is looked at again after each withdrawal.
	Counter,
	/// The same weights are published again only with what they were made from before.
	SameLineage,
	/// Older originals come first among dues.
	OldestFirst,
}

/// Whether a defence is on.
#[cfg(not(test))]
pub(crate) const fn on(_: Check) -> bool {
	true
}

#[cfg(test)]
pub(crate) use switched::{on, without};

#[cfg(test)]
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
	pub(crate) fn without<T>(check: Check, act: impl FnOnce() -> T) -> T {
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
