// SPDX-License-Identifier: Apache-2.0

//! Strips of a matrix, tile by tile.
//!
//! All functions here need: a strip that is whole, and a pointer to its first line.

use super::tiles::{self, Pairs};
use crate::{
	linear::{
		Strip,
		finish::{Floats, finish},
		plain::onto,
	},
	lines::{Numbers, ROWS},
	pack::Block,
};

/// Bytes of a line.
const LINE: usize = 64;

/// Lines of widened bytes before a sum becomes longer: 4 * 128 * 32,639 * 128 is below 2^31.
const WIDENED_LINES: usize = 128;

/// Sixteen rows on their way from sums to values.
struct Rows<'a> {
	number: usize,
	block: &'a Block,
	least: i32,
	floats: Floats,
}

impl<'a> Rows<'a> {
	#[inline(always)]
	fn new(strip: &Strip<'a>, number: usize) -> Option<Self> {
		let block = strip.blocks.get(number)?;
		Some(Self {
			number,
			block,
			least: *strip.least.get(number)?,
			floats: Floats::new(block),
		})
	}

	/// Writes the values of a token; `value` makes them with a shift's base and with what is added.
	#[inline(always)]
	fn write(&self, strip: &mut Strip<'_>, token: usize, value: impl Fn(i32, &[i32; ROWS]) -> Numbers) {
		let base = strip.bases.get(token).copied().unwrap_or(0);
		let added = onto(strip.onto, token, self.number);
		if let Some(out) = strip.out.get_mut(self.number * strip.bases.len() + token) {
			*out = value(base, &added);
		}
	}

	/// Of sums by limbs.
	#[inline(always)]
	fn write_limbs(&self, strip: &mut Strip<'_>, token: usize, upper: &[i32; ROWS], lower: &[i32; ROWS]) {
		self.write(strip, token, |base, added| {
			if self.least + base >= 1 {
				return self.floats.of_limbs(upper, lower, base, added);
			}
			let mut sums = [0; ROWS];
			for ((sum, upper), lower) in sums.iter_mut().zip(upper).zip(lower) {
				*sum = (i64::from(*upper) << 8) + i64::from(*lower);
			}
			finish(&sums, self.block, self.least, base, added)
		});
	}

	/// Of whole sums of bytes.
	#[inline(always)]
	fn write_sums(&self, strip: &mut Strip<'_>, token: usize, sums: &[i64; ROWS]) {
		self.write(strip, token, |base, added| match self.least + base >= 1 {
			true => self.floats.of_sums(sums, base, added),
			false => finish(sums, self.block, self.least, base, added),
		});
	}
}

/// Where the units of some tokens begin.
#[inline(always)]
fn units<T, const M: usize>(strip: &Strip<'_>, token: usize) -> [*const T; M] {
	core::array::from_fn(|more| {
		let first = strip.units.as_ptr();
		first.wrapping_add((token + more) * strip.stride).cast()
	})
}

/// Calls the function of a tile for all tokens, with as many as there are left, up to `$most`.
macro_rules! by_tokens {
	($tokens:expr, $most:literal, |$token:ident| $name:ident($($arg:expr),*)) => {{
		let tokens = $tokens;
		let mut $token = 0;
		while $token < tokens {
			// SAFETY: as of the function that this is in.
			unsafe {
				match tokens - $token {
					1 => { $name::<1>($($arg),*); $token += 1; }
					2 if $most >= 2 => { $name::<2>($($arg),*); $token += 2; }
					3 if $most >= 3 => { $name::<3>($($arg),*); $token += 3; }
					_ => { $name::<$most>($($arg),*); $token += $most; }
				}
			}
		}
	}};
}

/// Calls the function of a tile for all blocks and tokens.
macro_rules! by_blocks {
	($strip:ident, $first:ident, $most:literal, $name:ident($($arg:expr),*)) => {
		for number in 0..$strip.blocks.len() {
			let Some(rows) = Rows::new($strip, number) else {
				return;
			};
			let line = $first.wrapping_byte_add(number * $strip.steps * LINE);
			by_tokens!($strip.bases.len(), $most, |token| $name($strip, &rows, line, token $(, $arg)*));
		}
	};
}

#[inline(always)]
unsafe fn widened_tile<const M: usize>(strip: &mut Strip<'_>, rows: &Rows<'_>, line: *const i8, token: usize) {
	let units = units::<i16, M>(strip, token);
	let mut all = [[0_i64; ROWS]; M];
	for step in (0..strip.steps).step_by(WIDENED_LINES) {
		let steps = (strip.steps - step).min(WIDENED_LINES);
		let units = units.map(|unit| unit.wrapping_add(step * 4));
		// SAFETY: the strip is whole, so it has the lines of this block and the units of these tokens.
		let sums = unsafe { tiles::widened::<M>(line.wrapping_add(step * LINE), units, steps) };
		lengthen(&mut all, &sums);
	}
	for (more, sums) in all.iter().enumerate() {
		rows.write_sums(strip, token + more, sums);
	}
}

#[inline(always)]
fn lengthen<const M: usize>(all: &mut [[i64; ROWS]; M], sums: &[[i32; ROWS]; M]) {
	for (all, sums) in all.iter_mut().zip(sums) {
		for (all, sum) in all.iter_mut().zip(sums) {
			*all += i64::from(*sum);
		}
	}
}

/// Bytes, widened to words.
pub unsafe fn widened(strip: &mut Strip<'_>, first: *const i8) {
	by_blocks!(strip, first, 4, widened_tile());
}

#[inline(always)]
unsafe fn dots_tile<const M: usize>(strip: &mut Strip<'_>, rows: &Rows<'_>, line: *const i8, token: usize) {
	// SAFETY: the strip is whole, so it has the lines of this block and the units of these tokens.
	let (upper, lower) = unsafe { tiles::dots::<M>(line, units(strip, token), strip.steps) };
	for (more, (upper, lower)) in upper.iter().zip(&lower).enumerate() {
		rows.write_limbs(strip, token + more, upper, lower);
	}
}

/// Bytes by limbs, four columns an instruction, which it needs.
#[inline(always)]
pub unsafe fn dots(strip: &mut Strip<'_>, first: *const i8) {
	by_blocks!(strip, first, 3, dots_tile());
}

#[inline(always)]
unsafe fn squares_tile<const M: usize>(strip: &mut Strip<'_>, rows: &Rows<'_>, line: *const i8, token: usize) {
	// SAFETY: the strip is whole, so it has the lines of this block and the units of these tokens.
	let (upper, lower) = unsafe { tiles::squares::<M>(line, units(strip, token), strip.steps) };
	for (more, (upper, lower)) in upper.iter().zip(&lower).enumerate() {
		rows.write_limbs(strip, token + more, upper, lower);
	}
}

/// Bytes by limbs, eight columns an instruction, which it needs.
#[inline(always)]
pub unsafe fn squares(strip: &mut Strip<'_>, first: *const i8) {
	// Three tokens would need more registers than there are.
	by_blocks!(strip, first, 2, squares_tile());
}

#[inline(always)]
unsafe fn whole_tile<const M: usize>(
	strip: &mut Strip<'_>,
	rows: &Rows<'_>,
	line: *const i16,
	token: usize,
	reach: usize,
) {
	let units = units::<i16, M>(strip, token);
	let mut all = [[0_i64; ROWS]; M];
	for step in (0..strip.steps).step_by(reach) {
		let steps = (strip.steps - step).min(reach);
		let units = units.map(|unit| unit.wrapping_add(step * 2));
		// SAFETY: the strip is whole, so it has the lines of this block and the units of these tokens; `reach` is even, so that
		// every part begins with a whole unit.
		let sums = unsafe { tiles::whole::<M>(line.wrapping_byte_add(step * LINE), units, steps) };
		lengthen(&mut all, &sums);
	}
	for (more, sums) in all.iter().enumerate() {
		rows.write(strip, token + more, |base, added| {
			finish(sums, rows.block, rows.least, base, added)
		});
	}
}

/// Words by whole activations, `reach` lines before a sum becomes longer.
pub unsafe fn whole(strip: &mut Strip<'_>, first: *const i16, reach: usize) {
	// Two lines a unit.
	let reach = (reach & !1).max(2);
	by_blocks!(strip, first, 4, whole_tile(reach));
}

#[inline(always)]
unsafe fn pairs_tile<const M: usize>(strip: &mut Strip<'_>, rows: &Rows<'_>, line: *const i16, token: usize) {
	let mut pairs = Pairs::<M>::zero();
	// SAFETY: the strip is whole, so it has the lines of this block and the units of these tokens.
	unsafe { pairs.add(line, units(strip, token), strip.steps) };
	for (more, sums) in pairs.sums().iter().enumerate() {
		rows.write(strip, token + more, |base, added| {
			finish(sums, rows.block, rows.least, base, added)
		});
	}
}

/// Any words.
pub unsafe fn pairs(strip: &mut Strip<'_>, first: *const i16) {
	by_blocks!(strip, first, 2, pairs_tile());
}
