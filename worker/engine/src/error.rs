// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a model's files, a request, or the machine.

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
	#[error("{path} is not a TorchScript module")]
	NotAModule { path: PathBuf, reason: String },

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
	#[error("the model has no chat template")]
	NoTemplate,
	#[error("{path} does not say how answers are made")]
	BrokenGeneration { path: PathBuf, source: serde_json::Error },
	#[error("the model is of another kind than the one asked for")]
	OtherKind,

	// A request.
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
	#[error("there are no tokens to answer")]
	EmptyInput,
	#[error("token {token} is not in the vocabulary of {vocabulary}")]
	UnknownToken { token: u32, vocabulary: u32 },
	#[error("{tokens} tokens are more than the {limit} that the model takes with room for an answer")]
	InputTooLong { tokens: usize, limit: u32 },
	#[error("an answer of no tokens was asked for")]
	NoAnswerWanted,
	#[error("{found} strings that end an answer are more than {limit}")]
	TooManyStops { found: usize, limit: usize },
	#[error("a string that ends an answer has {bytes} bytes, and may have 1 to {limit}")]
	StopLength { bytes: usize, limit: usize },
	#[error("{found} tokens that end an answer are more than {limit}")]
	TooManyEnds { found: usize, limit: usize },
	#[error("the {field} is {found}, and must be {wanted}")]
	BadSampling {
		field: &'static str,
		found: f64,
		wanted: &'static str,
	},
	#[error("{found} inputs at once are more than {limit}")]
	TooManyInputs { found: usize, limit: usize },
	#[error("the model answers with something else")]
	WrongUse,
	#[error("the request was cancelled")]
	Cancelled,

	// The machine.
	#[error("the model needs {needs} bytes, and {budget} are given to it")]
	ModelTooLarge { needs: u64, budget: u64 },
	#[error("{pages} pages of memory are needed for input and answer, and there are {all}")]
	NeverFits { pages: u64, all: u64 },
	#[error("{limit} requests are waiting already")]
	QueueFull { limit: usize },
	#[error("the engine has stopped")]
	Stopped,
	#[error("the sequence is not known, or it has no room for these tokens")]
	NoRoom,
	#[error("the model computed a value that is not finite")]
	NotFiniteOutput,
	#[error("the device has no memory left while {doing}")]
	DeviceMemory { doing: &'static str },
	#[error("the device is lost while {doing}: {reason}")]
	DeviceLost { doing: &'static str, reason: String },
	#[error("{device} is not there")]
	NoDevice { device: String },
	#[error("libtorch failed while {doing}: {reason}")]
	Libtorch { doing: &'static str, reason: String },
	#[error("the thread of the engine cannot be started")]
	NoThread { source: std::io::Error },
}
