// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a model's files, or with a text for it.

use atelier_referee::{
	commit,
	model::{PackageError, ShapeError},
};
use safetensors::{Dtype, SafeTensorError};
use std::path::PathBuf;

/// Every failure names the file, field, tensor or number that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	// A model's files.
	#[error("{path} cannot be read")]
	Unreadable { path: PathBuf, source: std::io::Error },
	#[error("{path} has {bytes} bytes, more than the {limit} that such a file may have")]
	FileTooLarge { path: PathBuf, bytes: u64, limit: u64 },
	#[error("{path} is not a model's config")]
	BrokenConfig { path: PathBuf, source: serde_json::Error },
	#[error("architecture {found:?} is none of those known here: {known}")]
	UnknownArchitecture { found: String, known: &'static str },
	#[error("the config's {field} is {found}, and only {known} is known here")]
	UnsupportedField {
		field: &'static str,
		found: String,
		known: &'static str,
	},
	#[error("the config's {field} is {found}, which cannot be")]
	ImpossibleField { field: &'static str, found: String },
	#[error("the config has no {field}")]
	MissingField { field: &'static str },

	#[error("{path} has neither model.safetensors nor model.safetensors.index.json")]
	NoWeights { path: PathBuf },
	#[error("{path} is not a whole safetensors file")]
	BrokenSafetensors { path: PathBuf, source: SafeTensorError },
	#[error("{path} is not the index of a checkpoint in several files")]
	BrokenIndex { path: PathBuf, source: serde_json::Error },
	#[error("the index names the file {found:?}, which is not one beside it")]
	ForeignShard { found: String },
	#[error("the index has {found} files, more than {limit}")]
	TooManyShards { found: usize, limit: usize },
	#[error("the index says that tensor {name} is in {shard}, and it is not there")]
	NotInShard { name: String, shard: String },
	#[error("tensor {name} is in {shard}, and the index does not say so")]
	NotInIndex { name: String, shard: String },
	#[error("the model has no tensor {name}")]
	MissingTensor { name: String },
	#[error("the model has a tensor {name}, for which this architecture has no use")]
	UnusedTensor { name: String },
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
	#[error("tensor {name} has values that {dtype} cannot hold")]
	OutOfRange { name: String, dtype: &'static str },
	#[error("{path} is not a tokenizer")]
	BrokenTokenizer { path: PathBuf, source: tokenizers::Error },
	#[error("the tokenizer has {tokens} tokens up to number {largest}, and the model a vocabulary of {vocabulary}")]
	TokenizerMismatch {
		tokens: usize,
		largest: u32,
		vocabulary: u32,
	},
	#[error("{path} does not say how a chat is written")]
	BrokenTemplateFile { path: PathBuf, source: serde_json::Error },
	#[error("the chat template is not a template")]
	BrokenTemplate { source: minijinja::Error },
	#[error("the chat template has {bytes} bytes, more than {limit}")]
	TemplateTooLong { bytes: usize, limit: usize },
	#[error("{path} does not say how answers are made")]
	BrokenGeneration { path: PathBuf, source: serde_json::Error },
	#[error("token {token} is not in the vocabulary of {vocabulary}")]
	UnknownToken { token: u32, vocabulary: u32 },
	#[error("{found} tokens that end an answer are more than {limit}")]
	TooManyEnds { found: usize, limit: usize },

	// A text, or what is asked beside it.
	#[error("the chat template refuses these messages")]
	TemplateRefuses { source: minijinja::Error },
	#[error("the chat would be written in more than {limit} bytes")]
	ChatTooLong { limit: usize },
	#[error("the text is not UTF-8 after byte {valid}")]
	NotUtf8 { valid: usize },
	#[error("the text has {bytes} bytes, more than the {limit} that {positions} positions could take")]
	TextTooLong { bytes: usize, limit: usize, positions: u32 },
	#[error("the tokenizer refuses the text")]
	Untokenisable { source: tokenizers::Error },
	#[error("{found} strings that end an answer are more than {limit}")]
	TooManyStops { found: usize, limit: usize },
	#[error("a string that ends an answer has {bytes} bytes, and may have 1 to {limit}")]
	StopLength { bytes: usize, limit: usize },

	// An exact model's files.
	#[error("the manifest cannot be read")]
	BrokenManifest { source: serde_json::Error },
	#[error("the manifest's {field} is {found}, which cannot be")]
	WrongManifest { field: &'static str, found: String },
	#[error("{source}")]
	Shape { source: ShapeError },
	#[error("{source}")]
	Package { source: PackageError },
	#[error("{source}")]
	Commitment { source: commit::Error },
	#[error("{name} is not the file that the manifest names")]
	AnotherFile { name: String },
	#[error("the text of token {token} is not whole")]
	BrokenTexts { token: usize },
	#[error("the text of token {token} has {bytes} bytes, more than {limit}")]
	LongText { token: usize, bytes: usize, limit: usize },
}
