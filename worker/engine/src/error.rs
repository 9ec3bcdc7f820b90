// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a model, a request, or the machine.

use std::path::PathBuf;

/// Every failure names the tensor, number or device that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// Of the exact kernels.
	#[error(transparent)]
	Kernels(#[from] atelier_kernels::Error),
	#[error("the exact model cannot be served: {source}")]
	ExactModel { source: atelier_kernels::ModelError },
	#[error("of {positions} positions the states of {found} were seen")]
	StatesMissing { found: usize, positions: usize },
	#[error("a profile has no limit of {measure}")]
	NoLimit { measure: &'static str },
	#[error("{found} is no format of a profile that is known")]
	OtherFormat { found: String },
	#[cfg(feature = "libtorch")]
	#[error("that is no profile, or no settings")]
	Profile { source: serde_json::Error },
	#[error("{path} cannot be copied or written")]
	Unwritable { path: PathBuf, source: std::io::Error },
	#[error("a prover that was started apart: {reason}")]
	Prover { reason: String },
	/// Of a fingerprint's bytes.
	#[error(transparent)]
	Fingerprint(#[from] crate::fingerprint::Broken),
	#[error("no seed gives a table of these numbers")]
	NoTable,
	#[error("states of {width} numbers have no fingerprint")]
	NoFingerprint { width: u32 },
	#[error("the fingerprint is of {found} positions, and input and answer have {wanted}")]
	OtherPositions { found: u32, wanted: usize },
	#[error("{source}")]
	Commitment { source: atelier_referee::commit::Error },
	#[error("this machine computes no exact values: {reason}")]
	NoKernels { reason: String },
	#[error("{device} computes no exact values: {reason}")]
	WrongDevice { device: String, reason: String },
	/// Of a model's files, or of a text.
	#[error(transparent)]
	Model(#[from] atelier_models::Error),
	#[error("tensor {name} has values that {dtype} cannot hold")]
	OutOfRange { name: String, dtype: &'static str },
	#[error("{path} is not a TorchScript module")]
	NotAModule { path: PathBuf, reason: String },
	#[error("the model has no chat template")]
	NoTemplate,
	#[error("the model is of another kind than the one asked for")]
	OtherKind,

	// A request.
	#[error("there are no tokens to answer")]
	EmptyInput,
	#[error("{tokens} tokens are more than the {limit} that the model takes with room for an answer")]
	InputTooLong { tokens: usize, limit: u32 },
	#[error("an answer of no tokens was asked for")]
	NoAnswerWanted,
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
