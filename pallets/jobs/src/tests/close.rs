// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Phase;
use atelier_primitives::views::jobs::SessionPhase;

fn close(who: u8, session: SessionId) -> sp_runtime::DispatchResult {
	dispatch(who, Call::close { session })
}

fn conclude(session: SessionId) -> sp_runtime::DispatchResult {
	dispatch(STRANGER, Call::conclude_session { session })
}

#[test]
fn either_side_closes_and_what_is_left_returns_after_the_challenge_period() {
	for who in [PAYER, WORKER] {
		execute(|| {
			let before = all_of(PAYER);
			let id = open(PAYER, W);
			close(who, id).unwrap();
			happened(Event::SessionClosed {
				session: id,
				until: now() + CHALLENGE,
			});
			assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Closing);
			pass(CHALLENGE);
			assert_eq!(held(PAYER), 100_000);
			pass(1);
			happened(Event::SessionEnded {
				session: id,
				returned: 100_000,
			});
			happened(Event::SessionRemoved { session: id });
			assert_eq!((all_of(PAYER), free(PAYER)), (before, before));
		});
	}
}

#[test]
fn fails_for_others_and_twice() {
	execute(|| {
		let id = open(PAYER, W);
		for who in [OTHER, RIVAL, STRANGER] {
			refused(|| close(who, id), Error::<Test>::NotAParty);
		}
		refused(|| close(PAYER, SessionId(9)), Error::<Test>::UnknownSession);
		close(PAYER, id).unwrap();
		// A second close cannot move the end.
		sleep(5);
		refused(|| close(PAYER, id), Error::<Test>::NotOpen);
		refused(|| close(WORKER, id), Error::<Test>::NotOpen);
	});
}

#[test]
fn an_expiry_closes_by_itself_with_the_same_period() {
	execute(|| {
		let id = open(PAYER, W);
		sleep(200);
		assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Open);
		sleep(1);
		assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Closing);
		refused(|| close(PAYER, id), Error::<Test>::NotOpen);
		sleep(CHALLENGE - 1);
		refused(|| conclude(id), Error::<Test>::NothingDue);
		sleep(1);
		assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Ended);
		conclude(id).unwrap();
		assert_eq!((held(PAYER), Jobs::session(id)), (0, None));
		refused(|| conclude(id), Error::<Test>::UnknownSession);
	});
}

#[test]
fn the_challenge_period_is_that_of_the_opening_and_never_too_short() {
	execute(|| {
		let id = open(PAYER, W);
		ChallengePeriod::set(3);
		close(PAYER, id).unwrap();
		assert_eq!(session(id).ends, now() + CHALLENGE);
		// The least that the runtime allows is ten.
		let id = open(PAYER, W);
		close(PAYER, id).unwrap();
		assert_eq!(session(id).ends, now() + 10);
	});
}

#[test]
fn what_waits_for_audits_stays_when_the_rest_returns() {
	execute(|| {
		let id = open(PAYER, W);
		close(PAYER, id).unwrap();
		sleep(CHALLENGE);
		Served::new(id, PAYER).answer(10).settle().unwrap();
		pass(1);
		assert_eq!((session(id).phase, held(PAYER)), (Phase::Ended, price(10)));
		pass(WINDOW);
		assert_eq!((Jobs::session(id), held(PAYER)), (None, 0));
		assert_eq!(free(WORKER), RICH + 10 * PRICE);
	});
}

#[test]
fn what_nobody_settled_returns_in_time_though_the_worker_is_always_accused() {
	execute(|| {
		let id = open(PAYER, W);
		let mut served = Served::new(id, PAYER);
		served.answer(10).settle().unwrap();
		pass(10);
		accuse(W);
		// The worker settles all the same.
		served.answer(10).settle().unwrap();
		close(PAYER, id).unwrap();
		pass(CHALLENGE);
		served.answer(10).settle().unwrap();
		pass(1);
		// Only what was settled waits for the accusation.
		assert_eq!((held(PAYER), session(id).phase), (price(30), Phase::Ended));
		pass(500);
		assert_eq!((held(PAYER), free(WORKER)), (price(30), RICH));
		acquit(W);
		pass(WINDOW + crate::clocks::RECHECK);
		assert_eq!((held(PAYER), free(WORKER)), (0, RICH + 30 * PRICE));
	});
}

#[test]
fn clocks_stop_while_a_verdict_waits() {
	execute(|| {
		let id = open(PAYER, W);
		let mut served = Served::new(id, PAYER);
		served.answer(10);
		close(PAYER, id).unwrap();
		pass(10);
		convict(W);
		refused(|| served.settle(), Error::<Test>::Convicted);
		pass(500);
		assert_eq!(held(PAYER), 100_000);
		pardon(W);
		assert_eq!(Jobs::session(id).unwrap().ends, 1 + CHALLENGE + 500);
		pass(CHALLENGE - 10);
		served.settle().unwrap();
		// At the latest when the agenda looks again.
		pass(crate::clocks::RECHECK);
		assert_eq!(held(PAYER), 0);
		// What had not counted before a session counts for nothing in it.
		let id = open(PAYER, W);
		close(PAYER, id).unwrap();
		pass(CHALLENGE + 1);
		assert_eq!(Jobs::session(id), None);
	});
}
