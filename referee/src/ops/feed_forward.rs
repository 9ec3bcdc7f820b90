// SPDX-License-Identifier: Apache-2.0

//! What stands between the two products of a feed-forward block.

use crate::arith::{sat32, scale};

/// Bits of fraction of what comes in.
const FRACTION: i32 = 16;

/// The value of the activation function, times a second product if there is one, with `to` bits of fraction.
pub fn product(activated: i32, up: Option<i32>, to: u8) -> i32 {
	let (product, fraction) = match up {
		Some(up) => (i64::from(activated).wrapping_mul(up.into()), FRACTION.wrapping_mul(2)),
		None => (activated.into(), FRACTION),
	};
	sat32(scale(product, fraction.wrapping_sub(to.into())))
}
