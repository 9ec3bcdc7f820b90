// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{CurrentEra, Earned, EarnedFrom, KeptEras, Source, Sums, WeightInfo};
use frame_support::weights::{Weight, WeightMeter};

fn earn(pot: atelier_primitives::pots::Pot, amount: Balance) {
	assert_eq!(credit(pot, amount), Ok(()));
	assert_ok!(distribute(pot));
}

fn until_era(era: u32) {
	while CurrentEra::<Test>::get().index < era {
		next_block();
	}
}

#[test]
fn begin_after_so_many_blocks() {
	run(|| {
		while System::block_number() < 9 {
			next_block();
		}
		assert_eq!(Rewards::eras().current, 0);
		next_block();
		assert_eq!((Rewards::eras().current, Rewards::eras().began), (1, 10));
		System::assert_has_event(Event::EraBegan { era: 1 }.into());
	});
}

#[test]
fn stay_in_order_when_their_length_changes() {
	run(|| {
		until_era(5);
		EraLength::set(1_000);
		next_block();
		assert_eq!(Rewards::eras().current, 5);
		EraLength::set(0);
		next_block();
		next_block();
		assert_eq!(Rewards::eras().current, 7);
	});
}

#[test]
fn records_say_from_which_pot_and_of_what() {
	run(|| {
		earn(v(1), 10 * M);
		earn(v(1), 20 * M);
		tell(d(7), 4, &[]);
		earn(d(7), 5 * M);
		assert_eq!(Earned::<Test>::get(0, 4), 26 * M);
		assert_eq!(
			EarnedFrom::<Test>::get((0, 4, v(1))),
			Source {
				divided: 30 * M,
				earned: 21 * M
			}
		);
		until_era(1);
		earn(v(1), 10 * M);
		assert_eq!((Earned::<Test>::get(0, 4), Earned::<Test>::get(1, 4)), (26 * M, 7 * M));
	});
}

#[test]
fn are_forgotten_after_as_many_as_are_kept() {
	run(|| {
		earn(v(1), 10 * M);
		until_era(3);
		assert_eq!(Earned::<Test>::get(0, 4), 7 * M);
		until_era(4);
		next_block();
		assert_eq!(Earned::<Test>::iter_prefix(0).count(), 0);
		assert_eq!(EarnedFrom::<Test>::iter_prefix((0,)).count(), 0);
		// Version 0 earned from the queue, in era 0 too.
		assert_eq!(Sums::<Test>::get().forgotten, 7 * M + 2_100_000);
		assert_eq!((KeptEras::<Test>::get().whole, KeptEras::<Test>::get().any), (1, 1));
	});
}

#[test]
fn are_forgotten_in_bounded_steps() {
	run(|| {
		for owner in 1_000..1_050u64 {
			let pot = d(owner as u32);
			tell(pot, owner, &[]);
			earn(pot, M);
		}
		CurrentEra::<Test>::mutate(|era| era.index = 4);
		let records = || EarnedFrom::<Test>::iter().count() + Earned::<Test>::iter().count();
		assert_eq!(records(), 100);
		let limit = <()>::prune().saturating_mul(7);
		let mut steps = 0;
		while records() > 0 {
			let before = records();
			let mut meter = WeightMeter::with_limit(limit);
			Rewards::forget(&mut meter);
			assert!(meter.consumed().all_lte(limit) && before - records() <= 7);
			Rewards::do_try_state().unwrap();
			steps += 1;
		}
		assert_eq!(steps, 15);
		Rewards::forget(&mut WeightMeter::with_limit(Weight::zero()));
		assert_eq!(Sums::<Test>::get().forgotten, 50 * M);
	});
}

#[test]
fn what_is_forgotten_does_not_come_back() {
	run(|| {
		earn(v(1), 10 * M);
		until_era(2);
		ErasKept::set(0);
		Rewards::forget(&mut WeightMeter::with_limit(<()>::prune()));
		ErasKept::set(5);
		assert_eq!(Rewards::eras().oldest, 2);
		assert!(Rewards::explain(4, 1, None, 9).is_none());
		earn(v(1), 10 * M);
		Rewards::do_try_state().unwrap();
	});
}

#[test]
fn a_full_queue_does_not_keep_them_from_being_forgotten() {
	run(|| {
		earn(v(1), 10 * M);
		for number in 10..2_010 {
			tell(d(number), 5, &[]);
			assert_eq!(credit(d(number), 2 * M), Ok(()));
		}
		CurrentEra::<Test>::mutate(|era| era.index = 5);
		next_block();
		assert!(Rewards::queue().length > 0);
		assert_eq!(Earned::<Test>::iter_prefix(0).count(), 0);
	});
}
