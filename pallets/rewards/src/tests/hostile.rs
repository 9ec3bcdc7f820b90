// SPDX-License-Identifier: Apache-2.0

//! Registries that lie: money is conserved, the queue ends and nothing panics.

use super::*;
use atelier_primitives::pots::Pot;
use proptest::prelude::*;

/// Each version gives half to the one before, 256 deep.
fn chain(part: u32) {
	tell(v(0), 1, &[]);
	for number in 1..=256 {
		tell(v(number), 1 + u64::from(number % 9), &[(v(number - 1), part)]);
	}
}

#[test]
fn the_deepest_lineage_is_paid_to_its_end() {
	run(|| {
		chain(500_000);
		let amount = M << 40;
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), 10, amount + RICH));
		assert_eq!(credit(v(256), amount), Ok(()));
		settle();
		let divided = events()
			.iter()
			.filter(|event| matches!(event, Event::Distributed { .. }))
			.count();
		// Shares halve it: after 40 levels less than the minimum goes on, and waits there.
		assert_eq!(divided, 40);
		assert_eq!(held(v(256 - 40)), M);
		// What was made for the test.
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), 10, RICH));
		let paid: Balance = (1..=9).map(|who| balance(who) - RICH).sum();
		assert_eq!(paid + on_hold(), amount);
		for who in 1..=9 {
			assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), who, RICH));
		}
		let rest = on_hold();
		assert_eq!(Balances::total_issuance(), 10 * RICH + ED + rest);
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), 10, RICH - rest));
	});
}

#[test]
fn all_of_it_goes_to_the_end_of_the_deepest_lineage() {
	run(|| {
		chain(1_000_000);
		assert_eq!(credit(v(256), 7 * M), Ok(()));
		settle();
		assert_eq!(balance(1), RICH + 7 * M);
	});
}

#[test]
fn money_cannot_go_in_circles() {
	run(|| {
		tell(v(5), 1, &[(v(6), 1_000_000)]);
		tell(v(6), 1, &[(v(5), 1_000_000)]);
		tell(d(5), 1, &[(v(5), 1_000_000)]);
		tell(v(7), 1, &[(d(5), 1_000_000)]);
		for pot in [v(5), v(6), v(7)] {
			assert_eq!(credit(pot, 9 * M), Ok(()));
		}
		settle();
		assert_eq!(on_hold(), 27 * M);
	});
}

type Told = (Pot, AccountId, Vec<(Pot, u32)>);

/// Any pots, also unknown ones; any parts, also above the whole; any number of shares.
fn world() -> impl Strategy<Value = Vec<Told>> {
	let pot = prop_oneof![(0..6u32).prop_map(v), (0..4u32).prop_map(d)];
	let part = prop_oneof![Just(0), 0..500_000u32, Just(500_000), Just(1_000_000)];
	let shares = prop_oneof![
		4 => prop::collection::vec((pot.clone(), part.clone()), 0..4),
		1 => prop::collection::vec((pot.clone(), 0..30_000u32), 40..70),
	];
	let owner = prop_oneof![4 => 1..=10u64, 1 => Just(NOBODY)];
	prop::collection::vec((pot, owner, shares), 1..10)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(150)))]
	#[test]
	fn whatever_they_say(worlds in prop::collection::vec(world(), 1..4), credits in prop::collection::vec((0..6u32, 1..50 * M), 1..12)) {
		run(|| {
			for world in worlds {
				World::mutate(|known| known.clear());
				for (pot, owner, shares) in world {
					tell(pot, owner, &shares);
				}
				for (number, amount) in &credits {
					let pot = if number % 2 == 0 { v(*number) } else { d(*number) };
					let _may_be_unknown = credit(pot, *amount);
					let _may_be_refused = distribute(pot);
				}
				settle();
				Rewards::do_try_state().unwrap();
			}
		});
	}
}
