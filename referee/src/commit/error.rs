// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a commitment or with a proof against it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// The fact that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Error {
	/// More than [`MAX_LEAVES`](super::MAX_LEAVES) leaves.
	TooManyLeaves,
	/// A leaf longer than any proof may open.
	LeafTooLong,
	/// The ranges are none, or one is empty, or they are not in order with a gap between each two.
	RangesNotCanonical,
	/// More than [`MAX_RANGES`](super::MAX_RANGES) ranges.
	TooManyRanges,
	/// More than [`MAX_OPENED`](super::MAX_OPENED) leaves opened at once.
	TooManyOpened,
	/// More than [`MAX_OPENED_BYTES`](super::MAX_OPENED_BYTES) bytes opened at once.
	TooManyBytes,
	/// A leaf or a node that the tree does not have.
	OutOfRange,
	/// The ranges name another number of leaves than there are.
	WrongLeafNumber,
	/// The proof ends before the root is reached.
	TooFewSiblings,
	/// The proof holds digests that nothing needs.
	TooManySiblings,
	/// Another number of nodes than lie below the one that is opened.
	WrongNodeNumber,
	/// The nodes do not hash up to the one that they should lie below.
	NodeMismatch,
	/// The bytes are not those of the leaf.
	LeafMismatch,
	/// The leaves and the proof lead to another root.
	RootMismatch,
	/// The later root has fewer receipts than the earlier one.
	FewerReceipts,
	/// The proof's nodes are not those of the earlier root.
	EarlierRootMismatch,
	/// The units do not add up to the root's.
	WrongUnits,
	/// The units do not fit in 64 bits.
	UnitsOverflow,
	/// The peaks are not those of a range with that many receipts.
	PeaksNotCanonical,
	/// More items or bytes than the type may have.
	TooLong,
	/// The bytes are not an encoding of the type.
	Malformed,
	/// Bytes are left after the value.
	TrailingBytes,
}

impl fmt::Display for Error {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::TooManyLeaves => "the tree has more leaves than are supported",
			Self::LeafTooLong => "a leaf is longer than a proof may open",
			Self::RangesNotCanonical => "the ranges are not sorted, disjoint, apart and non-empty",
			Self::TooManyRanges => "too many ranges in one proof",
			Self::TooManyOpened => "too many leaves in one proof",
			Self::TooManyBytes => "too many bytes of leaves in one proof",
			Self::OutOfRange => "the tree has no such leaf or node",
			Self::WrongLeafNumber => "the ranges name another number of leaves",
			Self::TooFewSiblings => "the proof has too few siblings",
			Self::TooManySiblings => "the proof has too many siblings",
			Self::WrongNodeNumber => "another number of nodes lies below this one",
			Self::NodeMismatch => "the nodes do not hash up to the one above",
			Self::LeafMismatch => "the bytes are not those of the leaf",
			Self::RootMismatch => "the proof leads to another root",
			Self::FewerReceipts => "the later root has fewer receipts",
			Self::EarlierRootMismatch => "the proof does not contain the earlier root",
			Self::WrongUnits => "the units do not add up to the root's",
			Self::UnitsOverflow => "the units do not fit in 64 bits",
			Self::PeaksNotCanonical => "the peaks do not belong to that number of receipts",
			Self::TooLong => "longer than its type may be",
			Self::Malformed => "not an encoding of its type",
			Self::TrailingBytes => "bytes are left after the value",
		})
	}
}

impl core::error::Error for Error {}
