// SPDX-License-Identifier: Apache-2.0

//! Who audits is decided by keys and bonds of before the work.

use super::*;
use crate::checks::{without, Check};
use atelier_primitives::{
	ids::WorkerId,
	work::workers::{Accused as _, Fault, Standing, Workers as _},
	BlockNumber,
};

fn standing(worker: WorkerId, at: BlockNumber) -> Option<Standing<Balance>> {
	Workers::standing(worker, at)
}

fn weight(worker: WorkerId, at: BlockNumber) -> Balance {
	standing(worker, at).map_or(0, |standing| standing.weight)
}

#[test]
fn a_standing_counts_for_what_comes_after_its_block() {
	execute(|| {
		skip(9);
		let id = worker(1);
		assert_eq!(standing(id, 10), None);
		let expected = Standing {
			key: [1; 32],
			weight: BOND,
			since: 10,
		};
		assert_eq!(standing(id, 11), Some(expected));
		assert_eq!(Workers::auditing(), 0);
		skip(1);
		assert_eq!(Workers::auditing(), BOND);
	});
}

#[test]
fn after_a_change_the_former_counts_for_what_came_before() {
	execute(|| {
		let id = worker(1);
		skip(9);
		assert_ok!(Workers::set_keys(signed(1), keys(7)));
		assert_ok!(Workers::bond_more(signed(1), BOND));
		assert_ok!(Workers::unbond(signed(1), LEAST));
		for at in 2..=10 {
			assert_eq!(standing(id, at).map(|standing| standing.key), Some([1; 32]));
			assert_eq!(weight(id, at), BOND);
		}
		assert_eq!(standing(id, 11).map(|standing| standing.key), Some([7; 32]));
		assert_eq!(weight(id, 11), 2 * BOND - LEAST);
		assert_eq!(standing(id, 1), None);
		// What is gone counts for nothing at once, and what grows for what comes later.
		skip(5);
		Workers::fine(id, BOND);
		assert_eq!([10, 11, 16].map(|at| weight(id, at)), [BOND - LEAST; 3]);
		assert_ok!(Workers::bond_more(signed(1), BOND));
		assert_eq!([10, 11, 15].map(|at| weight(id, at)), [BOND - LEAST; 3]);
		assert_eq!(weight(id, 16), 2 * BOND - LEAST);
	});
}

#[test]
fn nothing_new_makes_no_new_standing() {
	execute(|| {
		let id = worker(1);
		skip(3);
		assert_ok!(Workers::set_keys(signed(1), keys(1)));
		beat(1);
		assert_eq!(standing(id, 2).map(|standing| standing.since), Some(1));
	});
}

#[test]
fn who_does_not_want_to_audit_weighs_nothing() {
	execute(|| {
		let id = worker(1);
		skip(1);
		assert_noop!(Workers::set_auditing(signed(1), true), Error::<Test>::NothingToChange);
		assert_ok!(Workers::set_auditing(signed(1), false));
		happened(Event::AuditingChanged {
			worker: id,
			auditing: false,
		});
		assert_eq!((weight(id, 2), Workers::auditing()), (0, 0));
		skip(1);
		assert_eq!((weight(id, 3), Workers::auditing()), (0, 0));
	});
}

#[test]
fn the_convicted_do_not_audit_until_that_is_undone() {
	execute(|| {
		let id = worker(1);
		skip(1);
		Workers::convict(id, Fault::Wrong, None);
		skip(1);
		assert_eq!(Workers::auditing(), 0);
		assert_ok!(Workers::cancel_slash(RuntimeOrigin::root(), id, 0));
		skip(1);
		assert_eq!(Workers::auditing(), BOND);
		Workers::convict(id, Fault::LazyAudit, None);
		skip(1);
		assert_eq!(Workers::auditing(), BOND);
	});
}

#[test]
fn what_is_on_its_way_out_weighs_nothing() {
	execute(|| {
		let id = worker(1);
		assert_ok!(Workers::unbond(signed(1), BOND));
		assert_eq!(weight(id, 2), 0);
		skip(1);
		assert_eq!(Workers::auditing(), 0);
	});
}

#[test]
fn who_leaves_takes_its_weight_along_in_the_same_block() {
	execute(|| {
		let id = worker(1);
		worker(2);
		skip(1);
		assert_eq!(Workers::auditing(), 2 * BOND);
		Workers::fine(id, BOND);
		assert_eq!(Workers::auditing(), BOND);
		assert_ok!(Workers::leave(signed(1)));
		assert_eq!(Workers::auditing(), BOND);
		check();
		skip(1);
		assert_eq!(Workers::auditing(), BOND);
	});
}

/// Whether a key that was made after work was put on the chain, when the randomness is known, audits that work.
fn late_key_audits() -> bool {
	let id = worker(1);
	skip(10);
	let work = now();
	skip(10);
	Workers::set_keys(signed(1), keys(99)).unwrap();
	standing(id, work).is_some_and(|standing| standing.key == [99; 32])
}

#[test]
fn a_key_that_is_chosen_after_the_work_audits_nothing_of_it() {
	execute(|| assert!(!late_key_audits()));
}

#[test]
fn control_without_since_auditors_choose_their_draws() {
	new_test_ext().execute_with(|| without(Check::Since, || assert!(late_key_audits())));
}

/// The weight by which work of this block is drawn, after somebody added a bond that audits nothing of it.
fn thinned_out() -> Balance {
	worker(1);
	skip(1);
	worker_with(2, 90 * LEAST);
	Workers::auditing()
}

#[test]
fn nobody_thins_out_the_draws_of_its_own_block() {
	execute(|| assert_eq!(thinned_out(), BOND));
}

#[test]
fn control_with_the_weight_after_the_block_draws_are_thinned_out() {
	new_test_ext().execute_with(|| {
		without(Check::WeightBefore, || assert_eq!(thinned_out(), BOND + 90 * LEAST));
	});
}

mod former {
	use super::*;
	use crate::{AuditorStandings, MAX_FORMER};

	fn key(worker: WorkerId, at: BlockNumber) -> Option<u8> {
		standing(worker, at).map(|standing| standing.key[0])
	}

	fn kept(worker: WorkerId) -> usize {
		AuditorStandings::<Test>::get(worker).unwrap().former.len()
	}

	/// Whether an honest auditor may still audit work after others had it fined in two later blocks.
	fn audits_after_two_fines() -> bool {
		let id = worker(1);
		skip(10);
		let work = now();
		for _ in 0..2 {
			skip(1);
			Workers::fine(id, 1);
		}
		standing(id, work).is_some()
	}

	#[test]
	fn fines_take_from_nobody_the_right_to_audit() {
		execute(|| assert!(audits_after_two_fines()));
	}

	#[test]
	fn control_where_a_fine_makes_a_new_standing_two_of_them_stop_an_auditor() {
		new_test_ext().execute_with(|| {
			without(Check::FallsAtOnce, || assert!(!audits_after_two_fines()));
		});
	}

	#[test]
	fn of_three_keys_count_each_for_its_time() {
		execute(|| {
			let id = worker(1);
			for new in 2..=4 {
				skip(5);
				assert_ok!(Workers::set_keys(signed(1), keys(new)));
			}
			assert_eq!(
				[2, 6, 7, 11, 12, 16, 17].map(|at| key(id, at).unwrap()),
				[1, 1, 2, 2, 3, 3, 4]
			);
			skip(5);
			assert_noop!(Workers::set_keys(signed(1), keys(5)), Error::<Test>::KeysStillNeeded);
			// Other things change.
			assert_ok!(Workers::set_keys(signed(1), keys(4)));
			// Until nobody asks for the first any more.
			System::set_block_number(6 + UNBONDING / 2);
			assert_noop!(Workers::set_keys(signed(1), keys(5)), Error::<Test>::KeysStillNeeded);
			skip(1);
			assert_ok!(Workers::set_keys(signed(1), keys(5)));
			assert_eq!((key(id, 6), key(id, 7)), (None, Some(2)));
		});
	}

	#[test]
	fn of_what_grew_often_count_with_less_and_never_not_at_all() {
		execute(|| {
			let id = worker(1);
			for new in 2..=4 {
				skip(5);
				assert_ok!(Workers::set_keys(signed(1), keys(new)));
			}
			for _ in 0..20 {
				skip(1);
				assert_ok!(Workers::bond_more(signed(1), 100));
				check();
			}
			assert_eq!(kept(id), MAX_FORMER as usize);
			for at in 2..=now() {
				assert!(weight(id, at) >= BOND, "{at}");
			}
			assert_eq!(weight(id, now()), BOND);
			assert_eq!(weight(id, now() + 1), BOND + 2_000);
		});
	}

	#[test]
	fn leave_room_for_what_grows_whatever_happens_within_a_block() {
		execute(|| {
			let id = worker(1);
			for new in 2..=4 {
				skip(1);
				assert_ok!(Workers::set_keys(signed(1), keys(new)));
			}
			skip(1);
			assert_ok!(Workers::bond_more(signed(1), 100));
			assert_eq!(kept(id), 4);
			// It would replace what has just grown, and the next growth would have no place.
			assert_noop!(Workers::set_keys(signed(1), keys(5)), Error::<Test>::KeysStillNeeded);
			for _ in 0..3 {
				skip(1);
				assert_ok!(Workers::bond_more(signed(1), 100));
				check();
			}
		});
	}

	#[test]
	fn that_grew_are_kept_apart_while_there_is_room() {
		execute(|| {
			let id = worker(1);
			for _ in 0..4 {
				skip(1);
				assert_ok!(Workers::bond_more(signed(1), 100));
			}
			let weights: Vec<_> = (2..=6).map(|at| weight(id, at)).collect();
			assert_eq!(weights, [0, 100, 200, 300, 400].map(|more| BOND + more));
		});
	}

	#[test]
	fn of_nothing_are_forgotten() {
		execute(|| {
			let id = worker(1);
			skip(1);
			assert_ok!(Workers::bond_more(signed(1), 100));
			assert_eq!(kept(id), 1);
			assert_ok!(Workers::set_auditing(signed(1), false));
			assert_eq!(kept(id), 0);
			// Who does not audit changes keys as often as it likes.
			for new in 2..=20 {
				skip(1);
				assert_ok!(Workers::set_keys(signed(1), keys(new)));
			}
			skip(1);
			assert_ok!(Workers::set_auditing(signed(1), true));
			assert_eq!((key(id, now()), key(id, now() + 1)), (None, Some(20)));
		});
	}
}
