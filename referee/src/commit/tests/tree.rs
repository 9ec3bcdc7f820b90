// SPDX-License-Identifier: Apache-2.0

use super::*;
use proptest::prelude::*;

#[test]
fn a_root_is_what_its_definition_says() {
	for count in 0..70 {
		let leaves = leaves(count);
		let commitment = tree(Kind::Weights, &leaves).commitment();
		assert_eq!(
			commitment,
			Commitment {
				kind: Kind::Weights,
				count,
				root: model::root(0, &leaves)
			}
		);
	}
}

#[test]
fn a_builder_that_forgets_the_leaves_gets_the_same_root_after_every_leaf() {
	let leaves = leaves(140);
	let mut builder = Builder::<Portable>::new(Kind::Trace);
	for count in 0..leaves.len() {
		assert_eq!(builder.commitment(), tree(Kind::Trace, &leaves[..count]).commitment());
		builder.push(&leaves[count]).unwrap();
	}
}

#[test]
fn every_node_is_what_its_definition_says_padding_included() {
	for count in 0..35 {
		let leaves = leaves(count);
		let tree = tree(Kind::State, &leaves);
		for level in 0..=depth(count) {
			let size = 1 << level;
			let width = model::places(count) / size;
			for index in 0..width {
				assert_eq!(
					tree.node(level, index),
					Some(model::top(3, &leaves, index * size, size))
				);
			}
			assert_eq!(tree.node(level, width), None);
		}
		assert_eq!(tree.node(depth(count) + 1, 0), None);
		assert_eq!(tree.node(u32::MAX, u64::MAX), None);
	}
}

#[test]
fn the_depth_doubles_until_all_leaves_fit() {
	for count in 0..300 {
		assert_eq!(1 << depth(count), model::places(count));
	}
	assert_eq!(depth(MAX_LEAVES), MAX_DEPTH);
	assert_eq!(depth(MAX_LEAVES + 1), MAX_DEPTH + 1);
	assert_eq!(depth(u64::MAX), 64);
}

#[test]
fn a_width_counts_the_nodes_that_have_leaves_below_them() {
	for count in 0..100 {
		for level in 0..10 {
			assert_eq!(shape::width(count, level), count.div_ceil(1 << level));
		}
	}
	assert_eq!(shape::width(u64::MAX, 63), 2);
	assert_eq!(shape::width(u64::MAX, 64), 1);
	assert_eq!(shape::width(0, 64), 0);
}

#[test]
fn a_kind_is_hashed_as_the_byte_that_it_is_encoded_as() {
	let kinds = [
		Kind::Weights,
		Kind::Input,
		Kind::Tokens,
		Kind::State,
		Kind::Trace,
		Kind::Output,
		Kind::Vocabulary,
		Kind::Subjects,
	];
	for (byte, kind) in kinds.into_iter().enumerate() {
		assert_eq!(kind.byte() as usize, byte);
		assert_eq!(codec::Encode::encode(&kind), [byte as u8]);
	}
}

#[test]
fn a_leaf_that_no_proof_could_open_is_refused() {
	let longest = vec![0; MAX_OPENED_BYTES];
	let longer = vec![0; MAX_OPENED_BYTES + 1];
	let mut builder = Builder::<Portable>::new(Kind::Weights);
	assert_eq!(builder.push(&longest), Ok(()));
	let before = builder.commitment();
	assert_eq!(builder.push(&longer), Err(Error::LeafTooLong));
	assert_eq!(builder.commitment(), before);
	assert_eq!(
		Tree::from_leaves::<Portable>(Kind::Weights, [longer]),
		Err(Error::LeafTooLong)
	);
}

proptest! {
	#[test]
	fn any_leaves_have_the_root_that_the_definition_says(
		leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..200),
	) {
		let root = model::root(Kind::Output.byte(), &leaves);
		prop_assert_eq!(tree(Kind::Output, &leaves).commitment().root, root);
		let mut builder = Builder::<Portable>::new(Kind::Output);
		leaves.iter().for_each(|bytes| builder.push(bytes).unwrap());
		prop_assert_eq!(builder.commitment().root, root);
	}
}
