// SPDX-License-Identifier: Apache-2.0

use super::samples::*;
use crate::*;
use atelier_primitives::work::voucher::Voucher;
use atelier_referee::{
	claim::Origin,
	commit::mountain::{Nodes, Receipts, Root},
	hash::Portable,
};

fn asking() -> (super::disk::Memory, Book) {
	let (disk, book) = requester();
	book.begin(S, terms()).wait().unwrap();
	(disk, book)
}

fn again(disk: &super::disk::Memory) -> Book {
	Book::on(disk.clone(), GENESIS, Role::Requester([1; 32]), Options::default()).unwrap()
}

fn ask(book: &Book, index: u64) -> Result<(), Error> {
	let (request, input) = request(index, 3);
	book.ask(S, Asked { request, input }).wait()
}

fn receive(book: &Book, index: u64) -> Result<Root, Error> {
	let Answered { claim, contents, .. } = at(index);
	Ok(book.receive(S, claim, contents.output).wait()?.root)
}

fn sign(book: &Book) -> Result<Voucher, Error> {
	book.sign(S, 5).wait()
}

#[test]
fn both_sides_have_the_same_root() {
	let (_, worker) = serving();
	let (_, requester) = asking();
	for index in 0..20 {
		ask(&requester, index).unwrap();
		let theirs = worker.append(S, at(index)).wait().unwrap().root;
		assert_eq!(receive(&requester, index), Ok(theirs));
		assert_eq!(receive(&requester, index), Ok(theirs), "the same once more");
		let voucher = sign(&requester).unwrap();
		requester
			.signature(S, voucher.sequence, signed(&voucher))
			.wait()
			.unwrap();
		take(&worker, voucher).unwrap();
		assert_eq!(requester.resume(S, &theirs), Ok(Resume::Even));
	}
	assert_eq!(requester.asked(S).unwrap(), []);
	let shown = requester.shown(S, 20, 7).unwrap();
	let root = worker.session(S).unwrap().root;
	shown.inclusion.verify::<Portable>(&root, 7, &at(7).receipt()).unwrap();
	let settled = worker.settlement(S).unwrap().unwrap();
	assert_eq!(Some(settled.signature), requester.newest(S).unwrap().unwrap().1);
}

#[test]
fn nothing_is_received_that_was_not_asked() {
	let (_, book) = asking();
	assert_eq!(receive(&book, 0), Err(Error::NeverAsked));
	ask(&book, 0).unwrap();
	ask(&book, 1).unwrap();
	let Answered { mut claim, .. } = at(0);
	assert_eq!(
		book.receive(S, claim, Output::Tokens(vec![1, 2])).wait(),
		Err(Error::NotCommitted("the answer"))
	);
	claim.origin = Origin::Session { session: S.0, index: 3 };
	let output = at(0).contents.output;
	assert_eq!(
		book.receive(S, claim, output.clone()).wait(),
		Err(Error::WrongIndex { found: 3, next: 0 })
	);
	claim.worker = [0; 32];
	assert_eq!(book.receive(S, claim, output).wait(), Err(Error::ClaimOfOtherWorker));
	receive(&book, 0).unwrap();
	let (one, _) = request(1, 3);
	book.unask(S, one.root::<Portable>()).wait().unwrap();
	assert_eq!(receive(&book, 1), Err(Error::NeverAsked));
}

#[test]
fn the_same_voucher_comes_out_after_a_crash() {
	let (disk, book) = asking();
	assert_eq!(sign(&book), Err(Error::NothingSigned));
	ask(&book, 0).unwrap();
	receive(&book, 0).unwrap();
	let voucher = sign(&book).unwrap();
	let disk = disk.crashed(&mut super::disk::Random(3));
	drop(book);
	let book = again(&disk);
	assert_eq!(book.newest(S).unwrap(), Some((voucher, None)));
	assert_eq!(sign(&book), Ok(voucher));
	ask(&book, 1).unwrap();
	receive(&book, 1).unwrap();
	let next = sign(&book).unwrap();
	assert_eq!((next.sequence, next.receipts.receipts), (2, 2));
	let late = book.signature(S, 1, signed(&voucher)).wait();
	assert_eq!(late, Err(Error::SequenceNotLarger { found: 1, newest: 2 }));
}

#[test]
fn goes_on_when_the_worker_knows_one_answer_more() {
	let (_, worker) = serving();
	let (disk, book) = asking();
	for index in 0..3 {
		ask(&book, index).unwrap();
		let root = worker.append(S, at(index)).wait().unwrap().root;
		receive(&book, index).unwrap();
		assert_eq!(sign(&book).unwrap().receipts, root);
	}
	// The answer was on its way when the requester crashed.
	ask(&book, 3).unwrap();
	take(&worker, sign(&book).unwrap()).unwrap();
	let theirs = worker.append(S, at(3)).wait().unwrap().root;
	drop(book);
	let book = again(&disk);
	assert_eq!(book.resume(S, &theirs), Ok(Resume::Behind { from: 3, missing: 1 }));
	let missing = worker.answer(S, 3).unwrap();
	let received = book.receive(S, missing.claim, missing.contents.output).wait();
	assert_eq!(received.unwrap().root, theirs);
	take(&worker, sign(&book).unwrap()).unwrap();
}

#[test]
fn a_worker_that_forgot_is_seen() {
	let (_, book) = asking();
	let mut known = Receipts::new();
	for index in 0..5 {
		ask(&book, index).unwrap();
		receive(&book, index).unwrap();
		known.append::<Portable>(at(index).receipt()).unwrap();
	}
	let earlier = Nodes::root_of_first::<Portable>(&known, 3).unwrap();
	assert_eq!(book.resume(S, &earlier), Ok(Resume::Ahead { worker: 3 }));
	let other = Root { units: 1, ..earlier };
	assert_eq!(book.resume(S, &other), Err(Error::OtherRoot { receipts: 3 }));
}

#[test]
fn no_more_is_signed_than_was_deposited() {
	let (_, book) = requester();
	let deposit = terms().rates.price(UNITS).unwrap();
	book.begin(S, Terms { deposit, ..terms() }).wait().unwrap();
	ask(&book, 0).unwrap();
	receive(&book, 0).unwrap();
	sign(&book).unwrap();
	ask(&book, 1).unwrap();
	assert_eq!(receive(&book, 1), Err(Error::DepositExceeded { units: 2 * UNITS }));
}

#[test]
fn few_questions_wait() {
	let (_, book) = asking();
	for index in 0..MAX_ASKED as u64 {
		ask(&book, index).unwrap();
	}
	ask(&book, 3).expect("the same once more");
	assert_eq!(ask(&book, 999), Err(Error::TooManyAsked(MAX_ASKED)));
}

#[test]
fn each_role_has_its_own_business() {
	let (_, worker) = serving();
	let (_, requester) = asking();
	assert_eq!(ask(&worker, 0), Err(Error::NotARequesters));
	assert_eq!(sign(&worker), Err(Error::NotARequesters));
	assert_eq!(requester.append(S, at(0)).wait(), Err(Error::NotAWorkers));
	let (job, answer) = of_job(1, 1);
	assert_eq!(requester.deliver(job, answer).wait(), Err(Error::NotAWorkers));
	let empty = voucher(S, 1, Root::empty::<Portable>());
	assert_eq!(take(&requester, empty), Err(Error::NotAWorkers));
}

#[test]
fn no_crash_makes_it_sign_twice_or_for_less() {
	let (mut disk, mut book) = asking();
	let mut random = super::disk::Random(9);
	let mut signed = std::collections::BTreeMap::new();
	for round in 0..60 {
		if round % 3 > 0 {
			disk.stop_after(random.below(60));
		}
		for _ in 0..=random.below(6) {
			let Ok(standing) = book.session(S) else { break };
			let next = standing.root.receipts;
			if ask(&book, next).is_err() || receive(&book, next).is_err() {
				break;
			}
			let Ok(voucher) = sign(&book) else { break };
			let known = signed.entry(voucher.sequence).or_insert(voucher.receipts);
			assert_eq!(*known, voucher.receipts);
		}
		drop(book);
		disk = disk.crashed(&mut random);
		book = again(&disk);
		let newest = book.newest(S).unwrap().map_or(0, |(voucher, _)| voucher.sequence);
		let given = signed.last_key_value().map_or(0, |(sequence, _)| *sequence);
		assert!(newest >= given, "{newest} after {given} was given away");
	}
	let receipts: Vec<_> = signed.values().map(|root: &Root| root.receipts).collect();
	assert!(receipts.len() > 60 && receipts.is_sorted_by(|a, b| a < b));
}
