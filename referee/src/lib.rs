// SPDX-License-Identifier: Apache-2.0

//! What the right answer of an exact model is, how it is committed to, and how a dispute about it is decided.
//!
//! The same code judges in the runtime, serves in the worker and verifies in a browser. It knows no floats: every value is
//! an integer that comes out the same on every machine (docs/exact-spec.md).

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
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
#[cfg(test)]
extern crate self as atelier_referee;

pub mod arith;
mod checks;
pub mod claim;
pub mod commit;
pub mod dispute;
pub mod forward;
pub mod freivalds;
pub mod hash;
pub mod model;
pub mod ops;
#[cfg(feature = "samples")]
pub mod samples;
pub mod tables;
pub mod trace;
