// SPDX-License-Identifier: Apache-2.0

//! A question: its fields one after another, each as its length (four bytes, little-endian) and its bytes. A field that was
//! not given has the length 2^32 - 1 and no bytes.

use crate::{LIMIT, error::Error};
use alloc::vec::Vec;
use atelier_referee::commit::decode_exact;
use codec::{Decode, MaxEncodedLen};

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
	Claim,
	/// The units that an answer costs.
	Units,
	/// The number of a receipt.
	Index,
	/// What was signed for all receipts.
	Root,
	Inclusion,
	Request,
	/// The tokens of an input.
	Input,
	/// The tokens of an answer.
	Answer,
	/// An answer that is a vector.
	Vector,
	Shape,
	Weights,
	/// The texts of the tokens of a model.
	Vocabulary,
	Trace,
	Charge,
	Evidence,
	/// The parts of a value, and the doubted one.
	Parts,
	Chosen,
}

/// The length of a field that was not given.
const ABSENT: u32 = u32::MAX;

/// The fields that were not read yet.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
	/// Of a question.
	pub fn of(question: &'a [u8]) -> Result<Self, Error> {
		if question.len() > LIMIT {
			Err(Error::TooLong)
		} else {
			Ok(Self(question))
		}
	}

	/// The bytes of the next field, if it was given.
	fn bytes(&mut self) -> Result<Option<&'a [u8]>, Error> {
		let (length, rest) = self.0.split_first_chunk().ok_or(Error::Fields)?;
		self.0 = rest;
		let length = u32::from_le_bytes(*length);
		if length == ABSENT {
			return Ok(None);
		}
		let (bytes, rest) = rest.split_at_checked(length as usize).ok_or(Error::Fields)?;
		self.0 = rest;
		Ok(Some(bytes))
	}

	/// The next field.
	pub fn read<T: Decode + MaxEncodedLen>(&mut self, field: Field) -> Result<T, Error> {
		self.read_optional(field)?.ok_or(Error::Absent(field))
	}

	/// The next field, if it was given.
	pub fn read_optional<T: Decode + MaxEncodedLen>(&mut self, field: Field) -> Result<Option<T>, Error> {
		let Some(bytes) = self.bytes()? else { return Ok(None) };
		decode_exact(bytes)
			.map(Some)
			.map_err(|error| Error::Encoding(field, error))
	}

	/// The numbers of the next field, of `N` bytes each and at most so many, if it was given.
	pub fn read_numbers<const N: usize>(&mut self, field: Field, most: usize) -> Result<Option<&'a [[u8; N]]>, Error> {
		use atelier_referee::commit::Error as Reason;
		let Some(bytes) = self.bytes()? else { return Ok(None) };
		let reason = match bytes.as_chunks() {
			(numbers, []) if numbers.len() <= most => return Ok(Some(numbers)),
			(_, []) => Reason::TooLong,
			_ => Reason::TrailingBytes,
		};
		Err(Error::Encoding(field, reason))
	}

	/// Checks that there is no other field.
	pub fn end(self) -> Result<(), Error> {
		if self.0.is_empty() { Ok(()) } else { Err(Error::Fields) }
	}
}

/// Writes a question.
pub fn write<'a>(fields: impl IntoIterator<Item = Option<&'a [u8]>>) -> Vec<u8> {
	let mut question = Vec::new();
	for field in fields {
		let length = field.map_or(ABSENT, |bytes| u32::try_from(bytes.len()).unwrap_or(ABSENT));
		question.extend_from_slice(&length.to_le_bytes());
		question.extend_from_slice(field.unwrap_or_default());
	}
	question
}
