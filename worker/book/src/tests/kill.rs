// SPDX-License-Identifier: Apache-2.0

//! A process that is killed in the middle of its work: what it said that the book has, the book has.

use super::{disk::Random, samples::*};
use crate::*;
use atelier_referee::commit::mountain::Receipts;
use atelier_referee::hash::Portable;
use std::{
	env,
	io::{BufRead, BufReader},
	path::Path,
	process::{Command, Stdio},
};

const FOLDER: &str = "ATELIER_BOOK_KILLED";

/// What is killed. It does nothing where nobody asks for it.
#[test]
fn child() {
	let Some(folder) = env::var_os(FOLDER) else { return };
	let folder = Path::new(&folder);
	let role = Role::Worker(WORKER);
	let book = Book::open(folder, GENESIS, role, Options::default());
	let book = book
		.or_else(|_| Book::create(folder, GENESIS, role, Options::default()))
		.unwrap();
	book.begin(S, terms()).wait().unwrap();
	loop {
		let standing = book.session(S).unwrap();
		if standing.signed.0 < standing.root.receipts {
			sign(&book, standing.root).unwrap();
			println!("signed {}", standing.root.receipts);
		}
		let appended = book.append(S, at(standing.root.receipts)).wait().unwrap();
		println!("has {}", appended.index + 1);
		let quote = Quote {
			worker: WORKER,
			version: VERSION,
			payer: [0; 32],
			price: 0,
			capacity: 0,
			window: 0,
			reservation: 0,
			until: 0,
			number: 0,
		};
		println!("quoted {}", book.quote(quote).wait().unwrap().number);
		book.expire_quotes(1, None, 10).wait().unwrap();
	}
}

#[test]
fn what_was_said_before_the_end_is_there() {
	let times = if env::var_os("ATELIER_LONG").is_some() { 200 } else { 10 };
	let folder = tempfile::tempdir().unwrap();
	let mut random = Random(5);
	let (mut has, mut signed, mut next) = (0, 0, 0);
	let mut known = Receipts::new();
	for _ in 0..times {
		let mut child = Command::new(env::current_exe().unwrap())
			.args(["tests::kill::child", "--exact", "--nocapture"])
			.env(FOLDER, folder.path())
			.stdout(Stdio::piped())
			.stderr(Stdio::null())
			.spawn()
			.unwrap();
		let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
		let mut hear = |line: String| {
			let mut words = line.split_whitespace().rev();
			let (number, what) = (words.next(), words.next());
			let Some(number) = number.and_then(|number| number.parse::<u64>().ok()) else {
				return;
			};
			match what {
				Some("has") => has = number,
				Some("signed") => signed = number,
				Some("quoted") => {
					assert!(number >= next, "{number} was quoted before");
					next = number + 1;
				}
				_ => {}
			}
		};
		for line in lines.by_ref().take(3 + random.below(20) as usize) {
			hear(line.unwrap());
		}
		std::thread::sleep(std::time::Duration::from_micros(random.below(3_000)));
		child.kill().unwrap();
		child.wait().unwrap();
		// What it said before it was killed and nobody had heard.
		lines.map_while(Result::ok).for_each(hear);

		let book = Book::open(folder.path(), GENESIS, Role::Worker(WORKER), Options::default()).unwrap();
		let standing = book.session(S).unwrap();
		let receipts = standing.root.receipts;
		assert!(receipts == has || receipts == has + 1, "{receipts} after {has}");
		assert!(standing.signed.0 == signed || standing.signed.0 == receipts.min(signed + 1));
		(has, signed) = (receipts, standing.signed.0);
		for index in known.count()..receipts {
			known.append::<Portable>(at(index).receipt()).unwrap();
		}
		assert_eq!(standing.root, known.root::<Portable>().unwrap());
		assert_eq!(book.answer(S, receipts - 1).unwrap(), at(receipts - 1));
	}
	assert!(has > times);
}
