// SPDX-License-Identifier: Apache-2.0

use super::{disk::Random, samples::*};
use crate::*;
use atelier_referee::claim::Origin;

fn long(index: u64) -> Answered {
	let origin = Origin::Session { session: S.0, index };
	answered(origin, index, 200, 50)
}

fn wide() -> Terms {
	Terms {
		window: u64::MAX,
		deposit: u128::MAX,
		..terms()
	}
}

#[test]
fn a_full_disk_is_named_and_hurts_nothing() {
	let (disk, book) = worker();
	book.begin(S, wide()).wait().unwrap();
	let mut known = 0;
	for round in 0..4 {
		disk.room(Some(disk.image().len() as u64));
		let full = loop {
			match book.append(S, long(known)).wait() {
				Ok(appended) => known = appended.index + 1,
				Err(error) => break error,
			}
			assert!(known < 2_000, "it never was full");
		};
		assert_eq!(full, Error::DiskFull);
		if let Ok(standing) = book.session(S) {
			assert_eq!(standing.root.receipts, known);
		}
		assert_eq!(book.append(S, long(known)).wait(), Err(Error::DiskFull));
		disk.room(None);
		known = book.append(S, long(known)).wait().unwrap().index + 1;
		assert_eq!(book.session(S).unwrap().root.receipts, known, "round {round}");
	}
	let disk = disk.crashed(&mut Random(4));
	drop(book);
	let book = opened(&disk).unwrap();
	assert_eq!(book.session(S).unwrap().root.receipts, known);
	for index in [0, known / 2, known - 1] {
		assert_eq!(book.answer(S, index).unwrap(), long(index));
	}
}

#[test]
fn a_disk_that_says_that_it_is_full_is_left_alone() {
	let (disk, book) = serving();
	let root = serve(&book, 2);
	let syncs = disk.syncs();
	disk.says(Some(1 << 20));
	assert_eq!(book.append(S, at(2)).wait(), Err(Error::DiskFull));
	assert_eq!((book.session(S).unwrap().root, disk.syncs()), (root, syncs));
	disk.says(None);
	book.append(S, at(2)).wait().unwrap();
}

#[test]
fn a_disk_that_forgets_silences_the_book() {
	let (disk, book) = serving();
	let root = serve(&book, 2);
	disk.fail_next_sync();
	assert!(matches!(book.append(S, at(2)).wait(), Err(Error::DiskLost(_))));
	assert!(matches!(book.append(S, at(2)).wait(), Err(Error::DiskLost(_))));
	assert!(matches!(book.session(S), Err(Error::DiskLost(_))));
	let disk = disk.crashed(&mut Random(4));
	drop(book);
	let book = opened(&disk).unwrap();
	assert_eq!(book.session(S).unwrap().root, root);
}

#[test]
fn a_closed_book_has_written_what_it_was_told() {
	let (disk, book) = serving();
	let waiting: Vec<_> = (0..3).map(|index| book.append(S, at(index))).collect();
	drop(book);
	for appended in waiting {
		appended.wait().unwrap();
	}
	assert_eq!(opened(&disk).unwrap().session(S).unwrap().root.receipts, 3);
}
