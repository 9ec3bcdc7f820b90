// SPDX-License-Identifier: Apache-2.0

//! How one hash stands for gigabytes of weights or for a whole answer, so that the chain can check any small part.
//!
//! 1. Whoever holds the leaves (1 KiB of weights, 16 tokens' states, 256 values of a tensor) hashes them into a
//!    [`Tree`], or into a [`Builder`] that forgets them again, and publishes the [`Commitment`].
//! 2. Later it opens the leaves that somebody asks for, with a [`RangesProof`] of exactly the digests that the verifier
//!    cannot compute.
//! 3. When a dispute has to find one leaf among millions, the holder reveals the tree in steps ([`Node`]).
//! 4. A session's receipts are the leaves of a [`mountain`] range, whose nodes also sum the units that are paid for.
//!
//! Everything here is fed by strangers. So each thing has exactly one encoding and each statement exactly one proof,
//! sizes are checked before anything is hashed or allocated, and no input makes it panic.

mod bounded;
mod descent;
mod digests;
mod error;
mod kind;
mod proof;
mod ranges;
mod shape;
mod tree;

pub mod mountain;

pub use bounded::{Bounded, decode_exact};
pub use descent::{DESCENT_LEVELS, Node, REVEALED, Revealed, rounds};
pub use digests::leaf as leaf_digest;
pub use error::Error;
pub use kind::Kind;
pub use proof::{MAX_OPENED_BYTES, RangesProof};
pub use ranges::{MAX_OPENED, MAX_RANGES, MAX_SIBLINGS, Range, Ranges, most_siblings};
pub use shape::{MAX_DEPTH, MAX_LEAVES, depth};
pub use tree::{Builder, Commitment, Tree};

#[cfg(test)]
mod tests;
