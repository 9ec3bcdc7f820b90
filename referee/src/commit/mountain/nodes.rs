// SPDX-License-Identifier: Apache-2.0

//! What settlements and audits ask of receipts, wherever the digests over them are kept: in memory ([`super::Receipts`]) or on
//! a disk, where there are too many to hold.

use super::{Extension, Inclusion, Interval, Receipt, Root, Summed, way};
use crate::{
	commit::{Bounded, Error, MAX_LEAVES},
	hash::Blake2b256,
};
use alloc::{vec, vec::Vec};
use core::{iter, ops::Range};

/// The receipts of a session with the digests over them.
pub trait Nodes {
	type Error: From<Error>;

	/// How many receipts there are.
	fn count(&self) -> u64;

	/// The top of a full tree: over `2^height` receipts, with `index` such trees to its left. Height 0 are the receipts' leaves.
	fn node(&self, height: u32, index: u64) -> Result<Summed, Self::Error>;

	/// The nodes that a receipt makes when it is added, from its leaf upwards, one for each height. They are to be kept.
	fn completed<H: Blake2b256>(&self, receipt: &Receipt) -> Result<Vec<Summed>, Self::Error> {
		let index = self.count();
		if index >= MAX_LEAVES {
			return Err(Error::TooManyLeaves.into());
		}
		let mut node = receipt.leaf::<H>(index);
		let mut completed = vec![node];
		for height in 0..index.trailing_ones() {
			let left = index.checked_shr(height).and_then(|right| right.checked_sub(1));
			let left = self.node(height, left.ok_or(Error::OutOfRange)?)?;
			node = Summed::join::<H>(&left, &node)?;
			completed.push(node);
		}
		Ok(completed)
	}

	/// The root when there were so many receipts.
	fn root_of_first<H: Blake2b256>(&self, count: u64) -> Result<Root, Self::Error> {
		if count > self.count() {
			return Err(Error::OutOfRange.into());
		}
		let top = if count == 0 {
			None
		} else {
			Some(self.subtree::<H>(&(0..count))?)
		};
		Ok(Root::over::<H>(count, top.as_ref()))
	}

	/// The proof that a receipt is among the first so many.
	fn prove<H: Blake2b256>(&self, count: u64, index: u64) -> Result<Inclusion, Self::Error> {
		if count > self.count() || index >= count {
			return Err(Error::OutOfRange.into());
		}
		let way = way::Way::from_receipt(count, index);
		let siblings = way.siblings.iter().map(|(_, range)| self.subtree::<H>(range));
		Ok(Inclusion {
			siblings: Bounded::try_from(siblings.collect::<Result<Vec<_>, _>>()?)?,
		})
	}

	/// The proof that a root over so many receipts extends an earlier one.
	fn prove_extension<H: Blake2b256>(&self, earlier: u64, later: u64) -> Result<Extension, Self::Error> {
		if later > self.count() {
			return Err(Error::OutOfRange.into());
		}
		if earlier > later {
			return Err(Error::FewerReceipts.into());
		}
		let nodes = Extension::way(earlier, later).map_or(Ok(Vec::new()), |way| {
			let ranges = iter::once(&way.bottom).chain(way.siblings.iter().map(|(_, range)| range));
			ranges
				.map(|range| self.subtree::<H>(range))
				.collect::<Result<_, Self::Error>>()
		})?;
		Ok(Extension {
			nodes: Bounded::try_from(nodes)?,
		})
	}

	/// The receipt that covers a drawn unit, and all units that it covers. None: no receipt covers it.
	fn covering(&self, unit: u64) -> Result<Option<(u64, Interval)>, Self::Error> {
		let mut from = 0_u64;
		let mut below = 0..self.count();
		if unit == 0 || below.is_empty() {
			return Ok(None);
		}
		while let Some(middle) = way::middle(&below) {
			// What is to the left of the middle is always a full tree.
			let left = self.full(below.start, middle)?.units;
			let with_left = from.checked_add(left).ok_or(Error::UnitsOverflow)?;
			if unit <= with_left {
				below.end = middle;
			} else {
				from = with_left;
				below.start = middle;
			}
		}
		let own = self.node(0, below.start)?.units;
		let to = from.checked_add(own).ok_or(Error::UnitsOverflow)?;
		// The last receipt is where the search ends for units that nobody has.
		Ok((unit <= to).then_some((below.start, Interval { from, to })))
	}

	/// The node over receipts that make a subtree of some way.
	#[doc(hidden)]
	fn subtree<H: Blake2b256>(&self, range: &Range<u64>) -> Result<Summed, Self::Error> {
		let mut rest = range.clone();
		let mut peaks = Vec::new();
		while rest.start < rest.end {
			let width = rest.end.saturating_sub(rest.start);
			let full = 1_u64.checked_shl(width.checked_ilog2().unwrap_or(0)).unwrap_or(1);
			let end = rest.start.saturating_add(full);
			peaks.push(self.full(rest.start, end)?);
			rest.start = end;
		}
		Ok(Summed::bag::<H>(peaks.iter())?.ok_or(Error::OutOfRange)?)
	}

	/// The top of the full tree over receipts.
	#[doc(hidden)]
	fn full(&self, start: u64, end: u64) -> Result<Summed, Self::Error> {
		let height = end.checked_sub(start).and_then(u64::checked_ilog2);
		let height = height.ok_or(Error::OutOfRange)?;
		self.node(height, start.checked_shr(height).ok_or(Error::OutOfRange)?)
	}
}
