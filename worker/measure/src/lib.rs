// SPDX-License-Identifier: Apache-2.0

//! What the engine takes and gives on a machine, measured: `atelier-worker bench` and the tables of docs/benchmarks.md.
//!
//! - [`random`] makes models to measure with, [`served`] serves one in every class.
//! - [`speed`] is how fast answers come, [`probe`] what the machine could do at most.
//! - [`claims`] is what claims cost who serves, [`audit`] what a check of an answer costs.
//! - [`clock`] counts time by the clock and of the processors, [`figures`] says what many measurements say together.
//!
//! Machines are noisy. So what is compared is measured in turns, and quotients are taken within a turn.

pub mod audit;
pub mod claims;
pub mod clock;
mod error;
pub mod figures;
pub mod machine;
pub mod probe;
pub mod random;
pub mod served;
pub mod speed;

pub use error::Error;
