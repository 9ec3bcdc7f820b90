// SPDX-License-Identifier: Apache-2.0

use super::samples::*;
use crate::*;
use atelier_primitives::{ids::SessionId, work::Work};
use atelier_referee::{
	claim::Origin,
	commit::{
		Kind,
		mountain::{Receipts, Root},
	},
	dispute::Party,
	hash::Portable,
};

/// The receipts of the first answers.
fn receipts(count: u64) -> Receipts {
	let mut receipts = Receipts::new();
	for index in 0..count {
		receipts.append::<Portable>(at(index).receipt()).unwrap();
	}
	receipts
}

mod append {
	use super::*;

	#[test]
	fn roots_are_those_of_the_referee() {
		let (_, book) = serving();
		let known = receipts(40);
		for index in 0..40 {
			let appended = book.append(S, at(index)).wait().unwrap();
			assert_eq!(appended.index, index);
			assert_eq!(appended.root, known.root_of_first::<Portable>(index + 1).unwrap());
			sign(&book, appended.root).unwrap();
			assert_eq!(book.answer(S, index).unwrap(), at(index));
		}
		assert_eq!(book.session(S).unwrap().root, known.root::<Portable>().unwrap());
	}

	#[test]
	fn the_same_once_more_changes_nothing() {
		let (disk, book) = serving();
		let first = book.append(S, at(0)).wait().unwrap();
		let second = book.append(S, at(1)).wait().unwrap();
		let syncs = disk.syncs();
		assert_eq!(book.append(S, at(0)).wait(), Ok(first));
		assert_eq!(book.append(S, at(1)).wait(), Ok(second));
		assert_eq!(disk.syncs(), syncs);
		let other = book.append(S, in_session(S, 1, 77)).wait();
		assert_eq!(other, Err(Error::WrongIndex { found: 1, next: 2 }));
		let later = book.append(S, at(5)).wait();
		assert_eq!(later, Err(Error::WrongIndex { found: 5, next: 2 }));
	}

	#[test]
	fn no_more_than_the_window_is_unsigned() {
		let (_, book) = serving();
		for index in 0..3 {
			book.append(S, at(index)).wait().unwrap();
		}
		let standing = book.session(S).unwrap();
		assert_eq!((standing.unsigned, standing.left), (3 * UNITS, 40 - 3 * UNITS));
		let unsigned = 4 * UNITS;
		assert_eq!(
			book.append(S, at(3)).wait(),
			Err(Error::WindowExceeded { unsigned, window: 40 })
		);
		sign(&book, standing.root).unwrap();
		assert_eq!(book.session(S).unwrap().left, 40);
		book.append(S, at(3)).wait().unwrap();
	}

	#[test]
	fn no_more_than_the_deposit_is_served() {
		let (_, book) = worker();
		let units = UNITS * 2 + 5;
		let deposit = terms().rates.price(units).unwrap();
		book.begin(S, Terms { deposit, ..terms() }).wait().unwrap();
		book.append(S, at(0)).wait().unwrap();
		assert_eq!(book.session(S).unwrap().left, UNITS + 5);
		book.append(S, at(1)).wait().unwrap();
		let third = Error::DepositExceeded { units: UNITS * 3 };
		assert_eq!(book.append(S, at(2)).wait(), Err(third));
		book.begin(S, terms()).wait().unwrap();
		book.append(S, at(2)).wait().unwrap();
	}

	#[test]
	fn a_closing_session_serves_no_more() {
		let (_, book) = serving();
		let root = book.append(S, at(0)).wait().unwrap().root;
		book.closing(S, true).wait().unwrap();
		assert_eq!(book.append(S, at(1)).wait(), Err(Error::Closing(S)));
		assert_eq!(book.session(S).unwrap().left, 0);
		sign(&book, root).unwrap();
		assert!(book.settlement(S).unwrap().is_some());
		book.closing(S, false).wait().unwrap();
		book.append(S, at(1)).wait().unwrap();
	}

	#[test]
	fn long_answers_come_back_whole() {
		let (_, book) = worker();
		book.begin(
			S,
			Terms {
				window: u64::MAX,
				..terms()
			},
		)
		.wait()
		.unwrap();
		let origin = Origin::Session { session: S.0, index: 0 };
		let long = answered(origin, 9, 1_000, 300);
		book.append(S, long.clone()).wait().unwrap();
		let found = book.answer(S, 0).unwrap();
		assert_eq!(found, long);
		for (kind, commitment) in [
			(Kind::Input, long.request.input),
			(Kind::Tokens, long.claim.answer),
			(Kind::State, long.claim.state),
		] {
			assert_eq!(found.contents.tree(kind).unwrap().commitment(), commitment);
		}
		assert!(found.contents.leaves(Kind::Trace).is_err());
	}

	#[test]
	fn claims_of_others_are_refused() {
		type Change = fn(&mut Answered);
		let cases: [(Change, Error); 9] = [
			(|a| a.claim.genesis = [0; 32], Error::ClaimOfOtherRequest),
			(
				|a| {
					a.claim.genesis = [0; 32];
					a.request.genesis = [0; 32];
					a.claim.request = a.request.root::<Portable>();
				},
				Error::ClaimOfOtherChain,
			),
			(|a| a.claim.worker = [0; 32], Error::ClaimOfOtherWorker),
			(
				|a| a.claim.origin = Origin::Session { session: 12, index: 0 },
				Error::ClaimOfOtherOrigin,
			),
			(|a| a.claim.origin = Origin::Job(0), Error::ClaimOfOtherOrigin),
			(|a| a.request.limit = 99, Error::ClaimOfOtherRequest),
			(
				|a| {
					a.request.limit = 1;
					a.claim.request = a.request.root::<Portable>();
				},
				Error::TooManyTokens { found: 2, limit: 1 },
			),
			(|a| a.contents.input[0] = 99, Error::NotCommitted("the input")),
			(
				|a| a.contents.states = States::Unknown,
				Error::NotCommitted("what is known of the states"),
			),
		];
		let (_, book) = serving();
		for (change, error) in cases {
			let mut answered = at(0);
			change(&mut answered);
			assert_eq!(book.append(S, answered).wait(), Err(error));
		}
		assert_eq!(book.session(S).unwrap().root, Root::empty::<Portable>());
	}
}

mod voucher_ {
	use super::*;

	#[test]
	fn only_what_the_book_has_is_taken() {
		let (_, book) = serving();
		let first = book.append(S, at(0)).wait().unwrap().root;
		let second = book.append(S, at(1)).wait().unwrap().root;
		let mut foreign = Receipts::new();
		foreign.append::<Portable>(at(7).receipt()).unwrap();
		let foreign = foreign.root::<Portable>().unwrap();
		assert_eq!(
			take(&book, voucher(S, 1, foreign)),
			Err(Error::OtherRoot { receipts: 1 })
		);
		let more = Error::MoreReceipts { found: 3, known: 2 };
		assert_eq!(
			take(&book, voucher(S, 1, receipts(3).root::<Portable>().unwrap())),
			Err(more)
		);
		take(&book, voucher(S, 5, first)).unwrap();
		take(&book, voucher(S, 5, first)).expect("the same once more");
		assert_eq!(
			take(&book, voucher(S, 5, second)),
			Err(Error::SequenceNotLarger { found: 5, newest: 5 })
		);
		assert_eq!(
			take(&book, voucher(S, 6, first)),
			Err(Error::ReceiptsNotMore { found: 1, newest: 1 })
		);
		take(&book, voucher(S, 6, second)).unwrap();
		assert_eq!(book.session(S).unwrap().signed, (2, 2 * UNITS));
	}

	#[test]
	fn only_the_sessions_key_signs() {
		let (_, book) = serving();
		let root = book.append(S, at(0)).wait().unwrap().root;
		let voucher = voucher(S, 1, root);
		for message in [
			voucher.message(&[0; 32], WORKER),
			voucher.message(&GENESIS, atelier_primitives::ids::WorkerId(4)),
		] {
			let wrong = signature(&terms().voucher_key, &message);
			assert_eq!(
				book.voucher(S, voucher, wrong, 9, &verifies).wait(),
				Err(Error::WrongSignature)
			);
		}
		let other = signature(&terms().payer, &voucher.message(&GENESIS, WORKER));
		assert_eq!(
			book.voucher(S, voucher, other, 9, &verifies).wait(),
			Err(Error::WrongSignature)
		);
		let elsewhere = book
			.voucher(SessionId(12), voucher, signed(&voucher), 9, &verifies)
			.wait();
		assert_eq!(elsewhere, Err(Error::VoucherOfOtherSession));
	}
}

mod settlement {
	use super::*;

	#[test]
	fn extends_what_was_settled() {
		let (_, book) = serving();
		assert_eq!(book.settlement(S).unwrap(), None);
		let mut settled = Root::empty::<Portable>();
		for number in 0..9 {
			let root = serve(&book, u64::from(number % 3) + 1);
			let signed = book.settlement(S).unwrap().unwrap();
			assert_eq!(signed.voucher.receipts, root);
			signed.extension.verify::<Portable>(&settled, &root).unwrap();
			assert_eq!(signed.signature, super::signed(&signed.voucher));
			book.settled(S, number, root, 100).wait().unwrap();
			book.settled(S, number, root, 120).wait().expect("the same once more");
			assert_eq!(book.settlement_number(S, number).unwrap().until, 120);
			assert_eq!(book.settlement(S).unwrap(), None);
			settled = root;
		}
		let other = receipts(3).root::<Portable>().unwrap();
		assert_eq!(
			book.settled(S, 8, other, 100).wait(),
			Err(Error::OtherSettlement { session: S, number: 8 })
		);
		assert_eq!(
			book.settled(S, 9, other, 100).wait(),
			Err(Error::OtherRoot { receipts: 3 })
		);
	}

	#[test]
	fn follows_blocks_that_are_not_final() {
		let (_, book) = serving();
		let early = serve(&book, 3);
		let late = serve(&book, 4);
		let after = book.settlement_after(S, &early).unwrap().unwrap();
		after.extension.verify::<Portable>(&early, &late).unwrap();
		let foreign = Root { units: 1, ..early };
		assert!(book.settlement_after(S, &foreign).is_err());
		assert_eq!(book.settlement_after(S, &late).unwrap(), None);
	}

	#[test]
	fn what_is_due_is_known_by_value_and_age() {
		let (_, book) = worker();
		for (number, answers) in [(1, 2), (2, 3), (3, 1)] {
			let session = SessionId(number);
			book.begin(session, terms()).wait().unwrap();
			for index in 0..answers {
				let root = book.append(session, in_session(session, index, index)).wait();
				let voucher = voucher(session, index + 1, root.unwrap().root);
				let at = (10 * number + index) as u32;
				let taken = book.voucher(session, voucher, signed(&voucher), at, &verifies);
				taken.wait().unwrap();
			}
		}
		let numbers = |due: Vec<Due>| due.iter().map(|due| due.session.0).collect::<Vec<_>>();
		assert_eq!(numbers(book.due_by_value(9).unwrap()), [2, 1, 3]);
		assert_eq!(numbers(book.due_by_age(9).unwrap()), [1, 2, 3]);
		assert_eq!(numbers(book.due_by_value(1).unwrap()), [2]);
		let due = book.due_by_value(1).unwrap()[0];
		assert_eq!((due.since, due.value), (20, terms().rates.price(3 * UNITS).unwrap()));
		let root = book.session(SessionId(2)).unwrap().root;
		book.settled(SessionId(2), 0, root, 50).wait().unwrap();
		assert_eq!(numbers(book.due_by_value(9).unwrap()), [1, 3]);
		book.ended(SessionId(1), Root::empty::<Portable>()).wait().unwrap();
		assert_eq!(numbers(book.due_by_age(9).unwrap()), [3]);
	}

	#[test]
	fn auditors_are_shown_what_they_ask_for() {
		let (_, book) = serving();
		let early = serve(&book, 7);
		let root = serve(&book, 6);
		let known = receipts(13);
		for unit in 1..=13 * UNITS {
			let covering = book.covering(S, unit).unwrap();
			assert_eq!(Some((covering.index, covering.interval)), known.covering(unit));
			let root = if covering.index < 7 { early } else { root };
			let shown = book.shown(S, root.receipts, covering.index).unwrap();
			let receipt = at(covering.index).receipt();
			let found = shown.inclusion.verify::<Portable>(&root, covering.index, &receipt);
			assert_eq!(found, Ok(covering.interval));
			assert_eq!(
				(shown.claim, shown.request),
				(at(covering.index).claim, at(covering.index).request)
			);
		}
		for unit in [0, 13 * UNITS + 1, u64::MAX] {
			assert_eq!(book.covering(S, unit), Err(Error::UnknownUnit(unit)));
		}
		assert_eq!(book.shown(S, 14, 3), Err(Error::UnknownReceipt(13)));
		assert_eq!(book.answer(S, 13), Err(Error::UnknownReceipt(13)));
	}
}

mod release {
	use super::*;

	fn all(book: &Book, most: u32) -> u64 {
		let mut receipts = 0;
		loop {
			let freed = book.release(S, most).wait().unwrap();
			receipts += freed.receipts;
			if !freed.more {
				return receipts;
			}
		}
	}

	#[test]
	fn what_remains_is_enough_to_go_on() {
		for (first, second, then) in [(1, 1, 3), (7, 6, 5), (8, 8, 1), (5, 12, 20)] {
			let (_, book) = serving();
			let early = serve(&book, first);
			book.settled(S, 0, early, 50).wait().unwrap();
			assert_eq!(all(&book, 5), 0, "not concluded");
			let later = serve(&book, second);
			book.settled(S, 1, later, 60).wait().unwrap();
			book.concluded(S, 0).wait().unwrap();
			assert_eq!(book.idle(9).unwrap(), [S]);
			assert_eq!(all(&book, 5), first);
			assert_eq!(book.idle(9).unwrap(), []);
			assert_eq!(book.answer(S, 0), Err(Error::Released(0)));
			assert!(matches!(book.covering(S, 1), Err(Error::Released(_))));
			let standing = book.session(S).unwrap();
			assert_eq!((standing.root, standing.released), (later, first));

			let root = serve(&book, then);
			let known = receipts(first + second + then);
			assert_eq!(root, known.root::<Portable>().unwrap());
			let signed = book.settlement(S).unwrap().unwrap();
			signed.extension.verify::<Portable>(&later, &root).unwrap();
			for index in first..first + second + then {
				let shown = book.shown(S, root.receipts, index).unwrap();
				let receipt = at(index).receipt();
				shown.inclusion.verify::<Portable>(&root, index, &receipt).unwrap();
				let (covering, interval) = known.covering((index + 1) * UNITS).unwrap();
				assert_eq!(
					book.covering(S, (index + 1) * UNITS),
					Ok(Covering {
						index: covering,
						interval
					})
				);
			}
		}
	}

	#[test]
	fn what_a_dispute_is_about_stays() {
		let (_, book) = serving();
		let root = serve(&book, 3);
		book.settled(S, 0, root, 50).wait().unwrap();
		book.concluded(S, 0).wait().unwrap();
		let dispute = Dispute {
			dispute: atelier_primitives::ids::DisputeId(8),
			work: Work::Settlement { session: S, number: 0 },
			claim: Origin::Session { session: S.0, index: 1 },
			side: Party::Holder,
			turn: None,
			trace: None,
			notes: vec![],
		};
		book.dispute(dispute.clone()).wait().unwrap();
		assert_eq!(book.release(S, 9).wait(), Err(Error::Disputed(dispute.dispute)));
		book.forget_dispute(dispute.dispute).wait().unwrap();
		assert_eq!(all(&book, 9), 3);
	}

	#[test]
	fn a_session_that_has_ended_goes_altogether() {
		let (_, book) = serving();
		let root = serve(&book, 9);
		book.settled(S, 0, root, 50).wait().unwrap();
		let later = serve(&book, 5);
		let other = book.ended(S, later).wait();
		assert_eq!(other, Err(Error::OtherRoot { receipts: 14 }), "a settlement is missing");
		book.ended(S, root).wait().unwrap();
		let late = book.settled(S, 1, later, 50).wait();
		assert_eq!(late, Err(Error::Ended(S)));
		assert_eq!(all(&book, 100), 0, "a settlement waits for its audits");
		book.concluded(S, 0).wait().unwrap();
		assert_eq!(all(&book, 4), 14);
		assert_eq!(book.session(S), Err(Error::UnknownSession(S)));
		assert_eq!(book.due_by_value(9).unwrap(), []);
		assert_eq!(book.records(), 1, "only the mark is left");
	}

	#[test]
	fn what_a_fork_took_can_be_abandoned() {
		let (_, book) = serving();
		serve(&book, 3);
		let other = Terms {
			payer: [9; 32],
			..terms()
		};
		assert_eq!(book.begin(S, other.clone()).wait(), Err(Error::OtherTerms(S)));
		book.abandon(S).wait().unwrap();
		all(&book, 50);
		book.begin(S, other).wait().unwrap();
		assert_eq!(book.session(S).unwrap().root, Root::empty::<Portable>());
	}
}

#[test]
fn many_sessions_share_a_sync() {
	let (disk, book) = worker();
	for number in 0..64 {
		book.begin(SessionId(number), terms()).wait().unwrap();
	}
	let before = disk.syncs();
	let waiting: Vec<_> = (0..64)
		.map(|number| {
			let session = SessionId(number);
			book.append(session, in_session(session, 0, number))
		})
		.collect();
	for appended in waiting {
		appended.wait().unwrap();
	}
	let syncs = disk.syncs() - before;
	assert!(syncs < 100, "{syncs} syncs for 64 answers, two for each write");
}

#[test]
fn one_that_is_refused_does_not_touch_the_others() {
	let (_, book) = serving();
	let waiting = [
		book.append(S, at(0)),
		book.append(S, at(5)),
		book.append(SessionId(99), in_session(SessionId(99), 0, 0)),
		book.append(S, at(1)),
	];
	let results: Vec<_> = waiting.into_iter().map(|pending| pending.wait().is_ok()).collect();
	assert_eq!(results, [true, false, false, true]);
	assert_eq!(book.session(S).unwrap().root.receipts, 2);
}

#[test]
fn jobs_have_one_claim() {
	let (disk, book) = worker();
	let (job, answer) = of_job(4, 1);
	book.deliver(job, answer.clone()).wait().unwrap();
	book.deliver(job, answer.clone()).wait().expect("the same once more");
	let (_, other) = of_job(4, 2);
	assert_eq!(book.deliver(job, other).wait(), Err(Error::OtherClaim(job)));
	drop(book);
	let book = opened(&disk).unwrap();
	assert_eq!(book.delivered(job).unwrap(), answer);
	book.release_job(job).wait().unwrap();
	assert_eq!(book.delivered(job), Err(Error::UnknownJob(job)));
	assert_eq!(book.records(), 1);
}
