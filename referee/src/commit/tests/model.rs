// SPDX-License-Identifier: Apache-2.0

//! The definitions once more, by recursion over all leaves, as slow and as plain as can be.

use crate::{
	commit::mountain::Receipt,
	hash::{Blake2b256, Digest, Portable},
};

fn hash(parts: &[&[u8]]) -> Digest {
	Portable::hash(&parts.concat())
}

/// The top of the subtree over `size` places from `start`.
pub fn top(kind: u8, leaves: &[Vec<u8>], start: u64, size: u64) -> Digest {
	if size > 1 {
		let half = size / 2;
		return hash(&[
			&[1],
			&top(kind, leaves, start, half),
			&top(kind, leaves, start + half, half),
		]);
	}
	match leaves.get(start as usize) {
		Some(bytes) => hash(&[&[0, kind], &start.to_le_bytes(), bytes]),
		None => hash(&[&[2]]),
	}
}

/// How many places a tree has.
pub fn places(count: u64) -> u64 {
	let mut places = 1;
	while places < count {
		places *= 2;
	}
	places
}

pub fn root(kind: u8, leaves: &[Vec<u8>]) -> Digest {
	let count = leaves.len() as u64;
	hash(&[&[3, kind], &count.to_le_bytes(), &top(kind, leaves, 0, places(count))])
}

/// The digests of a proof: level by level, those nodes beside the way up that nothing opened is below.
pub fn siblings(kind: u8, leaves: &[Vec<u8>], opened: &[u64]) -> Vec<Digest> {
	let count = leaves.len() as u64;
	let mut siblings = Vec::new();
	let mut size = 1;
	while size < places(count) {
		let has_opened = |start: u64, size: u64| opened.iter().any(|index| (start..start + size).contains(index));
		for start in (0..count).step_by(size as usize) {
			let parent = start / (2 * size) * (2 * size);
			if has_opened(parent, 2 * size) && !has_opened(start, size) {
				siblings.push(top(kind, leaves, start, size));
			}
		}
		size *= 2;
	}
	siblings
}

/// The digest and the units over receipts, of which the first is at `start`.
pub fn mountain(start: u64, receipts: &[Receipt]) -> (Digest, u64) {
	if let [receipt] = receipts {
		let digest = hash(&[
			&[0x10],
			&start.to_le_bytes(),
			&receipt.claim,
			&receipt.units.to_le_bytes(),
		]);
		return (digest, receipt.units);
	}
	let half = places(receipts.len() as u64) / 2;
	let (left, right) = receipts.split_at(half as usize);
	let ((left, before), (right, after)) = (mountain(start, left), mountain(start + half, right));
	(
		hash(&[&[0x11], &left, &before.to_le_bytes(), &right, &after.to_le_bytes()]),
		before + after,
	)
}

pub fn mountain_root(receipts: &[Receipt]) -> (Digest, u64) {
	let (top, units) = if receipts.is_empty() {
		([0; 32], 0)
	} else {
		mountain(0, receipts)
	};
	(
		hash(&[
			&[0x12],
			&(receipts.len() as u64).to_le_bytes(),
			&units.to_le_bytes(),
			&top,
		]),
		units,
	)
}
