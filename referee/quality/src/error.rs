// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a model's files, the text, or a question.

use safetensors::{Dtype, SafeTensorError};
use std::path::PathBuf;

/// Every failure names the file, tensor, field or crate that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error("{path} cannot be read")]
	Unreadable { path: PathBuf, source: std::io::Error },
	#[error("{path} is not there: `scripts/setup minilm` fetches it")]
	NotSetUp { path: PathBuf },

	#[error("{path} is not a whole safetensors file")]
	BrokenSafetensors { path: PathBuf, source: SafeTensorError },
	#[error("the model has no tensor {name}")]
	MissingTensor { name: String },
	#[error("tensor {name} has shape {found:?}, and the config wants {wanted:?}")]
	WrongShape {
		name: String,
		found: Vec<usize>,
		wanted: Vec<usize>,
	},
	#[error("tensor {name} has element type {found}, which is none of F32, F16, BF16")]
	NotFloat { name: String, found: Dtype },
	#[error("tensor {name} contains a value that is not finite")]
	NotFinite { name: String },

	#[error("{path} is not a model's config")]
	BrokenConfig { path: PathBuf, source: serde_json::Error },
	#[error("architecture {found:?} is none of those known here: BertModel, LlamaForCausalLM")]
	UnknownArchitecture { found: String },
	#[error("the config's {field} is {found}, and only {wanted} is known here")]
	UnsupportedField {
		field: &'static str,
		found: String,
		wanted: &'static str,
	},
	#[error("the config's {field} is {found}, which cannot be")]
	ImpossibleField { field: &'static str, found: usize },
	#[error("the model is of another kind than the one asked for")]
	OtherKind,

	#[error("{path} is not a tokenizer")]
	BrokenTokenizer { path: PathBuf, source: tokenizers::Error },
	#[error("the tokenizer refuses the text")]
	Untokenisable { source: tokenizers::Error },
	#[error("there are no tokens to answer")]
	NoTokens,
	#[error("token {token} is not in the vocabulary of {vocabulary}")]
	UnknownToken { token: u32, vocabulary: usize },
	#[error("{tokens} tokens are more than the model's {limit} positions")]
	TooLong { tokens: usize, limit: usize },
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
