// SPDX-License-Identifier: Apache-2.0

//! The dispute move by move, for when the trace is withheld: the holder reveals what the challenger asks for, from the root
//! down to one leaf, and opens what decides about one of its values.
//!
//! A move that breaks the rules changes nothing. Whoever does not move in time loses; the chain keeps the time.

use super::{
	Case, Charge, Evidence, VerdictError,
	verdict::{InParts, is_fraud, is_fraud_in_parts},
};
use crate::{
	commit::{self, Bounded, Kind, Node, REVEALED, Revealed, rounds},
	hash::Blake2b256,
	model::CHUNK,
	trace::{
		Leaf, LeafError,
		step::{Part, StepError},
	},
};
use alloc::boxed::Box;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most parts of a value: of 2^17 positions, 16 in each.
pub const MAX_PARTS: usize = 8_192;

/// The parts of a value.
pub type Parts = Bounded<Part, MAX_PARTS>;

/// Bytes of the largest leaf.
const LEAF: usize = CHUNK as usize;

/// Who moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Party {
	/// Who has committed to the trace.
	Holder,
	Challenger,
}

impl Party {
	/// The other one.
	pub fn other(self) -> Self {
		match self {
			Self::Holder => Self::Challenger,
			Self::Challenger => Self::Holder,
		}
	}
}

/// How far a dispute is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Game {
	/// The holder reveals the nodes below the root.
	Top,
	/// The challenger names one of these, or a charge.
	Nodes(Bounded<Node, REVEALED>),
	/// The holder reveals the nodes below this one.
	Below(Node),
	/// The holder reveals this leaf.
	Leaf(Node),
	/// The challenger names a charge about a leaf that it has seen, or another.
	Seen,
	/// The holder names all parts of a value.
	Parts(Charge),
	/// The challenger names the part that is wrong.
	Part(Charge, Parts),
	/// The holder opens what decides.
	Evidence(Charge),
	/// The holder opens what decides about a part, and that all of them give the value.
	PartEvidence(Charge, Parts, u32),
}

/// A move.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Move {
	/// Nodes that were asked for.
	Reveal(Revealed),
	/// The leaf that was asked for.
	Leaf(Bounded<u8, LEAF>),
	/// Which of the nodes to look below, or which leaf to look at.
	Descend(u32),
	/// What is wrong.
	Accuse(Charge),
	/// All parts of the value.
	Parts(Parts),
	/// Which part is wrong.
	Part(u32),
	/// What decides.
	Open(Box<Evidence>),
}

/// What follows from a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
	/// The other one moves.
	Go(Game),
	/// Somebody has won.
	Over { winner: Party },
}

/// A move breaks the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum MoveError {
	/// Another move is asked for, maybe of the other party.
	NotNow,
	/// There is no such node.
	NoNode,
	/// Not the nodes or the leaf that were asked for.
	Commitment(commit::Error),
	/// A charge that cannot be brought.
	Charge(StepError),
	/// Not as many parts as the value has.
	WrongParts,
	/// It decides nothing.
	Verdict(VerdictError),
}

impl core::fmt::Display for MoveError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::NotNow => f.write_str("another move is asked for"),
			Self::NoNode => f.write_str("there is no such node"),
			Self::Commitment(error) => write!(f, "not what was asked for: {error}"),
			Self::Charge(error) => write!(f, "not a charge that can be brought: {error}"),
			Self::WrongParts => f.write_str("not as many parts as the value has"),
			Self::Verdict(error) => error.fmt(f),
		}
	}
}

impl core::error::Error for MoveError {}

impl From<commit::Error> for MoveError {
	fn from(error: commit::Error) -> Self {
		Self::Commitment(error)
	}
}

impl Game {
	/// Whose move it is. Who does not make it in time loses.
	pub fn turn(&self) -> Party {
		match self {
			Self::Nodes(_) | Self::Seen | Self::Part(..) => Party::Challenger,
			Self::Top | Self::Below(_) | Self::Leaf(_) => Party::Holder,
			Self::Parts(_) | Self::Evidence(_) | Self::PartEvidence(..) => Party::Holder,
		}
	}

	/// Most moves of both parties in a case.
	pub fn most_moves(case: &Case) -> u32 {
		// Each round is a reveal and an answer; then the leaf, the charge, the parts, one of them, and what decides.
		rounds(case.trace.count).saturating_mul(2).saturating_add(5)
	}

	/// Makes a move.
	pub fn play<H: Blake2b256>(self, case: &Case, played: Move) -> Result<Next, MoveError> {
		match (self, played) {
			(Self::Top, Move::Reveal(revealed)) => nodes(case.trace.open::<H>(&revealed)?),
			(Self::Below(node), Move::Reveal(revealed)) => nodes(node.open::<H>(case.trace.count, &revealed)?),
			(Self::Nodes(nodes), Move::Descend(number)) => {
				let node = nodes.get(number as usize).copied().ok_or(MoveError::NoNode)?;
				Ok(Next::Go(if node.level == 0 {
					Self::Leaf(node)
				} else {
					Self::Below(node)
				}))
			}
			(Self::Leaf(node), Move::Leaf(bytes)) => {
				node.check_leaf::<H>(Kind::Trace, &bytes)?;
				Ok(match is_leaf(case, node, &bytes) {
					Ok(()) => Next::Go(Self::Seen),
					// Nobody honest commits to such a leaf.
					Err(_) => Next::Over {
						winner: Party::Challenger,
					},
				})
			}
			(Self::Nodes(_) | Self::Seen, Move::Accuse(charge)) => {
				let charge = charge.checked(case).map_err(MoveError::Charge)?;
				Ok(Next::Go(if charge.parts(case) > 1 {
					Self::Parts(charge)
				} else {
					Self::Evidence(charge)
				}))
			}
			(Self::Parts(charge), Move::Parts(parts)) => match parts.len() == charge.parts(case) as usize {
				true => Ok(Next::Go(Self::Part(charge, parts))),
				false => Err(MoveError::WrongParts),
			},
			(Self::Part(charge, parts), Move::Part(number)) => match number < charge.parts(case) {
				true => Ok(Next::Go(Self::PartEvidence(charge, parts, number))),
				false => Err(MoveError::NoNode),
			},
			(Self::Evidence(charge), Move::Open(evidence)) => decide::<H>(case, charge, None, &evidence),
			(Self::PartEvidence(charge, parts, chosen), Move::Open(evidence)) => {
				let in_parts = InParts { parts: &parts, chosen };
				decide::<H>(case, charge, Some(in_parts), &evidence)
			}
			_ => Err(MoveError::NotNow),
		}
	}
}

fn nodes(nodes: alloc::vec::Vec<Node>) -> Result<Next, MoveError> {
	Ok(Next::Go(Game::Nodes(Bounded::try_from(nodes)?)))
}

fn is_leaf(case: &Case, node: Node, bytes: &[u8]) -> Result<(), LeafError> {
	let at = case.graph.at(node.index).ok_or(LeafError::WrongLength)?;
	Leaf::read(case.graph.size(at.place.stage), at.leaf, bytes).map(|_| ())
}

fn decide<H: Blake2b256>(
	case: &Case,
	charge: Charge,
	in_parts: Option<InParts<'_>>,
	evidence: &Evidence,
) -> Result<Next, MoveError> {
	let fraud = match in_parts {
		None => is_fraud::<H>(case, charge, evidence),
		Some(named) => is_fraud_in_parts::<H>(case, charge, named, evidence),
	};
	let fraud = fraud.map_err(MoveError::Verdict)?;
	let winner = if fraud { Party::Challenger } else { Party::Holder };
	Ok(Next::Over { winner })
}
