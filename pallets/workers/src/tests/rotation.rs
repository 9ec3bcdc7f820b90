// SPDX-License-Identifier: Apache-2.0

//! A worker changes its account.

use super::*;
use crate::{
	checks::{without, Check},
	registration::bytes,
	Successors,
};
use atelier_primitives::{
	ids::WorkerId,
	work::workers::{Accused as _, Fault, Outcome, Workers as _},
	work::Tier,
};

#[test]
fn bond_deposit_exposure_offers_and_history_move_in_one_step() {
	execute(|| {
		let id = offering(1, 5);
		assert_eq!(Workers::engage(id, 1_000), Ok(()));
		assert_eq!(Workers::occupy(id, V), Ok(()));
		Workers::note(id, Outcome::Paid { treasury: 600 });
		Workers::accuse(id);
		skip(5);
		assert_ok!(Workers::unbond(signed(1), 3_000));
		Workers::convict(id, Fault::LazyAudit, Some(3));
		let before = stake(id);
		assert_ok!(Workers::offer_rotation(signed(1), Some(2)));
		happened(Event::RotationOffered {
			worker: id,
			to: Some(2),
		});
		assert_ok!(Workers::accept_rotation(signed(2), id, keys(9)));
		happened(Event::Rotated {
			worker: id,
			from: 1,
			to: 2,
		});
		// The bond is the other's from now on; the deposit came back.
		assert_eq!(free(1), RICH - BOND);
		assert_eq!((bonded(1), bonded(2)), (0, BOND));
		assert_eq!(free(2), RICH - bytes::<Test>(1));
		assert_eq!(stake(id), before);
		assert_eq!(
			<Workers as atelier_primitives::work::workers::Workers<_, _>>::of(&2),
			Some(id)
		);
		assert_eq!(
			<Workers as atelier_primitives::work::workers::Workers<_, _>>::of(&1),
			None
		);
		assert_eq!(
			<Workers as atelier_primitives::work::workers::Workers<_, _>>::account(id),
			Some(2)
		);
		assert_eq!(Workers::signer(id), Some(9));
		assert!(!Workers::newcomer(id));
		assert!(Workers::offer(id, V, Tier::Exact).is_ok());
		assert_eq!(Successors::<Test>::get(id), None);
		check();
		// The slash follows it.
		pass(DELAY);
		assert_eq!(bonded(2), BOND * 98 / 100);
		// Who gave it away has no say, and may begin anew.
		assert_noop!(Workers::heartbeat(signed(1)), Error::<Test>::NotAWorker);
		worker(1);
		Workers::discharge(id, 1_000);
		Workers::acquit(id);
		Workers::vacate(id, V);
	});
}

#[test]
fn with_the_key_for_draws_the_standing_stays() {
	execute(|| {
		let id = worker(1);
		skip(5);
		let before = Workers::standing(id, 3);
		assert_ok!(Workers::offer_rotation(signed(1), Some(2)));
		let mut same = keys(9);
		same.vrf = [1; 32];
		assert_ok!(Workers::accept_rotation(signed(2), id, same));
		assert_eq!(Workers::standing(id, 3), before);
	});
}

/// Whether who sold a worker still signs for it.
fn seller_signs() -> bool {
	let id = worker(1);
	Workers::offer_rotation(signed(1), Some(2)).unwrap();
	let accepted = frame_support::storage::with_storage_layer(|| Workers::accept_rotation(signed(2), id, keys(1)));
	assert!(accepted.is_ok() || accepted == Err(Error::<Test>::FormerSigner.into()));
	accepted.is_ok() && Workers::signer(id) == Some(1)
}

#[test]
fn who_gives_it_away_signs_for_it_no_more() {
	execute(|| assert!(!seller_signs()));
}

#[test]
fn control_with_the_same_keys_the_seller_signs_over_the_buyers_bond() {
	new_test_ext().execute_with(|| without(Check::NewSigner, || assert!(seller_signs())));
}

#[test]
fn it_takes_both() {
	execute(|| {
		let id = worker(1);
		assert_noop!(
			Workers::accept_rotation(signed(2), id, keys(9)),
			Error::<Test>::NotOffered
		);
		assert_noop!(
			Workers::accept_rotation(signed(2), WorkerId(9), keys(9)),
			Error::<Test>::UnknownWorker
		);
		assert_noop!(
			Workers::offer_rotation(signed(1), Some(1)),
			Error::<Test>::RotationToSelf
		);
		assert_noop!(Workers::offer_rotation(signed(1), None), Error::<Test>::NotOffered);
		assert_noop!(Workers::offer_rotation(signed(2), Some(3)), Error::<Test>::NotAWorker);
		assert_ok!(Workers::offer_rotation(signed(1), Some(2)));
		assert_noop!(
			Workers::accept_rotation(signed(3), id, keys(9)),
			Error::<Test>::NotOffered
		);
		assert_noop!(Workers::accept_rotation(signed(2), id, keys(0)), Error::<Test>::NotAKey);
		assert_ok!(Workers::offer_rotation(signed(1), None));
		assert_noop!(
			Workers::accept_rotation(signed(2), id, keys(9)),
			Error::<Test>::NotOffered
		);
	});
}

#[test]
fn nobody_becomes_two_workers() {
	execute(|| {
		let id = worker(1);
		worker(2);
		assert_ok!(Workers::offer_rotation(signed(1), Some(2)));
		assert_noop!(
			Workers::accept_rotation(signed(2), id, keys(9)),
			Error::<Test>::AlreadyWorker
		);
	});
}

#[test]
fn who_cannot_pay_the_deposit_takes_nothing_over() {
	execute(|| {
		let id = worker(1);
		for poor in [30, 99] {
			assert_ok!(Workers::offer_rotation(signed(1), Some(poor)));
			assert_noop!(
				Workers::accept_rotation(signed(poor), id, keys(9)),
				sp_runtime::TokenError::FundsUnavailable
			);
		}
		assert_eq!(bonded(1), BOND);
	});
}

#[test]
fn a_worker_without_a_bond_moves_too() {
	execute(|| {
		let id = worker(1);
		Workers::fine(id, BOND);
		assert_ok!(Workers::offer_rotation(signed(1), Some(2)));
		assert_ok!(Workers::accept_rotation(signed(2), id, keys(9)));
	});
}

/// Whether somebody whose work was proved wrong gets away to another account before the slash.
fn gets_away() -> bool {
	let id = worker(1);
	Workers::offer_rotation(signed(1), Some(2)).unwrap();
	Workers::convict(id, Fault::Wrong, None);
	frame_support::storage::with_storage_layer(|| Workers::accept_rotation(signed(2), id, keys(9))).is_ok()
}

#[test]
fn the_convicted_stay_who_they_are() {
	execute(|| {
		assert!(!gets_away());
		assert_noop!(Workers::offer_rotation(signed(1), Some(3)), Error::<Test>::Convicted);
	});
}

#[test]
fn control_the_convicted_hand_over_their_name() {
	new_test_ext().execute_with(|| without(Check::ConvictedStay, || assert!(gets_away())));
}

#[test]
fn control_without_consent_anybody_takes_a_bond() {
	new_test_ext().execute_with(|| {
		without(Check::Consent, || {
			let id = worker(1);
			assert_ok!(Workers::accept_rotation(signed(2), id, keys(9)));
			assert_eq!(bonded(2), BOND);
		});
	});
}
