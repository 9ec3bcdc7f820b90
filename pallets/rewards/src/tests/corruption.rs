// SPDX-License-Identifier: Apache-2.0

//! Each invariant bites: a state that breaks it is reported by its number.

use super::*;
use crate::{
	Claimable, CurrentEra, Earned, EarnedFrom, HoldReason, KeptEras, Ledger, Ledgers, PassedOn, Queue, QueueEnds,
	Source, Sums,
};
use frame_support::traits::{
	fungible::{Mutate, MutateHold},
	tokens::Precision,
};

/// What is reported of a state with money in every record, after this was done to it.
fn complaint_after(corrupt: impl FnOnce()) -> String {
	let mut complaint = None;
	new_test_ext().execute_with(|| {
		workshop();
		tell(d(1), NOBODY, &[]);
		assert_eq!(credit(v(1), 10 * M + 5), Ok(()));
		next_block();
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		assert_eq!(credit(d(1), M), Ok(()));
		assert_ok!(distribute(d(1)));
		assert!(Claimable::<Test>::get(NOBODY) > 0 && Rewards::queue().length > 0);
		Rewards::do_try_state().unwrap();
		corrupt();
		complaint = Some(format!("{:?}", Rewards::do_try_state().unwrap_err()));
	});
	complaint.unwrap()
}

fn change(pot: atelier_primitives::pots::Pot, change: impl FnOnce(&mut Ledger<Balance>)) {
	Ledgers::<Test>::mutate(pot, |ledger| change(ledger.as_mut().unwrap()));
}

#[track_caller]
fn reports(number: u32, corrupt: impl FnOnce()) {
	let complaint = complaint_after(corrupt);
	assert!(complaint.contains(&format!("invariant {number}:")), "{complaint}");
}

#[test]
fn an_account_without_its_endowment() {
	reports(1, || {
		frame_system::Account::<Test>::mutate(Rewards::account(), |account| account.data.free = ED - 1);
	});
}

#[test]
fn too_little_and_too_much_on_hold() {
	let account = Rewards::account;
	reports(2, || {
		<Balances as MutateHold<_>>::release(&HoldReason::Pots.into(), &account(), 1, Precision::Exact).unwrap();
	});
	reports(2, || {
		Balances::set_balance(&account(), 2 * ED);
		<Balances as MutateHold<_>>::hold(&HoldReason::Pots.into(), &account(), 1).unwrap();
	});
	reports(2, || Claimable::<Test>::insert(7, 1));
}

#[test]
fn a_pot_that_gave_more_than_it_got() {
	reports(3, || change(v(1), |ledger| ledger.earned += 1));
	reports(3, || change(v(1), |ledger| ledger.received -= 1));
}

#[test]
fn something_passed_on_that_no_pot_gave() {
	reports(4, || PassedOn::<Test>::mutate(v(1), v(0), |passed| *passed += 1));
	reports(4, || PassedOn::<Test>::insert(v(9), v(0), 1));
	reports(4, || PassedOn::<Test>::remove(v(1), v(0)));
}

#[test]
fn money_that_came_from_nowhere() {
	reports(5, || Sums::<Test>::mutate(|sums| sums.credited -= 1));
}

#[test]
fn a_queue_that_is_not_what_pots_say() {
	let first = || QueueEnds::<Test>::get().first;
	reports(6, || Queue::<Test>::remove(first()));
	reports(6, || change(v(1), |ledger| ledger.queued = None));
	reports(6, || Queue::<Test>::insert(first() + 9, v(1)));
	reports(6, || QueueEnds::<Test>::mutate(|ends| ends.first += 1));
}

#[test]
fn earnings_that_pots_do_not_explain() {
	reports(7, || Earned::<Test>::mutate(0, 4, |earned| *earned += 1));
	reports(7, || EarnedFrom::<Test>::remove((0, 4, v(1))));
	reports(7, || {
		Earned::<Test>::remove(0, 4);
	});
	reports(7, || {
		EarnedFrom::<Test>::mutate((0, 4, v(1)), |source| source.divided = source.earned - 1)
	});
}

#[test]
fn earnings_that_pots_did_not_give() {
	reports(8, || {
		Earned::<Test>::insert(0, 8, 1);
		EarnedFrom::<Test>::insert((0, 8, v(1)), Source { divided: 1, earned: 1 });
	});
	reports(8, || Sums::<Test>::mutate(|sums| sums.forgotten += 1));
}

#[test]
fn records_of_no_era() {
	reports(9, || Earned::<Test>::insert(1, 4, 1));
	reports(9, || {
		CurrentEra::<Test>::mutate(|era| era.index = 9);
		KeptEras::<Test>::mutate(|kept| {
			kept.any = 1;
			kept.whole = 1;
		});
	});
}

#[test]
fn a_claim_of_nothing() {
	reports(10, || Claimable::<Test>::insert(7, 0));
}
