// SPDX-License-Identifier: Apache-2.0

//! What each rule stops: with the rule off, it happens. With it on, the same is refused.

use super::{disk::Memory, samples::*};
use crate::{
	checks::{Check, without},
	*,
};
use atelier_primitives::{
	ids::{DisputeId, SessionId},
	work::{Work, named},
};
use atelier_referee::{
	claim::Origin,
	commit::{
		Commitment, Kind,
		mountain::{Receipts, Root},
	},
	dispute::Party,
	hash::Portable,
};
use std::fmt::Debug;

/// Does it with the rule, which refuses, and without.
fn stops<T: Debug>(check: Check, act: impl Fn() -> Result<T, Error>) -> T {
	let refused = act();
	assert!(refused.is_err(), "{check:?}: {refused:?}");
	without(&[check], act).unwrap_or_else(|error| panic!("without {check:?}: {error}"))
}

/// A root over receipts that the book does not have.
fn foreign(count: u64) -> Root {
	let mut receipts = Receipts::new();
	for index in 0..count {
		receipts.append::<Portable>(at(index + 50).receipt()).unwrap();
	}
	receipts.root::<Portable>().unwrap()
}

#[test]
fn more_than_the_window_is_served_for_nothing() {
	let unsigned = stops(Check::Window, || {
		let (_, book) = serving();
		for index in 0..5 {
			book.append(S, at(index)).wait()?;
		}
		Ok(book.session(S)?.unsigned)
	});
	assert!(unsigned > terms().window);
}

#[test]
fn more_than_the_deposit_is_served_and_signed() {
	let poor = || Terms {
		deposit: 3 * 11,
		..terms()
	};
	stops(Check::Deposit, || {
		let (_, book) = worker();
		book.begin(S, poor()).wait()?;
		book.append(S, at(0)).wait()
	});
	// A voucher that the chain would not settle, since the chain went back before a top-up.
	let settled = stops(Check::Deposit, || {
		let (_, book) = serving();
		let root = book.append(S, at(0)).wait()?.root;
		book.begin(S, poor()).wait()?;
		sign(&book, root)?;
		book.settlement(S)
	});
	assert!(settled.is_some());
}

#[test]
fn a_claim_of_another_worker_convicts_nobody_else() {
	let claim = stops(Check::Claim, || {
		let (_, book) = serving();
		let mut answered = at(0);
		answered.claim.worker = named(atelier_primitives::ids::WorkerId(99));
		book.append(S, answered).wait()?;
		Ok(book.answer(S, 0)?.claim)
	});
	assert_ne!(
		claim.worker,
		named(WORKER),
		"the chain would find the worker's own receipt wrong"
	);
}

#[test]
fn a_requester_pays_for_more_than_it_asked_for() {
	let units = stops(Check::Limit, || {
		let (_, book) = requester();
		book.begin(S, terms()).wait()?;
		let mut answer = at(0);
		answer.request.limit = 1;
		answer.claim.request = answer.request.root::<Portable>();
		let Answered {
			claim,
			request,
			contents,
		} = answer;
		let input = contents.input;
		book.ask(S, Asked { request, input }).wait()?;
		book.receive(S, claim, contents.output).wait()?;
		Ok(book.sign(S, 1).wait()?.receipts.units)
	});
	assert_eq!(units, UNITS);
}

#[test]
fn what_cannot_be_shown_is_promised() {
	let answer = stops(Check::Committed, || {
		let (_, book) = serving();
		let mut answered = at(0);
		answered.contents.states = States::Numbers(vec![[0; 32]; 4]);
		book.append(S, answered).wait()?;
		book.answer(S, 0)
	});
	let shown = answer.contents.tree(Kind::State).unwrap().commitment();
	assert_ne!(shown, answer.claim.state, "auditors would be shown other leaves");
}

#[test]
fn unsigned_vouchers_are_served_for() {
	let standing = stops(Check::Signature, || {
		let (_, book) = serving();
		let voucher = voucher(S, 1, book.append(S, at(0)).wait()?.root);
		book.voucher(S, voucher, Default::default(), 9, &verifies).wait()?;
		book.session(S)
	});
	assert_eq!(standing.unsigned, 0);
}

#[test]
fn a_voucher_with_a_lower_sequence_cannot_be_settled_after_another() {
	let signed = stops(Check::Sequence, || {
		let (_, book) = serving();
		let first = book.append(S, at(0)).wait()?.root;
		take(&book, voucher(S, 9, first))?;
		let second = book.append(S, at(1)).wait()?.root;
		// It settles the first; then the chain takes nothing below 10.
		take(&book, voucher(S, 2, second))?;
		book.settlement(S)
	});
	assert_eq!(signed.unwrap().voucher.sequence, 2);
}

#[test]
fn a_later_voucher_takes_back_what_was_signed() {
	let standing = stops(Check::More, || {
		let (_, book) = serving();
		let first = book.append(S, at(0)).wait()?.root;
		let second = book.append(S, at(1)).wait()?.root;
		take(&book, voucher(S, 1, second))?;
		take(&book, voucher(S, 2, first))?;
		book.session(S)
	});
	assert_eq!(standing.signed, (1, UNITS));
}

#[test]
fn a_voucher_over_other_receipts_is_worth_nothing() {
	let settlement = stops(Check::Root, || {
		let (_, book) = serving();
		book.append(S, at(0)).wait()?;
		take(&book, voucher(S, 1, foreign(1)))?;
		Ok(book.settlement(S)?.unwrap())
	});
	// Nobody could settle it, were there anything before; and no auditor could be shown its receipts.
	let (_, book) = serving();
	book.append(S, at(0)).wait().unwrap();
	let shown = book.shown(S, 1, 0).unwrap();
	let receipt = at(0).receipt();
	let root = settlement.voucher.receipts;
	assert!(shown.inclusion.verify::<Portable>(&root, 0, &receipt).is_err());
}

#[test]
fn a_settled_root_of_others_makes_settling_impossible() {
	let signed = stops(Check::Settled, || {
		let (_, book) = serving();
		serve(&book, 2);
		book.settled(S, 0, foreign(1), 50).wait()?;
		book.settlement(S)
	});
	let root = signed.as_ref().unwrap().voucher.receipts;
	assert!(
		signed
			.unwrap()
			.extension
			.verify::<Portable>(&foreign(1), &root)
			.is_err()
	);
}

#[test]
fn evidence_goes_while_auditors_may_ask() {
	let left = |book: &Book| {
		serve(book, 3);
		book.settled(S, 0, book.session(S)?.root, 50).wait()?;
		book.release(S, 50).wait()?;
		book.answer(S, 0)
	};
	let (_, book) = serving();
	left(&book).expect("it stays");
	let (_, book) = serving();
	let gone = without(&[Check::Concluded], || left(&book));
	assert_eq!(gone, Err(Error::Released(0)));
}

#[test]
fn evidence_goes_of_a_settlement_that_nobody_told() {
	let gone = stops(Check::Ended, || {
		let (_, book) = serving();
		let settled = serve(&book, 3);
		book.ended(S, settled).wait()?;
		book.release(S, 50).wait()?;
		Ok(book.answer(S, 0))
	});
	assert_eq!(gone, Err(Error::Released(0)), "auditors may ask for it still");
}

#[test]
fn evidence_goes_while_a_dispute_is_about_it() {
	stops(Check::Disputed, || {
		let (_, book) = serving();
		serve(&book, 3);
		book.settled(S, 0, book.session(S)?.root, 50).wait()?;
		book.concluded(S, 0).wait()?;
		book.dispute(dispute(0)).wait()?;
		book.release(S, 50).wait()?;
		assert_eq!(book.answer(S, 0), Err(Error::Released(0)));
		Ok(())
	});
}

#[test]
fn another_session_with_the_same_number_inherits_receipts() {
	let standing = stops(Check::Terms, || {
		let (_, book) = serving();
		serve(&book, 3);
		let other = Terms {
			voucher_key: [8; 32],
			..terms()
		};
		book.begin(S, other).wait()?;
		book.session(S)
	});
	assert_eq!(standing.root.receipts, 3, "which its payer never signed");
}

#[test]
fn a_job_gets_two_claims() {
	let claims = stops(Check::OneClaim, || {
		let (_, book) = worker();
		let (job, first) = of_job(1, 1);
		let (_, second) = of_job(1, 2);
		book.deliver(job, first.clone()).wait()?;
		book.deliver(job, second).wait()?;
		Ok((first, book.delivered(job)?))
	});
	assert_ne!(
		claims.0, claims.1,
		"the first may be on the chain, and cannot be shown any more"
	);
}

#[test]
fn an_auditor_loses_what_it_promised() {
	let work = Work::Job(of_job(1, 0).0);
	let report = |salt| Report {
		salt: [salt; 32],
		proofs: vec![[1; 32]],
	};
	let sealed = stops(Check::OneReport, || {
		let (_, book) = worker();
		let audit = Audit {
			work,
			lot: atelier_primitives::work::draw::Lot {
				pre_output: [0; 32],
				proof: [0; 64],
			},
			output: [0; 32],
			units: vec![4],
			commit: 1,
			reveal: 2,
			report: None,
			stage: Stage::Drawn,
		};
		book.drawn(audit).wait()?;
		Ok([book.seal(work, report(1)).wait()?, book.seal(work, report(2)).wait()?])
	});
	assert_ne!(
		sealed[0], sealed[1],
		"whichever is on the chain, only the second can be revealed"
	);
}

#[test]
fn a_worker_contradicts_its_trace() {
	stops(Check::OneTrace, || {
		let (_, book) = worker();
		book.dispute(dispute(1)).wait()?;
		book.dispute(dispute(2)).wait()
	});
}

#[test]
fn a_voter_loses_its_vote() {
	stops(Check::OneVote, || {
		let (_, book) = worker();
		book.vote(DisputeId(1), 0, true, [1; 32]).wait()?;
		book.vote(DisputeId(1), 0, false, [2; 32]).wait()
	});
}

#[test]
fn a_requester_signs_two_roots_with_one_sequence() {
	let twice = || {
		let (_, book) = requester();
		book.begin(S, terms()).wait().unwrap();
		let mut signed = vec![];
		for index in 0..2 {
			let (request, input) = request(index, 3);
			book.ask(S, Asked { request, input }).wait().unwrap();
			let Answered { claim, contents, .. } = at(index);
			book.receive(S, claim, contents.output).wait().unwrap();
			signed.push(book.sign(S, 1).wait().unwrap());
		}
		signed
	};
	let sequences = |signed: Vec<atelier_primitives::work::voucher::Voucher>| {
		signed.iter().map(|voucher| voucher.sequence).collect::<Vec<_>>()
	};
	assert_eq!(sequences(twice()), [1, 2]);
	assert_eq!(sequences(without(&[Check::SignedOnce], twice)), [1, 1]);
}

#[test]
fn a_number_is_quoted_twice() {
	let numbers = || {
		let (disk, book) = worker();
		let first = book.quote(quote()).wait().unwrap().number;
		drop(book);
		let book = opened(&disk).unwrap();
		(first, book.quote(quote()).wait().unwrap().number)
	};
	assert_eq!(numbers(), (0, 1));
	assert_eq!(
		without(&[Check::Numbers], numbers),
		(0, 0),
		"only one of them opens a session"
	);
}

#[test]
fn what_was_not_written_is_believed() {
	let (disk, book) = serving();
	let root = serve(&book, 2);
	drop(book);
	// Units of the newest voucher, wherever they are written.
	let mut image = disk.image();
	let places: Vec<_> = image
		.windows(32)
		.enumerate()
		.filter(|(_, bytes)| *bytes == root.digest)
		.map(|(place, _)| place - 8)
		.collect();
	assert!(!places.is_empty());
	for place in places {
		image[place] ^= 0x40;
	}
	let options = Options {
		check: 0,
		..Options::default()
	};
	let session = || {
		let disk = Memory::of(image.clone());
		let book = Book::on(disk, GENESIS, Role::Worker(WORKER), options)?;
		book.session(S)
	};
	assert!(matches!(session(), Err(Error::Damaged(_))));
	let believed = without(&[Check::Sums], session).unwrap();
	assert_ne!(believed.signed.1, root.units);
}

fn quote() -> Quote {
	Quote {
		worker: WORKER,
		version: VERSION,
		payer: [1; 32],
		price: 10,
		capacity: 5,
		window: 40,
		reservation: 0,
		until: 10,
		number: 0,
	}
}

fn dispute(trace: u8) -> Dispute {
	Dispute {
		dispute: DisputeId(8),
		work: Work::Settlement { session: S, number: 0 },
		claim: Origin::Session { session: S.0, index: 1 },
		side: Party::Holder,
		turn: None,
		trace: (trace > 0).then_some(Commitment {
			kind: Kind::Trace,
			count: 1,
			root: [trace; 32],
		}),
		notes: vec![],
	}
}

#[test]
fn sessions_of_others_are_not_served() {
	let (_, book) = worker();
	let worker = atelier_primitives::ids::WorkerId(4);
	let other = book.begin(SessionId(1), Terms { worker, ..terms() });
	assert_eq!(other.wait(), Err(Error::OtherOwner));
}
