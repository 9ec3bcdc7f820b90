// SPDX-License-Identifier: Apache-2.0

//! Every intermediate value of an answer, as leaves in one order that follows from the shape and the counts alone.

mod stage;

pub use stage::{Place, Stage, Values};
