// SPDX-License-Identifier: Apache-2.0

//! What a dispute is about.

use super::Case;
use crate::trace::{
	At, Place, Stage,
	step::{Doubt, StepError, final_numbers_at, is_plain},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What a challenger says is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Charge {
	/// A value of the trace does not follow from those before it.
	Value(Doubt),
	/// A token of the answer, by its number, is not the one that the trace has chosen.
	Token(u32),
	/// A token of the answer, by its number, ends it though it is not the last, or is the last and ends it or not other than
	/// the claim says.
	End(u32),
	/// A leaf of the answer is not the one that the trace ends with.
	Output(u32),
	/// The state of a position has not its token, or not the hash of the numbers with which the trace leaves the last layer.
	State(u32),
	/// In a token of the answer, by its number, a string that ends it is complete though the claim does not say so; or is
	/// not though it does.
	Stop(u32),
}

impl Charge {
	/// The charge if it is about something that exists.
	pub fn checked(self, case: &Case) -> Result<Self, StepError> {
		let counts = case.graph.counts();
		let outputs = case.graph.size(Stage::Unit).leaves();
		match self {
			Self::Value(doubt) => doubt.checked(&case.graph).map(Self::Value),
			Self::Token(number) | Self::End(number) if number < counts.output => Ok(self),
			Self::Output(leaf) if leaf < outputs => Ok(self),
			Self::State(position) if position < case.graph.positions() => Ok(self),
			Self::Stop(number) if number < counts.output && !case.stops.is_empty() => Ok(self),
			Self::Token(_) | Self::End(_) | Self::Output(_) | Self::State(_) | Self::Stop(_) => Err(StepError::NoLeaf),
		}
	}

	/// The leaf of the trace that it is about, or a first one.
	pub fn at(&self, case: &Case) -> At {
		let place = |position, stage| Place {
			position,
			layer: 0,
			stage,
		};
		match self {
			Self::Value(doubt) => doubt.at,
			Self::State(position) => At {
				place: final_numbers_at(&case.graph, *position),
				leaf: 0,
			},
			Self::Token(number) | Self::End(number) | Self::Stop(number) => At {
				place: place(case.graph.first_choice().saturating_add(*number), Stage::Choice),
				leaf: 0,
			},
			Self::Output(leaf) => At {
				place: place(0, Stage::Unit),
				leaf: *leaf,
			},
		}
	}

	/// In how many parts it is decided.
	pub fn parts(&self, case: &Case) -> u32 {
		match self {
			Self::Value(doubt) if !is_plain(case.sampler, *doubt) => crate::trace::step::parts(&case.graph, *doubt),
			_ => 1,
		}
	}
}
