// SPDX-License-Identifier: Apache-2.0

//! What jobs and the court ask of each other.

use super::{Tier, Work};
use crate::{
	BlockNumber,
	ids::{VersionId, WorkerId},
};
use atelier_referee::{commit::mountain, hash::Digest};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// One audit, as expected numbers of audits are counted: they are fractions.
pub const ONE_AUDIT: u64 = 1 << 32;

/// What decides who audits a piece of work. Fixed when it is put on the chain, before anybody knows the randomness.
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
pub struct Drawing<Balance> {
	/// The number of the seed that draws.
	pub seed: u32,
	/// The weight of all auditors.
	pub weight: Balance,
	/// How many audits are to be expected, in parts of [`ONE_AUDIT`].
	pub expected: u64,
}

/// What a worker claims in a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Claims {
	/// One claim, by its leaf, and what it costs.
	One { claim: Digest, units: u64 },
	/// Those that a session's receipts got since its last settlement.
	Since {
		earlier: mountain::Root,
		later: mountain::Root,
	},
}

impl Claims {
	/// The units that a draw can find: after the first, up to and including the second.
	pub fn units(&self) -> (u64, u64) {
		match self {
			Self::One { units, .. } => (0, *units),
			Self::Since { earlier, later } => (earlier.units, later.units),
		}
	}
}

/// Work that is not final, as auditors and the court see it. Its worker has put it on the chain itself: nobody else can make
/// it claim anything.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Pending<AccountId, Balance> {
	pub worker: WorkerId,
	pub payer: AccountId,
	pub version: VersionId,
	pub tier: Tier,
	pub claims: Claims,
	/// The request, if the chain knows it: of a job.
	pub request: Option<Digest>,
	/// What the payer pays for it.
	pub value: Balance,
	/// Only the payer and drawn auditors may read it, and so only they may accuse.
	pub sealed: bool,
	/// The block in which it was put on the chain.
	pub at: BlockNumber,
	/// The last block in which somebody can accuse, were its worker accused no longer and the court not stopped.
	pub until: BlockNumber,
	pub drawing: Drawing<Balance>,
}

/// What the court asks about work.
pub trait Works<AccountId, Balance> {
	/// Work that is not final. None: unknown, final, or overturned.
	fn pending(work: Work) -> Option<Pending<AccountId, Balance>>;

	/// It is not paid: the payer gets everything back.
	fn overturn(work: Work);
}

/// What jobs ask of auditors.
pub trait Audits<Balance> {
	/// Money in a hand, as the currency has it.
	type Money;

	/// What decides who audits work of a worker that is put on the chain now; `more` audits were paid for besides.
	fn drawing(worker: WorkerId, value: Balance, more: u32) -> Drawing<Balance>;

	/// For how many blocks work waits for audits before it is final.
	fn window() -> BlockNumber;

	/// How many blocks the court has not counted, ever: nobody could speak to it in them, so nothing runs out meanwhile.
	fn stopped() -> BlockNumber;

	/// What one audit costs.
	fn fee() -> Balance;

	/// Money for auditors. It comes back if it cannot be taken.
	fn fund(money: Self::Money) -> Result<(), Self::Money>;
}
