// SPDX-License-Identifier: Apache-2.0

//! What jobs and the court ask about workers.

use super::Tier;
use crate::{
	BlockNumber,
	ids::{AttestationId, VersionId, WorkerId},
};
use atelier_referee::{commit::Bounded, hash::Digest};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Why a worker cannot take on work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Unfit {
	Unknown,
	/// It does not offer the version.
	NoOffer,
	/// It has not said for too long that it is there.
	NotLive,
	/// It has begun to leave, or its bond has fallen below the least.
	Leaving,
	/// Its work was proved wrong.
	Convicted,
	/// Its bond covers no more work that is not final.
	ExposureFull,
	/// Nobody independent has said of late that the weights can be had.
	WeightsUnattested,
	/// The whole of what it offers is taken.
	OfferExhausted,
}

/// What a worker asks for work on a version.
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
pub struct Offer<Balance> {
	/// For each unit.
	pub price: Balance,
	/// Most one-shot jobs at once.
	pub capacity: u32,
}

/// What became of work that a worker took on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<Balance> {
	/// It is final, and the treasury got this of it.
	Paid { treasury: Balance },
	/// It was assigned and refused, or not begun in time.
	Refused,
	/// It was begun and not delivered in time, or delivered and not handed over.
	Failed,
	/// The input was missing, by what the worker says; nobody can show who is to blame. The treasury got this for it, of the
	/// payer's.
	Void { treasury: Balance },
}

/// What jobs ask about workers.
pub trait Workers<AccountId, Balance> {
	/// The worker that an account speaks for.
	fn of(account: &AccountId) -> Option<WorkerId>;

	/// The account that speaks for a worker, and is paid.
	fn account(worker: WorkerId) -> Option<AccountId>;

	/// The key that signs a worker's quotes.
	fn signer(worker: WorkerId) -> Option<AccountId>;

	/// What it asks for work on a version now; it could begin with it.
	fn offer(worker: WorkerId, version: VersionId, tier: Tier) -> Result<Offer<Balance>, Unfit>;

	/// Whether it may serve a version at all, at a price that it names itself.
	fn fit(worker: WorkerId, version: VersionId, tier: Tier) -> Result<(), Unfit>;

	/// One of those that offer work on a version for at most this price, and could take on this value. By the seed, their
	/// bonds and what is known of them.
	fn draw(version: VersionId, tier: Tier, most: Balance, value: Balance, seed: &Digest) -> Option<WorkerId>;

	/// The most that its bond can cover of work that is not final, were there no other.
	fn cover(worker: WorkerId) -> Balance;

	/// Takes on a value.
	fn engage(worker: WorkerId, value: Balance) -> Result<(), Unfit>;

	/// The value is final, or came to nothing.
	fn discharge(worker: WorkerId, value: Balance);

	/// A one-shot job begins or ends to count against the capacity of an offer.
	fn occupy(worker: WorkerId, version: VersionId) -> Result<(), Unfit>;
	fn vacate(worker: WorkerId, version: VersionId);

	/// What became of its work.
	fn note(worker: WorkerId, outcome: Outcome<Balance>);

	/// Takes from its bond what breaking its word costs; the treasury gets it. Never more than there is.
	fn fine(worker: WorkerId, amount: Balance);

	/// Whether its work was proved wrong: it takes on nothing, and what becomes final is not paid.
	fn convicted(worker: WorkerId) -> bool;

	/// For how many blocks in all its work could not become final, since it was accused, or a verdict against it waited
	/// that governance may undo.
	fn frozen(worker: WorkerId) -> BlockNumber;

	/// For how many blocks in all it could take on nothing, since a verdict against it waited that governance may undo.
	fn barred(worker: WorkerId) -> BlockNumber;

	/// Whether its work cannot become final now, as [`Workers::frozen`] counts.
	fn accused(worker: WorkerId) -> bool;
}

/// By what an auditor takes part in draws, and since when.
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
pub struct Standing<Balance> {
	/// The key of its verifiable random function (sr25519).
	pub key: Digest,
	/// Its bond.
	pub weight: Balance,
	/// It counts for what is put on the chain after this block.
	pub since: BlockNumber,
}

/// What a worker is slashed for.
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
pub enum Fault {
	/// Exact work was proved wrong.
	Wrong,
	/// It did not open what an auditor was drawn to see.
	NotServed,
	/// It reported on an audit that it did not make.
	LazyAudit,
}

impl Fault {
	/// Whether nothing of the worker's that is not final is paid. Silence too: otherwise who is found out would rather be
	/// silent than be proved wrong.
	pub fn convicts(self) -> bool {
		matches!(self, Self::Wrong | Self::NotServed)
	}
}

/// What the court asks about workers, and does to them.
pub trait Accused<AccountId, Balance> {
	/// The worker that an account speaks for.
	fn of(account: &AccountId) -> Option<WorkerId>;

	/// The account that speaks for a worker.
	fn account(worker: WorkerId) -> Option<AccountId>;

	/// By what an auditor takes part in draws about what was put on the chain in a block.
	fn standing(worker: WorkerId, at: BlockNumber) -> Option<Standing<Balance>>;

	/// The weight of all auditors.
	fn auditing() -> Balance;

	/// Whether too little is known of a worker.
	fn newcomer(worker: WorkerId) -> bool;

	/// From now on it has one accusation more, or less. While it has any, nothing of its becomes final, and its bond stays.
	fn accuse(worker: WorkerId);
	fn acquit(worker: WorkerId);

	/// Its fault was proved. The slash waits, so that governance can undo it; `prover` gets a part.
	fn convict(worker: WorkerId, fault: Fault, prover: Option<AccountId>);

	/// Whether its work was proved wrong.
	fn convicted(worker: WorkerId) -> bool;

	/// It made so many audits and said so.
	fn audited(worker: WorkerId, audits: u32);
}

/// Most addresses of an endpoint.
pub const MAX_ADDRESSES: usize = 4;
/// Longest address, in bytes.
pub const MAX_ADDRESS: usize = 64;

/// Where a worker is reached.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Endpoint {
	/// Its name in the network (`EndpointId`), by which relays and discovery find it.
	pub id: Digest,
	/// Where it may be reached directly, as `host:port`.
	pub addresses: Bounded<Bounded<u8, MAX_ADDRESS>, MAX_ADDRESSES>,
}

/// What a worker signs with, draws with and is reached by.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Keys<AccountId> {
	/// Signs its quotes.
	pub signer: AccountId,
	/// The key of its verifiable random function (sr25519).
	pub vrf: Digest,
	pub endpoint: Endpoint,
}

/// Somebody attested, in a way that holds now, that it fetched all weights of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retrieval<AccountId> {
	pub by: AccountId,
	/// The block in which it said so.
	pub at: BlockNumber,
	/// The last block in which it counts, if there is one.
	pub until: Option<BlockNumber>,
}

/// Who knows what was attested of weights.
pub trait Retrievals<AccountId> {
	/// What an attestation says, if it holds now and says that the weights of this version were fetched.
	fn retrieval(version: VersionId, attestation: AttestationId) -> Option<Retrieval<AccountId>>;

	/// Whose version it is: its word for it counts nothing.
	fn owner(version: VersionId) -> Option<AccountId>;
}
