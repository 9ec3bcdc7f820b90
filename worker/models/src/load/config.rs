// SPDX-License-Identifier: Apache-2.0

//! The `config.json` of a model: which architecture, and how large.
//!
//! Strict: whatever would change a value and is not implemented is refused by name. A model that almost runs is worse than
//! one that does not.

mod decoder;
mod encoder;
mod fields;
mod rope;

pub use decoder::{DecoderConfig, Family};
pub use encoder::EncoderConfig;
pub use rope::{Rope, Scaling};

use crate::Error;
use crate::files;
use fields::Fields;
use serde_json::Value;
use std::path::Path;

const KNOWN: &str = "BertModel, LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM";

/// A model whose forward pass is known here.
#[derive(Clone, Debug, PartialEq)]
pub enum Config {
	Encoder(EncoderConfig),
	Decoder(DecoderConfig),
}

impl Config {
	pub fn read(path: &Path) -> Result<Self, Error> {
		Self::of(&files::read(path, |path, source| Error::BrokenConfig { path, source })?)
	}

	pub fn of(raw: &Value) -> Result<Self, Error> {
		let fields = Fields(raw);
		fields.only("quantization_config", "null")?;
		let architecture = raw.pointer("/architectures/0").and_then(Value::as_str);
		let family = match architecture.unwrap_or_default() {
			"BertModel" => return EncoderConfig::of(&fields).map(Self::Encoder),
			"LlamaForCausalLM" => Family::Llama,
			"MistralForCausalLM" => Family::Mistral,
			"Qwen2ForCausalLM" => Family::Qwen2,
			"Qwen3ForCausalLM" => Family::Qwen3,
			other => {
				return Err(Error::UnknownArchitecture {
					found: other.into(),
					known: KNOWN,
				});
			}
		};
		DecoderConfig::of(family, &fields).map(Self::Decoder)
	}

	/// Tokens that the model knows.
	pub fn vocabulary(&self) -> u32 {
		match self {
			Self::Encoder(config) => config.vocabulary,
			Self::Decoder(config) => config.vocabulary,
		}
	}

	/// Most tokens of input and answer together.
	pub fn positions(&self) -> u32 {
		match self {
			Self::Encoder(config) => config.positions,
			Self::Decoder(config) => config.positions,
		}
	}
}
