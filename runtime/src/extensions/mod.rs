// SPDX-License-Identifier: Apache-2.0

//! What this chain checks of a transaction beside what every chain checks.

mod court_order;

pub use court_order::CourtOrder;

/// Why a transaction is refused, by the number that clients see.
pub mod refusals {
	/// The part of blocks that is kept for operational transactions is not for this one: the signer may not make that move
	/// now, or it is no move of the court. In a batch with something else it is a transaction like any other.
	pub const NOT_ENTITLED: u8 = 1;
	/// A move about the same matter failed in one of the last eight blocks.
	pub const TOO_SOON: u8 = 2;
}
