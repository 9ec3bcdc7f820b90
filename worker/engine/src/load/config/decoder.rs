// SPDX-License-Identifier: Apache-2.0

use super::{Rope, fields::Fields};
use crate::Error;
use serde_json::Value;

/// Whose variations of the same decoder these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
	Llama,
	Mistral,
	/// Biases on query, key and value.
	Qwen2,
	/// A norm for each head's query and key.
	Qwen3,
}

/// A decoder: RMS norm before each block, rotary positions, grouped queries, SwiGLU.
#[derive(Clone, Debug, PartialEq)]
pub struct DecoderConfig {
	pub family: Family,
	pub vocabulary: u32,
	pub hidden: u32,
	pub inner: u32,
	pub layers: u32,
	pub heads: u32,
	/// Each serves `heads / key_heads` queries.
	pub key_heads: u32,
	pub head_size: u32,
	pub positions: u32,
	pub epsilon: f64,
	pub rope: Rope,
	/// Whether the output matrix is the embedding.
	pub tied: bool,
	/// Biases of query, key and value.
	pub query_bias: bool,
	/// The bias of the attention's output.
	pub output_bias: bool,
	/// Biases of the inner layer.
	pub inner_bias: bool,
}

impl DecoderConfig {
	pub(super) fn of(family: Family, fields: &Fields<'_>) -> Result<Self, Error> {
		fields.only("hidden_act", "silu")?;
		fields.only("partial_rotary_factor", "1.0")?;
		for experts in ["num_experts", "num_local_experts", "n_routed_experts"] {
			fields.only(experts, "null")?;
		}
		let attention_bias = fields.flag("attention_bias")?;
		let inner_bias = fields.flag("mlp_bias")?;
		match family {
			Family::Llama | Family::Qwen3 => {}
			Family::Mistral | Family::Qwen2 => fields.only("attention_bias", "false")?,
		}
		if family != Family::Llama {
			fields.only("mlp_bias", "false")?;
		}
		let (hidden, heads) = (fields.size("hidden_size")?, fields.size("num_attention_heads")?);
		let positions = fields.size("max_position_embeddings")?;
		all_attend_to_all(family, fields, positions)?;
		let config = Self {
			family,
			vocabulary: fields.size("vocab_size")?,
			hidden,
			inner: fields.size("intermediate_size")?,
			layers: fields.size("num_hidden_layers")?,
			heads,
			key_heads: fields.size_if_there("num_key_value_heads")?.unwrap_or(heads),
			head_size: match fields.size_if_there("head_dim")? {
				Some(size) => size,
				None if hidden.is_multiple_of(heads) => hidden / heads,
				None => return Err(fields.impossible("num_attention_heads")),
			},
			positions,
			epsilon: fields.number("rms_norm_eps")?,
			rope: Rope::of(fields)?,
			tied: fields.flag("tie_word_embeddings")?,
			query_bias: attention_bias || family == Family::Qwen2,
			output_bias: attention_bias,
			inner_bias,
		};
		if !config.heads.is_multiple_of(config.key_heads) {
			return Err(fields.impossible("num_key_value_heads"));
		}
		// Rotary positions pair one half with the other.
		if !config.head_size.is_multiple_of(2) || u64::from(config.head_size) * u64::from(heads) > 1 << 24 {
			return Err(fields.impossible("head_dim"));
		}
		Ok(config)
	}
}

/// A window that is as long as the model's positions, or not used, is none.
fn all_attend_to_all(family: Family, fields: &Fields<'_>, positions: u32) -> Result<(), Error> {
	let used = match family {
		Family::Qwen2 | Family::Qwen3 => fields.flag("use_sliding_window")?,
		Family::Llama | Family::Mistral => true,
	};
	let window = fields.get("sliding_window").and_then(Value::as_u64);
	if let Some(window) = window.filter(|window| used && *window < positions.into()) {
		return Err(Error::UnsupportedField {
			field: "sliding_window",
			found: window.to_string(),
			known: "a window of all positions",
		});
	}
	let kinds = fields.get("layer_types").and_then(Value::as_array);
	let other = kinds.into_iter().flatten().find(|kind| *kind != "full_attention");
	match other {
		Some(kind) => Err(Error::UnsupportedField {
			field: "layer_types",
			found: kind.to_string(),
			known: "full_attention",
		}),
		None => Ok(()),
	}
}
