// SPDX-License-Identifier: Apache-2.0

//! Workers come, change what they say of themselves, and go.

use super::*;
use crate::{registration::bytes, AccountOf, NextWorker, Records, WorkerOf};
use atelier_primitives::{
	ids::WorkerId,
	work::{workers::Workers as _, Tier},
};
use sp_runtime::TokenError;

#[test]
fn an_account_registers_a_worker_with_a_bond_and_a_deposit() {
	execute(|| {
		let id = worker(1);
		assert_eq!(bonded(1), BOND);
		assert_eq!(free(1), RICH - BOND - bytes::<Test>(0));
		assert_eq!(WorkerOf::<Test>::get(1), Some(id));
		assert_eq!(Workers::account(id), Some(1));
		assert_eq!(Workers::signer(id), Some(1));
		happened(Event::Registered {
			worker: id,
			account: 1,
			bond: BOND,
		});
		assert_eq!(Workers::fit(id, V, Tier::Exact), Ok(()));
	});
}

#[test]
fn an_account_has_one_worker() {
	execute(|| {
		worker(1);
		assert_noop!(register(1, BOND), Error::<Test>::AlreadyWorker);
	});
}

#[test]
fn a_bond_below_the_least_is_refused() {
	execute(|| {
		assert_noop!(register(1, LEAST - 1), Error::<Test>::BondTooSmall);
		assert_ok!(register(1, LEAST));
		MinBond::set(0);
		assert_noop!(register(2, 0), Error::<Test>::BondTooSmall);
	});
}

#[test]
fn the_zero_key_is_refused() {
	execute(|| {
		let call = |who| Workers::register(signed(who), keys(0), Default::default(), BOND, true);
		assert_noop!(call(1), Error::<Test>::NotAKey);
		worker(2);
		assert_noop!(Workers::set_keys(signed(2), keys(0)), Error::<Test>::NotAKey);
	});
}

#[test]
fn numbers_come_to_their_end() {
	execute(|| {
		NextWorker::<Test>::put(WorkerId(u32::MAX));
		assert_noop!(register(1, BOND), Error::<Test>::NoMoreNumbers);
		NextWorker::<Test>::kill();
	});
}

#[test]
fn who_has_too_little_money_registers_nothing() {
	execute(|| {
		assert_noop!(register(1, RICH), TokenError::FundsUnavailable);
		assert!(register(30, LEAST).is_err());
		assert!(register(31, LEAST).is_err());
		// The deposit can be paid, and the bond besides cannot.
		assert_noop!(
			register(1, RICH - bytes::<Test>(0) - ED + 1),
			TokenError::FundsUnavailable
		);
		assert_ok!(register(1, RICH - bytes::<Test>(0) - ED));
	});
}

#[test]
fn only_workers_change_what_is_said_of_them() {
	execute(|| {
		let not = Error::<Test>::NotAWorker;
		assert_noop!(Workers::heartbeat(signed(1)), not);
		assert_noop!(Workers::set_keys(signed(1), keys(1)), Error::<Test>::NotAWorker);
		assert_noop!(
			Workers::set_hardware(signed(1), Default::default()),
			Error::<Test>::NotAWorker
		);
		assert_noop!(Workers::set_auditing(signed(1), true), Error::<Test>::NotAWorker);
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::NotAWorker);
	});
}

#[test]
fn nobody_without_an_account_calls_anything() {
	use sp_runtime::DispatchError::BadOrigin;
	execute(|| {
		let none = RuntimeOrigin::none;
		let id = worker(1);
		assert_noop!(
			Workers::register(none(), keys(1), Default::default(), BOND, true),
			BadOrigin
		);
		assert_noop!(Workers::heartbeat(none()), BadOrigin);
		assert_noop!(Workers::set_keys(none(), keys(1)), BadOrigin);
		assert_noop!(Workers::set_hardware(none(), Default::default()), BadOrigin);
		assert_noop!(Workers::set_auditing(none(), false), BadOrigin);
		assert_noop!(Workers::bond_more(none(), 1), BadOrigin);
		assert_noop!(Workers::unbond(none(), 1), BadOrigin);
		assert_noop!(Workers::withdraw_unbonded(none()), BadOrigin);
		assert_noop!(Workers::leave(none()), BadOrigin);
		assert_noop!(Workers::set_offer(none(), V, offer(1, 1)), BadOrigin);
		assert_noop!(Workers::remove_offer(none(), V), BadOrigin);
		assert_noop!(Workers::drop_offer(none(), id, V), BadOrigin);
		assert_noop!(Workers::offer_rotation(none(), Some(2)), BadOrigin);
		assert_noop!(Workers::accept_rotation(none(), id, keys(2)), BadOrigin);
		assert_noop!(Workers::apply_slash(none(), id, 0), BadOrigin);
		assert_noop!(Workers::cancel_slash(none(), id, 0), BadOrigin);
		assert_noop!(Workers::cancel_slash(signed(1), id, 0), BadOrigin);
		assert_noop!(Workers::claim(none()), BadOrigin);
		assert_noop!(Workers::claim_for(none(), 1), BadOrigin);
	});
}

#[test]
fn keys_and_hardware_change_and_the_deposit_does_not() {
	execute(|| {
		let id = worker(1);
		let before = free(1);
		let mut long = keys(9);
		for _ in 0..4 {
			let address = vec![b'a'; 64].try_into().unwrap();
			long.endpoint.addresses.push(address).unwrap();
		}
		assert_ok!(Workers::set_keys(signed(1), long.clone()));
		assert_ok!(Workers::set_hardware(signed(1), vec![1; 256].try_into().unwrap()));
		assert_eq!(free(1), before);
		let record = Records::<Test>::get(id).unwrap();
		assert_eq!(record.keys, *long);
		assert_eq!(Workers::signer(id), Some(9));
		happened(Event::KeysChanged { worker: id });
		happened(Event::HardwareChanged { worker: id });
	});
}

#[test]
fn longer_claims_are_not_even_decoded() {
	use codec::{Decode, Encode};
	let long = vec![0_u8; 257].encode();
	assert!(crate::Hardware::decode(&mut &long[..]).is_err());
	let mut address = keys(1).endpoint.encode();
	// Five addresses.
	address.truncate(32);
	address.extend(vec![vec![1_u8]; 5].encode());
	assert!(atelier_primitives::work::workers::Endpoint::decode(&mut &address[..]).is_err());
}

#[test]
fn who_is_not_heard_of_is_not_fit_and_a_heartbeat_brings_it_back() {
	execute(|| {
		let id = worker(1);
		skip(LIVENESS);
		assert_eq!(Workers::fit(id, V, Tier::Exact), Ok(()));
		skip(1);
		assert_eq!(
			Workers::fit(id, V, Tier::Exact),
			Err(atelier_primitives::work::workers::Unfit::NotLive)
		);
		beat(1);
		assert_eq!(Workers::fit(id, V, Tier::Exact), Ok(()));
	});
}

#[test]
fn a_worker_leaves_with_everything_and_its_number_is_not_given_again() {
	execute(|| {
		let id = offering(1, 5);
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::StillOffers);
		assert_ok!(Workers::remove_offer(signed(1), V));
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::StillBonded);
		assert_ok!(Workers::unbond(signed(1), BOND));
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::StillBonded);
		skip(UNBONDING);
		assert_ok!(Workers::withdraw_unbonded(signed(1)));
		assert_ok!(Workers::leave(signed(1)));
		happened(Event::Left { worker: id });
		assert_eq!(free(1), RICH);
		assert_eq!(AccountOf::<Test>::get(id), None);
		assert_ne!(worker(1), id);
	});
}

#[test]
fn nobody_leaves_with_work_that_is_not_final_or_accused_or_before_a_slash() {
	use atelier_primitives::work::workers::{Accused as _, Fault};
	execute(|| {
		let id = worker(1);
		assert_eq!(Workers::engage(id, 10), Ok(()));
		assert_ok!(Workers::unbond(signed(1), BOND));
		skip(UNBONDING);
		// Nor does the bond that covers it.
		assert_noop!(Workers::withdraw_unbonded(signed(1)), Error::<Test>::WorkNotFinal);
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::WorkNotFinal);
		Workers::accuse(id);
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::Accused);
		Workers::acquit(id);
		Workers::discharge(id, 10);
		assert_ok!(Workers::withdraw_unbonded(signed(1)));
		Workers::convict(id, Fault::LazyAudit, None);
		assert_noop!(Workers::leave(signed(1)), Error::<Test>::SlashPending);
		pass(DELAY);
		assert_ok!(Workers::leave(signed(1)));
	});
}

#[test]
fn the_account_of_a_worker_is_not_reaped() {
	execute(|| {
		worker(1);
		let all = free(1);
		assert!(Balances::transfer_allow_death(signed(1), 2, all).is_err());
		assert_ok!(Balances::transfer_allow_death(signed(1), 2, all - ED));
		assert_eq!(bonded(1), BOND);
	});
}

/// Registers a worker for an account.
fn register(who: AccountId, bond: Balance) -> frame_support::dispatch::DispatchResult {
	Workers::register(signed(who), keys(who as u8), Default::default(), bond, false)
}
