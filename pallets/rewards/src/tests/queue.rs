// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::WeightInfo;
use atelier_primitives::pots::MAX_SHARES;
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::Permill;

fn length() -> u64 {
	Rewards::queue().length
}

#[test]
fn money_goes_all_the_way_up() {
	run(|| {
		assert_eq!(credit(v(1), 100 * M), Ok(()));
		assert_eq!(length(), 1);
		next_block();
		assert_eq!(length(), 0);
		assert_eq!(balance(4), RICH + 70 * M);
		assert_eq!(balance(1), RICH + 21 * M);
		assert_eq!(balance(2), RICH + 6 * M);
		assert_eq!(balance(3), RICH + 3 * M);
		assert_eq!(on_hold(), 0);
	});
}

#[test]
fn a_pot_below_the_minimum_is_not_queued() {
	run(|| {
		assert_eq!(credit(v(1), 2 * M - 1), Ok(()));
		assert_eq!(length(), 0);
		assert_eq!(credit(v(1), 1), Ok(()));
		assert_eq!(length(), 1);
	});
}

#[test]
fn a_minimum_below_a_million_units_is_a_million() {
	run(|| {
		MinDistribution::set(0);
		assert_eq!(credit(v(1), M - 1), Ok(()));
		assert_eq!(length(), 0);
		assert_eq!(credit(v(1), 1), Ok(()));
		assert_eq!(length(), 1);
	});
}

#[test]
fn a_pot_stands_in_it_once() {
	run(|| {
		for _ in 0..5 {
			assert_eq!(credit(v(1), 2 * M), Ok(()));
		}
		assert_eq!(length(), 1);
		assert_ok!(distribute(v(1)));
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		assert_eq!(Rewards::queue().next, Some(v(1)));
		assert_eq!(length(), 2, "version 1 where it stood, and version 0");
	});
}

#[test]
fn a_pot_that_was_divided_before_its_turn_is_passed_over() {
	run(|| {
		assert_eq!(credit(d(0), 2 * M), Ok(()));
		assert_ok!(distribute(d(0)));
		let before = events().len();
		next_block();
		assert_eq!((length(), events().len()), (0, before));
	});
}

#[test]
fn what_a_block_has_no_room_for_waits_for_the_next() {
	run(|| {
		QueueShare::set(Permill::from_parts(1)); // One division a block.
		for number in 0..4 {
			tell(d(number), 5, &[]);
			assert_eq!(credit(d(number), 2 * M), Ok(()));
		}
		for left in (0..4).rev() {
			next_block();
			assert_eq!(length(), left);
		}
	});
}

#[test]
fn never_more_than_its_part_of_a_block() {
	run(|| {
		for number in 0..2_000 {
			tell(d(number), 5, &[]);
			assert_eq!(credit(d(number), 2 * M), Ok(()));
		}
		let limits: frame_system::limits::BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
		let mut blocks = 0;
		while length() > 0 {
			let used = next_block_within(Weight::MAX);
			assert!(used.ref_time() <= limits.max_block.ref_time() / 10 + <()>::on_poll().ref_time());
			blocks += 1;
		}
		assert!(blocks > 1, "{blocks}");
	});
}

#[test]
fn never_more_than_the_block_has_left() {
	run(|| {
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		let least = <()>::on_poll().saturating_add(<()>::serve(MAX_SHARES));
		let almost = Weight::from_parts(least.ref_time() - 1, least.proof_size());
		assert!(next_block_within(almost).all_lte(almost));
		assert_eq!(length(), 1);
		assert_eq!(next_block_within(Weight::zero()), Weight::zero());
		assert!(next_block_within(least).all_lte(least));
		assert_eq!(length(), 0);
	});
}

#[test]
fn a_share_of_zero_stops_it() {
	run(|| {
		QueueShare::set(Permill::zero());
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		next_block();
		assert_eq!(length(), 1);
		assert_ok!(distribute(v(1)));
	});
}

#[test]
fn first_come_first_served() {
	run(|| {
		QueueShare::set(Permill::from_parts(1));
		for pot in [d(1), v(1), d(0)] {
			assert_eq!(credit(pot, 10 * M), Ok(()));
		}
		let mut order = Vec::new();
		while let Some(pot) = Rewards::queue().next {
			order.push(pot);
			next_block();
		}
		assert_eq!(order, vec![d(1), v(1), d(0), v(0)]);
	});
}

#[test]
fn a_frozen_pot_leaves_it_and_comes_back_with_the_next_fee() {
	run(|| {
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		freeze(v(1), true);
		next_block();
		assert_eq!((length(), held(v(1))), (0, 2 * M));
		System::assert_last_event(
			Event::Skipped {
				pot: v(1),
				why: Error::<Test>::Frozen.into(),
			}
			.into(),
		);
		freeze(v(1), false);
		assert_eq!(credit(v(1), 1), Ok(()));
		settle();
		assert_eq!(held(v(1)), 1);
	});
}
