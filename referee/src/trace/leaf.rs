// SPDX-License-Identifier: Apache-2.0

//! How values stand in a leaf: one after another, little-endian, nothing else.

use super::{Size, Values, size};
use crate::ops::{norm::Statistics, sampling::Choice};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Numbers or activations of a leaf.
pub const NUMBERS_OF_LEAF: u32 = size::NUMBERS;

/// A leaf does not hold what its place asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum LeafError {
	/// Not the bytes of so many values.
	WrongLength,
	/// Bytes that no choice has.
	NotCanonical,
}

/// The values of a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
	Numbers(Vec<i32>),
	Activations(Vec<i16>),
	Statistics(Vec<Statistics>),
	Exponent(u8),
	Choice(Choice),
}

impl Leaf {
	/// Reads one leaf of a vector of this size.
	pub fn read(size: Size, leaf: u32, bytes: &[u8]) -> Result<Self, LeafError> {
		let values = size.values_in(leaf) as usize;
		if values == 0 || Some(bytes.len()) != values.checked_mul(size.width()) {
			return Err(LeafError::WrongLength);
		}
		Ok(match size {
			Size::Absent => return Err(LeafError::WrongLength),
			Size::Numbers(_) => Self::Numbers(
				bytes
					.as_chunks()
					.0
					.iter()
					.map(|bytes| i32::from_le_bytes(*bytes))
					.collect(),
			),
			Size::Activations(_) => Self::Activations(
				bytes
					.as_chunks()
					.0
					.iter()
					.map(|bytes| i16::from_le_bytes(*bytes))
					.collect(),
			),
			Size::Statistics(_) => Self::Statistics(
				bytes
					.as_chunks()
					.0
					.iter()
					.map(|bytes| Statistics::read(*bytes))
					.collect(),
			),
			Size::Exponent => Self::Exponent(bytes.first().copied().unwrap_or(0)),
			Size::Choice => Self::Choice(Choice::decode(&mut &*bytes).map_err(|_| LeafError::NotCanonical)?),
		})
	}

	/// The bytes.
	pub fn write(&self) -> Vec<u8> {
		match self {
			Self::Numbers(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
			Self::Activations(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
			Self::Statistics(all) => all.iter().flat_map(|one| one.write()).collect(),
			Self::Exponent(exponent) => [*exponent].to_vec(),
			Self::Choice(choice) => choice.encode(),
		}
	}

	/// The leaves of a vector, in order.
	pub fn of(values: Values<'_>) -> Vec<Self> {
		let size = NUMBERS_OF_LEAF as usize;
		match values {
			Values::Numbers(numbers) => numbers.chunks(size).map(|part| Self::Numbers(part.to_vec())).collect(),
			Values::Activations(numbers) => numbers
				.chunks(size)
				.map(|part| Self::Activations(part.to_vec()))
				.collect(),
			Values::Statistics(all) => {
				let size = Size::Statistics(0).values_of_leaf() as usize;
				all.chunks(size).map(|part| Self::Statistics(part.to_vec())).collect()
			}
			Values::Exponent(exponent) => [Self::Exponent(exponent)].to_vec(),
			Values::Choice(choice) => [Self::Choice(choice)].to_vec(),
		}
	}
}
