// SPDX-License-Identifier: Apache-2.0

//! Why a model cannot be made exact.

use atelier_referee::{commit, model::ShapeError};
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error("{source}")]
	Model {
		#[from]
		source: atelier_models::Error,
	},
	#[error("the model is too large to be exact: {source}")]
	Shape {
		#[from]
		source: ShapeError,
	},
	#[error("the config's {field} is {found}, which no exact model can have")]
	TooLarge { field: &'static str, found: u64 },
	#[error("the texts' vectors are pooled from the first token, and exact models know the mean only")]
	Pooling,
	#[error("{field} has {bits} bits: their number must be between 2 and 16")]
	WrongBits { field: &'static str, bits: u32 },
	#[error("{source}")]
	Commitment { source: commit::Error },
	#[error("{path} cannot be written")]
	Unwritable { path: PathBuf, source: std::io::Error },
	#[error("the package cannot be written")]
	Write { source: std::io::Error },
	#[error("the tokenizer's decoder is {found}, and only {known} are known here: the texts of tokens cannot be known")]
	UnknownDecoder { found: String, known: &'static str },
	#[error("the tokenizer's token {token} is named {name:?}, which no byte-level token is")]
	NoBytes { token: u64, name: String },
	#[error("{path} is not a tokenizer")]
	BrokenTokenizer { path: PathBuf, source: serde_json::Error },
	#[error("the tokenizer has a token {token}, and the model a vocabulary of {vocabulary}")]
	TokenOutside { token: u64, vocabulary: u32 },
	#[error("{path} is there already")]
	Exists { path: PathBuf },
}
