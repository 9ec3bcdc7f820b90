// SPDX-License-Identifier: Apache-2.0

//! Each invariant bites: what it forbids is found.

use super::world::*;
use crate::{
	mock::*, Call, Duties, Duty, Games, HoldReason, Lines, NextDispute, NextDuty, OpenDuties, Owed, Position,
	SeedState, Seeds, Stage, Vote, Votes,
};
use atelier_primitives::ids::DisputeId;
use frame_support::{
	assert_ok,
	traits::{fungible::MutateHold, tokens::Precision},
};

/// A world with a dispute, after which something is corrupted.
fn finds(invariant: &str, corrupt: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, shown) = settle(&served, 100_000);
		let shown = Box::new(shown);
		assert_ok!(tried(
			Call::challenge {
				work,
				shown: shown.clone(),
				lot: None
			},
			CHALLENGER
		));
		(1..=3).for_each(epoch);
		check();
		corrupt();
		let found: &str = Disputes::do_try_state().expect_err(invariant).into();
		assert!(found.starts_with(invariant), "{found} instead of {invariant}");
	});
}

const FIRST: DisputeId = DisputeId(0);

#[test]
fn a_dead_account_of_the_fund() {
	finds("invariant 1", || {
		frame_system::Account::<Test>::remove(Disputes::account());
	});
}

#[test]
fn bonds_that_are_not_on_hold() {
	finds("invariant 2", || {
		Balances::release(&HoldReason::Bond.into(), &CHALLENGER, 1, Precision::Exact).unwrap();
	});
	finds("invariant 2", || {
		Balances::hold(&HoldReason::Bond.into(), &CHALLENGER, 1).unwrap();
	});
}

#[test]
fn lines_that_do_not_name_the_disputes() {
	finds("invariant 3: a dispute stands in no line", || {
		Lines::<Test>::remove(WORKER)
	});
	finds("invariant 3: a dispute waits while there is room", || {
		Lines::<Test>::mutate(WORKER, |line| {
			line.queued.try_push(FIRST).unwrap();
		})
	});
	finds("invariant 3: a dispute stands in lines twice", || {
		Lines::<Test>::mutate(WORKER, |line| {
			line.active.try_push(FIRST).unwrap();
		})
	});
	finds("invariant 3: a line names no dispute", || {
		Lines::<Test>::mutate(WORKER, |line| {
			line.active.try_push(DisputeId(7)).unwrap();
		})
	});
	finds("invariant 3: a dispute stands in another's line", || {
		let line = Lines::<Test>::take(WORKER);
		Lines::<Test>::insert(atelier_primitives::ids::WorkerId(1), line);
	});
	finds("invariant 3: a dispute that waits has a time", || {
		Disputes_::mutate(FIRST, |dispute| dispute.as_mut().unwrap().stage = Stage::Queued)
	});
}

/// The pallet's storage, not the pallet.
type Disputes_ = crate::Disputes<Test>;

#[test]
fn games_without_disputes() {
	finds("invariant 4", || Games::<Test>::insert(FIRST, Position::Top));
}

#[test]
fn duties_that_nobody_asked_for() {
	finds("invariant 5", || {
		let by = atelier_primitives::ids::WorkerId(1);
		let duty = Duty {
			work: job(1),
			worker: WORKER,
			auditor: OTHER,
			by,
			kind: 0,
			bond: 0,
			owed: Owed::Receipt { unit: 1 },
			until: 0,
		};
		Duties::<Test>::insert(0, duty);
		NextDuty::<Test>::put(1);
		OpenDuties::<Test>::insert((job(1), by, 1), 0);
	});
}

#[test]
fn numbers_that_were_not_given() {
	finds("invariant 6", || NextDispute::<Test>::put(FIRST));
}

#[test]
fn votes_about_nothing() {
	finds("invariant 7", || {
		let vote = Vote {
			seats: 1,
			ballot: [0; 32],
		};
		let voter = atelier_primitives::ids::WorkerId(1);
		Votes::<Test>::insert((FIRST, 0, voter), vote);
	});
}

#[test]
fn seeds_that_are_not_the_last() {
	finds("invariant 8: seeds are not the last ones", || Seeds::<Test>::remove(1));
	finds("invariant 8: the last seed is not the last", || {
		SeedState::<Test>::mutate(|state| state.named += 1)
	});
	finds("invariant 8: a seed is named before an earlier one", || {
		Seeds::<Test>::mutate(1, |seed| seed.as_mut().unwrap().named += 100)
	});
}

#[test]
fn what_was_heard_of_no_dispute() {
	finds("invariant 9", || {
		let matter = crate::Matter::Dispute(DisputeId(9), atelier_referee::dispute::Party::Holder);
		crate::Heard::<Test>::insert(matter, 5);
	});
}
