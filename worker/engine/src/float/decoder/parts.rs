// SPDX-License-Identifier: Apache-2.0

//! Everything that a decoder learns.

use super::layer::Layer;
use crate::{
	Error,
	float::{linear::Linear, norm::RmsNorm, weights::Source},
	load::config::DecoderConfig,
};
use tch::Tensor;

pub struct Parts {
	pub embedding: Tensor,
	pub layers: Vec<Layer>,
	pub norm: RmsNorm,
	pub head: Linear,
}

impl Parts {
	pub fn read(weights: &mut impl Source, config: &DecoderConfig) -> Result<Self, Error> {
		let shape = [config.vocabulary as usize, config.hidden as usize];
		let embedding = weights.tensor("model.embed_tokens.weight", &shape)?;
		let layers = (0..config.layers).map(|layer| Layer::read(weights, config, layer));
		Ok(Self {
			layers: layers.collect::<Result<_, _>>()?,
			norm: RmsNorm::read(weights, "model.norm", config.hidden, config.epsilon)?,
			head: match config.tied {
				true => Linear::of(embedding.shallow_clone()),
				false => Linear::of(weights.tensor("lm_head.weight", &shape)?),
			},
			embedding,
		})
	}
}
