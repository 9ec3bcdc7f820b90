// SPDX-License-Identifier: Apache-2.0

//! What computes: a model in memory, and what it remembers of the sequences that are being answered.
//!
//! The serving core ([`crate::serve`]) sees nothing else. There are three kinds:
//! - floats by libtorch ([`crate::float`]), for any checkpoint;
//! - exact ones, whose every value equals the referee's;
//! - [`double`], in plain Rust, for tests of what is above.
//!
//! A backend belongs to one thread and one device. A sequence is admitted with all the memory that it may ever need, so
//! that nothing runs out in the middle of an answer.

pub mod double;
pub mod pages;

use crate::Error;
use atelier_referee::ops::sampling::Sampler;

/// What a model is, for those who only ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
	pub vocabulary: u32,
	/// Most tokens of input and answer together.
	pub positions: u32,
	/// Numbers of a final state, or of an embedding.
	pub width: u32,
	pub answers: Answers,
	pub class: Class,
}

/// What a model answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
	Tokens,
	Embedding,
}

/// What an answer can be held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
	/// One value on every machine.
	Exact,
	/// Nearly the same value on another machine, by these floats.
	Float(crate::load::checkpoint::Float),
}

/// Memory of a backend, in pages of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
	pub page_tokens: u32,
	pub pages: u32,
	/// Pages that nobody uses now; they may still hold prefixes.
	pub free: u32,
	/// Bytes of the model and of all pages.
	pub bytes: u64,
}

/// A sequence that a backend has admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sequence(pub u64);

/// What a sequence asks room for.
#[derive(Clone, Copy, Debug)]
pub struct Admit<'a> {
	pub input: &'a [u32],
	/// Most tokens of the answer.
	pub limit: u32,
	/// What of the input was computed for others of the same scope need not be computed again. None: all of it is, because
	/// every state is wanted.
	pub scope: Option<u64>,
}

/// Whether a sequence may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
	/// It may, and so many tokens of its input are there already.
	Now { sequence: Sequence, known: u32 },
	/// When others are released.
	Later,
}

/// The next tokens of a sequence.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
	pub sequence: Sequence,
	pub tokens: &'a [u32],
	pub wanted: Wanted,
	/// Whether the final state of each token is wanted too.
	pub states: bool,
}

/// What is wanted after the last token of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
	/// Nothing yet: more of the input follows.
	Nothing,
	/// The next token.
	Token(Sampler),
	/// The value of each token of the vocabulary as the next one.
	Logits,
	/// The same after each token of the part, and not only after its last one: a row for each.
	AllLogits,
}

/// What came out of a part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
	pub token: Option<u32>,
	/// With 16 bits of fraction.
	pub logits: Option<Vec<i32>>,
	pub states: Option<Numbers>,
}

/// Rows of numbers after each other.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
	Exact(Vec<i32>),
	Float(Vec<f32>),
}

/// A model that computes for several sequences at once.
pub trait Backend: Send {
	fn facts(&self) -> Facts;

	fn memory(&self) -> Memory;

	/// Gives a sequence all the memory that it can need.
	fn admit(&mut self, admit: &Admit<'_>) -> Result<Admission, Error>;

	/// Takes the next tokens of several sequences in, none of which may appear twice. An inner error is of that part; an
	/// outer one is of the batch, after which the same parts may be tried again, one by one.
	#[allow(clippy::type_complexity)]
	fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error>;

	/// Forgets a sequence, if it is known.
	fn release(&mut self, sequence: Sequence);

	/// The vectors of some inputs, of length 1.
	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>>;
}

impl Facts {
	/// Whether these can be an input at all.
	pub fn check(&self, input: &[u32], limit: u32) -> Result<(), Error> {
		if input.is_empty() {
			return Err(Error::EmptyInput);
		}
		let most = self.positions.saturating_sub(limit);
		if input.len() as u64 > most.into() {
			return Err(Error::InputTooLong {
				tokens: input.len(),
				limit: most,
			});
		}
		match input.iter().find(|token| **token >= self.vocabulary) {
			Some(&token) => Err(atelier_models::Error::UnknownToken {
				token,
				vocabulary: self.vocabulary,
			}
			.into()),
			None => Ok(()),
		}
	}
}
