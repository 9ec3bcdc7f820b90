// SPDX-License-Identifier: Apache-2.0

//! Attention of some heads at some positions: `ops::attention` of the referee, a few queries at a time.
//!
//! In the order of the spec: all scores, then their maximum, then the weights, then sums, then one division a value. The
//! scores of a query are kept meanwhile (10 bytes a position), so nothing is ever scaled again.

use crate::{
	activations::{Encoding, twice},
	linear::cached::{PAIRS, scores, sums},
	lines::{ROWS, WordLine},
	path::{Path, versions},
	round::{most, shift_right, whole},
	tables::Powers,
};
use atelier_referee::ops::attention::Head;
use core::ops::Range;

/// Pages whose scores are taken at once.
const PAGES: usize = 32;

/// Positions of a page.
pub const POSITIONS: usize = 2 * PAIRS;

/// A query and where its result goes.
pub struct Query<'a> {
	pub head: Head,
	/// In the encoding of pairs.
	pub units: &'a [u64],
	/// The positions that it sees, counted from the first page given.
	pub seen: Range<usize>,
	pub out: &'a mut [i32],
}

/// Keys and values of one head, page by page.
#[derive(Clone, Copy)]
pub struct Pages<'a> {
	pub keys: &'a [&'a [WordLine]],
	pub values: &'a [&'a [WordLine]],
}

/// Room that is used again and again.
#[derive(Default)]
pub struct Room {
	raw: Vec<[i64; ROWS]>,
	scores: Vec<i32>,
	weights: Vec<u16>,
	units: Vec<u64>,
	sums: Vec<[i64; ROWS]>,
}

/// Queries that are taken at once: whole tiles of three and of four.
pub const AT_ONCE: usize = 12;

versions! {
	/// Scores of sixteen positions a page, of the raw sums of all queries.
	fn scale(raw: &[[i64; ROWS]], stride: usize, head: Head, scores: &mut [i32]) {
		let mantissa = i64::from(head.score_mantissa);
		let limit = |score: i64| score.clamp(i32::MIN as i64, i32::MAX as i64) as i32;
		let shift = most(u32::from(head.score_shift));
		for (raw, scores) in raw.iter().step_by(stride).zip(scores.as_chunks_mut::<ROWS>().0) {
			// 38 bits by 15.
			if shift == 0 {
				for (score, raw) in scores.iter_mut().zip(raw) {
					*score = limit(raw * mantissa);
				}
			} else {
				for (score, raw) in scores.iter_mut().zip(raw) {
					*score = limit(shift_right(raw * mantissa, shift));
				}
			}
		}
	}

	fn largest(scores: &[i32]) -> i32 {
		scores.iter().fold(i32::MIN, |largest, score| largest.max(*score))
	}

	/// Weights of positions; their sum.
	fn weigh(scores: &[i32], largest: i32, powers: &Powers, weights: &mut [u16]) -> i64 {
		let mut sum = 0_u64;
		let (scores, rest) = scores.as_chunks::<ROWS>();
		let (weights, more) = weights.as_chunks_mut::<ROWS>();
		for (scores, weights) in scores.iter().zip(weights) {
			// 16 weights of 15 bits.
			let mut some = 0_u32;
			for (score, weight) in scores.iter().zip(weights) {
				*weight = powers.at(largest.wrapping_sub(*score) as u32);
				some += u32::from(*weight);
			}
			sum += u64::from(some);
		}
		for (score, weight) in rest.iter().zip(more) {
			*weight = powers.at(largest.wrapping_sub(*score) as u32);
			sum += u64::from(*weight);
		}
		sum as i64
	}

	/// Weights as units of pairs.
	fn split(encoding: Encoding, weights: &[u16], units: &mut [u64]) {
		let pairs = weights.as_chunks::<2>().0.iter();
		let pairs = pairs.map(|[first, second]| u32::from(*first) | (u32::from(*second) << 16));
		if encoding == Encoding::Twice {
			for (two, unit) in pairs.zip(units) {
				*unit = twice(two);
			}
			return;
		}
		for (two, unit) in pairs.zip(units) {
			// Words of 8 bits with their sign: the lower limbs are in [-128, 127], the upper in [0, 128].
			let lower = two & 0x00ff_00ff;
			let lower = lower | (lower & 0x0080_0080).wrapping_mul(0x1fe);
			let upper = (two.wrapping_add(0x0080_0080) >> 8) & 0x00ff_00ff;
			*unit = u64::from(upper) | (u64::from(lower) << 32);
		}
	}

	/// Mean values. The quotient is guessed with floats and then made exact: sums (47 bits) and weights (32 bits) are whole
	/// numbers that a float holds, and so is the rest that decides.
	fn means(sums: &[[i64; ROWS]], weights: i64, shift: u8, out: &mut [i32]) {
		let divisor = weights as f64;
		let inverse = 1.0 / divisor;
		// A mean has 16 bits: 40 to the left saturate all but 0.
		let left = u32::from(if shift > 40 { 40 } else { shift });
		for (out, sums) in out.chunks_mut(ROWS).zip(sums) {
			for (out, sum) in out.iter_mut().zip(sums) {
				let sum = *sum as f64;
				let guess = (sum * inverse + 0.5).floor();
				let twice = 2.0 * (sum - guess * divisor);
				let up = if twice >= divisor { 1.0 } else { 0.0 };
				let down = if twice < -divisor { 1.0 } else { 0.0 };
				let mean = whole(guess + up - down);
				*out = (mean << left).clamp(i32::MIN as i64, i32::MAX as i64) as i32;
			}
		}
	}
}

/// Attention of some queries of one head of keys and values.
pub fn mix(path: Path, pages: Pages<'_>, queries: &mut [Query<'_>], room: &mut Room) {
	for queries in queries.chunks_mut(AT_ONCE) {
		some(path, pages, queries, room);
	}
}

fn some(path: Path, pages: Pages<'_>, queries: &mut [Query<'_>], room: &mut Room) {
	let last = queries.iter().map(|query| query.seen.end).max().unwrap_or(0);
	let count = last.div_ceil(POSITIONS);
	let (Some(keys), Some(values)) = (pages.keys.get(..count), pages.values.get(..count)) else {
		return;
	};
	let positions = count * POSITIONS;
	room.scores.resize(positions * queries.len(), 0);
	room.units.resize(positions / 2 * queries.len(), 0);
	room.weights.resize(positions, 0);
	{
		let units: Vec<&[u64]> = queries.iter().map(|query| query.units).collect();
		for (number, keys) in keys.chunks(PAGES).enumerate() {
			room.raw.resize(keys.len() * units.len(), [0; ROWS]);
			scores(path, keys, &units, &mut room.raw);
			for (place, (query, all)) in queries.iter().zip(room.scores.chunks_mut(positions)).enumerate() {
				let of_query = room.raw.get(place..).unwrap_or_default();
				let start = number * PAGES * POSITIONS;
				let to = all.get_mut(start..start + keys.len() * POSITIONS).unwrap_or_default();
				scale(path, of_query, units.len(), query.head, to);
			}
		}
	}

	let powers = Powers::get();
	let mut totals = Vec::with_capacity(queries.len());
	let lists = room.scores.chunks(positions).zip(room.units.chunks_mut(positions / 2));
	for (query, (scores, units)) in queries.iter().zip(lists) {
		let scores = scores.get(query.seen.clone()).unwrap_or_default();
		room.weights.fill(0);
		let seen = room.weights.get_mut(query.seen.clone()).unwrap_or_default();
		totals.push(weigh(path, scores, largest(path, scores), powers, seen));
		split(path, Encoding::of_pairs(path), &room.weights, units);
	}

	let blocks = values
		.first()
		.map_or(0, |values| values.len().checked_div(PAIRS).unwrap_or(0));
	room.sums.resize(blocks * queries.len(), [0; ROWS]);
	let units: Vec<&[u64]> = room.units.chunks(positions / 2).collect();
	sums(path, values, &units, &mut room.sums);
	for ((query, sums), total) in queries.iter_mut().zip(room.sums.chunks(blocks.max(1))).zip(totals) {
		if total > 0 {
			means(path, sums, total, query.head.value_shift, query.out);
		} else {
			query.out.fill(0);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::activations::encode;
	use atelier_referee::{
		arith::div_round,
		ops::attention::{WeightedSum, weight},
		samples::Random,
	};

	/// Keys and values of one head in pages.
	fn pages(vectors: &[Vec<i16>], width: usize, keys: bool) -> Vec<Vec<WordLine>> {
		let lines = if keys { width / 2 } else { width.div_ceil(16) * PAIRS };
		let mut pages = vec![vec![WordLine([77; 32]); lines]; vectors.len().div_ceil(POSITIONS)];
		for (position, vector) in vectors.iter().enumerate() {
			let slot = position % POSITIONS;
			crate::cache::write(&mut pages[position / POSITIONS], vector, slot, keys);
		}
		pages
	}

	/// Queries against the referee, with every path; how many values.
	fn check(positions: usize, width: usize, count: usize, extreme: bool, random: &mut Random) -> usize {
		let bits = random.between(0, 15);
		let number = |random: &mut Random| match extreme {
			true => random.pick([-32_639, 32_639, 32_639]),
			false => ((random.bits() as i16) >> bits).clamp(-32_639, 32_639),
		};
		let vectors = |count: usize, random: &mut Random| -> Vec<Vec<i16>> {
			(0..count)
				.map(|_| (0..width).map(|_| number(random)).collect())
				.collect()
		};
		let (keys, values) = (vectors(positions, random), vectors(positions, random));
		let queries = vectors(count, random);
		let heads: Vec<Head> = (0..count)
			.map(|_| Head {
				query_shift: 0,
				key_shift: 0,
				value_shift: random.pick([0, 1, 5, 15, 16, 31, 40, 255]),
				score_shift: match extreme {
					true => random.pick([0, 1, 20, 30, 63, 64, 255]),
					false => random.between(10, 40) as u8,
				},
				score_mantissa: random.between(1, 32_767) as u16,
			})
			.collect();
		let spans: Vec<Range<usize>> = (0..count)
			.map(|_| {
				let end = random.between(1, positions as i64);
				random.between(0, end - 1) as usize..end as usize
			})
			.collect();
		let expected: Vec<Vec<i32>> = (0..count)
			.map(|row| {
				let scores: Vec<i32> = spans[row]
					.clone()
					.map(|at| heads[row].score(&queries[row], &keys[at]))
					.collect();
				let largest = *scores.iter().max().unwrap();
				(0..width)
					.map(|place| {
						let mut sum = WeightedSum::default();
						for (score, at) in scores.iter().zip(spans[row].clone()) {
							sum.add(weight(largest, *score), values[at][place]);
						}
						heads[row].output(sum)
					})
					.collect()
			})
			.collect();
		let (key_pages, value_pages) = (pages(&keys, width, true), pages(&values, width, false));
		let key_pages: Vec<&[WordLine]> = key_pages.iter().map(|page| page.as_slice()).collect();
		let value_pages: Vec<&[WordLine]> = value_pages.iter().map(|page| page.as_slice()).collect();
		for path in Path::available() {
			let units: Vec<Vec<u64>> = queries
				.iter()
				.map(|query| {
					let mut units = vec![0; width / 2];
					encode(path, Encoding::of_pairs(path), query, &mut units);
					units
				})
				.collect();
			let mut out = vec![vec![0; width]; count];
			let mut queries: Vec<Query<'_>> = out
				.iter_mut()
				.enumerate()
				.map(|(row, out)| Query {
					head: heads[row],
					units: &units[row],
					seen: spans[row].clone(),
					out,
				})
				.collect();
			let pages = Pages {
				keys: &key_pages,
				values: &value_pages,
			};
			mix(path, pages, &mut queries, &mut Room::default());
			assert_eq!(out, expected, "{path} {positions} {width}");
		}
		count * width * Path::available().len()
	}

	#[test]
	fn the_same_as_the_referees() {
		let mut random = Random(6);
		let mut values = 0;
		for case in 0..600 {
			let positions = random.between(1, if case % 20 == 0 { 1_200 } else { 70 }) as usize;
			let width = random.between(1, if case % 10 == 0 { 128 } else { 20 }) as usize * 2;
			let count = random.between(1, 9) as usize;
			values += check(positions, width, count, case % 2 == 0, &mut random);
		}
		assert!(values > 100_000, "{values}");
	}

	#[test]
	fn a_context_of_sixteen_thousand_at_the_limits() {
		check(16_384, 256, 1, true, &mut Random(7));
		check(16_384, 64, 3, true, &mut Random(8));
	}

	#[test]
	fn means_are_rounded_half_up() {
		let mut random = Random(9);
		for _ in 0..20_000 {
			let bits = random.between(0, 31);
			let weights = random.between(1, (131_072 * 32_767_i64) >> bits);
			// Halves and their neighbours, and anything.
			let sums: [i64; ROWS] = core::array::from_fn(|_| {
				let mean = random.between(-32_639, 32_639);
				let half = (mean * 2 + 1) * weights / 2;
				let most = weights * 32_639;
				match random.one_in(4) {
					true => random.between(-most, most),
					false => (half + random.between(-2, 2)).clamp(-most, most),
				}
			});
			for path in Path::available() {
				let mut out = [0; ROWS];
				means(path, &[sums], weights, 0, &mut out);
				for (sum, mean) in sums.iter().zip(out) {
					assert_eq!(i64::from(mean), div_round(*sum, weights), "{sum} / {weights}");
				}
			}
		}
	}
}
