// SPDX-License-Identifier: Apache-2.0

//! Pots, what is owed to whom, and why.

use crate::pots::Pot;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::Permill;

pub use super::MAX_PAGE;

/// Money that went, or would go, from one pot to another.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Passed<Balance> {
	/// The other pot.
	pub pot: Pot,
	pub amount: Balance,
}

/// A share of a pot, and what went to it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct ShareView<Balance> {
	pub pot: Pot,
	pub part: Permill,
	pub passed: Balance,
}

/// All about a pot: `received = earned + passed + held`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct PotView<AccountId, Balance> {
	/// Who is paid now. Earlier owners may have earned a part of `earned`.
	pub owner: AccountId,
	pub frozen: bool,
	pub held: Balance,
	pub received: Balance,
	/// What its owners got.
	pub earned: Balance,
	/// What went on to other pots.
	pub passed: Balance,
	/// Whether the chain will divide it by itself.
	pub queued: bool,
	pub shares: Vec<ShareView<Balance>>,
}

/// What a division would give to whom now. Pots further up divide what they get by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct PendingView<AccountId, Balance> {
	pub owner: AccountId,
	pub earned: Balance,
	pub passed: Vec<Passed<Balance>>,
	/// Too little to divide.
	pub stays: Balance,
}

/// From which pot somebody earned what in an era: `part` of `divided`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct SourceView<Balance> {
	pub pot: Pot,
	/// What was divided while the pot was theirs.
	pub divided: Balance,
	pub earned: Balance,
	pub part: Permill,
}

/// Why somebody earned what it earned in an era.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct ExplanationView<Balance> {
	/// In the whole era, whatever the page shows.
	pub earned: Balance,
	pub sources: Vec<SourceView<Balance>>,
	pub next: Option<Pot>,
}

/// To which pots one passed on how much.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct ReceiversView<Balance> {
	pub receivers: Vec<Passed<Balance>>,
	pub next: Option<Pot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct QueueView {
	pub length: u64,
	/// The pot that is divided next.
	pub next: Option<Pot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct ErasView<BlockNumber> {
	pub current: u32,
	/// The block in which it began.
	pub began: BlockNumber,
	/// How many blocks an era lasts.
	pub length: BlockNumber,
	/// The first that is still explained.
	pub oldest: u32,
}
