// SPDX-License-Identifier: Apache-2.0

//! What a model answers in floating point, and text to ask it about: what the exact arithmetic is measured against.
//!
//! The exact arithmetic (docs/exact-spec.md) must lose nothing that a user would notice. To know, one needs the answers
//! without it, from code that is plain enough to be believed, and text that is on every machine:
//!
//! 1. [`folder`]: where a model's files are, and two models that are always there.
//! 2. [`tokens`] cuts text into what a model reads.
//! 3. [`encoder`] and [`decoder`] are the forward passes. Matrix products are f32; what is summed or normalised outside of
//!    them (means, variances, softmax, pooling, losses) is summed in f64, so that the float side's own error is that of the
//!    products alone.
//! 4. [`corpus`] is the text, [`windows`] is what a decoder is asked about.
//! 5. [`loss`] and [`similarity`] make numbers of the answers.
//! 6. [`change`] makes float models harder to hold exactly, [`compare`] says what an exact model loses.

pub mod change;
pub mod compare;
pub mod corpus;
pub mod decoder;
pub mod encoder;
mod error;
pub mod folder;
pub mod linear;
pub mod loss;
mod operators;
pub mod similarity;
pub mod tokens;
pub mod windows;

pub use error::Error;
