// SPDX-License-Identifier: Apache-2.0

//! What a version was made from, and what the withdrawal of any part of it stops.

use crate::{
	BlockNumber,
	ids::DatasetId,
	terms::{Forbidden, Terms, Withdrawal},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::Permill;

/// Whether an owner agrees that what it registered is used.
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
#[serde(rename_all = "camelCase")]
pub enum Consent {
	Given,
	/// For good.
	Withdrawn {
		at: BlockNumber,
	},
}

/// What withdrawals have stopped for a version, by anything in its ancestry. Larger stops more.
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
pub enum Flag {
	Clear,
	/// Nothing new may be made or trained from it.
	NoDerivation,
	/// Nor does it answer.
	NoServing,
}

impl Flag {
	/// What something with these terms does to all that was made from it.
	pub fn of(consent: Consent, terms: &Terms) -> Self {
		Self::caused(consent, terms.withdrawal)
	}

	/// The same, of terms of which only that is known.
	pub fn caused(consent: Consent, withdrawal: Withdrawal) -> Self {
		match (consent, withdrawal) {
			(Consent::Given, _) => Self::Clear,
			(Consent::Withdrawn { .. }, Withdrawal::StopsDerivation) => Self::NoDerivation,
			(Consent::Withdrawn { .. }, Withdrawal::StopsServing) => Self::NoServing,
		}
	}
}

/// Why nothing may be made from a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Unusable {
	Unknown,
	Withdrawn,
	Terms(Forbidden),
	/// As many versions use it as can be counted.
	Overused,
}

/// What versions ask about the datasets that they were made from.
pub trait Datasets {
	/// Whether a version with such terms, which gives it this share, may be made from it in this block.
	fn allow(dataset: DatasetId, derivative: &Terms, share: Permill, now: BlockNumber) -> Result<(), Unusable>;

	/// Counts a version that states it as one of its own: whoever withdraws it stops something then, and its record stays.
	fn used(dataset: DatasetId) -> Result<(), Unusable>;

	/// What its owner has stopped.
	fn flag(dataset: DatasetId) -> Flag;
}

/// Whoever keeps what follows from withdrawals. It cannot refuse: nobody can block a withdrawal.
pub trait OnWithdrawal {
	/// A dataset was withdrawn from which versions were made.
	fn withdrawn(dataset: DatasetId);
}

impl OnWithdrawal for () {
	fn withdrawn(_: DatasetId) {}
}
