// SPDX-License-Identifier: Apache-2.0

//! All that is needed to add receipts: the tops of the full trees that the receipts so far make.

use super::{Receipt, Root, Summed};
use crate::{
	commit::{Bounded, Error, MAX_DEPTH, MAX_LEAVES},
	hash::Blake2b256,
};
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// The peaks of a mountain range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, MaxEncodedLen, TypeInfo)]
pub struct Peaks {
	/// How many receipts there are: each bit that is set is a peak.
	receipts: u64,
	/// The peaks, the highest first.
	peaks: Bounded<Summed, { MAX_DEPTH as usize }>,
}

impl Peaks {
	/// No receipts.
	pub const fn new() -> Self {
		Self {
			receipts: 0,
			peaks: Bounded::new(),
		}
	}

	/// How many receipts there are.
	pub const fn receipts(&self) -> u64 {
		self.receipts
	}

	/// The units of all receipts.
	pub fn units(&self) -> u64 {
		// `append` and `decode` have checked that this is the sum.
		self.peaks.iter().fold(0, |sum, peak| sum.saturating_add(peak.units))
	}

	/// Adds a receipt, or changes nothing.
	pub fn append<H: Blake2b256>(&mut self, receipt: &Receipt) -> Result<(), Error> {
		if self.receipts >= MAX_LEAVES {
			return Err(Error::TooManyLeaves);
		}
		self.units().checked_add(receipt.units).ok_or(Error::UnitsOverflow)?;
		let mut peak = receipt.leaf::<H>(self.receipts);
		for _ in 0..self.receipts.trailing_ones() {
			let left = self.peaks.pop().ok_or(Error::PeaksNotCanonical)?;
			peak = Summed::join::<H>(&left, &peak)?;
		}
		self.peaks.push(peak)?;
		self.receipts = self.receipts.saturating_add(1);
		Ok(())
	}

	/// The root over the receipts so far.
	pub fn root<H: Blake2b256>(&self) -> Result<Root, Error> {
		let top = Summed::bag::<H>(self.peaks.iter())?;
		Ok(Root::over::<H>(self.receipts, top.as_ref()))
	}

	fn checked(self) -> Result<Self, Error> {
		if self.receipts > MAX_LEAVES {
			return Err(Error::TooManyLeaves);
		}
		if u32::try_from(self.peaks.len()) != Ok(self.receipts.count_ones()) {
			return Err(Error::PeaksNotCanonical);
		}
		self.peaks
			.iter()
			.try_fold(0_u64, |sum, peak| sum.checked_add(peak.units))
			.ok_or(Error::UnitsOverflow)?;
		Ok(self)
	}
}

impl Decode for Peaks {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		let peaks = Self {
			receipts: u64::decode(input)?,
			peaks: Bounded::decode(input)?,
		};
		peaks.checked().map_err(|_| "peaks that no receipts have".into())
	}
}

impl DecodeWithMemTracking for Peaks {}
