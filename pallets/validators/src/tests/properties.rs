// SPDX-License-Identifier: Apache-2.0

//! Random histories: whatever happens in whatever order, the invariants hold, sessions are never empty and no unit of
//! money appears or disappears.

use super::*;
use pallet_authorship::EventHandler;
use proptest::prelude::*;
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

#[derive(Clone, Debug)]
enum Op {
	Add(AccountId),
	Remove(AccountId),
	Register(AccountId),
	Purge(AccountId),
	Offend(AccountId, u8),
	Author(AccountId),
	NextSession,
}

fn op() -> impl Strategy<Value = Op> {
	let who = 1..=10u64;
	prop_oneof![
		who.clone().prop_map(Op::Add),
		who.clone().prop_map(Op::Remove),
		who.clone().prop_map(Op::Register),
		who.clone().prop_map(Op::Purge),
		(who.clone(), 1..=100u8).prop_map(|(who, percent)| Op::Offend(who, percent)),
		who.prop_map(Op::Author),
		Just(Op::NextSession),
		Just(Op::NextSession),
	]
}

fn apply(op: Op) {
	let root = RuntimeOrigin::root();
	match op {
		Op::Add(who) => {
			let _may_be_refused = Validators::add_validator(root, who);
		}
		Op::Remove(who) => {
			let _may_be_refused = Validators::remove_validator(root, who);
		}
		Op::Register(who) => {
			let proof = keys(who).prove_ownership(who);
			let _refused_without_money = Session::set_keys(RuntimeOrigin::signed(who), keys(who), proof);
		}
		Op::Purge(who) => {
			let _may_be_refused = Validators::purge_keys(RuntimeOrigin::signed(who));
		}
		// Only validators of a session can be proven to have misbehaved in it.
		Op::Offend(who, percent) if active().contains(&who) => {
			let details = [OffenceDetails {
				offender: (who, ()),
				reporters: Vec::new(),
			}];
			Validators::on_offence(
				&details,
				&[Perbill::from_percent(percent.into())],
				Session::current_index(),
			);
		}
		Op::Offend(..) => {}
		Op::Author(who) => Validators::note_author(who),
		Op::NextSession => next_session(),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases()))]
	#[test]
	fn every_history_keeps_the_invariants(validators in 1..=6u64, history in prop::collection::vec(op(), 1..60)) {
		ExtBuilder::default().validators(validators).build_and_execute(|| {
			for op in history {
				apply(op);
				Validators::do_try_state().unwrap();
				assert!(!active().is_empty());
				let queued = pallet_session::QueuedKeys::<Test>::get();
				assert!(!queued.is_empty(), "the next session has authorities");
			}
		});
	}
}

/// 200 histories, or as many as `ATELIER_CASES` says (`make test-long`).
fn cases() -> u32 {
	std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(200)
}
