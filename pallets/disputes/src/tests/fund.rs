// SPDX-License-Identifier: Apache-2.0

//! The auditors' fund.

use crate::{mock::*, Call};
use atelier_primitives::work::audits::Audits;
use frame_support::{
	assert_ok,
	traits::{
		fungible::{Balanced, Inspect},
		Imbalance,
	},
};

#[test]
fn takes_gifts_and_levies_and_keeps_its_account_alive() {
	run(|| {
		assert_eq!(Balances::free_balance(Disputes::account()), ED);
		assert_ok!(tried(Call::endow { amount: 500 }, PAYER));
		fund(70);
		assert_eq!(Disputes::in_fund(), 570);
		assert_eq!(Disputes::pay(&OTHER, 1_000), 570);
		assert_eq!(Disputes::in_fund(), 0);
		assert_eq!(Disputes::pay(&OTHER, 1_000), 0);
		assert_eq!(Balances::free_balance(Disputes::account()), ED);
	});
}

#[test]
fn pays_nobody_that_cannot_receive_and_loses_nothing() {
	run(|| {
		fund(ED - 1);
		assert_eq!(Disputes::pay(&NOBODY, ED), 0);
		assert_eq!(Disputes::in_fund(), ED - 1);
	});
}

#[test]
fn gives_back_what_it_cannot_take() {
	run(|| {
		let account = Disputes::account();
		// Somebody has killed it, as nobody can.
		let all = Balances::balance(&account);
		let _ = <Balances as Balanced<_>>::withdraw(
			&account,
			all,
			frame_support::traits::tokens::Precision::Exact,
			frame_support::traits::tokens::Preservation::Expendable,
			frame_support::traits::tokens::Fortitude::Force,
		)
		.map(|money| Balances::resolve(&PAYER, money));
		let money = Balances::issue(30);
		let back = Disputes::fund(money).unwrap_err();
		assert_eq!(back.peek(), 30);
		drop(back);
		// Alive again, as the invariants want it.
		let money = <Balances as Balanced<_>>::withdraw(
			&PAYER,
			ED,
			frame_support::traits::tokens::Precision::Exact,
			frame_support::traits::tokens::Preservation::Preserve,
			frame_support::traits::tokens::Fortitude::Polite,
		)
		.unwrap();
		assert!(Balances::resolve(&account, money).is_ok());
	});
}
