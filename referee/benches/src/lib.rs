// SPDX-License-Identifier: Apache-2.0

//! What the decisive step of a dispute takes: the goal is at most 0.5 ms beyond hashing, for any value of an answer of the
//! largest models.
//!
//! - `steps`: for each stage the value that takes most, of an answer that is too large to exist (`samples::Vast`), with
//!   evidence that a verifier accepts;
//! - `counted`, `executed`: instructions and times, natively and in wasm.
//!
//! `scripts/bench decisive-step` measures and prints the table of docs/benchmarks.md.

pub mod counted;
pub mod executed;
pub mod steps;

pub use steps::{Step, steps};
