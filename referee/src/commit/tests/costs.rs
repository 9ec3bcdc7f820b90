// SPDX-License-Identifier: Apache-2.0

//! How many hashes and bytes things take, on which the chain's weights and worst cases rest.

use super::{mountain::archive, *};
use crate::commit::mountain::*;
use codec::{Encode, MaxEncodedLen};

fn opening(count: u64, start: u64, end: u64) -> (u64, usize) {
	let leaves = leaves(count);
	let tree = tree(Kind::Weights, &leaves);
	let ranges = Ranges::one(start, end).unwrap();
	let proof = tree.prove(&ranges).unwrap();
	assert_eq!(ranges.proof_bytes(count), Ok(proof.encoded_size()));
	let opened = opened(&leaves, &ranges);
	let (result, hashes) = hashes(|| proof.verify::<Counting>(&tree.commitment(), &ranges, &opened));
	assert_eq!(result, Ok(()));
	(hashes, proof.siblings.len())
}

#[test]
fn one_leaf_of_4096_takes_14_hashes_and_12_siblings() {
	assert_eq!(opening(4_096, 1_234, 1_235), (1 + 12 + 1, 12));
}

#[test]
fn an_aligned_row_of_16_leaves_of_4096_takes_40_hashes_and_8_siblings() {
	assert_eq!(opening(4_096, 160, 176), (16 + 15 + 8 + 1, 8));
}

#[test]
fn padding_takes_a_hash_for_each_level_that_needs_it() {
	// The last of 2,049 leaves: eleven nodes of padding are computed and one sibling is given.
	assert_eq!(opening(2_049, 2_048, 2_049), (1 + 12 + 1 + 11, 1));
}

#[test]
fn a_tree_takes_a_hash_for_each_leaf_and_each_node() {
	let leaves = leaves(1_024);
	let (tree, all) = hashes(|| Tree::from_leaves::<Counting>(Kind::Weights, &leaves).unwrap());
	// The digests of padding, one for each of the eleven levels, and the root.
	assert_eq!(all, 1_024 + 1_023 + 11 + 1);
	let (commitment, streamed) = hashes(|| {
		let mut builder = Builder::<Counting>::new(Kind::Weights);
		leaves.iter().for_each(|bytes| builder.push(bytes).unwrap());
		builder.commitment()
	});
	assert_eq!((commitment, streamed), (tree.commitment(), 1_024 + 1_023 + 1));
}

#[test]
fn a_step_of_a_descent_takes_31_hashes_and_1_kib() {
	let tree = tree(Kind::Trace, &leaves(4_096));
	let top = tree.reveal_top().unwrap();
	let (nodes, with_root) = hashes(|| tree.commitment().open::<Counting>(&top).unwrap());
	let below = tree.reveal_below(nodes[3].level, nodes[3].index).unwrap();
	let (_, hashes) = hashes(|| nodes[3].open::<Counting>(4_096, &below).unwrap());
	assert_eq!((with_root, hashes, below.encoded_size()), (32, 31, 1 + 1_024));
	// A trace of 2^25 leaves.
	assert_eq!(rounds(1 << 25), 5);
}

#[test]
fn a_receipt_among_1000_takes_at_most_12_hashes_and_401_bytes() {
	let all = receipts(1_000);
	let archive = archive(&all);
	let root = archive.root::<Portable>().unwrap();
	let mut most = (0, 0);
	for (index, receipt) in (0..).zip(&all) {
		let proof = archive.prove::<Portable>(1_000, index).unwrap();
		let (result, hashes) = hashes(|| proof.verify::<Counting>(&root, index, receipt));
		assert!(result.is_ok());
		most = (hashes.max(most.0), proof.encoded_size().max(most.1));
	}
	assert_eq!(most, (1 + 10 + 1, 1 + 10 * 40));
}

#[test]
fn an_extension_to_1000_takes_at_most_20_hashes_and_441_bytes() {
	let archive = archive(&receipts(1_000));
	let later = archive.root::<Portable>().unwrap();
	let mut most = (0, 0);
	for earlier in 0..=1_000 {
		let old = archive.root_of_first::<Portable>(earlier).unwrap();
		let proof = archive.prove_extension::<Portable>(earlier, 1_000).unwrap();
		let (result, hashes) = hashes(|| proof.verify::<Counting>(&old, &later));
		assert_eq!(result, Ok(()));
		most = (hashes.max(most.0), proof.encoded_size().max(most.1));
	}
	assert_eq!(most, (20, 1 + 11 * 40));
}

#[test]
fn a_receipt_takes_two_hashes_on_average_and_its_root_one_for_each_peak() {
	let mut peaks = Peaks::new();
	let ((), appended) = hashes(|| {
		receipts(1_000)
			.iter()
			.for_each(|receipt| peaks.append::<Counting>(receipt).unwrap())
	});
	// 1,000 is 1111101000 in binary: 6 peaks.
	assert_eq!(appended, 2 * 1_000 - 6);
	assert_eq!(hashes(|| peaks.root::<Counting>()).1, 5 + 1);
}

#[test]
fn the_longest_encodings_are_known() {
	assert_eq!(Commitment::max_encoded_len(), 41);
	assert_eq!(RangesProof::max_encoded_len(), 2 + 32 * MAX_SIBLINGS);
	assert_eq!(Ranges::max_encoded_len(), 2 + 16 * MAX_RANGES);
	assert_eq!(Revealed::max_encoded_len(), 1 + 32 * 32);
	assert_eq!(Node::max_encoded_len(), 44);
	assert_eq!(Root::max_encoded_len(), 48);
	assert_eq!(Inclusion::max_encoded_len(), 1 + 40 * 40);
	assert_eq!(Extension::max_encoded_len(), 1 + 41 * 40);
	assert_eq!(Peaks::max_encoded_len(), 8 + 1 + 40 * 40);
}
