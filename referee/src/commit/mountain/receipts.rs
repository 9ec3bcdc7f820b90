// SPDX-License-Identifier: Apache-2.0

//! Every receipt of a session with all digests over them: what answers settlements and audits.

use super::{Extension, Inclusion, Interval, Nodes, Receipt, Root, Summed};
use crate::{commit::Error, hash::Blake2b256};
use alloc::vec::Vec;

/// The receipts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
	receipts: Vec<Receipt>,
	/// The units of all receipts.
	units: u64,
	/// The tops of the full trees of each height, from the leaves upwards.
	levels: Vec<Vec<Summed>>,
}

impl Nodes for Receipts {
	type Error = Error;

	fn count(&self) -> u64 {
		u64::try_from(self.receipts.len()).unwrap_or(u64::MAX)
	}

	fn node(&self, height: u32, index: u64) -> Result<Summed, Error> {
		let place = usize::try_from(height).ok().zip(usize::try_from(index).ok());
		let node = place.and_then(|(height, index)| self.levels.get(height)?.get(index));
		node.copied().ok_or(Error::OutOfRange)
	}
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
		Nodes::count(self)
	}

	/// A receipt.
	pub fn get(&self, index: u64) -> Option<&Receipt> {
		self.receipts.get(usize::try_from(index).ok()?)
	}

	/// Adds a receipt, or changes nothing.
	pub fn append<H: Blake2b256>(&mut self, receipt: Receipt) -> Result<(), Error> {
		// No node has more units than all receipts, so no join below can fail.
		let units = self.units.checked_add(receipt.units).ok_or(Error::UnitsOverflow)?;
		let completed = self.completed::<H>(&receipt)?;
		if self.levels.len() < completed.len() {
			self.levels.push(Vec::new());
		}
		for (level, node) in self.levels.iter_mut().zip(completed) {
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
		Nodes::root_of_first::<H>(self, count)
	}

	/// The proof that a receipt is among the first so many.
	pub fn prove<H: Blake2b256>(&self, count: u64, index: u64) -> Result<Inclusion, Error> {
		Nodes::prove::<H>(self, count, index)
	}

	/// The proof that a root over so many receipts extends an earlier one.
	pub fn prove_extension<H: Blake2b256>(&self, earlier: u64, later: u64) -> Result<Extension, Error> {
		Nodes::prove_extension::<H>(self, earlier, later)
	}

	/// The receipt that covers a drawn unit, and all units that it covers.
	pub fn covering(&self, unit: u64) -> Option<(u64, Interval)> {
		Nodes::covering(self, unit).ok().flatten()
	}
}
