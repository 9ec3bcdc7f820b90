// SPDX-License-Identifier: Apache-2.0

//! Why a question has no answer.

use crate::fields::Field;
use atelier_referee::{
	commit,
	dispute::{ChargeError, VerdictError},
};
use core::fmt;

/// The fact. Its name in JavaScript is what `Debug` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
	/// More bytes than [`LIMIT`](crate::LIMIT).
	TooLong,
	/// A question ends within a field or goes on after its last one.
	Fields,
	/// A field that is needed was not given.
	Absent(Field),
	/// A field is not an encoding of its type.
	Encoding(Field, commit::Error),
	/// The claim is not where the receipt says that it is.
	Receipt(commit::Error),
	/// The claim is about another chain, version or request.
	AnotherRequest,
	/// The tokens are not those of the request's input.
	AnotherInput,
	/// The tokens or the vector are not the answer that was claimed.
	AnotherAnswer,
	/// There is no case about such a claim.
	Case(ChargeError),
	/// The evidence decides nothing.
	Verdict(VerdictError),
}

impl fmt::Display for Error {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::TooLong => f.write_str("the question is longer than any can be"),
			Self::Fields => f.write_str("the question does not have the fields that were asked for"),
			Self::Absent(field) => write!(f, "{field:?} was not given"),
			Self::Encoding(field, error) => write!(f, "{field:?} cannot be read: {error}"),
			Self::Receipt(error) => write!(f, "the claim is not among the receipts: {error}"),
			Self::AnotherRequest => f.write_str("the claim is about another chain, version or request"),
			Self::AnotherInput => f.write_str("the tokens are not those of the request's input"),
			Self::AnotherAnswer => f.write_str("the answer is not the one that was claimed"),
			Self::Case(error) => error.fmt(f),
			Self::Verdict(error) => error.fmt(f),
		}
	}
}

impl core::error::Error for Error {}
