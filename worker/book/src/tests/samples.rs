// SPDX-License-Identifier: Apache-2.0

//! A worker, its sessions and its answers.

use crate::{store::Read, tests::disk::Memory, *};
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	work::{Tier, named, named_version, price::Rates, voucher::Voucher},
};
use atelier_referee::{
	claim::{Claim, Origin, Request, State, StopReason, state_tree, token_tree},
	commit::{Kind, mountain::Root},
	hash::{Blake2b256, Digest, Portable},
	ops::sampling::Sampler,
};

pub(super) const GENESIS: Digest = [7; 32];
pub(super) const WORKER: WorkerId = WorkerId(3);
pub(super) const VERSION: VersionId = VersionId(5);
pub(super) const S: SessionId = SessionId(11);
/// Units of an answer of two tokens to three.
pub(super) const UNITS: u64 = 11;

pub(super) fn terms() -> Terms {
	Terms {
		payer: [1; 32],
		worker: WORKER,
		version: VERSION,
		tier: Tier::Exact,
		voucher_key: [2; 32],
		rates: Rates {
			worker: 10,
			version: 1,
			..Default::default()
		},
		sealed: false,
		window: 40,
		deposit: 1_000_000,
		opened: 1,
	}
}

pub(super) fn tokens(salt: u64, count: u32) -> Vec<u32> {
	(0..count)
		.map(|token| token.wrapping_mul(31).wrapping_add(salt as u32))
		.collect()
}

pub(super) fn request(salt: u64, input: u32) -> (Request, Vec<u32>) {
	let tokens = tokens(salt, input);
	let request = Request {
		genesis: GENESIS,
		version: named_version(VERSION),
		input: token_tree::<Portable>(Kind::Input, &tokens).unwrap().commitment(),
		input_count: input,
		sampler: Sampler::Greedy,
		limit: 1_000,
		ends: Default::default(),
		stops: Default::default(),
		sealed: None,
		salt: Portable::hash(&salt.to_le_bytes()),
	};
	(request, tokens)
}

/// An answer of so many tokens to so many.
pub(super) fn answered(origin: Origin, salt: u64, input: u32, output: u32) -> Answered {
	let (request, input) = request(salt, input);
	let output = tokens(salt.wrapping_add(1), output);
	let positions = input.len() + output.len() - 1;
	let numbers: Vec<Digest> = (0..positions)
		.map(|position| Portable::hash(&[salt.to_le_bytes(), (position as u64).to_le_bytes()].concat()))
		.collect();
	let all = input.iter().chain(&output).zip(&numbers);
	let states: Vec<State> = all.map(|(&token, &numbers)| State { token, numbers }).collect();
	let claim = Claim {
		genesis: GENESIS,
		origin,
		worker: named(WORKER),
		version: request.version,
		request: request.root::<Portable>(),
		answer: token_tree::<Portable>(Kind::Tokens, &output).unwrap().commitment(),
		state: state_tree::<Portable>(&states).unwrap().commitment(),
		input_count: input.len() as u32,
		output_count: output.len() as u32,
		stop: StopReason::Limit,
	};
	Answered {
		claim,
		request,
		contents: Contents {
			input,
			output: Output::Tokens(output),
			states: States::Numbers(numbers),
			sent: None,
		},
	}
}

pub(super) fn in_session(session: SessionId, index: u64, salt: u64) -> Answered {
	let origin = Origin::Session {
		session: session.0,
		index,
	};
	answered(origin, salt, 3, 2)
}

pub(super) fn at(index: u64) -> Answered {
	in_session(S, index, index)
}

pub(super) fn of_job(job: u64, salt: u64) -> (JobId, Answered) {
	(JobId(job), answered(Origin::Job(job), salt, 3, 2))
}

pub(super) fn voucher(session: SessionId, sequence: u64, receipts: Root) -> Voucher {
	Voucher {
		session,
		sequence,
		receipts,
	}
}

/// A signature that says by whom it is and of what.
pub(super) fn signature(key: &Account, message: &[u8]) -> Signature {
	let hash = Portable::hash(&[key.as_slice(), message].concat());
	Signature::try_from(hash.to_vec()).unwrap()
}

pub(super) fn verifies(key: &Account, message: &[u8], found: &Signature) -> bool {
	signature(key, message) == *found
}

pub(super) fn signed(voucher: &Voucher) -> Signature {
	signature(&terms().voucher_key, &voucher.message(&GENESIS, WORKER))
}

pub(super) fn worker() -> (Memory, Book) {
	let disk = Memory::default();
	let book = Book::new(disk.clone(), GENESIS, Role::Worker(WORKER), Options::default()).unwrap();
	(disk, book)
}

pub(super) fn requester() -> (Memory, Book) {
	let disk = Memory::default();
	let book = Book::new(disk.clone(), GENESIS, Role::Requester([1; 32]), Options::default()).unwrap();
	(disk, book)
}

pub(super) fn opened(disk: &Memory) -> Result<Book, Error> {
	Book::on(disk.clone(), GENESIS, Role::Worker(WORKER), Options::default())
}

/// A worker with a session.
pub(super) fn serving() -> (Memory, Book) {
	let (disk, book) = worker();
	book.begin(S, terms()).wait().unwrap();
	(disk, book)
}

/// Answers, and a voucher over all of them.
pub(super) fn serve(book: &Book, answers: u64) -> Root {
	let first = book.session(S).unwrap().root.receipts;
	let mut root = None;
	for index in first..first + answers {
		root = Some(book.append(S, at(index)).wait().unwrap().root);
		sign(book, root.unwrap()).unwrap();
	}
	root.unwrap()
}

pub(super) fn sign(book: &Book, root: Root) -> Result<(), Error> {
	let sequence = book.session(S)?.sequence + 1;
	take(book, voucher(S, sequence, root))
}

pub(super) fn take(book: &Book, voucher: Voucher) -> Result<(), Error> {
	book.voucher(voucher.session, voucher, signed(&voucher), 9, &verifies)
		.wait()
}

impl Book {
	/// How many records there are.
	pub(super) fn records(&self) -> usize {
		let all = self.store.read(|view| view.scan(&[], None, usize::MAX));
		all.unwrap().len()
	}
}
