// SPDX-License-Identifier: Apache-2.0

//! Products of every path against the referee's: at least a million values, a thousand times as many with
//! `ATELIER_KERNEL_FACTOR=1000`.

use crate::{
	Path,
	controls::factor,
	selftest::{
		checks::products,
		operands::{Kind, Random},
	},
};

/// Values of each path in an ordinary run.
const VALUES: u64 = 1_000_000;

/// Compares random matrices until there are enough.
fn compare(paths: &[Path], seed: u64) {
	for path in paths {
		let mut random = Random(seed);
		let mut values = 0;
		while values < VALUES / 2 * factor() {
			let kind = Kind::ALL[random.below(5) as usize];
			let rows = random.between(1, 150) as u32;
			let columns = match random.below(40) {
				0 => random.between(1, 3_000),
				_ => random.between(1, 130),
			} as u32;
			let tokens = random.between(1, 64) as usize;
			assert!(
				products(*path, kind, rows, columns, tokens, &mut random),
				"{path}: {kind:?}, {rows} x {columns}, {tokens} tokens"
			);
			values += u64::from(rows) * tokens as u64;
		}
	}
}

// Two, so that two threads share the work.
#[test]
fn every_value_of_random_matrices() {
	compare(&Path::available(), 1);
}

#[test]
fn every_value_of_other_random_matrices() {
	compare(&Path::available(), 2);
}

#[test]
fn the_longest_rows_at_their_limits() {
	let mut random = Random(3);
	for path in Path::available() {
		for kind in Kind::ALL {
			for (rows, columns, tokens) in [(49, 28_672, 5), (3, 32_768, 64), (100, 11_008, 4)] {
				assert!(
					products(path, kind, rows, columns, tokens, &mut random),
					"{path}: {kind:?}, {rows} x {columns}, {tokens} tokens"
				);
			}
		}
	}
}

#[test]
fn a_broken_path_is_seen() {
	for path in Path::available() {
		assert!(products(path, Kind::Bytes, 20, 20, 3, &mut Random(4)));
		assert!(!products(path.broken(), Kind::Bytes, 20, 20, 3, &mut Random(4)));
	}
}
