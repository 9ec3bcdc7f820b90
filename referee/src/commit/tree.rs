// SPDX-License-Identifier: Apache-2.0

//! From leaves to a commitment: once while they stream by, or keeping every digest so as to answer for them later.

use super::{
	Bounded, Error, MAX_LEAVES, MAX_OPENED_BYTES, Ranges, RangesProof,
	descent::{self, Revealed},
	digests::{self, Padding},
	kind::Kind,
	shape::depth,
};
use crate::hash::{Blake2b256, Digest};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use scale_info::TypeInfo;

/// What a verifier knows of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Commitment {
	/// What the leaves are.
	pub kind: Kind,
	/// How many leaves there are.
	pub count: u64,
	/// The hash of the kind, the count and the top of the tree.
	pub root: Digest,
}

impl Commitment {
	/// The commitment to a tree with this top.
	pub(super) fn new<H: Blake2b256>(kind: Kind, count: u64, top: &Digest) -> Self {
		Self {
			kind,
			count,
			root: digests::root::<H>(kind, count, top),
		}
	}

	/// Whether this is the top of the tree.
	pub(super) fn check_top<H: Blake2b256>(&self, top: &Digest) -> Result<(), Error> {
		if Self::new::<H>(self.kind, self.count, top) == *self {
			Ok(())
		} else {
			Err(Error::RootMismatch)
		}
	}

	/// Whether a tree may have that many leaves.
	pub(super) fn check_count(&self) -> Result<(), Error> {
		if self.count > MAX_LEAVES {
			Err(Error::TooManyLeaves)
		} else {
			Ok(())
		}
	}
}

/// A tree of which only the left edge of what is still open is kept: one digest for each level.
#[derive(Clone, Debug)]
pub struct Builder<H> {
	kind: Kind,
	count: u64,
	/// Full subtrees from left to right, each lower than the one before, with their levels.
	peaks: Vec<(u32, Digest)>,
	hash: PhantomData<H>,
}

impl<H: Blake2b256> Builder<H> {
	/// A tree without leaves.
	pub const fn new(kind: Kind) -> Self {
		Self {
			kind,
			count: 0,
			peaks: Vec::new(),
			hash: PhantomData,
		}
	}

	/// Adds the next leaf.
	pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
		if bytes.len() > MAX_OPENED_BYTES {
			return Err(Error::LeafTooLong);
		}
		let count = self
			.count
			.checked_add(1)
			.filter(|count| *count <= MAX_LEAVES)
			.ok_or(Error::TooManyLeaves)?;
		let mut digest = digests::leaf::<H>(self.kind, self.count, bytes);
		let mut level = 0_u32;
		while let Some((_, left)) = self.peaks.pop_if(|(height, _)| *height == level) {
			digest = digests::node::<H>(&left, &digest);
			level = level.saturating_add(1);
		}
		self.peaks.push((level, digest));
		self.count = count;
		Ok(())
	}

	/// The commitment to the leaves so far.
	pub fn commitment(&self) -> Commitment {
		let mut padding = Padding::<H>::new();
		let mut peaks = self.peaks.iter().rev().peekable();
		// The node on this level that has both leaves and padding below it.
		let mut mixed: Option<Digest> = None;
		for level in 0..depth(self.count) {
			let peak = peaks.next_if(|(height, _)| *height == level).map(|(_, digest)| digest);
			mixed = match (peak, mixed) {
				(Some(left), Some(right)) => Some(digests::node::<H>(left, &right)),
				(None, Some(left)) => Some(digests::node::<H>(&left, &padding.at(level))),
				(Some(left), None) => Some(digests::node::<H>(left, &padding.at(level))),
				(None, None) => None,
			};
		}
		let top = mixed
			.or(peaks.next().map(|(_, digest)| *digest))
			.unwrap_or_else(|| padding.at(0));
		Commitment::new::<H>(self.kind, self.count, &top)
	}
}

/// A tree with all of its digests: 64 bytes for each leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
	commitment: Commitment,
	/// The nodes that have leaves below them, from the leaves to the top.
	levels: Vec<Vec<Digest>>,
	/// The digest of only padding, for each level.
	padding: Vec<Digest>,
}

impl Tree {
	/// The tree over these leaves.
	pub fn from_leaves<H: Blake2b256>(
		kind: Kind,
		leaves: impl IntoIterator<Item = impl AsRef<[u8]>>,
	) -> Result<Self, Error> {
		let digests = (0..)
			.zip(leaves)
			.map(|(index, bytes)| match bytes.as_ref() {
				bytes if bytes.len() > MAX_OPENED_BYTES => Err(Error::LeafTooLong),
				bytes => Ok(digests::leaf::<H>(kind, index, bytes)),
			})
			.collect::<Result<_, _>>()?;
		Self::from_digests::<H>(kind, digests)
	}

	/// The tree over leaves with these digests ([`leaf_digest`](super::leaf_digest)), which may come from many threads.
	pub fn from_digests<H: Blake2b256>(kind: Kind, leaves: Vec<Digest>) -> Result<Self, Error> {
		let count = u64::try_from(leaves.len())
			.ok()
			.filter(|count| *count <= MAX_LEAVES)
			.ok_or(Error::TooManyLeaves)?;
		let mut climb = Padding::<H>::new();
		let mut padding = Vec::new();
		let mut levels = Vec::new();
		let mut nodes = leaves;
		for level in 0..depth(count) {
			let pad = climb.at(level);
			let above = nodes
				.chunks(2)
				.map(|children| match children {
					[left, right] => digests::node::<H>(left, right),
					[left, ..] => digests::node::<H>(left, &pad),
					[] => pad,
				})
				.collect();
			padding.push(pad);
			levels.push(core::mem::replace(&mut nodes, above));
		}
		padding.push(climb.at(depth(count)));
		let top = nodes.first().copied().unwrap_or_else(|| climb.at(0));
		levels.push(nodes);
		Ok(Self {
			commitment: Commitment::new::<H>(kind, count, &top),
			levels,
			padding,
		})
	}

	/// What verifiers need to know.
	pub const fn commitment(&self) -> Commitment {
		self.commitment
	}

	/// The digest of a node, counting levels from the leaves and nodes from the left.
	pub fn node(&self, level: u32, index: u64) -> Option<Digest> {
		let above = depth(self.commitment.count).checked_sub(level)?;
		if index >= 1_u64.checked_shl(above)? {
			return None;
		}
		let level = usize::try_from(level).ok()?;
		let stored = usize::try_from(index)
			.ok()
			.and_then(|index| self.levels.get(level)?.get(index));
		stored.or(self.padding.get(level)).copied()
	}

	/// The proof that opens these leaves.
	pub fn prove(&self, ranges: &Ranges) -> Result<RangesProof, Error> {
		let mut siblings = Vec::new();
		for (level, index) in ranges.missing(self.commitment.count)? {
			siblings.push(self.node(level, index).ok_or(Error::OutOfRange)?);
		}
		Ok(RangesProof {
			siblings: Bounded::try_from(siblings)?,
		})
	}

	/// The nodes with which a descent begins.
	pub fn reveal_top(&self) -> Result<Revealed, Error> {
		self.reveal(descent::below_root(self.commitment.count))
	}

	/// The nodes with which a descent goes on below a node.
	pub fn reveal_below(&self, level: u32, index: u64) -> Result<Revealed, Error> {
		self.reveal(descent::below(self.commitment.count, level, index)?)
	}

	fn reveal(&self, (level, indices): (u32, core::ops::Range<u64>)) -> Result<Revealed, Error> {
		let nodes = indices.map(|index| self.node(level, index).ok_or(Error::OutOfRange));
		Bounded::try_from(nodes.collect::<Result<Vec<_>, _>>()?)
	}
}
