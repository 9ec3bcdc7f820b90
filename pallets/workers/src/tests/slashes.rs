// SPDX-License-Identifier: Apache-2.0

//! Slashes wait, are cancelled or applied; provers get their part, or keep a claim.

use super::*;
use crate::{
	checks::{without, Check},
	Claimable, Deterrence, Slashes,
};
use atelier_primitives::{
	ids::WorkerId,
	work::workers::{Accused as _, Fault, Unfit, Workers as _},
	work::Tier,
};
use frame_support::{
	traits::OnPoll,
	weights::{Weight, WeightMeter},
};
use sp_runtime::Permill;

#[test]
fn wrong_work_costs_the_bond_and_the_prover_gets_a_fifth() {
	execute(|| {
		let id = worker(1);
		Workers::convict(id, Fault::Wrong, Some(2));
		let due = now() + DELAY;
		happened(Event::FaultProved {
			worker: id,
			fault: Fault::Wrong,
			number: 0,
			due,
		});
		assert!(convicted(id));
		pass(DELAY - 1);
		assert_eq!(bonded(1), BOND);
		pass(1);
		happened(Event::Slashed {
			worker: id,
			number: 0,
			taken: BOND,
			reward: BOND / 5,
		});
		happened(Event::Paid {
			who: 2,
			amount: BOND / 5,
		});
		assert_eq!(bonded(1), 0);
		assert_eq!(free(2), RICH + BOND / 5);
		assert_eq!(free(TREASURY), ED + BOND * 4 / 5);
		// For good: what is not final is never paid, however long disputes took.
		assert!(convicted(id));
		assert_eq!(Workers::fit(id, V, Tier::Float), Err(Unfit::Convicted));
	});
}

#[test]
fn who_was_convicted_leaves_and_begins_anew_without_a_history() {
	execute(|| {
		let id = worker(1);
		Workers::convict(id, Fault::Wrong, None);
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::SlashPending);
		pass(DELAY);
		assert_ok!(Workers::leave(signed(1)));
		assert_eq!(free(1), RICH - BOND);
		let anew = worker(1);
		assert_ne!(anew, id);
		assert!(!convicted(anew));
	});
}

#[test]
fn what_a_slash_for_wrong_work_leaves_is_not_stuck() {
	execute(|| {
		WrongSlash::set(Permill::from_percent(50));
		let id = worker(1);
		Workers::convict(id, Fault::Wrong, None);
		assert_noop!(Workers::unbond(signed(1), BOND), Error::<Test>::Convicted);
		pass(DELAY);
		assert_noop!(Workers::bond_more(signed(1), BOND), Error::<Test>::Convicted);
		assert_ok!(Workers::unbond(signed(1), BOND / 2));
		skip(UNBONDING);
		assert_ok!(Workers::withdraw_unbonded(signed(1)));
		assert_ok!(Workers::leave(signed(1)));
		assert_eq!(free(1), RICH - BOND / 2);
		WrongSlash::set(Permill::one());
	});
}

#[test]
fn silence_convicts_for_good_as_wrong_work_does() {
	execute(|| {
		let id = worker(1);
		Workers::convict(id, Fault::NotServed, None);
		assert!(convicted(id), "or whoever is found out would be silent");
		assert_eq!(Workers::fit(id, V, Tier::Float), Err(Unfit::Convicted));
		pass(DELAY);
		assert!(convicted(id), "or work that lasts longer than the slash would be paid");
		assert_eq!(bonded(1), BOND * 9 / 10);
	});
}

#[test]
fn smaller_faults_cost_less_and_a_lazy_audit_convicts_nobody() {
	execute(|| {
		let id = worker(1);
		Workers::convict(id, Fault::LazyAudit, None);
		assert!(!convicted(id));
		assert_eq!(Workers::fit(id, V, Tier::Float), Ok(()));
		Workers::convict(id, Fault::NotServed, Some(2));
		pass(DELAY);
		// A fiftieth, and a tenth of the rest.
		assert_eq!(bonded(1), BOND * 9 / 10 * 98 / 100);
		assert_eq!(free(2), RICH + BOND * 98 / 100 / 50);
	});
}

#[test]
fn all_that_is_on_its_way_out_is_slashed_too() {
	execute(|| {
		let id = worker(1);
		assert_ok!(Workers::unbond(signed(1), BOND));
		Workers::convict(id, Fault::Wrong, None);
		pass(DELAY);
		assert_eq!(bonded(1), 0);
	});
}

mod cancel {
	use super::*;

	#[test]
	fn undoes_the_conviction() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::Wrong, Some(2));
			pass(DELAY - 1);
			assert_noop!(
				Workers::cancel_slash(RuntimeOrigin::root(), id, 1),
				Error::<Test>::UnknownSlash
			);
			assert_ok!(Workers::cancel_slash(RuntimeOrigin::root(), id, 0));
			happened(Event::SlashCancelled { worker: id, number: 0 });
			assert!(!convicted(id));
			pass(10);
			assert_eq!(bonded(1), BOND);
			assert_eq!(crate::Reputations::<Test>::get(id).faults, 0);
			assert_noop!(
				Workers::cancel_slash(RuntimeOrigin::root(), id, 0),
				Error::<Test>::UnknownSlash
			);
		});
	}

	#[test]
	fn leaves_other_convictions() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::Wrong, None);
			Workers::convict(id, Fault::Wrong, None);
			assert_ok!(Workers::cancel_slash(RuntimeOrigin::root(), id, 0));
			assert!(convicted(id));
			pass(DELAY);
			assert_eq!(bonded(1), 0);
		});
	}

	#[test]
	fn is_not_for_everybody() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::Wrong, None);
			for who in [1, 2] {
				assert_noop!(
					Workers::cancel_slash(signed(who), id, 0),
					sp_runtime::DispatchError::BadOrigin
				);
			}
		});
	}
}

/// Verdicts that governance may undo.
mod verdicts {
	use super::*;

	/// For how long work is open to accusations.
	const WINDOW: u32 = 20;

	/// What becomes of work as jobs decide it: it waits while its worker is accused, and is forfeited if it is convicted.
	fn paid(worker: WorkerId, until: u32, frozen: u32) -> Option<bool> {
		let late = Workers::frozen(worker) - frozen;
		(!Workers::accused(worker) && now() > until + late).then(|| !convicted(worker))
	}

	/// Looked at in each block, as the agenda does.
	fn decided(worker: WorkerId, until: u32, frozen: u32, blocks: u32) -> Option<bool> {
		(0..blocks).find_map(|_| {
			pass(1);
			paid(worker, until, frozen)
		})
	}

	/// What becomes of the work of an honest worker after a verdict that governance undoes.
	fn after_a_wrong_verdict() -> bool {
		let id = worker(1);
		let until = now() + WINDOW;
		skip(5);
		Workers::convict(id, Fault::Wrong, None);
		let early = decided(id, until, 0, DELAY - 1);
		Workers::cancel_slash(RuntimeOrigin::root(), id, 0).unwrap();
		early.or_else(|| decided(id, until, 0, WINDOW)).unwrap()
	}

	#[test]
	fn cost_an_honest_worker_nothing() {
		execute(|| assert!(after_a_wrong_verdict()));
	}

	#[test]
	fn control_work_that_does_not_wait_for_governance_is_forfeited() {
		new_test_ext().execute_with(|| {
			without(Check::VerdictWaits, || assert!(!after_a_wrong_verdict()));
		});
	}

	/// What becomes of work that was put on the chain at the end of the slash of a worker that was silent.
	fn after_silence() -> bool {
		let id = worker(1);
		Workers::convict(id, Fault::NotServed, None);
		pass(DELAY - 1);
		let (until, frozen) = (now() + WINDOW, Workers::frozen(id));
		decided(id, until, frozen, 3 * WINDOW).unwrap()
	}

	#[test]
	fn forfeit_what_outlasts_the_slash() {
		execute(|| assert!(!after_silence()));
	}

	#[test]
	fn control_silence_that_does_not_condemn_is_paid_after_the_slash() {
		new_test_ext().execute_with(|| {
			without(Check::SilenceCondemns, || assert!(after_silence()));
		});
	}

	#[test]
	fn that_wait_at_once_count_once() {
		execute(|| {
			let id = worker(1);
			Workers::accuse(id);
			skip(3);
			Workers::convict(id, Fault::Wrong, None);
			skip(2);
			Workers::convict(id, Fault::NotServed, None);
			Workers::acquit(id);
			assert!(Workers::accused(id));
			skip(4);
			assert_eq!((Workers::frozen(id), Workers::barred(id)), (9, 6));
			assert_ok!(Workers::cancel_slash(RuntimeOrigin::root(), id, 0));
			skip(10);
			assert_eq!((Workers::frozen(id), Workers::barred(id)), (19, 16));
			assert_ok!(Workers::cancel_slash(RuntimeOrigin::root(), id, 1));
			skip(100);
			assert_eq!((Workers::frozen(id), Workers::barred(id)), (19, 16));
			assert!(!Workers::accused(id) && !convicted(id));
			// Who was lazy goes on.
			Workers::convict(id, Fault::LazyAudit, None);
			skip(1);
			assert!(!Workers::accused(id));
			assert_eq!((Workers::frozen(id), Workers::barred(id)), (19, 16));
		});
	}

	#[test]
	fn make_nothing_of_the_condemned_wait() {
		execute(|| {
			let id = worker(1);
			Workers::accuse(id);
			Workers::convict(id, Fault::Wrong, None);
			skip(10);
			Workers::convict(id, Fault::NotServed, None);
			pass(DELAY - 10);
			assert!(convicted(id) && !Workers::accused(id));
			let (frozen, barred) = (Workers::frozen(id), Workers::barred(id));
			assert_eq!((frozen, barred), (DELAY, DELAY));
			// Another verdict, and what becomes of it, changes nothing.
			assert_ok!(Workers::cancel_slash(RuntimeOrigin::root(), id, 1));
			Workers::accuse(id);
			skip(100);
			assert!(convicted(id) && !Workers::accused(id));
			assert_eq!((Workers::frozen(id), Workers::barred(id)), (frozen, barred));
			Workers::acquit(id);
			Workers::acquit(id);
			assert_eq!(Workers::barred(WorkerId(9)), 0);
		});
	}
}

mod apply {
	use super::*;

	#[test]
	fn is_for_anybody_once_it_is_due() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::NotServed, None);
			assert_noop!(Workers::apply_slash(signed(3), id, 0), Error::<Test>::SlashNotDue);
			assert_noop!(Workers::apply_slash(signed(3), id, 1), Error::<Test>::UnknownSlash);
			assert_noop!(
				Workers::apply_slash(signed(3), WorkerId(9), 0),
				Error::<Test>::UnknownSlash
			);
			skip(DELAY);
			assert_ok!(Workers::apply_slash(signed(3), id, 0));
			assert_noop!(Workers::apply_slash(signed(3), id, 0), Error::<Test>::UnknownSlash);
			// The agenda finds nothing left to do.
			pass(1_000);
			assert_eq!(bonded(1), BOND * 9 / 10);
		});
	}

	#[test]
	fn is_late_and_complete_after_a_gap_of_blocks() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::Wrong, Some(2));
			skip(1_000);
			assert_eq!(bonded(1), BOND);
			pass(20);
			assert_eq!(bonded(1), 0);
		});
	}

	#[test]
	fn of_more_than_fit_into_the_agenda_is_still_possible() {
		execute(|| {
			let id = worker(1);
			// Sixteen in each of 33 buckets, and two more.
			let all = 16 * 33 + 2;
			for _ in 0..all {
				Workers::convict(id, Fault::LazyAudit, None);
			}
			pass(DELAY + 40);
			assert_eq!(Slashes::<Test>::iter_prefix(id).count(), 2);
			assert_ok!(Workers::apply_slash(signed(3), id, all - 2));
			assert_ok!(Workers::apply_slash(signed(3), id, all - 1));
			assert_eq!(stake(id).pending, 0);
		});
	}

	#[test]
	fn by_the_chain_keeps_to_the_weight_that_is_left() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::Wrong, None);
			skip(DELAY);
			let mut nothing = WeightMeter::with_limit(Weight::from_parts(1_000, 1_000));
			Workers::on_poll(now(), &mut nothing);
			assert_eq!(nothing.consumed(), Weight::zero());
			assert_eq!(bonded(1), BOND);
			let block = frame_system::limits::BlockWeights::default().max_block;
			let mut all = WeightMeter::with_limit(block);
			Workers::on_poll(now(), &mut all);
			assert!(all.consumed().ref_time() <= block.ref_time() / 20);
			assert_eq!(bonded(1), 0);
		});
	}
}

mod provers {
	use super::*;

	/// Of a bond of which a fifth of a fiftieth is less than the existential deposit.
	fn dust() -> WorkerId {
		let id = worker_with(1, LEAST);
		Workers::convict(id, Fault::LazyAudit, Some(99));
		pass(DELAY);
		id
	}

	#[test]
	fn keep_a_claim_if_they_cannot_be_paid() {
		execute(|| {
			let id = dust();
			assert_eq!(Claimable::<Test>::get(99), 4);
			happened(Event::PaymentWaits { who: 99, amount: 4 });
			assert_noop!(Workers::claim_for(signed(1), 99), sp_runtime::TokenError::CannotCreate);
			assert_noop!(Workers::claim(signed(1)), Error::<Test>::NothingToClaim);
			Workers::convict(id, Fault::Wrong, Some(99));
			pass(DELAY);
			// The rest of the bond opened the account.
			assert_eq!(free(99), (LEAST - 20) / 5);
			assert_ok!(Workers::claim(signed(99)));
			assert_eq!(free(99), (LEAST - 20) / 5 + 4);
			assert_noop!(Workers::claim(signed(99)), Error::<Test>::NothingToClaim);
		});
	}

	#[test]
	fn whose_accounts_were_reaped_meanwhile_hold_up_nobody() {
		execute(|| {
			let id = worker_with(1, LEAST);
			Workers::convict(id, Fault::LazyAudit, Some(30));
			assert_ok!(Balances::transfer_allow_death(signed(30), 2, ED));
			pass(DELAY);
			assert_eq!(Claimable::<Test>::get(30), 4);
			assert_ok!(Balances::transfer_allow_death(signed(2), 30, ED));
			assert_ok!(Workers::claim_for(signed(5), 30));
			assert_eq!(free(30), ED + 4);
		});
	}

	#[test]
	fn get_nothing_from_an_account_that_was_never_endowed() {
		new_test_ext().execute_with(|| {
			let supply = Balances::total_issuance();
			Balances::force_set_balance(RuntimeOrigin::root(), Workers::claims_account(), 0).unwrap();
			dust();
			// The treasury gets it.
			assert_eq!(free(TREASURY), ED + 20);
			assert_eq!(Claimable::<Test>::get(99), 0);
			assert_eq!(Balances::total_issuance(), supply - ED);
		});
	}

	/// What a cheat keeps of its bond by proving its own fault, when governance has set the share to all of it.
	fn self_accusation() -> Balance {
		Deter::set(Deterrence {
			prover: Permill::one(),
			..DETERRENCE
		});
		let id = worker(1);
		Workers::convict(id, Fault::Wrong, Some(2));
		pass(DELAY);
		free(2) - RICH
	}

	#[test]
	fn never_get_more_than_half() {
		execute(|| assert_eq!(self_accusation(), BOND / 2));
	}

	#[test]
	fn control_a_cheat_that_accuses_itself_loses_nothing() {
		new_test_ext().execute_with(|| {
			without(Check::ProverShare, || assert_eq!(self_accusation(), BOND));
		});
	}

	#[test]
	fn a_slash_keeps_the_rules_of_its_beginning() {
		execute(|| {
			let id = worker(1);
			Workers::convict(id, Fault::NotServed, Some(2));
			NotServedSlash::set(Permill::one());
			SlashDelay::set(1_000);
			Deter::set(Deterrence {
				prover: Permill::zero(),
				..DETERRENCE
			});
			pass(DELAY);
			assert_eq!((bonded(1), free(2)), (BOND * 9 / 10, RICH + BOND / 50));
			NotServedSlash::set(Permill::from_percent(10));
			SlashDelay::set(DELAY);
		});
	}
}
