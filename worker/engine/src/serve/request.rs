// SPDX-License-Identifier: Apache-2.0

//! What is asked of an engine.

use crate::{
	Error,
	backend::Numbers,
	text::{Message, Stops},
};
use atelier_referee::ops::sampling::Sampler;

/// What an answer is wanted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
	Text(String),
	Chat(Vec<Message>),
	Tokens(Vec<u32>),
}

/// Sees the final states of a request's tokens: the position of the first of them, and a row for each. Runs on the
/// engine's thread, so it must be quick.
pub type Watch = Box<dyn FnMut(u32, &Numbers) + Send>;

pub struct Request {
	pub input: Input,
	pub sampler: Sampler,
	/// Most tokens of the answer; memory for all of them is set aside.
	pub limit: u32,
	/// Tokens that end the answer, if not the model's own.
	pub ends: Option<Vec<u32>>,
	/// Strings that end the answer.
	pub stops: Vec<String>,
	/// Requests of one scope may share what was computed for a common beginning. Since that can be noticed by the time it
	/// takes, those of different clients should not have the same. None: nothing is shared.
	pub scope: Option<u64>,
	pub watch: Option<Watch>,
}

impl Input {
	/// A text that came as bytes.
	pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
		let text = String::from_utf8(bytes).map_err(|error| atelier_models::Error::NotUtf8 {
			valid: error.utf8_error().valid_up_to(),
		})?;
		Ok(Self::Text(text))
	}
}

impl Request {
	/// The likeliest answer.
	pub fn greedy(input: Input, limit: u32) -> Self {
		Self {
			input,
			sampler: Sampler::Greedy,
			limit,
			ends: None,
			stops: Vec::new(),
			scope: None,
			watch: None,
		}
	}

	pub(super) fn checked_stops(&self) -> Result<Stops, Error> {
		Ok(Stops::new(&self.stops)?)
	}
}
