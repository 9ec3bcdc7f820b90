// SPDX-License-Identifier: Apache-2.0

//! Keys by queries and values by weights, page by page.
//!
//! All functions here need slices of the lengths that `linear::cached` has checked.

use super::tiles::Pairs;
use crate::{
	linear::cached::PAIRS,
	lines::{ROWS, WordLine},
};

#[inline(always)]
fn from<T>(all: &[T], first: usize) -> &[T] {
	all.get(first..).unwrap_or_default()
}

#[inline(always)]
fn of_each<const M: usize>(units: &[&[u64]], first: usize) -> [*const i16; M] {
	core::array::from_fn(|number| {
		let units = units.get(first + number).copied().unwrap_or_default();
		units.as_ptr().cast()
	})
}

#[inline(always)]
unsafe fn scores_tile<const M: usize>(
	page: &[WordLine],
	queries: &[&[u64]],
	first: usize,
	steps: usize,
	out: &mut [[i64; ROWS]],
) {
	let mut pairs = Pairs::<M>::zero();
	// SAFETY: the page has `steps` lines, each query as many units.
	unsafe { pairs.add(page.as_ptr().cast(), of_each(queries, first), steps) };
	for (out, sums) in out.iter_mut().skip(first).zip(pairs.sums()) {
		*out = sums;
	}
}

/// Two queries at a time.
pub unsafe fn scores(pages: &[&[WordLine]], queries: &[&[u64]], steps: usize, out: &mut [[i64; ROWS]]) {
	let count = queries.len();
	for (page, out) in pages.iter().zip(out.chunks_mut(count.max(1))) {
		for first in (0..count).step_by(2) {
			// SAFETY: as of this function.
			unsafe {
				match count - first {
					1 => scores_tile::<1>(page, queries, first, steps, out),
					_ => scores_tile::<2>(page, queries, first, steps, out),
				}
			}
		}
	}
}

#[inline(always)]
unsafe fn sums_tile<const M: usize>(
	pages: &[&[WordLine]],
	weights: &[&[u64]],
	first: usize,
	block: usize,
	blocks: usize,
	out: &mut [[i64; ROWS]],
) {
	let mut units: [*const i16; M] = of_each(weights, first);
	let mut pairs = Pairs::<M>::zero();
	for page in pages {
		let lines = from(page, block * PAIRS);
		// SAFETY: each page has eight lines for each block, each list of weights eight units for each page.
		unsafe { pairs.add(lines.as_ptr().cast(), units, PAIRS) };
		units = units.map(|unit| unit.wrapping_add(PAIRS * 4));
	}
	for (more, sums) in pairs.sums().into_iter().enumerate() {
		if let Some(out) = out.get_mut((first + more) * blocks + block) {
			*out = sums;
		}
	}
}

/// Two lists of weights at a time.
pub unsafe fn sums(pages: &[&[WordLine]], weights: &[&[u64]], blocks: usize, out: &mut [[i64; ROWS]]) {
	let count = weights.len();
	for block in 0..blocks {
		for first in (0..count).step_by(2) {
			// SAFETY: as of this function.
			unsafe {
				match count - first {
					1 => sums_tile::<1>(pages, weights, first, block, blocks, out),
					_ => sums_tile::<2>(pages, weights, first, block, blocks, out),
				}
			}
		}
	}
}
