// SPDX-License-Identifier: Apache-2.0

//! From what honest answers showed to what answers may show.

use crate::verify::{Limits, Measure, Report};

/// Answers of one worker that are looked at together.
pub const POOL: usize = 16;

/// For the profile.
pub const TEXT: &str = "each limit is half as much again as the largest number of the honest answers to every second input, \
	and a grain: 0.02 of the numbers of a group or an answer that are not near, 0.1 steps of a mean, 1 step of a median, \
	0.002 of a logit, 0.02 of the tokens; rounded up to 0.0001; the same for 16 answers of one prover together";

/// What is allowed although it was not seen: without it a number that was always 0 could never be anything else.
fn grain(measure: Measure) -> f64 {
	match measure {
		Measure::GroupStray | Measure::Stray | Measure::Others => 0.02,
		Measure::GroupMean | Measure::Mean => 0.1,
		Measure::GroupMedian => 1.0,
		Measure::Change => 0.002,
	}
}

/// Of honest answers.
pub fn limits<'a>(honest: impl Iterator<Item = &'a Report> + Clone) -> Limits {
	Measure::ALL.into_iter().fold(Limits::default(), |limits, measure| {
		let largest = honest
			.clone()
			.map(|report| report.measured(measure))
			.fold(0.0, f64::max);
		limits.with(measure, up(largest * 1.5 + grain(measure)))
	})
}

/// To four digits.
pub fn up(number: f64) -> f64 {
	(number * 10_000.0).ceil() / 10_000.0
}

/// The largest rate with which so few of so many would still come with a probability of 5 in 100 (Clopper and Pearson).
pub fn rate_at_most(found: usize, of: usize) -> f64 {
	if found >= of {
		return 1.0;
	}
	let (mut low, mut high) = (0.0, 1.0);
	for _ in 0..50 {
		let middle = f64::midpoint(low, high);
		match no_more(found, of, middle) > 0.05 {
			true => low = middle,
			false => high = middle,
		}
	}
	high
}

/// How likely so many or fewer are at a rate.
fn no_more(found: usize, of: usize, rate: f64) -> f64 {
	let mut log = of as f64 * (1.0 - rate).ln();
	let mut sum = log.exp();
	for count in 1..=found {
		log += ((of + 1 - count) as f64 / count as f64).ln() + rate.ln() - (1.0 - rate).ln();
		sum += log.exp();
	}
	sum
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_bound_of_a_rate_is_the_known_one() {
		for (found, of, rate) in [(0, 100, 0.029_51), (1, 100, 0.046_56), (5, 50, 0.198_83), (3, 3, 1.0)] {
			assert!((rate_at_most(found, of) - rate).abs() < 1e-4, "{found} of {of}");
		}
	}
}
