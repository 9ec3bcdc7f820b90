// SPDX-License-Identifier: Apache-2.0

//! Every intermediate value of an answer, as leaves in one order that follows from the shape and the counts alone.
//!
//! - `stage` names the vectors of a forward pass, `size` says how long each is;
//! - `graph` puts all leaves in order: from a leaf's number to its place and back;
//! - `leaf` is how values stand in a leaf;
//! - `step` says what a value is computed from, and computes it.

mod graph;
mod leaf;
mod size;
mod stage;
pub mod step;

pub use graph::{At, Counts, Graph, GraphError};
pub use leaf::{Leaf, LeafError, NUMBERS_OF_LEAF};
pub use size::Size;
pub use stage::{Place, Stage, Values};
