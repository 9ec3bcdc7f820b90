// SPDX-License-Identifier: Apache-2.0

//! A decoder of the Llama, Mistral, Qwen2 or Qwen3 kind as an exact model.

use crate::{
	Error, Settings, fold,
	heads::{Input, Projection, Projections, records},
	package::Parts,
	rows::Rows,
	settings::{epsilon, fixed, format},
	tensors::{Matrix, Tensors},
};
use atelier_models::load::config::{DecoderConfig, Family};
use atelier_referee::{
	model::{Matrix as Place, Order, Shape, Tensor, Use, Vectors},
	ops::{
		norm::{Gain, Norm},
		rotary::Angle,
	},
	tables::Activation,
};

/// Makes a decoder exact, a layer at a time.
pub struct Decoder<'a, T> {
	config: &'a DecoderConfig,
	settings: Settings,
	shape: Shape,
	tensors: &'a mut T,
	/// The float embedding, until the output matrix is made of it too.
	embedding: Option<Matrix>,
	/// The matrix outside of the layers that was asked for last.
	outside: Option<(Place, Rows)>,
	/// The layer that was asked for last.
	layer: Option<(u16, Layer)>,
}

/// The rows of a layer.
struct Layer {
	query: Rows,
	key: Rows,
	value: Rows,
	output: Rows,
	gate: Rows,
	up: Rows,
	down: Rows,
	/// Of query, key and value.
	biases: [Vec<f32>; 3],
	/// Gains with which queries and keys are normalised by head.
	norms: Option<[Vec<f32>; 2]>,
}

impl<'a, T: Tensors> Decoder<'a, T> {
	pub fn new(config: &'a DecoderConfig, tensors: &'a mut T, settings: Settings) -> Result<Self, Error> {
		let small = |field, value: u32| {
			u16::try_from(value).map_err(|_| Error::TooLarge {
				field,
				found: value.into(),
			})
		};
		let shape = Shape {
			answers: Use::Tokens,
			layers: small("num_hidden_layers", config.layers)?,
			width: config.hidden,
			heads: small("num_attention_heads", config.heads)?,
			key_heads: small("num_key_value_heads", config.key_heads)?,
			head_width: small("head_dim", config.head_size)?,
			rotary_width: small("head_dim", config.head_size)?,
			hidden: config.inner,
			vocabulary: config.vocabulary,
			positions: config.positions,
			window: 0,
			norm: Norm::Rms,
			order: Order::Before,
			gains: false,
			head_norm: config.family == Family::Qwen3,
			activation: Activation::Silu,
			gated: true,
			// The gains before the output matrix are folded into it, so it is not the embedding any more.
			tied: false,
			matrices: format(settings.matrix_bits),
			embeddings: format(settings.embedding_bits),
			residual_fraction: settings.residual_fraction,
			hidden_fraction: settings.hidden_fraction,
			epsilon: epsilon(config.epsilon),
		};
		Ok(Self {
			config,
			settings: settings.checked()?,
			shape: shape.checked()?,
			tensors,
			embedding: None,
			outside: None,
			layer: None,
		})
	}

	fn take(&mut self, name: &str, rows: u32, columns: u32) -> Result<Matrix, Error> {
		let size = (rows as usize, columns as usize);
		Ok(Matrix::take(self.tensors, &format!("{name}.weight"), size.0, size.1)?)
	}

	fn vector(&mut self, name: &str, length: u32) -> Result<Vec<f32>, Error> {
		Ok(self.tensors.take(name, &[length as usize])?)
	}

	fn biases(&mut self, there: bool, name: &str, length: u32) -> Result<Vec<f32>, Error> {
		match there {
			true => self.vector(&format!("{name}.bias"), length),
			false => Ok(Vec::new()),
		}
	}

	fn read_embedding(&mut self) -> Result<Rows, Error> {
		let (vocabulary, width) = (self.config.vocabulary, self.config.hidden);
		let matrix = self.take("model.embed_tokens", vocabulary, width)?;
		let rows = Rows::new(&matrix, &[], self.settings.embedding_bits);
		self.embedding = self.config.tied.then_some(matrix);
		Ok(rows)
	}

	fn read_vocabulary(&mut self) -> Result<Rows, Error> {
		let (vocabulary, width) = (self.config.vocabulary, self.config.hidden);
		let mut matrix = match self.embedding.take() {
			Some(embedding) => embedding,
			None => self.take("lm_head", vocabulary, width)?,
		};
		let gains = self.vector("model.norm.weight", width)?;
		fold::gains(&gains, &mut [&mut matrix]);
		Ok(Rows::new(&matrix, &[], self.settings.matrix_bits))
	}

	fn read_layer(&mut self, number: u16) -> Result<Layer, Error> {
		let config = self.config;
		let (width, hidden, head) = (config.hidden, config.inner, config.head_size);
		let (queries, keys) = (config.heads * head, config.key_heads * head);
		let root = format!("model.layers.{number}");
		let at = |name: &str| format!("{root}.{name}");

		let mut query = self.take(&at("self_attn.q_proj"), queries, width)?;
		let mut key = self.take(&at("self_attn.k_proj"), keys, width)?;
		let mut value = self.take(&at("self_attn.v_proj"), keys, width)?;
		let before = self.vector(&at("input_layernorm.weight"), width)?;
		fold::gains(&before, &mut [&mut query, &mut key, &mut value]);
		let biases = [
			self.biases(config.query_bias, &at("self_attn.q_proj"), queries)?,
			self.biases(config.query_bias, &at("self_attn.k_proj"), keys)?,
			self.biases(config.query_bias, &at("self_attn.v_proj"), keys)?,
		];
		let norms = match self.shape.head_norm {
			true => Some([
				self.vector(&at("self_attn.q_norm.weight"), head)?,
				self.vector(&at("self_attn.k_norm.weight"), head)?,
			]),
			false => None,
		};
		let output = self.take(&at("self_attn.o_proj"), width, queries)?;
		let output_biases = self.biases(config.output_bias, &at("self_attn.o_proj"), width)?;

		let mut gate = self.take(&at("mlp.gate_proj"), hidden, width)?;
		let mut up = self.take(&at("mlp.up_proj"), hidden, width)?;
		let mut down = self.take(&at("mlp.down_proj"), width, hidden)?;
		let gate_biases = self.biases(config.inner_bias, &at("mlp.gate_proj"), hidden)?;
		let mut up_biases = self.biases(config.inner_bias, &at("mlp.up_proj"), hidden)?;
		let down_biases = self.biases(config.inner_bias, &at("mlp.down_proj"), width)?;
		let before = self.vector(&at("post_attention_layernorm.weight"), width)?;
		fold::gains(&before, &mut [&mut gate, &mut up]);
		if self.settings.equalise {
			fold::equalise(&mut up, &mut up_biases, &mut down);
		}

		let bits = self.settings.matrix_bits;
		Ok(Layer {
			query: Rows::new(&query, &biases[0], bits),
			key: Rows::new(&key, &biases[1], bits),
			value: Rows::new(&value, &biases[2], bits),
			output: Rows::new(&output, &output_biases, bits),
			gate: Rows::new(&gate, &gate_biases, bits),
			up: Rows::new(&up, &up_biases, bits),
			down: Rows::new(&down, &down_biases, bits),
			biases,
			norms,
		})
	}

	fn layer(&mut self, number: u16) -> Result<&Layer, Error> {
		let layer = match self.layer.take() {
			Some((at, layer)) if at == number => layer,
			_ => self.read_layer(number)?,
		};
		let (_, layer) = self.layer.insert((number, layer));
		Ok(layer)
	}

	fn matrix(&mut self, place: Place) -> Result<&Rows, Error> {
		Ok(match place {
			Place::Query(number) => &self.layer(number)?.query,
			Place::Key(number) => &self.layer(number)?.key,
			Place::Value(number) => &self.layer(number)?.value,
			Place::Output(number) => &self.layer(number)?.output,
			Place::Gate(number) => &self.layer(number)?.gate,
			Place::Up(number) => &self.layer(number)?.up,
			Place::Down(number) => &self.layer(number)?.down,
			// Positions are rotary: the layout has no other matrix.
			Place::Embedding | Place::Vocabulary | Place::Positions => {
				let rows = match self.outside.take() {
					Some((at, rows)) if at == place => rows,
					_ if place == Place::Embedding => self.read_embedding()?,
					_ => self.read_vocabulary()?,
				};
				&self.outside.insert((place, rows)).1
			}
		})
	}

	fn heads(&mut self, number: u16) -> Result<Vec<u8>, Error> {
		let config = self.config;
		let layer = self.layer(number)?;
		let ones = vec![1.0; config.hidden as usize];
		let zeros = vec![0.0; config.hidden as usize];
		let input = Input {
			gains: &ones,
			biases: &zeros,
		};
		let [query, key, value] = &layer.biases;
		let [query_norm, key_norm] = match &layer.norms {
			Some([query, key]) => [Some(query.as_slice()), Some(key.as_slice())],
			None => [None, None],
		};
		let of = |rows, biases, norm| Projection { rows, biases, norm };
		let projections = Projections {
			query: of(&layer.query, query, query_norm),
			key: of(&layer.key, key, key_norm),
			value: of(&layer.value, value, None),
			heads: config.heads as usize,
			key_heads: config.key_heads as usize,
			width: config.head_size as usize,
			rotary: config.head_size as usize,
		};
		Ok(records(&input, &projections))
	}

	fn norm(&mut self, number: u16, which: usize) -> Result<Vec<u8>, Error> {
		let norms = self.layer(number)?.norms.as_ref();
		let gains = norms.and_then(|norms| norms.get(which)).map_or(&[][..], Vec::as_slice);
		let records = gains.iter().flat_map(|gain| {
			let gain = Gain {
				gain: fixed((*gain).into()),
				bias: 0,
			};
			gain.write()
		});
		Ok(records.collect())
	}

	/// Cosines and sines of all positions, with 15 bits of fraction.
	fn angles(&self) -> Vec<u8> {
		let fixed = |value: f64| (value * 32_768.0).round().clamp(-32_767.0, 32_767.0) as i16;
		let frequencies = self.config.rope.frequencies(self.config.head_size);
		let mut bytes = Vec::new();
		for position in 0..self.config.positions {
			for frequency in &frequencies {
				let turned = f64::from(position) * f64::from(*frequency);
				let angle = Angle {
					cosine: fixed(libm::cos(turned)),
					sine: fixed(libm::sin(turned)),
				};
				bytes.extend(angle.write());
			}
		}
		bytes
	}
}

impl<T: Tensors> Parts for Decoder<'_, T> {
	fn shape(&self) -> Shape {
		self.shape
	}

	fn bytes(&mut self, tensor: Tensor) -> Result<Vec<u8>, Error> {
		match tensor {
			Tensor::Numbers(place) => Ok(self.matrix(place)?.numbers()),
			Tensor::Rows(place) => Ok(self.matrix(place)?.records()),
			Tensor::Vectors(Vectors::Angles) => Ok(self.angles()),
			Tensor::Vectors(Vectors::Heads(number)) => self.heads(number),
			Tensor::Vectors(Vectors::QueryNorm(number)) => self.norm(number, 0),
			Tensor::Vectors(Vectors::KeyNorm(number)) => self.norm(number, 1),
			// Their gains are folded into what follows.
			Tensor::Vectors(_) => Ok(Vec::new()),
		}
	}
}
