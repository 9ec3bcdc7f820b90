// SPDX-License-Identifier: Apache-2.0

//! That a later root has the receipts of an earlier one, unchanged and in the same order, before its new ones.

use super::{
	Root, Summed,
	way::{Side, Way},
};
use crate::{
	commit::{Bounded, Error, MAX_DEPTH, proof::check_number},
	hash::Blake2b256,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The highest subtree that ends with the earlier root's last receipt, and the siblings on its way to the later top.
/// What is to the left of the way belongs to both roots, what is to the right is new.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Extension {
	/// The subtree and the siblings, the nearest first; nothing where both roots are empty.
	pub nodes: Bounded<Summed, { MAX_DEPTH as usize + 1 }>,
}

impl Extension {
	/// Checks that one root extends another.
	pub fn verify<H: Blake2b256>(&self, earlier: &Root, later: &Root) -> Result<(), Error> {
		earlier.check_count()?;
		later.check_count()?;
		if earlier.receipts > later.receipts {
			return Err(Error::FewerReceipts);
		}
		let way = Self::way(earlier.receipts, later.receipts);
		check_number(self.nodes.len(), way.as_ref().map_or(0, Self::nodes_on))?;
		let Some(way) = way else {
			earlier.check::<H>(None).map_err(of_earlier)?;
			return later.check::<H>(None);
		};

		let mut nodes = self.nodes.iter();
		let bottom = nodes.next().ok_or(Error::TooFewSiblings)?;
		let mut before = (earlier.receipts > 0).then_some(*bottom);
		let mut after = *bottom;
		for ((side, _), sibling) in way.siblings.iter().zip(nodes) {
			match side {
				Side::Left => {
					before = before.map(|right| Summed::join::<H>(sibling, &right)).transpose()?;
					after = Summed::join::<H>(sibling, &after)?;
				}
				Side::Right => after = Summed::join::<H>(&after, sibling)?,
			}
		}
		earlier.check::<H>(before.as_ref()).map_err(of_earlier)?;
		later.check::<H>(Some(&after))
	}

	/// How many nodes the proof has between roots over so many receipts.
	pub fn nodes(earlier: u64, later: u64) -> Result<usize, Error> {
		if earlier > later {
			return Err(Error::FewerReceipts);
		}
		Ok(Self::way(earlier, later).as_ref().map_or(0, Self::nodes_on))
	}

	/// The way, unless the later root is empty too. An empty root is extended by any top as it is.
	pub(super) fn way(earlier: u64, later: u64) -> Option<Way> {
		if later == 0 {
			return None;
		}
		let last = earlier.saturating_sub(1);
		Some(Way::up(later, last, |range| earlier == 0 || range.end == earlier))
	}

	fn nodes_on(way: &Way) -> usize {
		way.siblings.len().saturating_add(1)
	}
}

fn of_earlier(error: Error) -> Error {
	match error {
		Error::RootMismatch => Error::EarlierRootMismatch,
		other => other,
	}
}
