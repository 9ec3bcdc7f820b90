// SPDX-License-Identifier: Apache-2.0

//! Audits and disputes as clients see them.

use crate::{
	BlockNumber,
	ids::{DisputeId, WorkerId},
	work::{Work, audits::Pending},
};
use atelier_referee::{
	claim::{Claim, Request},
	commit::Commitment,
	dispute::Party,
	hash::Digest,
};
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// What an auditor must know to find out whether it is drawn, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AuditView<AccountId, Balance> {
	pub work: Pending<AccountId, Balance>,
	/// None: the randomness is not there yet.
	pub seed: Option<SeedView<Balance>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SeedView<Balance> {
	pub value: Digest,
	/// The last blocks to commit and to reveal in.
	pub commit: BlockNumber,
	pub reveal: BlockNumber,
	/// What an audit is paid.
	pub fee: Balance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ReportView {
	/// The hash of what will be revealed.
	Sealed(Digest),
	/// The hash of the revealed proofs, and the output that drew the auditor.
	Revealed { proofs: Digest, output: Digest },
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DisputeView<AccountId, Balance> {
	pub work: Work,
	pub worker: WorkerId,
	pub challenger: AccountId,
	pub bond: Balance,
	pub claim: Claim,
	pub request: Request,
	/// Leaves of its trace.
	pub leaves: u64,
	pub trace: Option<Commitment>,
	pub canary: bool,
	/// Who must do something, until which tick of the court's clock. None: it waits.
	pub turn: Option<(Party, u32)>,
	/// How it goes on.
	pub stage: DisputeStage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum DisputeStage {
	Queued,
	Trace,
	Proving,
	Playing,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DutyView<AccountId, Balance> {
	pub work: Work,
	pub worker: WorkerId,
	pub auditor: AccountId,
	pub bond: Balance,
	pub owed: OwedView,
	pub until: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum OwedView {
	/// The claim that covers a unit, with its request.
	Receipt { unit: u64 },
	/// These leaves, in this order.
	Leaves {
		of: Commitment,
		leaves: alloc::vec::Vec<u64>,
	},
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct InquiryView<AccountId, Balance> {
	pub work: Work,
	pub worker: WorkerId,
	pub accuser: AccountId,
	pub bond: Balance,
	pub claim: Digest,
	pub round: u8,
	pub right: u32,
	pub wrong: u32,
	/// None: the randomness that draws the committee is not there yet.
	pub seed: Option<SeedView<Balance>>,
	/// The last block to appeal in, if it is decided.
	pub appeal: Option<BlockNumber>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CourtView<Balance> {
	/// Blocks in which the court had room.
	pub clock: u32,
	/// The last block of a pause.
	pub paused: Option<BlockNumber>,
	/// What auditors can be paid from.
	pub fund: Balance,
	/// The number that the next dispute gets.
	pub next: DisputeId,
	/// The number of the last seed.
	pub seed: u32,
}
