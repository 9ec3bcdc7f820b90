// SPDX-License-Identifier: Apache-2.0

//! The operators, each for one value or one vector: what the reference forward and the judge of a step both call.

pub mod attention;
pub mod feed_forward;
pub mod linear;
pub mod norm;
pub mod pooling;
pub mod quantise;
pub mod rotary;
pub mod sampling;
