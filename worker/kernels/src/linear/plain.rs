// SPDX-License-Identifier: Apache-2.0

//! Products in plain code, for CPUs whose instructions have no path of their own, and to compare with.

use super::{Onto, Stored, Strip, cached::PAIRS, finish::finish};
use crate::lines::{ByteLine, ROWS, WordLine};

/// Lines of bytes before a sum becomes longer: 4 * 128 * 32,639 * 128 is below 2^31.
const BYTE_LINES: usize = 128;

pub fn run(strip: &mut Strip<'_>) {
	let tokens = strip.bases.len();
	if tokens == 0 || strip.blocks.is_empty() {
		return;
	}
	for (number, out) in strip.out.chunks_mut(tokens).enumerate() {
		let range = number * strip.steps..(number + 1) * strip.steps;
		let (Some(block), Some(least)) = (strip.blocks.get(number), strip.least.get(number)) else {
			return;
		};
		for (token, out) in out.iter_mut().enumerate() {
			let units = strip
				.units
				.get(token * strip.stride..(token + 1) * strip.stride)
				.unwrap_or_default();
			let sums = match strip.numbers {
				Stored::Bytes(lines) => bytes(lines.get(range.clone()).unwrap_or_default(), units),
				Stored::Words(lines, reach) => words(lines.get(range.clone()).unwrap_or_default(), units, reach),
				Stored::Limbs(lines, reach) => limbs(lines.get(range.clone()).unwrap_or_default(), units, reach),
			};
			let base = strip.bases.get(token).copied().unwrap_or(0);
			*out = finish(&sums, block, *least, base, &onto(strip.onto, token, number));
		}
	}
}

/// What is added to a block of a token.
#[inline(always)]
pub fn onto(onto: Option<Onto<'_>>, token: usize, block: usize) -> [i32; ROWS] {
	onto.and_then(|onto| {
		let start = token * onto.stride + onto.first + block * ROWS;
		onto.numbers.get(start..).and_then(|numbers| numbers.first_chunk())
	})
	.copied()
	.unwrap_or([0; ROWS])
}

/// The four words of a unit.
fn four(unit: u64) -> [i32; 4] {
	[unit, unit >> 16, unit >> 32, unit >> 48].map(|word| i32::from(word as i16))
}

fn lengthen(sums: &mut [i64; ROWS], parts: &mut [i32; ROWS], by: i64) {
	for (sum, part) in sums.iter_mut().zip(parts) {
		*sum += i64::from(*part) * by;
		*part = 0;
	}
}

fn bytes(lines: &[ByteLine], units: &[u64]) -> [i64; ROWS] {
	let mut sums = [0; ROWS];
	let mut parts = [0_i32; ROWS];
	for (lines, units) in lines.chunks(BYTE_LINES).zip(units.chunks(BYTE_LINES)) {
		for (line, unit) in lines.iter().zip(units) {
			let [a, b, c, d] = four(*unit);
			for (part, [w, x, y, z]) in parts.iter_mut().zip(line.0.as_chunks().0) {
				*part += i32::from(*w) * a + i32::from(*x) * b + i32::from(*y) * c + i32::from(*z) * d;
			}
		}
		lengthen(&mut sums, &mut parts, 1);
	}
	sums
}

fn words(lines: &[WordLine], units: &[u64], reach: usize) -> [i64; ROWS] {
	let mut sums = [0; ROWS];
	let mut parts = [0_i32; ROWS];
	// Two lines a unit.
	let reach = (reach / 2).max(1);
	for (lines, units) in lines.chunks(2 * reach).zip(units.chunks(reach)) {
		for (lines, unit) in lines.chunks(2).zip(units) {
			let activations = four(*unit);
			for (line, [a, b]) in lines.iter().zip(activations.as_chunks().0) {
				for (part, [w, x]) in parts.iter_mut().zip(line.0.as_chunks().0) {
					*part += i32::from(*w) * a + i32::from(*x) * b;
				}
			}
		}
		lengthen(&mut sums, &mut parts, 1);
	}
	sums
}

fn limbs(lines: &[WordLine], units: &[u64], reach: usize) -> [i64; ROWS] {
	let mut sums = [0; ROWS];
	let (mut upper, mut lower) = ([0_i32; ROWS], [0_i32; ROWS]);
	for (lines, units) in lines.chunks(reach.max(1)).zip(units.chunks(reach.max(1))) {
		for (line, unit) in lines.iter().zip(units) {
			let [a, b, c, d] = four(*unit);
			for ((upper, lower), [w, x]) in upper.iter_mut().zip(&mut lower).zip(line.0.as_chunks().0) {
				*upper += i32::from(*w) * a + i32::from(*x) * b;
				*lower += i32::from(*w) * c + i32::from(*x) * d;
			}
		}
		lengthen(&mut sums, &mut upper, 256);
		lengthen(&mut sums, &mut lower, 1);
	}
	sums
}

pub fn scores(pages: &[&[WordLine]], queries: &[&[u64]], out: &mut [[i64; ROWS]]) {
	let pairs = pages
		.iter()
		.flat_map(|page| queries.iter().map(move |query| (page, query)));
	for (out, (page, query)) in out.iter_mut().zip(pairs) {
		*out = limbs(page, query, 256);
	}
}

pub fn sums(pages: &[&[WordLine]], weights: &[&[u64]], blocks: usize, out: &mut [[i64; ROWS]]) {
	for (out, weights) in out.chunks_mut(blocks.max(1)).zip(weights) {
		for (block, out) in out.iter_mut().enumerate() {
			*out = [0; ROWS];
			for (page, weights) in pages.iter().zip(weights.chunks(PAIRS)) {
				let lines = page.get(block * PAIRS..(block + 1) * PAIRS).unwrap_or_default();
				for (out, sum) in out.iter_mut().zip(limbs(lines, weights, 256)) {
					*out += sum;
				}
			}
		}
	}
}
