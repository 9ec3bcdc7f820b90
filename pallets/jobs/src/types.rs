// SPDX-License-Identifier: Apache-2.0

//! What is stored of sessions, grants and jobs.

use crate::Config;
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	terms::Use,
	work::{audits::Drawing, price::Rates, voucher, Tier},
	BlockNumber,
};
use atelier_referee::{
	claim::TOKENS_OF_LEAF,
	commit::{mountain, Commitment, Kind},
	hash::{Blake2b256, Digest},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{
		fungible::{Credit, Inspect},
		ConstU32,
	},
	BoundedVec,
};
use scale_info::TypeInfo;
use sp_runtime::traits::{AtLeast32BitUnsigned, BlakeTwo256, Hash, Saturating};

/// What an item of state costs beside its own bytes, in bytes, as in pallet-models.
pub const ITEM_BYTES: u64 = 100;

/// Most settlements of a session that wait for their audits.
pub const MAX_PENDING: u32 = 16;
/// Most vouchers of one batch.
pub const MAX_BATCH: u32 = 256;
/// Most audits that a payer orders besides.
pub const MAX_AUDITS: u32 = 8;
/// Longest answer that is posted whole, in bytes.
pub const MAX_POSTED: u32 = 16 * 1_024;
/// How many chunks of a longer one are drawn, and the bytes of each but the last.
pub const DRAWN_CHUNKS: usize = 4;
pub const CHUNK_BYTES: usize = 1_024;
/// How much longer than in the clear an encrypted answer is at most: as many times, and so many bytes besides. Texts of
/// tokens, how they are framed, and what encryption adds.
pub const SEALED_TIMES: u64 = 4;
pub const SEALED_BESIDES: u64 = 4_096;
/// Most leaves of a vector that is an answer: 65,536 numbers.
pub const MAX_VECTOR_LEAVES: u64 = 256;

pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// Money in a hand.
pub type MoneyOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;
pub type QuoteOf<T> = voucher::Quote<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type OpeningOf<T> = Opening<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type SessionOf<T> = Session<<T as frame_system::Config>::AccountId, BalanceOf<T>, <T as Config>::Consideration>;
pub type SettlementOf<T> = Settlement<BalanceOf<T>>;
pub type GrantOf<T> = Grant<BalanceOf<T>, <T as Config>::Consideration>;
pub type OrderOf<T> = Order<BalanceOf<T>>;
pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId, BalanceOf<T>, <T as Config>::Consideration>;

/// The hash of everything that is committed to, by the host.
pub struct HostHash;

impl Blake2b256 for HostHash {
	fn hash(message: &[u8]) -> Digest {
		BlakeTwo256::hash(message).0
	}
}

/// What a payer decides when it opens a session, beside what the worker quoted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Opening<AccountId, Balance> {
	pub deposit: Balance,
	/// The last block in which the session serves. What was signed can be settled for a challenge period longer.
	pub expiry: BlockNumber,
	pub wanted: Use,
	/// The key that signs vouchers. It needs no account, and never changes.
	pub voucher_key: AccountId,
	/// Prompts and answers are encrypted: only the payer and drawn auditors may accuse.
	pub sealed: bool,
}

/// A voucher with what shows that it is one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Signed<Signature> {
	pub voucher: voucher::Voucher,
	pub signature: Signature,
	/// That its root has the receipts of the one settled last.
	pub extension: mountain::Extension,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Phase {
	/// It serves up to this block; then it is as if somebody had closed it.
	Open { expiry: BlockNumber },
	/// Somebody closed it. What was signed can be settled.
	Closing,
	/// What nobody settled went back to the payer. Settlements wait for their audits.
	Ended,
}

/// A metered session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Session<AccountId, Balance, Ticket> {
	/// On whose account the deposit is held.
	pub payer: AccountId,
	/// The spending key that opened it.
	pub spender: Option<Spender<AccountId, Balance>>,
	pub worker: WorkerId,
	pub version: VersionId,
	pub tier: Tier,
	pub voucher_key: AccountId,
	pub rates: Rates<Balance>,
	pub sealed: bool,
	/// The number of the quote it was opened with.
	pub quote: u64,
	/// Most that may be deposited, and most units that the worker serves unsigned.
	pub capacity: Balance,
	pub window: u64,
	/// All that was ever deposited.
	pub deposit: Balance,
	/// What of it is still on hold.
	pub escrow: Balance,
	/// The number of the last settled voucher, and its root.
	pub sequence: u64,
	pub root: mountain::Root,
	/// The number of the next settlement.
	pub next: u32,
	pub opened: BlockNumber,
	/// How long what was signed can be settled after it is closed or has expired.
	pub challenge: BlockNumber,
	pub phase: Phase,
	/// The last block in which something can be settled, if all blocks count.
	pub ends: BlockNumber,
	/// How many blocks had not counted for sessions of its worker when that was said.
	pub paused: BlockNumber,
	/// When the agenda looks at it next, and when again if nobody says anything else before. Zero: it does not.
	pub due: BlockNumber,
	pub later: BlockNumber,
	/// By the order in which they were settled.
	pub pending: BoundedVec<Settlement<Balance>, ConstU32<MAX_PENDING>>,
	/// What whoever opened it holds for this record.
	pub ticket: Ticket,
}

/// By whom a session was opened with somebody else's money.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Spender<AccountId, Balance> {
	pub key: AccountId,
	/// The number of the grant that pays.
	pub grant: u64,
	/// What the owner deposited besides, and has not got back. It comes back first, so that none of it can be spent again
	/// by the key.
	pub besides: Balance,
}

/// What one voucher added.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Settlement<Balance> {
	pub number: u32,
	pub earlier: mountain::Root,
	pub later: mountain::Root,
	pub price: Balance,
	pub at: BlockNumber,
	/// The last block in which somebody can accuse, if all blocks count.
	pub until: BlockNumber,
	/// How many blocks had not counted for work of its worker when it was settled.
	pub paused: BlockNumber,
	pub drawing: Drawing<Balance>,
}

/// What a spending key may do on its owner's account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Grant<Balance, Ticket> {
	/// No two grants have the same.
	pub number: u64,
	pub cap: Balance,
	/// Deposits that have not come back, and reservations.
	pub spent: Balance,
	/// The last block in which it can be used.
	pub until: BlockNumber,
	pub ticket: Ticket,
}

/// What a payer asks for in a one-shot job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Order<Balance> {
	pub version: VersionId,
	/// The root of the request.
	pub request: Digest,
	pub wanted: Use,
	/// Prompts and answers are encrypted: only the payer and drawn auditors may accuse.
	pub sealed: bool,
	/// Most tokens that are read and written.
	pub input: u32,
	pub output: u32,
	/// Most that the worker may ask for each unit.
	pub most: Balance,
	/// By whom. None: by whom the chain draws.
	pub worker: Option<WorkerId>,
	/// Audits beside those that the chain draws.
	pub audits: u32,
	/// Blocks from the start to the delivery.
	pub time: BlockNumber,
}

/// What of the parameters a job keeps.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Rules<Balance> {
	/// Blocks in which a worker accepts, starts, and posts an answer that was demanded.
	pub accept: BlockNumber,
	pub start: BlockNumber,
	pub demand: BlockNumber,
	/// What a demand is wagered on.
	pub bond: Balance,
	/// What a worker is fined that does not do what it took on, and one that does not deliver what it began.
	pub refusal: Balance,
	pub failure: Balance,
	/// What each of the ordered audits costs.
	pub audit: Balance,
}

/// An encrypted answer as it was sent to the payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Sealed {
	/// At most [`MAX_POSTED`] bytes, by their hash.
	Whole { bytes: u32, hash: Digest },
	/// More: in chunks of [`CHUNK_BYTES`] bytes, of which only the last is shorter.
	Chunks { bytes: u64, chunks: Commitment },
}

/// What a worker posts if the payer demands the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Owed {
	/// The tokens, or the vector, that the claim commits to.
	Clear(Commitment),
	/// What was sent. Nobody but the payer can see what it is.
	Sealed(Sealed),
}

impl Owed {
	/// What it is committed to by, if only drawn chunks of it are posted.
	pub fn chunks(&self) -> Option<&Commitment> {
		match self {
			Self::Clear(answer) if clear_bytes(answer) > MAX_POSTED.into() => Some(answer),
			Self::Sealed(Sealed::Chunks { chunks, .. }) => Some(chunks),
			_ => None,
		}
	}
}

/// Bytes of a leaf of what a claim commits to: of 64 tokens, or of 256 numbers of a vector.
pub(crate) fn leaf_bytes(kind: Kind) -> usize {
	match kind {
		Kind::Output => CHUNK_BYTES,
		_ => TOKENS_OF_LEAF.saturating_mul(4),
	}
}

/// Most bytes of what a claim commits to.
pub(crate) fn clear_bytes(answer: &Commitment) -> u64 {
	answer.count.saturating_mul(leaf_bytes(answer.kind) as u64)
}

/// A delivered answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Delivery<Balance> {
	/// The leaf of the claim.
	pub claim: Digest,
	pub units: u64,
	pub price: Balance,
	pub answer: Owed,
	pub at: BlockNumber,
	/// The last block in which somebody can accuse, if all blocks count.
	pub until: BlockNumber,
	/// How many blocks had not counted for work of its worker when it was delivered.
	pub paused: BlockNumber,
	pub drawing: Drawing<Balance>,
	/// The payer demanded the answer, and the worker posted it.
	pub posted: bool,
}

/// How far a job is. `until` is always the last block of the stage.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Stage<Balance> {
	/// Nobody could be drawn.
	Submitted { until: BlockNumber },
	/// Waits for the worker to accept.
	Assigned {
		worker: WorkerId,
		drawn: bool,
		until: BlockNumber,
	},
	/// Waits for the worker to say that it has the input.
	Accepted { worker: WorkerId, until: BlockNumber },
	/// Waits for the answer.
	Started { worker: WorkerId, until: BlockNumber },
	/// Waits until nobody can accuse any more.
	Delivered {
		worker: WorkerId,
		delivery: Delivery<Balance>,
	},
	/// Waits for the worker to post the answer.
	Demanded {
		worker: WorkerId,
		delivery: Delivery<Balance>,
		/// Draws the chunks of a long answer.
		seed: Digest,
		until: BlockNumber,
	},
}

/// A one-shot job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Job<AccountId, Balance, Ticket> {
	pub payer: AccountId,
	pub order: Order<Balance>,
	pub tier: Tier,
	/// The worker's is the most it may ask until one is found.
	pub rates: Rates<Balance>,
	pub rules: Rules<Balance>,
	/// What is on hold.
	pub escrow: Balance,
	pub stage: Stage<Balance>,
	/// How many blocks had counted for nobody when the stage began.
	pub stopped: BlockNumber,
	/// When the agenda looks at it next.
	pub due: BlockNumber,
	/// What the payer holds for this record.
	pub ticket: Ticket,
}

impl<AccountId, Balance: AtLeast32BitUnsigned + Copy, Ticket> Job<AccountId, Balance, Ticket> {
	/// The most it can cost at its rates, without audits that were ordered.
	pub fn most(&self) -> Option<Balance> {
		self.rates.price(self.order.units())
	}

	/// For whom it counts as work that is not final, with how much, and whether against the capacity of an offer.
	pub fn engaged(&self) -> Option<(WorkerId, Balance, bool)> {
		match &self.stage {
			Stage::Submitted { .. } | Stage::Assigned { drawn: false, .. } => None,
			Stage::Assigned { worker, .. } | Stage::Accepted { worker, .. } | Stage::Started { worker, .. } => {
				Some((*worker, self.most()?, true))
			}
			Stage::Delivered { worker, delivery } | Stage::Demanded { worker, delivery, .. } => {
				Some((*worker, delivery.price, false))
			}
		}
	}

	pub fn worker(&self) -> Option<WorkerId> {
		match &self.stage {
			Stage::Submitted { .. } => None,
			Stage::Assigned { worker, .. }
			| Stage::Accepted { worker, .. }
			| Stage::Started { worker, .. }
			| Stage::Delivered { worker, .. }
			| Stage::Demanded { worker, .. } => Some(*worker),
		}
	}

	/// The last block of its stage, if all blocks count.
	pub fn until(&self) -> BlockNumber {
		match &self.stage {
			Stage::Submitted { until }
			| Stage::Assigned { until, .. }
			| Stage::Accepted { until, .. }
			| Stage::Started { until, .. }
			| Stage::Demanded { until, .. } => *until,
			Stage::Delivered { delivery, .. } => delivery.until,
		}
	}

	/// What was delivered.
	pub fn delivery(&self) -> Option<&Delivery<Balance>> {
		match &self.stage {
			Stage::Delivered { delivery, .. } | Stage::Demanded { delivery, .. } => Some(delivery),
			_ => None,
		}
	}
}

impl<Balance> Order<Balance> {
	/// Most units of an answer.
	pub fn units(&self) -> u64 {
		atelier_primitives::work::price::units(self.input, self.output)
	}
}

impl<AccountId, Balance: AtLeast32BitUnsigned + Copy, Ticket> Session<AccountId, Balance, Ticket> {
	/// What waits for audits.
	pub fn held(&self) -> Balance {
		self.pending.iter().fold(Balance::zero(), |sum, settlement| {
			Saturating::saturating_add(sum, settlement.price)
		})
	}
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Ending {
	/// The payer took it back.
	Cancelled,
	/// Nobody could be drawn in time.
	Unassigned,
	/// The chosen worker did not accept.
	Unaccepted,
	/// The drawn worker did not accept, or a worker accepted and did not start.
	Refused,
	/// The input was missing.
	Void,
	/// It was begun and not delivered, or not handed over.
	Failed,
	/// The worker was paid.
	Paid,
	/// The worker's work was proved wrong.
	Overturned,
	/// The worker could not accept: the version may not be used so any more, or the worker's work was proved wrong.
	Forbidden,
}

/// What the agenda looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Item {
	Job(JobId),
	Session(SessionId),
}
