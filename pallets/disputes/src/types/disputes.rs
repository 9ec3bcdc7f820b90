// SPDX-License-Identifier: Apache-2.0

//! Disputes about claims of exact versions, and the games in them.

use super::HostHash;
use atelier_primitives::{ids::WorkerId, work::Work};
use atelier_referee::{
	claim::{Claim, Request},
	commit::{Bounded, Commitment, Node, REVEALED},
	dispute::{Case, Charge, ChargeError, Game, Parts, Party, Registered},
	model::Shape,
	trace::{Counts, Graph},
};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Permill;

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
