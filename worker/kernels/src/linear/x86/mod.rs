// SPDX-License-Identifier: Apache-2.0

//! Products with the instructions of x86-64.
#![allow(
	unsafe_code,
	reason = "instructions that not every CPU has, on pointers whose bounds were checked before"
)]

mod cached;
mod simd;
mod strips;
mod tiles;

use super::{Stored, Strip};
use crate::{
	lines::{ROWS, WordLine},
	path::{Kind, Path},
};
use simd::{Avx2, Avx512, Avx512Vnni, AvxVnni};

/// Compiles the three kernels for some instructions.
macro_rules! kernels {
	($module:ident, $features:literal, $simd:ty, $bytes:ident, $words:ident, $scores:ident, $sums:ident) => {
		mod $module {
			use super::*;

			#[target_feature(enable = $features)]
			pub fn run(strip: &mut Strip<'_>) {
				// SAFETY: this function is compiled for the instructions, and the strip is whole.
				unsafe {
					match strip.numbers {
						Stored::Bytes(lines) => strips::$bytes::<$simd>(strip, lines.as_ptr().cast()),
						Stored::Words(lines, reach) => {
							strips::$words::<$simd>(strip, lines.as_ptr().cast(), reach, false)
						}
						Stored::Limbs(lines, reach) => {
							strips::$words::<$simd>(strip, lines.as_ptr().cast(), reach, true)
						}
					}
				}
			}

			#[target_feature(enable = $features)]
			pub fn scores(pages: &[&[WordLine]], queries: &[&[u64]], steps: usize, out: &mut [[i64; ROWS]]) {
				// SAFETY: this function is compiled for the instructions; the caller has checked the lengths.
				unsafe { cached::$scores::<$simd>(pages, queries, steps, out) }
			}

			#[target_feature(enable = $features)]
			pub fn sums(pages: &[&[WordLine]], weights: &[&[u64]], blocks: usize, out: &mut [[i64; ROWS]]) {
				// SAFETY: this function is compiled for the instructions; the caller has checked the lengths.
				unsafe { cached::$sums::<$simd>(pages, weights, blocks, out) }
			}
		}
	};
}

kernels!(
	avx2,
	"avx2,fma,bmi1,bmi2,lzcnt,popcnt",
	Avx2,
	widened_narrow,
	words_narrow,
	scores_narrow,
	sums_narrow
);
kernels!(
	avx_vnni,
	"avx2,fma,bmi1,bmi2,lzcnt,popcnt,avxvnni",
	AvxVnni,
	halves_narrow,
	words_narrow,
	scores_narrow,
	sums_narrow
);
kernels!(
	avx512,
	"avx2,fma,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl",
	Avx512,
	widened_wide,
	words_wide,
	scores_wide,
	sums_wide
);
kernels!(
	avx512_vnni,
	"avx2,fma,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni",
	Avx512Vnni,
	halves_wide,
	words_wide,
	scores_wide,
	sums_wide
);

/// Calls a kernel of a path; whether it has one.
macro_rules! call {
	($path:expr, $name:ident($($arg:expr),*)) => {
		// SAFETY: a path exists only where the CPU was found to have its instructions.
		unsafe {
			match $path.kind() {
				Kind::Avx512Vnni => avx512_vnni::$name($($arg),*),
				Kind::Avx512 => avx512::$name($($arg),*),
				Kind::AvxVnni => avx_vnni::$name($($arg),*),
				Kind::Avx2 => avx2::$name($($arg),*),
				Kind::Plain | Kind::Neon | Kind::NeonDot | Kind::NeonI8mm => return false,
			}
		}
	};
}

/// A strip that is whole. Whether the path has a kernel for it.
pub fn run(path: Path, strip: &mut Strip<'_>) -> bool {
	call!(path, run(strip));
	true
}

/// As `linear::cached::scores`, after it has checked the lengths.
pub fn scores(path: Path, pages: &[&[WordLine]], queries: &[&[u64]], steps: usize, out: &mut [[i64; ROWS]]) -> bool {
	call!(path, scores(pages, queries, steps, out));
	true
}

/// As `linear::cached::sums`, after it has checked the lengths.
pub fn sums(path: Path, pages: &[&[WordLine]], weights: &[&[u64]], blocks: usize, out: &mut [[i64; ROWS]]) -> bool {
	call!(path, sums(pages, weights, blocks, out));
	true
}
