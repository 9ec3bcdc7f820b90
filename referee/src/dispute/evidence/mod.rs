// SPDX-License-Identifier: Apache-2.0

//! What is opened to decide a charge: leaves of the trace, chunks of the package, tokens, each shown to belong to what was
//! committed to. Everything that is needed must be there, and nothing else.

mod gather;
mod reading;

pub use gather::{Holder, Noting, gather};

use crate::{
	commit::{self, Bounded, Kind, Ranges, RangesProof},
	model::CHUNK,
	trace::{At, LeafError},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most leaves of one tree: 128 KiB of numbers, and the leaf in doubt.
pub const MAX_LEAVES: usize = 256;

/// Bytes of the largest leaf.
const LEAF: usize = CHUNK as usize;

/// Leaves of one tree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Opened {
	pub ranges: Ranges,
	pub leaves: Bounded<Bounded<u8, LEAF>, MAX_LEAVES>,
	pub proof: RangesProof,
}

/// Leaves of all trees that a charge needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Evidence {
	pub trace: Option<Opened>,
	pub weights: Option<Opened>,
	pub input: Option<Opened>,
	pub answer: Option<Opened>,
	pub state: Option<Opened>,
	pub vocabulary: Option<Opened>,
}

/// Evidence is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum EvidenceError {
	/// Leaves do not belong to what was committed to.
	Proof(Kind, commit::Error),
	/// A leaf that nothing is computed from.
	Superfluous(Kind, u64),
	/// A leaf of the trace does not hold what its place asks for.
	Leaf(At, LeafError),
	/// A leaf of the input, the answer or the states does not hold as many tokens as it should.
	Tokens(Kind, u64),
	/// Something was opened that the case has no commitment to.
	NoCommitment(Kind),
}

impl core::fmt::Display for EvidenceError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Proof(kind, error) => write!(f, "what was opened of {kind:?} does not belong to it: {error}"),
			Self::Superfluous(kind, leaf) => write!(f, "leaf {leaf} of {kind:?} is not needed"),
			Self::Tokens(kind, leaf) => write!(f, "leaf {leaf} of {kind:?} does not hold its tokens"),
			Self::NoCommitment(kind) => write!(f, "the case has no commitment to {kind:?}"),
			Self::Leaf(at, error) => write!(f, "{at:?} does not hold what its place asks for: {error:?}"),
		}
	}
}

impl core::error::Error for EvidenceError {}
