// SPDX-License-Identifier: Apache-2.0

//! That a receipt is at its place below a root, and which of the session's units are therefore its own.

use super::{
	Interval, Receipt, Root, Summed,
	way::{Side, Way},
};
use crate::{
	commit::{Bounded, Error, MAX_DEPTH, proof::check_number},
	hash::Blake2b256,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The siblings on the way from a receipt to the top.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Inclusion {
	/// The siblings, the nearest first.
	pub siblings: Bounded<Summed, { MAX_DEPTH as usize }>,
}

impl Inclusion {
	/// Checks that a receipt is below a root and returns the units that it covers.
	pub fn verify<H: Blake2b256>(&self, root: &Root, index: u64, receipt: &Receipt) -> Result<Interval, Error> {
		root.check_count()?;
		if index >= root.receipts {
			return Err(Error::OutOfRange);
		}
		let way = Way::from_receipt(root.receipts, index);
		check_number(self.siblings.len(), way.siblings.len())?;

		let mut from = 0_u64;
		let mut node = receipt.leaf::<H>(index);
		for ((side, _), sibling) in way.siblings.iter().zip(&self.siblings) {
			node = match side {
				Side::Left => {
					from = from.checked_add(sibling.units).ok_or(Error::UnitsOverflow)?;
					Summed::join::<H>(sibling, &node)?
				}
				Side::Right => Summed::join::<H>(&node, sibling)?,
			};
		}
		root.check::<H>(Some(&node))?;
		let to = from.checked_add(receipt.units).ok_or(Error::UnitsOverflow)?;
		Ok(Interval { from, to })
	}

	/// How many siblings the proof of a receipt has below a root over so many.
	pub fn siblings(receipts: u64, index: u64) -> Result<usize, Error> {
		if index >= receipts {
			return Err(Error::OutOfRange);
		}
		Ok(Way::from_receipt(receipts, index).siblings.len())
	}
}
