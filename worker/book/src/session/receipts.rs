// SPDX-License-Identifier: Apache-2.0

//! A session's receipts on the disk. None of them is ever held in memory but those that a proof needs.

use super::Record;
use crate::{
	Error,
	store::{Draft, Key, Read},
};
use atelier_primitives::ids::SessionId;
use atelier_referee::{
	commit::mountain::{Nodes, Receipt, Root, Summed},
	hash::Portable,
};

/// The receipts.
pub(crate) struct Stored<'a, R> {
	read: &'a R,
	session: SessionId,
	count: u64,
	released: u64,
}

impl<'a, R: Read> Stored<'a, R> {
	pub(crate) fn of(read: &'a R, record: &Record) -> Self {
		Self {
			read,
			session: record.session,
			count: record.receipts,
			released: record.released,
		}
	}

	pub(crate) fn root(&self) -> Result<Root, Error> {
		self.root_of_first::<Portable>(self.count)
	}

	/// Whether this is the root of the first receipts.
	pub(crate) fn has(&self, root: &Root) -> Result<bool, Error> {
		if root.receipts > self.count {
			return Err(Error::MoreReceipts {
				found: root.receipts,
				known: self.count,
			});
		}
		Ok(self.root_of_first::<Portable>(root.receipts)? == *root)
	}

	/// The nodes that a receipt completes.
	pub(crate) fn with(&self, receipt: &Receipt) -> Result<Vec<Summed>, Error> {
		self.completed::<Portable>(receipt)
	}
}

impl<R: Read> Nodes for Stored<'_, R> {
	type Error = Error;

	fn count(&self) -> u64 {
		self.count
	}

	fn node(&self, height: u32, index: u64) -> Result<Summed, Error> {
		let node = self.read.get(Key::Node(self.session, height, index))?;
		node.ok_or_else(|| {
			let first = index.checked_shl(height).unwrap_or(u64::MAX);
			if first < self.released {
				Error::Released(first)
			} else {
				Error::Damaged(format!("a digest over receipts of session {} is missing", self.session))
			}
		})
	}
}

/// Keeps the nodes that a receipt completed.
pub(crate) fn keep(draft: &mut Draft<'_, '_>, session: SessionId, index: u64, completed: &[Summed]) {
	for (height, node) in (0_u32..).zip(completed) {
		let place = index.checked_shr(height).unwrap_or(0);
		draft.put(Key::Node(session, height, place), node);
	}
}

/// Forgets the nodes that nothing needs once this receipt and all before it have gone: the children of those that it completed.
/// Those that remain are the peaks of what has gone, and from them on everything can be proved.
pub(crate) fn forget(draft: &mut Draft<'_, '_>, session: SessionId, index: u64) {
	for height in 0..index.trailing_ones() {
		let right = index.checked_shr(height).unwrap_or(0);
		draft.remove(Key::Node(session, height, right));
		draft.remove(Key::Node(session, height, right.saturating_sub(1)));
	}
}
