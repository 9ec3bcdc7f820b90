// SPDX-License-Identifier: Apache-2.0

//! The defences that tests switch off one by one, to show that what each of them stops is real.
//!
//! Outside of tests every one of them is the constant `true`: this crate's own, and those of the whole runtime, which ask for
//! the feature `switches`. No wasm is built with it.

/// A defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
	/// A voucher names its chain.
	Genesis,
	/// A voucher names its session.
	Session,
	/// A voucher names its worker.
	Worker,
	/// A voucher is signed by the session's key.
	Signature,
	/// Vouchers are settled in the order in which they were signed.
	Sequence,
	/// A settled root has the receipts of the one before.
	Extension,
	/// No more is settled than was deposited.
	Deposit,
	/// A quote opens one session.
	QuoteOnce,
	/// Whoever may open a session is named in the quote.
	QuotePayer,
	/// Money is held until the audit window has passed.
	Window,
	/// Nothing of an accused worker becomes final.
	Accused,
	/// Nothing is paid to a worker whose work was proved wrong.
	Convicted,
	/// After a session is closed, what was signed can still be settled.
	Challenge,
	/// The version's terms are looked at again when a worker accepts.
	TermsAtAcceptance,
	/// A claim is about the job that it is delivered for, by its worker.
	Claim,
	/// No answer has more tokens than were asked for.
	Limits,
	/// A posted answer is the one that was committed to.
	Answer,
	/// What is owed in the clear is what the claim commits to.
	Owed,
	/// An encrypted answer is no longer than the claimed one can be.
	Padding,
	/// Whoever is made to post its answer gets what that costs, and no more.
	Posting,
	/// A spending key spends no more than its cap.
	Cap,
	/// What returns from a session counts only for the grant that paid for it.
	Grant,
	/// What a worker takes on is counted against its bond.
	Exposure,
	/// Nobody but the worker settles.
	Settler,
	/// The key that signs quotes does not settle.
	Account,
	/// Nothing runs out while the court cannot be spoken to.
	Stopped,
	/// A worker that fails after it delivered is fined the levy besides.
	Levy,
	/// Audits that were ordered are paid for when they are drawn.
	Funded,
	/// What is demanded fails in time, however often the worker is accused.
	Hearing,
	/// What an answer does not cost goes back when it is delivered.
	Rest,
	/// A drawn worker cannot be given less time than its limits need.
	Time,
	/// It costs something to have had a worker for nothing.
	Charge,
	/// Payers have back what nobody settled, though the worker is accused.
	PayersClock,
	/// A worker that can settle nothing while a verdict waits loses nothing by that.
	Barred,
	/// Whoever is condemned delivers nothing more.
	Condemned,
	/// A delivery has something of what was asked for.
	Empty,
	/// Nobody is fined for not accepting what the chain does not let it accept.
	Blameless,
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
