// SPDX-License-Identifier: Apache-2.0

//! A tree of which only the upper levels are kept: two bytes for a leaf instead of 64. What lies below is hashed again when
//! somebody asks for it. Written from docs/exact-spec.md; tests hold it against the referee's tree, which keeps everything.

use crate::Error;
use atelier_referee::{
	commit::{Bounded, Commitment, DESCENT_LEVELS, Kind, Ranges, RangesProof, Revealed, depth, leaf_digest},
	hash::{Blake2b256, Digest, Portable},
};
use rayon::prelude::*;
use std::ops::Range;

/// Levels below the lowest one that is kept.
pub const DROPPED: u32 = 5;

/// Leaves below a node of that level.
pub const GROUP: u64 = 1 << DROPPED;

/// First bytes of what is hashed.
const NODE: u8 = 1;
const PADDING: u8 = 2;
const ROOT: u8 = 3;

fn node(left: &Digest, right: &Digest) -> Digest {
	let mut message = [NODE; 65];
	let [_, children @ ..] = &mut message;
	children.copy_from_slice([*left, *right].as_flattened());
	Portable::hash(&message)
}

/// The nodes above these, all of one level; `padding` stands to the right of them.
fn above(nodes: &[Digest], padding: &Digest) -> Vec<Digest> {
	nodes
		.chunks(2)
		.map(|children| match children {
			[left, right] => node(left, right),
			[left, ..] => node(left, padding),
			[] => *padding,
		})
		.collect()
}

/// The digest of only padding, for each level up to the top.
fn paddings(count: u64) -> Vec<Digest> {
	let mut all = vec![Portable::hash(&[PADDING])];
	for _ in 0..depth(count) {
		if let Some(last) = all.last().copied() {
			all.push(node(&last, &last));
		}
	}
	all
}

/// Nodes of a level that have a leaf below them.
pub fn width(count: u64, level: u32) -> u64 {
	match 1_u64.checked_shl(level) {
		Some(size) => count.div_ceil(size),
		None => u64::from(count > 0),
	}
}

/// Takes the digests of all leaves in their order, and keeps what is above them.
#[derive(Clone, Debug)]
pub struct Grower {
	kind: Kind,
	count: u64,
	pushed: u64,
	open: Vec<Digest>,
	kept: Vec<Digest>,
	padding: Vec<Digest>,
}

impl Grower {
	/// Of a tree that will have so many leaves.
	pub fn new(kind: Kind, count: u64) -> Self {
		Self {
			kind,
			count,
			pushed: 0,
			open: Vec::with_capacity(GROUP as usize),
			kept: Vec::new(),
			padding: paddings(count),
		}
	}

	/// Adds the digests of the next leaves.
	pub fn extend(&mut self, digests: impl IntoIterator<Item = Digest>) {
		for digest in digests {
			self.open.push(digest);
			self.pushed = self.pushed.saturating_add(1);
			if self.open.len() as u64 == GROUP {
				self.close();
			}
		}
	}

	fn close(&mut self) {
		let nodes = std::mem::take(&mut self.open);
		self.kept.extend(group(nodes, lowest(self.count), &self.padding).pop());
	}

	/// The tree, if there were as many leaves as it has.
	pub fn finish(mut self) -> Result<Pruned, Error> {
		if !self.open.is_empty() {
			self.close();
		}
		if self.pushed != self.count {
			return Err(Error::NoLeaf {
				kind: self.kind,
				number: self.pushed.min(self.count),
			});
		}
		Ok(Pruned::new(self.kind, self.count, self.kept, self.padding))
	}
}

/// The lowest level that is kept of a tree.
fn lowest(count: u64) -> u32 {
	depth(count).min(DROPPED)
}

/// The levels above some leaves of a group, up to the lowest that is kept: the last node.
fn group(leaves: Vec<Digest>, levels: u32, padding: &[Digest]) -> Vec<Digest> {
	padding
		.iter()
		.take(levels as usize)
		.fold(leaves, |nodes, padding| above(&nodes, padding))
}

/// A tree without its lowest levels.
#[derive(Clone, Debug)]
pub struct Pruned {
	commitment: Commitment,
	/// From the lowest that is kept to the top.
	levels: Vec<Vec<Digest>>,
	padding: Vec<Digest>,
}

/// Gives the digest of a leaf that is not kept.
pub type Below<'a> = &'a mut dyn FnMut(u64) -> Result<Digest, Error>;

impl Pruned {
	fn new(kind: Kind, count: u64, kept: Vec<Digest>, padding: Vec<Digest>) -> Self {
		let mut levels = vec![kept];
		for level in lowest(count)..depth(count) {
			let filling = padding.get(level as usize).copied().unwrap_or_default();
			let next = above(levels.last().map_or(&[], Vec::as_slice), &filling);
			levels.push(next);
		}
		let top = levels.last().and_then(|top| top.first()).or(padding.first());
		let mut message = vec![ROOT, kind as u8];
		message.extend(count.to_le_bytes());
		message.extend(top.copied().unwrap_or_default());
		Self {
			commitment: Commitment {
				kind,
				count,
				root: Portable::hash(&message),
			},
			levels,
			padding,
		}
	}

	/// Of leaves that lie one after another in memory, each but the last as long as the others.
	pub fn of_bytes(kind: Kind, bytes: &[u8], leaf: usize) -> Result<Self, Error> {
		let leaf = leaf.max(1);
		let count = bytes.len().div_ceil(leaf) as u64;
		let mut grower = Grower::new(kind, count);
		// As much as is hashed by all threads before anything is forgotten.
		for (part, some) in (0_u64..).zip(bytes.chunks(leaf << 16)) {
			let first = part << 16;
			let digests: Vec<_> = some
				.par_chunks(leaf)
				.enumerate()
				.map(|(place, bytes)| leaf_digest::<Portable>(kind, first | place as u64, bytes))
				.collect();
			grower.extend(digests);
		}
		grower.finish()
	}

	/// What verifiers know of it.
	pub const fn commitment(&self) -> Commitment {
		self.commitment
	}

	/// Bytes of memory that it takes.
	pub fn bytes(&self) -> u64 {
		let digests: usize = self.levels.iter().map(Vec::len).sum();
		(digests * size_of::<Digest>()) as u64
	}

	/// Bytes that a tree of so many leaves takes.
	pub const fn bytes_of(count: u64) -> u64 {
		count.div_ceil(GROUP).saturating_mul(2 * size_of::<Digest>() as u64)
	}

	/// A node, counting levels from the leaves and nodes from the left.
	pub fn node(&self, level: u32, index: u64, below: Below<'_>) -> Result<Digest, Error> {
		let count = self.commitment.count;
		let no_node = Error::Commitment(atelier_referee::commit::Error::OutOfRange);
		let lowest = lowest(count);
		let above = depth(count).checked_sub(level).ok_or(no_node.clone())?;
		if 1_u64.checked_shl(above).is_none_or(|nodes| index >= nodes) {
			return Err(no_node);
		}
		let padding = self.padding.get(level as usize).copied().ok_or(no_node.clone())?;
		if index >= width(count, level) {
			return Ok(padding);
		}
		if let Some(kept) = level.checked_sub(lowest) {
			let digest = self
				.levels
				.get(kept as usize)
				.and_then(|nodes| nodes.get(index as usize));
			return digest.copied().ok_or(no_node);
		}
		let first = index.checked_shl(level).ok_or(no_node.clone())?;
		let size = 1_u64.checked_shl(level).unwrap_or(u64::MAX);
		let leaves = (first..first.saturating_add(size).min(count)).map(below);
		group(leaves.collect::<Result<_, _>>()?, level, &self.padding)
			.pop()
			.ok_or(no_node)
	}

	/// The nodes with which a descent begins.
	pub fn reveal_top(&self, below: Below<'_>) -> Result<Revealed, Error> {
		let count = self.commitment.count;
		let level = depth(count).saturating_sub(DESCENT_LEVELS);
		self.reveal(level, 0..width(count, level), below)
	}

	/// The nodes with which a descent goes on below a node.
	pub fn reveal_below(&self, level: u32, index: u64, below: Below<'_>) -> Result<Revealed, Error> {
		let down = level.min(DESCENT_LEVELS);
		let level = level.saturating_sub(down);
		let start = index.saturating_mul(1 << down);
		let end = start.saturating_add(1 << down).min(width(self.commitment.count, level));
		self.reveal(level, start..end, below)
	}

	fn reveal(&self, level: u32, indices: Range<u64>, below: Below<'_>) -> Result<Revealed, Error> {
		let nodes: Result<Vec<_>, _> = indices.map(|index| self.node(level, index, &mut *below)).collect();
		Ok(Bounded::try_from(nodes?)?)
	}
}

/// The proof of some leaves of a tree with so many, from its nodes.
pub fn prove(
	count: u64,
	ranges: &Ranges,
	mut node: impl FnMut(u32, u64) -> Result<Digest, Error>,
) -> Result<RangesProof, Error> {
	let mut siblings = Vec::new();
	let mut known: Vec<Range<u64>> = ranges.iter().map(|range| range.start..range.end).collect();
	if known.last().is_none_or(|last| last.end > count) {
		return Err(atelier_referee::commit::Error::OutOfRange.into());
	}
	for level in 0..depth(count) {
		let width = width(count, level);
		let mut above: Vec<Range<u64>> = Vec::with_capacity(known.len());
		for Range { start, end } in known {
			if start % 2 == 1 {
				siblings.push(node(level, start.saturating_sub(1))?);
			}
			if end % 2 == 1 && end < width {
				siblings.push(node(level, end)?);
			}
			let parents = start / 2..end.div_ceil(2);
			match above.last_mut() {
				Some(last) if last.end == parents.start => last.end = parents.end,
				_ => above.push(parents),
			}
		}
		known = above;
	}
	Ok(RangesProof {
		siblings: Bounded::try_from(siblings)?,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::commit::Tree;

	#[test]
	fn it_is_the_referees_tree() {
		for count in (0..70).chain([95, 96, 97, 1_000, 1_024, 1_025, 3_333]) {
			let leaves: Vec<_> = (0..count).map(|number: u64| number.to_le_bytes().repeat(3)).collect();
			let whole = Tree::from_leaves::<Portable>(Kind::Trace, &leaves).unwrap();
			let digest = |number: u64| leaf_digest::<Portable>(Kind::Trace, number, &leaves[number as usize]);
			let mut grower = Grower::new(Kind::Trace, count);
			grower.extend((0..count).map(digest));
			let pruned = grower.finish().unwrap();
			assert_eq!(pruned.commitment(), whole.commitment(), "{count}");
			let mut below = |number| Ok(digest(number));
			for level in 0..=depth(count) {
				for index in 0..(1_u64 << (depth(count) - level)) {
					assert_eq!(pruned.node(level, index, &mut below).ok(), whole.node(level, index));
				}
			}
			assert!(pruned.node(depth(count) + 1, 0, &mut below).is_err());
			assert_eq!(pruned.reveal_top(&mut below).ok(), whole.reveal_top().ok());
			for level in 1..=depth(count) {
				for index in 0..width(count, level) {
					let revealed = pruned.reveal_below(level, index, &mut below).ok();
					assert_eq!(revealed, whole.reveal_below(level, index).ok());
				}
			}
		}
	}

	#[test]
	fn proofs_are_the_referees() {
		let count = 1_000_u64;
		let leaves: Vec<_> = (0..count).map(|number| number.to_le_bytes()).collect();
		let whole = Tree::from_leaves::<Portable>(Kind::Weights, leaves).unwrap();
		for some in [
			vec![0],
			vec![999],
			vec![3, 4, 5, 77, 500, 998],
			(0..64).map(|n| n * 15).collect(),
		] {
			let ranges = Ranges::covering(some).unwrap();
			let node = |level, index| Ok(whole.node(level, index).unwrap());
			assert_eq!(prove(count, &ranges, node).ok(), whole.prove(&ranges).ok());
		}
		let outside = Ranges::covering([1_000]).unwrap();
		assert!(prove(count, &outside, |_, _| Ok([0; 32])).is_err());
	}

	#[test]
	fn too_few_leaves_are_no_tree() {
		let mut grower = Grower::new(Kind::Trace, 3);
		grower.extend([[0; 32], [1; 32]]);
		assert!(grower.finish().is_err());
	}

	#[test]
	fn bytes_are_hashed_in_their_order() {
		let bytes: Vec<u8> = (0..5_000_u32).map(|byte| byte as u8).collect();
		let whole = Tree::from_leaves::<Portable>(Kind::Weights, bytes.chunks(64)).unwrap();
		let pruned = Pruned::of_bytes(Kind::Weights, &bytes, 64).unwrap();
		assert_eq!(pruned.commitment(), whole.commitment());
		assert_eq!(pruned.bytes(), 32 * (3 + 2 + 1));
	}
}
