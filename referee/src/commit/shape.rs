// SPDX-License-Identifier: Apache-2.0

//! Where the nodes of a tree are: level 0 holds the leaves, and a node's children are two neighbours one level below.

/// The highest tree.
pub const MAX_DEPTH: u32 = 40;

/// The most leaves of one tree or mountain range: 2^40 leaves of 1 KiB are a pebibyte.
pub const MAX_LEAVES: u64 = 1 << MAX_DEPTH;

/// How many levels lie above the leaves: the least number of doublings that makes room for all of them.
pub const fn depth(count: u64) -> u32 {
	u64::BITS.saturating_sub(count.saturating_sub(1).leading_zeros())
}

/// How many nodes of a level have a leaf below them; what stands to the right of them is padding.
pub(super) fn width(count: u64, level: u32) -> u64 {
	1_u64
		.checked_shl(level)
		.map_or(u64::from(count > 0), |size| count.div_ceil(size))
}
