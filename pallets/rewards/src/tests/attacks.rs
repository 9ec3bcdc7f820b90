// SPDX-License-Identifier: Apache-2.0

//! Who wants to keep others from being paid. Each defence with its positive control.
//!
//! Starvation by many divisions is in `fairness`.

use super::*;
use frame_support::traits::{
	fungible::MutateHold,
	tokens::{Fortitude, Precision, Restriction},
};
use sp_runtime::Permill;

const CROWD: u32 = 400;

/// So many blocks until account 2, whose pot got a fee after an attacker gave `each` to each of many pots of its own.
fn blocks_until_the_victim_is_paid(each: Balance) -> u32 {
	let mut blocks = 0;
	run(|| {
		QueueShare::set(Permill::from_parts(1)); // One division a block.
		for number in 0..CROWD {
			tell(d(100 + number), 5, &[]);
			assert_eq!(credit(d(100 + number), each), Ok(()));
		}
		assert_eq!(credit(d(0), 10 * M), Ok(()));
		while balance(2) == RICH {
			next_block();
			blocks += 1;
		}
	});
	blocks
}

#[test]
fn many_tiny_gifts_do_not_fill_the_queue() {
	MinDistribution::set(10 * M);
	assert_eq!(blocks_until_the_victim_is_paid(M), 1);
}

/// The positive control: without the minimum they do.
#[test]
fn without_a_minimum_they_would() {
	MinDistribution::set(0);
	assert_eq!(blocks_until_the_victim_is_paid(M), CROWD + 1);
}

#[test]
fn many_gifts_to_one_pot_take_one_place() {
	run(|| {
		QueueShare::set(Permill::from_parts(1));
		for _ in 0..CROWD {
			assert_eq!(credit(d(1), 2 * M), Ok(()));
		}
		assert_eq!(credit(d(0), 10 * M), Ok(()));
		next_block();
		next_block();
		assert_eq!(balance(2), RICH + 10 * M);
	});
}

#[test]
fn who_renews_its_places_does_not_get_ahead() {
	run(|| {
		QueueShare::set(Permill::from_parts(1));
		for number in 0..20 {
			tell(d(100 + number), 5, &[]);
			assert_eq!(credit(d(100 + number), 2 * M), Ok(()));
		}
		assert_eq!(credit(d(0), 10 * M), Ok(()));
		for block in 0..21 {
			assert_eq!(balance(2), RICH, "block {block}");
			next_block();
			for number in 0..20 {
				assert_eq!(credit(d(100 + number), 2 * M), Ok(()));
			}
		}
		assert_eq!(balance(2), RICH + 10 * M, "after one round");
	});
}

#[test]
fn nobody_needs_the_queue() {
	run(|| {
		QueueShare::set(Permill::from_parts(1));
		for number in 0..CROWD {
			tell(d(100 + number), 5, &[]);
			assert_eq!(credit(d(100 + number), 10 * M), Ok(()));
		}
		assert_eq!(credit(d(0), 10 * M), Ok(()));
		assert_ok!(distribute(d(0)));
		assert_eq!(balance(2), RICH + 10 * M);
	});
}

#[test]
fn an_owner_that_cannot_be_paid_holds_up_nobody() {
	run(|| {
		tell(v(0), NOBODY, &[(d(0), 500_000)]);
		assert_eq!(credit(v(0), 8 * M), Ok(()));
		assert_eq!(credit(d(1), 8 * M), Ok(()));
		// Positive control: this is what the payment alone would do.
		assert!(<Balances as MutateHold<_>>::transfer_on_hold(
			&crate::HoldReason::Pots.into(),
			&Rewards::account(),
			&NOBODY,
			4 * M,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
		.is_err());
		next_block();
		assert_eq!((balance(2), balance(3)), (RICH + 4 * M, RICH + 8 * M));
		assert_eq!(Rewards::claimable(NOBODY), 4 * M);
	});
}

#[test]
fn frozen_and_broken_pots_hold_up_nobody() {
	run(|| {
		tell(v(5), 5, &[(v(5), 1)]);
		assert_eq!(credit(v(1), 8 * M), Ok(()));
		assert_eq!(credit(v(5), 8 * M), Ok(()));
		assert_eq!(credit(d(1), 8 * M), Ok(()));
		freeze(v(1), true);
		// Positive control: whoever insists gets no further.
		assert!(distribute(v(1)).is_err() && distribute(v(5)).is_err());
		next_block();
		assert_eq!(balance(3), RICH + 8 * M);
		assert_eq!((held(v(1)), held(v(5))), (8 * M, 8 * M));
	});
}
