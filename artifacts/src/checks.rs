// SPDX-License-Identifier: Apache-2.0

//! The defences that tests switch off one by one, to show that what each of them stops is real.
//!
//! Outside of this crate's tests each of them is the constant `true`.

/// A defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
	/// A folder belongs to one process.
	Lock,
	/// Room is reserved before the first byte comes.
	Quota,
	/// What is pinned is not evicted.
	Pins,
	/// What a window keeps is not evicted before the window's end.
	Retention,
	/// A host that states another length than the chain is not read from.
	Length,
	/// A host that sends too slowly is left.
	Stall,
	/// Who reads too slowly is left.
	SlowReader,
	/// Only who is named reads what is private.
	Access,
	/// A blob is served as bytes, never as a list of other blobs.
	Children,
	/// Whether a blob is here is told to nobody who may not read it.
	Observing,
	/// Connections are limited, in all and by address.
	Connections,
	/// A connection asks so many times and no more.
	Requests,
	/// A request is as long as requests are, and comes in time.
	RequestSize,
	/// A stranger's record names only addresses of the public network.
	PublicAddresses,
	/// A ciphertext belongs to one key.
	KeyCommitment,
	/// A ciphertext that ends early is refused.
	Truncation,
}

/// Which defences are on: all of them, but in tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checks {
	#[cfg(test)]
	off: Option<Check>,
}

impl Checks {
	/// All but one.
	#[cfg(test)]
	pub(crate) fn without(check: Check) -> Self {
		Self { off: Some(check) }
	}

	#[cfg(test)]
	pub(crate) fn on(self, check: Check) -> bool {
		self.off != Some(check)
	}

	#[cfg(not(test))]
	pub(crate) fn on(self, _: Check) -> bool {
		true
	}
}
