// SPDX-License-Identifier: Apache-2.0

//! Which chunks of two packages are compared, and how like each other they are.
//!
//! Only numbers of matrices are drawn: tables of angles are the same in all models, and records of rows are few.

use alloc::{collections::BTreeSet, vec::Vec};
use atelier_primitives::ids::SimilarityId;
use atelier_referee::{
	hash::{Blake2b256, Digest},
	model::{Layout, Matrix, Shape, Tensor, CHUNK},
	ops::linear::Format,
};
use codec::Encode;
use sp_runtime::Permill;

/// How many chunks are compared, if there are as many. 64 KiB of each package: at 32 numbers a chunk or more, the ratio of
/// thousands of numbers, which varies by less than two percent.
pub const DRAWN: u64 = 64;

/// Chunks of one matrix.
struct Span {
	start: u64,
	chunks: u64,
	format: Format,
}

/// The chunks that can be drawn, in order.
fn spans(shape: Shape) -> Vec<Span> {
	let layout = Layout::new(shape);
	let stored = |matrix: &Matrix| !(shape.tied && *matrix == Matrix::Vocabulary);
	let matrices = layout.tensors().filter_map(|tensor| match tensor {
		Tensor::Numbers(matrix) => Some(matrix).filter(stored),
		_ => None,
	});
	matrices
		.map(|matrix| {
			let bytes = layout.bytes(Tensor::Numbers(matrix));
			Span {
				start: bytes.start.checked_div(CHUNK).unwrap_or(0),
				chunks: bytes.end.saturating_sub(bytes.start).div_ceil(CHUNK),
				format: layout.format(matrix),
			}
		})
		.filter(|span| span.chunks > 0)
		.collect()
}

/// A number below `limit` that follows from the seed.
fn below<H: Blake2b256>(seed: &Digest, claim: SimilarityId, draw: u64, limit: u64) -> u64 {
	let hash = H::hash(&(seed, claim, draw).encode());
	let bits = hash.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
	// The upper half of a product: no remainder makes small numbers likelier than by 2^-24.
	let product = u128::from(bits).saturating_mul(limit.into());
	product.checked_shr(u64::BITS).unwrap_or(0) as u64
}

/// The chunks that follow from a seed, in order, with how their numbers are stored. All different (Floyd's algorithm).
pub fn drawn<H: Blake2b256>(seed: &Digest, claim: SimilarityId, shape: Shape) -> Vec<(u64, Format)> {
	let spans = spans(shape);
	let all = spans.iter().fold(0_u64, |sum, span| sum.saturating_add(span.chunks));
	let mut chosen = BTreeSet::new();
	for last in all.saturating_sub(DRAWN)..all {
		let one = below::<H>(seed, claim, last, last.saturating_add(1));
		chosen.insert(if chosen.contains(&one) { last } else { one });
	}
	chosen.into_iter().filter_map(|index| place(&spans, index)).collect()
}

fn place(spans: &[Span], index: u64) -> Option<(u64, Format)> {
	let mut rest = index;
	for span in spans {
		match rest.checked_sub(span.chunks) {
			Some(after) => rest = after,
			None => return Some((span.start.saturating_add(rest), span.format)),
		}
	}
	None
}

/// How far apart numbers are, and how large they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Distance {
	/// The sum of their differences.
	pub apart: u64,
	/// The sum of their sizes, of both.
	pub size: u64,
}

impl Distance {
	/// Adds a chunk. What one of them lacks is zero.
	#[must_use]
	pub fn with(self, format: Format, one: &[u8], other: &[u8]) -> Self {
		let numbers = one.len().max(other.len()).div_ceil(format.width());
		(0..numbers).fold(self, |sum, column| {
			let (one, other) = (format.number(one, column), format.number(other, column));
			let size = u64::from(one.unsigned_abs()).saturating_add(other.unsigned_abs().into());
			Self {
				apart: sum.apart.saturating_add(one.abs_diff(other).into()),
				size: sum.size.saturating_add(size),
			}
		})
	}

	/// Whether they are closer than a part of their size. Nothing but zeros shows nothing.
	pub fn within(self, threshold: Permill) -> bool {
		let million = u128::from(Permill::one().deconstruct());
		let most = u128::from(threshold.deconstruct()).saturating_mul(self.size.into());
		self.size > 0 && u128::from(self.apart).saturating_mul(million) < most
	}
}
