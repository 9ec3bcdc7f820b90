// SPDX-License-Identifier: Apache-2.0

//! Lists from strangers: a length that is refused before anything is allocated for it, and nothing after the end.

use super::Error;
use alloc::vec::Vec;
use codec::{Compact, Decode, DecodeWithMemTracking, Encode, EncodeLike, Input, MaxEncodedLen, Output};
use core::{ops::Deref, slice};
use scale_info::{Type, TypeInfo};

/// A list of at most `MAX` items, encoded like a `Vec`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounded<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Bounded<T, MAX> {
	/// No items.
	pub const fn new() -> Self {
		Self(Vec::new())
	}

	/// Adds an item at the end.
	pub fn push(&mut self, item: T) -> Result<(), Error> {
		if self.0.len() >= MAX {
			return Err(Error::TooLong);
		}
		self.0.push(item);
		Ok(())
	}

	/// Takes the last item.
	pub fn pop(&mut self) -> Option<T> {
		self.0.pop()
	}

	/// The items.
	pub fn into_inner(self) -> Vec<T> {
		self.0
	}
}

impl<T, const MAX: usize> Default for Bounded<T, MAX> {
	fn default() -> Self {
		Self::new()
	}
}

impl<T, const MAX: usize> TryFrom<Vec<T>> for Bounded<T, MAX> {
	type Error = Error;

	fn try_from(items: Vec<T>) -> Result<Self, Error> {
		if items.len() > MAX {
			Err(Error::TooLong)
		} else {
			Ok(Self(items))
		}
	}
}

impl<T, const MAX: usize> Deref for Bounded<T, MAX> {
	type Target = [T];

	fn deref(&self) -> &[T] {
		&self.0
	}
}

impl<'a, T, const MAX: usize> IntoIterator for &'a Bounded<T, MAX> {
	type Item = &'a T;
	type IntoIter = slice::Iter<'a, T>;

	fn into_iter(self) -> Self::IntoIter {
		self.0.iter()
	}
}

impl<T: Encode, const MAX: usize> Encode for Bounded<T, MAX> {
	fn size_hint(&self) -> usize {
		self.0.size_hint()
	}

	fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
		self.0.encode_to(output);
	}
}

impl<T: Encode, const MAX: usize> EncodeLike for Bounded<T, MAX> {}

impl<T: Decode, const MAX: usize> Decode for Bounded<T, MAX> {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		let length = usize::try_from(Compact::<u32>::decode(input)?.0).unwrap_or(usize::MAX);
		if length > MAX {
			return Err("more items than the list may have".into());
		}
		Ok(Self(codec::decode_vec_with_len(input, length)?))
	}
}

impl<T: DecodeWithMemTracking, const MAX: usize> DecodeWithMemTracking for Bounded<T, MAX> {}

impl<T: MaxEncodedLen, const MAX: usize> MaxEncodedLen for Bounded<T, MAX> {
	fn max_encoded_len() -> usize {
		let length = Compact(u32::try_from(MAX).unwrap_or(u32::MAX)).encoded_size();
		MAX.saturating_mul(T::max_encoded_len()).saturating_add(length)
	}
}

// Readers of the metadata see the `Vec` as which it is encoded.
impl<T: TypeInfo + 'static, const MAX: usize> TypeInfo for Bounded<T, MAX> {
	type Identity = [T];

	fn type_info() -> Type {
		<[T]>::type_info()
	}
}

/// The value that these bytes are the encoding of: all of them, and no more of them than the type can have.
pub fn decode_exact<T: Decode + MaxEncodedLen>(bytes: &[u8]) -> Result<T, Error> {
	if bytes.len() > T::max_encoded_len() {
		return Err(Error::TooLong);
	}
	let mut rest = bytes;
	let value = T::decode(&mut rest).map_err(|_| Error::Malformed)?;
	if rest.is_empty() {
		Ok(value)
	} else {
		Err(Error::TrailingBytes)
	}
}
