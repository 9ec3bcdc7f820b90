// SPDX-License-Identifier: Apache-2.0

//! A model on a device, and positions on their way through its layers.

use super::{
	arith::{Computed, sat32, saturating_add},
	attention::{Heads, Look},
	linear::Matrix,
	norm::{Gains, Rule},
	ops::{Ops, Taken},
};
use atelier_referee::{
	forward::FRACTION,
	model::{Matrix as Name, Order, Package, Shape, Use, Vectors},
	ops::{norm::Norm, rotary::Angle},
};
use tch::{Kind, Tensor};

pub struct Model {
	pub shape: Shape,
	pub ops: Ops,
	embedding: Matrix,
	/// Learned positions.
	positions: Option<Matrix>,
	/// Cosines and sines of rotary positions; of learned ones without columns.
	angles: [Tensor; 2],
	taken: Taken,
	first_norm: Gains,
	layers: Vec<Layer>,
	last_norm: Gains,
	/// None if it is the embedding, or there is none.
	vocabulary: Option<Matrix>,
}

struct Layer {
	attention_norm: Gains,
	/// Queries, keys and values.
	project: Matrix,
	query_norm: Gains,
	key_norm: Gains,
	heads: Heads,
	output: Matrix,
	hidden_norm: Gains,
	/// Gate, and up if the block is gated.
	expand: Matrix,
	down: Matrix,
}

/// Where positions are in their sequences.
pub struct Places {
	/// Their numbers.
	positions: Tensor,
	cosines: Tensor,
	sines: Tensor,
}

impl Model {
	/// Of a package whose numbers are within their formats.
	pub fn new(ops: Ops, package: &Package<'_>) -> Computed<Self> {
		let shape = *package.shape();
		let width = i64::from(shape.width);
		let residual = shape.residual_fraction;
		let norm = |vectors: Vectors| Gains::new(&ops, package.gains(vectors), shape.width as usize);
		let head_norm = |vectors: Vectors| Gains::new(&ops, package.gains(vectors), shape.head_width.into());
		let matrix = |names: &[Name], columns: i64, to: u8| {
			let rows: Vec<_> = names.iter().map(|name| package.matrix(*name)).collect();
			Matrix::new(&ops, &rows, columns, to)
		};
		let layers = (0..shape.layers).map(|layer| {
			let heads: Vec<_> = (0..shape.heads.into()).map(|head| package.head(layer, head)).collect();
			let project = [Name::Query(layer), Name::Key(layer), Name::Value(layer)];
			let expand = [Name::Gate(layer), Name::Up(layer)];
			let expand = if shape.gated { &expand[..] } else { &expand[..1] };
			Ok(Layer {
				attention_norm: norm(Vectors::AttentionNorm(layer))?,
				project: matrix(&project, width, FRACTION)?,
				query_norm: head_norm(Vectors::QueryNorm(layer))?,
				key_norm: head_norm(Vectors::KeyNorm(layer))?,
				heads: Heads::new(&ops, &heads, shape.key_heads.into())?,
				output: matrix(&[Name::Output(layer)], shape.query_width().into(), residual)?,
				hidden_norm: norm(Vectors::HiddenNorm(layer))?,
				expand: matrix(expand, width, FRACTION)?,
				down: matrix(&[Name::Down(layer)], shape.hidden.into(), residual)?,
			})
		});
		let layers = layers.collect::<Computed<Vec<_>>>()?;
		let own = shape.answers == Use::Tokens && !shape.tied;
		let learned = shape.rotary_width == 0;
		Ok(Self {
			embedding: matrix(&[Name::Embedding], width, FRACTION)?,
			positions: learned
				.then(|| matrix(&[Name::Positions], width, FRACTION))
				.transpose()?,
			angles: angles(&ops, package)?,
			taken: ops.taken(shape.activation)?,
			first_norm: norm(Vectors::FirstNorm)?,
			layers,
			last_norm: norm(Vectors::LastNorm)?,
			vocabulary: own.then(|| matrix(&[Name::Vocabulary], width, FRACTION)).transpose()?,
			shape,
			ops,
		})
	}

	/// Bytes on the device of a model of this shape.
	pub fn bytes(shape: &Shape) -> u64 {
		let width = u64::from(shape.width);
		let (queries, keys, hidden) = (
			u64::from(shape.query_width()),
			u64::from(shape.key_width()),
			u64::from(shape.hidden),
		);
		let matrix = |rows: u64, columns: u64| Matrix::bytes(shape.matrices, rows, columns);
		let expand = if shape.gated { hidden.saturating_mul(2) } else { hidden };
		let layer = [
			matrix(queries.saturating_add(keys.saturating_mul(2)), width),
			matrix(width, queries),
			matrix(expand, width),
			matrix(width, hidden),
			Gains::bytes(2 * (width + u64::from(shape.head_width))),
			u64::from(shape.heads).saturating_mul(6 * 8),
		];
		let layer = layer.into_iter().fold(0_u64, u64::saturating_add);
		let places = u64::from(shape.positions);
		let positions = match shape.rotary_width {
			0 => Matrix::bytes(atelier_referee::ops::linear::Format::Word, places, width),
			turned => places.saturating_mul(u64::from(turned) * 2),
		};
		let vocabulary = u64::from(shape.vocabulary);
		let own = match shape.answers == Use::Tokens && !shape.tied {
			true => matrix(vocabulary, width),
			false => 0,
		};
		let embedding = Matrix::bytes(shape.embeddings, vocabulary, width);
		[embedding, positions, own, Gains::bytes(2 * width)]
			.into_iter()
			.fold(layer.saturating_mul(shape.layers.into()), u64::saturating_add)
	}

	pub fn layers(&self) -> usize {
		self.layers.len()
	}

	pub fn places(&self, positions: &[i64]) -> Computed<Places> {
		let positions = self.ops.numbers(positions)?;
		let [cosines, sines] = &self.angles;
		Ok(Places {
			cosines: cosines.f_index_select(0, &positions)?,
			sines: sines.f_index_select(0, &positions)?,
			positions,
		})
	}

	/// The numbers with which tokens begin.
	pub fn embed(&self, tokens: &[u32], places: &Places) -> Computed {
		let (ops, shape) = (&self.ops, &self.shape);
		let tokens: Vec<i64> = tokens.iter().map(|token| i64::from(*token)).collect();
		let (columns, to) = (i64::from(shape.width), shape.residual_fraction);
		let numbers = self.embedding.number_of(ops, &ops.numbers(&tokens)?, columns, to)?;
		let numbers = match &self.positions {
			Some(positions) => saturating_add(&numbers, &positions.number_of(ops, &places.positions, columns, to)?)?,
			None => numbers,
		};
		let numbers = sat32(&numbers)?.f_to_kind(Kind::Int)?;
		match shape.order {
			Order::Before => Ok(numbers),
			Order::After => ops.norm(self.rule(), &numbers, &self.first_norm, to),
		}
	}

	/// A layer, in two halves: up to keys and values, which are stored, and what follows from all that can be seen. `store` gets
	/// keys and values of these positions, and gives those of all slots.
	pub fn layer(
		&self,
		number: usize,
		x: &Tensor,
		places: &Places,
		looks: &[Look],
		store: impl FnOnce(Tensor, Tensor) -> Computed<[Tensor; 2]>,
	) -> Computed {
		let (ops, shape) = (&self.ops, &self.shape);
		let layer = (self.layers.get(number)).ok_or_else(|| tch::TchError::Shape(format!("no layer {number}")))?;
		let residual = shape.residual_fraction;
		let rows = x.size().first().copied().unwrap_or(0);
		let [heads, key_heads, width] = [shape.heads, shape.key_heads, shape.head_width].map(i64::from);

		let input = self.input(x, &layer.attention_norm)?;
		let all = ops.product(&layer.project, &input, None)?;
		let all = all.f_view([rows, heads + 2 * key_heads, width])?;
		let queries = self.head_norm(&all.f_narrow(1, 0, heads)?, &layer.query_norm)?;
		let keys = self.head_norm(&all.f_narrow(1, heads, key_heads)?, &layer.key_norm)?;
		let turned = |x: &Tensor, shifts: &Tensor| ops.turned(x, &places.cosines, &places.sines, shifts);
		let queries = turned(&queries, &layer.heads.query_shifts)?;
		let keys = turned(&keys, &layer.heads.key_shifts)?;
		let values = ops.stored(
			&all.f_narrow(1, heads + key_heads, key_heads)?,
			&layer.heads.value_shifts,
		)?;
		let [keys, values] = store(keys, values)?;

		let mixed = ops.mixed(&layer.heads, &queries, &keys, &values, looks)?;
		let mixed = ops.quantised(&mixed, FRACTION)?;
		let mut sum = ops.product(&layer.output, &mixed, Some(x))?;
		if shape.order == Order::After {
			sum = ops.norm(self.rule(), &sum, &layer.attention_norm, residual)?;
		}
		let input = self.input(&sum, &layer.hidden_norm)?;
		let wide = ops.product(&layer.expand, &input, None)?;
		let hidden = ops.feed_forward(
			&wide,
			shape.hidden.into(),
			shape.gated,
			&self.taken,
			shape.hidden_fraction,
		)?;
		let hidden = ops.quantised(&hidden, shape.hidden_fraction)?;
		let sum = ops.product(&layer.down, &hidden, Some(&sum))?;
		match shape.order {
			Order::Before => Ok(sum),
			Order::After => ops.norm(self.rule(), &sum, &layer.hidden_norm, residual),
		}
	}

	/// The value of each token of the vocabulary after the last layer.
	pub fn logits(&self, x: &Tensor) -> Computed {
		let input = self.input(x, &self.last_norm)?;
		let matrix = self.vocabulary.as_ref().unwrap_or(&self.embedding);
		self.ops.product(matrix, &input, None)
	}

	/// What a product begins with: the normalised numbers, or those that were normalised before.
	fn input(&self, x: &Tensor, gains: &Gains) -> Computed<super::linear::Input> {
		match self.shape.order {
			Order::Before => {
				let normed = self.ops.norm(self.rule(), x, gains, FRACTION)?;
				self.ops.quantised(&normed, FRACTION)
			}
			Order::After => self.ops.quantised(x, self.shape.residual_fraction),
		}
	}

	/// Normalises each head, if the shape says so.
	fn head_norm(&self, x: &Tensor, gains: &Gains) -> Computed {
		if !self.shape.head_norm {
			return Ok(x.shallow_clone());
		}
		let rule = Rule {
			norm: Norm::Rms,
			fraction: FRACTION,
			epsilon: self.shape.epsilon,
		};
		let width = i64::from(self.shape.head_width);
		let rows = x.f_reshape([-1, width])?;
		self.ops.norm(rule, &rows, gains, FRACTION)?.f_view(x.size().as_slice())
	}

	fn rule(&self) -> Rule {
		Rule {
			norm: self.shape.norm,
			fraction: self.shape.residual_fraction,
			epsilon: self.shape.epsilon,
		}
	}
}

/// Cosines and sines of all positions.
fn angles(ops: &Ops, package: &Package<'_>) -> Computed<[Tensor; 2]> {
	let shape = package.shape();
	let all: Vec<_> = (0..shape.positions)
		.flat_map(|position| package.angles(position))
		.map(|angle| Angle::read(*angle))
		.collect();
	let size = [i64::from(shape.positions), i64::from(shape.rotary_width / 2)];
	let tensor = |of: fn(&Angle) -> i16| {
		let numbers: Vec<i16> = all.iter().map(of).collect();
		Tensor::f_from_slice(&numbers)?.f_view(size)?.f_to_device(ops.device)
	};
	Ok([tensor(|angle| angle.cosine)?, tensor(|angle| angle.sine)?])
}

/// 32-bit numbers of a device on the host.
pub fn host(x: &Tensor) -> Computed<Vec<i32>> {
	let x = x.f_to_kind(Kind::Int)?.f_to_device(tch::Device::Cpu)?.f_contiguous()?;
	let mut numbers = vec![0; x.numel()];
	let count = numbers.len();
	x.f_copy_data(&mut numbers, count)?;
	Ok(numbers)
}
