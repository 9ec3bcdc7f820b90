// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a model's files, the text, or a question.

use std::path::PathBuf;

/// Every failure names the file, tensor, field or crate that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error("{path} cannot be read")]
	Unreadable { path: PathBuf, source: std::io::Error },
	#[error("{path} is not there: `scripts/setup minilm` fetches it")]
	NotSetUp { path: PathBuf },

	#[error(transparent)]
	Model(#[from] atelier_models::Error),
	#[error("the model is of another kind than the one asked for")]
	OtherKind,

	#[error("{path} is not a tokenizer")]
	BrokenTokenizer { path: PathBuf, source: tokenizers::Error },
	#[error("the tokenizer refuses the text")]
	Untokenisable { source: tokenizers::Error },
	#[error("there are no tokens to answer")]
	NoTokens,
	#[error("token {token} is not in the vocabulary of {vocabulary}")]
	UnknownToken { token: u32, vocabulary: u32 },
	#[error("{tokens} tokens are more than the model's {limit} positions")]
	TooLong { tokens: usize, limit: u32 },
	#[error("{path} is not a whole number of windows of {window} tokens")]
	BrokenSlice { path: PathBuf, window: usize },

	#[error("cargo could not be started to ask for the pinned crates")]
	NoCargo { source: std::io::Error },
	#[error("cargo does not say which crates are pinned; `cargo fetch --locked` downloads them: {message}")]
	CargoMetadata { message: String },
	#[error("the sources of crate {name} cannot be read")]
	UnreadableSources { name: String, source: walkdir::Error },
	#[error("the exact model: {0}")]
	Exact(atelier_referee::forward::InputError),
}
