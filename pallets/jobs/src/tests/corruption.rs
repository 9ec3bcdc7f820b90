// SPDX-License-Identifier: Apache-2.0

//! Each invariant bites: a state that breaks it is reported by its number.

use super::*;
use crate::{
	BalanceOf, Buckets, Claimable, Grants, HoldReason, JobsBy, JobsOf, NextGrant, NextJob, NextSession, Phase, Quotes,
	SessionOf, Sessions, SessionsBy, SessionsOf, Stage, Using,
};
use frame_support::traits::{
	fungible::{Mutate, MutateHold},
	tokens::{Precision, Preservation},
};

const SESSION: SessionId = SessionId(1);
/// Delivered and demanded.
const JOB: JobId = JobId(0);
/// Assigned.
const EARLY: JobId = JobId(1);

/// A state with something in every record.
fn full() {
	change(X, |fake| fake.account = acc(NOBODY));
	let mut poor = Served::new(open(PAYER, X), PAYER);
	poor.answer(5).settle().unwrap();
	pass(WINDOW + 1);
	let spender = acc(OTHER);
	let (cap, until) = (1_000_000, 1_000);
	dispatch(PAYER, Call::grant { spender, cap, until }).unwrap();
	super::grants::open_for(OTHER, 100_000, 1, 0).unwrap();
	let mut served = Served::new(SESSION, OTHER);
	served.answer(100).settle().unwrap();
	served.answer(50).settle().unwrap();
	let job = delivered(order());
	dispatch(PAYER, Call::demand { job }).unwrap();
	submit(order());
}

#[track_caller]
fn reports(number: u32, corrupt: impl FnOnce()) {
	let mut complaint = None;
	chain().execute_with(|| {
		full();
		check();
		assert!(Claimable::<Test>::iter().count() > 0);
		corrupt();
		complaint = Some(format!("{:?}", Jobs::do_try_state().unwrap_err()));
	});
	let complaint = complaint.unwrap();
	assert!(complaint.contains(&format!("invariant {number}:")), "{complaint}");
}

fn session(change: impl FnOnce(&mut SessionOf<Test>)) {
	Sessions::<Test>::mutate(SESSION, |session| change(session.as_mut().unwrap()));
}

fn job(id: JobId, change: impl FnOnce(&mut crate::JobOf<Test>)) {
	crate::Jobs::<Test>::mutate(id, |job| change(job.as_mut().unwrap()));
}

#[test]
fn a_session_that_holds_what_it_should_not() {
	reports(1, || session(|session| session.escrow -= 1));
	reports(1, || session(|session| session.deposit += 1));
	reports(1, || session(|session| session.phase = Phase::Ended));
	reports(1, || {
		session(|session| {
			session.pending.pop();
		})
	});
}

#[test]
fn an_account_that_holds_what_it_should_not() {
	let reason = HoldReason::Escrow.into();
	reports(2, || {
		Balances::release(&reason, &acc(PAYER), 1, Precision::Exact).unwrap();
	});
	reports(2, || Balances::hold(&reason, &acc(PAYER), 1).unwrap());
	let reason = HoldReason::Demand.into();
	reports(3, || {
		Balances::release(&reason, &acc(PAYER), 1, Precision::Exact).unwrap();
	});
	reports(3, || Balances::hold(&reason, &acc(PAYER), 1).unwrap());
}

#[test]
fn claims_that_nothing_covers() {
	reports(4, || {
		Claimable::<Test>::mutate(acc(NOBODY), |amount: &mut BalanceOf<Test>| *amount += 1)
	});
	reports(4, || Claimable::<Test>::insert(acc(STRANGER), 0));
	let reason = HoldReason::Claimable.into();
	reports(4, || {
		Balances::release(&reason, &Jobs::account(), 1, Precision::Exact).unwrap();
	});
	reports(4, || {
		let account = Jobs::account();
		Balances::release(&reason, &account, 500, Precision::Exact).unwrap();
		Claimable::<Test>::remove(acc(NOBODY));
		Balances::transfer(&account, &acc(OTHER), 500 + ED, Preservation::Expendable).unwrap();
	});
}

#[test]
fn settlements_that_do_not_follow_from_vouchers() {
	reports(5, || {
		session(|session| {
			session.pending[0].price += 1;
			session.pending[1].price -= 1;
		})
	});
	reports(5, || session(|session| session.pending[0].number = 9));
	reports(5, || session(|session| session.pending[1].number = 0));
	reports(5, || session(|session| session.pending[1].later.digest = [0; 32]));
	reports(5, || session(|session| session.next = 1));
	reports(5, || {
		// It settled more than was deposited, and holds what waits.
		session(|session| session.deposit = price(149));
		session(|session| {
			let returned = session.escrow - price(150);
			session.escrow = price(150);
			Balances::release(&HoldReason::Escrow.into(), &acc(PAYER), returned, Precision::Exact).unwrap();
		});
	});
}

#[test]
fn a_job_that_holds_what_it_should_not() {
	let adjusted = |id, by: Balance| {
		job(id, |job| job.escrow -= by);
		Balances::release(&HoldReason::Escrow.into(), &acc(PAYER), by, Precision::Exact).unwrap();
	};
	reports(6, || adjusted(JOB, 1));
	reports(6, || adjusted(EARLY, 1));
	reports(6, || {
		job(JOB, |job| {
			if let Stage::Demanded { delivery, .. } = &mut job.stage {
				delivery.price = most() + 1;
			}
		})
	});
}

#[test]
fn lists_that_are_not_what_there_is() {
	reports(7, || Quotes::<Test>::remove(W, 1_001));
	reports(7, || Quotes::<Test>::insert(W, 5, SESSION));
	reports(7, || SessionsOf::<Test>::remove(acc(PAYER), SESSION));
	reports(7, || SessionsOf::<Test>::insert(acc(OTHER), SESSION, ()));
	reports(7, || SessionsBy::<Test>::remove(W, SESSION));
	reports(7, || SessionsBy::<Test>::insert(X, SESSION, ()));
	reports(7, || JobsOf::<Test>::remove(acc(PAYER), JOB));
	reports(7, || JobsOf::<Test>::insert(acc(OTHER), JOB, ()));
	reports(7, || JobsBy::<Test>::remove(W, EARLY));
	reports(7, || JobsBy::<Test>::insert(X, EARLY, ()));
}

#[test]
fn counts_that_are_wrong() {
	reports(8, || Using::<Test>::mutate(V, |count| *count += 1));
	reports(8, || Using::<Test>::insert(FLOAT, 1));
	reports(8, || Using::<Test>::remove(V));
	reports(9, || NextSession::<Test>::put(SESSION));
	reports(9, || NextJob::<Test>::put(EARLY));
	reports(9, || NextGrant::<Test>::put(0));
}

#[test]
fn a_grant_that_forgot_what_it_paid_for() {
	reports(10, || {
		Grants::<Test>::mutate(acc(PAYER), acc(OTHER), |grant| grant.as_mut().unwrap().spent -= 1)
	});
}

#[test]
fn an_agenda_that_forgot_something() {
	for id in [JOB, EARLY] {
		reports(11, || {
			let due = crate::Jobs::<Test>::get(id).unwrap().due;
			Buckets::<Test>::remove(due);
		});
	}
	reports(11, || session(|session| session.due += 1));
}
