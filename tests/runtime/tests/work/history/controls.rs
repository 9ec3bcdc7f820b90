// SPDX-License-Identifier: Apache-2.0

//! What histories would see: each invariant is broken in a way that no pallet notices by itself.

use super::{CALLS, CHEATS, World, chain, history};
use crate::world::{PAYER, call};
use atelier_runtime::{Balances, Disputes, RuntimeHoldReason as Reason, economics::ATL};
use atelier_runtime_tests::{R, account};
use frame_support::traits::{
	fungible::{Mutate, MutateHold},
	tokens::{Fortitude, Precision, Restriction},
};
use pallet_disputes::{
	HoldReason,
	checks::{Check, without},
};

/// What the first history that breaks says.
fn broken(meanwhile: impl Fn(&World, u32)) -> String {
	let mut all =
		(0..12).map(|seed| chain().look(|| history(seed, CALLS, &mut |world, number| meanwhile(world, number))));
	all.find_map(Result::err).expect("one breaks")
}

fn once(at: u32, act: impl Fn()) -> impl Fn(&World, u32) {
	move |_, number| {
		if number == at {
			act();
		}
	}
}

#[test]
fn money_from_nowhere() {
	let why = broken(once(20, || {
		Balances::mint_into(&account(PAYER), 1).expect("it can be minted");
	}));
	assert_eq!(why, "there is another amount of money");
}

#[test]
fn a_fund_that_pays_what_nobody_is_owed() {
	let why = broken(once(20, || {
		call(PAYER, pallet_disputes::Call::endow { amount: ATL }).expect("it is rich");
		let reason = Reason::from(HoldReason::Fund);
		let fund = Disputes::account();
		let paid = <Balances as MutateHold<_>>::transfer_on_hold(
			&reason,
			&fund,
			&account(CHEATS),
			1,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		);
		paid.expect("it has that");
	}));
	assert!(why.starts_with("the fund has "), "{why}");
}

#[test]
fn a_bond_without_a_dispute() {
	let why = broken(once(20, || {
		let reason = Reason::from(HoldReason::Bond);
		Balances::hold(&reason, &account(CHEATS), ATL).expect("it has that");
	}));
	assert!(why.starts_with("on hold, and recorded, of "), "{why}");
}

#[test]
fn an_honest_auditor_that_is_slashed() {
	let why = without(Check::Proof, || broken(|_, _| {}));
	assert!(why.starts_with("an honest worker is convicted: LazyAudit"), "{why}");
}

#[test]
fn a_right_answer_that_is_proved_wrong() {
	let why = without(Check::Proved, || broken(|_, _| {}));
	let found = [
		"an answer that is right was proved wrong",
		"an honest worker is convicted: Wrong",
	];
	assert!(found.iter().any(|found| why.starts_with(found)), "{why}");
}

#[test]
fn a_slash_that_nobody_applies() {
	let why = broken(|_, _| drop(pallet_workers::SlashesDue::<R>::clear(u32::MAX, None)));
	assert!(why.starts_with("slash "), "{why}");
}

#[test]
fn a_dispute_that_nothing_ends() {
	let why = broken(|_, _| drop(pallet_disputes::Dues::<R>::clear(u32::MAX, None)));
	assert!(why.starts_with("something has not ended: "), "{why}");
}
