// SPDX-License-Identifier: Apache-2.0

//! Workers as clients see them.

use crate::{
	BlockNumber,
	ids::{AttestationId, VersionId, WorkerId},
	work::workers::{Fault, Keys, Offer, Standing},
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::Permill;

/// All about a worker.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerView<AccountId, Balance> {
	pub worker: WorkerId,
	/// Speaks for it and is paid.
	pub account: AccountId,
	/// To whom it was offered.
	pub successor: Option<AccountId>,
	pub keys: Keys<AccountId>,
	/// What it says of its hardware.
	pub hardware: Vec<u8>,
	pub registered: BlockNumber,
	/// The last block in which it counts as there, without another heartbeat.
	pub live_until: BlockNumber,
	pub bond: Balance,
	/// What of its bond is on its way out, the oldest first.
	pub unbonding: Vec<UnbondingView<Balance>>,
	/// The value of its work that is not final, and the most that its bond covers of that.
	pub exposure: Balance,
	pub cover: Balance,
	pub offers: u32,
	/// Whether it wants to audit, and by what it does for work that is put on the chain in the next block.
	pub auditing: bool,
	pub standing: Option<Standing<Balance>>,
	/// How many accusations are open, and for how many blocks in all there were some.
	pub accusations: u32,
	pub frozen: BlockNumber,
	pub convicted: bool,
	/// How many slashes wait.
	pub slashes: u32,
	pub reputation: ReputationView<Balance>,
}

/// What is known of a worker's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct ReputationView<Balance> {
	/// What the treasury got of what was paid for its work.
	pub treasury: Balance,
	pub audits: u32,
	pub failures: u32,
	pub refusals: u32,
	pub voids: u32,
	/// What the treasury got for voids, of the payers.
	pub voided: Balance,
	pub faults: u32,
	/// Whether that is too little to go by.
	pub newcomer: bool,
	/// By what its bond is multiplied in draws, in thousandths.
	pub factor: u32,
}

/// A part of a bond that is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct UnbondingView<Balance> {
	pub amount: Balance,
	/// The first block in which it can be withdrawn, if there are no more accusations until then.
	pub until: BlockNumber,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct OfferView<Balance> {
	pub worker: WorkerId,
	pub version: VersionId,
	pub offer: Offer<Balance>,
	/// How many one-shot jobs it has.
	pub occupied: u32,
	/// Whether it can be drawn; all others are for sessions.
	pub listed: bool,
	/// Whether its worker is there, and may take on work.
	pub serves: bool,
}

/// Who says that the weights of a version can be had.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct HostsView {
	/// Whether that is enough for exact work.
	pub attested: bool,
	pub hosts: Vec<HostView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct HostView {
	pub worker: WorkerId,
	pub attestation: AttestationId,
	/// The last block in which its word counts. None: it does not count now.
	pub until: Option<BlockNumber>,
}

/// A slash that waits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct SlashView<AccountId> {
	pub number: u64,
	pub fault: Fault,
	/// Of the bond, when it is applied.
	pub fraction: Permill,
	/// The first block in which it is applied.
	pub due: BlockNumber,
	pub prover: Option<AccountId>,
	/// The prover's part of it.
	pub part: Permill,
}
