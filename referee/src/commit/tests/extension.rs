// SPDX-License-Identifier: Apache-2.0

use super::{
	mountain::{archive, root},
	*,
};
use crate::commit::mountain::*;

fn verify(earlier: &Root, later: &Root, nodes: &[Summed]) -> Result<(), Error> {
	Extension {
		nodes: nodes.to_vec().try_into().unwrap(),
	}
	.verify::<Portable>(earlier, later)
}

fn nodes(archive: &Receipts, earlier: u64, later: u64) -> Vec<Summed> {
	archive
		.prove_extension::<Portable>(earlier, later)
		.unwrap()
		.nodes
		.into_inner()
}

#[test]
fn every_root_extends_every_earlier_one() {
	let archive = archive(&receipts(40));
	let roots: Vec<_> = (0..=40)
		.map(|count| archive.root_of_first::<Portable>(count).unwrap())
		.collect();
	for later in 0..=40 {
		for earlier in 0..=later {
			let nodes = nodes(&archive, earlier, later);
			assert_eq!(Extension::nodes(earlier, later), Ok(nodes.len()));
			assert_eq!(verify(&roots[earlier as usize], &roots[later as usize], &nodes), Ok(()));
		}
	}
}

#[test]
fn no_root_extends_a_later_one() {
	let archive = archive(&receipts(9));
	let (four, nine) = (
		archive.root_of_first::<Portable>(4).unwrap(),
		archive.root::<Portable>().unwrap(),
	);
	assert_eq!(verify(&nine, &four, &nodes(&archive, 4, 9)), Err(Error::FewerReceipts));
	assert_eq!(archive.prove_extension::<Portable>(9, 4), Err(Error::FewerReceipts));
	assert_eq!(archive.prove_extension::<Portable>(9, 10), Err(Error::OutOfRange));
	assert_eq!(Extension::nodes(9, 4), Err(Error::FewerReceipts));
}

#[test]
fn no_part_of_an_extension_can_be_changed() {
	let all: Vec<_> = receipts(20)
		.into_iter()
		.map(|receipt| Receipt {
			units: receipt.units + 1,
			..receipt
		})
		.collect();
	let archive = archive(&all);
	let roots: Vec<_> = (0..=20)
		.map(|count| archive.root_of_first::<Portable>(count).unwrap())
		.collect();
	for later in 0..=20 {
		for earlier in 0..=later {
			let nodes = nodes(&archive, earlier, later);
			let (old, new) = (roots[earlier as usize], roots[later as usize]);
			for at in 0..nodes.len() {
				let with = |change: &dyn Fn(&mut Vec<Summed>)| {
					let mut changed = nodes.clone();
					change(&mut changed);
					verify(&old, &new, &changed).unwrap_err()
				};
				// What is wrong with the earlier root is found first, where the node is part of it.
				let mismatch = [Error::RootMismatch, Error::EarlierRootMismatch];
				assert_eq!(with(&|nodes| _ = nodes.remove(at)), Error::TooFewSiblings);
				assert_eq!(with(&|nodes| nodes.insert(at, nodes[at])), Error::TooManySiblings);
				assert!(mismatch.contains(&with(&|nodes| nodes[at].digest[7] ^= 1)));
				assert_eq!(with(&|nodes| nodes[at].units += 1), Error::WrongUnits);
				assert!([Error::UnitsOverflow, Error::WrongUnits].contains(&with(&|nodes| nodes[at].units = u64::MAX)));
				for other in 0..at {
					let error = with(&|nodes| nodes.swap(at, other));
					assert!(error == Error::WrongUnits || mismatch.contains(&error));
				}
			}
			assert_eq!(
				verify(
					&Root {
						units: old.units + 1,
						..old
					},
					&new,
					&nodes
				),
				Err(Error::WrongUnits)
			);
			assert_eq!(
				verify(
					&old,
					&Root {
						units: new.units + 1,
						..new
					},
					&nodes
				),
				Err(Error::WrongUnits)
			);
			assert_eq!(
				verify(&Root { digest: [1; 32], ..old }, &new, &nodes),
				Err(Error::EarlierRootMismatch)
			);
			assert_eq!(
				verify(&old, &Root { digest: [1; 32], ..new }, &nodes),
				Err(Error::RootMismatch)
			);
			let endless = MAX_LEAVES + 1;
			assert_eq!(
				verify(
					&old,
					&Root {
						receipts: endless,
						..new
					},
					&nodes
				),
				Err(Error::TooManyLeaves)
			);
			assert_eq!(
				verify(
					&Root {
						receipts: endless,
						..old
					},
					&new,
					&nodes
				),
				Err(Error::TooManyLeaves)
			);
			for other in (0..=20).filter(|other| *other != earlier) {
				assert!(verify(&Root { receipts: other, ..old }, &new, &nodes).is_err());
			}
			for other in (0..=20).filter(|other| *other != later) {
				assert!(verify(&old, &Root { receipts: other, ..new }, &nodes).is_err());
			}
		}
	}
}

/// No proof that either history gives shows that the forged one extends the honest one.
fn assert_forged(honest: &[Receipt], forged: &[Receipt], earlier: u64) {
	let (truth, lie) = (archive(honest), archive(forged));
	let old = truth.root_of_first::<Portable>(earlier).unwrap();
	let new = lie.root::<Portable>().unwrap();
	let count = forged.len() as u64;
	for teller in [&truth, &lie] {
		let error = verify(&old, &new, &nodes(teller, earlier, count)).unwrap_err();
		assert!([Error::EarlierRootMismatch, Error::RootMismatch, Error::WrongUnits].contains(&error));
	}
}

#[test]
fn a_settled_receipt_cannot_be_exchanged() {
	for later in [1, 2, 3, 7, 8, 12, 21] {
		let honest = receipts(later);
		for earlier in 1..=later {
			for at in 0..earlier as usize {
				let mut forged = honest.clone();
				forged[at].claim = [99; 32];
				assert_forged(&honest, &forged, earlier);
			}
		}
	}
}

#[test]
fn a_settled_receipt_cannot_get_other_units() {
	for later in [1, 2, 3, 7, 8, 12, 21] {
		let honest = receipts(later);
		for earlier in 1..=later {
			for at in 0..earlier as usize {
				let mut forged = honest.clone();
				forged[at].units += 1;
				assert_forged(&honest, &forged, earlier);
				// Even where another receipt gives the units, so that the sums stay.
				forged[at].units -= 1;
				forged[at].units += std::mem::take(&mut forged[(at + 1) % later as usize].units);
				if forged != honest && forged[..earlier as usize] != honest[..earlier as usize] {
					assert_forged(&honest, &forged, earlier);
				}
			}
		}
	}
}

#[test]
fn settled_receipts_cannot_change_their_order() {
	for later in [2, 3, 7, 8, 12, 21] {
		let honest = receipts(later);
		for earlier in 1..=later {
			for at in 0..earlier as usize {
				for other in 0..at {
					let mut forged = honest.clone();
					forged.swap(at, other);
					assert_forged(&honest, &forged, earlier);
				}
			}
		}
	}
}

#[test]
fn the_empty_root_is_extended_by_any_other_but_only_it_is() {
	let all = receipts(5);
	let archive = archive(&all);
	let (empty, five) = (Root::empty::<Portable>(), root(&all));
	assert_eq!(verify(&empty, &empty, &[]), Ok(()));
	assert_eq!(verify(&empty, &five, &nodes(&archive, 0, 5)), Ok(()));
	let pretended = Root {
		digest: five.digest,
		..empty
	};
	assert_eq!(
		verify(&pretended, &five, &nodes(&archive, 0, 5)),
		Err(Error::EarlierRootMismatch)
	);
	assert_eq!(verify(&empty, &pretended, &[]), Err(Error::RootMismatch));
}
