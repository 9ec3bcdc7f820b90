// SPDX-License-Identifier: Apache-2.0

//! That some leaves are the tree's, shown by the digests beside them.

use super::{
	Bounded, Commitment, Error, MAX_SIBLINGS, Ranges,
	digests::{self, Padding},
	shape::{depth, width},
};
use crate::{
	checks::{Check, on},
	hash::{Blake2b256, Digest},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most bytes of leaves that one proof opens: 128 KiB of operands of the largest step of a dispute, and the leaf in doubt.
pub const MAX_OPENED_BYTES: usize = 129 * 1_024;

/// The digests beside opened leaves that a verifier cannot compute, level by level from the leaves, left to right.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RangesProof {
	/// The digests.
	pub siblings: Bounded<Digest, MAX_SIBLINGS>,
}

impl RangesProof {
	/// Checks that these are the leaves of the ranges, in order, in the tree that is committed to.
	pub fn verify<H: Blake2b256>(
		&self,
		commitment: &Commitment,
		ranges: &Ranges,
		leaves: &[impl AsRef<[u8]>],
	) -> Result<(), Error> {
		commitment.check_count()?;
		let needed = ranges.siblings(commitment.count)?;
		if u64::try_from(leaves.len()) != Ok(ranges.leaves()) {
			return Err(Error::WrongLeafNumber);
		}
		let bytes = leaves
			.iter()
			.fold(0_usize, |sum, bytes| sum.saturating_add(bytes.as_ref().len()));
		if bytes > MAX_OPENED_BYTES {
			return Err(Error::TooManyBytes);
		}
		check_number(self.siblings.len(), needed)?;

		let known = ranges.indices().zip(leaves);
		let known = known
			.map(|(index, bytes)| (index, digests::leaf::<H>(commitment.kind, index, bytes.as_ref())))
			.collect();
		let top = self.climb::<H>(commitment.count, known)?;
		commitment.check_top::<H>(&top)
	}

	/// The top of the tree over leaves with these indices and digests.
	fn climb<H: Blake2b256>(&self, count: u64, leaves: Vec<(u64, Digest)>) -> Result<Digest, Error> {
		let mut siblings = self.siblings.iter();
		let mut padding = Padding::<H>::new();
		let mut known = leaves;
		for level in 0..depth(count) {
			let width = width(count, level);
			let mut above = Vec::with_capacity(known.len());
			let mut nodes = known.into_iter().peekable();
			while let Some((index, digest)) = nodes.next() {
				let parent = if index % 2 == 1 {
					digests::node::<H>(siblings.next().ok_or(Error::TooFewSiblings)?, &digest)
				} else {
					let partner = index.saturating_add(1);
					let right = match nodes.next_if(|(next, _)| *next == partner) {
						Some((_, right)) => right,
						None if partner >= width => padding.at(level),
						None => *siblings.next().ok_or(Error::TooFewSiblings)?,
					};
					digests::node::<H>(&digest, &right)
				};
				above.push((index / 2, parent));
			}
			known = above;
		}
		known.first().map(|(_, top)| *top).ok_or(Error::OutOfRange)
	}
}

/// Whether a proof has as many digests as its statement needs: with one more it could be written in many ways.
pub(super) fn check_number(given: usize, needed: usize) -> Result<(), Error> {
	if given < needed {
		Err(Error::TooFewSiblings)
	} else if given > needed && on(Check::ExactSiblings) {
		Err(Error::TooManySiblings)
	} else {
		Ok(())
	}
}
