// SPDX-License-Identifier: Apache-2.0

//! The way from a subtree up to the top: on which side each sibling is and which receipts it covers.

use alloc::vec::Vec;
use core::ops::Range;

/// On which side of the way a sibling is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
	Left,
	Right,
}

/// A way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
	/// The receipts below the node where it begins.
	pub(super) bottom: Range<u64>,
	/// The siblings from there to the top.
	pub(super) siblings: Vec<(Side, Range<u64>)>,
}

impl Way {
	/// The way up from the highest subtree that contains a receipt and passes a test; a single receipt passes any.
	pub(super) fn up(count: u64, receipt: u64, found: impl Fn(&Range<u64>) -> bool) -> Self {
		let mut bottom = 0..count;
		let mut siblings = Vec::new();
		while !found(&bottom) {
			let Some(middle) = middle(&bottom) else { break };
			let (left, right) = (bottom.start..middle, middle..bottom.end);
			let (side, sibling, below) = if receipt < middle {
				(Side::Right, right, left)
			} else {
				(Side::Left, left, right)
			};
			siblings.push((side, sibling));
			bottom = below;
		}
		siblings.reverse();
		Self { bottom, siblings }
	}

	/// The way up from one receipt.
	pub(super) fn from_receipt(count: u64, receipt: u64) -> Self {
		Self::up(count, receipt, |_| false)
	}
}

/// Where a subtree is divided: its left part is the largest power of two that leaves something to the right.
pub(super) fn middle(range: &Range<u64>) -> Option<u64> {
	let last = range.end.checked_sub(range.start)?.checked_sub(1)?;
	range.start.checked_add(1_u64.checked_shl(last.checked_ilog2()?)?)
}
