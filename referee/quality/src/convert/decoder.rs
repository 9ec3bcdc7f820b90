// SPDX-License-Identifier: Apache-2.0

//! A Llama decoder as an exact model.

use super::{
	Exact, Settings,
	heads::{Input, Projections, records},
	rows::Rows,
};
use crate::decoder::Decoder;
use atelier_referee::{
	model::{Matrix, Order, Shape, ShapeError, Tensor, Use, Vectors},
	ops::{norm::Norm, rotary::Angle},
	tables::Activation,
};

/// The rows of a layer.
struct Layer {
	query: Rows,
	key: Rows,
	value: Rows,
	output: Rows,
	gate: Rows,
	up: Rows,
	down: Rows,
}

/// Makes a decoder exact. Its gains must have been folded into its matrices.
pub fn decoder(model: &Decoder, settings: Settings) -> Result<Exact, ShapeError> {
	let config = &model.config;
	let width = config.head_size();
	let shape = Shape {
		answers: Use::Tokens,
		layers: config.layers as u16,
		width: config.hidden as u32,
		heads: config.heads as u16,
		key_heads: config.key_heads() as u16,
		head_width: width as u16,
		rotary_width: width as u16,
		hidden: config.inner as u32,
		vocabulary: config.vocabulary as u32,
		positions: config.positions as u32,
		window: 0,
		norm: Norm::Rms,
		order: Order::Before,
		gains: false,
		head_norm: false,
		activation: Activation::Silu,
		gated: true,
		// The gains before the output matrix are folded into it, so it is not the embedding any more.
		tied: false,
		matrices: super::format(settings.matrix_bits),
		embeddings: super::format(settings.embedding_bits),
		residual_fraction: settings.residual_fraction,
		hidden_fraction: settings.hidden_fraction,
		epsilon: super::epsilon(config.epsilon),
	};
	let embedding = Rows::new(&model.embedding, None, settings.embedding_bits);
	let rows = |linear: &crate::linear::Linear| {
		let bias = linear.bias.as_ref().map(|bias| bias.view());
		Rows::new(&linear.weight, bias, settings.matrix_bits)
	};
	let head = rows(&model.head);
	let layers: Vec<_> = model
		.layers
		.iter()
		.map(|layer| Layer {
			query: rows(&layer.query),
			key: rows(&layer.key),
			value: rows(&layer.value),
			output: rows(&layer.output),
			gate: rows(&layer.gate),
			up: rows(&layer.up),
			down: rows(&layer.down),
		})
		.collect();
	let ones = vec![1.0; config.hidden];
	let zeros = vec![0.0; config.hidden];
	let input = Input {
		gains: &ones,
		biases: &zeros,
	};

	let matrix = |matrix: Matrix| {
		let layer = |number: u16| &layers[usize::from(number)];
		match matrix {
			Matrix::Embedding => &embedding,
			Matrix::Query(number) => &layer(number).query,
			Matrix::Key(number) => &layer(number).key,
			Matrix::Value(number) => &layer(number).value,
			Matrix::Output(number) => &layer(number).output,
			Matrix::Gate(number) => &layer(number).gate,
			Matrix::Up(number) => &layer(number).up,
			Matrix::Down(number) => &layer(number).down,
			Matrix::Vocabulary => &head,
			Matrix::Positions => unreachable!("positions are rotary"),
		}
	};
	Exact::assemble(shape, |tensor| match tensor {
		Tensor::Numbers(of) => matrix(of).numbers(),
		Tensor::Rows(of) => matrix(of).records(),
		Tensor::Vectors(Vectors::Angles) => angles(config.positions, width, config.rope_theta),
		Tensor::Vectors(Vectors::Heads(number)) => {
			let layer = &layers[usize::from(number)];
			let projections = Projections {
				query: (&layer.query, &[]),
				key: (&layer.key, &[]),
				value: (&layer.value, &[]),
				heads: config.heads,
				key_heads: config.key_heads(),
				width,
				rotary: width,
			};
			records(&input, &projections)
				.into_iter()
				.flat_map(|head| head.write())
				.collect()
		}
		Tensor::Vectors(_) => Vec::new(),
	})
}

/// Cosines and sines of all positions, with 15 bits of fraction.
fn angles(positions: usize, width: usize, theta: f64) -> Vec<u8> {
	let fixed = |value: f64| (value * 32_768.0).round().clamp(-32_767.0, 32_767.0) as i16;
	let mut bytes = Vec::new();
	for position in 0..positions {
		for pair in 0..width / 2 {
			let angle = position as f64 * theta.powf(-2.0 * pair as f64 / width as f64);
			let angle = Angle {
				cosine: fixed(angle.cos()),
				sine: fixed(angle.sin()),
			};
			bytes.extend(angle.write());
		}
	}
	bytes
}
