// SPDX-License-Identifier: Apache-2.0

//! Each invariant bites: a state that breaks it is reported by its number.

use super::*;
use crate::{Offenders, Validators as Set};
use frame_support::BoundedVec;
use sp_staking::offence::OffenceSeverity;

fn complaint_after(corrupt: impl FnOnce()) -> String {
	let mut complaint = String::new();
	ExtBuilder::default().build_and_execute(|| {
		let (set, offenders) = (Set::<Test>::get(), Offenders::<Test>::get());
		corrupt();
		complaint = format!("{:?}", Validators::do_try_state().unwrap_err());
		Set::<Test>::put(set);
		Offenders::<Test>::put(offenders);
	});
	complaint
}

fn offenders(who: &[AccountId]) {
	let list = who.iter().map(|who| (*who, OffenceSeverity::default())).collect();
	Offenders::<Test>::put(BoundedVec::truncate_from(list));
}

#[test]
fn an_empty_set() {
	assert!(complaint_after(Set::<Test>::kill).contains("invariant 1"));
}

#[test]
fn a_validator_twice() {
	let twice = || Set::<Test>::put(BoundedVec::truncate_from(vec![1, 2, 1]));
	assert!(complaint_after(twice).contains("invariant 2"));
}

#[test]
fn an_offender_in_the_set() {
	assert!(complaint_after(|| offenders(&[1])).contains("invariant 3"));
}

#[test]
fn an_offender_twice() {
	assert!(complaint_after(|| offenders(&[9, 9])).contains("invariant 4"));
}
