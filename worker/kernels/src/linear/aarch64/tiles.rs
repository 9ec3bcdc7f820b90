// SPDX-License-Identifier: Apache-2.0

//! The innermost loops: some tokens by sixteen rows, whose sums stay in registers until the columns are through.
//!
//! A CPU has 32 registers of 128 bits; how many tokens a tile has follows from that.

use crate::lines::ROWS;
use core::{arch::aarch64::*, arch::asm};

/// Bytes of a line.
const LINE: usize = 64;
/// Words of a line.
const WORDS: usize = LINE / 2;

/// Sixteen sums of each token.
type Sums<const M: usize> = [[int32x4_t; 4]; M];

#[inline(always)]
fn nothing<const M: usize>() -> Sums<M> {
	// SAFETY: every CPU of this architecture has NEON; the same for all other instructions here that are not said to need more.
	unsafe { [[vdupq_n_s32(0); 4]; M] }
}

#[inline(always)]
fn numbers<const M: usize>(sums: Sums<M>) -> [[i32; ROWS]; M] {
	sums.map(|sums| {
		let mut to = [0; ROWS];
		for (to, sum) in to.as_chunks_mut::<4>().0.iter_mut().zip(sums) {
			// SAFETY: there are four.
			unsafe { vst1q_s32(to.as_mut_ptr(), sum) };
		}
		to
	})
}

/// Adds a column of sixteen words by a word of a token.
#[inline(always)]
unsafe fn add<const LANE: i32>(sums: &mut [int32x4_t; 4], column: [int16x8_t; 2], unit: int16x4_t) {
	let [first, second] = column;
	let [a, b, c, d] = sums;
	// SAFETY: a lane of four.
	unsafe {
		*a = vmlal_lane_s16::<LANE>(*a, vget_low_s16(first), unit);
		*b = vmlal_high_lane_s16::<LANE>(*b, first, unit);
		*c = vmlal_lane_s16::<LANE>(*c, vget_low_s16(second), unit);
		*d = vmlal_high_lane_s16::<LANE>(*d, second, unit);
	}
}

/// Bytes that are widened, by words: 4 * 128 * 32,639 a line, so at most 128 lines.
///
/// `lines` and `units` are `steps` lines, and units of each token.
#[inline(always)]
pub unsafe fn widened<const M: usize>(lines: *const i8, units: [*const i16; M], steps: usize) -> [[i32; ROWS]; M] {
	let mut sums = nothing::<M>();
	for step in 0..steps {
		// SAFETY: the caller's pointers.
		unsafe {
			let columns = vld4q_s8(lines.add(step * LINE));
			let widen = |column| [vmovl_s8(vget_low_s8(column)), vmovl_high_s8(column)];
			let (first, second) = (widen(columns.0), widen(columns.1));
			let (third, fourth) = (widen(columns.2), widen(columns.3));
			for (sums, unit) in sums.iter_mut().zip(units) {
				let unit = vld1_s16(unit.add(step * 4));
				add::<0>(sums, first, unit);
				add::<1>(sums, second, unit);
				add::<2>(sums, third, unit);
				add::<3>(sums, fourth, unit);
			}
		}
	}
	numbers(sums)
}

/// Words by words that are whole: as many lines as the words allow. `units` has half a unit for each of `steps` lines.
#[inline(always)]
pub unsafe fn whole<const M: usize>(lines: *const i16, units: [*const i16; M], steps: usize) -> [[i32; ROWS]; M] {
	let mut sums = nothing::<M>();
	let columns = |line: *const i16| {
		// SAFETY: of a line.
		let (above, below) = unsafe { (vld2q_s16(line), vld2q_s16(line.add(WORDS / 2))) };
		[[above.0, below.0], [above.1, below.1]]
	};
	for two in 0..steps / 2 {
		// SAFETY: the caller's pointers.
		unsafe {
			let [first, second] = columns(lines.add(2 * two * WORDS));
			let [third, fourth] = columns(lines.add((2 * two + 1) * WORDS));
			for (sums, unit) in sums.iter_mut().zip(units) {
				let unit = vld1_s16(unit.add(two * 4));
				add::<0>(sums, first, unit);
				add::<1>(sums, second, unit);
				add::<2>(sums, third, unit);
				add::<3>(sums, fourth, unit);
			}
		}
	}
	if !steps.is_multiple_of(2) {
		// SAFETY: the last line has a whole unit, too.
		unsafe {
			let [first, second] = columns(lines.add((steps - 1) * WORDS));
			for (sums, unit) in sums.iter_mut().zip(units) {
				let unit = vld1_s16(unit.add((steps - 1) * 2));
				add::<0>(sums, first, unit);
				add::<1>(sums, second, unit);
			}
		}
	}
	numbers(sums)
}

/// Adds to each lane the products of its four bytes with the four of a lane of `units`.
#[inline(always)]
unsafe fn dot<const LANE: i32>(sum: &mut int32x4_t, bytes: int8x16_t, units: int8x16_t) {
	// SAFETY: the caller has the instruction; it touches registers only.
	unsafe {
		asm!(
			"sdot {sum:v}.4s, {bytes:v}.16b, {units:v}.4b[{lane}]",
			sum = inout(vreg) *sum,
			bytes = in(vreg) bytes,
			units = in(vreg) units,
			lane = const LANE,
			options(pure, nomem, nostack, preserves_flags),
		);
	}
}

/// Adds to each token the four columns of a line, by upper limbs in one lane and lower ones in another.
#[inline(always)]
unsafe fn dots_of_line<const M: usize, const UPPER: i32, const LOWER: i32>(
	line: *const i8,
	units: &[int8x16_t; M],
	upper: &mut Sums<M>,
	lower: &mut Sums<M>,
) {
	for part in 0..4 {
		// SAFETY: the caller has the instructions and a pointer to a line.
		unsafe {
			let bytes = vld1q_s8(line.add(part * 16));
			for ((upper, lower), units) in upper.iter_mut().zip(lower.iter_mut()).zip(units) {
				if let (Some(upper), Some(lower)) = (upper.get_mut(part), lower.get_mut(part)) {
					dot::<UPPER>(upper, bytes, *units);
					dot::<LOWER>(lower, bytes, *units);
				}
			}
		}
	}
}

/// Bytes by limbs of bytes, each with a sign: the sums by upper and by lower ones. 4 * 128 * 128 a line: 8,192 lines are 2^29.
///
/// `units` are two for each two of `steps` lines, also for the last one. Needs products of four bytes.
#[inline(always)]
pub unsafe fn dots<const M: usize>(
	lines: *const i8,
	units: [*const i8; M],
	steps: usize,
) -> ([[i32; ROWS]; M], [[i32; ROWS]; M]) {
	let (mut upper, mut lower) = (nothing::<M>(), nothing::<M>());
	// SAFETY: the caller has the instructions, and the pointers.
	unsafe {
		for two in 0..steps / 2 {
			let units = units.map(|unit| vld1q_s8(unit.add(two * 16)));
			let line = lines.add(two * 2 * LINE);
			dots_of_line::<M, 0, 2>(line, &units, &mut upper, &mut lower);
			dots_of_line::<M, 1, 3>(line.add(LINE), &units, &mut upper, &mut lower);
		}
		if !steps.is_multiple_of(2) {
			let units = units.map(|unit| vld1q_s8(unit.add(steps / 2 * 16)));
			dots_of_line::<M, 0, 2>(lines.add((steps - 1) * LINE), &units, &mut upper, &mut lower);
		}
	}
	(numbers(upper), numbers(lower))
}

/// Adds two rows of eight bytes by two rows of eight: four sums.
#[inline(always)]
unsafe fn square(sum: &mut int32x4_t, bytes: int8x16_t, units: int8x16_t) {
	// SAFETY: the caller has the instruction; it touches registers only.
	unsafe {
		asm!(
			"smmla {sum:v}.4s, {bytes:v}.16b, {units:v}.16b",
			sum = inout(vreg) *sum,
			bytes = in(vreg) bytes,
			units = in(vreg) units,
			options(pure, nomem, nostack, preserves_flags),
		);
	}
}

/// Adds to each token eight columns, four of each line: the sums of two rows by both limbs in one register.
#[inline(always)]
unsafe fn squares_of_lines<const M: usize>(
	first: *const i8,
	second: Option<*const i8>,
	units: &[int8x16_t; M],
	sums: &mut [[int32x4_t; 8]; M],
) {
	for part in 0..4 {
		// SAFETY: the caller has the instructions and pointers to lines.
		unsafe {
			let four = vreinterpretq_s32_s8(vld1q_s8(first.add(part * 16)));
			let more = second.map_or(vdupq_n_s32(0), |second| {
				vreinterpretq_s32_s8(vld1q_s8(second.add(part * 16)))
			});
			let above = vreinterpretq_s8_s32(vzip1q_s32(four, more));
			let below = vreinterpretq_s8_s32(vzip2q_s32(four, more));
			for (sums, units) in sums.iter_mut().zip(units) {
				if let Some([one, two]) = sums.as_chunks_mut().0.get_mut(part) {
					square(one, above, *units);
					square(two, below, *units);
				}
			}
		}
	}
}

/// As [`dots`], by matrices of two by eight and eight by two bytes, which it needs.
#[inline(always)]
pub unsafe fn squares<const M: usize>(
	lines: *const i8,
	units: [*const i8; M],
	steps: usize,
) -> ([[i32; ROWS]; M], [[i32; ROWS]; M]) {
	// SAFETY: the caller has the instructions, and the pointers.
	unsafe {
		let mut sums = [[vdupq_n_s32(0); 8]; M];
		for two in 0..steps / 2 {
			let units = units.map(|unit| vld1q_s8(unit.add(two * 16)));
			let line = lines.add(two * 2 * LINE);
			squares_of_lines(line, Some(line.add(LINE)), &units, &mut sums);
		}
		if !steps.is_multiple_of(2) {
			let units = units.map(|unit| vld1q_s8(unit.add(steps / 2 * 16)));
			squares_of_lines(lines.add((steps - 1) * LINE), None, &units, &mut sums);
		}
		let (mut upper, mut lower) = (nothing::<M>(), nothing::<M>());
		for ((upper, lower), sums) in upper.iter_mut().zip(&mut lower).zip(sums) {
			for ((upper, lower), [one, two]) in upper.iter_mut().zip(lower).zip(sums.as_chunks().0) {
				*upper = vuzp1q_s32(*one, *two);
				*lower = vuzp2q_s32(*one, *two);
			}
		}
		(numbers(upper), numbers(lower))
	}
}

/// Sums of any words by any: two products fit 32 bits, and then become 64.
pub struct Pairs<const M: usize>([[int64x2_t; 8]; M]);

impl<const M: usize> Pairs<M> {
	#[inline(always)]
	pub fn zero() -> Self {
		// SAFETY: as everywhere.
		unsafe { Self([[vdupq_n_s64(0); 8]; M]) }
	}

	/// Adds two lines, or one: 2 * 32,767 * 32,639 is below 2^31.
	#[inline(always)]
	unsafe fn add_lines(&mut self, first: *const i16, second: Option<*const i16>, units: [*const i16; M]) {
		// SAFETY: the caller's pointers.
		unsafe {
			let one = units.map(|unit| vld1_s16(unit));
			let two = units.map(|unit| match second {
				Some(_) => vld1_s16(unit.add(4)),
				None => vdup_n_s16(0),
			});
			// Two rows at a time: a half of a register needs no instruction to be brought down.
			for part in 0..8 {
				let words = vld1_s16(first.add(part * 4));
				let more = second.map(|second| vld1_s16(second.add(part * 4)));
				for ((sums, one), two) in self.0.iter_mut().zip(one).zip(two) {
					let mut both = vmull_s16(words, one);
					if let Some(more) = more {
						both = vmlal_s16(both, more, two);
					}
					if let Some(sum) = sums.get_mut(part) {
						*sum = vpadalq_s32(*sum, both);
					}
				}
			}
		}
	}

	/// Adds words by units of pairs, one for each of `steps` lines.
	#[inline(always)]
	pub unsafe fn add(&mut self, lines: *const i16, units: [*const i16; M], steps: usize) {
		// SAFETY: the caller's pointers.
		unsafe {
			for two in 0..steps / 2 {
				let line = lines.add(2 * two * WORDS);
				self.add_lines(line, Some(line.add(WORDS)), units.map(|unit| unit.add(two * 8)));
			}
			if !steps.is_multiple_of(2) {
				let last = steps - 1;
				self.add_lines(lines.add(last * WORDS), None, units.map(|unit| unit.add(last * 4)));
			}
		}
	}

	#[inline(always)]
	pub fn sums(self) -> [[i64; ROWS]; M] {
		self.0.map(|sums| {
			let mut to = [0; ROWS];
			for (to, sum) in to.as_chunks_mut::<2>().0.iter_mut().zip(sums) {
				// SAFETY: there are two.
				unsafe { vst1q_s64(to.as_mut_ptr(), sum) };
			}
			to
		})
	}
}
