// SPDX-License-Identifier: Apache-2.0

//! What is too large for the chain, kept by its hash and moved between machines: packages of models, inputs, outputs, traces,
//! datasets.
//!
//! - [`store`] keeps blobs in a folder, within a number of bytes, for as long as somebody answers for them.
//! - [`network`] is where others reach this machine, and what they may ask of it.
//! - [`fetch`] gets a blob from whoever has it, and keeps no byte that does not belong to it.
//! - [`sealed`] encrypts what only some may read.
//!
//! A blob is known by the BLAKE3 hash of its bytes, as a package of a model is on the chain. The transfer is that of iroh and
//! iroh-blobs: QUIC between keys, every 16 KiB checked against the hash when they arrive. `docs/artifacts.md` is for whoever
//! operates this.

mod checks;
mod error;
pub mod fetch;
pub mod network;
pub mod sealed;
pub mod store;

pub use checks::{Check, Checks};
pub use error::Error;
pub use iroh::EndpointId;
pub use iroh_blobs::Hash;

#[cfg(test)]
mod tests;
