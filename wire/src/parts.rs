// SPDX-License-Identifier: Apache-2.0

//! What messages are made of. Whatever people wrote, or a model wrote to them, shows nothing of itself when it is printed.

use atelier_primitives::work::voucher;
use atelier_referee::commit::{Bounded, Error};
use codec::{Decode, Encode, MaxEncodedLen};
use std::fmt;

/// Money as the chain counts it.
pub type Balance = u128;

/// An account, or a key that signs: the chain's `AccountId`.
pub type Key = [u8; 32];

/// What a worker signs before a session, as the chain reads it.
pub type Quote = voucher::Quote<Key, Balance>;

/// Most tokens of an input, and of an answer: as many as a model has positions.
pub const MAX_INPUT: usize = 131_072;
pub const MAX_OUTPUT: usize = MAX_INPUT;
/// Longest text to be tokenized, in bytes, and most messages of a chat.
pub const MAX_TEXT: usize = 262_144;
pub const MAX_CHAT: usize = 1_024;
/// Most tokens of a piece of an answer, and most bytes of their text.
pub const MAX_PIECE: usize = 256;
pub const MAX_PIECE_TEXT: usize = 8_192;
/// Most tokens of a page.
pub const PAGE: usize = 16_384;
/// Most bytes of a page of evidence, and of all: 36 for each position.
pub const EVIDENCE_PAGE: usize = 65_536;
pub const MAX_EVIDENCE: usize = 36 * 2 * MAX_INPUT;
/// Most numbers of a vector.
pub const MAX_VECTOR: usize = 65_536;
/// Most claims of a message.
pub const MAX_CLAIMS: usize = 64;
/// Longest text of a fact, in bytes.
pub const MAX_FACT: usize = 200;

/// Who signed, by which curve: as the chain's `MultiSignature`. Of the same kinds, but those of other chains' addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum Signature {
	#[codec(index = 0)]
	Ed25519([u8; 64]),
	#[codec(index = 1)]
	Sr25519([u8; 64]),
	#[codec(index = 2)]
	Ecdsa([u8; 65]),
}

macro_rules! hidden {
	($(#[$doc:meta] $name:ident($item:ty), $what:literal;)*) => {$(
		#[$doc]
		#[derive(Clone, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
		pub struct $name<const MAX: usize>(Bounded<$item, MAX>);

		impl<const MAX: usize> $name<MAX> {
			pub fn into_inner(self) -> Vec<$item> {
				self.0.into_inner()
			}
		}

		impl<const MAX: usize> TryFrom<Vec<$item>> for $name<MAX> {
			type Error = Error;

			fn try_from(items: Vec<$item>) -> Result<Self, Error> {
				Bounded::try_from(items).map(Self)
			}
		}

		impl<const MAX: usize> std::ops::Deref for $name<MAX> {
			type Target = [$item];

			fn deref(&self) -> &[$item] {
				&self.0
			}
		}

		impl<const MAX: usize> fmt::Debug for $name<MAX> {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write!(f, concat!("{} ", $what), self.0.len())
			}
		}
	)*};
}

hidden! {
	/// Tokens of somebody's question or answer.
	Tokens(u32), "tokens";
	/// A text of somebody's.
	Text(u8), "bytes";
	/// Numbers that can be read back into what was asked.
	Lump(u16), "numbers";
}

/// What is to be tokenized.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Source {
	#[codec(index = 0)]
	Text(Text<MAX_TEXT>),
	/// By the model's own way of writing a chat.
	#[codec(index = 1)]
	Chat(Bounded<Said, MAX_CHAT>),
}

/// A message of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Said {
	pub role: Text<64>,
	pub content: Text<MAX_TEXT>,
}

/// The answer of a model that embeds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum Vector {
	/// Numbers with 15 bits of fraction, in two's complement.
	#[codec(index = 0)]
	Exact(Lump<MAX_VECTOR>),
	/// The bits of 32-bit floats.
	#[codec(index = 1)]
	Float(Tokens<MAX_VECTOR>),
}
