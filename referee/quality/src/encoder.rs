// SPDX-License-Identifier: Apache-2.0

//! The forward pass of a BERT encoder that turns a sentence into a vector (all-MiniLM and its like).
//!
//! Layer norm follows each addition. A sentence's vector is the mean over all of its tokens, the special ones included,
//! scaled to length 1.

use crate::{
	Error,
	linear::{Linear, matrix, vector, write_matrix, write_vector},
	operators::{Attends, attention, gelu, layer_norm},
};
use atelier_convert::{
	encoder::root,
	tensors::{Memory, Tensors},
};
use atelier_models::load::config::EncoderConfig;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

/// Sentences are computed together up to this many tokens: large enough for the matrix products to be fast, small enough
/// for the activations to stay in the cache.
const TOKENS_TOGETHER: usize = 1_024;

/// A layer norm's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
	pub gain: Array1<f32>,
	pub bias: Array1<f32>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EncoderLayer {
	pub query: Linear,
	pub key: Linear,
	pub value: Linear,
	pub output: Linear,
	pub attention_norm: Norm,
	/// To the inner size and back.
	pub up: Linear,
	pub down: Linear,
	pub norm: Norm,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Encoder {
	pub config: EncoderConfig,
	/// A row for each token.
	pub words: Array2<f32>,
	/// A row for each position.
	pub positions: Array2<f32>,
	/// Added to every token: there is one sentence, so all are of type 0.
	pub token_type: Array1<f32>,
	pub embedding_norm: Norm,
	pub layers: Vec<EncoderLayer>,
}

impl Encoder {
	pub fn new(config: EncoderConfig, tensors: &mut impl Tensors) -> Result<Self, Error> {
		let root = root(tensors);
		let mut table = |name, rows| matrix(tensors, &format!("{root}embeddings.{name}.weight"), rows, config.hidden);
		Ok(Self {
			words: table("word_embeddings", config.vocabulary)?,
			positions: table("position_embeddings", config.positions)?,
			token_type: table("token_type_embeddings", config.token_types)?.row(0).to_owned(),
			embedding_norm: Norm::read(tensors, &format!("{root}embeddings.LayerNorm"), config.hidden)?,
			layers: (0..config.layers)
				.map(|i| EncoderLayer::read(tensors, &format!("{root}encoder.layer.{i}"), &config))
				.collect::<Result<_, _>>()?,
			config,
		})
	}

	/// The tensors again, as a checkpoint has them.
	pub fn tensors(&self) -> Memory {
		let mut tensors = Memory::new();
		let to = &mut tensors;
		write_matrix(&self.words, "embeddings.word_embeddings.weight", to);
		write_matrix(&self.positions, "embeddings.position_embeddings.weight", to);
		// Of the other types nothing is kept.
		let mut types = Array2::zeros((self.config.token_types as usize, self.token_type.len()));
		types.row_mut(0).assign(&self.token_type);
		write_matrix(&types, "embeddings.token_type_embeddings.weight", to);
		self.embedding_norm.write("embeddings.LayerNorm", to);
		for (number, layer) in self.layers.iter().enumerate() {
			layer.write(&format!("encoder.layer.{number}"), to);
		}
		tensors
	}

	/// A vector of length 1 for each sentence, given as token ids with the special tokens around them. What a sentence's
	/// vector is does not depend on the others.
	pub fn embed(&self, sentences: &[Vec<u32>]) -> Result<Array2<f32>, Error> {
		let mut vectors = Array2::zeros((0, self.config.hidden as usize));
		let mut rest = sentences;
		while !rest.is_empty() {
			let (together, later) = rest.split_at(how_many_together(rest));
			let hidden = self.hidden_states(together)?;
			let mut start = 0;
			for sentence in together {
				let tokens = hidden.slice(s![start..start + sentence.len(), ..]);
				vectors
					.append(Axis(0), direction(tokens).view().insert_axis(Axis(0)))
					.map_err(|_| Error::NoTokens)?;
				start += sentence.len();
			}
			rest = later;
		}
		Ok(vectors)
	}

	/// The last layer's output: a row for each token, the sentences' rows after each other.
	pub fn hidden_states(&self, sentences: &[Vec<u32>]) -> Result<Array2<f32>, Error> {
		let mut x = self.embedding(sentences)?;
		for layer in &self.layers {
			x = layer.apply(x, sentences, &self.config);
		}
		Ok(x)
	}

	fn embedding(&self, sentences: &[Vec<u32>]) -> Result<Array2<f32>, Error> {
		let mut x = Array2::zeros((sentences.iter().map(Vec::len).sum(), self.config.hidden as usize));
		let mut rows = x.rows_mut().into_iter();
		for sentence in sentences {
			if sentence.is_empty() {
				return Err(Error::NoTokens);
			}
			if sentence.len() > self.config.positions as usize {
				return Err(Error::TooLong {
					tokens: sentence.len(),
					limit: self.config.positions,
				});
			}
			for ((&token, position), mut row) in sentence.iter().zip(self.positions.rows()).zip(rows.by_ref()) {
				if token >= self.config.vocabulary {
					return Err(Error::UnknownToken {
						token,
						vocabulary: self.config.vocabulary,
					});
				}
				row += &self.words.row(token as usize);
				row += &position;
				row += &self.token_type;
			}
		}
		self.embedding_norm.apply(&mut x, self.config.epsilon);
		Ok(x)
	}
}

impl EncoderLayer {
	fn read(tensors: &mut impl Tensors, root: &str, config: &EncoderConfig) -> Result<Self, Error> {
		let (hidden, inner) = (config.hidden, config.inner);
		let mut linear = |name, outputs, inputs| Linear::biased(tensors, &format!("{root}.{name}"), outputs, inputs);
		Ok(Self {
			query: linear("attention.self.query", hidden, hidden)?,
			key: linear("attention.self.key", hidden, hidden)?,
			value: linear("attention.self.value", hidden, hidden)?,
			output: linear("attention.output.dense", hidden, hidden)?,
			up: linear("intermediate.dense", inner, hidden)?,
			down: linear("output.dense", hidden, inner)?,
			attention_norm: Norm::read(tensors, &format!("{root}.attention.output.LayerNorm"), hidden)?,
			norm: Norm::read(tensors, &format!("{root}.output.LayerNorm"), hidden)?,
		})
	}

	fn write(&self, root: &str, to: &mut Memory) {
		for (name, linear) in [
			("attention.self.query", &self.query),
			("attention.self.key", &self.key),
			("attention.self.value", &self.value),
			("attention.output.dense", &self.output),
			("intermediate.dense", &self.up),
			("output.dense", &self.down),
		] {
			linear.write(&format!("{root}.{name}"), to);
		}
		self.attention_norm
			.write(&format!("{root}.attention.output.LayerNorm"), to);
		self.norm.write(&format!("{root}.output.LayerNorm"), to);
	}

	fn apply(&self, x: Array2<f32>, sentences: &[Vec<u32>], config: &EncoderConfig) -> Array2<f32> {
		let mut after_attention = self.output.apply(self.mix(x.view(), sentences, config).view()) + &x;
		self.attention_norm.apply(&mut after_attention, config.epsilon);
		let mut inner = self.up.apply(after_attention.view());
		inner.mapv_inplace(gelu);
		let mut out = self.down.apply(inner.view()) + &after_attention;
		self.norm.apply(&mut out, config.epsilon);
		out
	}

	/// Attention within each sentence, head by head.
	fn mix(&self, x: ArrayView2<'_, f32>, sentences: &[Vec<u32>], config: &EncoderConfig) -> Array2<f32> {
		let (query, key, value) = (self.query.apply(x), self.key.apply(x), self.value.apply(x));
		let mut mixed = Array2::zeros(x.raw_dim());
		let size = config.head_size() as usize;
		let mut start = 0;
		for sentence in sentences {
			let tokens = start..start + sentence.len();
			for head in 0..config.heads as usize {
				let part = s![tokens.clone(), head * size..(head + 1) * size];
				let out = attention(query.slice(part), key.slice(part), value.slice(part), Attends::ToAll);
				mixed.slice_mut(part).assign(&out);
			}
			start = tokens.end;
		}
		mixed
	}
}

impl Norm {
	fn read(tensors: &mut impl Tensors, name: &str, length: u32) -> Result<Self, Error> {
		Ok(Self {
			gain: vector(tensors, &format!("{name}.weight"), length)?,
			bias: vector(tensors, &format!("{name}.bias"), length)?,
		})
	}

	fn write(&self, name: &str, to: &mut Memory) {
		write_vector(&self.gain, &format!("{name}.weight"), to);
		write_vector(&self.bias, &format!("{name}.bias"), to);
	}

	fn apply(&self, x: &mut Array2<f32>, epsilon: f64) {
		layer_norm(x, &self.gain, &self.bias, epsilon);
	}
}

/// At least one.
fn how_many_together(sentences: &[Vec<u32>]) -> usize {
	let mut tokens = 0;
	let fitting = sentences.iter().take_while(|sentence| {
		tokens += sentence.len();
		tokens <= TOKENS_TOGETHER
	});
	fitting.count().max(1)
}

/// The mean of the rows, scaled to length 1.
pub fn direction(rows: ArrayView2<'_, f32>) -> Array1<f32> {
	// The sum has the mean's direction.
	let sum = rows.mapv(f64::from).sum_axis(Axis(0));
	let length = sum.dot(&sum).sqrt().max(f64::MIN_POSITIVE);
	sum.mapv(|value| (value / length) as f32)
}
