// SPDX-License-Identifier: Apache-2.0

//! Exact models on CPUs: the referee's values, bit for bit, as fast as vector instructions allow.

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
