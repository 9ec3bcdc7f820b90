// SPDX-License-Identifier: Apache-2.0

//! Draws of workers: only those that can take the job, by their bonds and what is known of them, the same by the same seed.

use super::*;
use crate::{
	checks::{without, Check},
	drawing::{Numbers, LOOKS},
};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::{
		workers::{Accused as _, Fault, Outcome, Workers as _},
		Tier,
	},
};
use frame_support::traits::fungible::Inspect;
use std::collections::BTreeMap;

fn seed(number: u32) -> [u8; 32] {
	let mut seed = [0; 32];
	seed[..4].copy_from_slice(&number.to_le_bytes());
	seed
}

fn draw(number: u32) -> Option<WorkerId> {
	Workers::draw(V, Tier::Exact, 10, 100, &seed(number))
}

/// Who is drawn how often.
fn draws(count: u32) -> BTreeMap<WorkerId, u32> {
	let mut drawn = BTreeMap::new();
	for number in 0..count {
		if let Some(worker) = draw(number) {
			*drawn.entry(worker).or_default() += 1;
		}
	}
	drawn
}

#[test]
fn nobody_is_drawn_where_nobody_offers() {
	execute(|| {
		assert_eq!(draw(0), None);
		assert_eq!(Workers::draw(VersionId(99), Tier::Float, 10, 0, &seed(0)), None);
		let id = offering(1, 5);
		assert_eq!(draw(0), Some(id));
	});
}

#[test]
fn the_same_seed_draws_the_same() {
	execute(|| {
		for who in 1..=20 {
			offering(who, 5);
		}
		for number in 0..50 {
			assert_eq!(draw(number), draw(number));
		}
		assert_eq!(draws(2_000).len(), 20);
	});
}

#[test]
fn only_those_that_can_take_it_are_drawn() {
	execute(|| {
		let fit = offering(1, 10);
		offering(2, 11);
		let full = offering(3, 5);
		let convicted = offering(4, 5);
		offering(5, 5);
		let busy = offering(6, 5);
		let poor = offering(7, 5);
		assert_eq!(Workers::engage(full, Workers::cover(full) - 99), Ok(()));
		Workers::convict(convicted, Fault::Wrong, None);
		assert_ok!(Workers::unbond(signed(5), BOND));
		assert_eq!(Workers::occupy(busy, V), Ok(()));
		assert_eq!(Workers::occupy(busy, V), Ok(()));
		Workers::fine(poor, BOND - LEAST + 1);
		offering(8, 5);
		skip(LIVENESS + 1);
		for who in 1..=7 {
			beat(who);
		}
		for number in 0..300 {
			assert_eq!(draw(number), Some(fit));
		}
		Hosts::set(2);
		assert_eq!(draw(0), None);
		assert_eq!(Workers::draw(V, Tier::Float, 10, 100, &seed(0)), Some(fit));
		Workers::discharge(full, Workers::cover(full) - 99);
	});
}

#[test]
fn control_without_a_look_at_room_the_full_are_drawn() {
	new_test_ext().execute_with(|| {
		let full = offering(1, 5);
		assert_eq!(Workers::occupy(full, V), Ok(()));
		assert_eq!(Workers::occupy(full, V), Ok(()));
		assert_eq!(draw(0), None);
		without(Check::Room, || assert_eq!(draw(0), Some(full)));
	});
}

#[test]
fn no_place_is_looked_at_twice_and_each_is_as_likely() {
	let mut counts = [0_u32; 40];
	for number in 0..4_000 {
		let seed = seed(number);
		let places = Numbers::of(&seed).distinct(40, 10);
		let different: std::collections::BTreeSet<_> = places.iter().copied().collect();
		assert_eq!((places.len(), different.len()), (10, 10));
		places.iter().for_each(|place| counts[*place as usize] += 1);
	}
	// 1,000 each, with a deviation of 27.
	assert!(counts.iter().all(|count| (870..=1_130).contains(count)), "{counts:?}");
	for count in [0, 1, 2, 31, 32] {
		let mut all = Numbers::of(&[1; 32]).distinct(count, 32);
		all.sort();
		assert!(all.into_iter().eq(0..count));
	}
	assert_eq!(Numbers::of(&[1; 32]).distinct(u32::MAX, LOOKS).len(), 32);
}

#[test]
fn chances_are_as_bonds() {
	execute(|| {
		let small = offering(1, 5);
		let large = offering(2, 5);
		assert_ok!(Workers::bond_more(signed(2), 2 * BOND));
		let drawn = draws(4_000);
		// Three times as much: 3,000 of 4,000, with a deviation of 27.
		assert!((2_850..=3_150).contains(&drawn[&large]), "{drawn:?}");
		assert_eq!(drawn[&small] + drawn[&large], 4_000);
	});
}

#[test]
fn chances_are_as_what_is_known() {
	execute(|| {
		let newcomer = offering(1, 5);
		let known = offering(2, 5);
		Workers::note(known, Outcome::Paid { treasury: 500 });
		let drawn = draws(3_000);
		// Twice as much: 2,000 of 3,000, with a deviation of 26.
		assert!((1_860..=2_140).contains(&drawn[&known]), "{drawn:?}");
		assert!(drawn.contains_key(&newcomer));
	});
}

#[test]
fn many_bad_offers_hide_nobody_for_long() {
	execute(|| {
		for who in 1..=10 {
			offering(who, 5);
		}
		for who in 11..=20 {
			offering(who, 11);
		}
		// All twenty are within the looks.
		const { assert!(LOOKS > 20) };
		assert_eq!(draws(500).values().sum::<u32>(), 500);
		assert_eq!(draws(500).len(), 10);
	});
}

#[test]
fn among_many_all_have_the_same_chance_wherever_they_stand() {
	execute(|| {
		for who in 100..160 {
			Balances::force_set_balance(RuntimeOrigin::root(), who, 50_000).unwrap();
			offering(who, 5);
		}
		let drawn = draws(6_000);
		assert_eq!(drawn.len(), 60);
		// 100 each, with a deviation of 10.
		assert!(drawn.values().all(|count| (50..=150).contains(count)), "{drawn:?}");
		let supply = (100..160)
			.map(|who| <Balances as Inspect<_>>::total_balance(&who))
			.sum::<Balance>();
		assert_eq!(supply, 60 * 50_000);
		for who in 100..160 {
			skip(UNBONDING);
			Workers::remove_offer(signed(who), V).unwrap();
			Workers::unbond(signed(who), BOND).unwrap();
		}
		skip(UNBONDING);
		for who in 100..160 {
			Workers::withdraw_unbonded(signed(who)).unwrap();
			Workers::leave(signed(who)).unwrap();
			Balances::force_set_balance(RuntimeOrigin::root(), who, 0).unwrap();
		}
	});
}
