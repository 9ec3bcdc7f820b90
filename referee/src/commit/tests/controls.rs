// SPDX-License-Identifier: Apache-2.0

//! Positive controls: each forgery fails, and succeeds with the one defence switched off that is there against it.

use super::{
	mountain::{archive, root},
	*,
};
use crate::{
	checks::{self, Check, without},
	commit::mountain::*,
};

/// What the forgery comes to with the defence and without it.
fn defended(check: Check, forgery: impl Fn() -> Result<(), Error>) -> Error {
	assert_eq!(
		without(&[check], &forgery),
		Ok(()),
		"without {check:?} the forgery succeeds"
	);
	forgery().unwrap_err()
}

fn open(tree: &Tree, commitment: Commitment, index: u64, bytes: &[u8]) -> Result<(), Error> {
	let ranges = Ranges::one(index, index + 1).unwrap();
	tree.prove(&ranges)
		.unwrap()
		.verify::<Portable>(&commitment, &ranges, &[bytes])
}

#[test]
fn the_kind_keeps_states_from_being_passed_off_as_a_trace() {
	let forgery = || {
		let tree = tree(Kind::State, &leaves(6));
		open(
			&tree,
			Commitment {
				kind: Kind::Trace,
				..tree.commitment()
			},
			3,
			&leaves(6)[3],
		)
	};
	assert_eq!(defended(Check::Kind, forgery), Error::RootMismatch);
}

#[test]
fn the_index_keeps_a_leaf_from_being_copied_to_another_place() {
	// Somebody who knows a leaf's digest only commits to it once more, elsewhere.
	let forgery = || {
		let seen = leaf_digest::<Portable>(Kind::Output, 0, b"answer");
		let copied = Tree::from_digests::<Portable>(Kind::Output, vec![seen, seen]).unwrap();
		open(&copied, copied.commitment(), 1, b"answer")
	};
	assert_eq!(defended(Check::Index, forgery), Error::RootMismatch);
}

#[test]
fn the_count_keeps_a_tree_from_having_two_lengths() {
	let forgery = || {
		let four = tree(Kind::Tokens, &leaves(4));
		open(
			&four,
			Commitment {
				count: 3,
				..four.commitment()
			},
			0,
			&leaves(4)[0],
		)
	};
	assert_eq!(defended(Check::Count, forgery), Error::RootMismatch);
}

#[test]
fn exact_numbers_keep_a_proof_from_being_written_in_two_ways() {
	let forgery = || {
		let tree = tree(Kind::Tokens, &leaves(4));
		let ranges = Ranges::one(0, 1).unwrap();
		let mut proof = tree.prove(&ranges).unwrap();
		proof.siblings.push([0; 32]).unwrap();
		proof.verify::<Portable>(&tree.commitment(), &ranges, &leaves(1))
	};
	assert_eq!(defended(Check::ExactSiblings, forgery), Error::TooManySiblings);
}

#[test]
fn the_tag_alone_keeps_nodes_from_being_passed_off_as_leaves() {
	// A tree of four leaves opened as one of two, whose leaves are the children of its nodes. The count, the kind and
	// the index stop that too, so they are off as well; the tag must do without them.
	let forgery = || {
		let four = tree(Kind::Tokens, &leaves(4));
		let nodes = [0, 1].map(|index| [four.node(0, 2 * index), four.node(0, 2 * index + 1)].map(Option::unwrap));
		let two = Commitment {
			count: 2,
			..four.commitment()
		};
		let ranges = Ranges::one(0, 2).unwrap();
		let proof = RangesProof {
			siblings: Bounded::new(),
		};
		proof.verify::<Portable>(&two, &ranges, &nodes.map(|pair| pair.concat()))
	};
	let others = [Check::Count, Check::Kind, Check::Index];
	assert_eq!(
		without(&[Check::Tags, Check::Count, Check::Kind, Check::Index], forgery),
		Ok(())
	);
	assert_eq!(without(&others, forgery), Err(Error::RootMismatch));
	// Each of the others stops it without the tag.
	for kept in others {
		let off: Vec<_> = others
			.into_iter()
			.filter(|check| *check != kept)
			.chain([Check::Tags])
			.collect();
		assert_eq!(
			without(&off, forgery),
			Err(Error::RootMismatch),
			"{kept:?} stops it too"
		);
	}
}

mod receipts_of_a_session {
	use super::*;

	#[test]
	fn sums_in_nodes_keep_a_receipt_at_its_units() {
		// An auditor drew unit 1, which the first receipt covers; the worker opens the second there, because that is
		// the one it answered honestly, and lends the first one's units to the third.
		let all: Vec<_> = [10, 5, 20, 0]
			.map(|units| Receipt {
				claim: [units as u8; 32],
				units,
			})
			.to_vec();
		let forgery = || {
			let root = root(&all);
			let mut siblings = archive(&all).prove::<Portable>(4, 1).unwrap().siblings.into_inner();
			siblings[0].units -= 10;
			siblings[1].units += 10;
			let proof = Inclusion {
				siblings: siblings.try_into().unwrap(),
			};
			let interval = proof.verify::<Portable>(&root, 1, &all[1])?;
			assert!(interval.contains(1));
			Ok(())
		};
		assert_eq!(defended(Check::Sums, forgery), Error::RootMismatch);
	}

	#[test]
	fn sums_in_leaves_keep_the_price_of_a_receipt() {
		let all: Vec<_> = [10, 5]
			.map(|units| Receipt {
				claim: [units as u8; 32],
				units,
			})
			.to_vec();
		let forgery = || {
			let mut siblings = archive(&all).prove::<Portable>(2, 1).unwrap().siblings.into_inner();
			siblings[0].units -= 1;
			let proof = Inclusion {
				siblings: siblings.try_into().unwrap(),
			};
			proof
				.verify::<Portable>(&root(&all), 1, &Receipt { units: 6, ..all[1] })
				.map(drop)
		};
		assert_eq!(defended(Check::Sums, forgery), Error::RootMismatch);
	}

	#[test]
	fn sums_keep_settled_units_where_they_were() {
		// Both sums stay, but ten settled units move to where the second receipt is.
		let all: Vec<_> = [10, 5, 20]
			.map(|units| Receipt {
				claim: [units as u8; 32],
				units,
			})
			.to_vec();
		let mut moved = all.clone();
		moved[0].units -= 10;
		moved[1].units += 10;
		let forgery = || {
			let proof = archive(&moved).prove_extension::<Portable>(2, 3)?;
			proof.verify::<Portable>(&root(&all[..2]), &root(&moved))
		};
		assert_eq!(defended(Check::Sums, forgery), Error::EarlierRootMismatch);
	}

	#[test]
	fn the_count_keeps_a_session_from_having_two_numbers_of_receipts() {
		let all = receipts(4);
		let forgery = || {
			let proof = archive(&all).prove::<Portable>(4, 0).unwrap();
			proof
				.verify::<Portable>(
					&Root {
						receipts: 3,
						..root(&all)
					},
					0,
					&all[0],
				)
				.map(drop)
		};
		assert_eq!(defended(Check::Count, forgery), Error::RootMismatch);
	}

	#[test]
	fn the_index_keeps_a_receipt_from_being_copied_to_another_place() {
		let receipt = receipts(2)[1];
		let forgery = || {
			let leaf = receipt.leaf::<Portable>(0);
			let twice = Root::over::<Portable>(2, Some(&Summed::join::<Portable>(&leaf, &leaf).unwrap()));
			let proof = Inclusion {
				siblings: vec![leaf].try_into().unwrap(),
			};
			proof.verify::<Portable>(&twice, 1, &receipt).map(drop)
		};
		assert_eq!(defended(Check::Index, forgery), Error::RootMismatch);
	}

	#[test]
	fn exact_numbers_keep_a_proof_from_being_written_in_two_ways() {
		let all = receipts(5);
		let any = Summed {
			digest: [0; 32],
			units: 0,
		};
		let inclusion = || {
			let mut proof = archive(&all).prove::<Portable>(5, 2).unwrap();
			proof.siblings.push(any).unwrap();
			proof.verify::<Portable>(&root(&all), 2, &all[2]).map(drop)
		};
		assert_eq!(defended(Check::ExactSiblings, inclusion), Error::TooManySiblings);
		let extension = || {
			let mut proof = archive(&all).prove_extension::<Portable>(3, 5).unwrap();
			proof.nodes.push(any).unwrap();
			proof.verify::<Portable>(&root(&all[..3]), &root(&all))
		};
		assert_eq!(defended(Check::ExactSiblings, extension), Error::TooManySiblings);
	}
}

#[test]
fn a_switched_off_defence_is_on_again_afterwards() {
	assert!(!without(&[Check::Sums], || checks::on(Check::Sums)));
	assert!(std::panic::catch_unwind(|| without(&[Check::Sums], || std::panic::resume_unwind(Box::new(())))).is_err());
	assert!(checks::on(Check::Sums));
}
