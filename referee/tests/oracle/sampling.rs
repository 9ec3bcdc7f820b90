// SPDX-License-Identifier: Apache-2.0

//! The choice of a token.

use super::{
	cases::{cases, edges, edgy},
	definitions,
	exact::{big, floor, times_two_to},
	race,
};
use atelier_referee::{
	ops::sampling::{Race, Sampler, heat, lead, part, philox, random, weight},
	samples::Random,
};

const TESTS: u64 = 4;

#[test]
fn philox_gives_the_published_answers() {
	// Random123, tests/kat_vectors: philox4x32 10.
	const PUBLISHED: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
		([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
		(
			[u32::MAX; 4],
			[u32::MAX; 2],
			[0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
		),
		(
			[0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
			[0xa409_3822, 0x299f_31d0],
			[0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
		),
	];
	for (counter, key, answer) in PUBLISHED {
		assert_eq!(philox(counter, key), answer);
		assert_eq!(race::philox(counter, key), answer);
	}
	let mut source = Random(41);
	for _ in 0..cases(TESTS) {
		let counter = [(); 4].map(|()| source.bits() as u32);
		let key = [(); 2].map(|()| source.bits() as u32);
		assert_eq!(philox(counter, key), race::philox(counter, key));
		let (seed, [position, token, ..]) = (source.bits(), counter);
		assert_eq!(random(seed, position, token), race::random(seed, position, token));
	}
}

#[test]
fn heats_and_weights_are_scaled() {
	let check = |logit: i32, inverse: u32| {
		let expected = times_two_to(&(big(logit) * inverse), -20);
		assert_eq!(big(heat(logit, inverse)), expected, "{logit} {inverse}");
	};
	let logits = edges(i32::MIN.into(), i32::MAX.into());
	for inverse in edges(0, i32::MAX.into()) {
		logits.iter().for_each(|logit| check(*logit as i32, inverse as u32));
	}
	// The coldest and the hottest token that there are.
	const HOTTEST: i64 = 1 << 42;
	for largest in edges(-HOTTEST, HOTTEST) {
		for heat in edges(-HOTTEST, largest) {
			assert_eq!(weight(largest, heat), definitions::exp2(&big(largest - heat)));
		}
	}
	let mut random = Random(42);
	for _ in 0..cases(TESTS) {
		let logit = edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32;
		check(logit, edgy(&mut random, 0, i32::MAX.into()) as u32);
		let (heat, noise) = (edgy(&mut random, -HOTTEST, HOTTEST), random.bits() as u32);
		assert_eq!(big(lead(heat, noise)), big(heat) - definitions::clock(noise));
	}
}

#[test]
fn parts_of_a_weight_are_rounded_up() {
	// The weights of the largest vocabulary.
	const HEAVIEST: i64 = 262_144 * 32_767;
	let check = |sum: i64, mass: u32| {
		let exact = big(sum) * mass.min(65_536);
		// -floor(-x) is x rounded up.
		let expected = (-floor(&-exact, &big(65_536))).max(big(1));
		assert_eq!(big(part(sum, mass)), expected, "{sum} {mass}");
	};
	for sum in edges(0, HEAVIEST) {
		for mass in edges(0, u32::MAX.into()) {
			check(sum, mass as u32);
		}
	}
	let mut random = Random(43);
	for _ in 0..cases(TESTS) {
		check(edgy(&mut random, 0, HEAVIEST), edgy(&mut random, 0, 70_000) as u32);
	}
}

fn any_race(random: &mut Random, tokens: i64) -> Race {
	Race {
		inverse: match random.between(0, 2) {
			0 => 1 << 20,
			1 => random.between(100_000, 20_000_000) as u32,
			_ => edgy(random, 0, i32::MAX.into()) as u32,
		},
		top: match random.between(0, 2) {
			0 => 0,
			1 => random.between(1, tokens) as u32,
			_ => edgy(random, 0, u32::MAX.into()) as u32,
		},
		mass: match random.between(0, 3) {
			0 => 65_536,
			1 => edgy(random, 0, u32::MAX.into()) as u32,
			_ => random.between(0, 65_536) as u32,
		},
		seed: random.bits(),
	}
}

#[test]
fn choices_are_what_sorting_and_counting_gives() {
	let mut random = Random(44);
	for _ in 0..cases(TESTS) / 8 {
		let most = if random.one_in(100) { 300 } else { 12 };
		let tokens = random.between(1, most);
		// Logits near each other, far apart, and many that are equal.
		let spread = random.pick([0, 1, 3, 65_536, 10 << 16, 1 << 30]);
		let extreme = random.one_in(6);
		let logits: Vec<_> = (0..tokens)
			.map(|_| match extreme {
				true => edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32,
				false => random.between(-spread, spread) as i32,
			})
			.collect();
		let sampler = match random.one_in(5) {
			true => Sampler::Greedy,
			false => Sampler::Race(any_race(&mut random, tokens)),
		};
		let position = edgy(&mut random, 0, 131_071) as u32;
		let expected = race::choose(sampler, &logits, position);
		assert_eq!(
			sampler.choose(&logits, position),
			expected,
			"{sampler:?} {logits:?} at {position}"
		);
	}
}

/// Logits of weights, at a temperature at which a unit of heat is a factor of two.
fn logits_of<const N: usize>(weights: [f64; N]) -> [i32; N] {
	weights.map(|weight| (weight.log2() * 65_536.0).round() as i32)
}

const FAIR: Race = Race {
	inverse: 1 << 20,
	top: 0,
	mass: 1 << 16,
	seed: 0,
};

const WEIGHTS: [f64; 5] = [1.0, 8.0, 2.0, 5.0, 2.5];

const RACES: u32 = 200_000;

/// How often each token wins, by turns.
fn wins(choose: impl Fn(u32) -> u32) -> [f64; 5] {
	let mut wins = [0.0; 5];
	(0..RACES).for_each(|turn| wins[choose(turn) as usize] += 1.0);
	wins
}

/// Each token of these wins as often as its weight says, within four standard deviations; no other wins at all.
fn assert_fair(wins: [f64; 5], runners: &[usize]) {
	let sum: f64 = runners.iter().map(|token| WEIGHTS[*token]).sum();
	for (token, won) in wins.into_iter().enumerate() {
		let part = if runners.contains(&token) {
			WEIGHTS[token] / sum
		} else {
			0.0
		};
		let expected = part * f64::from(RACES);
		let deviation = (expected * (1.0 - part)).sqrt();
		assert!(
			(won - expected).abs() <= 4.0 * deviation,
			"{token} won {won} times, not {expected}"
		);
	}
}

fn by_seed(race: Race) -> [f64; 5] {
	let logits = logits_of(WEIGHTS);
	wins(|seed| {
		Sampler::Race(Race {
			seed: seed.into(),
			..race
		})
		.choose(&logits, 7)
		.token
	})
}

#[test]
fn tokens_win_as_often_as_they_weigh_over_seeds() {
	assert_fair(by_seed(FAIR), &[0, 1, 2, 3, 4]);
}

#[test]
fn tokens_win_as_often_as_they_weigh_over_positions() {
	let logits = logits_of(WEIGHTS);
	let race = Sampler::Race(Race { seed: 99, ..FAIR });
	assert_fair(wins(|position| race.choose(&logits, position).token), &[0, 1, 2, 3, 4]);
}

#[test]
fn tokens_win_as_often_as_they_weigh_wherever_they_stand_in_the_vocabulary() {
	// The five are spread over blocks of noise and over the words of these; nothing else has a chance.
	let places = [0_usize, 6, 1_001, 1_003, 2_000];
	let mut logits = vec![-100 << 16; 2_001];
	for (place, logit) in places.into_iter().zip(logits_of(WEIGHTS)) {
		logits[place] = logit;
	}
	// A twentieth of the races: 2,001 tokens each.
	let mut won = [0.0; 5];
	for seed in 0..u64::from(RACES / 20) {
		let token = Sampler::Race(Race { seed, ..FAIR }).choose(&logits, 0).token as usize;
		let winner = places
			.iter()
			.position(|place| *place == token)
			.expect("one of the five");
		won[winner] += 20.0;
	}
	let sum: f64 = WEIGHTS.iter().sum();
	for (won, weight) in won.into_iter().zip(WEIGHTS) {
		let part = weight / sum;
		let expected = part * f64::from(RACES);
		let deviation = (expected * (1.0 - part) * 20.0).sqrt();
		assert!((won - expected).abs() <= 4.0 * deviation, "{won}, not {expected}");
	}
}

#[test]
fn tokens_win_as_often_as_the_temperature_says() {
	// At a temperature of 2 a token weighs the root of what it weighs otherwise.
	let logits = logits_of(WEIGHTS.map(|weight| weight * weight));
	let race = Race {
		inverse: 1 << 19,
		..FAIR
	};
	let wins = wins(|seed| {
		Sampler::Race(Race {
			seed: seed.into(),
			..race
		})
		.choose(&logits, 3)
		.token
	});
	assert_fair(wins, &[0, 1, 2, 3, 4]);
}

#[test]
fn only_the_likeliest_win_if_only_so_many_run() {
	assert_fair(by_seed(Race { top: 1, ..FAIR }), &[1]);
	assert_fair(by_seed(Race { top: 2, ..FAIR }), &[1, 3]);
	assert_fair(by_seed(Race { top: 4, ..FAIR }), &[1, 2, 3, 4]);
	assert_fair(by_seed(Race { top: 5, ..FAIR }), &[0, 1, 2, 3, 4]);
}

#[test]
fn only_the_likeliest_win_if_only_a_part_of_the_weight_runs() {
	// In order 8, 5, 2.5, 2 and 1 of 18.5.
	let mass = |part: f64| (part / 18.5 * 65_536.0) as u32;
	assert_fair(by_seed(Race { mass: 0, ..FAIR }), &[1]);
	assert_fair(
		by_seed(Race {
			mass: mass(7.9),
			..FAIR
		}),
		&[1],
	);
	assert_fair(
		by_seed(Race {
			mass: mass(8.1),
			..FAIR
		}),
		&[1, 3],
	);
	assert_fair(
		by_seed(Race {
			mass: mass(15.4),
			..FAIR
		}),
		&[1, 3, 4],
	);
	assert_fair(
		by_seed(Race {
			mass: mass(17.4),
			..FAIR
		}),
		&[1, 2, 3, 4],
	);
	// Of the first three, which are 15.5, half.
	let half = Race {
		top: 3,
		mass: 1 << 15,
		..FAIR
	};
	assert_fair(by_seed(half), &[1]);
}
