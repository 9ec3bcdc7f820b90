// SPDX-License-Identifier: Apache-2.0

use super::*;
use proptest::prelude::*;

/// A proof with everything that it is checked against.
#[derive(Clone, Debug)]
struct Case {
	commitment: Commitment,
	ranges: Ranges,
	leaves: Vec<Vec<u8>>,
	siblings: Vec<Digest>,
}

impl Case {
	fn new(kind: Kind, leaves: &[Vec<u8>], ranges: Ranges) -> Self {
		let tree = tree(kind, leaves);
		let siblings = tree.prove(&ranges).unwrap().siblings.into_inner();
		Self {
			commitment: tree.commitment(),
			leaves: opened(leaves, &ranges),
			ranges,
			siblings,
		}
	}

	fn verify(&self) -> Result<(), Error> {
		let proof = RangesProof {
			siblings: self.siblings.clone().try_into()?,
		};
		proof.verify::<Portable>(&self.commitment, &self.ranges, &self.leaves)
	}

	fn with(&self, change: impl FnOnce(&mut Self)) -> Result<(), Error> {
		let mut changed = self.clone();
		change(&mut changed);
		changed.verify()
	}

	/// Everything that can be done to one part of the proof, and what is then wrong.
	fn assert_that_every_change_fails(&self) {
		for at in 0..self.siblings.len() {
			assert_eq!(
				self.with(|case| _ = case.siblings.remove(at)),
				Err(Error::TooFewSiblings)
			);
			assert_eq!(
				self.with(|case| case.siblings.insert(at, case.siblings[at])),
				Err(Error::TooManySiblings)
			);
			assert_eq!(
				self.with(|case| case.siblings[at][at % 32] ^= 1),
				Err(Error::RootMismatch)
			);
			for other in 0..at {
				assert_eq!(
					self.with(|case| case.siblings.swap(at, other)),
					Err(Error::RootMismatch)
				);
			}
		}
		assert_eq!(
			self.with(|case| case.siblings.push([0; 32])),
			Err(Error::TooManySiblings)
		);
		for at in 0..self.leaves.len() {
			assert_eq!(self.with(|case| case.leaves[at].push(0)), Err(Error::RootMismatch));
			if !self.leaves[at].is_empty() {
				assert_eq!(self.with(|case| case.leaves[at][0] ^= 0x80), Err(Error::RootMismatch));
				assert_eq!(self.with(|case| _ = case.leaves[at].pop()), Err(Error::RootMismatch));
			}
			assert_eq!(
				self.with(|case| _ = case.leaves.remove(at)),
				Err(Error::WrongLeafNumber)
			);
			assert_eq!(
				self.with(|case| case.leaves.insert(at, vec![])),
				Err(Error::WrongLeafNumber)
			);
			if self.leaves[at] != self.leaves[0] {
				assert_eq!(self.with(|case| case.leaves.swap(at, 0)), Err(Error::RootMismatch));
			}
		}
		assert_eq!(
			self.with(|case| case.commitment.kind = Kind::Vocabulary),
			Err(Error::RootMismatch)
		);
		assert_eq!(
			self.with(|case| case.commitment.root[31] ^= 1),
			Err(Error::RootMismatch)
		);
		let count = self.commitment.count;
		for other in (0..2 * count + 2).filter(|other| *other != count) {
			let wrong = self.with(|case| case.commitment.count = other).unwrap_err();
			let needed = self
				.ranges
				.siblings(other)
				.map(|needed| needed.cmp(&self.siblings.len()));
			assert_eq!(wrong, named(needed));
		}
		assert_eq!(
			self.with(|case| case.commitment.count = MAX_LEAVES + 1),
			Err(Error::TooManyLeaves)
		);
	}

	/// The same leaves and siblings with ranges of as many leaves elsewhere.
	fn assert_that_other_ranges_fail(&self, others: impl Iterator<Item = Ranges>) {
		for other in others.filter(|other| *other != self.ranges && other.leaves() == self.ranges.leaves()) {
			let needed = other
				.siblings(self.commitment.count)
				.map(|needed| needed.cmp(&self.siblings.len()));
			assert_eq!(self.with(|case| case.ranges = other).unwrap_err(), named(needed));
		}
	}
}

/// The error where the tree needs that many siblings, compared with those that are given.
fn named(needed: Result<std::cmp::Ordering, Error>) -> Error {
	match needed {
		Ok(std::cmp::Ordering::Less) => Error::TooManySiblings,
		Ok(std::cmp::Ordering::Equal) => Error::RootMismatch,
		Ok(std::cmp::Ordering::Greater) => Error::TooFewSiblings,
		Err(error) => error,
	}
}

#[test]
fn any_leaves_of_a_small_tree_are_proved_by_the_siblings_that_the_definition_says() {
	for count in 1..11 {
		let leaves = leaves(count);
		for ranges in all_ranges(count) {
			let case = Case::new(Kind::Weights, &leaves, ranges);
			let indices: Vec<u64> = case.ranges.indices().collect();
			assert_eq!(case.siblings, model::siblings(0, &leaves, &indices));
			assert_eq!(case.ranges.siblings(count), Ok(case.siblings.len()));
			assert_eq!(case.verify(), Ok(()));
		}
	}
}

#[test]
fn no_part_of_a_proof_in_a_small_tree_can_be_changed() {
	for count in 1..8 {
		let leaves = leaves(count);
		for ranges in all_ranges(count) {
			let case = Case::new(Kind::State, &leaves, ranges);
			case.assert_that_every_change_fails();
			case.assert_that_other_ranges_fail(all_ranges(count + 1));
		}
	}
}

#[test]
fn a_proof_of_another_tree_fails() {
	for count in 1..8 {
		let mut others = leaves(count);
		others[0].push(1);
		for ranges in all_ranges(count) {
			let case = Case::new(Kind::Input, &leaves(count), ranges.clone());
			let other = Case::new(Kind::Input, &others, ranges);
			// Its root, whatever of it is opened; and all but its root.
			assert_eq!(
				case.with(|case| case.commitment = other.commitment),
				Err(Error::RootMismatch)
			);
			assert_eq!(
				other.with(|other| other.commitment = case.commitment),
				Err(Error::RootMismatch)
			);
		}
	}
}

#[test]
fn nothing_can_be_opened_in_a_tree_without_leaves() {
	let empty = tree(Kind::Tokens, &[]);
	let ranges = Ranges::one(0, 1).unwrap();
	assert_eq!(empty.prove(&ranges), Err(Error::OutOfRange));
	let proof = RangesProof {
		siblings: Bounded::new(),
	};
	assert_eq!(
		proof.verify::<Portable>(&empty.commitment(), &ranges, &[[]]),
		Err(Error::OutOfRange)
	);
}

mod ranges {
	use super::*;

	fn ranges(pairs: &[(u64, u64)]) -> Result<Ranges, Error> {
		Ranges::new(
			pairs
				.iter()
				.map(|(start, end)| Range {
					start: *start,
					end: *end,
				})
				.collect(),
		)
	}

	#[test]
	fn are_not_none() {
		assert_eq!(ranges(&[]), Err(Error::RangesNotCanonical));
	}

	#[test]
	fn are_not_empty() {
		assert_eq!(ranges(&[(3, 3)]), Err(Error::RangesNotCanonical));
		assert_eq!(ranges(&[(0, 1), (3, 3), (5, 6)]), Err(Error::RangesNotCanonical));
		assert_eq!(ranges(&[(4, 3)]), Err(Error::RangesNotCanonical));
	}

	#[test]
	fn are_sorted() {
		assert_eq!(ranges(&[(5, 6), (0, 1)]), Err(Error::RangesNotCanonical));
	}

	#[test]
	fn do_not_overlap() {
		assert_eq!(ranges(&[(0, 3), (2, 5)]), Err(Error::RangesNotCanonical));
		assert_eq!(ranges(&[(0, 3), (0, 3)]), Err(Error::RangesNotCanonical));
	}

	#[test]
	fn do_not_touch() {
		assert_eq!(ranges(&[(0, 3), (3, 5)]), Err(Error::RangesNotCanonical));
		assert!(ranges(&[(0, 3), (4, 5)]).is_ok());
	}

	#[test]
	fn are_few() {
		let apart = |count: u64| {
			(0..count)
				.map(|index| Range {
					start: 2 * index,
					end: 2 * index + 1,
				})
				.collect()
		};
		assert!(Ranges::new(apart(MAX_RANGES as u64)).is_ok());
		assert_eq!(Ranges::new(apart(MAX_RANGES as u64 + 1)), Err(Error::TooManyRanges));
	}

	#[test]
	fn open_few_leaves() {
		assert!(ranges(&[(7, 7 + MAX_OPENED)]).is_ok());
		assert_eq!(ranges(&[(7, 8 + MAX_OPENED)]), Err(Error::TooManyOpened));
		assert_eq!(ranges(&[(0, u64::MAX)]), Err(Error::TooManyOpened));
		assert_eq!(
			ranges(&[(0, MAX_OPENED), (u64::MAX - 1, u64::MAX)]),
			Err(Error::TooManyOpened)
		);
	}

	#[test]
	fn end_with_the_tree() {
		let leaves = leaves(5);
		let beyond = ranges(&[(1, 2), (4, 6)]).unwrap();
		assert_eq!(tree(Kind::Weights, &leaves).prove(&beyond), Err(Error::OutOfRange));
		assert_eq!(beyond.siblings(5), Err(Error::OutOfRange));
		let case = Case::new(Kind::Weights, &leaves, ranges(&[(4, 5)]).unwrap());
		assert_eq!(
			case.with(|case| case.ranges = ranges(&[(5, 6)]).unwrap()),
			Err(Error::OutOfRange)
		);
	}

	#[test]
	fn cover_any_leaves() {
		assert_eq!(Ranges::covering([9, 3, 4, 3, 0]), ranges(&[(0, 1), (3, 5), (9, 10)]));
		assert_eq!(Ranges::covering([]), Err(Error::RangesNotCanonical));
		assert_eq!(Ranges::covering([u64::MAX]), Err(Error::OutOfRange));
	}
}

#[test]
fn more_bytes_than_a_step_has_are_refused_before_they_are_hashed() {
	let half = vec![0; MAX_OPENED_BYTES / 2 + 1];
	let leaves = vec![half; 3];
	let tree = tree(Kind::Weights, &leaves);
	let both = Ranges::one(0, 2).unwrap();
	let proof = tree.prove(&both).unwrap();
	let (result, hashes) = hashes(|| proof.verify::<Counting>(&tree.commitment(), &both, &leaves[..2]));
	assert_eq!((result, hashes), (Err(Error::TooManyBytes), 0));
	let one = Ranges::one(1, 2).unwrap();
	assert_eq!(
		tree.prove(&one)
			.unwrap()
			.verify::<Portable>(&tree.commitment(), &one, &leaves[1..2]),
		Ok(())
	);
}

#[test]
fn a_proof_of_the_wrong_size_is_refused_before_anything_is_hashed() {
	let leaves = leaves(100);
	let tree = tree(Kind::Weights, &leaves);
	let ranges = Ranges::one(10, 20).unwrap();
	let opened = opened(&leaves, &ranges);
	let siblings = tree.prove(&ranges).unwrap().siblings.into_inner();
	for (length, error) in [
		(siblings.len() - 1, Error::TooFewSiblings),
		(siblings.len() + 1, Error::TooManySiblings),
	] {
		let mut siblings = siblings.clone();
		siblings.resize(length, [0; 32]);
		let proof = RangesProof {
			siblings: siblings.try_into().unwrap(),
		};
		let (result, hashes) = hashes(|| proof.verify::<Counting>(&tree.commitment(), &ranges, &opened));
		assert_eq!((result, hashes), (Err(error), 0));
	}
}

#[test]
fn the_largest_tree_can_be_opened_at_any_leaf() {
	// Nobody holds such a tree; its siblings are any digests, which is what they look like.
	for count in [MAX_LEAVES, MAX_LEAVES - 1, MAX_LEAVES / 2 + 1, 3 << 38] {
		for index in [0, 1, count / 3, count / 2, count - 2, count - 1] {
			let mut siblings = Vec::new();
			let mut padding = Portable::hash(&[2]);
			let mut digest = leaf_digest::<Portable>(Kind::Weights, index, b"leaf");
			let node =
				|left: &Digest, right: &Digest| Portable::hash(&[&[1][..], left.as_slice(), right.as_slice()].concat());
			for level in (0..).take_while(|level| 1 << level < count) {
				let at = index >> level;
				let any = [level as u8; 32];
				digest = if at % 2 == 1 {
					siblings.push(any);
					node(&any, &digest)
				} else if (at + 1) << level < count {
					siblings.push(any);
					node(&digest, &any)
				} else {
					node(&digest, &padding)
				};
				padding = node(&padding, &padding);
			}
			let root = Portable::hash(&[&[3, 0][..], &count.to_le_bytes(), &digest].concat());
			let case = Case {
				commitment: Commitment {
					kind: Kind::Weights,
					count,
					root,
				},
				ranges: Ranges::one(index, index + 1).unwrap(),
				leaves: vec![b"leaf".to_vec()],
				siblings,
			};
			assert_eq!(case.verify(), Ok(()), "{index} of {count}");
		}
	}
}

#[test]
fn no_ranges_need_more_siblings_than_is_said_to_be_the_most() {
	let mut most = [0; 9];
	for ranges in all_ranges(16) {
		let number = ranges.iter().count();
		most[number] = most[number].max(ranges.siblings(16).unwrap());
	}
	for (number, most) in most.into_iter().enumerate().skip(1) {
		assert!(most <= most_siblings(number, 4), "{number} ranges need {most}");
	}
	// 127 above the level with 128 nodes, and 128 on each of the 33 others.
	assert_eq!(MAX_SIBLINGS, 127 + 33 * 128);
	// Ranges as bad as that: two leaves across a boundary, evenly spread over the largest tree.
	let gap = MAX_LEAVES / MAX_RANGES as u64;
	let worst = (0..MAX_RANGES as u64).map(|index| index * gap + gap / 2);
	let worst = Ranges::new(
		worst
			.map(|middle| Range {
				start: middle - 1,
				end: middle + 1,
			})
			.collect(),
	)
	.unwrap();
	assert_eq!(worst.siblings(MAX_LEAVES), Ok(33 * 128));
}

/// Leaves and a non-empty choice of them.
fn chosen() -> impl Strategy<Value = (Vec<Vec<u8>>, Ranges)> {
	let leaves = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..130);
	leaves.prop_flat_map(|leaves| {
		let count = leaves.len() as u64;
		let spans = prop::collection::vec((0..count, 1..9_u64), 1..6);
		let ranges = spans.prop_map(move |spans| {
			Ranges::covering(
				spans
					.into_iter()
					.flat_map(|(start, length)| start..(start + length).min(count)),
			)
			.unwrap()
		});
		(Just(leaves), ranges)
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn any_ranges_of_any_tree_are_proved_and_no_part_of_the_proof_can_be_changed((leaves, ranges) in chosen()) {
		let case = Case::new(Kind::Trace, &leaves, ranges);
		let indices: Vec<u64> = case.ranges.indices().collect();
		prop_assert_eq!(&case.siblings, &model::siblings(Kind::Trace.byte(), &leaves, &indices));
		prop_assert_eq!(case.verify(), Ok(()));
		case.assert_that_every_change_fails();
	}

	#[test]
	fn shifted_ranges_fail((leaves, ranges) in chosen(), by in 1..4_u64) {
		let shifted = ranges.iter().map(|range| Range { start: range.start + by, end: range.end + by });
		let shifted = Ranges::new(shifted.collect()).unwrap();
		Case::new(Kind::Trace, &leaves, ranges).assert_that_other_ranges_fail([shifted].into_iter());
	}

	#[test]
	fn any_proof_of_anything_is_refused_and_never_panics(
		count: u64,
		narrow in 0..64_u32,
		starts in prop::collection::vec((any::<u64>(), 0..9_u64), 0..5),
		siblings in prop::collection::vec(any::<[u8; 32]>(), 0..50),
		leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5), 0..20),
	) {
		let commitment = Commitment { kind: Kind::Trace, count: count >> narrow, root: [7; 32] };
		let ranges = starts.iter().map(|(start, length)| {
			let start = start >> narrow;
			Range { start, end: start.saturating_add(*length) }
		});
		if let Ok(ranges) = Ranges::new(ranges.collect()) {
			let proof = RangesProof { siblings: siblings.try_into().unwrap() };
			prop_assert!(proof.verify::<Portable>(&commitment, &ranges, &leaves).is_err());
		}
	}
}
