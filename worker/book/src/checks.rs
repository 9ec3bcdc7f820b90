// SPDX-License-Identifier: Apache-2.0

//! The rules that tests switch off one by one, to show that what each of them stops is real.
//!
//! Outside this crate's own tests every one of them is the constant `true`.

/// A rule that guards money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
	/// What is answered is on the disk before anybody hears of it.
	Durable,
	/// No more units than the window are served unsigned.
	Window,
	/// No more is served or signed than was deposited.
	Deposit,
	/// A claim is about this chain, session, worker, version and request, at its place.
	Claim,
	/// No answer has more tokens than were asked for.
	Limit,
	/// Tokens and states are those that the claim commits to.
	Committed,
	/// A voucher is signed by the session's key.
	Signature,
	/// Each voucher has a larger sequence than the one before.
	Sequence,
	/// Each voucher is for more receipts than the one before.
	More,
	/// A voucher's root is that of the book's own receipts.
	Root,
	/// A settled root is that of the book's own receipts.
	Settled,
	/// Receipts go only when nobody can ask for them any more.
	Concluded,
	/// A session ends when the book has heard of all of its settlements.
	Ended,
	/// What a dispute is about stays.
	Disputed,
	/// A session's number with other terms is another session.
	Terms,
	/// One job has one claim.
	OneClaim,
	/// One piece of work has one report.
	OneReport,
	/// One dispute has one trace.
	OneTrace,
	/// One round has one vote.
	OneVote,
	/// What is signed is in the book before it is given away.
	SignedOnce,
	/// Numbers of quotes come from the disk.
	Numbers,
	/// What is read is what was written under this key.
	Sums,
}

/// Whether a rule is kept.
#[cfg(not(test))]
pub(crate) const fn on(_: Check) -> bool {
	true
}

/// The rules that are off, to be taken along to another thread.
#[cfg(not(test))]
pub(crate) struct Switches;

#[cfg(not(test))]
impl Switches {
	pub(crate) const fn here() -> Self {
		Self
	}

	pub(crate) fn within<T>(&self, act: impl FnOnce() -> T) -> T {
		act()
	}
}

#[cfg(test)]
pub(crate) use switched::{Switches, on, without};

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

	pub(crate) struct Switches(Vec<Check>);

	impl Switches {
		pub(crate) fn here() -> Self {
			Self(OFF.with_borrow(Clone::clone))
		}

		pub(crate) fn within<T>(&self, act: impl FnOnce() -> T) -> T {
			without(&self.0, act)
		}
	}

	/// What `act` returns on this thread while these rules are off.
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
