// SPDX-License-Identifier: Apache-2.0

//! Which leaves a proof opens, written in the one way that there is to write it.

use super::{
	Bounded, Error, MAX_DEPTH,
	shape::{depth, width},
};
use crate::hash::Digest;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, EncodeLike, Input, MaxEncodedLen, Output};
use scale_info::TypeInfo;

/// The most ranges of one proof: `similar` opens 64 single leaves, a step's operands need fewer.
pub const MAX_RANGES: usize = 64;

/// The most leaves of one proof: a step's 128 KiB of operands in leaves of 32 bytes.
pub const MAX_OPENED: u64 = 4_096;

/// The most siblings that any ranges can need.
pub const MAX_SIBLINGS: usize = most_siblings(MAX_RANGES, MAX_DEPTH);

/// Leaves from `start` up to but not including `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Range {
	/// The first leaf.
	pub start: u64,
	/// The leaf after the last.
	pub end: u64,
}

/// Non-empty ranges in order, each with a gap before the next.
#[derive(Clone, Debug, PartialEq, Eq, TypeInfo)]
pub struct Ranges(Bounded<Range, MAX_RANGES>);

impl Ranges {
	/// These ranges, if that is how to write them.
	pub fn new(ranges: Vec<Range>) -> Result<Self, Error> {
		Bounded::try_from(ranges)
			.map_err(|_| Error::TooManyRanges)
			.and_then(Self::checked)
	}

	/// One range.
	pub fn one(start: u64, end: u64) -> Result<Self, Error> {
		Self::new(alloc::vec![Range { start, end }])
	}

	/// Any leaves: sorted, and joined where they touch.
	pub fn covering(leaves: impl IntoIterator<Item = u64>) -> Result<Self, Error> {
		let mut leaves: Vec<u64> = leaves.into_iter().collect();
		leaves.sort_unstable();
		leaves.dedup();
		let mut ranges: Vec<Range> = Vec::new();
		for start in leaves {
			let end = start.checked_add(1).ok_or(Error::OutOfRange)?;
			match ranges.last_mut() {
				Some(last) if last.end == start => last.end = end,
				_ => ranges.push(Range { start, end }),
			}
		}
		Self::new(ranges)
	}

	fn checked(ranges: Bounded<Range, MAX_RANGES>) -> Result<Self, Error> {
		let full = ranges.iter().all(|range| range.start < range.end);
		let apart = ranges
			.iter()
			.zip(ranges.iter().skip(1))
			.all(|(one, next)| one.end < next.start);
		if ranges.is_empty() || !full || !apart {
			return Err(Error::RangesNotCanonical);
		}
		let ranges = Self(ranges);
		if ranges.leaves() > MAX_OPENED {
			Err(Error::TooManyOpened)
		} else {
			Ok(ranges)
		}
	}

	/// The ranges in order.
	pub fn iter(&self) -> impl Iterator<Item = Range> + '_ {
		self.0.iter().copied()
	}

	/// How many leaves they are.
	pub fn leaves(&self) -> u64 {
		self.iter().fold(0, |sum, range| {
			sum.saturating_add(range.end.saturating_sub(range.start))
		})
	}

	/// The indices of the leaves in order.
	pub(super) fn indices(&self) -> impl Iterator<Item = u64> + '_ {
		self.iter().flat_map(|range| range.start..range.end)
	}

	/// How many siblings the proof has in a tree with that many leaves.
	pub fn siblings(&self, count: u64) -> Result<usize, Error> {
		self.missing(count).map(|missing| missing.len())
	}

	/// How many bytes the encoded proof has in a tree with that many leaves.
	pub fn proof_bytes(&self, count: u64) -> Result<usize, Error> {
		let siblings = self.siblings(count)?;
		let length = u32::try_from(siblings).map_or(5, |siblings| codec::Compact(siblings).encoded_size());
		Ok(siblings.saturating_mul(size_of::<Digest>()).saturating_add(length))
	}

	/// The nodes, as level and index, that cannot be computed from the leaves: level by level from the leaves, left to
	/// right. This order is the proof's.
	pub(super) fn missing(&self, count: u64) -> Result<Vec<(u32, u64)>, Error> {
		if self.0.last().is_none_or(|last| last.end > count) {
			return Err(Error::OutOfRange);
		}
		let mut missing = Vec::new();
		let mut known = self.0.to_vec();
		for level in 0..depth(count) {
			let width = width(count, level);
			let mut above: Vec<Range> = Vec::with_capacity(known.len());
			for Range { start, end } in known {
				if start % 2 == 1 {
					missing.push((level, start.saturating_sub(1)));
				}
				if end % 2 == 1 && end < width {
					missing.push((level, end));
				}
				let parents = Range {
					start: start / 2,
					end: end.div_ceil(2),
				};
				match above.last_mut() {
					Some(last) if last.end == parents.start => last.end = parents.end,
					_ => above.push(parents),
				}
			}
			known = above;
		}
		Ok(missing)
	}
}

/// The most siblings that so many ranges can need in a tree of that depth: on each level two for each range, but never
/// more than every other node.
pub const fn most_siblings(ranges: usize, depth: u32) -> usize {
	let mut most = 0_usize;
	let mut above = 0;
	while above < depth {
		let (pairs, overflow) = 1_usize.overflowing_shl(above);
		let both = ranges.saturating_mul(2);
		most = most.saturating_add(if overflow || both < pairs { both } else { pairs });
		above = above.saturating_add(1);
	}
	most
}

impl Encode for Ranges {
	fn size_hint(&self) -> usize {
		self.0.size_hint()
	}

	fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
		self.0.encode_to(output);
	}
}

impl EncodeLike for Ranges {}

impl Decode for Ranges {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		Self::checked(Bounded::decode(input)?).map_err(|_| "ranges are not sorted, apart, non-empty and few".into())
	}
}

impl DecodeWithMemTracking for Ranges {}

impl MaxEncodedLen for Ranges {
	fn max_encoded_len() -> usize {
		Bounded::<Range, MAX_RANGES>::max_encoded_len()
	}
}
