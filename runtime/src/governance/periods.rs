// SPDX-License-Identifier: Apache-2.0

//! How long the stages of a referendum take; one governed parameter for each track.

use crate::BlockNumber;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The stages of a referendum, in blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct TrackPeriods {
	/// Before the decision may begin.
	pub prepare: BlockNumber,
	/// The longest that votes are counted.
	pub decision: BlockNumber,
	/// How long approval must hold.
	pub confirm: BlockNumber,
	/// From approval to enactment, at least.
	pub enactment: BlockNumber,
}

impl TrackPeriods {
	pub const fn new(
		prepare: BlockNumber,
		decision: BlockNumber,
		confirm: BlockNumber,
		enactment: BlockNumber,
	) -> Self {
		Self {
			prepare,
			decision,
			confirm,
			enactment,
		}
	}

	/// A decision of no length would divide by zero inside the referenda pallet: whatever governance sets, a stage that
	/// must take time takes at least one block.
	pub fn sane(self) -> Self {
		Self {
			decision: self.decision.max(1),
			confirm: self.confirm.max(1),
			..self
		}
	}
}
