// SPDX-License-Identifier: Apache-2.0

//! A BERT encoder as an exact model.

use super::{
	Exact, Settings, fixed,
	heads::{Input, Projections, records},
	rows::Rows,
};
use crate::{
	encoder::{Encoder, Norm as FloatNorm},
	linear::Linear,
};
use atelier_referee::{
	model::{Matrix, Order, Shape, ShapeError, Tensor, Use, Vectors},
	ops::{
		linear::Format,
		norm::{Gain, Norm},
	},
	tables::Activation,
};

/// The rows of a layer.
struct Layer {
	query: Rows,
	key: Rows,
	value: Rows,
	output: Rows,
	up: Rows,
	down: Rows,
}

/// Positions are few, so they cost little with all bits.
const POSITION_BITS: u32 = 16;

/// Makes an encoder exact.
pub fn encoder(model: &Encoder, settings: Settings) -> Result<Exact, ShapeError> {
	let config = &model.config;
	let width = config.head_size();
	let shape = Shape {
		answers: Use::Embedding,
		layers: config.layers as u16,
		width: config.hidden as u32,
		heads: config.heads as u16,
		key_heads: config.heads as u16,
		head_width: width as u16,
		rotary_width: 0,
		hidden: config.inner as u32,
		vocabulary: config.vocabulary as u32,
		positions: config.positions as u32,
		window: 0,
		norm: Norm::Layer,
		order: Order::After,
		gains: true,
		head_norm: false,
		activation: Activation::Gelu,
		gated: false,
		tied: false,
		matrices: super::format(settings.matrix_bits),
		embeddings: super::format(settings.embedding_bits),
		residual_fraction: settings.residual_fraction,
		hidden_fraction: settings.hidden_fraction,
		epsilon: super::epsilon(config.epsilon),
	};
	let embedding = Rows::new(&model.words, None, settings.embedding_bits);
	// All tokens are of the same type: it belongs to the positions.
	let positions = Rows::new(&(&model.positions + &model.token_type), None, POSITION_BITS);
	debug_assert_eq!(super::format(POSITION_BITS), Format::Word);
	let rows = |linear: &Linear| {
		let bias = linear.bias.as_ref().map(|bias| bias.view());
		Rows::new(&linear.weight, bias, settings.matrix_bits)
	};
	let layers: Vec<_> = model
		.layers
		.iter()
		.map(|layer| Layer {
			query: rows(&layer.query),
			key: rows(&layer.key),
			value: rows(&layer.value),
			output: rows(&layer.output),
			up: rows(&layer.up),
			down: rows(&layer.down),
		})
		.collect();

	let matrix = |matrix: Matrix| {
		let layer = |number: u16| &layers[usize::from(number)];
		match matrix {
			Matrix::Embedding => &embedding,
			Matrix::Positions => &positions,
			Matrix::Query(number) => &layer(number).query,
			Matrix::Key(number) => &layer(number).key,
			Matrix::Value(number) => &layer(number).value,
			Matrix::Output(number) => &layer(number).output,
			Matrix::Gate(number) => &layer(number).up,
			Matrix::Down(number) => &layer(number).down,
			Matrix::Up(_) | Matrix::Vocabulary => unreachable!("an encoder has none"),
		}
	};
	Exact::assemble(shape, |tensor| match tensor {
		Tensor::Numbers(of) => matrix(of).numbers(),
		Tensor::Rows(of) => matrix(of).records(),
		Tensor::Vectors(Vectors::FirstNorm) => gains(&model.embedding_norm),
		Tensor::Vectors(Vectors::AttentionNorm(number)) => gains(&model.layers[usize::from(number)].attention_norm),
		Tensor::Vectors(Vectors::HiddenNorm(number)) => gains(&model.layers[usize::from(number)].norm),
		Tensor::Vectors(Vectors::Heads(number)) => {
			let number = usize::from(number);
			let before = match number.checked_sub(1) {
				None => &model.embedding_norm,
				Some(before) => &model.layers[before].norm,
			};
			let float = &model.layers[number];
			let wide = |values: &ndarray::Array1<f32>| values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>();
			let bias = |linear: &Linear| linear.bias.as_ref().map(wide).unwrap_or_default();
			let biases = [bias(&float.query), bias(&float.key), bias(&float.value)];
			let layer = &layers[number];
			let projections = Projections {
				query: (&layer.query, &biases[0]),
				key: (&layer.key, &biases[1]),
				value: (&layer.value, &biases[2]),
				heads: config.heads,
				key_heads: config.heads,
				width,
				rotary: 0,
			};
			let input = Input {
				gains: &wide(&before.gain),
				biases: &wide(&before.bias),
			};
			records(&input, &projections)
				.into_iter()
				.flat_map(|head| head.write())
				.collect()
		}
		Tensor::Vectors(_) => Vec::new(),
	})
}

fn gains(norm: &FloatNorm) -> Vec<u8> {
	let both = norm.gain.iter().zip(&norm.bias);
	both.flat_map(|(gain, bias)| {
		Gain {
			gain: fixed((*gain).into()),
			bias: fixed((*bias).into()),
		}
		.write()
	})
	.collect()
}
