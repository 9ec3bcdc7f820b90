// SPDX-License-Identifier: Apache-2.0

//! What is kept of draws, reports, disputes, duties and votes.

mod disputes;

pub use disputes::*;

use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{audits::Drawing, draw::MOST_DRAWS, Work},
	BlockNumber,
};
use atelier_referee::{
	claim::{Claim, Request},
	commit::{mountain::Inclusion, Bounded, Commitment, RangesProof, MAX_RANGES},
	dispute::Party,
	hash::{Blake2b256, Digest},
	model::CHUNK,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// The hash of everything that is committed to, by the host.
pub struct HostHash;

impl Blake2b256 for HostHash {
	fn hash(message: &[u8]) -> Digest {
		BlakeTwo256::hash(message).0
	}
}

/// Randomness that draws, with the rules for what it draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Seed<Balance> {
	pub value: Digest,
	/// All that it was made of came after this block.
	pub named: BlockNumber,
	/// The last ticks of the court's clock in which auditors can commit to their reports, and reveal them.
	pub commit: u32,
	pub reveal: u32,
	/// What an audit is paid.
	pub fee: Balance,
}

/// How many seeds there were, and the name of the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Seeded {
	pub count: u32,
	pub named: BlockNumber,
}

/// The proofs of a report.
pub type Proofs = Bounded<Digest, { MOST_DRAWS as usize }>;

/// Most numbers that leave the last layer at one position.
pub const MOST_NUMBERS: usize = 1 << 16;

/// What an auditor said of a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Report<AccountId, Ticket> {
	/// Who pays for the record.
	pub payer: AccountId,
	pub ticket: Ticket,
	pub said: Said,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Said {
	/// The hash of what it will reveal.
	Sealed(Digest),
	/// The hash of its proofs, and the output that drew it.
	Revealed { proofs: Digest, output: Digest },
}

/// Where in a piece of work a claim is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Place {
	/// It is the job's.
	Job,
	/// It is a session's, in a receipt.
	Receipt {
		index: u64,
		units: u64,
		inclusion: Inclusion,
	},
}

/// A claim with its place, and the request that it answers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Shown {
	pub claim: Claim,
	pub request: Request,
	pub place: Place,
}

/// Leaves of a tree, and that they are the tree's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Leaves {
	pub leaves: Bounded<Bounded<u8, { CHUNK as usize }>, MAX_RANGES>,
	pub proof: RangesProof,
}

/// What shows that a proof of an auditor is false.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Exhibit {
	/// All proofs of the report, and which one is false.
	pub proofs: Proofs,
	pub number: u32,
	/// The claim that was drawn.
	pub shown: Shown,
	/// The numbers that leave the last layer at the drawn position, and the leaf of states that has their hash.
	pub numbers: Bounded<i32, MOST_NUMBERS>,
	pub state: Leaves,
}

/// What an auditor was not served.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Unserved {
	/// The claim and the request that cover the drawn unit.
	Receipt,
	/// The tokens of the input, from this leaf on.
	Input(alloc::boxed::Box<Shown>, u64),
	/// The tokens of the answer, or its vector, from this leaf on.
	Answer(alloc::boxed::Box<Shown>, u64),
	/// The final states, from this leaf on.
	States(alloc::boxed::Box<Shown>, u64),
	/// The package of the version.
	Weights,
}

impl Unserved {
	/// How many kinds there are.
	pub const KINDS: u8 = 5;

	/// Whether it is a part of what may take several.
	pub fn follows(&self) -> bool {
		matches!(self, Self::Input(_, first) | Self::Answer(_, first) | Self::States(_, first) if *first > 0)
	}

	/// A number for it.
	pub fn kind(&self) -> u8 {
		match self {
			Self::Receipt => 0,
			Self::Input(..) => 1,
			Self::Answer(..) => 2,
			Self::States(..) => 3,
			Self::Weights => 4,
		}
	}
}

/// What a worker owes to an auditor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Owed {
	/// The claim that covers this unit, with its request.
	Receipt { unit: u64 },
	/// Leaves that this seed draws.
	Drawn { of: Commitment, seed: Digest },
	/// These leaves.
	Range { of: Commitment, first: u64, end: u64 },
}

/// A duty to serve an auditor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Duty<AccountId, Balance> {
	pub work: Work,
	pub worker: WorkerId,
	pub auditor: AccountId,
	/// The auditor, and what it asked for: it asks once.
	pub by: WorkerId,
	pub kind: u8,
	pub bond: Balance,
	pub owed: Owed,
	/// The last tick of the court's clock in which it can be done.
	pub until: u32,
}

/// What a worker serves.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Served {
	Receipt(alloc::boxed::Box<Shown>),
	Leaves(alloc::boxed::Box<Leaves>),
}

impl Served {
	/// How many leaves it counts for: a receipt is as dear as any.
	pub fn leaves(&self) -> u32 {
		match self {
			Self::Receipt(_) => MAX_RANGES as u32,
			Self::Leaves(shown) => shown.leaves.len() as u32,
		}
	}
}

/// What is due by the court's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Due {
	/// Somebody's time to move may be over.
	Dispute(DisputeId),
	Duty(u64),
	/// The worker is convicted: the disputes about it from this number on may have nothing left to decide. One at a time.
	Others {
		worker: WorkerId,
		from: DisputeId,
	},
}

/// About what somebody is heard in the kept part of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Matter {
	/// All that a worker owes to auditors.
	Owed(WorkerId),
	/// One side of a dispute.
	Dispute(DisputeId, Party),
	/// All that an auditor has drawn.
	Drawn(WorkerId),
}

/// A dispute about a claim of a float version: others are asked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Inquiry<AccountId, Balance> {
	pub work: Work,
	pub worker: WorkerId,
	pub accuser: AccountId,
	pub bond: Balance,
	/// Who appealed, and its bond.
	pub appeal: Option<(AccountId, Balance)>,
	/// The hash of the claim.
	pub claim: Digest,
	/// Who votes, and the block in which that was put on the chain.
	pub drawing: Drawing<Balance>,
	pub at: BlockNumber,
	/// How many have committed to a vote.
	pub voters: u32,
	/// Seats for either opinion.
	pub right: u32,
	pub wrong: u32,
	/// What the first committee thought, if this is the second.
	pub before: Option<Opinion>,
	/// None: it votes. Some: what it thinks, and the last tick to appeal in.
	pub decided: Option<(Opinion, u32)>,
}

impl<AccountId, Balance> Inquiry<AccountId, Balance> {
	/// The number of its committee.
	pub fn round(&self) -> u8 {
		self.before.is_some().into()
	}
}

/// What a committee thinks of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Opinion {
	Right,
	Wrong,
	/// Too few have voted, or as many for as against.
	None,
}

/// A vote that was not revealed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Vote {
	pub seats: u32,
	pub ballot: Digest,
}

/// Work that is wrong on purpose, announced in secret, so that it is seen who audits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Canary<AccountId> {
	pub operator: AccountId,
	pub at: BlockNumber,
}

/// A claim that the court has found wrong; or one that was wrong on purpose, before it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Faulty {
	/// The units that a draw could find in the work.
	pub units: (u64, u64),
	/// Those of the claim.
	pub wrong: (u64, u64),
	/// After this tick it can be forgotten.
	pub until: u32,
	/// The court has found it wrong.
	pub proved: bool,
}
