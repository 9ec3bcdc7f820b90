// SPDX-License-Identifier: Apache-2.0

//! What is stored of workers.

use crate::{accusations::Clock, Config};
use atelier_primitives::{
	ids::{AttestationId, WorkerId},
	work::workers::{Fault, Keys, Offer, Standing},
	BlockNumber,
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
use sp_runtime::Permill;

/// What an item of state costs beside its own bytes, in bytes: its key and its place in the trie.
pub const ITEM_BYTES: u64 = 100;
/// Longest claim about hardware.
pub const MAX_HARDWARE: u32 = 256;
/// Parts of a bond that can be on their way out at once.
pub const MAX_CHUNKS: u32 = 8;
/// Standings before the current one that are kept: three keys can be changed while work is not final that was put on the
/// chain before.
pub const MAX_FORMER: u32 = 4;
/// Slashes that are due in one block.
pub const MAX_DUE: u32 = 16;

pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// Money in a hand.
pub type MoneyOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;
pub type KeysOf<T> = Keys<<T as frame_system::Config>::AccountId>;
/// What a worker says of its hardware, for people and schedulers; nobody checks it.
pub type Hardware = BoundedVec<u8, ConstU32<MAX_HARDWARE>>;
pub type ChunksOf<T> = BoundedVec<Chunk<BalanceOf<T>>, ConstU32<MAX_CHUNKS>>;

/// What a worker says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Record<AccountId> {
	pub keys: Keys<AccountId>,
	pub hardware: Hardware,
	pub registered: BlockNumber,
}

/// What changes with each piece of work, small and apart from the rest: hundreds of settlements a block read and write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Stake<Balance> {
	/// What is bonded, without what is on its way out.
	pub bond: Balance,
	/// The value of its work that is not final.
	pub exposure: Balance,
	/// How many accusations are open, without verdicts that wait.
	pub accusations: u32,
	/// Runs while nothing of its work becomes final.
	pub frozen: Clock,
	/// Runs while it takes on nothing for a verdict that governance may undo.
	pub barred: Clock,
	/// Slashes that wait.
	pub pending: u32,
	/// Those of them that convict.
	pub wrongs: u32,
	/// It was slashed for a fault that convicts. Nothing undoes that.
	pub condemned: bool,
}

impl<Balance> Stake<Balance> {
	/// Its work was proved wrong, and nobody has undone that.
	pub fn convicted(&self) -> bool {
		self.wrongs > 0 || self.condemned
	}
}

/// A part of a bond that is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Chunk<Balance> {
	pub amount: Balance,
	/// The first block in which it can be withdrawn, did the clocks of its worker's work not stand still.
	pub until: BlockNumber,
	/// For how many blocks the clocks of its worker's work had stood still when it was begun.
	pub stood: BlockNumber,
}

/// By what a worker takes part in draws of auditors.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Standings<Balance> {
	/// Whether it wants to.
	pub auditing: bool,
	/// Of no weight if it does not want to, or may not.
	pub current: Standing<Balance>,
	/// Those before, the oldest first, for what was put on the chain before the current one.
	pub former: BoundedVec<Standing<Balance>, ConstU32<MAX_FORMER>>,
}

/// The weight of all auditors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Weights<Balance> {
	pub current: Balance,
	/// The block in which it last changed, and what it was before.
	pub changed: BlockNumber,
	pub before: Balance,
}

/// An offer, where it stands among all that are listed for its version, and how many jobs it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offered<Balance> {
	pub offer: Offer<Balance>,
	/// None: it takes no jobs, and is not listed.
	pub index: Option<u32>,
	pub occupied: u32,
}

/// What pays for the bytes of a worker and of its offers: one ticket, so that a worker changes hands at a price that does
/// not grow with its offers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Deposit<Ticket> {
	pub offers: u32,
	/// Those of them that are listed.
	pub listed: u32,
	pub ticket: Ticket,
}

/// Who attested that the weights of a version can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Host {
	pub worker: WorkerId,
	pub attestation: AttestationId,
}

/// A slash that waits. It keeps the rules of the block in which the fault was proved.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Slash<AccountId> {
	pub fault: Fault,
	/// Of the bond, with what is on its way out, when it is applied.
	pub fraction: Permill,
	/// The first block in which it is applied.
	pub due: BlockNumber,
	pub prover: Option<AccountId>,
	/// The prover's part of what is taken.
	pub part: Permill,
}

/// What is known of a worker's work. Nothing of it can be had by paying oneself, but what the treasury gets of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Reputation<Balance> {
	/// What the treasury got of what was paid for its work.
	pub treasury: Balance,
	/// Audits that it made.
	pub audits: u32,
	/// Work begun and not delivered.
	pub failures: u32,
	/// Work assigned and not begun.
	pub refusals: u32,
	/// Work given back for want of its input.
	pub voids: u32,
	/// What the treasury got for that of the payers.
	pub voided: Balance,
	/// Faults that were proved.
	pub faults: u32,
}
