// SPDX-License-Identifier: Apache-2.0

//! How tokens, final states and the texts of a vocabulary stand in the leaves of their trees.

use crate::{
	commit::{Error, Kind, Tree},
	hash::{Blake2b256, Digest},
};
use alloc::vec::Vec;

/// Tokens of a leaf of an input or an answer.
pub const TOKENS_OF_LEAF: usize = 64;

/// Positions of a leaf of states.
pub const STATES_OF_LEAF: usize = 16;

/// First bytes of what is hashed, so that it is never taken for anything else.
const STATE: &[u8] = b"atelier state x1";

/// What the tree of states holds of a position: enough to check a claim against a computation, without a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
	/// The token that the position takes in.
	pub token: u32,
	/// The hash of the numbers that leave the last layer.
	pub numbers: Digest,
}

impl State {
	/// Bytes of one in a leaf.
	pub const BYTES: usize = 36;

	/// Of a token and the numbers that leave the last layer.
	pub fn of<H: Blake2b256>(token: u32, numbers: &[i32]) -> Self {
		let mut message = STATE.to_vec();
		message.resize(STATE.len().saturating_add(size_of_val(numbers)), 0);
		let (places, _) = message.get_mut(STATE.len()..).unwrap_or_default().as_chunks_mut();
		for (place, number) in places.iter_mut().zip(numbers) {
			*place = number.to_le_bytes();
		}
		Self {
			token,
			numbers: H::hash(&message),
		}
	}

	/// Reads one from a leaf.
	pub fn read(bytes: [u8; Self::BYTES]) -> Self {
		let [t0, t1, t2, t3, numbers @ ..] = bytes;
		Self {
			token: u32::from_le_bytes([t0, t1, t2, t3]),
			numbers,
		}
	}

	/// The bytes in a leaf: the token, then the hash.
	pub fn write(self) -> [u8; Self::BYTES] {
		let mut bytes = [0; Self::BYTES];
		let (token, numbers) = bytes.split_at_mut(4);
		token.copy_from_slice(&self.token.to_le_bytes());
		numbers.copy_from_slice(&self.numbers);
		bytes
	}
}

/// The bytes of the leaves of some tokens.
pub fn token_leaves(tokens: &[u32]) -> impl Iterator<Item = Vec<u8>> + '_ {
	tokens
		.chunks(TOKENS_OF_LEAF)
		.map(|tokens| tokens.iter().flat_map(|token| token.to_le_bytes()).collect())
}

/// The tree of the tokens of an input or an answer.
pub fn token_tree<H: Blake2b256>(kind: Kind, tokens: &[u32]) -> Result<Tree, Error> {
	Tree::from_leaves::<H>(kind, token_leaves(tokens))
}

/// The bytes of the leaves of some states.
pub fn state_leaves(states: &[State]) -> impl Iterator<Item = Vec<u8>> + '_ {
	states
		.chunks(STATES_OF_LEAF)
		.map(|states| states.iter().flat_map(|state| state.write()).collect())
}

/// The tree of the states of all positions.
pub fn state_tree<H: Blake2b256>(states: &[State]) -> Result<Tree, Error> {
	Tree::from_leaves::<H>(Kind::State, state_leaves(states))
}

/// The tree of the texts of all tokens, each a leaf: the bytes that it adds to an answer.
pub fn vocabulary_tree<H: Blake2b256>(texts: impl IntoIterator<Item = Vec<u8>>) -> Result<Tree, Error> {
	Tree::from_leaves::<H>(Kind::Vocabulary, texts)
}
