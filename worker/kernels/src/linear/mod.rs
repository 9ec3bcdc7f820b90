// SPDX-License-Identifier: Apache-2.0

//! Products of matrices and vectors. Each path sums exactly, in its own order; what makes a value of a sum is the same for all.

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod aarch64;
mod finish;
mod plain;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::{
	activations::{Activations, Encoding},
	lines::{ByteLine, Numbers, ROWS, WordLine},
	pack::{Block, Lines, Packed, reach},
	path::Path,
};

/// What is added to a product: a vector of each token, `stride` apart, of which the product's first row is number `first`.
#[derive(Clone, Copy)]
pub struct Onto<'a> {
	pub numbers: &'a [i32],
	pub stride: usize,
	pub first: usize,
}

/// Some blocks of a matrix against all tokens.
pub struct Strip<'a> {
	pub numbers: Stored<'a>,
	pub blocks: &'a [Block],
	pub least: &'a [i32],
	/// Lines of a block.
	pub steps: usize,
	pub encoding: Encoding,
	pub units: &'a [u64],
	/// Units of a token.
	pub stride: usize,
	/// Of each token: what is added to a row's shift.
	pub bases: &'a [i32],
	pub onto: Option<Onto<'a>>,
	/// Block by block, and in each block token by token.
	pub out: &'a mut [Numbers],
}

/// The lines of a strip.
#[derive(Clone, Copy)]
pub enum Stored<'a> {
	Bytes(&'a [ByteLine]),
	/// Words that are multiplied with whole activations, `reach` lines before a sum must become longer.
	Words(&'a [WordLine], usize),
	/// Words that are multiplied with limbs, or pair by pair.
	Limbs(&'a [WordLine], usize),
}

impl Strip<'_> {
	/// Whether every slice has the length that the others imply. Kernels rely on it.
	fn is_whole(&self) -> bool {
		let (blocks, tokens) = (self.blocks.len(), self.bases.len());
		let (lines, columns) = match self.numbers {
			Stored::Bytes(lines) => (lines.len(), ByteLine::COLUMNS),
			Stored::Words(lines, _) | Stored::Limbs(lines, _) => (lines.len(), WordLine::COLUMNS),
		};
		let stride = self.encoding.units(self.steps.saturating_mul(columns));
		let onto = self.onto.is_none_or(|onto| {
			let end = blocks.checked_mul(ROWS).and_then(|rows| rows.checked_add(onto.first));
			let all = tokens.checked_mul(onto.stride);
			end.is_some_and(|end| end <= onto.stride) && all.is_some_and(|all| all <= onto.numbers.len())
		});
		Some(lines) == blocks.checked_mul(self.steps)
			&& self.least.len() == blocks
			&& self.stride == stride
			&& tokens.checked_mul(stride) == Some(self.units.len())
			&& blocks.checked_mul(tokens) == Some(self.out.len())
			&& onto
	}
}

/// The part of a product that belongs to blocks `first` and on; `out` says how many.
pub fn product(
	path: Path,
	packed: &Packed,
	first: usize,
	input: &Activations,
	bases: &[i32],
	onto: Option<(&[i32], usize)>,
	out: &mut [Numbers],
) {
	let Some(count) = out.len().checked_div(bases.len()) else {
		return;
	};
	let end = first.saturating_add(count);
	let lines = first.saturating_mul(packed.steps)..end.saturating_mul(packed.steps);
	let numbers = match (&packed.lines, input.encoding) {
		(Lines::Bytes(all), _) => Stored::Bytes(all.get(lines).unwrap_or_default()),
		(Lines::Words { lines: all, largest }, Encoding::Limbs | Encoding::Twice) => {
			Stored::Limbs(all.get(lines).unwrap_or_default(), reach(*largest, 128))
		}
		(Lines::Words { lines: all, largest }, _) => {
			Stored::Words(all.get(lines).unwrap_or_default(), reach(*largest, 32_639))
		}
	};
	let mut strip = Strip {
		numbers,
		blocks: packed.blocks.get(first..end).unwrap_or_default(),
		least: packed.least.get(first..end).unwrap_or_default(),
		steps: packed.steps,
		encoding: input.encoding,
		units: &input.units,
		stride: input.stride,
		bases,
		onto: onto.map(|(numbers, stride)| Onto {
			numbers,
			stride,
			first: first.saturating_mul(ROWS),
		}),
		out,
	};
	run(path, &mut strip);
	if path.is_broken()
		&& let Some(number) = strip.out.first_mut()
	{
		let [value, ..] = &mut number.0;
		*value ^= 1;
	}
}

fn run(path: Path, strip: &mut Strip<'_>) {
	// Never the case for what this crate makes; a kernel must not read beyond a slice all the same.
	if !strip.is_whole() {
		debug_assert!(false, "a strip that is not whole");
		return;
	}
	#[cfg(target_arch = "x86_64")]
	if x86::run(path, strip) {
		return;
	}
	#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
	if aarch64::run(path, strip) {
		return;
	}
	let _ = path;
	plain::run(strip);
}

/// What is added to the shift of a row: by the binary point of a token's activations, and the fraction of the product.
pub fn base(point: atelier_referee::ops::linear::Point, to: u8) -> i32 {
	i32::from(point.fraction) - i32::from(to) - i32::from(point.exponent)
}

/// Products of words with limbs where the matrix is not a model's: keys and values of the cache.
pub mod cached {
	use super::*;

	/// Sums of each query with each position of each page. `pages` have one line for each unit of a query, `out` is a list of
	/// sixteen sums for each page, and in it each query.
	pub fn scores(path: Path, pages: &[&[WordLine]], queries: &[&[u64]], out: &mut [[i64; ROWS]]) {
		let steps = queries.first().map_or(0, |query| query.len());
		let whole = pages.iter().all(|page| page.len() == steps)
			&& queries.iter().all(|query| query.len() == steps)
			// Of 2 * 128 * 32,639 an `i32` holds 256.
			&& steps <= 256
			&& Some(out.len()) == pages.len().checked_mul(queries.len());
		if !whole {
			debug_assert!(false, "pages and queries do not fit");
			return;
		}
		#[cfg(target_arch = "x86_64")]
		if x86::scores(path, pages, queries, steps, out) {
			return;
		}
		#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
		if aarch64::scores(path, pages, queries, steps, out) {
			return;
		}
		let _ = path;
		plain::scores(pages, queries, out);
	}

	/// Positions of a page in pairs.
	pub const PAIRS: usize = 8;

	/// Sums of values by their weights. A page has eight lines for each sixteen numbers of a value, a list of weights one unit
	/// for each two positions; `out` is a list of sixteen sums for each list of weights, and in it each sixteen numbers.
	pub fn sums(path: Path, pages: &[&[WordLine]], weights: &[&[u64]], out: &mut [[i64; ROWS]]) {
		let units = pages.len().saturating_mul(PAIRS);
		let Some(blocks) = out.len().checked_div(weights.len()) else {
			return;
		};
		let whole = pages.iter().all(|page| page.len() == blocks.saturating_mul(PAIRS))
			&& weights.iter().all(|weights| weights.len() == units)
			&& blocks.saturating_mul(weights.len()) == out.len();
		if !whole {
			debug_assert!(false, "pages and weights do not fit");
			return;
		}
		#[cfg(target_arch = "x86_64")]
		if x86::sums(path, pages, weights, blocks, out) {
			return;
		}
		#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
		if aarch64::sums(path, pages, weights, blocks, out) {
			return;
		}
		let _ = path;
		plain::sums(pages, weights, blocks, out);
	}
}
