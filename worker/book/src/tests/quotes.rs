// SPDX-License-Identifier: Apache-2.0

use super::{disk::Random, samples::*};
use crate::*;

fn quote(capacity: Balance, until: u32) -> Quote {
	Quote {
		worker: WORKER,
		version: VERSION,
		payer: [1; 32],
		price: 10,
		capacity,
		window: 40,
		reservation: 0,
		until,
		number: 99,
	}
}

#[test]
fn no_number_comes_twice_whatever_crashes() {
	let (mut disk, mut book) = worker();
	let mut random = Random(2);
	let mut numbers = vec![];
	for round in 0..60 {
		if round % 3 == 2 {
			disk.stop_after(random.below(30));
		}
		while let Ok(quote) = book.quote(quote(1, 9)).wait() {
			numbers.push(quote.number);
			if random.below(4) == 0 {
				break;
			}
		}
		drop(book);
		disk = disk.crashed(&mut random);
		book = opened(&disk).unwrap();
	}
	assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[test]
fn what_is_outstanding_is_known() {
	let (_, book) = worker();
	for (capacity, until) in [(5, 10), (7, 20), (9, 30)] {
		book.quote(quote(capacity, until)).wait().unwrap();
	}
	let outstanding = |quotes, capacity| {
		Ok(Outstanding {
			next: 3,
			quotes,
			capacity,
		})
	};
	assert_eq!(book.outstanding(), outstanding(3, 21));
	assert_eq!(book.used(1).wait().unwrap().capacity, 7);
	assert_eq!(book.used(1).wait(), Err(Error::UnknownQuote(1)));
	assert_eq!(
		book.expire_quotes(10, None, 1).wait(),
		Ok(Some(0)),
		"its last block is 10"
	);
	assert_eq!(book.outstanding(), outstanding(2, 14));
	assert_eq!(book.expire_quotes(31, Some(0), 9).wait(), Ok(None));
	assert_eq!(book.outstanding(), outstanding(1, 5));
	assert_eq!(book.quotes(None, 9).unwrap()[0].number, 0);
	assert_eq!(book.quotes(Some(0), 9).unwrap(), []);
	let other = Quote {
		worker: atelier_primitives::ids::WorkerId(9),
		..quote(1, 1)
	};
	assert_eq!(book.quote(other).wait(), Err(Error::QuoteOfOtherWorker));
}
