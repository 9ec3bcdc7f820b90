// SPDX-License-Identifier: Apache-2.0

//! It does not matter how often a pot is divided, nor who decides when.

use super::*;
use crate::division::{divide, owners_part};
use atelier_primitives::pots::{Pot, Share};
use proptest::prelude::*;
use sp_runtime::Permill;

/// What the owner and each share get of an amount.
type Rule = fn(&[Share], Balance) -> Vec<Balance>;

const POT: Pot = Pot::Version(atelier_primitives::ids::VersionId(1_000));

fn by_millions(shares: &[Share], held: Balance) -> Vec<Balance> {
	let division = divide(POT, shares, held).unwrap();
	let of = |pot: Pot| {
		let passed = division.passed.iter().find(|passed| passed.pot == pot);
		passed.map_or(0, |passed| passed.amount)
	};
	std::iter::once(division.earned)
		.chain(shares.iter().map(|share| of(share.pot)))
		.collect()
}

/// The rule that comes to mind first: all that there is, each part rounded down.
fn rounding_down(shares: &[Share], held: Balance) -> Vec<Balance> {
	let owner = Permill::from_parts(owners_part(POT, shares).unwrap());
	std::iter::once(owner)
		.chain(shares.iter().map(|share| share.part))
		.map(|part| part.mul_floor(held))
		.collect()
}

/// What everybody has after these payments, each followed by so many divisions, and one at the end; and what is left.
fn play(rule: Rule, shares: &[Share], payments: &[(Balance, u8)]) -> (Vec<Balance>, Balance) {
	let mut held = 0;
	let mut got = vec![0; shares.len() + 1];
	let mut divide_all = |held: &mut Balance| {
		for (got, now) in got.iter_mut().zip(rule(shares, *held)) {
			*got += now;
			*held -= now;
		}
	};
	for (amount, times) in payments {
		held += amount;
		for _ in 0..*times {
			divide_all(&mut held);
		}
	}
	divide_all(&mut held);
	(got, held)
}

fn shares(parts: &[u32]) -> Vec<Share> {
	let share = |(number, parts): (usize, &u32)| Share {
		pot: v(number as u32),
		part: Permill::from_parts(*parts),
	};
	parts.iter().enumerate().map(share).collect()
}

fn two_fifths() -> Vec<Share> {
	shares(&[400_000])
}

#[test]
fn dividing_at_every_unit_starves_nobody() {
	let often: Vec<_> = vec![(1, 1); 1_000_000];
	let once = [(1_000_000, 0)];
	let fair = vec![600_000, 400_000];
	assert_eq!(play(by_millions, &two_fifths(), &often), (fair.clone(), 0));
	assert_eq!(play(by_millions, &two_fifths(), &once), (fair, 0));
}

/// The positive control: the same attack by the rule that comes to mind first.
#[test]
fn rounding_down_would_starve_shares() {
	let often: Vec<_> = vec![(1, 1); 1_000_000];
	let (got, _) = play(rounding_down, &two_fifths(), &often);
	assert!(got[0] > 999_000, "the owner takes what is not its own: {got:?}");
	assert!(got[1] < 10, "{got:?}");
	let (got, _) = play(rounding_down, &two_fifths(), &[(1_000_000, 0)]);
	assert_eq!(got, vec![600_000, 400_000], "dividing once is fair");
}

fn parts() -> impl Strategy<Value = Vec<u32>> {
	prop::collection::vec(0..=17_857u32, 0..=56)
}

fn payments() -> impl Strategy<Value = Vec<(Balance, u8)>> {
	let amount = prop_oneof![1..10u128, 1..3 * M, 1..1_000_000 * M];
	prop::collection::vec((amount, 0..3u8), 1..40)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(500)))]

	/// Exactly, not nearly: everybody has its part of all whole millions that came, whatever the order.
	#[test]
	fn everybody_gets_its_part_whatever_the_order(parts in parts(), payments in payments(), other in payments()) {
		let shares = shares(&parts);
		let sum: Balance = payments.iter().map(|(amount, _)| amount).sum();
		let (got, left) = play(by_millions, &shares, &payments);
		let millions = sum / M;
		prop_assert_eq!(left, sum % M);
		prop_assert_eq!(got[0], millions * (M - parts.iter().map(|part| Balance::from(*part)).sum::<Balance>()));
		for (got, part) in got[1..].iter().zip(&parts) {
			prop_assert_eq!(*got, millions * Balance::from(*part));
		}
		// The same sum in other pieces, divided at other times.
		let mut rest = sum;
		let mut pieces = Vec::new();
		for (amount, times) in other {
			let piece = amount.min(rest);
			rest -= piece;
			pieces.push((piece, times));
		}
		pieces.push((rest, 0));
		prop_assert_eq!(play(by_millions, &shares, &pieces), (got, left));
	}

	#[test]
	fn a_division_is_of_all_but_less_than_a_million(parts in parts(), held in 0..Balance::MAX) {
		let division = divide(POT, &shares(&parts), held).unwrap();
		prop_assert!(held - division.divided < M);
		let passed: Balance = division.passed.iter().map(|passed| passed.amount).sum();
		prop_assert_eq!(division.divided, division.earned + passed);
	}
}

/// The whole pallet, in two orders: who has pots divided at every chance, and who waits.
fn pay_all(payments: &[(u32, Balance)], eager: bool) -> Vec<Balance> {
	let mut result = Vec::new();
	run(|| {
		QueueShare::set(Permill::zero());
		tell(v(2), 5, &[(v(1), 123_457), (v(0), 76_543), (d(1), 1)]);
		let pots = [v(2), v(1), v(0), d(0), d(1)];
		for (number, amount) in payments {
			assert_eq!(credit(v(*number), *amount), Ok(()));
			if eager {
				for pot in pots {
					let _may_hold_too_little = distribute(pot);
				}
			}
		}
		for pot in pots {
			let _may_hold_too_little = distribute(pot);
		}
		result.extend((1..=5).map(balance));
		result.extend(pots.map(held));
	});
	result
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(60)))]
	#[test]
	fn who_is_eager_gains_nothing(payments in prop::collection::vec((0..3u32, 1..3 * M), 1..30)) {
		prop_assert_eq!(pay_all(&payments, true), pay_all(&payments, false));
	}
}
