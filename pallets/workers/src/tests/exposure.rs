// SPDX-License-Identifier: Apache-2.0

//! Work that is not final, and accusations that keep it from becoming so.

use super::*;
use crate::checks::{without, Check};
use atelier_primitives::{
	ids::WorkerId,
	work::workers::{Accused as _, Fault, Unfit, Workers as _},
};

#[test]
fn exposure_stays_within_the_cover() {
	execute(|| {
		let id = worker(1);
		let cover = Workers::cover(id);
		// (0.8·10,000 − 1.5·100 / (2/3)) / (1.5 − 1)
		assert_eq!(cover, 15_550);
		assert_eq!(Workers::engage(id, cover), Ok(()));
		assert_eq!(Workers::engage(id, 1), Err(Unfit::ExposureFull));
		assert_eq!(Workers::engage(id, u64::MAX), Err(Unfit::ExposureFull));
		assert_eq!(Workers::engage(id, 0), Ok(()));
		Workers::discharge(id, 10);
		assert_eq!(Workers::engage(id, 10), Ok(()));
		Workers::discharge(id, cover);
		assert_eq!(stake(id).exposure, 0);
	});
}

#[test]
fn what_each_settlement_reads_and_writes_is_small() {
	use codec::MaxEncodedLen;
	assert_eq!(crate::Stake::<u128>::max_encoded_len(), 63);
}

#[test]
fn a_smaller_bond_covers_less_from_the_next_engagement_on() {
	execute(|| {
		let id = worker(1);
		assert_eq!(Workers::engage(id, 15_000), Ok(()));
		assert_ok!(Workers::unbond(signed(1), BOND / 2));
		assert_eq!(Workers::engage(id, 1), Err(Unfit::ExposureFull));
		Workers::discharge(id, 10_000);
		assert_eq!(Workers::engage(id, 1), Ok(()));
		Workers::discharge(id, 5_001);
	});
}

#[test]
fn the_convicted_and_the_unknown_take_on_nothing() {
	execute(|| {
		let id = worker(1);
		assert_eq!(Workers::engage(WorkerId(9), 1), Err(Unfit::Unknown));
		assert_eq!(Workers::engage(id, 100), Ok(()));
		Workers::convict(id, Fault::Wrong, None);
		assert_eq!(Workers::engage(id, 1), Err(Unfit::Convicted));
		assert_eq!(Workers::cover(id), 0);
		Workers::discharge(id, 100);
		assert_eq!(Workers::cover(WorkerId(9)), 0);
	});
}

#[test]
#[should_panic = "Defensive failure"]
fn more_discharged_than_engaged_is_a_defect_of_who_does_it() {
	execute(|| {
		let id = worker(1);
		assert_eq!(Workers::engage(id, 100), Ok(()));
		Workers::discharge(id, 101);
	});
}

/// What a worker gains that takes on as much as it can, does all of it wrong, and is found out at half of it.
fn greed() -> i64 {
	let id = worker(1);
	let mut taken: i64 = 0;
	for _ in 0..100 {
		if Workers::engage(id, 5_000).is_ok() {
			taken += 5_000;
		}
	}
	// Half is final before somebody proves the rest wrong.
	let kept = taken / 2;
	Workers::convict(id, Fault::Wrong, None);
	pass(DELAY);
	kept * 3 / 2 - (BOND - bonded(1)) as i64
}

#[test]
fn what_is_found_out_half_way_did_not_pay() {
	execute(|| {
		assert!(greed() < 2_000);
		assert_eq!(free(TREASURY), ED + BOND);
	});
}

#[test]
fn control_without_the_bound_any_bond_is_worth_cheating_for() {
	new_test_ext().execute_with(|| {
		without(Check::Exposure, || assert!(greed() > 300_000));
	});
}

mod accusations {
	use super::*;

	#[test]
	fn clocks_stand_still_while_there_are_any() {
		execute(|| {
			let id = worker(1);
			assert!(!Workers::accused(id));
			Workers::accuse(id);
			skip(5);
			Workers::accuse(id);
			assert!(Workers::accused(id));
			assert_eq!(Workers::frozen(id), 5);
			skip(5);
			Workers::acquit(id);
			assert!(Workers::accused(id));
			skip(1_000);
			assert_eq!(Workers::frozen(id), 1_010);
			Workers::acquit(id);
			assert!(!Workers::accused(id));
			skip(7);
			assert_eq!(Workers::frozen(id), 1_010);
			Workers::accuse(id);
			skip(1);
			assert_eq!(Workers::frozen(id), 1_011);
			Workers::acquit(id);
			happened(Event::AccusationBegan { worker: id });
			happened(Event::AccusationEnded { worker: id });
		});
	}

	#[test]
	fn within_one_block_stop_nothing() {
		execute(|| {
			let id = worker(1);
			Workers::accuse(id);
			Workers::acquit(id);
			assert_eq!(Workers::frozen(id), 0);
		});
	}

	#[test]
	fn of_nobody_do_nothing() {
		execute(|| {
			let nobody = WorkerId(9);
			Workers::accuse(nobody);
			Workers::acquit(nobody);
			Workers::convict(nobody, Fault::Wrong, Some(2));
			Workers::audited(nobody, 1);
			Workers::note(nobody, atelier_primitives::work::workers::Outcome::Failed);
			assert!(!Workers::accused(nobody) && !convicted(nobody));
			assert_eq!(Workers::frozen(nobody), 0);
		});
	}

	#[test]
	fn take_nothing_from_the_bond() {
		execute(|| {
			let id = worker(1);
			for _ in 0..10 {
				Workers::accuse(id);
			}
			pass(100);
			for _ in 0..10 {
				Workers::acquit(id);
			}
			assert_eq!(bonded(1), BOND);
			assert_eq!(free(TREASURY), ED);
		});
	}
}
