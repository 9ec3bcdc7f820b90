// SPDX-License-Identifier: Apache-2.0

//! The chain before a test, after it, and from block to block.

use super::*;
use atelier_primitives::ids::WorkerId;
use atelier_referee::hash::Digest;
use frame_support::{
	traits::OnPoll,
	weights::{Weight, WeightMeter},
};
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;

pub fn now() -> u32 {
	System::block_number()
}

pub fn genesis() -> Digest {
	Jobs::genesis()
}

/// A chain with accounts 1 to 9, and workers 0 to 3 of accounts 5 to 8. Only worker 0 is drawn.
pub fn chain() -> sp_io::TestExternalities {
	let mut balances: Vec<_> = (1..=9).map(|who| (acc(who), RICH)).collect();
	balances.extend([TREASURY, POTS, FUND].map(|who| (acc(who), ED)));
	let storage = RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances,
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		reset();
		for number in 0..4 {
			let fake = Fake::new(acc(WORKER + number), number == 0);
			Fakes::insert(WorkerId(number.into()), fake);
		}
	});
	// Benchmarks go back to what is committed.
	ext.commit_all().unwrap();
	ext
}

/// Runs the test and checks every invariant afterwards.
pub fn execute(test: impl FnOnce()) {
	chain().execute_with(|| {
		let supply = Balances::total_issuance();
		test();
		assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
		check();
	});
}

/// Every invariant, and that workers are engaged with exactly what is not final.
pub fn check() {
	Jobs::do_try_state().unwrap();
	let mut engaged = BTreeMap::<WorkerId, Balance>::new();
	let mut occupied = BTreeMap::<WorkerId, u32>::new();
	for session in crate::Sessions::<Test>::iter_values() {
		*engaged.entry(session.worker).or_default() += session.held();
	}
	for job in crate::Jobs::<Test>::iter_values() {
		if let Some((worker, value, occupies)) = job.engaged() {
			*engaged.entry(worker).or_default() += value;
			*occupied.entry(worker).or_default() += u32::from(occupies);
		}
	}
	for (id, fake) in Fakes::iter() {
		assert_eq!(fake.engaged, engaged.remove(&id).unwrap_or(0), "worker {id} is engaged");
		assert_eq!(
			fake.occupied,
			occupied.remove(&id).unwrap_or(0),
			"worker {id} is occupied"
		);
	}
}

/// The next block, with so much weight for the agenda.
pub fn next_block_within(limit: Weight) -> Weight {
	System::set_block_number(now() + 1);
	let mut meter = WeightMeter::with_limit(limit);
	Jobs::on_poll(now(), &mut meter);
	meter.consumed()
}

/// Goes on by so many blocks.
pub fn pass(blocks: u32) {
	for _ in 0..blocks {
		next_block_within(Weight::MAX);
	}
}

/// Goes on by so many blocks in which nothing is done by itself.
pub fn sleep(blocks: u32) {
	System::set_block_number(now() + blocks);
}

/// Goes on by so many blocks in which nobody can speak to the court.
pub fn stop(blocks: u32) {
	for _ in 0..blocks {
		Stopped::mutate(|stopped| *stopped += 1);
		pass(1);
	}
}
