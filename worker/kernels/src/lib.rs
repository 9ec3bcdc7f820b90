// SPDX-License-Identifier: Apache-2.0

//! Exact models on CPUs: the referee's values, bit for bit, as fast as vector instructions allow.

pub(crate) mod activations;
pub(crate) mod feed_forward;
pub(crate) mod linear;
pub(crate) mod lines;
pub(crate) mod norm;
pub(crate) mod pack;
mod path;
pub(crate) mod quantise;
pub(crate) mod rotary;
pub(crate) mod round;
pub(crate) mod tables;

pub use path::Path;
