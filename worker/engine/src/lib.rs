// SPDX-License-Identifier: Apache-2.0

//! The worker's muscle: it loads models and serves many requests at once.
//!
//! 1. [`load`] reads a model's folder as Hugging Face has it, and refuses by name what is broken or not implemented.
//! 2. [`text`] is between text and tokens: tokenizer, chat template, the text of an answer that still grows.
//! 3. [`backend`] is what computes: a trait, pages of memory, and a double in plain Rust for tests. [`exact`] gives the
//!    referee's values, [`float`] is for any checkpoint, by libtorch.
//! 4. [`serve`] is the serving core above any backend: an [`Engine`](serve::Engine) with its own thread.
//! 5. [`claim`] is what an exact answer commits to, [`fingerprint`] what one in floats does. [`verify`] computes one in
//!    floats again and says how far it is off; [`tolerance`] measures how far honest ones are.
//! 6. [`training`] makes float models.
//!
//! This is the only crate that links libtorch, and only with the feature `libtorch`, which is on by default.

pub mod backend;
pub mod claim;
mod error;
pub mod exact;
pub mod fingerprint;
#[cfg(feature = "libtorch")]
pub mod float;
pub mod serve;
#[cfg(feature = "libtorch")]
pub mod tolerance;
#[cfg(feature = "libtorch")]
pub mod training;
pub mod verify;

/// What the interface speaks of: files and texts.
pub use atelier_models::{load, text};
pub use error::Error;
