// SPDX-License-Identifier: Apache-2.0

//! Each invariant bites: a state that breaks it is reported by its number.

use super::*;
use crate::{
	AccountOf, Auditing, AuditorStandings, Chunk, Claimable, Deposits, HoldReason, Host, HostsOf, NextWorker, OfferAt,
	OfferCount, Offers, Records, Reputations, Slashes, Stake, Stakes, Standings, Unbonding, WorkerOf,
};
use atelier_primitives::{
	ids::{AttestationId, VersionId, WorkerId},
	work::workers::{Accused as _, Fault, Outcome, Standing, Workers as _},
};
use frame_support::traits::{fungible::MutateHold, tokens::Precision};
use sp_runtime::Permill;

/// The first of the three workers of a state that has something of everything.
const ID: WorkerId = WorkerId(0);
const NOBODY: WorkerId = WorkerId(99);

/// What is reported of such a state after this was done to it.
fn complaint_after(corrupt: impl FnOnce()) -> String {
	let mut complaint = None;
	new_test_ext().execute_with(|| {
		skip(5);
		for who in 1..=3 {
			let id = offering(who, 5);
			Workers::note(id, Outcome::Paid { treasury: 5 });
		}
		Workers::unbond(signed(1), 2_000).unwrap();
		skip(1);
		Workers::bond_more(signed(1), 10).unwrap();
		Workers::accuse(ID);
		let small = worker_with(4, LEAST);
		Workers::convict(small, Fault::LazyAudit, Some(99));
		pass(DELAY);
		assert!(Claimable::<Test>::get(99) > 0);
		Workers::convict(ID, Fault::LazyAudit, Some(2));
		Workers::convict(WorkerId(1), Fault::Wrong, None);
		check();
		corrupt();
		complaint = Some(format!("{:?}", Workers::do_try_state().unwrap_err()));
	});
	complaint.unwrap()
}

#[track_caller]
fn reports(number: u32, corrupt: impl FnOnce()) {
	let complaint = complaint_after(corrupt);
	assert!(complaint.contains(&format!("invariant {number}:")), "{complaint}");
}

fn change(change: impl FnOnce(&mut Stake<Balance>)) {
	Stakes::<Test>::mutate(ID, |stake| change(stake.as_mut().unwrap()));
}

fn change_standings(change: impl FnOnce(&mut Standings<Balance>)) {
	AuditorStandings::<Test>::mutate(ID, |standings| change(standings.as_mut().unwrap()));
}

#[test]
fn claims_that_are_not_what_is_held() {
	let account = Workers::claims_account;
	reports(1, || {
		frame_system::Account::<Test>::mutate(account(), |account| account.data.free = ED - 1);
	});
	reports(1, || Claimable::<Test>::insert(7, 0));
	reports(1, || Claimable::<Test>::insert(7, 1));
	reports(1, || {
		let reason = HoldReason::Claims.into();
		<Balances as MutateHold<_>>::release(&reason, &account(), 1, Precision::Exact).unwrap();
	});
}

#[test]
fn workers_without_their_records() {
	reports(2, || WorkerOf::<Test>::insert(1, WorkerId(1)));
	reports(2, || WorkerOf::<Test>::insert(9, ID));
	reports(2, || NextWorker::<Test>::put(WorkerId(1)));
	reports(2, || Records::<Test>::remove(ID));
	reports(2, || Stakes::<Test>::remove(ID));
	reports(2, || AuditorStandings::<Test>::remove(ID));
	reports(2, || crate::LiveUntil::<Test>::remove(ID));
	reports(2, || Deposits::<Test>::remove(ID));
	reports(2, || AccountOf::<Test>::remove(ID));
	reports(2, || Reputations::<Test>::insert(NOBODY, crate::Reputation::default()));
	reports(2, || crate::Successors::<Test>::insert(NOBODY, 1));
	reports(2, || {
		let slash = Slashes::<Test>::get(ID, 1).unwrap();
		Slashes::<Test>::insert(NOBODY, 1, slash);
	});
	reports(2, || Unbonding::<Test>::insert(NOBODY, Unbonding::<Test>::get(ID)));
}

#[test]
fn bonds_that_are_not_what_is_held() {
	reports(3, || change(|stake| stake.bond += 1));
	reports(3, || Unbonding::<Test>::remove(ID));
	reports(3, || {
		let reason = HoldReason::Bond.into();
		<Balances as MutateHold<_>>::release(&reason, &1, 1, Precision::Exact).unwrap();
	});
	reports(3, || {
		Unbonding::<Test>::mutate(ID, |chunks| {
			let nothing = Chunk {
				amount: 0,
				until: 1,
				stood: 0,
			};
			chunks.try_push(nothing).unwrap();
		})
	});
}

#[test]
fn standings_that_are_not_those_of_bonds() {
	reports(4, || change_standings(|standings| standings.current.weight += 1));
	reports(4, || change_standings(|standings| standings.auditing = false));
	reports(4, || change_standings(|standings| standings.current.since = now() + 1));
	reports(4, || {
		change_standings(|standings| standings.former.try_push(standings.current).unwrap())
	});
	for change in [
		(|former| former.weight = 0) as fn(&mut Standing<Balance>),
		|former| former.weight += 1_000_000,
		|former| former.since = now(),
	] {
		reports(4, || {
			change_standings(|standings| change(standings.former.iter_mut().next().unwrap()))
		});
	}
	// The convicted weigh nothing.
	reports(4, || change(|stake| stake.condemned = true));
}

#[test]
fn a_weight_of_all_that_is_not_the_sum() {
	reports(5, || Auditing::<Test>::mutate(|weights| weights.current += 1));
	reports(5, || Auditing::<Test>::mutate(|weights| weights.before += 1));
	reports(5, || {
		Workers::bond_more(signed(3), 10).unwrap();
		Auditing::<Test>::mutate(|weights| weights.changed = 0);
	});
}

#[test]
fn lists_that_are_not_what_is_offered() {
	reports(6, || OfferAt::<Test>::insert(V, 0, WorkerId(1)));
	reports(6, || OfferAt::<Test>::insert(V, 3, ID));
	reports(6, || OfferAt::<Test>::insert(VersionId(5), 0, ID));
	reports(6, || OfferCount::<Test>::insert(V, 2));
	reports(6, || OfferCount::<Test>::insert(VersionId(5), 0));
	reports(6, || Offers::<Test>::remove(ID, V));
	reports(6, || {
		Offers::<Test>::mutate(ID, V, |offered| offered.as_mut().unwrap().offer.capacity = 0)
	});
	reports(6, || {
		Offers::<Test>::mutate(ID, V, |offered| offered.as_mut().unwrap().index = None)
	});
}

#[test]
fn deposits_for_other_numbers_of_offers() {
	reports(7, || {
		Deposits::<Test>::mutate(ID, |deposit| deposit.as_mut().unwrap().offers = 2)
	});
	reports(7, || {
		Deposits::<Test>::mutate(ID, |deposit| deposit.as_mut().unwrap().listed = 0)
	});
	reports(7, || {
		let offered = Offers::<Test>::get(ID, V).unwrap();
		Offers::<Test>::insert(
			NOBODY,
			VersionId(5),
			crate::Offered {
				index: Some(0),
				..offered
			},
		);
		OfferAt::<Test>::insert(VersionId(5), 0, NOBODY);
		OfferCount::<Test>::insert(VersionId(5), 1);
	});
}

#[test]
fn slashes_that_nobody_knows_of() {
	reports(8, || change(|stake| stake.pending = 0));
	reports(8, || Slashes::<Test>::remove(ID, 1));
	reports(8, || {
		Slashes::<Test>::mutate(ID, 1, |slash| slash.as_mut().unwrap().fault = Fault::Wrong)
	});
	reports(8, || {
		Slashes::<Test>::mutate(ID, 1, |slash| slash.as_mut().unwrap().part = Permill::one())
	});
}

#[test]
fn hosts_that_are_not_two_workers() {
	let host = |worker| Host {
		worker: WorkerId(worker),
		attestation: AttestationId(0),
	};
	reports(10, || HostsOf::<Test>::insert(V, [host(1), host(1)]));
	reports(10, || HostsOf::<Test>::insert(V, [host(0), host(99)]));
}

#[test]
fn accusations_of_the_future() {
	reports(9, || change(|stake| stake.frozen.since = Some(now() + 1)));
	reports(9, || change(|stake| stake.frozen.past = now() + 1));
	reports(9, || change(|stake| stake.accusations = 0));
	reports(9, || change(|stake| stake.frozen.since = None));
	reports(9, || change(|stake| stake.barred.since = Some(now())));
	reports(9, || change(|stake| stake.barred.past = now()));
}
