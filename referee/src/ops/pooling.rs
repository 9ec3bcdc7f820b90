// SPDX-License-Identifier: Apache-2.0

//! The mean of a vector over all positions, which an embedding model answers with.

use crate::arith::{div_round, sat32};

/// The mean of a sum over so many positions.
pub fn mean(sum: i64, positions: u32) -> i32 {
	sat32(div_round(sum, positions.max(1).into()))
}
