// SPDX-License-Identifier: Apache-2.0

//! What payers and workers sign off the chain: offers of a price, and what was served so far.

use crate::{
	BlockNumber,
	ids::{SessionId, VersionId, WorkerId},
};
use alloc::vec::Vec;
use atelier_referee::{
	commit::mountain,
	hash::{Blake2b256, Digest},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What a worker signs before a session: for whom it serves at which price.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Quote<AccountId, Balance> {
	pub worker: WorkerId,
	pub version: VersionId,
	/// Who may open a session with it.
	pub payer: AccountId,
	/// For each unit.
	pub price: Balance,
	/// Most that may be deposited.
	pub capacity: Balance,
	/// Most units that it serves unsigned.
	pub window: u64,
	/// Paid when the session is opened, whatever is used of it.
	pub reservation: Balance,
	/// The last block in which a session can be opened with it.
	pub until: BlockNumber,
	/// No two quotes of a worker have the same.
	pub number: u64,
}

/// What a payer signs after each answer: all that was served so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Voucher {
	pub session: SessionId,
	/// Larger than that of every voucher before.
	pub sequence: u64,
	/// Of all receipts.
	pub receipts: mountain::Root,
}

impl<AccountId: Encode, Balance: Encode> Quote<AccountId, Balance> {
	/// What is signed.
	pub fn message(&self, genesis: &Digest) -> Vec<u8> {
		(b"atelier/quote", genesis, self).encode()
	}
}

impl Voucher {
	/// What is signed: for a session with this worker. Where a fork of the chain gave the session's number to one with another
	/// worker, that one cannot settle it.
	pub fn message(&self, genesis: &Digest, worker: WorkerId) -> Vec<u8> {
		(b"atelier/voucher", genesis, worker, self).encode()
	}
}

/// What a settlement is among all that a block settles, in place of a claim: by it a receipt is shown to be settled when
/// everything else about its session is gone.
pub fn settled<H: Blake2b256>(session: SessionId, number: u32, root: &mountain::Root) -> Digest {
	H::hash(&(b"atelier/settled", session, number, root).encode())
}
