// SPDX-License-Identifier: Apache-2.0

//! Exact models on CPUs: the referee's values, bit for bit, as fast as vector instructions allow.
//!
//! [`Kernels::detect`] finds the instructions that this CPU has and that compute what the referee computes, [`Model`] packs a
//! package for them, [`decoder::Decoder`] and [`encoder::Encoder`] serve it. `docs/engine.md` says how it stays exact.
//!
//! - `pack`, `activations`, `lines`: what is multiplied, in the order in which it is.
//! - `linear`: products, of matrices and of the cache. `linear/x86` and `linear/aarch64` have the instructions.
//! - `norm`, `quantise`, `rotary`, `feed_forward`, `attention`, `sampling`: the other operators, for whole vectors.
//! - `cache`, `pass`: keys and values in pages; positions on their way through the layers.
//! - `selftest`: which path is used.
//!
//! The workspace denies unsafe code. This crate is excepted in two places, because instructions that not every CPU has cannot be
//! called safely: `linear/x86` and `linear/aarch64` multiply with them through pointers whose bounds were checked before, and the
//! macro `versions` calls plain loops that were compiled for them. A [`Path`] is the proof that the CPU has them.

#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unreachable
	)
)]

pub(crate) mod activations;
pub(crate) mod attention;
pub(crate) mod cache;
#[cfg(feature = "controls")]
pub mod controls;
pub mod decoder;
pub mod encoder;
mod error;
pub(crate) mod feed_forward;
pub(crate) mod linear;
pub(crate) mod lines;
#[cfg(feature = "controls")]
pub mod measure;
mod model;
pub(crate) mod norm;
pub(crate) mod pack;
mod pass;
mod path;
pub(crate) mod quantise;
pub(crate) mod rotary;
pub(crate) mod round;
pub mod sampling;
mod selftest;
pub(crate) mod tables;
mod threads;

pub use error::Error;
pub use model::{Model, ModelError};
pub use path::Path;
pub use selftest::{Check, Kernels, NoneRight, Verdict};
pub use threads::Threads;
