// SPDX-License-Identifier: Apache-2.0

//! How many random cases a test goes through, and random numbers that are likelier at their limits than elsewhere.

use atelier_referee::samples::Random;

/// Cases of one of so many tests that share them. `ATELIER_OPERATOR_CASES` are the cases of all of these together.
pub fn cases(tests: u64) -> u64 {
	let all = std::env::var("ATELIER_OPERATOR_CASES").map_or(100_000, |number| {
		number.parse().expect("ATELIER_OPERATOR_CASES is a number")
	});
	(all / tests).max(1)
}

/// A number of `low..=high`: at a limit, near a power of two, of a random size, or any.
pub fn edgy(random: &mut Random, low: i64, high: i64) -> i64 {
	let sign = random.pick([-1, 1]);
	let number = match random.between(0, 7) {
		0 => low,
		1 => high,
		2 => random.between(-1, 1),
		3 | 4 => sign * (1 << random.between(0, 62)) + random.between(-1, 1),
		5 | 6 => sign * (random.bits() >> random.between(1, 63)) as i64,
		_ => return random.between(low, high),
	};
	if (low..=high).contains(&number) {
		number
	} else {
		random.between(low, high)
	}
}

/// `low`, `high`, 0, and the neighbours of all powers of two between them.
pub fn edges(low: i64, high: i64) -> Vec<i64> {
	let powers = (0..63).map(|power| 1_i64 << power);
	let mut all: Vec<_> = powers
		.flat_map(|power| [power - 1, power, power + 1])
		.flat_map(|number| [number, -number])
		.chain([low, high, low.saturating_add(1), high.saturating_sub(1)])
		.filter(|number| (low..=high).contains(number))
		.collect();
	all.sort_unstable();
	all.dedup();
	all
}
