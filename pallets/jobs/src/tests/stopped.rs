// SPDX-License-Identifier: Apache-2.0

//! Nothing runs out while nobody can speak to the court.

use super::*;
use crate::clocks::RECHECK;
use atelier_primitives::{
	views::jobs::{JobStage, SessionPhase},
	work::{audits::Works, Work},
};

const LONG: u32 = 500;

#[test]
fn what_was_settled_waits_for_as_long() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		served.answer(100).settle().unwrap();
		let work = Work::Settlement {
			session: served.session,
			number: 0,
		};
		pass(10);
		stop(LONG);
		let pending = <Jobs as Works<_, _>>::pending(work).unwrap();
		assert_eq!(pending.until, 1 + WINDOW + LONG);
		assert_eq!(Jobs::session(served.session).unwrap().pending[0].until, pending.until);
		sleep(WINDOW - 10);
		let session = served.session;
		refused(
			|| dispatch(STRANGER, Call::conclude_session { session }),
			Error::<Test>::NothingDue,
		);
		sleep(1);
		dispatch(STRANGER, Call::conclude_session { session }).unwrap();
		assert_eq!(fake(W).paid, 1);
		// What had been stopped before counts for nothing in what is settled later.
		served.answer(1).settle().unwrap();
		let pending = Jobs::session(session).unwrap().pending;
		assert_eq!(pending[0].until, now() + WINDOW);
	});
}

#[test]
fn both_reasons_add_up() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		served.answer(100).settle().unwrap();
		accuse(W);
		stop(30);
		acquit(W);
		let until = Jobs::session(served.session).unwrap().pending[0].until;
		assert_eq!(until, 1 + WINDOW + 30 + 30);
	});
}

#[test]
fn sessions_serve_and_close_for_as_long() {
	execute(|| {
		let id = open(PAYER, W);
		pass(190);
		stop(LONG);
		assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Open);
		pass(10);
		assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Open);
		dispatch(PAYER, Call::close { session: id }).unwrap();
		pass(CHALLENGE - 1);
		stop(LONG);
		pass(1);
		let mut served = Served::new(id, PAYER);
		served.answer(10).settle().unwrap();
		pass(1);
		served.answer(10);
		refused(|| served.settle(), Error::<Test>::SessionEnded);
		pass(RECHECK);
		assert_eq!((Jobs::session(id), held(PAYER)), (None, 0));
		assert_eq!(free(WORKER), RICH + 10 * PRICE);
	});
}

#[test]
fn no_worker_is_fined_for_what_it_could_not_do() {
	execute(|| {
		let accepted = submit(order());
		pass(ACCEPT);
		stop(LONG);
		dispatch(WORKER, Call::accept { job: accepted }).unwrap();
		pass(START);
		stop(LONG);
		dispatch(WORKER, Call::start { job: accepted }).unwrap();
		pass(TIME);
		stop(LONG);
		deliver(accepted, claim(accepted, 100, 25)).unwrap();
		pass(WINDOW);
		stop(LONG);
		dispatch(PAYER, Call::demand { job: accepted }).unwrap();
		pass(DEMAND);
		stop(LONG);
		assert_eq!(Jobs::job(accepted).unwrap().stage, JobStage::Demanded);
		let bytes = token_bytes(25).try_into().unwrap();
		dispatch(WORKER, Call::post_answer { job: accepted, bytes }).unwrap();
		assert_eq!((fake(W).fined, fake(W).failed, fake(W).refused), (0, 0, 0));
		pass(RECHECK);
		assert_eq!(fake(W).paid, 1);
	});
}

#[test]
fn duties_go_on_when_the_court_does() {
	execute(|| {
		let job = submit(order());
		stop(LONG);
		sleep(ACCEPT + 1);
		refused(|| dispatch(WORKER, Call::accept { job }), Error::<Test>::DeadlinePassed);
		dispatch(STRANGER, Call::conclude_job { job }).unwrap();
		assert_eq!(fake(W).fined, REFUSAL);
	});
}

#[test]
fn the_agenda_looks_ever_less_often_at_what_stands_still() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		served.answer(100).settle().unwrap();
		let id = served.session;
		pass(WINDOW - 1);
		let mut looks = std::collections::BTreeSet::new();
		for _ in 0..LONG {
			stop(1);
			looks.insert(session(id).due);
		}
		assert!((5..15).contains(&looks.len()), "{looks:?}");
		pass(RECHECK + 1);
		assert_eq!(fake(W).paid, 1);
	});
}
