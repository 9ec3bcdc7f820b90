// SPDX-License-Identifier: Apache-2.0

//! The choice of a token: `ops::sampling` of the referee without sorting the whole vocabulary.
//!
//! A heat never falls when its logit rises. So places among heats are places among logits, a limit of heats is a limit of
//! logits, and only tokens that weigh something are looked at more than once.

use crate::{Path, path::versions, tables::Powers};
use atelier_referee::ops::sampling::{Choice, Race, Sampler, heat, lead, part, philox};
use std::{cmp::Reverse, collections::BinaryHeap};

/// From so many halvings on a weight is 0: 17 with all 16 bits of fraction.
const WEIGHTLESS: i64 = 17 << 16;

/// Up to this place a heap is quicker than a copy of all logits.
const FEW: usize = 512;

/// Logits that are looked at together.
const SOME: usize = 64;

/// Heats in one bucket when weights are summed.
const BUCKET: u32 = 8;

versions! {
	fn largest(numbers: &[i32]) -> i32 {
		numbers.iter().fold(i32::MIN, |largest, number| largest.max(*number))
	}

	fn least(numbers: &[i32]) -> i32 {
		numbers.iter().fold(i32::MAX, |least, number| least.min(*number))
	}
}

/// Chooses the token that comes after `position`, as `Sampler::choose`.
pub fn choose(path: Path, sampler: Sampler, logits: &[i32], position: u32) -> Choice {
	if logits.is_empty() {
		return sampler.choose(logits, position);
	}
	match sampler {
		Sampler::Greedy => greedy(path, logits),
		Sampler::Race(race) => run(path, race, logits, position),
	}
}

fn greedy(path: Path, logits: &[i32]) -> Choice {
	let best = largest(path, logits);
	let token = logits.iter().position(|logit| *logit == best).unwrap_or(0);
	let best = i64::from(best);
	Choice {
		largest: best,
		top: best,
		weight: 0,
		least: best,
		token: token as u32,
	}
}

/// The largest logits but `place`: that of the place, counted from 0.
fn at_place(path: Path, logits: &[i32], place: usize) -> i32 {
	if place >= FEW {
		let mut all = logits.to_vec();
		let place = place.min(all.len().saturating_sub(1));
		let (_, logit, _) = all.select_nth_unstable_by(place, |left, right| right.cmp(left));
		return *logit;
	}
	let mut best = BinaryHeap::with_capacity(place + 2);
	for some in logits.chunks(SOME) {
		let full = best.len() > place;
		let limit = best.peek().map_or(i32::MIN, |Reverse(logit)| *logit);
		if full && largest(path, some) <= limit {
			continue;
		}
		for logit in some {
			best.push(Reverse(*logit));
			if best.len() > place + 1 {
				best.pop();
			}
		}
	}
	best.peek().map_or(i32::MIN, |Reverse(logit)| *logit)
}

/// The least logit of at least this heat; the largest logit has it.
fn limit(largest: i32, inverse: u32, wanted: i64) -> i32 {
	let (mut low, mut high) = (i64::from(i32::MIN), i64::from(largest));
	while low < high {
		let middle = (low + high) >> 1;
		if heat(middle as i32, inverse) >= wanted {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	high as i32
}

fn run(path: Path, race: Race, logits: &[i32], position: u32) -> Choice {
	let inverse = race.inverse;
	let best = largest(path, logits);
	let hottest = heat(best, inverse);
	let last = match (race.top as usize).checked_sub(1) {
		Some(place) if place < logits.len() => at_place(path, logits, place),
		_ => least(path, logits),
	};
	let top = heat(last, inverse);

	// Those that run and may weigh something.
	let coldest = limit(best, inverse, top.max(hottest - WEIGHTLESS + 1));
	let powers = Powers::get();
	let distance = |logit: i32| (hottest - heat(logit, inverse)) as u32;
	let mut buckets = vec![0_i64; (WEIGHTLESS >> BUCKET) as usize + 1];
	for some in logits.chunks(SOME) {
		if largest(path, some) < coldest {
			continue;
		}
		for logit in some.iter().filter(|logit| **logit >= coldest) {
			let distance = distance(*logit);
			if let Some(bucket) = buckets.get_mut((distance >> BUCKET) as usize) {
				*bucket += i64::from(powers.at(distance));
			}
		}
	}
	let weight: i64 = buckets.iter().sum();
	let wanted = part(weight, race.mass);
	let mut before = 0;
	let reached = buckets.iter().position(|bucket| {
		let reached = before + bucket >= wanted;
		if !reached {
			before += bucket;
		}
		reached
	});
	let least = match reached {
		// As the referee's, if nobody weighs enough.
		None => top,
		Some(bucket) => {
			let inside = |logit: &i32| *logit >= coldest && (distance(*logit) >> BUCKET) as usize == bucket;
			let mut distances: Vec<_> = logits.iter().copied().filter(inside).map(distance).collect();
			distances.sort_unstable();
			let mut so_far = before;
			let found = distances.iter().find(|distance| {
				so_far += i64::from(powers.at(**distance));
				so_far >= wanted
			});
			found.map_or(top, |distance| hottest - i64::from(*distance))
		}
	};

	let slowest = limit(best, inverse, least);
	let key = [race.seed as u32, (race.seed >> 32) as u32];
	let mut winner = (i64::MIN, 0);
	let mut first = true;
	for (block, four) in (0_u32..).zip(logits.chunks(4)) {
		if four.iter().all(|logit| *logit < slowest) {
			continue;
		}
		let random = philox([block, position, 0, 0], key);
		for ((token, logit), random) in (block * 4..).zip(four).zip(random) {
			if *logit >= slowest {
				let lead = lead(heat(*logit, inverse), random);
				if first || lead > winner.0 {
					winner = (lead, token);
					first = false;
				}
			}
		}
	}
	Choice {
		largest: hottest,
		top,
		weight,
		least,
		token: winner.1,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::samples::{self, Random};

	#[test]
	fn the_same_choice_as_the_referees() {
		let mut random = Random(10);
		for case in 0..2_500 {
			let count = match case % 50 {
				0 => random.between(1_000, 150_000),
				_ => random.between(1, 700),
			};
			let bits = random.between(32, 63);
			let logits: Vec<i32> = (0..count)
				.map(|_| match case % 6 {
					0 => random.pick([i32::MIN, i32::MAX, 0, 1]),
					1 => 7,
					_ => (random.bits() as i64 >> bits) as i32,
				})
				.collect();
			let sampler = match case % 3 {
				0 => samples::sampler(&mut random),
				_ => Sampler::Race(Race {
					inverse: random.bits() as u32 >> random.between(0, 31),
					top: random.bits() as u32 >> random.between(16, 31),
					mass: random.bits() as u32 >> random.between(12, 31),
					seed: random.bits(),
				}),
			};
			let position = random.bits() as u32;
			let expected = sampler.choose(&logits, position);
			for path in Path::available() {
				assert_eq!(choose(path, sampler, &logits, position), expected, "{sampler:?}");
			}
		}
		let sampler = samples::sampler(&mut random);
		assert_eq!(choose(Path::PLAIN, sampler, &[], 0), sampler.choose(&[], 0));
	}
}
