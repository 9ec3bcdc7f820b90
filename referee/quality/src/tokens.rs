// SPDX-License-Identifier: Apache-2.0

//! Text to token ids and back, by a model's `tokenizer.json`.

use crate::Error;
use std::path::Path;
use tokenizers::{Tokenizer, TruncationDirection, TruncationParams, TruncationStrategy};

pub struct Tokens {
	tokenizer: Tokenizer,
}

impl Tokens {
	/// A text of more than `limit` tokens loses its end. Padding that the file asks for is left out: sentences of different
	/// lengths are computed together without it.
	pub fn read(path: &Path, limit: Option<usize>) -> Result<Self, Error> {
		let bytes = std::fs::read(path).map_err(|source| Error::Unreadable {
			path: path.into(),
			source,
		})?;
		let broken = |source| Error::BrokenTokenizer {
			path: path.into(),
			source,
		};
		let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(broken)?;
		tokenizer.with_padding(None);
		let truncation = limit.map(|max_length| TruncationParams {
			max_length,
			stride: 0,
			strategy: TruncationStrategy::LongestFirst,
			direction: TruncationDirection::Right,
		});
		tokenizer.with_truncation(truncation).map_err(broken)?;
		Ok(Self { tokenizer })
	}

	/// The ids, with the special tokens that the model wants around a text.
	pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
		let encoding = self
			.tokenizer
			.encode(text, true)
			.map_err(|source| Error::Untokenisable { source })?;
		Ok(encoding.get_ids().to_vec())
	}

	/// The text, without special tokens.
	pub fn decode(&self, ids: &[u32]) -> Result<String, Error> {
		self.tokenizer
			.decode(ids, true)
			.map_err(|source| Error::Untokenisable { source })
	}

	/// The id of a token by its name, such as `</s>`.
	pub fn id(&self, token: &str) -> Option<u32> {
		self.tokenizer.token_to_id(token)
	}
}
