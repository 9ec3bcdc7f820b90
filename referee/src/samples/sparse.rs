// SPDX-License-Identifier: Apache-2.0

//! A tree of which only the opened leaves are there: whatever lies beside them has any digest. Written from
//! docs/exact-spec.md.
#![allow(
	clippy::arithmetic_side_effects,
	reason = "material for tests: what cannot be made should stop them"
)]

use crate::{
	commit::{Bounded, Commitment, Kind, Ranges, RangesProof, depth, leaf_digest},
	hash::{Blake2b256, Digest, Portable},
};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode;

fn node(left: &Digest, right: &Digest) -> Digest {
	Portable::hash(&[&[1][..], left, right].concat())
}

/// The proof of some leaves, and the tree that it is one in.
pub fn sparse(
	kind: Kind,
	count: u64,
	ranges: &Ranges,
	mut leaf: impl FnMut(u64) -> Option<Vec<u8>>,
) -> Option<(RangesProof, Commitment)> {
	let mut known = BTreeMap::new();
	for index in ranges.iter().flat_map(|range| range.start..range.end) {
		known.insert(index, leaf_digest::<Portable>(kind, index, &leaf(index)?));
	}
	let mut siblings = Vec::new();
	let mut padding = Portable::hash(&[2]);
	for level in 0..depth(count) {
		let width = count.div_ceil(1 << level);
		let mut above = BTreeMap::new();
		for index in known.keys().map(|index| index / 2) {
			let mut child = |index: u64| match known.get(&index) {
				Some(digest) => *digest,
				None if index >= width => padding,
				None => {
					let any = Portable::hash(&(kind, level, index).encode());
					siblings.push(any);
					any
				}
			};
			above
				.entry(index)
				.or_insert_with(|| node(&child(2 * index), &child(2 * index + 1)));
		}
		known = above;
		padding = node(&padding, &padding);
	}
	let top = known.get(&0)?;
	let root = Portable::hash(&[&[3][..], &(kind, count).encode(), top].concat());
	let siblings = Bounded::try_from(siblings).ok()?;
	Some((RangesProof { siblings }, Commitment { kind, count, root }))
}
