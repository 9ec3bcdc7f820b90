// SPDX-License-Identifier: Apache-2.0

//! What is kept of draws, reports, disputes, duties and votes.

use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{audits::Drawing, draw::MOST_DRAWS, Work},
	BlockNumber,
};
use atelier_referee::{
	claim::{Claim, Request},
	commit::{mountain::Inclusion, Bounded, Commitment, Node, RangesProof, MAX_RANGES, REVEALED},
	dispute::{Case, Charge, ChargeError, Game, Parts, Party, Registered},
	hash::{Blake2b256, Digest},
	model::{Shape, CHUNK},
	trace::{Counts, Graph},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	Permill,
};

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

/// The rules of a dispute, as they were when it began. Times are ticks of the court's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Rules {
	/// To derive the trace and commit to it.
	pub trace: u32,
	/// To find what is wrong in it.
	pub prove: u32,
	/// For all moves of a party.
	pub game: u32,
	/// What of a lost bond the accused gets for its trouble.
	pub accused: Permill,
}

/// How far a dispute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Stage {
	/// Its worker has as many others as it can have at once.
	Queued,
	/// The worker commits to its trace.
	Trace { until: u32 },
	/// The challenger proves a fraud, or asks for the game.
	Proving { trace: Commitment, until: u32 },
	/// The game is played, move by move. Each party has a time for all of its moves, as in chess: what is left of it when
	/// the running move ends on time.
	Playing {
		trace: Commitment,
		until: u32,
		/// Of the party whose turn it is not.
		others: u32,
	},
}

impl Stage {
	/// Its last tick.
	pub fn until(&self) -> Option<u32> {
		match self {
			Self::Queued => None,
			Self::Trace { until } | Self::Proving { until, .. } | Self::Playing { until, .. } => Some(*until),
		}
	}

	/// What the worker has committed to.
	pub fn trace(&self) -> Option<Commitment> {
		match self {
			Self::Queued | Self::Trace { .. } => None,
			Self::Proving { trace, .. } | Self::Playing { trace, .. } => Some(*trace),
		}
	}
}

/// How far a game is, without the parts that were named of a value: they may be 128 KiB, and only what decides reads them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Position {
	Top,
	Nodes(Bounded<Node, REVEALED>),
	Below(Node),
	Leaf(Node),
	Seen,
	Parts(Charge),
	Part(Charge),
	Evidence(Charge),
	PartEvidence(Charge, u32),
}

impl Position {
	/// The position of a game, and the parts that were named in it.
	pub fn of(game: Game) -> (Self, Parts) {
		match game {
			Game::Top => (Self::Top, Parts::new()),
			Game::Nodes(nodes) => (Self::Nodes(nodes), Parts::new()),
			Game::Below(node) => (Self::Below(node), Parts::new()),
			Game::Leaf(node) => (Self::Leaf(node), Parts::new()),
			Game::Seen => (Self::Seen, Parts::new()),
			Game::Parts(charge) => (Self::Parts(charge), Parts::new()),
			Game::Part(charge, parts) => (Self::Part(charge), parts),
			Game::Evidence(charge) => (Self::Evidence(charge), Parts::new()),
			Game::PartEvidence(charge, parts, chosen) => (Self::PartEvidence(charge, chosen), parts),
		}
	}

	/// The game, with these parts if any were named.
	pub fn with(self, parts: Parts) -> Game {
		match self {
			Self::Top => Game::Top,
			Self::Nodes(nodes) => Game::Nodes(nodes),
			Self::Below(node) => Game::Below(node),
			Self::Leaf(node) => Game::Leaf(node),
			Self::Seen => Game::Seen,
			Self::Parts(charge) => Game::Parts(charge),
			Self::Part(charge) => Game::Part(charge, parts),
			Self::Evidence(charge) => Game::Evidence(charge),
			Self::PartEvidence(charge, chosen) => Game::PartEvidence(charge, parts, chosen),
		}
	}

	/// Whose move it is.
	pub fn turn(&self) -> Party {
		match self {
			Self::Nodes(_) | Self::Seen | Self::Part(_) => Party::Challenger,
			Self::Top | Self::Below(_) | Self::Leaf(_) => Party::Holder,
			Self::Parts(_) | Self::Evidence(_) | Self::PartEvidence(..) => Party::Holder,
		}
	}

	/// Whether the next move is judged by the parts.
	pub fn needs_parts(&self) -> bool {
		matches!(self, Self::PartEvidence(..))
	}
}

/// What is registered of the version that answered, as a dispute keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Model {
	/// Version of the exact arithmetic. The runtime keeps those that open disputes use.
	pub spec: u16,
	pub shape: Shape,
	pub weights: Commitment,
	pub vocabulary: Option<Commitment>,
}

impl Model {
	pub fn registered(&self) -> Registered {
		Registered {
			shape: self.shape,
			weights: self.weights,
			vocabulary: self.vocabulary,
		}
	}
}

/// A dispute about a claim of an exact version.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Dispute<AccountId, Balance> {
	pub work: Work,
	pub worker: WorkerId,
	pub challenger: AccountId,
	pub bond: Balance,
	pub claim: Claim,
	pub request: Request,
	pub model: Model,
	pub rules: Rules,
	/// The units of the work that the claim covers: after the first, up to the second.
	pub interval: (u64, u64),
	/// It is wrong on purpose, as was announced.
	pub canary: bool,
	pub stage: Stage,
	/// At which tick the agenda looks at it next; 0 if it does not.
	pub noted: u32,
}

impl<AccountId, Balance> Dispute<AccountId, Balance> {
	/// The leaves that the trace must have.
	pub fn graph(&self) -> Option<Graph> {
		let counts = Counts {
			input: self.claim.input_count,
			output: self.claim.output_count,
		};
		Graph::new(self.model.shape, counts).ok()
	}

	/// What is judged, once there is a trace.
	pub fn case(&self, trace: Commitment) -> Result<Case, ChargeError> {
		Case::of::<HostHash>(&self.claim, &self.request, self.model.registered(), trace)
	}
}

/// The disputes about one worker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Line<Active, Queued> {
	pub active: Active,
	pub queued: Queued,
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
