// SPDX-License-Identifier: Apache-2.0

//! Who is heard in the kept part of blocks, and how often.

use super::world::*;
use crate::{
	checks::{without, Check},
	mock::*,
	Call, Disputes as AllDisputes, Duties, Duty, Matter, Owed, Seeds, Served as Serving, QUIET,
};
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{audits::Claims, draw::Drawn},
};
use atelier_referee::dispute::{Charge, Evidence, Move, Party};
use frame_support::assert_ok;

const FIRST: DisputeId = DisputeId(0);
const AUDITOR: WorkerId = WorkerId(3);
const MANY: u64 = 20;

/// A transaction in the kept part, as the runtime admits it. None: it is not heard. Some: whether the move succeeded.
fn heard(who: AccountId, call: &Call<Test>) -> Option<bool> {
	let matter = Disputes::matter(&who, call)?;
	let admitted = !Disputes::is_quiet(matter) && Disputes::hear(matter);
	admitted.then(|| tried(call.clone(), who).is_ok())
}

/// How many of these moves, sent in each of so many blocks, are heard.
fn heard_of(count: u32, who: AccountId, calls: &[Call<Test>]) -> u32 {
	let mut sum = 0;
	for _ in 0..count {
		sum += calls.iter().filter_map(|call| heard(who, call)).count() as u32;
		blocks(1);
	}
	sum
}

/// Accusations of many pieces of work for which one auditor is drawn; each fails before a bond is held.
fn rubbish() -> Vec<Call<Test>> {
	let served = Served::honest(1, IN_SESSION);
	register(&served);
	let shown = settle(&served, 100_000).1;
	for number in 0..MANY {
		let claims = Claims::One {
			claim: [number as u8; 32],
			units: 10,
		};
		put(job(number), pending(claims, 100_000));
	}
	(1..=3).for_each(epoch);
	let seed = Seeds::<Test>::get(2).unwrap().value;
	let call = |number| Call::challenge {
		work: job(number),
		shown: Box::new(shown.clone()),
		lot: Some(lot_of(AUDITOR, Drawn::Audit(job(number)), &seed)),
	};
	let calls: Vec<_> = (0..MANY).map(call).collect();
	for call in &calls {
		assert_eq!(
			Disputes::matter(&account(AUDITOR), call),
			Some(Matter::Drawn(AUDITOR)),
			"it is drawn for each"
		);
	}
	calls
}

#[test]
fn an_auditor_that_fails_on_purpose_is_heard_once_in_nine_blocks_for_however_much_it_is_drawn() {
	run(|| {
		let calls = rubbish();
		assert_eq!(heard_of(2 * (QUIET + 1), account(AUDITOR), &calls), 2);
		assert_eq!(bonded(account(AUDITOR)), 0, "it has risked nothing");
	});
}

#[test]
fn it_would_fill_blocks_otherwise() {
	run(|| {
		let calls = rubbish();
		let all = without(Check::Quiet, || heard_of(5, account(AUDITOR), &calls));
		assert_eq!(all, 5 * MANY as u32);
	});
}

/// Failing answers to many duties, for which the worker's own auditor has asked: the bonds are the worker's in the end.
fn duties() -> Vec<Call<Test>> {
	let served = Served::honest(1, IN_SESSION);
	register(&served);
	let (work, shown) = settle(&served, 100_000);
	for id in 0..MANY {
		let duty = Duty {
			work,
			worker: WORKER,
			auditor: account(AUDITOR),
			by: AUDITOR,
			kind: id as u8,
			bond: 0,
			owed: Owed::Receipt { unit: u64::MAX },
			until: 1_000,
		};
		crate::OpenDuties::<Test>::insert((work, AUDITOR, duty.kind), id);
		Duties::<Test>::insert(id, duty);
		Workers::mutate(WORKER, |known| known.accusations += 1);
	}
	crate::NextDuty::<Test>::put(MANY);
	let serve = |duty| Call::serve {
		duty,
		served: Serving::Receipt(Box::new(shown.clone())),
	};
	(0..MANY).map(serve).collect()
}

#[test]
fn a_worker_that_fails_on_purpose_is_heard_once_in_nine_blocks_however_much_it_owes() {
	run(|| {
		let calls = duties();
		assert_eq!(heard_of(2 * (QUIET + 1), account(WORKER), &calls), 2);
	});
	run(|| {
		let calls = duties();
		let all = without(Check::Quiet, || heard_of(5, account(WORKER), &calls));
		assert_eq!(all, 5 * MANY as u32);
	});
}

#[test]
fn a_worker_that_serves_is_heard_in_every_block() {
	run(|| {
		let calls = duties();
		for id in 0..MANY {
			Duties::<Test>::mutate(id, |duty| duty.as_mut().unwrap().owed = Owed::Receipt { unit: 21 });
		}
		for call in &calls {
			assert_eq!(heard(account(WORKER), call), Some(true));
			blocks(1);
		}
		assert_eq!(Duties::<Test>::iter().count(), 0);
	});
}

#[test]
fn nothing_is_heard_about_a_duty_that_is_moot() {
	run(|| {
		let calls = duties();
		let work = Duties::<Test>::get(0).unwrap().work;
		let mut all = Pending_::get();
		all.remove(&work);
		Pending_::set(&all);
		assert_eq!(Disputes::matter(&account(WORKER), &calls[0]), None);
	});
}

/// A game in which it is the worker's turn, after the challenger has failed at a proof in the same block.
fn game() -> Call<Test> {
	let served = Served::honest(11, IN_SESSION);
	register(&served);
	let (work, shown) = settle(&served, 1_000);
	let shown = Box::new(shown);
	assert_ok!(tried(Call::challenge { work, shown, lot: None }, CHALLENGER));
	let trace = served.held.trace.commitment();
	let dispute = FIRST;
	assert_eq!(heard(account(WORKER), &Call::post_trace { dispute, trace }), Some(true));
	let groundless = Call::prove {
		dispute,
		charge: Charge::State(0),
		evidence: Box::new(Evidence::default()),
	};
	blocks(1);
	assert_eq!(heard(CHALLENGER, &groundless), Some(false));
	assert_eq!(heard(CHALLENGER, &groundless), None);
	// In everybody's part.
	assert_ok!(tried(Call::descend { dispute }, CHALLENGER));
	let top = served.held.trace.reveal_top().unwrap();
	Call::play {
		dispute,
		played: Move::Reveal(top),
	}
}

#[test]
fn a_side_of_a_dispute_does_not_close_the_kept_part_for_the_other() {
	run(|| {
		let reveal = game();
		assert_eq!(heard(account(WORKER), &reveal), Some(true));
	});
}

#[test]
fn it_would_if_they_shared_a_matter() {
	run(|| {
		without(Check::Sides, || {
			let reveal = game();
			assert_eq!(heard(account(WORKER), &reveal), None);
		});
	});
}

#[test]
fn what_was_heard_of_a_dispute_is_forgotten_with_it() {
	run(|| {
		game();
		let matter = Matter::Dispute(FIRST, Party::Challenger);
		assert!(crate::Heard::<Test>::contains_key(matter));
		assert_eq!(heard(account(WORKER), &Call::concede { dispute: FIRST }), Some(true));
		assert_eq!(AllDisputes::<Test>::iter().count(), 0);
		assert_eq!(crate::Heard::<Test>::iter().count(), 0);
	});
}
