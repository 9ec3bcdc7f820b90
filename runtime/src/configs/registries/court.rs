// SPDX-License-Identifier: Apache-2.0

//! Which models the court can judge.

use alloc::{vec, vec::Vec};
use atelier_primitives::models::{Judgeable, SPEC};
use atelier_referee::{
	dispute::worst,
	model::{Shape, Use},
	trace::{Counts, Graph},
};

/// Most bytes that the holder of an answer posts in its largest dispute. Of models of today's kind none needs more than
/// 128 KiB (docs/benchmarks.md); at all limits of the arithmetic it is less than three times as much.
pub const MAX_DISPUTE: u64 = 512 * 1_024;

/// The referee, asked about the longest answer that a shape can give.
pub struct Court;

impl Judgeable for Court {
	fn judgeable(spec: u16, shape: &Shape) -> bool {
		spec == SPEC
			&& longest(shape).into_iter().all(|counts| {
				Graph::new(*shape, counts)
					.ok()
					.and_then(|graph| worst(&graph).ok())
					.is_some_and(|worst| worst.fits && worst.bytes <= MAX_DISPUTE)
			})
	}
}

/// As much input as there can be, and for models that answer with tokens as much answer.
fn longest(shape: &Shape) -> Vec<Counts> {
	let most = shape.positions;
	match shape.answers {
		Use::Tokens => vec![Counts { input: most, output: 1 }, Counts { input: 1, output: most }],
		Use::Embedding => vec![Counts { input: most, output: 0 }],
	}
}
