// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with settings, texts, checkpoints, or with the numbers of a training.

use std::path::PathBuf;

/// Every failure names the setting, file, line or step that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error(transparent)]
	Engine(#[from] crate::Error),
	/// Of a model's files.
	#[error(transparent)]
	Model(#[from] atelier_models::Error),

	// Settings.
	#[error("{setting} is {found}, and must be {wanted}")]
	Setting {
		setting: &'static str,
		found: String,
		wanted: String,
	},
	#[error("the settings must say either what the new model is like ([model]) or which one is trained further (base)")]
	NeitherNewNorBase,
	#[error("{found:?} is no matrix that can have an adapter: {known}")]
	NotAdaptable { found: String, known: &'static str },
	#[error("only decoders are trained here")]
	NotADecoder,

	// Texts.
	#[error("{path} cannot be read")]
	Unreadable { path: PathBuf, source: std::io::Error },
	#[error("a folder of texts cannot be read")]
	UnreadableFolder { source: walkdir::Error },
	#[error("{path} is neither a folder nor a file whose name ends in .txt, .md or .jsonl")]
	NotText { path: PathBuf },
	#[error("{path} is not UTF-8 after byte {valid}")]
	NotUtf8 { path: PathBuf, valid: usize },
	#[error("line {line} of {path} is no JSON object with a string named text")]
	BrokenLine { path: PathBuf, line: usize },
	#[error("there is no text in {path}")]
	NoText { path: PathBuf },
	#[error("the texts have more than {limit} bytes")]
	TooMuchText { limit: u64 },
	#[error("{what} has {tokens} tokens, and at least {needed} are needed")]
	TooFewTokens {
		what: &'static str,
		tokens: usize,
		needed: usize,
	},
	#[error("the tokenizer cannot be made")]
	NoTokenizer { source: tokenizers::Error },
	#[error("the tokenizer has {tokens} tokens, and the model has {vocabulary}: the text is too short for so many")]
	SmallTokenizer { tokens: usize, vocabulary: u32 },

	// A run.
	#[error("{path} is there already: resume it, or choose another folder")]
	RunExists { path: PathBuf },
	#[error("{path} has no checkpoint to resume from")]
	NothingToResume { path: PathBuf },
	#[error("{path} is not the state of a training")]
	BrokenState { path: PathBuf, source: serde_json::Error },
	#[error("{path} is not the file that its checkpoint was made with")]
	DamagedCheckpoint { path: PathBuf },
	#[error("the checkpoint is of another run: {what} differs")]
	AnotherRun { what: String },
	#[error("{path} cannot be written")]
	Unwritable { path: PathBuf, source: std::io::Error },
	#[error("{path} cannot be written")]
	UnwritableTensors {
		path: PathBuf,
		source: safetensors::SafeTensorError,
	},
	#[error("the picture of the curve cannot be written")]
	NoPicture { source: png::EncodingError },
	#[error("stopped after step {step}")]
	Stopped { step: u64 },

	// Numbers.
	#[error("the loss of step {step} is not finite; the last checkpoint is as it was")]
	LossNotFinite { step: u64 },
	#[error("the gradient of step {step} is not finite; the last checkpoint is as it was")]
	GradientNotFinite { step: u64 },
	#[error("tensor {name} is not finite after step {step}; the last checkpoint is as it was")]
	WeightNotFinite { name: String, step: u64 },
	#[error("the gradient has no tensor {name}")]
	NoGradient { name: String },
	#[error("there are no tokens to learn from")]
	NothingToLearn,
	#[error("a batch of {rows} rows of {length} tokens cannot be made of {tokens}")]
	BrokenBatch { rows: usize, length: usize, tokens: usize },
	#[error("token {token} is not in the vocabulary of {vocabulary}")]
	UnknownToken { token: u32, vocabulary: u32 },
}
