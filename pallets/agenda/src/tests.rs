// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::{storage_alias, traits::ConstU32, Twox64Concat};

#[storage_alias]
type Buckets =
	StorageMap<Test, Twox64Concat, u32, BoundedVec<u32, ConstU32<4>>, frame_support::pallet_prelude::ValueQuery>;
#[storage_alias]
type Next = StorageValue<Test, u32, frame_support::pallet_prelude::ValueQuery>;

type Due = Agenda<Buckets, Next, u32, ConstU32<4>>;

const COSTS: Costs = Costs {
	bucket: Weight::from_parts(1, 0),
	item: Weight::from_parts(10, 0),
};

fn run(test: impl FnOnce()) {
	sp_io::TestExternalities::default().execute_with(test)
}

/// What a block with so much weight does.
fn served(now: u32, weight: u64) -> Vec<u32> {
	let mut done = Vec::new();
	let mut meter = WeightMeter::with_limit(Weight::from_parts(weight, 0));
	Due::serve(now, &mut meter, COSTS, |item| done.push(item));
	done
}

#[test]
fn things_are_done_when_they_are_due_and_once() {
	run(|| {
		assert_eq!(Due::note(0, 3, 7), Some(3));
		assert_eq!(Due::note(0, 2, 8), Some(2));
		assert!(served(1, 1_000).is_empty());
		assert_eq!(served(2, 1_000), [8]);
		assert_eq!(served(3, 1_000), [7]);
		assert!(served(4, 1_000).is_empty());
	});
}

#[test]
fn what_is_due_now_or_before_comes_next() {
	run(|| {
		assert_eq!(Due::note(5, 5, 1), Some(6));
		assert_eq!(Due::note(5, 0, 2), Some(6));
		assert_eq!(served(6, 1_000), [1, 2]);
	});
}

#[test]
fn what_finds_no_room_spills_forward_and_no_further_than_it_may() {
	run(|| {
		let room = 4 * (SPILL + 1);
		for item in 0..room {
			assert_eq!(Due::note(0, 1, item), Some(1 + item / 4));
		}
		assert_eq!(Due::note(0, 1, room), None);
		assert_eq!(served(SPILL + 1, 1_000_000).len(), room as usize);
	});
}

/// What was written: by how many keys the state differs.
fn buckets() -> Vec<(u32, Vec<u8>)> {
	let encoded = |time| sp_io::storage::get(&Buckets::hashed_key_for(time)).map(|bytes| (time, bytes.to_vec()));
	(0..100).filter_map(encoded).collect()
}

#[test]
fn looking_for_room_changes_no_bucket_but_the_one_that_has_it() {
	run(|| {
		for item in 0..12 {
			Due::note(0, 1, item);
		}
		let before = buckets();
		assert_eq!(Due::note_within(0, 1, 2, 100), None);
		assert_eq!(buckets(), before);
		assert_eq!(Due::note_within(0, 1, 3, 100), Some(4));
		let after = buckets();
		assert_eq!((&after[..3], after.len()), (&before[..], 4));
		// What was appended reads like what was pushed.
		assert_eq!(Buckets::get(4).into_inner(), [100]);
	});
}

#[test]
fn nine_hundred_things_a_block_are_noted_where_they_are_due_and_done_in_it() {
	#[storage_alias]
	type Many = StorageMap<
		Test,
		Twox64Concat,
		u32,
		BoundedVec<u64, ConstU32<1_024>>,
		frame_support::pallet_prelude::ValueQuery,
	>;
	#[storage_alias]
	type First = StorageValue<Test, u32, frame_support::pallet_prelude::ValueQuery>;
	type Large = Agenda<Many, First, u64, ConstU32<1_024>>;
	const EACH: u64 = 900;
	const AHEAD: u32 = 40;
	run(|| {
		let mut done = 0;
		for now in 0..100 {
			for item in 0..EACH {
				// Everything of a block comes due in the same one, as what a block settles does.
				assert_eq!(Large::note_within(now, now + AHEAD, 0, item), Some(now + AHEAD));
			}
			let mut meter = WeightMeter::with_limit(Weight::from_parts(2 + 10 * EACH, 0));
			Large::serve(now, &mut meter, COSTS, |_| done += 1);
			assert!(Large::behind(now) <= 1, "nothing is left behind");
		}
		assert_eq!(done, EACH * u64::from(100 - AHEAD));
	});
}

#[test]
fn a_budget_is_kept_and_what_it_leaves_comes_first() {
	run(|| {
		for item in 0..8 {
			Due::note(0, 1, item);
		}
		assert!(served(2, 0).is_empty());
		// The empty bucket before, this one, and two things; the next block begins with the same bucket.
		assert_eq!(served(2, 22), [0, 1]);
		assert_eq!(Due::behind(2), 2);
		Due::note(2, 3, 100);
		assert_eq!(served(3, 1_000), [2, 3, 4, 5, 6, 7, 100]);
		assert_eq!(Due::behind(3), 0);
	});
}

#[test]
fn what_weighs_less_leaves_room_for_more_and_nothing_weighs_more_than_it_may() {
	let done = |each: u64| {
		let mut done = 0;
		let mut meter = WeightMeter::with_limit(Weight::from_parts(32, 0));
		run(|| {
			for item in 0..12 {
				Due::note(0, 1, item);
			}
			// The empty bucket before and the first one, then as many as there is room for the dearest.
			let act = |_| {
				done += 1;
				Weight::from_parts(each, 0)
			};
			Due::serve_weighed(1, &mut meter, COSTS.bucket, |_| COSTS.item, act);
		});
		(done, meter.consumed().ref_time())
	};
	assert_eq!(done(10), (3, 32));
	assert_eq!(done(99), (3, 32));
	// Four fill a bucket; the next ones are due later.
	assert_eq!(done(5), (4, 22));
}

#[test]
fn there_must_be_room_for_what_comes_next_and_not_for_the_dearest_there_is() {
	run(|| {
		for item in 0..3 {
			Due::note(0, 0, item);
		}
		let weight = |item: &u32| Weight::from_parts(if *item == 2 { 50 } else { 10 }, 0);
		let done = |limit| {
			let mut done = Vec::new();
			let mut meter = WeightMeter::with_limit(Weight::from_parts(limit, 0));
			Due::serve_weighed(1, &mut meter, COSTS.bucket, weight, |item| {
				done.push(item);
				weight(&item)
			});
			done
		};
		// The empty bucket before and this one, and two things; not the third, and nothing after it.
		Due::note(0, 0, 3);
		assert_eq!(done(2 + 20 + 49), [0, 1]);
		assert_eq!(done(1 + 60), [2, 3]);
	});
}

#[test]
fn a_gap_of_blocks_loses_nothing() {
	run(|| {
		Due::note(0, 10, 1);
		Due::note(0, 900, 2);
		// Each bucket costs one.
		assert_eq!(served(1_000, 100), [1]);
		let mut rest = Vec::new();
		for now in 1_001..1_020 {
			rest.extend(served(now, 100));
		}
		assert_eq!(rest, [2]);
	});
}

#[test]
fn what_is_done_may_note_more() {
	run(|| {
		Due::note(0, 1, 1);
		let mut meter = WeightMeter::new();
		Due::serve(1, &mut meter, COSTS, |item| {
			assert_eq!(Due::note(1, 1, item + 1), Some(2));
		});
		assert_eq!(served(2, 1_000), [2]);
	});
}
