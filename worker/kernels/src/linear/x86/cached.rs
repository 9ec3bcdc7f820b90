// SPDX-License-Identifier: Apache-2.0

//! Keys by queries and values by weights, page by page.
//!
//! All functions here need the instructions of `S`, and slices of the lengths that `linear::cached` has checked.

use super::{
	simd::Words,
	tiles::{Limbs, NONE, Sums},
};
use crate::{
	linear::cached::PAIRS,
	lines::{ROWS, WordLine},
};

/// Pages before a sum of values becomes longer: 2 * 128 * 32,639 * 256 lines are below 2^31.
const PAGES: usize = 32;

#[inline(always)]
fn write(upper: &Sums, lower: &Sums, token: usize, block: usize, add: bool, out: &mut [i64; ROWS]) {
	let of = |sums: &Sums| {
		let sums = sums.get(token).and_then(|sums| sums.as_chunks::<ROWS>().0.get(block));
		sums.copied().unwrap_or([0; ROWS])
	};
	for ((out, upper), lower) in out.iter_mut().zip(of(upper)).zip(of(lower)) {
		let sum = (i64::from(upper) << 8) + i64::from(lower);
		*out = if add { *out + sum } else { sum };
	}
}

/// Registers of the first pages, `parts` of each.
#[inline(always)]
fn starts<const V: usize>(pages: &[&[WordLine]], parts: usize) -> [*const u8; V] {
	core::array::from_fn(|vector| {
		let page = pages.get(vector / parts).copied().unwrap_or_default();
		let first: *const u8 = page.as_ptr().cast();
		first.wrapping_add(vector % parts * (64 / parts))
	})
}

#[inline(always)]
fn of_each<const M: usize>(units: &[&[u64]]) -> [*const u8; M] {
	core::array::from_fn(|number| {
		let units = units.get(number).copied().unwrap_or_default();
		units.as_ptr().cast()
	})
}

#[inline(always)]
unsafe fn scores_tile<S: Words, const V: usize, const M: usize>(
	pages: &[&[WordLine]],
	queries: &[&[u64]],
	steps: usize,
	out: &mut [[i64; ROWS]],
	count: usize,
) {
	let parts = ROWS / S::LANES;
	let (mut upper, mut lower) = (NONE, NONE);
	// SAFETY: each page has `steps` lines, each query as many units.
	unsafe {
		let mut sums = Limbs::<S, V, M>::zero();
		let next = starts(from(pages, V / parts), parts);
		sums.add(starts(pages, parts), next, of_each(queries), steps);
		sums.keep(&mut upper, &mut lower);
	}
	for (page, out) in out.chunks_mut(count).enumerate().take(V / parts) {
		for (token, out) in out.iter_mut().enumerate().take(M) {
			write(&upper, &lower, token, page, false, out);
		}
	}
}

macro_rules! by_queries {
	($count:expr, $most:literal, |$first:ident| $name:ident::<$s:ty, $v:literal>($($arg:expr),*)) => {{
		let count = $count;
		let mut $first = 0;
		while $first < count {
			// SAFETY: as of the function that this is in.
			unsafe {
				match count - $first {
					1 => { $name::<$s, $v, 1>($($arg),*); $first += 1; }
					2 if $most >= 2 => { $name::<$s, $v, 2>($($arg),*); $first += 2; }
					3 if $most >= 3 => { $name::<$s, $v, 3>($($arg),*); $first += 3; }
					_ => { $name::<$s, $v, $most>($($arg),*); $first += $most; }
				}
			}
		}
	}};
}

#[inline(always)]
fn from<T>(all: &[T], first: usize) -> &[T] {
	all.get(first..).unwrap_or_default()
}

#[inline(always)]
fn from_mut<T>(all: &mut [T], first: usize) -> &mut [T] {
	all.get_mut(first..).unwrap_or_default()
}

/// Scores with registers of 512 bits: three pages at a time.
#[inline(always)]
pub unsafe fn scores_wide<S: Words>(pages: &[&[WordLine]], queries: &[&[u64]], steps: usize, out: &mut [[i64; ROWS]]) {
	let count = queries.len();
	let mut page = 0;
	while page < pages.len() {
		let some = from(pages, page);
		let out = from_mut(out, page * count);
		match some.len() {
			1 => by_queries!(count, 4, |first| scores_tile::<S, 1>(
				some,
				from(queries, first),
				steps,
				from_mut(out, first),
				count
			)),
			2 => by_queries!(count, 4, |first| scores_tile::<S, 2>(
				some,
				from(queries, first),
				steps,
				from_mut(out, first),
				count
			)),
			_ => by_queries!(count, 4, |first| scores_tile::<S, 3>(
				some,
				from(queries, first),
				steps,
				from_mut(out, first),
				count
			)),
		}
		page += 3;
	}
}

/// Scores with registers of 256 bits.
#[inline(always)]
pub unsafe fn scores_narrow<S: Words>(
	pages: &[&[WordLine]],
	queries: &[&[u64]],
	steps: usize,
	out: &mut [[i64; ROWS]],
) {
	let count = queries.len();
	for page in 0..pages.len() {
		let some = from(pages, page);
		let out = from_mut(out, page * count);
		by_queries!(count, 3, |first| scores_tile::<S, 2>(
			some,
			from(queries, first),
			steps,
			from_mut(out, first),
			count
		));
	}
}

#[inline(always)]
unsafe fn sums_tile<S: Words, const V: usize, const M: usize>(
	pages: &[&[WordLine]],
	weights: &[&[u64]],
	block: usize,
	blocks: usize,
	out: &mut [[i64; ROWS]],
) {
	let parts = ROWS / S::LANES;
	let mut units: [*const u8; M] = of_each(weights);
	for (group, pages) in pages.chunks(PAGES).enumerate() {
		let (mut upper, mut lower) = (NONE, NONE);
		// SAFETY: each page has eight lines for each block, each list of weights eight units for each page.
		unsafe {
			let mut sums = Limbs::<S, V, M>::zero();
			for (number, page) in pages.iter().enumerate() {
				let lines = |page: &[WordLine]| -> [*const u8; V] {
					let first: *const u8 = page.as_ptr().cast();
					core::array::from_fn(|vector| {
						let line = (block + vector / parts) * PAIRS;
						first.wrapping_add(line * 64 + vector % parts * (64 / parts))
					})
				};
				let next = pages.get(number + 1).copied().unwrap_or_default();
				sums.add(lines(page), lines(next), units, PAIRS);
				units = units.map(|unit| unit.wrapping_add(PAIRS * 8));
			}
			sums.keep(&mut upper, &mut lower);
		}
		for (token, out) in out.chunks_mut(blocks).enumerate().take(M) {
			for (number, out) in from_mut(out, block).iter_mut().enumerate().take(V / parts) {
				write(&upper, &lower, token, number, group > 0, out);
			}
		}
	}
}

/// Sums of values with registers of 512 bits: up to 64 numbers at a time.
#[inline(always)]
pub unsafe fn sums_wide<S: Words>(pages: &[&[WordLine]], weights: &[&[u64]], blocks: usize, out: &mut [[i64; ROWS]]) {
	let count = weights.len();
	let mut block = 0;
	while block < blocks {
		match blocks - block {
			1 => {
				by_queries!(count, 4, |first| sums_tile::<S, 1>(
					pages,
					from(weights, first),
					block,
					blocks,
					from_mut(out, first * blocks)
				));
				block += 1;
			}
			2 | 3 => {
				by_queries!(count, 4, |first| sums_tile::<S, 2>(
					pages,
					from(weights, first),
					block,
					blocks,
					from_mut(out, first * blocks)
				));
				block += 2;
			}
			_ => {
				by_queries!(count, 3, |first| sums_tile::<S, 4>(
					pages,
					from(weights, first),
					block,
					blocks,
					from_mut(out, first * blocks)
				));
				block += 4;
			}
		}
	}
}

/// Sums of values with registers of 256 bits.
#[inline(always)]
pub unsafe fn sums_narrow<S: Words>(pages: &[&[WordLine]], weights: &[&[u64]], blocks: usize, out: &mut [[i64; ROWS]]) {
	let count = weights.len();
	for block in 0..blocks {
		by_queries!(count, 3, |first| sums_tile::<S, 2>(
			pages,
			from(weights, first),
			block,
			blocks,
			from_mut(out, first * blocks)
		));
	}
}
