// SPDX-License-Identifier: Apache-2.0

use super::fields::Fields;
use crate::Error;

/// A BERT encoder: layer norm after each addition, learnt positions, GELU by the error function.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderConfig {
	pub vocabulary: u32,
	pub hidden: u32,
	pub inner: u32,
	pub layers: u32,
	pub heads: u32,
	pub positions: u32,
	pub token_types: u32,
	pub epsilon: f64,
}

impl EncoderConfig {
	pub(super) fn of(fields: &Fields<'_>) -> Result<Self, Error> {
		fields.only("hidden_act", "gelu")?;
		fields.only("position_embedding_type", "absolute")?;
		fields.only("is_decoder", "false")?;
		fields.only("add_cross_attention", "false")?;
		let config = Self {
			vocabulary: fields.size("vocab_size")?,
			hidden: fields.size("hidden_size")?,
			inner: fields.size("intermediate_size")?,
			layers: fields.size("num_hidden_layers")?,
			heads: fields.size("num_attention_heads")?,
			positions: fields.size("max_position_embeddings")?,
			token_types: fields.size("type_vocab_size")?,
			epsilon: fields.number("layer_norm_eps")?,
		};
		if !config.hidden.is_multiple_of(config.heads) {
			return Err(fields.impossible("num_attention_heads"));
		}
		Ok(config)
	}

	pub fn head_size(&self) -> u32 {
		self.hidden / self.heads
	}
}
