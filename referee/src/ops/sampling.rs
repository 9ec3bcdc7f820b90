// SPDX-License-Identifier: Apache-2.0

//! The choice of a token: greedy, or by a race that is run with integers and whose noise anybody can compute.
//!
//! A token of weight w wins a race of exponential clocks with probability w by the sum of all weights. In logarithms: the
//! token with the largest log2(weight) - log2(clock) is chosen.

use crate::{
	arith::round_shift,
	tables::{exp2_negative, log2, race},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Reverse;
use scale_info::TypeInfo;

/// How tokens are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Sampler {
	/// The token with the largest logit, of equals the one with the lowest number.
	Greedy,
	/// By a race among the likeliest tokens.
	Race(Race),
}

/// The rules of a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Race {
	/// log2(e) by the temperature, with 20 bits of fraction; the highest bit is ignored.
	pub inverse: u32,
	/// So many of the likeliest run, and those that are as likely as the last of them; 0 for all.
	pub top: u32,
	/// Of those, as many of the likeliest as have this part of their weight, with 16 bits of fraction; 65,536 for all that
	/// have a weight at all.
	pub mass: u32,
	/// Seed of the noise.
	pub seed: u64,
}

/// A chosen token, and what it was chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Choice {
	/// The largest heat.
	pub largest: i64,
	/// The least heat among the `top` likeliest.
	pub top: i64,
	/// The sum of their weights.
	pub weight: i64,
	/// The least heat with which a token runs.
	pub least: i64,
	/// The token.
	pub token: u32,
}

/// Bits of fraction of an inverse temperature, and of everything else 16.
const INVERSE_FRACTION: u32 = 20;

/// The logarithm to base 2 of a token's weight: its logit by the temperature. `inverse` is log2(e) by the temperature with 20
/// bits of fraction, less than 2^31.
pub fn heat(logit: i32, inverse: u32) -> i64 {
	round_shift(
		i64::from(logit).wrapping_mul((inverse & (u32::MAX >> 1)).into()),
		INVERSE_FRACTION,
	)
}

/// A token's weight beside the likeliest one's.
pub fn weight(largest: i64, heat: i64) -> u16 {
	exp2_negative(largest.saturating_sub(heat))
}

/// log2 of an exponential clock that is drawn by 32 random bits, with 16 bits of fraction.
pub fn clock(random: u32) -> i64 {
	// v = (random + 1/2) / 2^32 is never 0 or 1; the clock is -ln(1 - v).
	if random < 1 << 31 {
		let v = u64::from(random).wrapping_mul(2).wrapping_add(1);
		return log2(v).wrapping_sub(33 << 16).wrapping_add(race(random));
	}
	// -ln(w) = -log2(w) * ln(2) for w = 1 - v, which is less than 1/2.
	let w = u64::from(!random).wrapping_mul(2).wrapping_add(1);
	let bits = (33_i64 << 16).wrapping_sub(log2(w));
	/// log2(ln(2)) with 16 bits of fraction.
	const LOG2_LN2: i64 = -34_653;
	log2(bits.unsigned_abs()).wrapping_sub(16 << 16).wrapping_add(LOG2_LN2)
}

/// Random bits of a token in the race for a position: one word of Philox 4x32 with ten rounds.
pub fn random(seed: u64, position: u32, token: u32) -> u32 {
	let block = philox([token >> 2, position, 0, 0], [seed as u32, (seed >> 32) as u32]);
	let [a, b, c, d] = block;
	match token & 3 {
		0 => a,
		1 => b,
		2 => c,
		_ => d,
	}
}

/// Philox 4x32-10 (Salmon et al., 2011).
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
	const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
	const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
	for round in 0..10 {
		if round > 0 {
			let [k0, k1] = key;
			let [w0, w1] = WEYL;
			key = [k0.wrapping_add(w0), k1.wrapping_add(w1)];
		}
		let [c0, c1, c2, c3] = counter;
		let [k0, k1] = key;
		let [m0, m1] = MULTIPLIERS;
		let (p0, p1) = (m0.wrapping_mul(c0.into()), m1.wrapping_mul(c2.into()));
		counter = [
			(p1 >> 32) as u32 ^ c1 ^ k0,
			p1 as u32,
			(p0 >> 32) as u32 ^ c3 ^ k1,
			p0 as u32,
		];
	}
	counter
}

impl Choice {
	/// Numbers of the fields.
	pub const LARGEST: u32 = 0;
	pub const TOP: u32 = 1;
	pub const WEIGHT: u32 = 2;
	pub const LEAST: u32 = 3;
	pub const TOKEN: u32 = 4;
	/// How many there are.
	pub const FIELDS: u32 = 5;
}

impl Sampler {
	/// Chooses the token that comes after `position`.
	pub fn choose(self, logits: &[i32], position: u32) -> Choice {
		match self {
			Self::Greedy => greedy(logits),
			Self::Race(race) => race.run(logits, position),
		}
	}
}

fn greedy(logits: &[i32]) -> Choice {
	let best = (0_u32..)
		.zip(logits)
		.map(|(token, logit)| (*logit, Reverse(token)))
		.max();
	let (largest, token) = best.map_or((0, 0), |(logit, Reverse(token))| (i64::from(logit), token));
	Choice {
		largest,
		top: largest,
		weight: 0,
		least: largest,
		token,
	}
}

impl Race {
	fn run(self, logits: &[i32], position: u32) -> Choice {
		let heats: Vec<_> = logits.iter().map(|logit| heat(*logit, self.inverse)).collect();
		let mut order = heats.clone();
		order.sort_unstable_by_key(|heat| Reverse(*heat));
		let largest = order.first().copied().unwrap_or(0);
		let last = order.last().copied().unwrap_or(0);
		let top = match (self.top as usize).checked_sub(1) {
			None => last,
			Some(place) => order.get(place).copied().unwrap_or(last),
		};
		let running = || order.iter().copied().take_while(|heat| *heat >= top);
		let weight_of = |heat: i64| i64::from(weight(largest, heat));
		let sum = running().fold(0_i64, |sum, heat| sum.saturating_add(weight_of(heat)));
		let wanted = part(sum, self.mass);
		let mut so_far = 0_i64;
		let least = running().find(|heat| {
			so_far = so_far.saturating_add(weight_of(*heat));
			so_far >= wanted
		});
		let least = least.unwrap_or(top);
		let best = (0_u32..)
			.zip(&heats)
			.filter(|(_, heat)| **heat >= least)
			.map(|(token, heat)| (lead(*heat, random(self.seed, position, token)), Reverse(token)))
			.max();
		Choice {
			largest,
			top,
			weight: sum,
			least,
			token: best.map_or(0, |(_, Reverse(token))| token),
		}
	}
}

/// A part, with 16 bits of fraction, of a sum of weights; rounded up, and at least 1: somebody must run.
pub fn part(sum: i64, mass: u32) -> i64 {
	let product = sum.saturating_mul(mass.min(1 << 16).into());
	(product.saturating_add(0xffff) >> 16).max(1)
}

/// What a token has in the race; the largest wins, of equals the one with the lower number.
pub fn lead(heat: i64, random: u32) -> i64 {
	heat.saturating_sub(clock(random))
}
