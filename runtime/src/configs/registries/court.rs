// SPDX-License-Identifier: Apache-2.0

//! Which models the court can judge.

use atelier_primitives::models::{Judgeable, SPEC};
use atelier_referee::model::Shape;

/// Most bytes that the holder of an answer posts in the largest dispute about it.
///
/// At all limits of the arithmetic together it is 173 KiB, and no shape within the limits needs more. That is computed by
/// the referee (`atelier_referee::dispute::worst`), which takes longer than a block has. So the chain asks only for the
/// limits, and tests ask for the rest (`tests/runtime/tests/registries/court.rs`).
pub const MAX_DISPUTE: u64 = 256 * 1_024;

/// The referee's limits.
pub struct Court;

impl Judgeable for Court {
	fn judgeable(spec: u16, shape: &Shape) -> bool {
		spec == SPEC && shape.checked().is_ok()
	}
}
