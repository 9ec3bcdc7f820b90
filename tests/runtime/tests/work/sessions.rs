// SPDX-License-Identifier: Apache-2.0

//! A session on the real runtime: who is paid what, when, and who is not.

use crate::{registries::free, world::*};
use atelier_primitives::{
	ids::VersionId,
	models::Needs,
	pots::Pot,
	work::price::{Rates, fee_per_unit},
};
use atelier_runtime::{Balance, Disputes, Jobs, Mmr, Rewards, Treasury, economics::ATL, genesis::DEVELOPMENT};
use atelier_runtime_tests::{Chain, R, account, next_block};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::Permill;

fn rates(version: VersionId) -> Rates<Balance> {
	let fee = atelier_runtime::Models::version(version).expect("it exists").publication.fee;
	Rates {
		worker: PRICE,
		version: fee_per_unit(&fee),
		levy: Permill::from_percent(2),
		treasury: Permill::from_percent(5),
	}
}

fn treasury() -> Balance {
	atelier_runtime::Balances::free_balance(Treasury::account_id())
}

#[test]
fn everybody_is_paid_to_the_unit_when_the_audits_are_over_and_not_before() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = version(&sample);
		hire(SERVES, true);
		hire(AUDITS, true);
		let mut talk = Talk::begin(version);
		for _ in 0..5 {
			talk.honest(&sample);
		}
		let units = talk.receipts.root::<atelier_referee::hash::Portable>().unwrap().units;
		let parts = rates(version).of(units).expect("money");
		let before = (free(SERVES), treasury(), Disputes::court().fund);
		let work = talk.settle();
		assert!(pending(work) && <Jobs as Needs>::needed(version));
		assert_eq!(free(SERVES), before.0, "nothing is paid yet");
		pass_window();
		assert!(!pending(work));
		assert_eq!(free(SERVES), before.0 + parts.worker);
		// Blocks have earned it something, too.
		assert!(treasury() >= before.1 + parts.treasury);
		assert_eq!(Disputes::court().fund, before.2 + parts.levy);
		let pot = Rewards::pot(Pot::Version(version)).expect("it has a pot");
		assert_eq!(pot.totals.received, parts.version);
		assert_eq!(pallet_workers::Pallet::<R>::worker(worker(SERVES)).unwrap().exposure, 0);
	});
}

/// The payer signs whatever it likes: that a worker claimed it, only the worker can say.
#[test]
fn nobody_else_puts_a_claim_into_a_workers_mouth() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = version(&sample);
		hire(SERVES, true);
		let mut talk = Talk::begin(version);
		talk.swapped(&sample);
		for who in [PAYER, CHALLENGES] {
			assert_noop!(talk.settle_by(who), pallet_jobs::Error::<R>::NotWorker);
		}
		assert_ok!(talk.settle_by(SERVES));
	});
}

#[test]
fn what_a_block_settled_is_in_the_leaf_of_the_next() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		use sp_mmr_primitives::LeafDataProvider;
		let sample = sample();
		let version = version(&sample);
		hire(SERVES, true);
		let mut talk = Talk::begin(version);
		talk.honest(&sample);
		let leaf = atelier_runtime::configs::SettledRoot::leaf_data;
		assert_eq!(leaf(), None);
		talk.settle();
		let leaves = Mmr::mmr_leaves();
		next_block();
		assert_eq!(Mmr::mmr_leaves(), leaves + 1);
		let (at, root) = Jobs::settled_root().expect("something was settled");
		assert_eq!(at + 1, atelier_runtime::System::block_number());
		assert_eq!(leaf(), Some(root.digest));
		next_block();
		assert_eq!(leaf(), None, "and that one settled nothing");
	});
}

#[test]
fn a_version_that_is_needed_stays() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = version(&sample);
		hire(SERVES, true);
		Talk::begin(version);
		assert_ok!(call(MAKER, pallet_models::Call::withdraw_version { version }));
		assert_noop!(
			call(MAKER, pallet_models::Call::remove_version { version }),
			pallet_models::Error::<R>::StillNeeded
		);
		let _ = (account(PAYER), ATL);
	});
}
