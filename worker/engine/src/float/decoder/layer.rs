// SPDX-License-Identifier: Apache-2.0

//! One layer of a decoder: RMS norm before attention and before the gated inner layer.

use crate::{
	Error,
	float::{linear::Linear, norm::RmsNorm, rotary::Turn, weights::Source},
	load::config::{DecoderConfig, Family},
};
use tch::{TchError, Tensor};

pub struct Layer {
	attention_norm: RmsNorm,
	/// Query, key and value.
	project: Linear,
	/// Norms of each head's query and key.
	head_norms: Option<[RmsNorm; 2]>,
	output: Linear,
	norm: RmsNorm,
	/// Gate and up.
	widen: Linear,
	down: Linear,
	heads: i64,
	key_heads: i64,
	head_size: i64,
	inner: i64,
}

impl Layer {
	pub fn read(weights: &mut impl Source, config: &DecoderConfig, layer: u32) -> Result<Self, Error> {
		let root = format!("model.layers.{layer}");
		let (hidden, inner) = (config.hidden, config.inner);
		let (queries, keys) = (config.heads * config.head_size, config.key_heads * config.head_size);
		let projections = [("q_proj", queries), ("k_proj", keys), ("v_proj", keys)];
		let attention = format!("{root}.self_attn");
		let mut norm = |name: &str, width| RmsNorm::read(weights, &format!("{root}.{name}"), width, config.epsilon);
		Ok(Self {
			attention_norm: norm("input_layernorm", hidden)?,
			norm: norm("post_attention_layernorm", hidden)?,
			head_norms: match config.family {
				Family::Qwen3 => Some([
					norm("self_attn.q_norm", config.head_size)?,
					norm("self_attn.k_norm", config.head_size)?,
				]),
				Family::Llama | Family::Mistral | Family::Qwen2 => None,
			},
			project: Linear::read(weights, &attention, &projections, hidden, config.query_bias)?,
			output: Linear::read(weights, &attention, &[("o_proj", hidden)], queries, config.output_bias)?,
			widen: Linear::read(
				weights,
				&format!("{root}.mlp"),
				&[("gate_proj", inner), ("up_proj", inner)],
				hidden,
				config.inner_bias,
			)?,
			down: Linear::read(
				weights,
				&format!("{root}.mlp"),
				&[("down_proj", hidden)],
				inner,
				config.inner_bias,
			)?,
			heads: config.heads.into(),
			key_heads: config.key_heads.into(),
			head_size: config.head_size.into(),
			inner: inner.into(),
		})
	}

	/// `attend` gets queries, keys and values of tokens by heads by dimensions, and gives tokens by all of their dimensions.
	pub fn apply(
		&self,
		x: &Tensor,
		turn: &Turn,
		attend: impl FnOnce(&Tensor, &Tensor, &Tensor) -> Result<Tensor, TchError>,
	) -> Result<Tensor, TchError> {
		let all = self.project.apply(&self.attention_norm.apply(x)?)?;
		let all = all.f_view([-1, self.heads + 2 * self.key_heads, self.head_size])?;
		let mut queries = all.f_narrow(1, 0, self.heads)?;
		let mut keys = all.f_narrow(1, self.heads, self.key_heads)?;
		let values = all.f_narrow(1, self.heads + self.key_heads, self.key_heads)?;
		if let Some([of_queries, of_keys]) = &self.head_norms {
			queries = of_queries.apply(&queries)?;
			keys = of_keys.apply(&keys)?;
		}
		let (queries, keys) = (turn.apply(&queries)?, turn.apply(&keys)?);
		let seen = attend(&queries, &keys, &values)?;
		let x = x.f_add(&self.output.apply(&seen)?)?;
		let wide = self.widen.apply(&self.norm.apply(&x)?)?;
		let (gate, up) = (
			wide.f_narrow(-1, 0, self.inner)?,
			wide.f_narrow(-1, self.inner, self.inner)?,
		);
		x.f_add(&self.down.apply(&gate.f_silu()?.f_mul(&up)?)?)
	}
}
