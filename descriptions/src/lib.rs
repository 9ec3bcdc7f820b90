// SPDX-License-Identifier: Apache-2.0

//! What the chain knows of models and datasets, in the forms that others read and write.
//!
//! - [`spdx`]: a version of a model with all that it was made from, as an SPDX 3.0.1 document;
//! - [`croissant`]: the registration of a dataset, filled from its Croissant file, which comes from a stranger;
//! - [`content`]: the hash that stands for the files of a dataset.
//!
//! Nothing here asks a node or a server: callers gather what is needed, at one block. See docs/descriptions.md.

#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

pub mod content;
pub mod croissant;
mod error;
pub mod spdx;

pub use error::{Error, Thing};
