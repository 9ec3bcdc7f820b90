// SPDX-License-Identifier: Apache-2.0

mod controls;
mod costs;
mod descent;
mod extension;
mod model;
mod mountain;
mod proof;
mod tree;
mod wire;

use super::{mountain::Receipt, *};
use crate::hash::{Blake2b256, Digest, Portable};
use std::{cell::Cell, vec::Vec};

std::thread_local! {
	static HASHES: Cell<u64> = const { Cell::new(0) };
}

/// The hash, counting how often it is asked.
pub struct Counting;

impl Blake2b256 for Counting {
	fn hash(message: &[u8]) -> Digest {
		HASHES.set(HASHES.get() + 1);
		Portable::hash(message)
	}
}

/// What `act` returns, and how many hashes it took.
pub fn hashes<T>(act: impl FnOnce() -> T) -> (T, u64) {
	let before = HASHES.get();
	let result = act();
	(result, HASHES.get() - before)
}

/// Leaves of different lengths, some of them empty.
pub fn leaves(count: u64) -> Vec<Vec<u8>> {
	(0..count)
		.map(|index| vec![index as u8; (index % 5) as usize])
		.collect()
}

pub fn tree(kind: Kind, leaves: &[Vec<u8>]) -> Tree {
	Tree::from_leaves::<Portable>(kind, leaves).unwrap()
}

/// The leaves of these ranges.
pub fn opened(leaves: &[Vec<u8>], ranges: &Ranges) -> Vec<Vec<u8>> {
	ranges
		.iter()
		.flat_map(|range| leaves[range.start as usize..range.end as usize].to_vec())
		.collect()
}

/// Every list of ranges over so few leaves.
pub fn all_ranges(count: u64) -> impl Iterator<Item = Ranges> {
	(1..1_u64 << count)
		.map(move |mask| Ranges::covering((0..count).filter(move |index| mask >> index & 1 == 1)).unwrap())
}

/// Receipts of 0 to 6 units.
pub fn receipts(count: u64) -> Vec<Receipt> {
	(0..count)
		.map(|index| Receipt {
			claim: [index as u8; 32],
			units: index * 5 % 7,
		})
		.collect()
}
