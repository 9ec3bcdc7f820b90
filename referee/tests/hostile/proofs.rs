// SPDX-License-Identifier: Apache-2.0

//! Proofs against commitments and sessions' roots: accepted only with what is really there.

use super::{any, byte, next, scene::Blind};
use atelier_referee::{
	commit::{
		Bounded, Commitment, Kind, Node, Ranges, RangesProof, Revealed, Tree,
		mountain::{Extension, Inclusion, Peaks, Receipt, Receipts, Root},
		rounds,
	},
	hash::{Blake2b256, Portable},
	samples::Random,
};
use codec::{Decode, Encode};
use std::sync::LazyLock;

/// Leaves, and receipts: neither is a power of two.
const COUNT: u64 = 77;

type Opened = Bounded<Bounded<u8, 16>, 64>;

static LEAVES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
	(0..COUNT)
		.map(|number| vec![number as u8; (number % 9) as usize])
		.collect()
});

static TREE: LazyLock<Tree> =
	LazyLock::new(|| Tree::from_leaves::<Portable>(Kind::Trace, &*LEAVES).expect("few leaves"));

static SESSION: LazyLock<Receipts> = LazyLock::new(|| {
	let mut session = Receipts::new();
	for number in 0..COUNT {
		let receipt = Receipt {
			claim: [number as u8; 32],
			units: number % 5,
		};
		session.append::<Portable>(receipt).expect("few receipts");
	}
	session
});

/// What is decoded in each mode.
type Leaves = (Commitment, Ranges, Opened, RangesProof);
type Included = (Root, u64, Receipt, Inclusion);
type Extended = (Root, Root, Extension);
type Descent = (Commitment, Revealed, Node, Revealed, Bounded<u8, 64>);
type Appended = (Peaks, Bounded<Receipt, 64>);

pub fn run(mut bytes: &[u8]) -> bool {
	let bytes = &mut bytes;
	match byte(bytes) % 5 {
		0 => next(bytes).is_some_and(leaves),
		1 => next(bytes).is_some_and(included),
		2 => next(bytes).is_some_and(extended),
		3 => next(bytes).is_some_and(descent),
		_ => next(bytes).is_some_and(appended),
	}
}

fn leaves((commitment, ranges, opened, proof): Leaves) -> bool {
	let right = TREE.commitment();
	let opened: Vec<&[u8]> = opened.iter().map(|leaf| &leaf[..]).collect();
	let _ = proof.verify::<Blind>(&commitment, &ranges, &opened);
	let _ = ranges.proof_bytes(commitment.count);
	rounds(commitment.count);
	if let Ok(siblings) = ranges.siblings(commitment.count) {
		assert!(
			siblings <= atelier_referee::commit::MAX_SIBLINGS || commitment.count > atelier_referee::commit::MAX_LEAVES
		);
	}
	// Against any commitment, and against the one to leaves that are known.
	let _ = proof.verify::<Portable>(&commitment, &ranges, &opened);
	let accepted = proof.verify::<Portable>(&right, &ranges, &opened).is_ok();
	if accepted {
		let numbers = ranges.iter().flat_map(|range| range.start..range.end);
		for (number, bytes) in numbers.zip(&opened) {
			assert_eq!(*bytes, LEAVES[number as usize]);
		}
		assert_eq!(TREE.prove(&ranges), Ok(proof));
	}
	accepted
}

fn included((root, index, receipt, proof): Included) -> bool {
	let _ = proof.verify::<Blind>(&root, index, &receipt);
	let _ = proof.verify::<Portable>(&root, index, &receipt);
	let _ = Inclusion::siblings(root.receipts, index);
	let right = SESSION.root::<Portable>().expect("few receipts");
	let Ok(interval) = proof.verify::<Portable>(&right, index, &receipt) else {
		return false;
	};
	assert_eq!(SESSION.get(index), Some(&receipt));
	assert_eq!(interval.to - interval.from, receipt.units);
	assert!(receipt.units == 0 || SESSION.covering(interval.to) == Some((index, interval)));
	true
}

fn extended((earlier, later, proof): Extended) -> bool {
	let _ = proof.verify::<Blind>(&earlier, &later);
	let _ = proof.verify::<Portable>(&earlier, &later);
	let _ = Extension::nodes(earlier.receipts, later.receipts);
	let right = SESSION.root::<Portable>().expect("few receipts");
	let accepted = proof.verify::<Portable>(&earlier, &right).is_ok();
	assert!(!accepted || SESSION.root_of_first::<Portable>(earlier.receipts) == Ok(earlier));
	accepted
}

fn descent((commitment, top, node, below, leaf): Descent) -> bool {
	fn any_hash<H: Blake2b256>(
		commitment: &Commitment,
		top: &[[u8; 32]],
		node: &Node,
		below: &[[u8; 32]],
		leaf: &[u8],
	) {
		let nodes = commitment.open::<H>(top).unwrap_or_default();
		for node in nodes.iter().chain([node]) {
			let _ = node.open::<H>(commitment.count, below);
			let _ = node.check_leaf::<H>(Kind::Trace, leaf);
		}
	}
	any_hash::<Blind>(&commitment, &top, &node, &below, &leaf);
	any_hash::<Portable>(&commitment, &top, &node, &below, &leaf);
	let Ok(nodes) = TREE.commitment().open::<Portable>(&top) else {
		return false;
	};
	for node in nodes {
		assert_eq!(TREE.node(node.level, node.index), Some(node.digest));
		if let Ok(nodes) = node.open::<Portable>(COUNT, &below) {
			assert!(
				nodes
					.iter()
					.all(|node| TREE.node(node.level, node.index) == Some(node.digest))
			);
		}
	}
	true
}

fn appended((mut peaks, receipts): Appended) -> bool {
	for receipt in &receipts {
		let before = peaks.clone();
		match peaks.append::<Portable>(receipt) {
			Ok(()) => assert_eq!(peaks.units(), before.units() + receipt.units),
			Err(_) => assert_eq!(peaks, before),
		}
		assert!(peaks.root::<Portable>().is_ok());
	}
	true
}

pub fn seed(random: &mut Random) -> Vec<u8> {
	fn other<T: Encode + Decode>(mode: u8, random: &mut Random) -> Vec<u8> {
		[vec![mode], any::<T>(random)].concat()
	}
	let number = random.between(0, COUNT as i64 - 1) as u64;
	let count = random.between(number as i64 + 1, COUNT as i64) as u64;
	match random.between(0, 9) {
		0 => other::<Leaves>(0, random),
		1 => other::<Included>(1, random),
		2 => other::<Extended>(2, random),
		3 => other::<Descent>(3, random),
		4 => other::<Appended>(4, random),
		5 => {
			let numbers: Vec<_> = (0..random.between(1, 8))
				.map(|_| random.between(0, COUNT as i64 - 1) as u64)
				.collect();
			let ranges = Ranges::covering(numbers).expect("few ranges");
			let leaves: Vec<_> = ranges.iter().flat_map(|range| range.start..range.end).collect();
			let leaves: Vec<_> = leaves.iter().map(|number| LEAVES[*number as usize].clone()).collect();
			let proof = TREE.prove(&ranges).expect("they are there");
			[vec![0], (TREE.commitment(), ranges, leaves, proof).encode()].concat()
		}
		6 => {
			let proof = SESSION.prove::<Portable>(COUNT, number).expect("it is there");
			let root = SESSION.root::<Portable>().expect("few receipts");
			let receipt = SESSION.get(number).expect("it is there");
			[vec![1], (root, number, receipt, proof).encode()].concat()
		}
		7 => {
			let root = |count| SESSION.root_of_first::<Portable>(count).expect("few receipts");
			let proof = SESSION
				.prove_extension::<Portable>(number, count)
				.expect("it is longer");
			[vec![2], (root(number), root(count), proof).encode()].concat()
		}
		8 => {
			let top = TREE.reveal_top().expect("there is a top");
			let nodes = TREE.commitment().open::<Portable>(&top).expect("it is the top");
			let node = nodes[number as usize % nodes.len()];
			let below = TREE.reveal_below(node.level, node.index).expect("there are leaves");
			let leaf = &LEAVES[number as usize];
			[vec![3], (TREE.commitment(), top, node, below, leaf).encode()].concat()
		}
		_ => {
			let mut peaks = Peaks::new();
			// Sometimes nearly as many units as there can be.
			if random.one_in(2) {
				let most = Receipt {
					claim: [0; 32],
					units: u64::MAX - random.between(0, 200) as u64,
				};
				peaks.append::<Portable>(&most).expect("the first");
			}
			for number in 0..number {
				let _ = peaks.append::<Portable>(SESSION.get(number).expect("it is there"));
			}
			let receipts: Vec<_> = (number..count)
				.filter_map(|number| SESSION.get(number))
				.take(64)
				.collect();
			[vec![4], (peaks, receipts).encode()].concat()
		}
	}
}
