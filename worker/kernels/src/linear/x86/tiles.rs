// SPDX-License-Identifier: Apache-2.0

//! The innermost loops: some tokens by some registers of rows, whose sums stay in registers until the columns are through.

use super::simd::{Bytes, Widened, Words};

/// Tokens of the largest tile.
pub const TOKENS: usize = 4;
/// Numbers of 32 bits of the largest tile for one token.
pub const WIDTH: usize = 64;

/// Sums of a tile, by token.
pub type Sums = [[i32; WIDTH]; TOKENS];

/// A tile of nothing.
pub const NONE: Sums = [[0; WIDTH]; TOKENS];

#[inline(always)]
unsafe fn keep<S: Words, const V: usize, const M: usize>(sums: [[S::Vector; V]; M], to: &mut Sums) {
	for (sums, to) in sums.iter().zip(to) {
		for (vector, sum) in sums.iter().enumerate() {
			// SAFETY: a tile has at most `WIDTH` lanes.
			unsafe { S::store(*sum, to.as_mut_ptr().add(vector * S::LANES)) };
		}
	}
}

#[inline(always)]
fn fetch(from: *const u8) {
	use core::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
	// SAFETY: fetching ahead does nothing that a program sees, whatever the address.
	unsafe { _mm_prefetch::<_MM_HINT_T1>(from.cast()) };
}

/// Bytes by halves: `lines` are where the registers of the first columns lie, each 64 bytes before its next; `units` are those
/// of each token; `ahead` are lines that are needed soon, each of them fetched 2^`rate`
/// times. The sums with the upper halves, and with the lower ones: 4 * 255 * 128 * 8,192 lines are below 2^31.
#[inline(always)]
pub unsafe fn halves<S: Bytes, const V: usize, const M: usize>(
	lines: [*const u8; V],
	units: [*const u8; M],
	ahead: [*const u8; V],
	rate: u32,
	steps: usize,
	upper: &mut Sums,
	lower: &mut Sums,
) {
	// SAFETY: the caller has the instructions; every pointer but those ahead is to `steps` lines or units, or the part of a line.
	unsafe {
		let mut up = [[S::zero(); V]; M];
		let mut low = [[S::zero(); V]; M];
		for step in 0..steps {
			let mut weights = [S::zero(); V];
			for (weights, line) in weights.iter_mut().zip(lines) {
				*weights = S::load(line.add(step * 64));
			}
			for line in ahead {
				fetch(line.wrapping_add((step * 64) >> rate));
			}
			for ((up, low), unit) in up.iter_mut().zip(&mut low).zip(units) {
				let a = S::splat(unit.add(step * 8));
				for (sum, weights) in up.iter_mut().zip(weights) {
					*sum = S::bytes(*sum, a, weights);
				}
				let b = S::splat(unit.add(step * 8 + 4));
				for (sum, weights) in low.iter_mut().zip(weights) {
					*sum = S::bytes(*sum, b, weights);
				}
			}
		}
		keep::<S, V, M>(up, upper);
		keep::<S, V, M>(low, lower);
	}
}

/// Bytes that are widened, by words: each register has the products of a row in two lanes.
#[inline(always)]
pub unsafe fn widened<S: Widened, const V: usize, const M: usize>(
	lines: [*const u8; V],
	units: [*const u8; M],
	steps: usize,
	sums: &mut Sums,
) {
	// SAFETY: the caller has the instructions; every pointer is to `steps` lines or units, or the part of a line.
	unsafe {
		let mut all = [[S::zero(); V]; M];
		for step in 0..steps {
			let mut weights = [S::zero(); V];
			for (weights, line) in weights.iter_mut().zip(lines) {
				*weights = S::widen(line.add(step * 64));
			}
			for (sums, unit) in all.iter_mut().zip(units) {
				let unit = S::splat_unit(unit.add(step * 8));
				for (sum, weights) in sums.iter_mut().zip(weights) {
					*sum = S::words(*sum, unit, weights);
				}
			}
		}
		keep::<S, V, M>(all, sums);
	}
}

/// Words by words that are whole: four bytes of a token's units a line.
#[inline(always)]
pub unsafe fn whole<S: Words, const V: usize, const M: usize>(
	lines: [*const u8; V],
	units: [*const u8; M],
	steps: usize,
	sums: &mut Sums,
) {
	// SAFETY: the caller has the instructions; every pointer is to `steps` lines, or the part of a line, or half as many units.
	unsafe {
		let mut all = [[S::zero(); V]; M];
		for step in 0..steps {
			let mut weights = [S::zero(); V];
			for (weights, line) in weights.iter_mut().zip(lines) {
				*weights = S::load(line.add(step * 64));
			}
			for (sums, unit) in all.iter_mut().zip(units) {
				let two = S::splat(unit.add(step * 4));
				for (sum, weights) in sums.iter_mut().zip(weights) {
					*sum = S::words(*sum, two, weights);
				}
			}
		}
		keep::<S, V, M>(all, sums);
	}
}

/// Sums of limbs that stay in registers over several calls of [`Limbs::add`].
pub struct Limbs<S: Words, const V: usize, const M: usize> {
	upper: [[S::Vector; V]; M],
	lower: [[S::Vector; V]; M],
}

impl<S: Words, const V: usize, const M: usize> Limbs<S, V, M> {
	#[inline(always)]
	pub unsafe fn zero() -> Self {
		// SAFETY: the caller has the instructions.
		unsafe {
			Self {
				upper: [[S::zero(); V]; M],
				lower: [[S::zero(); V]; M],
			}
		}
	}

	/// Adds words by limbs: a unit of each token a line. `ahead` are lines that are needed next.
	#[inline(always)]
	pub unsafe fn add(&mut self, lines: [*const u8; V], ahead: [*const u8; V], units: [*const u8; M], steps: usize) {
		// SAFETY: the caller has the instructions; every pointer but those ahead is to `steps` lines or units, or the part of a line.
		unsafe {
			for step in 0..steps {
				let mut weights = [S::zero(); V];
				for (weights, line) in weights.iter_mut().zip(lines) {
					*weights = S::load(line.add(step * 64));
				}
				for line in ahead {
					fetch(line.wrapping_add(step * 64));
				}
				for ((upper, lower), unit) in self.upper.iter_mut().zip(&mut self.lower).zip(units) {
					let a = S::splat(unit.add(step * 8));
					for (sum, weights) in upper.iter_mut().zip(weights) {
						*sum = S::words(*sum, a, weights);
					}
					let b = S::splat(unit.add(step * 8 + 4));
					for (sum, weights) in lower.iter_mut().zip(weights) {
						*sum = S::words(*sum, b, weights);
					}
				}
			}
		}
	}

	#[inline(always)]
	pub unsafe fn keep(self, upper: &mut Sums, lower: &mut Sums) {
		// SAFETY: the caller has the instructions.
		unsafe {
			keep::<S, V, M>(self.upper, upper);
			keep::<S, V, M>(self.lower, lower);
		}
	}
}
