// SPDX-License-Identifier: Apache-2.0

//! A BERT encoder as an exact model.

use crate::{
	Error, Settings,
	heads::{Input, Projection, Projections, records},
	package::Parts,
	rows::Rows,
	settings::{epsilon, fixed, format},
	tensors::{Matrix, Tensors},
};
use atelier_models::load::config::EncoderConfig;
use atelier_referee::{
	model::{Matrix as Place, Order, Shape, Tensor, Use, Vectors},
	ops::norm::{Gain, Norm as Kind},
	tables::Activation,
};

/// Positions are few, so they cost little with all bits.
const POSITION_BITS: u32 = 16;

/// Makes an encoder exact, a layer at a time.
pub struct Encoder<'a, T> {
	config: &'a EncoderConfig,
	settings: Settings,
	shape: Shape,
	tensors: &'a mut T,
	/// Before the names of all tensors.
	root: &'static str,
	/// The matrix outside of the layers that was asked for last.
	outside: Option<(Place, Rows)>,
	/// The norm at the beginning, from when it was first asked for.
	first: Option<Norm>,
	/// The layer that was asked for last, and the norm at the end of the one before.
	layer: Option<(u16, Layer)>,
	before: Option<Norm>,
}

/// A model that was saved with a head has its encoder below a name.
pub fn root(tensors: &impl Tensors) -> &'static str {
	const BELOW: &str = "bert.";
	match tensors.contains("bert.embeddings.word_embeddings.weight") {
		true => BELOW,
		false => "",
	}
}

/// Gains and biases.
#[derive(Clone)]
struct Norm {
	gains: Vec<f32>,
	biases: Vec<f32>,
}

/// A layer's matrices with their biases.
struct Layer {
	query: Linear,
	key: Linear,
	value: Linear,
	output: Linear,
	up: Linear,
	down: Linear,
	attention: Norm,
	last: Norm,
}

struct Linear {
	rows: Rows,
	biases: Vec<f32>,
}

impl Linear {
	fn projection(&self) -> Projection<'_> {
		Projection {
			rows: &self.rows,
			biases: &self.biases,
			norm: None,
		}
	}
}

impl Norm {
	fn records(&self) -> Vec<u8> {
		let both = self.gains.iter().zip(&self.biases);
		both.flat_map(|(gain, bias)| {
			let record = Gain {
				gain: fixed((*gain).into()),
				bias: fixed((*bias).into()),
			};
			record.write()
		})
		.collect()
	}
}

impl<'a, T: Tensors> Encoder<'a, T> {
	pub fn new(config: &'a EncoderConfig, tensors: &'a mut T, settings: Settings) -> Result<Self, Error> {
		let small = |field, value: u32| {
			u16::try_from(value).map_err(|_| Error::TooLarge {
				field,
				found: value.into(),
			})
		};
		let heads = small("num_attention_heads", config.heads)?;
		let shape = Shape {
			answers: Use::Embedding,
			layers: small("num_hidden_layers", config.layers)?,
			width: config.hidden,
			heads,
			key_heads: heads,
			head_width: small("hidden_size", config.head_size())?,
			rotary_width: 0,
			hidden: config.inner,
			vocabulary: config.vocabulary,
			positions: config.positions,
			window: 0,
			norm: Kind::Layer,
			order: Order::After,
			gains: true,
			head_norm: false,
			activation: Activation::Gelu,
			gated: false,
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
			root: root(tensors),
			tensors,
			outside: None,
			first: None,
			layer: None,
			before: None,
		})
	}

	fn take(&mut self, name: &str, rows: u32, columns: u32) -> Result<Matrix, Error> {
		let size = (rows as usize, columns as usize);
		let name = format!("{}{name}.weight", self.root);
		Ok(Matrix::take(self.tensors, &name, size.0, size.1)?)
	}

	fn vector(&mut self, name: &str, length: u32) -> Result<Vec<f32>, Error> {
		let name = format!("{}{name}", self.root);
		Ok(self.tensors.take(&name, &[length as usize])?)
	}

	fn linear(&mut self, name: &str, rows: u32, columns: u32) -> Result<Linear, Error> {
		let matrix = self.take(name, rows, columns)?;
		let biases = self.vector(&format!("{name}.bias"), rows)?;
		Ok(Linear {
			rows: Rows::new(&matrix, &biases, self.settings.matrix_bits),
			biases,
		})
	}

	fn norm(&mut self, name: &str) -> Result<Norm, Error> {
		let width = self.config.hidden;
		Ok(Norm {
			gains: self.vector(&format!("{name}.weight"), width)?,
			biases: self.vector(&format!("{name}.bias"), width)?,
		})
	}

	fn read_embedding(&mut self) -> Result<Rows, Error> {
		let config = self.config;
		let words = self.take("embeddings.word_embeddings", config.vocabulary, config.hidden)?;
		Ok(Rows::new(&words, &[], self.settings.embedding_bits))
	}

	/// All tokens are of the first type: it belongs to the positions.
	fn read_positions(&mut self) -> Result<Rows, Error> {
		let config = self.config;
		let mut positions = self.take("embeddings.position_embeddings", config.positions, config.hidden)?;
		let types = self.take("embeddings.token_type_embeddings", config.token_types, config.hidden)?;
		if let Some(first) = types.rows().next() {
			for row in positions.rows_mut() {
				row.iter_mut().zip(first).for_each(|(number, more)| *number += more);
			}
		}
		Ok(Rows::new(&positions, &[], POSITION_BITS))
	}

	fn first(&mut self) -> Result<&Norm, Error> {
		let norm = match self.first.take() {
			Some(norm) => norm,
			None => self.norm("embeddings.LayerNorm")?,
		};
		Ok(self.first.insert(norm))
	}

	fn layer(&mut self, number: u16) -> Result<&Layer, Error> {
		let layer = match self.layer.take() {
			Some((at, layer)) if at == number => layer,
			last => {
				self.before = Some(match last {
					Some((_, layer)) => layer.last,
					None => self.first()?.clone(),
				});
				self.read_layer(number)?
			}
		};
		let (_, layer) = self.layer.insert((number, layer));
		Ok(layer)
	}

	fn read_layer(&mut self, number: u16) -> Result<Layer, Error> {
		let (width, hidden) = (self.config.hidden, self.config.inner);
		let root = format!("encoder.layer.{number}");
		let at = |name: &str| format!("{root}.{name}");
		Ok(Layer {
			query: self.linear(&at("attention.self.query"), width, width)?,
			key: self.linear(&at("attention.self.key"), width, width)?,
			value: self.linear(&at("attention.self.value"), width, width)?,
			output: self.linear(&at("attention.output.dense"), width, width)?,
			attention: self.norm(&at("attention.output.LayerNorm"))?,
			up: self.linear(&at("intermediate.dense"), hidden, width)?,
			down: self.linear(&at("output.dense"), width, hidden)?,
			last: self.norm(&at("output.LayerNorm"))?,
		})
	}

	fn matrix(&mut self, place: Place) -> Result<&Rows, Error> {
		Ok(match place {
			Place::Query(number) => &self.layer(number)?.query.rows,
			Place::Key(number) => &self.layer(number)?.key.rows,
			Place::Value(number) => &self.layer(number)?.value.rows,
			Place::Output(number) => &self.layer(number)?.output.rows,
			Place::Gate(number) | Place::Up(number) => &self.layer(number)?.up.rows,
			Place::Down(number) => &self.layer(number)?.down.rows,
			// The layout of an encoder has no output matrix.
			Place::Embedding | Place::Positions | Place::Vocabulary => {
				let rows = match self.outside.take() {
					Some((at, rows)) if at == place => rows,
					_ if place == Place::Positions => self.read_positions()?,
					_ => self.read_embedding()?,
				};
				&self.outside.insert((place, rows)).1
			}
		})
	}

	fn heads(&mut self, number: u16) -> Result<Vec<u8>, Error> {
		self.layer(number)?;
		let (Some((_, layer)), Some(before)) = (&self.layer, &self.before) else {
			return Ok(Vec::new());
		};
		let wide = |values: &[f32]| values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>();
		let (gains, biases) = (wide(&before.gains), wide(&before.biases));
		let input = Input {
			gains: &gains,
			biases: &biases,
		};
		let heads = self.config.heads as usize;
		let projections = Projections {
			query: layer.query.projection(),
			key: layer.key.projection(),
			value: layer.value.projection(),
			heads,
			key_heads: heads,
			width: self.config.head_size() as usize,
			rotary: 0,
		};
		Ok(records(&input, &projections))
	}
}

impl<T: Tensors> Parts for Encoder<'_, T> {
	fn shape(&self) -> Shape {
		self.shape
	}

	fn bytes(&mut self, tensor: Tensor) -> Result<Vec<u8>, Error> {
		match tensor {
			Tensor::Numbers(place) => Ok(self.matrix(place)?.numbers()),
			Tensor::Rows(place) => Ok(self.matrix(place)?.records()),
			Tensor::Vectors(Vectors::FirstNorm) => Ok(self.first()?.records()),
			Tensor::Vectors(Vectors::AttentionNorm(number)) => Ok(self.layer(number)?.attention.records()),
			Tensor::Vectors(Vectors::HiddenNorm(number)) => Ok(self.layer(number)?.last.records()),
			Tensor::Vectors(Vectors::Heads(number)) => self.heads(number),
			// Of an encoder no other vector has bytes.
			Tensor::Vectors(_) => Ok(Vec::new()),
		}
	}
}
