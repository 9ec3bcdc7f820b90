// SPDX-License-Identifier: Apache-2.0

//! Strips of a matrix, tile by tile.
//!
//! All functions here need: the instructions of `S`, and a strip that is whole.

use super::{
	simd::{Bytes, Widened, Words},
	tiles::{self, NONE, Sums, TOKENS},
};
use crate::{
	linear::{
		Strip,
		finish::{Floats, finish},
		plain::onto,
	},
	lines::ROWS,
};

/// Bytes of a line.
const LINE: usize = 64;

/// Lines ahead of which are fetched by a tile that reads its block alone: what memory answers with meanwhile.
const AHEAD: usize = 24;

/// Where the registers of some blocks begin: the first block is number `block`, a line has `parts` registers.
#[inline(always)]
fn lines<const V: usize>(first: *const u8, block: usize, steps: usize, parts: usize) -> [*const u8; V] {
	core::array::from_fn(|vector| {
		first.wrapping_add((block + vector / parts) * steps * LINE + vector % parts * (LINE / parts))
	})
}

#[inline(always)]
fn units<const M: usize>(strip: &Strip<'_>, token: usize) -> [*const u8; M] {
	core::array::from_fn(|more| {
		let first: *const u8 = strip.units.as_ptr().cast();
		first.wrapping_add((token + more) * strip.stride * 8)
	})
}

/// Writes values of a tile; `sum` gives the sums of a block of a token.
#[inline(always)]
fn write<const M: usize>(
	strip: &mut Strip<'_>,
	block: usize,
	blocks: usize,
	token: usize,
	sum: impl Fn(usize, usize) -> [i64; ROWS],
) {
	let tokens = strip.bases.len();
	for number in block..block + blocks {
		let (Some(of), Some(least)) = (strip.blocks.get(number), strip.least.get(number)) else {
			return;
		};
		for more in 0..M {
			let token = token + more;
			let base = strip.bases.get(token).copied().unwrap_or(0);
			let added = onto(strip.onto, token, number);
			let value = finish(&sum(more, number - block), of, *least, base, &added);
			if let Some(out) = strip.out.get_mut(number * tokens + token) {
				*out = value;
			}
		}
	}
}

/// Sixteen sums of a token's part of a tile.
#[inline(always)]
fn sixteen(sums: &Sums, token: usize, block: usize) -> [i32; ROWS] {
	sums.get(token)
		.and_then(|sums| sums.as_chunks::<ROWS>().0.get(block))
		.copied()
		.unwrap_or([0; ROWS])
}

/// Calls the function of a tile with as many tokens as there are left, up to `$most`.
macro_rules! by_tokens {
	($tokens:expr, $most:literal, |$token:ident| $name:ident::<$s:ty, $v:literal>($($arg:expr),*)) => {{
		let tokens = $tokens;
		let mut $token = 0;
		while $token < tokens {
			// SAFETY: as of the function that this is in.
			unsafe {
				match tokens - $token {
					1 => { $name::<$s, $v, 1>($($arg),*); $token += 1; }
					2 if $most >= 2 => { $name::<$s, $v, 2>($($arg),*); $token += 2; }
					3 if $most >= 3 => { $name::<$s, $v, 3>($($arg),*); $token += 3; }
					_ => { $name::<$s, $v, $most>($($arg),*); $token += $most; }
				}
			}
		}
	}};
}

/// What a tile fetches while it multiplies, and how slowly. The first tile of a block finds its lines fetched by the tiles of the
/// block before, each of which fetches a part; the only tile of a block fetches a little ahead of itself.
#[inline(always)]
fn ahead<const V: usize, const M: usize>(
	lines: [*const u8; V],
	steps: usize,
	parts: usize,
	token: usize,
	tokens: usize,
) -> ([*const u8; V], u32) {
	if tokens <= M {
		return (lines.map(|line| line.wrapping_add(AHEAD * LINE)), 0);
	}
	// Full tiles but the last.
	let tiles = tokens / TOKENS;
	let tile = token / TOKENS;
	let next = V / parts * steps * LINE;
	if tiles < V {
		let each = V.div_ceil(tiles.max(2));
		let fetched = core::array::from_fn(|place| {
			let own = lines.get(place).copied().unwrap_or(core::ptr::null());
			match lines.get(tile * each + place) {
				Some(line) if place < each => line.wrapping_add(next),
				// It is there already.
				_ => own,
			}
		});
		return (fetched, 0);
	}
	// So many tiles fetch a register's lines together.
	let rate = (tiles / V).ilog2().min(4);
	let (register, part) = (tile >> rate, tile & ((1 << rate) - 1));
	let mut fetched = lines;
	if let (Some(line), [first, ..]) = (lines.get(register), fetched.as_mut_slice()) {
		*first = line.wrapping_add(next + ((part * steps * LINE) >> rate));
	}
	(fetched, rate)
}

#[inline(always)]
unsafe fn halves_tile<S: Bytes, const V: usize, const M: usize>(
	strip: &mut Strip<'_>,
	first: *const u8,
	block: usize,
	token: usize,
) {
	let parts = ROWS / S::LANES;
	let (mut upper, mut lower) = (NONE, NONE);
	let lines = lines::<V>(first, block, strip.steps, parts);
	let (ahead, rate) = ahead::<V, M>(lines, strip.steps, parts, token, strip.bases.len());
	// SAFETY: the strip is whole, so it has the lines of these blocks and the units of these tokens.
	unsafe {
		tiles::halves::<S, V, M>(
			lines,
			units::<M>(strip, token),
			ahead,
			rate,
			strip.steps,
			&mut upper,
			&mut lower,
		)
	};
	let tokens = strip.bases.len();
	for number in block..block + V / parts {
		let (Some(of), Some(least)) = (strip.blocks.get(number), strip.least.get(number)) else {
			return;
		};
		let floats = Floats::new(of);
		for more in 0..M {
			let (upper, lower) = (
				sixteen(&upper, more, number - block),
				sixteen(&lower, more, number - block),
			);
			let token = token + more;
			let base = strip.bases.get(token).copied().unwrap_or(0);
			let added = onto(strip.onto, token, number);
			let value = if least + base >= 1 {
				floats.of_halves(&upper, &lower, base, &added)
			} else {
				let mut sums = [0; ROWS];
				for (((sum, upper), lower), row) in sums.iter_mut().zip(upper).zip(lower).zip(of.sums) {
					*sum = (i64::from(upper) << 8) + i64::from(lower) - (i64::from(row) << 15);
				}
				finish(&sums, of, *least, base, &added)
			};
			if let Some(out) = strip.out.get_mut(number * tokens + token) {
				*out = value;
			}
		}
	}
}

/// Bytes by halves, with registers of 512 bits.
#[inline(always)]
pub unsafe fn halves_wide<S: Bytes>(strip: &mut Strip<'_>, first: *const u8) {
	let blocks = strip.blocks.len();
	let tokens = strip.bases.len();
	let mut block = 0;
	while block < blocks {
		match blocks - block {
			1 => by_tokens!(tokens, 4, |token| halves_tile::<S, 1>(strip, first, block, token)),
			2 => by_tokens!(tokens, 4, |token| halves_tile::<S, 2>(strip, first, block, token)),
			_ => by_tokens!(tokens, 4, |token| halves_tile::<S, 3>(strip, first, block, token)),
		}
		block += 3;
	}
}

/// Bytes by halves, with registers of 256 bits.
#[inline(always)]
pub unsafe fn halves_narrow<S: Bytes>(strip: &mut Strip<'_>, first: *const u8) {
	let tokens = strip.bases.len();
	for block in 0..strip.blocks.len() {
		by_tokens!(tokens, 3, |token| halves_tile::<S, 2>(strip, first, block, token));
	}
}

/// Lines before a lane becomes longer: 2 * 128 * 32,639 * 256 is below 2^31.
const WIDENED_LINES: usize = 256;

#[inline(always)]
unsafe fn widened_tile<S: Widened, const V: usize, const M: usize>(
	strip: &mut Strip<'_>,
	first: *const u8,
	block: usize,
	token: usize,
) {
	let parts = 2 * ROWS / S::LANES;
	let lines = lines::<V>(first, block, strip.steps, parts);
	let units = units::<M>(strip, token);
	let mut all = [[0_i64; tiles::WIDTH]; TOKENS];
	let mut step = 0;
	while step < strip.steps {
		let steps = (strip.steps - step).min(WIDENED_LINES);
		let mut sums = NONE;
		let lines = lines.map(|line| line.wrapping_add(step * LINE));
		let units = units.map(|unit| unit.wrapping_add(step * 8));
		// SAFETY: the strip is whole, so it has the lines of these blocks and the units of these tokens.
		unsafe { tiles::widened::<S, V, M>(lines, units, steps, &mut sums) };
		for (all, sums) in all.iter_mut().zip(&sums).take(M) {
			for (all, [one, other]) in all.iter_mut().zip(sums.as_chunks().0) {
				*all += i64::from(*one) + i64::from(*other);
			}
		}
		step += steps;
	}
	write::<M>(strip, block, V / parts, token, |token, block| {
		let sums = all.get(token).and_then(|all| all.as_chunks().0.get(block));
		sums.copied().unwrap_or([0; ROWS])
	});
}

/// Widened bytes, with registers of 512 bits.
#[inline(always)]
pub unsafe fn widened_wide<S: Widened>(strip: &mut Strip<'_>, first: *const u8) {
	let blocks = strip.blocks.len();
	let tokens = strip.bases.len();
	let mut block = 0;
	while block < blocks {
		match blocks - block {
			1 => by_tokens!(tokens, 4, |token| widened_tile::<S, 2>(strip, first, block, token)),
			_ => by_tokens!(tokens, 4, |token| widened_tile::<S, 4>(strip, first, block, token)),
		}
		block += 2;
	}
}

/// Widened bytes, with registers of 256 bits.
#[inline(always)]
pub unsafe fn widened_narrow<S: Widened>(strip: &mut Strip<'_>, first: *const u8) {
	let tokens = strip.bases.len();
	for block in 0..strip.blocks.len() {
		by_tokens!(tokens, 2, |token| widened_tile::<S, 4>(strip, first, block, token));
	}
}

#[inline(always)]
unsafe fn words_tile<S: Words, const V: usize, const M: usize>(
	strip: &mut Strip<'_>,
	first: *const u8,
	block: usize,
	token: usize,
	reach: usize,
	limbs: bool,
) {
	let parts = ROWS / S::LANES;
	let lines = lines::<V>(first, block, strip.steps, parts);
	let units = units::<M>(strip, token);
	let mut all = [[0_i64; tiles::WIDTH]; TOKENS];
	let mut step = 0;
	while step < strip.steps {
		let steps = (strip.steps - step).min(reach.max(1));
		let lines = lines.map(|line| line.wrapping_add(step * LINE));
		let (mut upper, mut lower) = (NONE, NONE);
		// SAFETY: the strip is whole, so it has the lines of these blocks and the units of these tokens.
		unsafe {
			if limbs {
				let units = units.map(|unit| unit.wrapping_add(step * 8));
				let mut sums = tiles::Limbs::<S, V, M>::zero();
				let ahead = lines.map(|line| line.wrapping_add(AHEAD * LINE));
				sums.add(lines, ahead, units, steps);
				sums.keep(&mut upper, &mut lower);
			} else {
				let units = units.map(|unit| unit.wrapping_add(step * 4));
				tiles::whole::<S, V, M>(lines, units, steps, &mut lower);
			}
		}
		for ((all, upper), lower) in all.iter_mut().zip(&upper).zip(&lower).take(M) {
			for ((all, upper), lower) in all.iter_mut().zip(upper).zip(lower).take(V * S::LANES) {
				*all += (i64::from(*upper) << 8) + i64::from(*lower);
			}
		}
		step += steps;
	}
	write::<M>(strip, block, V / parts, token, |token, block| {
		let sums = all.get(token).and_then(|all| all.as_chunks().0.get(block));
		sums.copied().unwrap_or([0; ROWS])
	});
}

/// Words, with registers of 512 bits.
#[inline(always)]
pub unsafe fn words_wide<S: Words>(strip: &mut Strip<'_>, first: *const u8, reach: usize, limbs: bool) {
	let blocks = strip.blocks.len();
	let tokens = strip.bases.len();
	let mut block = 0;
	while block < blocks {
		match blocks - block {
			1 => by_tokens!(tokens, 4, |token| words_tile::<S, 1>(
				strip, first, block, token, reach, limbs
			)),
			2 => by_tokens!(tokens, 4, |token| words_tile::<S, 2>(
				strip, first, block, token, reach, limbs
			)),
			_ => by_tokens!(tokens, 4, |token| words_tile::<S, 3>(
				strip, first, block, token, reach, limbs
			)),
		}
		block += 3;
	}
}

/// Words, with registers of 256 bits.
#[inline(always)]
pub unsafe fn words_narrow<S: Words>(strip: &mut Strip<'_>, first: *const u8, reach: usize, limbs: bool) {
	let tokens = strip.bases.len();
	for block in 0..strip.blocks.len() {
		by_tokens!(tokens, 3, |token| words_tile::<S, 2>(
			strip, first, block, token, reach, limbs
		));
	}
}
