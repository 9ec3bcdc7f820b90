// SPDX-License-Identifier: Apache-2.0

use super::samples::*;
use crate::{store::Key, *};
use atelier_primitives::ids::WorkerId;
use std::{fs, process};

const OWN: Role = Role::Worker(WORKER);

fn folder() -> tempfile::TempDir {
	tempfile::tempdir().unwrap()
}

fn create(folder: &tempfile::TempDir) -> Result<Book, Error> {
	Book::create(folder.path(), GENESIS, OWN, Options::default())
}

fn open(folder: &tempfile::TempDir, genesis: [u8; 32], role: Role) -> Result<Book, Error> {
	Book::open(folder.path(), genesis, role, Options::default())
}

/// The error. A book has nothing to show itself by.
fn refused(book: Result<Book, Error>) -> Error {
	book.err().expect("refused")
}

#[test]
fn a_book_is_there_when_it_is_opened_again() {
	let folder = folder();
	assert_eq!(
		refused(open(&folder, GENESIS, OWN)),
		Error::NoBook(folder.path().into())
	);
	let book = create(&folder).unwrap();
	book.begin(S, terms()).wait().unwrap();
	let root = serve(&book, 3);
	drop(book);
	let book = open(&folder, GENESIS, OWN).unwrap();
	assert_eq!(book.session(S).unwrap().root, root);
	assert_eq!(book.answer(S, 2).unwrap(), at(2));
}

#[test]
fn two_have_it_open_never() {
	let folder = folder();
	let book = create(&folder).unwrap();
	let in_use = Error::InUse {
		folder: folder.path().into(),
		by: process::id().to_string(),
	};
	assert_eq!(refused(open(&folder, GENESIS, OWN)), in_use);
	assert_eq!(refused(create(&folder)), in_use);
	drop(book);
	assert_eq!(refused(create(&folder)), Error::BookExists(folder.path().into()));
	open(&folder, GENESIS, OWN).unwrap();
}

#[test]
fn a_book_of_others_is_refused() {
	let folder = folder();
	create(&folder).unwrap();
	assert_eq!(refused(open(&folder, [0; 32], OWN)), Error::OtherChain);
	for role in [Role::Worker(WorkerId(4)), Role::Requester([3; 32])] {
		assert_eq!(refused(open(&folder, GENESIS, role)), Error::OtherOwner);
	}
	open(&folder, GENESIS, OWN).unwrap();
}

#[test]
fn another_format_is_named() {
	let (disk, book) = worker();
	let mark = |format: u32| (format, GENESIS, OWN);
	let later = mark(2);
	book.store
		.write(move |draft| {
			draft.put(Key::Mark, &later);
			Ok(())
		})
		.wait()
		.unwrap();
	drop(book);
	assert_eq!(refused(opened(&disk)), Error::OtherFormat { found: 2, known: 1 });
}

#[test]
fn a_book_that_was_not_finished_is_made_again() {
	let folder = folder();
	fs::write(folder.path().join("book.new"), b"half of a book").unwrap();
	create(&folder).unwrap().begin(S, terms()).wait().unwrap();
	open(&folder, GENESIS, OWN).unwrap().session(S).unwrap();
}

#[test]
fn an_empty_file_is_no_new_book() {
	let folder = folder();
	create(&folder).unwrap();
	fs::write(folder.path().join("book.redb"), b"").unwrap();
	assert!(matches!(refused(open(&folder, GENESIS, OWN)), Error::Damaged(_)));
}
