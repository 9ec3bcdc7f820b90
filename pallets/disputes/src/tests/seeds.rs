// SPDX-License-Identifier: Apache-2.0

//! Which randomness draws, and whose lots count.

use super::world::*;
use crate::{
	checks::{without, Check},
	mock::*,
	Call, Error, SeedState, Seeds, KEPT,
};
use atelier_primitives::{
	ids::WorkerId,
	work::{
		audits::{Audits, ONE_AUDIT},
		draw::{Drawn, Lot},
		workers::Standing,
	},
};
use frame_support::{assert_noop, assert_ok};

const AUDITOR: WorkerId = WorkerId(3);

#[test]
fn each_randomness_is_kept_once_under_the_next_number() {
	run(|| {
		epoch(1);
		blocks(5);
		epoch(2);
		assert_eq!(SeedState::<Test>::get().count, 2);
		let (one, two) = (Seeds::<Test>::get(1).unwrap(), Seeds::<Test>::get(2).unwrap());
		assert!(one.value != two.value && one.named < two.named);
		// The clock is one behind the block in which the seed came.
		assert_eq!((two.commit, two.reveal), (7 + 20, 7 + 30));
	});
}

#[test]
fn blocks_in_which_nobody_could_speak_are_counted_and_nothing_runs_out_in_them() {
	run(|| {
		assert_eq!(Disputes::stopped(), 0);
		blocks(5);
		assert_eq!(Disputes::stopped(), 0);
		blocks_with(7, frame_support::weights::Weight::MAX);
		assert_eq!(Disputes::stopped(), 7);
		Suspended::set(true);
		blocks(3);
		Suspended::set(false);
		blocks(2);
		assert_eq!(Disputes::stopped(), 10);
		System::set_block_number(System::block_number() + 1_000);
		assert_eq!(Disputes::stopped(), 1_010);
	});
}

#[test]
fn only_the_last_are_kept() {
	run(|| {
		for number in 1..=KEPT + 3 {
			epoch(number as u8);
		}
		assert_eq!(Seeds::<Test>::iter().count(), KEPT as usize);
		assert!(Seeds::<Test>::get(3).is_none() && Seeds::<Test>::get(4).is_some());
	});
}

#[test]
fn what_is_put_on_the_chain_is_drawn_by_the_seed_after_the_next() {
	run(|| {
		epoch(1);
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, _) = settle(&served, 100_000);
		assert_eq!(Pending_::get()[&work].drawing.seed, 3);
		let commit = || tried(Call::commit_audit { work, sealed: [0; 32] }, account(AUDITOR));
		assert_noop!(commit(), Error::<Test>::SeedUnknown);
		epoch(2);
		assert_noop!(commit(), Error::<Test>::SeedUnknown);
		epoch(3);
		assert_ok!(commit());
	});
}

/// An author knows what the next seed will be, and settles what no auditor but itself draws.
#[test]
fn a_seed_that_was_made_before_the_work_does_not_draw_it() {
	run(|| {
		epoch(1);
		blocks(10);
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, _) = settle(&served, 100_000);
		// Two seeds come, both named before the work.
		let at = Pending_::get()[&work].at;
		for number in 2..=3 {
			Random::set(&([number; 32], u64::from(at) - 1 + u64::from(number) - 2));
			crate::Pallet::<Test>::record_seed();
		}
		assert!(Seeds::<Test>::get(3).is_some_and(|seed| seed.named <= at));
		let commit = || tried(Call::commit_audit { work, sealed: [0; 32] }, account(AUDITOR));
		assert_noop!(commit(), Error::<Test>::SeedUnknown);
		assert_ok!(without(Check::FreshSeed, commit));
	});
}

/// Of work so valuable that everybody draws something; and its seed.
fn drawn_work() -> (atelier_primitives::work::Work, [u8; 32]) {
	let served = Served::honest(1, IN_SESSION);
	register(&served);
	let (work, _) = settle(&served, 100_000);
	(1..=3).for_each(epoch);
	(work, Seeds::<Test>::get(2).unwrap().value)
}

fn ask(work: atelier_primitives::work::Work, lot: Lot, who: WorkerId) -> sp_runtime::DispatchResult {
	let what = crate::Unserved::Receipt;
	tried(
		Call::not_served {
			work,
			lot,
			number: 0,
			what,
		},
		account(who),
	)
}

#[test]
fn a_lot_is_its_auditors_about_its_work_and_of_its_seed() {
	run(|| {
		let (work, seed) = drawn_work();
		let right = lot_of(AUDITOR, Drawn::Audit(work), &seed);
		let not = |lot| {
			assert_noop!(ask(work, lot, AUDITOR), Error::<Test>::NotTheLot);
		};
		not(lot_of(WorkerId(4), Drawn::Audit(work), &seed));
		not(lot_of(AUDITOR, Drawn::Audit(settlement(SESSION, 2)), &seed));
		not(lot_of(AUDITOR, Drawn::Audit(work), &[0; 32]));
		not(Lot {
			pre_output: [255; 32],
			..right
		});
		not(Lot {
			proof: [0; 64],
			..right
		});
		assert_noop!(
			tried(
				Call::not_served {
					work,
					lot: right,
					number: 0,
					what: crate::Unserved::Receipt
				},
				CHALLENGER
			),
			Error::<Test>::NotAuditor
		);
		assert_ok!(ask(work, right, AUDITOR));
	});
}

#[test]
fn anybodys_lot_would_do_if_it_were_not_verified() {
	run(|| {
		let (work, seed) = drawn_work();
		let others = lot_of(WorkerId(4), Drawn::Audit(work), &seed);
		assert_ok!(without(Check::Lot, || ask(work, others, AUDITOR)));
	});
}

#[test]
fn who_came_after_the_work_is_not_drawn_for_it() {
	run(|| {
		let (work, seed) = drawn_work();
		let lot = lot_of(AUDITOR, Drawn::Audit(work), &seed);
		let at = Pending_::get()[&work].at;
		Workers::mutate(AUDITOR, |known| {
			known.standing = known.standing.map(|standing| Standing { since: at, ..standing })
		});
		assert_noop!(ask(work, lot, AUDITOR), Error::<Test>::NotAuditor);
	});
}

#[test]
fn nobody_audits_its_own_work() {
	run(|| {
		let (work, seed) = drawn_work();
		Workers::mutate(WORKER, |known| known.standing = Workers::get(AUDITOR).standing);
		let lot = lot_of(AUDITOR, Drawn::Audit(work), &seed);
		assert_noop!(ask(work, lot, WORKER), Error::<Test>::OwnWork);
	});
}

#[test]
fn audits_are_expected_by_value_and_newcomers_have_more() {
	run(|| {
		let expected = |value, more| Disputes::drawing(WORKER, value, more).expected;
		assert_eq!(expected(1_000, 0), ONE_AUDIT);
		assert_eq!(expected(2_500, 0), ONE_AUDIT * 5 / 2);
		assert_eq!(expected(1, 0), ONE_AUDIT / 1_000);
		assert_eq!(expected(1_000, 3), 4 * ONE_AUDIT);
		assert_eq!(expected(u128::MAX, u32::MAX), u64::MAX);
		assert_eq!(Disputes::drawing(WORKER, 0, 0).weight, 800);
		Workers::mutate(WORKER, |known| known.newcomer = true);
		assert_eq!(expected(1_000, 1), 5 * ONE_AUDIT);
	});
}
