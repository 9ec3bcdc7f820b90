// SPDX-License-Identifier: Apache-2.0

//! The forward pass of a Llama decoder: which token comes next.
//!
//! RMS norm stands before each block, positions are rotations of query and key (dimension i of a head's first half with
//! dimension i of its second), several query heads share a key head, and the inner layer is gated by SiLU. Tokens attend
//! to themselves and those before them.

use crate::{
	Error,
	linear::{Linear, matrix, vector, write_matrix, write_vector},
	operators::{Attends, attention, rms_norm, silu},
};
use atelier_convert::tensors::{Memory, Tensors};
use atelier_models::load::config::{DecoderConfig, Family, Scaling};
use ndarray::{Array1, Array2, ArrayView2, s};

#[derive(Clone, Debug, PartialEq)]
pub struct DecoderLayer {
	pub attention_norm: Array1<f32>,
	pub query: Linear,
	pub key: Linear,
	pub value: Linear,
	pub output: Linear,
	pub norm: Array1<f32>,
	pub gate: Linear,
	pub up: Linear,
	pub down: Linear,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Decoder {
	pub config: DecoderConfig,
	/// A row for each token.
	pub embedding: Array2<f32>,
	pub layers: Vec<DecoderLayer>,
	pub norm: Array1<f32>,
	/// The embedding again where the config says that the two are one.
	pub head: Linear,
}

impl Decoder {
	pub fn new(config: DecoderConfig, tensors: &mut impl Tensors) -> Result<Self, Error> {
		let plain = config.family == Family::Llama && config.rope.scaling == Scaling::None;
		if !plain || config.query_bias || config.inner_bias {
			return Err(Error::OtherKind);
		}
		let embedding = matrix(tensors, "model.embed_tokens.weight", config.vocabulary, config.hidden)?;
		Ok(Self {
			head: match config.tied {
				true => Linear {
					weight: embedding.clone(),
					bias: None,
				},
				false => Linear::unbiased(tensors, "lm_head", config.vocabulary, config.hidden)?,
			},
			embedding,
			layers: (0..config.layers)
				.map(|i| DecoderLayer::read(tensors, &format!("model.layers.{i}"), &config))
				.collect::<Result<_, _>>()?,
			norm: vector(tensors, "model.norm.weight", config.hidden)?,
			config,
		})
	}

	/// The tensors again, as a checkpoint has them.
	pub fn tensors(&self) -> Memory {
		let mut tensors = Memory::new();
		let to = &mut tensors;
		write_matrix(&self.embedding, "model.embed_tokens.weight", to);
		for (number, layer) in self.layers.iter().enumerate() {
			layer.write(&format!("model.layers.{number}"), to);
		}
		write_vector(&self.norm, "model.norm.weight", to);
		if !self.config.tied {
			self.head.write("lm_head", to);
		}
		tensors
	}

	/// A row for each token: the score of every token to be the next one.
	pub fn logits(&self, tokens: &[u32]) -> Result<Array2<f32>, Error> {
		let mut x = self.embed(tokens)?;
		let rotation = Rotation::new(tokens.len(), &self.config);
		for layer in &self.layers {
			x = layer.apply(x, &rotation, &self.config);
		}
		Ok(self.head.apply(rms_norm(&x, &self.norm, self.config.epsilon).view()))
	}

	fn embed(&self, tokens: &[u32]) -> Result<Array2<f32>, Error> {
		let DecoderConfig {
			vocabulary,
			positions,
			hidden,
			..
		} = self.config;
		if tokens.is_empty() {
			return Err(Error::NoTokens);
		}
		if tokens.len() > positions as usize {
			return Err(Error::TooLong {
				tokens: tokens.len(),
				limit: positions,
			});
		}
		let mut x = Array2::zeros((tokens.len(), hidden as usize));
		for (mut row, &token) in x.rows_mut().into_iter().zip(tokens) {
			if token >= vocabulary {
				return Err(Error::UnknownToken { token, vocabulary });
			}
			row.assign(&self.embedding.row(token as usize));
		}
		Ok(x)
	}
}

impl DecoderLayer {
	fn read(tensors: &mut impl Tensors, root: &str, config: &DecoderConfig) -> Result<Self, Error> {
		let (hidden, inner) = (config.hidden, config.inner);
		let (queries, keys) = (config.heads * config.head_size, config.key_heads * config.head_size);
		let attention_norm = vector(tensors, &format!("{root}.input_layernorm.weight"), hidden)?;
		let norm = vector(tensors, &format!("{root}.post_attention_layernorm.weight"), hidden)?;
		let mut linear = |name, outputs, inputs| Linear::unbiased(tensors, &format!("{root}.{name}"), outputs, inputs);
		Ok(Self {
			attention_norm,
			query: linear("self_attn.q_proj", queries, hidden)?,
			key: linear("self_attn.k_proj", keys, hidden)?,
			value: linear("self_attn.v_proj", keys, hidden)?,
			output: linear("self_attn.o_proj", hidden, queries)?,
			norm,
			gate: linear("mlp.gate_proj", inner, hidden)?,
			up: linear("mlp.up_proj", inner, hidden)?,
			down: linear("mlp.down_proj", hidden, inner)?,
		})
	}

	fn write(&self, root: &str, to: &mut Memory) {
		write_vector(&self.attention_norm, &format!("{root}.input_layernorm.weight"), to);
		write_vector(&self.norm, &format!("{root}.post_attention_layernorm.weight"), to);
		for (name, linear) in [
			("self_attn.q_proj", &self.query),
			("self_attn.k_proj", &self.key),
			("self_attn.v_proj", &self.value),
			("self_attn.o_proj", &self.output),
			("mlp.gate_proj", &self.gate),
			("mlp.up_proj", &self.up),
			("mlp.down_proj", &self.down),
		] {
			linear.write(&format!("{root}.{name}"), to);
		}
	}

	fn apply(&self, x: Array2<f32>, rotation: &Rotation, config: &DecoderConfig) -> Array2<f32> {
		let normed = rms_norm(&x, &self.attention_norm, config.epsilon);
		let x = x + self.output.apply(self.mix(normed.view(), rotation, config).view());
		let normed = rms_norm(&x, &self.norm, config.epsilon);
		let mut inner = self.gate.apply(normed.view());
		inner.mapv_inplace(silu);
		inner *= &self.up.apply(normed.view());
		x + self.down.apply(inner.view())
	}

	/// Attention, head by head.
	fn mix(&self, x: ArrayView2<'_, f32>, rotation: &Rotation, config: &DecoderConfig) -> Array2<f32> {
		let (mut query, mut key, value) = (self.query.apply(x), self.key.apply(x), self.value.apply(x));
		rotation.apply(&mut query);
		rotation.apply(&mut key);
		let mut mixed = Array2::zeros(query.raw_dim());
		let size = config.head_size as usize;
		let queries_per_key = (config.heads / config.key_heads) as usize;
		for head in 0..config.heads as usize {
			let part = s![.., head * size..(head + 1) * size];
			let group = head / queries_per_key;
			let shared = s![.., group * size..(group + 1) * size];
			let out = attention(
				query.slice(part),
				key.slice(shared),
				value.slice(shared),
				Attends::ToEarlier,
			);
			mixed.slice_mut(part).assign(&out);
		}
		mixed
	}
}

/// The rotation of every pair of dimensions at every position. The angles are computed in f64.
struct Rotation {
	/// A row for each position, a column for each pair.
	cos: Array2<f32>,
	sin: Array2<f32>,
}

impl Rotation {
	fn new(positions: usize, config: &DecoderConfig) -> Self {
		let pairs = config.head_size as usize / 2;
		let angles = Array2::from_shape_fn((positions, pairs), |(position, pair)| {
			position as f64 * config.rope.theta.powf(-(pair as f64) / pairs as f64)
		});
		Self {
			cos: angles.mapv(|angle| angle.cos() as f32),
			sin: angles.mapv(|angle| angle.sin() as f32),
		}
	}

	/// Rotates every head of every row.
	fn apply(&self, x: &mut Array2<f32>) {
		let pairs = self.cos.ncols();
		for (mut row, (cos, sin)) in x
			.rows_mut()
			.into_iter()
			.zip(self.cos.rows().into_iter().zip(self.sin.rows()))
		{
			for mut head in row.exact_chunks_mut(2 * pairs) {
				for pair in 0..pairs {
					let (first, second) = (head[pair], head[pair + pairs]);
					head[pair] = first * cos[pair] - second * sin[pair];
					head[pair + pairs] = second * cos[pair] + first * sin[pair];
				}
			}
		}
	}
}
