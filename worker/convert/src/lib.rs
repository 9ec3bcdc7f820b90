// SPDX-License-Identifier: Apache-2.0

//! Makes an exact model of a float one: a folder as Hugging Face has it becomes a package of integers with a manifest, layer
//! by layer, so that a model larger than the memory can be made exact.
//!
//! - [`tensors`]: where the float numbers come from;
//! - [`rows`]: numbers of few bits with a scale for each row;
//! - [`heads`]: shifts with which queries, keys and values cannot saturate, whatever the input;
//! - [`fold`]: changes that leave the float model's function as it is and make its numbers easier to hold;
//! - [`decoder`], [`encoder`]: which tensor becomes which;
//! - [`package`]: writes the bytes in their order, and commits to them;
//! - [`texts`]: the bytes that each token adds to an answer;
//! - [`folder`]: all of it, from folder to folder.
//!
//! The same checkpoint becomes the same package on every machine: what is not exact in IEEE arithmetic comes from `libm`.

pub mod decoder;
pub mod encoder;
mod error;
mod fold;
pub mod folder;
mod heads;
pub mod package;
mod rows;
mod settings;
pub mod tensors;
pub mod texts;

pub use error::Error;
pub use package::{Exact, exact};
pub use settings::Settings;
