// SPDX-License-Identifier: Apache-2.0

//! Who is owed a share of what was paid for answers.
//!
//! Each version and each dataset has a pot. What a pot holds is divided between its owner and the pots of what it was
//! made from, and so on up.

use crate::ids::{DatasetId, VersionId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::Permill;

/// Most shares of a pot: 16 parents, 32 datasets and 8 dues.
pub const MAX_SHARES: u32 = 56;

/// Whose money it is.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Pot {
	Version(VersionId),
	Dataset(DatasetId),
}

/// What of a pot goes on to another.
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
pub struct Share {
	pub pot: Pot,
	pub part: Permill,
}

/// How a pot is divided.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Split<AccountId> {
	/// Gets what the shares leave.
	pub owner: AccountId,
	/// At most [`MAX_SHARES`]. All of them name pots of what was registered before, so that no money goes in circles, and
	/// together they are at most the whole.
	pub shares: Vec<Share>,
	/// Nothing is paid while it is disputed to whom.
	pub frozen: bool,
}

/// Who knows how pots are divided.
pub trait Splits<AccountId> {
	/// None: there is no such pot.
	fn split(pot: Pot) -> Option<Split<AccountId>>;
}

/// Where fees go.
pub trait Pots {
	/// Money in a hand, as the currency has it.
	type Money;

	/// Puts money into a pot. It comes back if there is no such pot.
	fn credit(pot: Pot, money: Self::Money) -> Result<(), Self::Money>;
}
