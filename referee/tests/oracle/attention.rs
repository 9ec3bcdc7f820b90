// SPDX-License-Identifier: Apache-2.0

//! Rotary positions, scores, weights, and what heads give.

use super::{
	cases::{cases, edges, edgy},
	definitions,
	exact::big,
};
use atelier_referee::{
	ops::{
		attention::{Head, WeightedSum, weight},
		rotary::Angle,
	},
	samples::Random,
};

const TESTS: u64 = 4;

/// The widest head.
const WIDEST: usize = 256;

/// The most positions.
const POSITIONS: usize = 131_072;

fn activation(random: &mut Random) -> i16 {
	edgy(random, -32_768, 32_767) as i16
}

#[test]
fn pairs_are_turned() {
	let check = |[first, second]: [i32; 2], cosine: i16, sine: i16, shift: u8| {
		let angle = Angle { cosine, sine };
		assert_eq!(
			[angle.first(first, second, shift), angle.second(first, second, shift)],
			definitions::turned([first, second], cosine, sine, shift),
			"({first}, {second}) by ({cosine}, {sine}), shift {shift}"
		);
		assert_eq!(Angle::read(angle.write()), angle);
	};
	let numbers = [i32::MIN, i32::MIN + 1, -65_536, -1, 0, 1, 32_639, 1 << 30, i32::MAX];
	let factors = [i16::MIN, -32_767, -1, 0, 1, 16_384, i16::MAX];
	for pair in numbers
		.into_iter()
		.flat_map(|first| numbers.map(|second| [first, second]))
	{
		for (cosine, sine) in factors
			.into_iter()
			.flat_map(|cosine| factors.map(|sine| (cosine, sine)))
		{
			for shift in [0, 1, 14, 16, 17, 31, 33, 48, 49, 240, 255] {
				check(pair, cosine, sine, shift);
			}
		}
	}
	let mut random = Random(21);
	for _ in 0..cases(TESTS) {
		let pair = [(); 2].map(|()| edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32);
		let [cosine, sine] = [(); 2].map(|()| activation(&mut random));
		let shift = if random.one_in(4) {
			random.between(0, 255)
		} else {
			random.between(0, 18)
		};
		check(pair, cosine, sine, shift as u8);
	}
}

fn check_score(query: &[i16], key: &[i16], mantissa: u16, shift: u8) {
	let head = Head {
		score_mantissa: mantissa,
		score_shift: shift,
		..Head::default()
	};
	assert_eq!(
		head.score(query, key),
		definitions::score(query, key, mantissa, shift),
		"{query:?} {key:?} {mantissa} {shift}"
	);
}

#[test]
fn keys_are_scored() {
	let extremes = [i16::MIN, -32_639, -1, 0, 1, 32_639, i16::MAX];
	for (query, key) in extremes.into_iter().flat_map(|query| extremes.map(|key| (query, key))) {
		for mantissa in [0, 1, 16_384, 32_767] {
			for shift in 0..=255 {
				check_score(&[query; WIDEST], &[key; WIDEST], mantissa, shift);
			}
		}
	}
	let mut random = Random(22);
	for _ in 0..cases(TESTS) {
		let most = if random.one_in(20) { WIDEST as i64 } else { 8 };
		let width = random.between(1, most);
		let query: Vec<_> = (0..width).map(|_| activation(&mut random)).collect();
		let key: Vec<_> = (0..width).map(|_| activation(&mut random)).collect();
		let shift = if random.one_in(4) {
			random.between(0, 255)
		} else {
			random.between(0, 40)
		};
		check_score(&query, &key, edgy(&mut random, 0, 32_767) as u16, shift as u8);
	}
}

#[test]
fn keys_are_weighed() {
	let check = |largest: i32, score: i32| {
		let expected = definitions::exp2(&(big(largest) - score));
		assert_eq!(weight(largest, score), expected, "{largest} {score}");
	};
	let all = edges(i32::MIN.into(), i32::MAX.into());
	for largest in &all {
		for score in &all {
			// A score above the largest weighs as much as the largest.
			check(*largest as i32, *score as i32);
		}
	}
	let mut random = Random(23);
	for _ in 0..cases(TESTS) {
		let largest = edgy(&mut random, i32::MIN.into(), i32::MAX.into());
		let below = if random.one_in(3) {
			edgy(&mut random, 0, 1 << 32)
		} else {
			random.between(0, 18 << 16)
		};
		check(largest as i32, (largest - below).max(i32::MIN.into()) as i32);
	}
}

/// Sums in order, and in parts, against the definition.
fn check_mixed(weighted: &[(u16, i16)], part: usize, value_shift: u8) {
	let sum_of = |weighted: &[(u16, i16)]| {
		let mut sum = WeightedSum::default();
		weighted.iter().for_each(|(weight, value)| sum.add(*weight, *value));
		sum
	};
	let sum = sum_of(weighted);
	let mut joined = WeightedSum::default();
	weighted.chunks(part).for_each(|part| joined.join(sum_of(part)));
	assert_eq!(sum, joined);
	let head = Head {
		value_shift,
		..Head::default()
	};
	let some = &weighted[..weighted.len().min(40)];
	assert_eq!(
		head.output(sum),
		definitions::mixed(weighted, value_shift),
		"{} of {some:?}, shift {value_shift}",
		weighted.len()
	);
}

#[test]
fn values_are_mixed_by_their_weights() {
	let values = [i16::MIN, -32_639, -1, 0, 1, 32_639, i16::MAX];
	for value in values {
		for shift in 0..=255 {
			check_mixed(&[(32_767, value)], 1, shift);
			check_mixed(&[(32_767, value), (32_767, 1)], 1, shift);
			check_mixed(
				&[(32_767, value), (1, -value.saturating_add(1)), (0, i16::MAX)],
				2,
				shift,
			);
		}
	}
	let mut random = Random(24);
	for _ in 0..cases(TESTS) {
		let most = if random.one_in(100) { 2_000 } else { 6 };
		let count = random.between(1, most);
		let mut weighted: Vec<_> = (0..count)
			.map(|_| (edgy(&mut random, 0, 32_767) as u16, activation(&mut random)))
			.collect();
		// The likeliest key has all of its weight.
		weighted[0].0 = 32_767;
		let shift = if random.one_in(4) {
			random.between(0, 255)
		} else {
			random.between(0, 17)
		};
		check_mixed(&weighted, random.between(1, 20) as usize, shift as u8);
	}
}

#[test]
fn the_longest_contexts_with_all_values_at_their_limits_are_exact() {
	for value in [i16::MIN, -32_639, -1, 0, 1, 32_639, i16::MAX] {
		for weight in [0, 1, 16_384, 32_767] {
			let mut weighted = vec![(weight, value); POSITIONS];
			weighted[POSITIONS - 1] = (32_767, -value.saturating_add(1));
			for shift in [0, 16, 17, 31] {
				check_mixed(&weighted, 16, shift);
			}
		}
	}
}
