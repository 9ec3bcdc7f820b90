// SPDX-License-Identifier: Apache-2.0

//! The files of a model, which come from strangers: every one is checked, and refused by name, before anything is computed.
//!
//! - [`load`]: a float model's folder as Hugging Face has it;
//! - [`text`]: between text and tokens: tokenizer, chat template, the text of an answer that still grows;
//! - [`exact`]: an exact model's folder, which the chain knows by its roots.

mod error;
pub mod exact;
pub mod files;
pub mod load;
mod mapped;
pub mod text;

pub use error::Error;
