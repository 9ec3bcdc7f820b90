// SPDX-License-Identifier: Apache-2.0

//! The defences that tests switch off one by one, to show that the attack which each of them stops is real.
//!
//! Outside this crate's own tests every one of them is the constant `true`.

/// A defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
	/// A session is attached by its voucher key.
	Proof,
	/// No two connections have the same nonce.
	Nonce,
	/// A session serves its own version.
	Version,
	/// What is served unsigned is at most the window, with all that is being made.
	Window,
	/// What is served costs at most the deposit.
	Deposit,
	/// An answer that is cut is claimed and paid as far as it came.
	CutIsPaid,
	/// The same request again is the same answer, and has one receipt.
	Same,
	/// The voucher key signed the voucher.
	Signature,
	/// A voucher's sequence is higher than that of the last one.
	Sequence,
	/// A voucher's root is one of the session's receipts.
	Root,
	/// Who asks for an audit has drawn it.
	Lot,
	/// Who shows a lot has the key that drew it.
	Auditor,
	/// A claim is about what was asked.
	About,
	/// A claim commits to the tokens that were sent.
	Tokens,
	/// A root has the receipts that the requester knows, and no other.
	Extends,
	/// A request is paid once.
	Once,
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

	/// Puts the defences back when it is dropped. Tests run all of their tasks on one thread.
	pub(crate) struct Without(Vec<Check>);

	impl Drop for Without {
		fn drop(&mut self) {
			OFF.set(std::mem::take(&mut self.0));
		}
	}

	/// These defences are off on this thread until what is returned is dropped.
	pub(crate) fn without(checks: &[Check]) -> Without {
		Without(OFF.replace(checks.to_vec()))
	}
}
