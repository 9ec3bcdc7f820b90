// SPDX-License-Identifier: Apache-2.0

//! A session's receipts as one hash that also says how many units they come to.
//!
//! 1. Each answer adds a [`Receipt`]: its claim, and the units that it costs. Both sides keep only the [`Peaks`]; a
//!    voucher signs the [`Root`] over them.
//! 2. A later root must be an [`Extension`] of the one that was settled, so that no paid receipt is ever exchanged.
//! 3. An audit draws a number among the units. An [`Inclusion`] proof opens the receipt that covers it, and where the
//!    receipt's units begin and end follows from the proof itself ([`Interval`]).
//!
//! The shape is that of certificate transparency: the left part of a tree is the largest power of two below its size,
//! so appending needs the peaks only. A node is hashed with the units below each of its children; whoever states a wrong
//! number anywhere cannot open what lies under it.
//!
//! - a receipt: `16 ‖ index ‖ claim ‖ units`
//! - a node: `17 ‖ left ‖ left's units ‖ right ‖ right's units`
//! - the root: `18 ‖ receipts ‖ units ‖ top`, where the top of none is 32 zeros
//!
//! Units are 64 bits, since the cumulative units that a voucher signs are; 128 could never overflow, but would make each
//! sibling a fifth longer to count what nobody can pay.
//!
//! Why this is not polkadot-ckb-merkle-mountain-range with a summing merge: its merge sees two items but no positions, so
//! the left siblings' units, of which an interval consists, would have to be found by a second walk over its proofs; its
//! node and ancestry proofs carry stated positions, are sorted and deduplicated while they are verified, and accept
//! repeated items, so one statement has several proofs; one error stands for everything that is wrong; and it indexes,
//! unwraps and computes sizes unchecked.

mod extension;
mod inclusion;
mod nodes;
mod peaks;
mod receipts;
mod way;

pub use extension::Extension;
pub use inclusion::Inclusion;
pub use nodes::Nodes;
pub use peaks::Peaks;
pub use receipts::Receipts;

use super::{Error, MAX_LEAVES};
use crate::{
	checks::{Check, on},
	hash::{Blake2b256, Digest},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

// Beside the four of the trees.
const RECEIPT: u8 = 16;
const NODE: u8 = 17;
const ROOT: u8 = 18;

/// One answer of a session. It may cost nothing; then no draw ever finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Receipt {
	/// The hash of the claim.
	pub claim: Digest,
	/// The units that the answer costs.
	pub units: u64,
}

/// A node: what is below it, and the sum of its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Summed {
	/// The digest.
	pub digest: Digest,
	/// The sum.
	pub units: u64,
}

/// What a voucher signs and what a settlement keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Root {
	/// How many receipts there are.
	pub receipts: u64,
	/// The units of all of them.
	pub units: u64,
	/// The hash of both numbers and the top.
	pub digest: Digest,
}

/// The units that a receipt covers: those after `from`, up to and including `to`, counting a session's units from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Interval {
	/// The units of all receipts before.
	pub from: u64,
	/// The units with this receipt.
	pub to: u64,
}

impl Interval {
	/// Whether a drawn unit is one of these.
	pub const fn contains(&self, unit: u64) -> bool {
		self.from < unit && unit <= self.to
	}
}

impl Receipt {
	/// The leaf.
	pub(super) fn leaf<H: Blake2b256>(&self, index: u64) -> Summed {
		let mut message = Vec::with_capacity(49);
		message.push(RECEIPT);
		if on(Check::Index) {
			message.extend_from_slice(&index.to_le_bytes());
		}
		message.extend_from_slice(&self.claim);
		if on(Check::Sums) {
			message.extend_from_slice(&self.units.to_le_bytes());
		}
		Summed {
			digest: H::hash(&message),
			units: self.units,
		}
	}
}

impl Summed {
	/// The node over two neighbours.
	pub(super) fn join<H: Blake2b256>(left: &Self, right: &Self) -> Result<Self, Error> {
		let units = left.units.checked_add(right.units).ok_or(Error::UnitsOverflow)?;
		let mut message = Vec::with_capacity(81);
		message.push(NODE);
		for child in [left, right] {
			message.extend_from_slice(&child.digest);
			if on(Check::Sums) {
				message.extend_from_slice(&child.units.to_le_bytes());
			}
		}
		Ok(Self {
			digest: H::hash(&message),
			units,
		})
	}

	/// The node over trees from left to right of which each is larger than the next; nothing over none.
	pub(super) fn bag<'a, H: Blake2b256>(
		peaks: impl DoubleEndedIterator<Item = &'a Self>,
	) -> Result<Option<Self>, Error> {
		let mut peaks = peaks.rev();
		let Some(lowest) = peaks.next() else { return Ok(None) };
		peaks
			.try_fold(*lowest, |right, left| Self::join::<H>(left, &right))
			.map(Some)
	}
}

impl Root {
	/// The root of a session without receipts.
	pub fn empty<H: Blake2b256>() -> Self {
		Self::over::<H>(0, None)
	}

	/// The root over so many receipts.
	pub(super) fn over<H: Blake2b256>(receipts: u64, top: Option<&Summed>) -> Self {
		let units = top.map_or(0, |top| top.units);
		let mut message = Vec::with_capacity(49);
		message.push(ROOT);
		if on(Check::Count) {
			message.extend_from_slice(&receipts.to_le_bytes());
		}
		message.extend_from_slice(&units.to_le_bytes());
		// No receipts have no top; their number says so.
		message.extend_from_slice(&top.map_or_else(Digest::default, |top| top.digest));
		Self {
			receipts,
			units,
			digest: H::hash(&message),
		}
	}

	/// Whether this root is over this top.
	pub(super) fn check<H: Blake2b256>(&self, top: Option<&Summed>) -> Result<(), Error> {
		let root = Self::over::<H>(self.receipts, top);
		if root.units != self.units {
			Err(Error::WrongUnits)
		} else if root.digest != self.digest {
			Err(Error::RootMismatch)
		} else {
			Ok(())
		}
	}

	/// Whether a range may have that many receipts.
	pub(super) fn check_count(&self) -> Result<(), Error> {
		if self.receipts > MAX_LEAVES {
			Err(Error::TooManyLeaves)
		} else {
			Ok(())
		}
	}
}
