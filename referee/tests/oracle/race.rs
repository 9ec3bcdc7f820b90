// SPDX-License-Identifier: Apache-2.0

//! The choice of a token as docs/exact-spec.md has it: everything sorted, everything exact.

use super::{
	definitions::{clock, exp2},
	exact::{big, times_two_to, two_to},
};
use atelier_referee::ops::sampling::{Choice, Race, Sampler};
use num_bigint::BigInt;

/// Philox 4x32 with ten rounds.
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
	let low = |number: u64| (number & 0xffff_ffff) as u32;
	let high = |number: u64| (number >> 32) as u32;
	let step = |round: u64, number: u32, by: u64| low(u64::from(number) + round * by);
	(0..10).fold(counter, |[a, b, c, d], round| {
		let left = u64::from(a) * 0xd251_1f53;
		let right = u64::from(c) * 0xcd9e_8d57;
		[
			high(right) ^ b ^ step(round, key[0], 0x9e37_79b9),
			low(right),
			high(left) ^ d ^ step(round, key[1], 0xbb67_ae85),
			low(left),
		]
	})
}

/// The random bits of a token.
pub fn random(seed: u64, position: u32, token: u32) -> u32 {
	let key = [(seed % (1 << 32)) as u32, (seed / (1 << 32)) as u32];
	philox([token / 4, position, 0, 0], key)[token as usize % 4]
}

/// The choice by its definition.
pub fn choose(sampler: Sampler, logits: &[i32], position: u32) -> Choice {
	match sampler {
		Sampler::Greedy => greedy(logits),
		Sampler::Race(race) => run(race, logits, position),
	}
}

fn greedy(logits: &[i32]) -> Choice {
	let mut token = 0;
	for other in 0..logits.len() {
		if logits[other] > logits[token] {
			token = other;
		}
	}
	let largest = i64::from(logits[token]);
	Choice {
		largest,
		top: largest,
		weight: 0,
		least: largest,
		token: token as u32,
	}
}

fn run(race: Race, logits: &[i32], position: u32) -> Choice {
	let heats: Vec<BigInt> = logits
		.iter()
		.map(|logit| times_two_to(&(big(*logit) * race.inverse), -20))
		.collect();
	let mut sorted = heats.clone();
	sorted.sort();
	sorted.reverse();
	let largest = &sorted[0];
	let place = match race.top as usize {
		0 => sorted.len(),
		top => top.min(sorted.len()),
	};
	let top = &sorted[place - 1];
	// The weight of those that are among the likeliest, down to some heat.
	let weight_down_to = |least: &BigInt| {
		let running = sorted.iter().filter(|heat| *heat >= top && *heat >= least);
		running.map(|heat| big(exp2(&(largest - heat)))).sum::<BigInt>()
	};
	let weight = weight_down_to(top);
	// Rounded up.
	let part: BigInt = (&weight * race.mass.min(65_536) + 65_535) / two_to(16);
	let wanted = part.max(big(1));
	let mut distinct = sorted.clone();
	distinct.dedup();
	// The heats fall, so that the weights down to them grow.
	let least = &distinct[distinct.partition_point(|heat| weight_down_to(heat) < wanted)];
	let leads = |token: usize| &heats[token] - clock(random(race.seed, position, token as u32));
	let mut runners = (0..logits.len()).filter(|token| heats[*token] >= *least);
	let mut best = runners.next().expect("the likeliest runs");
	for token in runners {
		if leads(token) > leads(best) {
			best = token;
		}
	}
	let number = |number: &BigInt| i64::try_from(number.clone()).expect("63 bits");
	Choice {
		largest: number(largest),
		top: number(top),
		weight: number(&weight),
		least: number(least),
		token: best as u32,
	}
}
