// SPDX-License-Identifier: Apache-2.0

//! Sessions and jobs as clients see them.

use crate::{
	BlockNumber,
	ids::{JobId, SessionId, VersionId, WorkerId},
	terms::Use,
	work::{Tier, audits::Drawing, price::Rates},
};
use alloc::vec::Vec;
use atelier_referee::{commit::mountain, hash::Digest};
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SessionView<AccountId, Balance> {
	pub session: SessionId,
	pub payer: AccountId,
	/// The spending key that opened it.
	pub spender: Option<AccountId>,
	pub worker: WorkerId,
	pub version: VersionId,
	pub tier: Tier,
	pub voucher_key: AccountId,
	pub rates: Rates<Balance>,
	pub sealed: bool,
	/// Most that may be deposited, and most units that the worker serves unsigned.
	pub capacity: Balance,
	pub window: u64,
	/// All that was ever deposited, and what of it is on hold.
	pub deposit: Balance,
	pub escrow: Balance,
	/// The number of the last settled voucher, and its root. The next settlement extends it.
	pub sequence: u64,
	pub root: mountain::Root,
	pub opened: BlockNumber,
	pub phase: SessionPhase,
	/// The last block in which something can be settled, as it is now; it moves while the worker is accused.
	pub ends: BlockNumber,
	pub pending: Vec<SettlementView<Balance>>,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionPhase {
	Open,
	/// It was closed or has expired; what was signed can be settled.
	Closing,
	/// Nothing can be settled any more.
	Ended,
}

/// A settlement that waits for its audits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SettlementView<Balance> {
	pub number: u32,
	pub earlier: mountain::Root,
	pub later: mountain::Root,
	pub price: Balance,
	pub at: BlockNumber,
	/// The last block in which somebody can accuse, as it is now.
	pub until: BlockNumber,
	pub drawing: Drawing<Balance>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct JobView<AccountId, Balance> {
	pub job: JobId,
	pub payer: AccountId,
	pub version: VersionId,
	pub tier: Tier,
	pub request: Digest,
	pub wanted: Use,
	pub sealed: bool,
	/// Most tokens that are read and written.
	pub input: u32,
	pub output: u32,
	pub rates: Rates<Balance>,
	/// What is on hold.
	pub escrow: Balance,
	pub worker: Option<WorkerId>,
	pub stage: JobStage,
	/// The last block of the stage, as it is now.
	pub until: BlockNumber,
	/// Blocks from the start to the delivery.
	pub time: BlockNumber,
	pub delivery: Option<DeliveryView<Balance>>,
	/// Which chunks of a long answer must be posted.
	pub demanded: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JobStage {
	Submitted,
	Assigned,
	Accepted,
	Started,
	Delivered,
	Demanded,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DeliveryView<Balance> {
	/// The leaf of the claim.
	pub claim: Digest,
	pub units: u64,
	pub price: Balance,
	pub at: BlockNumber,
	pub drawing: Drawing<Balance>,
	/// The answer was demanded and posted.
	pub posted: bool,
}

/// What a spending key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantView<Balance> {
	pub cap: Balance,
	/// Deposits that have not come back, and reservations.
	pub spent: Balance,
	/// What it can still spend now.
	pub left: Balance,
	/// The last block in which it can be used.
	pub until: BlockNumber,
}
