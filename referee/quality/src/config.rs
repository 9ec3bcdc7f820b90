// SPDX-License-Identifier: Apache-2.0

//! The `config.json` of a model: which architecture, and how large.

use crate::Error;
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// A model whose forward pass is known here.
#[derive(Clone, Debug, PartialEq)]
pub enum Config {
	Encoder(EncoderConfig),
	Decoder(DecoderConfig),
}

/// A BERT encoder: layer norm after each addition, learnt positions, GELU by the error function.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct EncoderConfig {
	#[serde(rename = "vocab_size")]
	pub vocabulary: usize,
	#[serde(rename = "hidden_size")]
	pub hidden: usize,
	#[serde(rename = "intermediate_size")]
	pub inner: usize,
	#[serde(rename = "num_hidden_layers")]
	pub layers: usize,
	#[serde(rename = "num_attention_heads")]
	pub heads: usize,
	#[serde(rename = "max_position_embeddings")]
	pub positions: usize,
	#[serde(rename = "type_vocab_size")]
	pub token_types: usize,
	#[serde(rename = "layer_norm_eps")]
	pub epsilon: f64,
}

/// A Llama decoder: RMS norm before each block, rotary positions, grouped queries, SwiGLU.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct DecoderConfig {
	#[serde(rename = "vocab_size")]
	pub vocabulary: usize,
	#[serde(rename = "hidden_size")]
	pub hidden: usize,
	#[serde(rename = "intermediate_size")]
	pub inner: usize,
	#[serde(rename = "num_hidden_layers")]
	pub layers: usize,
	#[serde(rename = "num_attention_heads")]
	pub heads: usize,
	/// Each serves `heads / key_heads` queries. As many as heads where the file does not say.
	#[serde(rename = "num_key_value_heads", default)]
	key_heads: Option<usize>,
	/// The hidden size divided among the heads where the file does not say.
	#[serde(default)]
	head_dim: Option<usize>,
	#[serde(rename = "max_position_embeddings")]
	pub positions: usize,
	#[serde(rename = "rms_norm_eps")]
	pub epsilon: f64,
	#[serde(default = "usual_rope_theta")]
	pub rope_theta: f64,
	/// Whether the output matrix is the embedding.
	#[serde(rename = "tie_word_embeddings", default)]
	pub tied: bool,
}

fn usual_rope_theta() -> f64 {
	10_000.0
}

impl EncoderConfig {
	pub fn head_size(&self) -> usize {
		self.hidden / self.heads
	}

	fn checked(self, raw: &Value) -> Result<Self, Error> {
		supported(raw, "hidden_act", "gelu")?;
		supported(raw, "position_embedding_type", "absolute")?;
		positive([
			("vocab_size", self.vocabulary),
			("hidden_size", self.hidden),
			("intermediate_size", self.inner),
			("num_attention_heads", self.heads),
			("max_position_embeddings", self.positions),
			("type_vocab_size", self.token_types),
		])?;
		if !self.hidden.is_multiple_of(self.heads) {
			return Err(Error::ImpossibleField {
				field: "num_attention_heads",
				found: self.heads,
			});
		}
		Ok(self)
	}
}

impl DecoderConfig {
	pub fn head_size(&self) -> usize {
		self.head_dim.unwrap_or(self.hidden / self.heads)
	}

	pub fn key_heads(&self) -> usize {
		self.key_heads.unwrap_or(self.heads)
	}

	fn checked(self, raw: &Value) -> Result<Self, Error> {
		supported(raw, "hidden_act", "silu")?;
		for field in ["attention_bias", "mlp_bias"] {
			supported(raw, field, "false")?;
		}
		// Positions that are scaled, or described in the newer field, would silently be wrong.
		for field in ["rope_scaling", "rope_parameters"] {
			supported(raw, field, "null")?;
		}
		positive([
			("vocab_size", self.vocabulary),
			("hidden_size", self.hidden),
			("intermediate_size", self.inner),
			("num_attention_heads", self.heads),
			("num_key_value_heads", self.key_heads()),
			("max_position_embeddings", self.positions),
		])?;
		positive([("head_dim", self.head_size())])?;
		if !self.heads.is_multiple_of(self.key_heads()) {
			return Err(Error::ImpossibleField {
				field: "num_key_value_heads",
				found: self.key_heads(),
			});
		}
		if self.heads.checked_mul(self.head_size()).is_none() {
			return Err(Error::ImpossibleField {
				field: "head_dim",
				found: self.head_size(),
			});
		}
		// Rotary positions pair one half with the other.
		if !self.head_size().is_multiple_of(2) {
			return Err(Error::ImpossibleField {
				field: "head_dim",
				found: self.head_size(),
			});
		}
		Ok(self)
	}
}

impl Config {
	pub fn read(path: &Path) -> Result<Self, Error> {
		let text = std::fs::read(path).map_err(|source| Error::Unreadable {
			path: path.into(),
			source,
		})?;
		let broken = |source| Error::BrokenConfig {
			path: path.into(),
			source,
		};
		let raw: Value = serde_json::from_slice(&text).map_err(broken)?;
		match architecture(&raw) {
			"BertModel" => EncoderConfig::deserialize(&raw)
				.map_err(broken)?
				.checked(&raw)
				.map(Self::Encoder),
			"LlamaForCausalLM" => DecoderConfig::deserialize(&raw)
				.map_err(broken)?
				.checked(&raw)
				.map(Self::Decoder),
			other => Err(Error::UnknownArchitecture { found: other.into() }),
		}
	}
}

fn architecture(raw: &Value) -> &str {
	raw.pointer("/architectures/0")
		.and_then(Value::as_str)
		.unwrap_or_default()
}

/// Whether a field is absent or has the only value that is implemented.
fn supported(raw: &Value, field: &'static str, wanted: &'static str) -> Result<(), Error> {
	let found = match raw.get(field) {
		None => return Ok(()),
		Some(Value::String(text)) => text.clone(),
		Some(other) => other.to_string(),
	};
	if found == wanted {
		Ok(())
	} else {
		Err(Error::UnsupportedField { field, found, wanted })
	}
}

fn positive<const N: usize>(fields: [(&'static str, usize); N]) -> Result<(), Error> {
	match fields.into_iter().find(|(_, value)| *value == 0) {
		Some((field, found)) => Err(Error::ImpossibleField { field, found }),
		None => Ok(()),
	}
}
