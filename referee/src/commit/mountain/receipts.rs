// SPDX-License-Identifier: Apache-2.0

//! Every receipt of a session with all digests over them: what answers settlements and audits.

use super::{Extension, Inclusion, Interval, Receipt, Root, Summed, way};
use crate::{
	commit::{Bounded, Error, MAX_LEAVES},
	hash::Blake2b256,
};
use alloc::{vec, vec::Vec};
use core::{iter, ops::Range};

/// The receipts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
	receipts: Vec<Receipt>,
	/// The units of all receipts.
	units: u64,
	/// The tops of the full trees of each height, from the leaves upwards.
	levels: Vec<Vec<Summed>>,
}

impl Receipts {
	/// No receipts.
	pub const fn new() -> Self {
		Self {
			receipts: Vec::new(),
			units: 0,
			levels: Vec::new(),
		}
	}

	/// How many receipts there are.
	pub fn count(&self) -> u64 {
		u64::try_from(self.receipts.len()).unwrap_or(u64::MAX)
	}

	/// A receipt.
	pub fn get(&self, index: u64) -> Option<&Receipt> {
		self.receipts.get(usize::try_from(index).ok()?)
	}

	/// Adds a receipt, or changes nothing.
	pub fn append<H: Blake2b256>(&mut self, receipt: Receipt) -> Result<(), Error> {
		let index = self.count();
		if index >= MAX_LEAVES {
			return Err(Error::TooManyLeaves);
		}
		// No node has more units than all receipts, so no join below can fail.
		let units = self.units.checked_add(receipt.units).ok_or(Error::UnitsOverflow)?;
		let mut node = receipt.leaf::<H>(index);
		let mut finished = vec![node];
		for (level, _) in self.levels.iter().zip(0..index.trailing_ones()) {
			node = Summed::join::<H>(level.last().ok_or(Error::OutOfRange)?, &node)?;
			finished.push(node);
		}
		if self.levels.len() < finished.len() {
			self.levels.push(Vec::new());
		}
		for (level, node) in self.levels.iter_mut().zip(finished) {
			level.push(node);
		}
		self.receipts.push(receipt);
		self.units = units;
		Ok(())
	}

	/// The root over the receipts so far.
	pub fn root<H: Blake2b256>(&self) -> Result<Root, Error> {
		self.root_of_first::<H>(self.count())
	}

	/// The root when there were so many receipts.
	pub fn root_of_first<H: Blake2b256>(&self, count: u64) -> Result<Root, Error> {
		let top = if count == 0 {
			None
		} else {
			Some(self.subtree::<H>(&(0..count))?)
		};
		Ok(Root::over::<H>(count, top.as_ref()))
	}

	/// The proof that a receipt is among the first so many.
	pub fn prove<H: Blake2b256>(&self, count: u64, index: u64) -> Result<Inclusion, Error> {
		if count > self.count() || index >= count {
			return Err(Error::OutOfRange);
		}
		let way = way::Way::from_receipt(count, index);
		let siblings = way.siblings.iter().map(|(_, range)| self.subtree::<H>(range));
		Ok(Inclusion {
			siblings: Bounded::try_from(siblings.collect::<Result<Vec<_>, _>>()?)?,
		})
	}

	/// The proof that a root over so many receipts extends an earlier one.
	pub fn prove_extension<H: Blake2b256>(&self, earlier: u64, later: u64) -> Result<Extension, Error> {
		if later > self.count() {
			return Err(Error::OutOfRange);
		}
		if earlier > later {
			return Err(Error::FewerReceipts);
		}
		let nodes = Extension::way(earlier, later).map_or(Ok(Vec::new()), |way| {
			let ranges = iter::once(&way.bottom).chain(way.siblings.iter().map(|(_, range)| range));
			ranges.map(|range| self.subtree::<H>(range)).collect()
		})?;
		Ok(Extension {
			nodes: Bounded::try_from(nodes)?,
		})
	}

	/// The receipt that covers a drawn unit, and all units that it covers.
	pub fn covering(&self, unit: u64) -> Option<(u64, Interval)> {
		if unit == 0 || unit > self.units {
			return None;
		}
		let mut from = 0_u64;
		let mut below = 0..self.count();
		while let Some(middle) = way::middle(&below) {
			// What is to the left of the middle is always a full tree.
			let with_left = from.checked_add(self.full(below.start, middle)?.units)?;
			if unit <= with_left {
				below.end = middle;
			} else {
				from = with_left;
				below.start = middle;
			}
		}
		let to = from.checked_add(self.get(below.start)?.units)?;
		Some((below.start, Interval { from, to }))
	}

	/// The node over receipts that make a subtree of some way.
	fn subtree<H: Blake2b256>(&self, range: &Range<u64>) -> Result<Summed, Error> {
		let mut rest = range.clone();
		let mut peaks = Vec::new();
		while rest.start < rest.end {
			let width = rest.end.saturating_sub(rest.start);
			let full = 1_u64.checked_shl(width.checked_ilog2().unwrap_or(0)).unwrap_or(1);
			let end = rest.start.saturating_add(full);
			peaks.push(self.full(rest.start, end).ok_or(Error::OutOfRange)?);
			rest.start = end;
		}
		Summed::bag::<H>(peaks.iter())?.ok_or(Error::OutOfRange)
	}

	/// The top of the full tree over receipts.
	fn full(&self, start: u64, end: u64) -> Option<Summed> {
		let height = end.checked_sub(start)?.checked_ilog2()?;
		let index = usize::try_from(start.checked_shr(height)?).ok()?;
		self.levels.get(usize::try_from(height).ok()?)?.get(index).copied()
	}
}
