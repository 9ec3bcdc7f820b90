// SPDX-License-Identifier: Apache-2.0

//! Between text and tokens: a model's tokenizer, its way of writing a chat, and the text of an answer that is not finished.

mod chat;
mod guard;
mod stops;
mod stream;

pub use chat::{Chat, Message};
pub use stops::{Shown, Stops};
pub use stream::TextStream;

use crate::{Error, files::bytes};
use guard::guarded;
use std::{path::Path, sync::Arc};
use tokenizers::Tokenizer;

/// A tokenizer whose tokens are all in the model's vocabulary. Cheap to clone.
#[derive(Clone)]
pub struct Text {
	tokenizer: Arc<Tokenizer>,
	positions: u32,
	/// Bytes of a longer text can be no input.
	longest: usize,
}

/// Vocabularies are padded to a round number: the largest padding of a public model is 2% of it. With an eighth of all
/// tokens unknown to the tokenizer, it is another model's.
const PADDED: u32 = 8;

impl Text {
	/// Of a model with so many tokens and positions.
	pub fn read(path: &Path, vocabulary: u32, positions: u32) -> Result<Self, Error> {
		let bytes = bytes(path)?;
		let tokenizer = guarded(|| Tokenizer::from_bytes(&bytes)).map_err(|source| Error::BrokenTokenizer {
			path: path.into(),
			source,
		})?;
		Self::new(tokenizer, vocabulary, positions)
	}

	/// Padding and truncation that the file asks for are left out: nothing of a request is dropped or added in silence.
	pub fn new(mut tokenizer: Tokenizer, vocabulary: u32, positions: u32) -> Result<Self, Error> {
		tokenizer.with_padding(None);
		// Without parameters nothing is checked that could fail.
		let _ = tokenizer.with_truncation(None);
		let known = guarded(|| Ok(tokenizer.get_vocab(true)));
		let known = known.map_err(|source| Error::Untokenisable { source })?;
		let largest = known.values().copied().max().unwrap_or(0);
		let wanted = vocabulary - vocabulary / PADDED;
		if known.is_empty() || largest >= vocabulary || known.len() < wanted as usize {
			return Err(Error::TokenizerMismatch {
				tokens: known.len(),
				largest,
				vocabulary,
			});
		}
		let longest = known.keys().map(String::len).max().unwrap_or(0).max(1);
		Ok(Self {
			tokenizer: Arc::new(tokenizer),
			positions,
			longest: longest.saturating_mul(positions as usize),
		})
	}

	/// The tokens of a text, with the special ones that the model wants around it.
	pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
		self.tokens(text, true)
	}

	/// The tokens of a chat, whose template has written the special ones.
	pub fn encode_chat(&self, text: &str) -> Result<Vec<u32>, Error> {
		self.tokens(text, false)
	}

	fn tokens(&self, text: &str, special: bool) -> Result<Vec<u32>, Error> {
		if text.len() > self.longest {
			return Err(Error::TextTooLong {
				bytes: text.len(),
				limit: self.longest,
				positions: self.positions,
			});
		}
		let encoding = guarded(|| self.tokenizer.encode_fast(text, special));
		let encoding = encoding.map_err(|source| Error::Untokenisable { source })?;
		Ok(encoding.get_ids().to_vec())
	}

	/// The tokens of whole documents, which are no input and may be longer, with the special ones around each.
	pub fn documents(&self, texts: Vec<&str>) -> Result<Vec<Vec<u32>>, Error> {
		let encodings = guarded(|| self.tokenizer.encode_batch_fast(texts, true));
		let encodings = encodings.map_err(|source| Error::Untokenisable { source })?;
		Ok(encodings.iter().map(|encoding| encoding.get_ids().to_vec()).collect())
	}

	/// The text of some tokens, without special ones.
	pub fn decode(&self, tokens: &[u32]) -> Result<String, Error> {
		guarded(|| self.tokenizer.decode(tokens, true)).map_err(|source| Error::Untokenisable { source })
	}

	/// The number of a token by its name, such as `</s>`.
	pub fn token(&self, name: &str) -> Option<u32> {
		self.tokenizer.token_to_id(name)
	}

	/// The text of an answer, as it grows.
	pub fn stream(&self) -> TextStream {
		TextStream::new(self.clone())
	}
}
