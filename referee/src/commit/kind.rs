// SPDX-License-Identifier: Apache-2.0

//! What a tree holds, which its leaves and its root state, so that no tree can be passed off as another.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What a tree holds. A value is hashed into every leaf, so one that has been used is never given to another kind.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[repr(u8)]
pub enum Kind {
	/// A model's weights, row by row.
	Weights = 0,
	/// What a request asks the model to continue or to embed.
	Input = 1,
	/// The tokens of an answer.
	Tokens = 2,
	/// The final hidden states of an answer, with its tokens.
	State = 3,
	/// Every intermediate tensor of a claim's forward passes.
	Trace = 4,
	/// An answer that is not tokens, such as an embedding.
	Output = 5,
	/// A tokenizer's entries.
	Vocabulary = 6,
	/// What one attestation says something of: datasets, versions, accounts.
	Subjects = 7,
}

impl Kind {
	/// The byte that is hashed.
	pub(super) const fn byte(self) -> u8 {
		self as u8
	}
}
