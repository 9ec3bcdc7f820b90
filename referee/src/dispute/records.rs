// SPDX-License-Identifier: Apache-2.0

//! What a charge may be decided from beside the trace, the package and the tokens.

use crate::{
	claim::State,
	hash::Blake2b256,
	trace::step::{Missing, Source},
};
use alloc::vec::Vec;

/// What an answer and its model have committed to.
pub trait Records: Source {
	/// What hashes final states.
	type Hash: Blake2b256;

	/// The state of a position.
	fn state(&mut self, position: u32) -> Result<State, Missing>;

	/// The text of a token.
	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing>;
}
