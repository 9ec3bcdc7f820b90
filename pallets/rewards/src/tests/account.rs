// SPDX-License-Identifier: Apache-2.0

//! The account that holds all pots: it neither dies nor pays but what pots hold.

use super::*;
use frame_support::traits::{
	fungible::{Inspect, Mutate, MutateHold},
	tokens::{Fortitude, Precision, Preservation, Restriction},
	LockableCurrency, WithdrawReasons,
};
use sp_runtime::BuildStorage;

#[test]
fn it_lives_when_all_is_paid() {
	run(|| {
		assert_eq!(credit(d(0), 7 * M), Ok(()));
		assert_ok!(distribute(d(0)));
		assert_eq!((on_hold(), balance(Rewards::account())), (0, ED));
		assert_eq!(balance(2), RICH + 7 * M);
	});
}

#[test]
fn what_strangers_send_to_it_is_in_no_pot() {
	run(|| {
		assert_eq!(credit(d(0), 7 * M), Ok(()));
		assert_ok!(Balances::transfer_allow_death(
			RuntimeOrigin::signed(5),
			Rewards::account(),
			3 * M
		));
		Rewards::do_try_state().unwrap();
		assert_ok!(distribute(d(0)));
		assert_eq!((on_hold(), balance(Rewards::account())), (0, ED + 3 * M));
	});
}

#[test]
fn a_strangers_lock_on_it_stops_no_payment() {
	run(|| {
		assert_eq!(credit(d(0), 7 * M), Ok(()));
		// As a vested transfer does to whomever it names.
		Balances::set_lock(*b"vesting ", &Rewards::account(), RICH, WithdrawReasons::all());
		// Positive control: a polite payment is refused.
		assert!(<Balances as MutateHold<_>>::transfer_on_hold(
			&crate::HoldReason::Pots.into(),
			&Rewards::account(),
			&2,
			M,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Polite,
		)
		.is_err());
		assert_ok!(distribute(d(0)));
		assert_eq!(balance(2), RICH + 7 * M);
	});
}

#[test]
fn what_pots_hold_cannot_be_spent_otherwise() {
	run(|| {
		assert_eq!(credit(d(0), 7 * M), Ok(()));
		let all = Balances::total_balance(&Rewards::account());
		for amount in [1, 7 * M, all] {
			assert!(
				<Balances as Mutate<_>>::transfer(&Rewards::account(), &5, amount, Preservation::Expendable).is_err(),
				"nor could it if the account had a key"
			);
		}
	});
}

#[test]
fn money_of_an_owner_that_is_this_account_waits() {
	run(|| {
		tell(d(0), Rewards::account(), &[]);
		assert_eq!(credit(d(0), 7 * M), Ok(()));
		assert_ok!(distribute(d(0)));
		assert_eq!(Rewards::claimable(Rewards::account()), 7 * M);
		assert!(Rewards::claim_for(RuntimeOrigin::signed(5), Rewards::account()).is_err());
		assert_eq!(on_hold(), 7 * M);
	});
}

#[test]
fn without_its_endowment_money_is_given_back() {
	new_test_ext().execute_with(|| {
		workshop();
		Balances::set_balance(&Rewards::account(), 0);
		let supply = Balances::total_issuance();
		assert_eq!(credit(d(0), M), Err(M));
		assert_eq!(credit(d(0), ED), Err(ED));
		assert!(Rewards::tip(RuntimeOrigin::signed(5), d(0), ED).is_err());
		assert_eq!(Balances::total_issuance(), supply);
		let error = format!("{:?}", Rewards::do_try_state().unwrap_err());
		assert!(error.contains("invariant 1"));
	});
}

#[test]
fn lives_from_any_genesis_on() {
	for (listed, has) in [
		(vec![], ED),
		(vec![(1, RICH)], ED),
		(vec![(Rewards::account(), 2 * ED)], 2 * ED),
	] {
		let genesis = RuntimeGenesisConfig {
			balances: BalancesConfig {
				balances: listed,
				..Default::default()
			},
			..Default::default()
		};
		let mut ext = sp_io::TestExternalities::from(genesis.build_storage().unwrap());
		ext.execute_with(|| assert_eq!(Balances::free_balance(Rewards::account()), has));
	}
}
