// SPDX-License-Identifier: Apache-2.0

//! Files that are not what was written: an error says so, nothing panics, and nothing wrong is believed.

use super::{
	disk::{Memory, Random},
	model::seen,
	samples::*,
};
use crate::*;
use std::panic::catch_unwind;

fn image() -> Vec<u8> {
	let (disk, book) = serving();
	for _ in 0..6 {
		serve(&book, 5);
	}
	let (job, answer) = of_job(2, 1);
	book.deliver(job, answer).wait().unwrap();
	drop(book);
	disk.image()
}

/// A byte of those that are not zero: most of a file is free.
fn place(image: &[u8], random: &mut Random) -> usize {
	loop {
		let place = random.below(image.len() as u64) as usize;
		if image[place] != 0 {
			return place;
		}
	}
}

fn open(image: Vec<u8>, check: u64) -> Result<Book, Error> {
	let options = Options {
		check,
		..Options::default()
	};
	Book::on(Memory::of(image), GENESIS, Role::Worker(WORKER), options)
}

fn times(few: u64, many: u64) -> u64 {
	if std::env::var_os("ATELIER_LONG").is_some() {
		many
	} else {
		few
	}
}

#[test]
fn a_flipped_bit_is_found_when_the_book_is_opened() {
	let image = image();
	let right = seen(&open(image.clone(), u64::MAX).unwrap());
	let mut random = Random(1);
	let mut found = 0;
	for _ in 0..times(150, 5_000) {
		let mut image = image.clone();
		let place = place(&image, &mut random);
		image[place] ^= 1 << random.below(8);
		match open(image, u64::MAX) {
			Err(error) => {
				assert!(
					error.is_of_storage() || matches!(error, Error::OtherFormat { .. }),
					"{error}"
				);
				found += 1;
			}
			Ok(book) => assert_eq!(seen(&book), right, "byte {place}"),
		}
	}
	assert!(found > 20, "{found}: the others hit what was there before");
}

#[test]
fn what_is_read_from_a_damaged_book_is_right_or_an_error() {
	let image = image();
	let mut random = Random(2);
	for _ in 0..times(150, 5_000) {
		let mut image = image.clone();
		for _ in 0..=random.below(20) {
			let place = place(&image, &mut random);
			image[place] ^= 1 << random.below(8);
		}
		let Ok(book) = open(image, 0) else { continue };
		for index in 0..30 {
			if let Ok(answer) = book.answer(S, index) {
				assert_eq!(answer, at(index));
			}
			if let Ok(shown) = book.shown(S, 30, index) {
				assert_eq!(shown.claim, at(index).claim);
			}
		}
		if let Ok(standing) = book.session(S) {
			assert_eq!(standing.signed.0, 30);
		}
		let _ = book.due_by_value(9);
		let _ = book.append(S, at(30)).wait();
	}
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
	let image = image();
	let mut random = Random(3);
	for _ in 0..times(60, 2_000) {
		let length = random.below(image.len() as u64) as usize;
		for check in [0, u64::MAX] {
			let cut = image[..length].to_vec();
			let opened = catch_unwind(|| open(cut, check).map(drop));
			let opened = opened.expect("no panic");
			assert!(opened.is_err(), "cut to {length} of {}", image.len());
		}
	}
}

#[test]
fn whatever_is_no_book_is_refused() {
	for bytes in [vec![0; 100_000], b"not a book".to_vec(), vec![0xff; 5_000_000]] {
		for check in [0, u64::MAX] {
			assert!(open(bytes.clone(), check).is_err());
		}
	}
}
