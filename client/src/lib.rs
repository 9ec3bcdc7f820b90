// SPDX-License-Identifier: Apache-2.0

//! The typed client of the chain, for the worker, the gateway and tests: connects, asks, signs and submits.
//!
//! 1. [`Chain`] is a connection. What is asked of it is asked of one block ([`At`]), so that several answers agree.
//! 2. [`Key`] signs. It comes from a file, never from a command line.
//! 3. [`Chain::submit`] sends a call and waits until it is in a block, or final; a refusal names pallet and error.
//!
//! Nobody else decodes what the chain says. Calls and views are generated ([`runtime`]) from the part of the runtime's metadata in
//! `metadata/runtime.scale`; a test of the runtime tells when it is out of date (`scripts/client-metadata` writes it).

mod chain;
mod error;
mod key;
mod submit;

pub use chain::{At, Chain, Config, Hash};
pub use error::{Error, Refusal};
pub use key::{AccountId, Key};
pub use submit::{Included, Wait};

/// Calls, views, events and constants of the chain.
#[allow(missing_docs, clippy::all, rust_2018_idioms)]
#[subxt::subxt(runtime_metadata_path = "metadata/runtime.scale")]
pub mod runtime {}
