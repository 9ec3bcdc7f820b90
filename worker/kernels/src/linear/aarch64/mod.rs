// SPDX-License-Identifier: Apache-2.0

//! Products with the instructions of aarch64.
//!
//! Every such CPU has NEON; what newer ones have besides serves bytes only.
#![allow(
	unsafe_code,
	reason = "instructions that not every CPU has, on pointers whose bounds were checked before"
)]

mod cached;
mod strips;
mod tiles;

use super::{Stored, Strip};
use crate::{
	activations::Encoding,
	lines::{ROWS, WordLine},
	path::{Kind, Path},
};

#[target_feature(enable = "dotprod")]
fn dots(strip: &mut Strip<'_>, first: *const i8) {
	// SAFETY: this function is compiled for the instructions, the strip is whole and its units are eights.
	unsafe { strips::dots(strip, first) }
}

#[target_feature(enable = "i8mm")]
fn squares(strip: &mut Strip<'_>, first: *const i8) {
	// SAFETY: as above.
	unsafe { strips::squares(strip, first) }
}

fn has_kernels(path: Path) -> bool {
	matches!(path.kind(), Kind::Neon | Kind::NeonDot | Kind::NeonI8mm)
}

/// A strip that is whole. Whether the path has a kernel for it.
pub fn run(path: Path, strip: &mut Strip<'_>) -> bool {
	if !has_kernels(path) {
		return false;
	}
	// SAFETY: a path exists only where the CPU was found to have its instructions; the strip is whole, so that it has as many
	// units as its encoding needs.
	unsafe {
		match (strip.numbers, strip.encoding, path.kind()) {
			(Stored::Bytes(lines), Encoding::Words, _) => strips::widened(strip, lines.as_ptr().cast()),
			(Stored::Bytes(lines), Encoding::Eights, Kind::NeonDot) => dots(strip, lines.as_ptr().cast()),
			(Stored::Bytes(lines), Encoding::Eights, Kind::NeonI8mm) => squares(strip, lines.as_ptr().cast()),
			(Stored::Words(lines, reach), Encoding::Words, _) => strips::whole(strip, lines.as_ptr().cast(), reach),
			(Stored::Limbs(lines, _), Encoding::Twice, _) => strips::pairs(strip, lines.as_ptr().cast()),
			_ => return false,
		}
	}
	true
}

/// As `linear::cached::scores`, after it has checked the lengths.
pub fn scores(path: Path, pages: &[&[WordLine]], queries: &[&[u64]], steps: usize, out: &mut [[i64; ROWS]]) -> bool {
	let has = has_kernels(path);
	if has {
		// SAFETY: the lengths were checked.
		unsafe { cached::scores(pages, queries, steps, out) };
	}
	has
}

/// As `linear::cached::sums`, after it has checked the lengths.
pub fn sums(path: Path, pages: &[&[WordLine]], weights: &[&[u64]], blocks: usize, out: &mut [[i64; ROWS]]) -> bool {
	let has = has_kernels(path);
	if has {
		// SAFETY: the lengths were checked.
		unsafe { cached::sums(pages, weights, blocks, out) };
	}
	has
}
