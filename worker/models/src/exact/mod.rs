// SPDX-License-Identifier: Apache-2.0

//! An exact model's folder: a manifest that says everything, and the files that it names by their hashes.
//!
//! The chain knows a version by the hash of its manifest and by the roots in it (docs/exact-models.md).

mod folder;
mod hexadecimal;
mod manifest;
mod shape;

pub use folder::{ExactFolder, MANIFEST, PACKAGE, VOCABULARY, read_texts, write_texts};
pub use manifest::{Committed, File, Manifest, SPEC};
