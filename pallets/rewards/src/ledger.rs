// SPDX-License-Identifier: Apache-2.0

//! What is written down.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::traits::{CheckedAdd, CheckedSub};

/// A pot: `received = earned + passed + held`.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Ledger<Balance> {
	pub held: Balance,
	/// All that was ever put in.
	pub received: Balance,
	/// All that its owners ever got.
	pub earned: Balance,
	/// All that ever went to other pots.
	pub passed: Balance,
	/// Its place in the queue.
	pub queued: Option<u64>,
}

impl<Balance: CheckedAdd + CheckedSub> Ledger<Balance> {
	pub fn receive(self, amount: &Balance) -> Option<Self> {
		Some(Self {
			held: self.held.checked_add(amount)?,
			received: self.received.checked_add(amount)?,
			..self
		})
	}

	pub fn give(self, earned: &Balance, passed: &Balance) -> Option<Self> {
		Some(Self {
			held: self.held.checked_sub(earned)?.checked_sub(passed)?,
			earned: self.earned.checked_add(earned)?,
			passed: self.passed.checked_add(passed)?,
			..self
		})
	}
}

/// The queue's places in use: from `first` to before `end`. Those of pots that were closed are empty.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Ends {
	pub first: u64,
	pub end: u64,
}

#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Era<BlockNumber> {
	pub index: u32,
	/// The block in which it began.
	pub began: BlockNumber,
}

#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Kept {
	/// The first era that is kept whole. Those before it are being forgotten, and no longer explained.
	pub whole: u32,
	/// The first era of which anything may be left.
	pub any: u32,
}

/// What somebody earned from a pot in an era.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Source<Balance> {
	/// What was divided while the pot was theirs.
	pub divided: Balance,
	pub earned: Balance,
}

#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Totals<Balance> {
	/// All that ever came from outside into pots.
	pub credited: Balance,
	/// What was earned in eras that are forgotten.
	pub forgotten: Balance,
	/// What closed pots got, and what of it their owners earned and other pots got.
	pub closed_received: Balance,
	pub closed_earned: Balance,
	pub closed_passed: Balance,
}
