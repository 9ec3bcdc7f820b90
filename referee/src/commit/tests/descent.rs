// SPDX-License-Identifier: Apache-2.0

use super::*;
use proptest::prelude::*;

/// Walks from the root to a leaf and returns the number of steps.
fn descend(tree: &Tree, leaf: u64) -> (Node, u32) {
	let count = tree.commitment().count;
	let pick = |nodes: Vec<Node>| *nodes.iter().find(|node| node.index == leaf >> node.level).unwrap();
	let mut node = pick(tree.commitment().open::<Portable>(&tree.reveal_top().unwrap()).unwrap());
	let mut steps = 1;
	while node.level > 0 {
		assert_eq!(tree.node(node.level, node.index), Some(node.digest));
		let revealed = tree.reveal_below(node.level, node.index).unwrap();
		node = pick(node.open::<Portable>(count, &revealed).unwrap());
		steps += 1;
	}
	(node, steps)
}

#[test]
fn every_leaf_is_reached_in_the_stated_number_of_steps() {
	for count in [1, 2, 3, 15, 16, 17, 31, 33, 255, 256, 257, 300] {
		let leaves = leaves(count);
		let tree = tree(Kind::Trace, &leaves);
		for leaf in 0..count {
			let (node, steps) = descend(&tree, leaf);
			assert_eq!(steps, rounds(count));
			assert_eq!(node.check_leaf::<Portable>(Kind::Trace, &leaves[leaf as usize]), Ok(()));
			assert_eq!(
				node.check_leaf::<Portable>(Kind::State, &leaves[leaf as usize]),
				Err(Error::LeafMismatch)
			);
			assert_eq!(
				node.check_leaf::<Portable>(Kind::Trace, b"other"),
				Err(Error::LeafMismatch)
			);
		}
	}
}

#[test]
fn only_a_leaf_has_the_bytes_of_a_leaf() {
	let node = Node {
		level: 1,
		index: 0,
		digest: leaf_digest::<Portable>(Kind::Trace, 0, b""),
	};
	assert_eq!(node.check_leaf::<Portable>(Kind::Trace, b""), Err(Error::OutOfRange));
}

#[test]
fn a_tree_without_leaves_reveals_nothing_and_is_still_checked() {
	let empty = tree(Kind::Trace, &[]);
	assert!(empty.reveal_top().unwrap().is_empty());
	assert_eq!(empty.commitment().open::<Portable>(&[]), Ok(vec![]));
	let other = Commitment {
		kind: Kind::State,
		..empty.commitment()
	};
	assert_eq!(other.open::<Portable>(&[]), Err(Error::RootMismatch));
}

#[test]
fn no_revealed_node_can_be_changed() {
	for count in [2, 16, 17, 21, 33, 100, 257] {
		let tree = tree(Kind::Trace, &leaves(count));
		let commitment = tree.commitment();
		let top = tree.reveal_top().unwrap();
		changes(&top, Error::RootMismatch, |revealed| {
			commitment.open::<Portable>(revealed)
		});
		for node in commitment
			.open::<Portable>(&top)
			.unwrap()
			.into_iter()
			.filter(|node| node.level > 0)
		{
			let below = tree.reveal_below(node.level, node.index).unwrap();
			changes(&below, Error::NodeMismatch, |revealed| {
				node.open::<Portable>(count, revealed)
			});
		}
	}
}

fn changes(revealed: &[Digest], mismatch: Error, open: impl Fn(&[Digest]) -> Result<Vec<Node>, Error>) {
	for at in 0..revealed.len() {
		let with = |change: &dyn Fn(&mut Vec<Digest>)| {
			let mut changed = revealed.to_vec();
			change(&mut changed);
			open(&changed)
		};
		assert_eq!(with(&|nodes| _ = nodes.remove(at)), Err(Error::WrongNodeNumber));
		assert_eq!(with(&|nodes| nodes.insert(at, nodes[at])), Err(Error::WrongNodeNumber));
		assert_eq!(with(&|nodes| nodes[at][at] ^= 1), Err(mismatch));
		if at > 0 {
			assert_eq!(with(&|nodes| nodes.swap(at, 0)), Err(mismatch));
		}
	}
}

#[test]
fn padding_is_computed_and_so_a_tree_with_something_else_in_its_place_cannot_be_opened() {
	// Three leaves, and where the fourth would be a digest that is not padding.
	let digests: Vec<Digest> = (0..4)
		.map(|index| leaf_digest::<Portable>(Kind::Trace, index, b""))
		.collect();
	let four = Tree::from_digests::<Portable>(Kind::Trace, digests.clone()).unwrap();
	let forged = Commitment::new::<Portable>(Kind::Trace, 3, &four.node(2, 0).unwrap());
	assert_eq!(forged.open::<Portable>(&digests[..3]), Err(Error::RootMismatch));
	assert_eq!(forged.open::<Portable>(&digests), Err(Error::WrongNodeNumber));
}

#[test]
fn padding_is_not_revealed() {
	for count in 1..300 {
		let tree = tree(Kind::Trace, &leaves(count));
		let top = tree.reveal_top().unwrap();
		let nodes = tree.commitment().open::<Portable>(&top).unwrap();
		assert_eq!(nodes.len() as u64, shape::width(count, nodes[0].level));
		if nodes[0].level > 0 {
			let below = nodes
				.iter()
				.map(|node| tree.reveal_below(node.level, node.index).unwrap().len() as u64);
			assert_eq!(
				below.sum::<u64>(),
				shape::width(count, nodes[0].level.saturating_sub(DESCENT_LEVELS))
			);
		}
	}
}

#[test]
fn padding_cannot_be_picked() {
	let tree = tree(Kind::Trace, &leaves(33));
	assert!(tree.reveal_below(4, 2).is_ok());
	assert_eq!(tree.reveal_below(4, 3), Err(Error::OutOfRange));
	assert_eq!(tree.reveal_below(0, 0), Err(Error::OutOfRange));
	assert_eq!(tree.reveal_below(7, 0), Err(Error::OutOfRange));
}

proptest! {
	#[test]
	fn any_revealed_nodes_below_any_node_never_panic(
		count: u64,
		level: u32,
		index: u64,
		narrow in 0..64_u32,
		revealed in prop::collection::vec(any::<[u8; 32]>(), 0..20),
	) {
		let (count, index, level) = (count >> narrow, index >> narrow, level % 70);
		let node = Node { level, index, digest: [0; 32] };
		prop_assert!(node.open::<Portable>(count, &revealed).is_err());
		let commitment = Commitment { kind: Kind::Trace, count, root: [0; 32] };
		prop_assert!(commitment.open::<Portable>(&revealed).is_err());
	}
}
