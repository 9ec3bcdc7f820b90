// SPDX-License-Identifier: Apache-2.0

//! What somebody without a node can check in a browser: that an answer is among those that a worker has signed for
//! (`receipt`), and that an answer is a fraud (`fraud`).
//!
//! `referee.js` calls it. A question is a list of fields in one piece of memory (`fields`), the verdict comes back the same
//! way (`door`). Whatever the bytes are, there is an answer or an error that names the fact.

#![cfg_attr(target_arch = "wasm32", no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::float_arithmetic,
		clippy::panic
	)
)]

extern crate alloc;

#[cfg(feature = "bench")]
pub mod bench;
#[cfg(target_arch = "wasm32")]
mod door;
pub mod error;
pub mod fields;
pub mod fraud;
pub mod receipt;

/// Most bytes of a question. A test compares it with the longest encodings of all fields together.
pub const LIMIT: usize = 4 << 20;
