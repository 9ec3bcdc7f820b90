// SPDX-License-Identifier: Apache-2.0

//! Norms, gains, and the length of an embedding.

use super::{
	cases::{cases, edges, edgy},
	definitions,
	exact::big,
};
use atelier_referee::{
	ops::norm::{Gain, Length, Norm, Statistics},
	samples::Random,
};

const TESTS: u64 = 3;

/// The widest vector.
const WIDEST: usize = 16_384;

/// Epsilon at its limits and around each power of two.
fn epsilons() -> Vec<u32> {
	edges(1, u32::MAX.into())
		.into_iter()
		.map(|epsilon| epsilon as u32)
		.collect()
}

/// Statistics, and the normalised numbers and gains of some of the numbers.
fn check(norm: Norm, numbers: &[i32], fraction: u8, epsilon: u32, normalised: impl Iterator<Item = i32>) {
	let statistics = Statistics::of(norm, numbers, fraction, epsilon);
	let expected = definitions::Statistics::of(norm == Norm::Layer, numbers, fraction, epsilon);
	let found = definitions::Statistics {
		mean: big(statistics.mean),
		bits: statistics.bits.into(),
		inverse: big(statistics.inverse),
	};
	let described = || {
		let some = &numbers[..numbers.len().min(64)];
		format!(
			"{norm:?} of {} numbers {some:?}, fraction {fraction}, epsilon {epsilon}",
			numbers.len()
		)
	};
	assert_eq!(found, expected, "{}", described());
	assert_eq!(Statistics::read(statistics.write()), statistics);
	for number in normalised {
		let normal = statistics.normal(number);
		assert_eq!(big(normal), expected.normal(number), "{number} in {}", described());
		for gain in [i32::MIN, -1, 0, 1, 65_536, i32::MAX] {
			check_gain(normal, Gain { gain, bias: !gain }, fraction);
		}
	}
}

fn check_gain(normal: i64, gain: Gain, to: u8) {
	let expected = definitions::gained(&big(normal), gain.gain, gain.bias, to);
	assert_eq!(gain.apply(normal, to), expected, "{normal} {gain:?} to {to}");
}

/// Vectors of which most numbers are one and the others another.
fn two_valued(length: usize) -> impl Iterator<Item = Vec<i32>> {
	let values = [
		i32::MIN,
		i32::MIN + 1,
		-(1 << 30),
		-8_388_609,
		-1,
		0,
		1,
		8_388_608,
		16_777_215,
		1 << 30,
		i32::MAX,
	];
	let pairs = values.into_iter().flat_map(move |one| values.map(|other| (one, other)));
	pairs.flat_map(move |(one, other)| {
		[1, length / 2, length - 1].map(|ones| {
			let mut numbers = vec![one; ones];
			numbers.resize(length, other);
			numbers
		})
	})
}

#[test]
fn the_widest_vectors_with_all_numbers_at_their_limits_are_exact() {
	let settings = [(4, 1), (4, u32::MAX), (24, 1), (24, u32::MAX), (16, 1_100_000)];
	// All of them only where there is time; 4 is coprime to the cycles of values and settings.
	let step = if cases(1) > 100_000 { 1 } else { 4 };
	for (numbers, setting) in two_valued(WIDEST).step_by(step).zip(settings.into_iter().cycle()) {
		for norm in [Norm::Rms, Norm::Layer] {
			let (fraction, epsilon) = setting;
			let ends = [numbers[0], numbers[WIDEST - 1]].into_iter();
			check(norm, &numbers, fraction, epsilon, ends);
		}
	}
}

#[test]
fn short_vectors_at_their_limits_are_exact_with_every_epsilon_and_fraction() {
	let epsilons = epsilons();
	for (turn, numbers) in two_valued(3).chain(two_valued(1)).enumerate() {
		for fraction in 4..=24 {
			let epsilon = epsilons[(turn * 21 + usize::from(fraction)) % epsilons.len()];
			for norm in [Norm::Rms, Norm::Layer] {
				check(norm, &numbers, fraction, epsilon, numbers.iter().copied());
			}
		}
	}
	for fraction in 4..=24 {
		for epsilon in &epsilons {
			let check = |numbers: [i32; 2]| {
				check(Norm::Rms, &numbers, fraction, *epsilon, numbers.into_iter());
				check(Norm::Layer, &numbers, fraction, *epsilon, numbers.into_iter());
			};
			[[0, 0], [1, -1], [1, 0], [i32::MAX, i32::MIN]]
				.into_iter()
				.for_each(check);
			// As many bits as epsilon needs, and one more: the largest variance that there is, and where epsilon vanishes.
			let least = (0..).find(|bits| u128::from(*epsilon) << (2 * fraction) < 1 << (2 * bits + 40));
			let full = (1 << least.expect("at most 20 bits")) - 1;
			[[full, full], [full, -full], [full, 0], [full + 1, -1]]
				.into_iter()
				.for_each(check);
		}
	}
}

fn any_numbers(random: &mut Random) -> Vec<i32> {
	let most = edgy(random, 0, i32::MAX.into());
	let length = if random.one_in(500) {
		random.between(1, WIDEST as i64)
	} else {
		random.between(1, 12)
	};
	let outlier = random.one_in(3);
	let mut numbers: Vec<_> = (0..length).map(|_| edgy(random, -most - 1, most) as i32).collect();
	if outlier {
		numbers[0] = edgy(random, i32::MIN.into(), i32::MAX.into()) as i32;
	}
	numbers
}

#[test]
fn vectors_are_normalised() {
	let mut random = Random(11);
	for _ in 0..cases(TESTS) / 4 {
		let numbers = any_numbers(&mut random);
		let norm = random.pick([Norm::Rms, Norm::Layer]);
		let fraction = edgy(&mut random, 4, 24) as u8;
		let epsilon = edgy(&mut random, 1, u32::MAX.into()) as u32;
		check(norm, &numbers, fraction, epsilon, numbers.iter().copied().take(3));
	}
}

#[test]
fn gains_are_applied() {
	// The largest normalised number is 2^28: 2^62 by 2^34.
	const LARGEST: i64 = 1 << 28;
	for normal in edges(-LARGEST, LARGEST) {
		for gain in edges(i32::MIN.into(), i32::MAX.into()) {
			let gain = gain as i32;
			for to in [4, 16, 24] {
				check_gain(normal, Gain { gain, bias: gain }, to);
			}
		}
	}
	let mut random = Random(12);
	for _ in 0..cases(TESTS) {
		let normal = edgy(&mut random, -LARGEST, LARGEST);
		let [gain, bias] = [(); 2].map(|()| edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32);
		check_gain(normal, Gain { gain, bias }, random.between(4, 24) as u8);
	}
	assert_eq!((Gain::NONE.gain, Gain::NONE.bias), (1 << 16, 0));
}

#[test]
fn embeddings_are_brought_to_length_one() {
	let check = |numbers: &[i32]| {
		let length = Length::of(numbers);
		let found: Vec<_> = numbers.iter().map(|number| length.unit(*number)).collect();
		let some = &numbers[..numbers.len().min(64)];
		assert_eq!(found, definitions::unit(numbers), "{} numbers {some:?}", numbers.len());
	};
	for length in [1, 2, 3, 256] {
		two_valued(length).for_each(|numbers| check(&numbers));
	}
	two_valued(WIDEST).step_by(7).for_each(|numbers| check(&numbers));
	for number in edges(i32::MIN.into(), i32::MAX.into()) {
		check(&[number as i32]);
		check(&[number as i32, 1, -1]);
	}
	let mut random = Random(13);
	for _ in 0..cases(TESTS) / 8 {
		check(&any_numbers(&mut random));
	}
}
