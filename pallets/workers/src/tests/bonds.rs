// SPDX-License-Identifier: Apache-2.0

//! Bonds grow, are on their way out, and are fined.

use super::*;
use crate::{
	checks::{without, Check},
	Unbonding,
};
use atelier_primitives::work::{
	workers::{Accused as _, Fault, Unfit, Workers as _},
	Tier,
};

mod bond_more {
	use super::*;

	#[test]
	fn adds_and_covers_more() {
		execute(|| {
			let id = worker(1);
			let before = Workers::cover(id);
			assert_ok!(Workers::bond_more(signed(1), BOND));
			assert_eq!(bonded(1), 2 * BOND);
			assert!(Workers::cover(id) > before);
			happened(Event::BondAdded {
				worker: id,
				amount: BOND,
			});
		});
	}

	#[test]
	fn refuses_nothing_strangers_too_little_and_the_convicted() {
		execute(|| {
			let id = worker(1);
			assert_noop!(Workers::bond_more(signed(1), 0), Error::<Test>::NothingToBond);
			assert_noop!(Workers::bond_more(signed(2), 1), Error::<Test>::NotAWorker);
			Workers::fine(id, BOND);
			assert_noop!(Workers::bond_more(signed(1), LEAST - 1), Error::<Test>::BondTooSmall);
			assert_ok!(Workers::bond_more(signed(1), LEAST));
			Workers::convict(id, Fault::Wrong, None);
			assert_noop!(Workers::bond_more(signed(1), LEAST), Error::<Test>::Convicted);
		});
	}

	#[test]
	fn refuses_more_than_there_is() {
		execute(|| {
			worker(1);
			assert_noop!(Workers::bond_more(signed(1), u64::MAX), Error::<Test>::Overflow);
			assert!(Workers::bond_more(signed(1), RICH).is_err());
		});
	}
}

mod unbond {
	use super::*;

	#[test]
	fn takes_its_time_and_covers_nothing_meanwhile() {
		execute(|| {
			let id = worker(1);
			let before = free(1);
			assert_ok!(Workers::unbond(signed(1), BOND / 2));
			let until = now() + UNBONDING;
			happened(Event::UnbondingBegan {
				worker: id,
				amount: BOND / 2,
				until,
			});
			assert_eq!(Workers::cover(id), DETERRENCE.cover(BOND / 2));
			assert_eq!(bonded(1), BOND);
			skip(UNBONDING - 1);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::NothingToWithdraw);
			skip(1);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			assert_eq!(free(1), before + BOND / 2);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::NothingToWithdraw);
		});
	}

	#[test]
	fn leaves_nothing_or_at_least_the_least() {
		execute(|| {
			let id = worker(1);
			assert_noop!(Workers::unbond(signed(1), 0), Error::<Test>::NothingToUnbond);
			assert_noop!(Workers::unbond(signed(1), BOND + 1), Error::<Test>::MoreThanBonded);
			assert_noop!(
				Workers::unbond(signed(1), BOND - LEAST + 1),
				Error::<Test>::BondTooSmall
			);
			assert_noop!(Workers::unbond(signed(2), 1), Error::<Test>::NotAWorker);
			assert_ok!(Workers::unbond(signed(1), BOND - LEAST));
			assert_eq!(Workers::fit(id, V, Tier::Float), Ok(()));
			assert_ok!(Workers::unbond(signed(1), LEAST));
			assert_eq!(Workers::fit(id, V, Tier::Float), Err(Unfit::Leaving));
			assert_noop!(Workers::unbond(signed(1), 1), Error::<Test>::MoreThanBonded);
		});
	}

	#[test]
	fn has_eight_parts_at_most_and_those_of_a_block_are_one() {
		execute(|| {
			let id = worker(1);
			for _ in 0..8 {
				assert_ok!(Workers::unbond(signed(1), 100));
				assert_ok!(Workers::unbond(signed(1), 100));
				skip(1);
			}
			assert_noop!(Workers::unbond(signed(1), 100), Error::<Test>::TooManyUnbondings);
			assert_eq!(Unbonding::<Test>::get(id).len(), 8);
			// The first two of them are free; nobody called for 1,000 blocks: all are.
			skip(UNBONDING - 8 + 1);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			assert_eq!(Unbonding::<Test>::get(id).len(), 6);
			skip(1_000);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			assert_eq!(bonded(1), BOND - 1_600);
		});
	}

	#[test]
	fn is_never_shorter_than_the_least() {
		execute(|| {
			UnbondingTime::set(0);
			worker(1);
			assert_ok!(Workers::unbond(signed(1), BOND));
			skip(UNBONDING / 2 - 1);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::NothingToWithdraw);
			skip(1);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			UnbondingTime::set(UNBONDING);
		});
	}

	#[test]
	fn is_refused_to_the_convicted() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::Wrong, None);
			assert_noop!(Workers::unbond(signed(1), BOND), Error::<Test>::Convicted);
		});
	}

	#[test]
	fn ends_with_the_chain() {
		execute(|| {
			worker(1);
			System::set_block_number(u32::MAX - 1);
			assert_noop!(Workers::unbond(signed(1), BOND), Error::<Test>::NoMoreNumbers);
		});
	}
}

mod withdraw {
	use super::*;

	#[test]
	fn is_refused_while_accused_and_the_wait_stands_still() {
		execute(|| {
			let id = worker(1);
			assert_ok!(Workers::unbond(signed(1), BOND));
			skip(UNBONDING - 10);
			Workers::accuse(id);
			skip(1_000);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::Accused);
			Workers::acquit(id);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::NothingToWithdraw);
			skip(9);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::NothingToWithdraw);
			skip(1);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
		});
	}

	#[test]
	fn is_refused_before_a_slash_and_to_strangers() {
		execute(|| {
			let id = worker(1);
			assert_noop!(Workers::withdraw_unbonded(signed(2)), Error::<Test>::NotAWorker);
			assert_ok!(Workers::unbond(signed(1), BOND));
			skip(UNBONDING);
			Workers::convict(id, Fault::LazyAudit, None);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::SlashPending);
			pass(DELAY);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			assert_eq!(free(TREASURY), ED + BOND / 50);
		});
	}
}

/// Whether a bond leaves before the work that it covers is final, however long that takes.
fn leaves_before_its_work_is_final() -> bool {
	let id = worker(1);
	Workers::engage(id, Workers::cover(id)).unwrap();
	Workers::unbond(signed(1), BOND).unwrap();
	skip(10 * UNBONDING);
	Workers::withdraw_unbonded(signed(1)).is_ok()
}

#[test]
fn a_bond_stays_until_its_work_is_final() {
	execute(|| assert!(!leaves_before_its_work_is_final()));
}

#[test]
fn control_by_time_alone_a_bond_leaves_its_work() {
	new_test_ext().execute_with(|| without(Check::CoverStays, || assert!(leaves_before_its_work_is_final())));
}

mod cover {
	use super::*;

	#[test]
	fn of_what_stays_is_enough() {
		execute(|| {
			let id = worker(1);
			let half = DETERRENCE.cover(BOND / 2);
			assert_ok!(Workers::unbond(signed(1), BOND / 2));
			assert_eq!(Workers::engage(id, half), Ok(()));
			skip(UNBONDING);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			// What is on its way out is there still, and would be slashed.
			assert_ok!(Workers::unbond(signed(1), BOND / 4));
			skip(1);
			assert_ok!(Workers::unbond(signed(1), BOND / 4));
			skip(UNBONDING - 1);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::WorkNotFinal);
			Workers::discharge(id, half - DETERRENCE.cover(BOND / 4));
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			skip(1);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::WorkNotFinal);
			Workers::discharge(id, DETERRENCE.cover(BOND / 4) - 1);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::WorkNotFinal);
			Workers::discharge(id, 1);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			assert_ok!(Workers::leave(signed(1)));
		});
	}

	#[test]
	fn waits_while_the_court_stands_still() {
		execute(|| {
			Stopped::set(7);
			worker(1);
			assert_ok!(Workers::unbond(signed(1), BOND));
			skip(UNBONDING);
			Stopped::set(107);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::NothingToWithdraw);
			skip(99);
			assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::NothingToWithdraw);
			skip(1);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
		});
	}
}

/// What a cheat keeps who unbonds at once after it was paid for wrong work that takes 40 blocks to prove.
fn cheat_and_run() -> Balance {
	let id = worker(1);
	let _early = Workers::unbond(signed(1), BOND);
	skip(10);
	let _early = Workers::withdraw_unbonded(signed(1));
	Workers::accuse(id);
	skip(30);
	let _accused = Workers::withdraw_unbonded(signed(1));
	Workers::acquit(id);
	Workers::convict(id, Fault::Wrong, None);
	let _slashed = Workers::withdraw_unbonded(signed(1));
	pass(DELAY);
	RICH - bonded(1) - free(TREASURY) + ED
}

#[test]
fn nobody_runs_from_a_slash() {
	execute(|| assert_eq!(cheat_and_run(), RICH - BOND));
}

#[test]
fn control_without_unbonding_the_bond_is_gone_before_the_slash() {
	new_test_ext().execute_with(|| {
		without(Check::Unbonding, || assert_eq!(cheat_and_run(), RICH));
	});
}

#[test]
fn control_without_slashes_of_what_is_unbonded_the_bond_survives_the_slash() {
	new_test_ext().execute_with(|| {
		without(Check::SlashUnbonding, || {
			cheat_and_run();
			assert_eq!(free(TREASURY), ED);
			assert_eq!(bonded(1), BOND);
		});
	});
}

/// Who is accused just before its bond is free, and found out after.
fn wait_out_a_dispute(dispute: u32) -> Balance {
	let id = worker(1);
	Workers::unbond(signed(1), BOND).unwrap();
	skip(UNBONDING - 1);
	Workers::accuse(id);
	skip(dispute);
	let _accused = Workers::withdraw_unbonded(signed(1));
	Workers::convict(id, Fault::Wrong, None);
	Workers::acquit(id);
	let _pending = Workers::withdraw_unbonded(signed(1));
	bonded(1)
}

#[test]
fn a_bond_stays_during_a_dispute() {
	execute(|| assert_eq!(wait_out_a_dispute(20), BOND));
}

#[test]
fn control_a_bond_that_does_not_stay_is_gone_during_the_dispute() {
	new_test_ext().execute_with(|| {
		without(Check::BondStays, || {
			// The clock stands still too, so let it run out first.
			let id = worker(1);
			Workers::unbond(signed(1), BOND).unwrap();
			skip(UNBONDING);
			Workers::accuse(id);
			assert_ok!(Workers::withdraw_unbonded(signed(1)));
			assert_eq!(bonded(1), 0);
		});
	});
}

#[test]
fn control_a_clock_that_does_not_stop_lets_the_bond_go_between_two_disputes() {
	let between = || {
		let id = worker(1);
		Workers::unbond(signed(1), BOND).unwrap();
		Workers::accuse(id);
		skip(UNBONDING);
		// Acquitted of this; its other work, as old, becomes final only so much later.
		Workers::acquit(id);
		Workers::withdraw_unbonded(signed(1)).is_ok()
	};
	execute(|| assert!(!between()));
	new_test_ext().execute_with(|| without(Check::UnbondingStops, || assert!(between())));
}

mod fine {
	use super::*;

	#[test]
	fn goes_to_the_treasury_at_once_and_takes_no_more_than_there_is() {
		execute(|| {
			let id = worker(1);
			Workers::fine(id, 100);
			assert_eq!((bonded(1), free(TREASURY)), (BOND - 100, ED + 100));
			happened(Event::Fined {
				worker: id,
				amount: 100,
			});
			assert_ok!(Workers::unbond(signed(1), 5_000));
			Workers::fine(id, u64::MAX);
			assert_eq!((bonded(1), free(TREASURY)), (0, ED + BOND));
			assert!(Unbonding::<Test>::get(id).is_empty());
			Workers::fine(id, 1);
			assert_eq!(Workers::fit(id, V, Tier::Float), Err(Unfit::Leaving));
		});
	}

	#[test]
	fn takes_the_bond_before_what_is_on_its_way_out() {
		execute(|| {
			let id = worker(1);
			assert_ok!(Workers::unbond(signed(1), 3_000));
			skip(1);
			assert_ok!(Workers::unbond(signed(1), 4_000));
			Workers::fine(id, 2_000);
			assert_eq!(stake(id).bond, 1_000);
			Workers::fine(id, 2_000);
			assert_eq!(stake(id).bond, 0);
			let amounts: Vec<_> = Unbonding::<Test>::get(id).iter().map(|chunk| chunk.amount).collect();
			assert_eq!(amounts, [2_000, 4_000]);
			Workers::fine(id, 2_000);
			assert_eq!(Unbonding::<Test>::get(id).len(), 1);
		});
	}

	#[test]
	fn below_the_least_bond_there_is_no_work_until_it_is_topped_up() {
		execute(|| {
			let id = offering(1, 5);
			Workers::fine(id, BOND - LEAST + 1);
			assert_eq!(Workers::offer(id, V, Tier::Float), Err(Unfit::Leaving));
			assert_noop!(
				Workers::set_offer(signed(1), V, offer(1, 1)),
				Error::<Test>::BondTooSmall
			);
			// What it did before can still be settled, as far as the rest covers it.
			assert_eq!(Workers::engage(id, 100), Ok(()));
			assert_ok!(Workers::bond_more(signed(1), 1));
			assert!(Workers::offer(id, V, Tier::Float).is_ok());
		});
	}

	#[test]
	fn of_nobody_takes_nothing() {
		execute(|| Workers::fine(atelier_primitives::ids::WorkerId(7), 100));
	}
}
