// SPDX-License-Identifier: Apache-2.0

//! The defences that tests switch off one by one, to show that the forgery which each of them stops is real.
//!
//! Outside this crate's own tests every one of them is the constant `true`.

/// A defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
	/// A message says whether it is a leaf, a node, padding or a root.
	Tags,
	/// Leaves and roots say what the tree holds.
	Kind,
	/// A leaf says where it is.
	Index,
	/// A root says how many leaves there are.
	Count,
	/// A proof has not one digest more than it needs.
	ExactSiblings,
	/// A mountain's node says how many units are below it.
	Sums,
	/// What is opened in a dispute belongs to what was committed to.
	Opened,
	/// Commitments are to as many leaves as shape and counts ask for.
	Counts,
	/// A leaf of a trace that cannot be read is a fraud.
	Malformed,
	/// Parts together give the value that the trace has.
	Joined,
	/// A doubted part is computed again.
	Part,
	/// An answer has as many tokens as its end says.
	End,
	/// A claim counts the tokens of the request's input.
	InputCount,
	/// A state is that of its token and of the numbers that the trace has.
	State,
	/// An answer ends with the first token in which a string that ends it is complete.
	Stops,
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
	use std::cell::RefCell;

	std::thread_local! {
		static OFF: RefCell<Vec<Check>> = const { RefCell::new(Vec::new()) };
	}

	pub(crate) fn on(check: Check) -> bool {
		OFF.with_borrow(|off| !off.contains(&check))
	}

	/// What `act` returns on this thread while these defences are off.
	pub(crate) fn without<T>(checks: &[Check], act: impl FnOnce() -> T) -> T {
		struct Restore(Vec<Check>);
		impl Drop for Restore {
			fn drop(&mut self) {
				OFF.set(core::mem::take(&mut self.0));
			}
		}
		let _restore = Restore(OFF.replace(checks.to_vec()));
		act()
	}
}
