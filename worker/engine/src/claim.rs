// SPDX-License-Identifier: Apache-2.0

//! What a worker commits to with an exact answer: tokens and final states. Hashed while the answer is made; a trace is only
//! derived when somebody asks for it.

use crate::{
	Error,
	backend::{Facts, Numbers},
	serve::{Answer, Watch},
};
use atelier_referee::{
	claim::{State, state_tree, token_tree},
	commit::{Commitment, Kind},
	hash::{Digest, Portable},
};
use std::sync::{Arc, Mutex, PoisonError};

/// Sees the states of one answer.
#[derive(Clone)]
pub struct States {
	width: usize,
	/// Of each position the hash of its numbers.
	seen: Arc<Mutex<Vec<Digest>>>,
}

/// What the claim of an answer commits to, beside what its request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
	pub answer: Commitment,
	pub state: Commitment,
}

impl States {
	/// Of a model.
	pub fn of(facts: &Facts) -> Self {
		Self {
			width: facts.width as usize,
			seen: Arc::default(),
		}
	}

	/// For the request.
	pub fn watch(&self) -> Watch {
		let states = self.clone();
		Box::new(move |first, numbers| states.see(first as usize, numbers))
	}

	fn see(&self, first: usize, numbers: &Numbers) {
		// Floats are committed to by their fingerprint, not here.
		let Numbers::Exact(numbers) = numbers else { return };
		let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
		// What was computed again counts as it is now.
		seen.truncate(first);
		let rows = numbers.chunks_exact(self.width.max(1));
		seen.extend(rows.map(|row| State::of::<Portable>(0, row).numbers));
	}

	/// The commitments of the complete answer.
	pub fn committed(&self, input: &[u32], answer: &Answer) -> Result<Committed, Error> {
		self.committed_to(input, &answer.tokens)
	}

	/// The commitments of an answer of these tokens.
	pub fn committed_to(&self, input: &[u32], answer: &[u32]) -> Result<Committed, Error> {
		let states = self.states(input, answer)?;
		let tree = |source| Error::Commitment { source };
		Ok(Committed {
			answer: token_tree::<Portable>(Kind::Tokens, answer).map_err(tree)?.commitment(),
			state: state_tree::<Portable>(&states).map_err(tree)?.commitment(),
		})
	}

	/// The states of an answer of these tokens: what auditors may have to be shown.
	pub fn states(&self, input: &[u32], answer: &[u32]) -> Result<Vec<State>, Error> {
		let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
		// The last token of an answer is not a position.
		let positions = (input.len() + answer.len()).saturating_sub(1);
		if seen.len() != positions {
			return Err(Error::StatesMissing {
				found: seen.len(),
				positions,
			});
		}
		let tokens = input.iter().chain(answer);
		Ok(tokens
			.zip(seen.iter())
			.map(|(&token, &numbers)| State { token, numbers })
			.collect())
	}
}
