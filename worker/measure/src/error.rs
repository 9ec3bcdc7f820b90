// SPDX-License-Identifier: Apache-2.0

//! Why something could not be measured.

/// Every failure names what it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error(transparent)]
	Engine(#[from] atelier_engine::Error),
	#[error(transparent)]
	Model(#[from] atelier_models::Error),
	#[error(transparent)]
	Convert(#[from] atelier_convert::Error),
	#[error(transparent)]
	Kernels(#[from] atelier_kernels::Error),
	#[error("the random model cannot be written: {source}")]
	Write { source: safetensors::SafeTensorError },
	#[error("a folder for the random model: {source}")]
	Folder {
		#[from]
		source: std::io::Error,
	},
	#[error("a width of {hidden} is no multiple of 64")]
	Width { hidden: u32 },
	#[error("the model answers with vectors; this measures answers of tokens")]
	NoTokens,
	#[error("the model has {positions} positions, and {wanted} are needed to measure it")]
	TooFewPositions { positions: u32, wanted: u32 },
	#[error("what was computed again differs from the answer: {what}")]
	Differs { what: &'static str },
}
