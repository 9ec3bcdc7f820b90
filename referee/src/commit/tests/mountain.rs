// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::commit::mountain::*;
use proptest::prelude::*;

/// The receipts with everything over them.
pub fn archive(receipts: &[Receipt]) -> Receipts {
	let mut archive = Receipts::new();
	receipts
		.iter()
		.for_each(|receipt| archive.append::<Portable>(*receipt).unwrap());
	archive
}

pub fn root(receipts: &[Receipt]) -> Root {
	archive(receipts).root::<Portable>().unwrap()
}

#[test]
fn a_root_is_what_its_definition_says_from_the_peaks_and_from_all_receipts() {
	let all = receipts(140);
	let archive = archive(&all);
	let mut peaks = Peaks::new();
	for count in 0..all.len() {
		let (digest, units) = model::mountain_root(&all[..count]);
		let root = Root {
			receipts: count as u64,
			units,
			digest,
		};
		assert_eq!(peaks.root::<Portable>(), Ok(root));
		assert_eq!(archive.root_of_first::<Portable>(count as u64), Ok(root));
		assert_eq!((peaks.receipts(), peaks.units()), (root.receipts, root.units));
		peaks.append::<Portable>(&all[count]).unwrap();
	}
	assert_eq!(Root::empty::<Portable>(), Peaks::new().root::<Portable>().unwrap());
}

#[test]
fn every_inclusion_proves_the_units_that_the_receipt_covers() {
	for count in 1..41 {
		let all = receipts(count);
		let archive = archive(&all);
		let root = archive.root::<Portable>().unwrap();
		let mut from = 0;
		for (index, receipt) in (0..).zip(&all) {
			let interval = Interval {
				from,
				to: from + receipt.units,
			};
			let proof = archive.prove::<Portable>(count, index).unwrap();
			assert_eq!(proof.verify::<Portable>(&root, index, receipt), Ok(interval));
			assert_eq!(Inclusion::siblings(count, index), Ok(proof.siblings.len()));
			for unit in from + 1..=interval.to {
				assert!(interval.contains(unit));
				assert_eq!(archive.covering(unit), Some((index, interval)));
			}
			assert!(!interval.contains(from) && !interval.contains(interval.to + 1));
			from = interval.to;
		}
		assert_eq!(from, root.units);
		assert_eq!((archive.covering(0), archive.covering(from + 1)), (None, None));
	}
}

/// Receipts that all cost something.
fn costly(count: u64) -> Vec<Receipt> {
	receipts(count)
		.into_iter()
		.map(|receipt| Receipt {
			units: receipt.units + 1,
			..receipt
		})
		.collect()
}

#[test]
fn no_part_of_an_inclusion_can_be_changed() {
	for count in 1..25 {
		let all = costly(count);
		let archive = archive(&all);
		let root = archive.root::<Portable>().unwrap();
		for (index, receipt) in (0..).zip(&all) {
			let siblings = archive.prove::<Portable>(count, index).unwrap().siblings.into_inner();
			let verify = |root: Root, index: u64, receipt: Receipt, siblings: &[Summed]| {
				let proof = Inclusion {
					siblings: siblings.to_vec().try_into().unwrap(),
				};
				proof.verify::<Portable>(&root, index, &receipt).unwrap_err()
			};
			for at in 0..siblings.len() {
				let with = |change: &dyn Fn(&mut Vec<Summed>)| {
					let mut changed = siblings.clone();
					change(&mut changed);
					verify(root, index, *receipt, &changed)
				};
				assert_eq!(with(&|nodes| _ = nodes.remove(at)), Error::TooFewSiblings);
				assert_eq!(with(&|nodes| nodes.insert(at, nodes[at])), Error::TooManySiblings);
				assert_eq!(with(&|nodes| nodes[at].digest[0] ^= 1), Error::RootMismatch);
				assert_eq!(with(&|nodes| nodes[at].units += 1), Error::WrongUnits);
				assert_eq!(with(&|nodes| nodes[at].units = u64::MAX), Error::UnitsOverflow);
				if at > 0 {
					assert_eq!(with(&|nodes| nodes.swap(at, 0)), Error::RootMismatch);
					let lend = |nodes: &mut Vec<Summed>| {
						nodes[0].units -= 1;
						nodes[at].units += 1;
					};
					assert_eq!(with(&lend), Error::RootMismatch);
				}
			}
			let dearer = Receipt {
				units: receipt.units + 1,
				..*receipt
			};
			let other = Receipt {
				claim: [99; 32],
				..*receipt
			};
			assert_eq!(verify(root, index, dearer, &siblings), Error::WrongUnits);
			assert_eq!(verify(root, index, other, &siblings), Error::RootMismatch);
			assert_eq!(
				verify(
					Root {
						units: root.units + 1,
						..root
					},
					index,
					*receipt,
					&siblings
				),
				Error::WrongUnits
			);
			let both = Root {
				units: root.units + 1,
				..root
			};
			assert_eq!(verify(both, index, dearer, &siblings), Error::RootMismatch);
			assert_eq!(
				verify(
					Root {
						digest: [0; 32],
						..root
					},
					index,
					*receipt,
					&siblings
				),
				Error::RootMismatch
			);
			let endless = Root {
				receipts: MAX_LEAVES + 1,
				..root
			};
			assert_eq!(verify(endless, index, *receipt, &siblings), Error::TooManyLeaves);
			for elsewhere in 0..2 * count {
				if elsewhere != index {
					assert_eq!(
						verify(root, elsewhere, *receipt, &siblings),
						named(&siblings, Inclusion::siblings(count, elsewhere))
					);
				}
				if elsewhere != count {
					assert_eq!(
						verify(
							Root {
								receipts: elsewhere,
								..root
							},
							index,
							*receipt,
							&siblings
						),
						named(&siblings, Inclusion::siblings(elsewhere, index))
					);
				}
			}
		}
		assert_eq!(archive.prove::<Portable>(count, count), Err(Error::OutOfRange));
		assert_eq!(archive.prove::<Portable>(count + 1, 0), Err(Error::OutOfRange));
	}
}

/// The error where a statement needs another proof.
fn named(given: &[Summed], needed: Result<usize, Error>) -> Error {
	match needed.map(|needed| needed.cmp(&given.len())) {
		Ok(std::cmp::Ordering::Less) => Error::TooManySiblings,
		Ok(std::cmp::Ordering::Equal) => Error::RootMismatch,
		Ok(std::cmp::Ordering::Greater) => Error::TooFewSiblings,
		Err(error) => error,
	}
}

#[test]
fn units_that_overflow_are_refused_and_change_nothing() {
	let receipt = |units| Receipt { claim: [1; 32], units };
	let mut peaks = Peaks::new();
	let mut archive = Receipts::new();
	for (units, result) in [(u64::MAX - 1, Ok(())), (2, Err(Error::UnitsOverflow)), (1, Ok(()))] {
		let (peaks_before, archive_before) = (peaks.clone(), archive.clone());
		assert_eq!(peaks.append::<Portable>(&receipt(units)), result);
		assert_eq!(archive.append::<Portable>(receipt(units)), result);
		assert_eq!(result.is_err(), peaks == peaks_before);
		assert_eq!(result.is_err(), archive == archive_before);
	}
	assert_eq!(peaks.root::<Portable>(), archive.root::<Portable>());
	assert_eq!(peaks.units(), u64::MAX);
	let root = peaks.root::<Portable>().unwrap();
	let interval = Interval {
		from: u64::MAX - 1,
		to: u64::MAX,
	};
	assert_eq!(
		archive
			.prove::<Portable>(2, 1)
			.unwrap()
			.verify::<Portable>(&root, 1, &receipt(1)),
		Ok(interval)
	);
	assert_eq!(archive.covering(u64::MAX), Some((1, interval)));
}

#[test]
fn a_full_range_takes_no_more_receipts() {
	let full = codec::Encode::encode(&(MAX_LEAVES, vec![([1_u8; 32], 5_u64)]));
	let mut peaks: Peaks = decode_exact(&full).unwrap();
	let before = peaks.clone();
	assert_eq!(peaks.append::<Portable>(&receipts(1)[0]), Err(Error::TooManyLeaves));
	assert_eq!(peaks, before);
	let almost = codec::Encode::encode(&(MAX_LEAVES - 1, vec![([1_u8; 32], 5_u64); 40]));
	let mut peaks: Peaks = decode_exact(&almost).unwrap();
	assert_eq!(peaks.append::<Portable>(&receipts(1)[0]), Ok(()));
	assert_eq!((peaks.receipts(), peaks.units()), (MAX_LEAVES, 200));
}

#[test]
fn the_longest_way_fits_into_a_proof() {
	for index in [0, MAX_LEAVES / 3, MAX_LEAVES - 1] {
		assert_eq!(Inclusion::siblings(MAX_LEAVES, index), Ok(MAX_DEPTH as usize));
		assert!(Inclusion::siblings(MAX_LEAVES - 1, index.min(MAX_LEAVES - 2)).unwrap() <= MAX_DEPTH as usize);
		assert!(Extension::nodes(index + 1, MAX_LEAVES).unwrap() <= MAX_DEPTH as usize + 1);
	}
	assert_eq!(Extension::nodes(1, MAX_LEAVES), Ok(MAX_DEPTH as usize + 1));
}

proptest! {
	#[test]
	fn any_receipts_have_the_root_and_the_intervals_that_the_definition_says(
		units in prop::collection::vec(0..u64::MAX / 200, 1..150),
		choice: prop::sample::Index,
	) {
		let all: Vec<_> = (0..).zip(&units).map(|(claim, units)| Receipt { claim: [claim; 32], units: *units }).collect();
		let archive = archive(&all);
		let root = archive.root::<Portable>().unwrap();
		prop_assert_eq!((root.digest, root.units), model::mountain_root(&all));
		let index = choice.index(all.len());
		let from = units[..index].iter().sum();
		let proof = archive.prove::<Portable>(root.receipts, index as u64).unwrap();
		let interval = proof.verify::<Portable>(&root, index as u64, &all[index]);
		prop_assert_eq!(interval, Ok(Interval { from, to: from + units[index] }));
	}

	#[test]
	fn any_proof_of_anything_is_refused_and_never_panics(
		receipts: u64, others: u64, index: u64, narrow in 0..64_u32, units: u64,
		nodes in prop::collection::vec((any::<[u8; 32]>(), any::<u64>()), 0..40),
	) {
		let nodes: Vec<_> = nodes.into_iter().map(|(digest, units)| Summed { digest, units }).collect();
		let later = Root { receipts: receipts >> narrow, units, digest: [1; 32] };
		let earlier = Root { receipts: others >> narrow, units, digest: [2; 32] };
		let inclusion = Inclusion { siblings: nodes.clone().try_into().unwrap() };
		let receipt = Receipt { claim: [3; 32], units };
		prop_assert!(inclusion.verify::<Portable>(&later, index >> narrow, &receipt).is_err());
		let extension = Extension { nodes: nodes.try_into().unwrap() };
		prop_assert!(extension.verify::<Portable>(&earlier, &later).is_err());
	}
}
