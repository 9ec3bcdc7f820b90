// SPDX-License-Identifier: Apache-2.0

//! The way from a root to one of millions of leaves, in steps that each fit into a transaction.
//!
//! The holder of the tree reveals the nodes five levels below the one that its opponent picked. Nodes below which there
//! is only padding are left out and computed, so that a tree whose padding is something else cannot be descended.

use super::{
	Bounded, Commitment, Error, Kind,
	digests::{self, Padding},
	shape::{depth, width},
};
use crate::hash::{Blake2b256, Digest};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::Range;
use scale_info::TypeInfo;

/// How many levels one step goes down; fewer where the leaves are nearer. With five, 1 KiB a step, a dispute about the largest
/// models stays within nine answers of the holder (docs/decisions/0008).
pub const DESCENT_LEVELS: u32 = 5;

/// The most nodes that a step reveals.
pub const REVEALED: usize = 1 << DESCENT_LEVELS;

/// What the holder of a tree reveals in one step, from left to right.
pub type Revealed = Bounded<Digest, REVEALED>;

/// How many steps lead from the root to a leaf.
pub const fn rounds(count: u64) -> u32 {
	let rounds = depth(count).div_ceil(DESCENT_LEVELS);
	// The top of a tree with one leaf is that leaf, and has to be revealed too.
	if rounds == 0 { 1 } else { rounds }
}

/// A node that is known to be in a tree, because everything above it was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Node {
	/// The levels between it and the leaves.
	pub level: u32,
	/// How many nodes of its level are to the left of it.
	pub index: u64,
	/// Its digest.
	pub digest: Digest,
}

impl Commitment {
	/// The nodes with which a descent begins, if they hash up to the root.
	pub fn open<H: Blake2b256>(&self, revealed: &[Digest]) -> Result<Vec<Node>, Error> {
		self.check_count()?;
		let (level, indices) = below_root(self.count);
		let top = fold::<H>(level, &indices, depth(self.count), revealed)?;
		self.check_top::<H>(&top)?;
		Ok(nodes(level, indices, revealed))
	}
}

impl Node {
	/// The nodes below this one, if they hash up to it, in a tree with that many leaves.
	pub fn open<H: Blake2b256>(&self, count: u64, revealed: &[Digest]) -> Result<Vec<Node>, Error> {
		let (level, indices) = below(count, self.level, self.index)?;
		let digest = fold::<H>(level, &indices, self.level, revealed)?;
		if digest != self.digest {
			return Err(Error::NodeMismatch);
		}
		Ok(nodes(level, indices, revealed))
	}

	/// Checks that this is a leaf with these bytes.
	pub fn check_leaf<H: Blake2b256>(&self, kind: Kind, bytes: &[u8]) -> Result<(), Error> {
		if self.level != 0 {
			return Err(Error::OutOfRange);
		}
		if digests::leaf::<H>(kind, self.index, bytes) == self.digest {
			Ok(())
		} else {
			Err(Error::LeafMismatch)
		}
	}
}

/// The level and the indices of the nodes that the first step reveals.
pub(super) fn below_root(count: u64) -> (u32, Range<u64>) {
	let level = depth(count).saturating_sub(DESCENT_LEVELS);
	(level, 0..width(count, level))
}

/// The level and the indices of the nodes that a step below a node reveals.
pub(super) fn below(count: u64, level: u32, index: u64) -> Result<(u32, Range<u64>), Error> {
	if count > super::MAX_LEAVES {
		return Err(Error::TooManyLeaves);
	}
	// A leaf has nothing below it, and padding has nothing to dispute.
	if level == 0 || level > depth(count) || index >= width(count, level) {
		return Err(Error::OutOfRange);
	}
	let down = level.min(DESCENT_LEVELS);
	let level = level.saturating_sub(down);
	let nodes = 1_u64.checked_shl(down).ok_or(Error::OutOfRange)?;
	let start = index.checked_mul(nodes).ok_or(Error::OutOfRange)?;
	let end = start.saturating_add(nodes).min(width(count, level));
	Ok((level, start..end))
}

/// The digest of the node at `above` over neighbouring nodes, and over padding to the right of them.
fn fold<H: Blake2b256>(level: u32, indices: &Range<u64>, above: u32, revealed: &[Digest]) -> Result<Digest, Error> {
	if u64::try_from(revealed.len()) != Ok(indices.end.saturating_sub(indices.start)) {
		return Err(Error::WrongNodeNumber);
	}
	let mut padding = Padding::<H>::new();
	let mut digests = revealed.to_vec();
	for level in level..above {
		digests = digests
			.chunks(2)
			.map(|children| match children {
				[left, right] => digests::node::<H>(left, right),
				[left, ..] => digests::node::<H>(left, &padding.at(level)),
				[] => padding.at(level),
			})
			.collect();
	}
	// Only a tree without leaves has nothing to reveal.
	Ok(digests.first().copied().unwrap_or_else(|| padding.at(above)))
}

fn nodes(level: u32, indices: Range<u64>, revealed: &[Digest]) -> Vec<Node> {
	indices
		.zip(revealed)
		.map(|(index, digest)| Node {
			level,
			index,
			digest: *digest,
		})
		.collect()
}
