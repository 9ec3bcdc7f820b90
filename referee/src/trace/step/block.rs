// SPDX-License-Identifier: Apache-2.0

//! The values that depend on one position only.

use super::{
	Value,
	reader::{Missing, Reader, Source},
};
use crate::{
	arith::sat32,
	forward::FRACTION,
	model::{Matrix, Order, Shape, Vectors},
	ops::{
		feed_forward,
		linear::{Point, dot, finish},
		norm::{Length, Norm, Statistics},
		quantise::{exponent, quantise, store},
	},
	trace::{At, Place, Stage as S},
};

/// Two vectors: the numbers, and what they are changed by.
type Pair = [Place; 2];

/// The value of a vector.
pub fn compute<R: Source>(reader: &mut Reader<'_, R>, place: Place, index: u32) -> Result<Value, Missing> {
	let Place { position, layer, stage } = place;
	let shape = *reader.graph.shape();
	let before = shape.order == Order::Before;
	let residual = shape.residual_fraction;
	let at = |stage| Place { position, layer, stage };
	let pair = |one, other| [at(one), at(other)];

	// The numbers between the blocks: into the layer, and between its two blocks.
	let entering = stream(&shape, position, layer);
	let middle = at(if before {
		S::AttentionSum
	} else {
		S::AfterAttentionNormed
	});
	let leaving = stream(&shape, position, shape.layers);
	// What a product begins with: what a norm before it gives, or the numbers themselves.
	let normed = |normed: S, numbers: Place| if before { at(normed) } else { numbers };
	let fraction = if before { FRACTION } else { residual };

	let to_attention = pair(S::AttentionInput, S::AttentionExponent);
	let to_hidden = pair(S::HiddenInput, S::HiddenExponent);
	let to_last = pair(S::LastInput, S::LastExponent);

	match stage {
		S::Embedded => embedded(reader, position, index),

		S::FirstStatistics => statistics(reader, at(S::Embedded)),
		S::AttentionStatistics => statistics(reader, entering),
		S::AfterAttentionStatistics => statistics(reader, at(S::AttentionSum)),
		S::HiddenStatistics => statistics(reader, middle),
		S::AfterHiddenStatistics => statistics(reader, at(S::HiddenSum)),
		S::LastStatistics => statistics(reader, leaving),
		S::QueryStatistics => head_statistics(reader, at(S::Query), index),
		S::KeyStatistics => head_statistics(reader, at(S::Key), index),

		S::FirstNormed => gained(
			reader,
			pair(S::Embedded, S::FirstStatistics),
			Vectors::FirstNorm,
			index,
			residual,
		),
		S::AttentionNormed => {
			let from = [entering, at(S::AttentionStatistics)];
			gained(reader, from, Vectors::AttentionNorm(layer), index, FRACTION)
		}
		S::AfterAttentionNormed => {
			let from = pair(S::AttentionSum, S::AfterAttentionStatistics);
			gained(reader, from, Vectors::AttentionNorm(layer), index, residual)
		}
		S::HiddenNormed => {
			let from = [middle, at(S::HiddenStatistics)];
			gained(reader, from, Vectors::HiddenNorm(layer), index, FRACTION)
		}
		S::AfterHiddenNormed => {
			let from = pair(S::HiddenSum, S::AfterHiddenStatistics);
			gained(reader, from, Vectors::HiddenNorm(layer), index, residual)
		}
		S::LastNormed => {
			let from = [leaving, at(S::LastStatistics)];
			gained(reader, from, Vectors::LastNorm, index, FRACTION)
		}
		S::QueryNormed => head_gained(
			reader,
			pair(S::Query, S::QueryStatistics),
			Vectors::QueryNorm(layer),
			index,
		),
		S::KeyNormed => head_gained(reader, pair(S::Key, S::KeyStatistics), Vectors::KeyNorm(layer), index),

		S::AttentionExponent => shared_exponent(reader, normed(S::AttentionNormed, entering)),
		S::MixedExponent => shared_exponent(reader, at(S::Mixed)),
		S::HiddenExponent => shared_exponent(reader, normed(S::HiddenNormed, middle)),
		S::ProductExponent => shared_exponent(reader, at(S::Product)),
		S::LastExponent => shared_exponent(reader, normed(S::LastNormed, leaving)),

		S::AttentionInput => activation(
			reader,
			[normed(S::AttentionNormed, entering), at(S::AttentionExponent)],
			index,
		),
		S::MixedInput => activation(reader, pair(S::Mixed, S::MixedExponent), index),
		S::HiddenInput => activation(reader, [normed(S::HiddenNormed, middle), at(S::HiddenExponent)], index),
		S::ProductInput => activation(reader, pair(S::Product, S::ProductExponent), index),
		S::LastInput => activation(reader, [normed(S::LastNormed, leaving), at(S::LastExponent)], index),

		S::Query => product(reader, Matrix::Query(layer), to_attention, (fraction, FRACTION), index),
		S::Key => product(reader, Matrix::Key(layer), to_attention, (fraction, FRACTION), index),
		S::Value => product(reader, Matrix::Value(layer), to_attention, (fraction, FRACTION), index),
		S::Gate => product(reader, Matrix::Gate(layer), to_hidden, (fraction, FRACTION), index),
		S::Up => product(reader, Matrix::Up(layer), to_hidden, (fraction, FRACTION), index),
		S::Logits => product(reader, Matrix::Vocabulary, to_last, (fraction, FRACTION), index),
		S::AttentionSum => {
			let from = pair(S::MixedInput, S::MixedExponent);
			sum(
				reader,
				entering,
				Matrix::Output(layer),
				from,
				(FRACTION, residual),
				index,
			)
		}
		S::HiddenSum => {
			let from = pair(S::ProductInput, S::ProductExponent);
			sum(
				reader,
				middle,
				Matrix::Down(layer),
				from,
				(shape.hidden_fraction, residual),
				index,
			)
		}

		S::QueryTurned => {
			let from = at(if shape.head_norm { S::QueryNormed } else { S::Query });
			let shift = reader.head(layer, head_of(&shape, index))?.query_shift;
			turned(reader, from, index, shift)
		}
		S::KeyTurned => {
			let from = at(if shape.head_norm { S::KeyNormed } else { S::Key });
			let shift = reader.head(layer, first_served(&shape, index))?.key_shift;
			turned(reader, from, index, shift)
		}
		S::ValueStored => {
			let shift = reader.head(layer, first_served(&shape, index))?.value_shift;
			Ok(Value::Activation(store(reader.number(at(S::Value), index)?, shift)))
		}

		S::Product => {
			let gate = shape.activation.apply(reader.number(at(S::Gate), index)?);
			let up = if shape.gated {
				Some(reader.number(at(S::Up), index)?)
			} else {
				None
			};
			Ok(Value::Number(feed_forward::product(gate, up, shape.hidden_fraction)))
		}

		S::Unit => {
			let pooled = reader.all_numbers(at(S::Pooled))?;
			let number = pooled.get(index as usize).copied().unwrap_or(0);
			Ok(Value::Activation(Length::of(&pooled).unit(number)))
		}

		// They depend on more than a position.
		S::Largest | S::Mixed | S::Pooled | S::Choice => Err(Missing::Leaf(At { place, leaf: 0 })),
	}
}

/// The numbers that come into a layer; into the one after the last: that leave the last.
pub fn stream(shape: &Shape, position: u32, layer: u16) -> Place {
	let before = shape.order == Order::Before;
	let (layer, stage) = match layer.checked_sub(1) {
		None => (0, if before { S::Embedded } else { S::FirstNormed }),
		Some(layer) => (layer, if before { S::HiddenSum } else { S::AfterHiddenNormed }),
	};
	Place { position, layer, stage }
}

/// The head to which a value belongs.
pub fn head_of(shape: &Shape, index: u32) -> u32 {
	index.checked_div(shape.head_width.into()).unwrap_or(0)
}

/// Of the heads that a head of keys serves the first: its record has the shifts of keys and values.
fn first_served(shape: &Shape, index: u32) -> u32 {
	let served = shape.heads.checked_div(shape.key_heads).unwrap_or(1);
	head_of(shape, index).saturating_mul(served.into())
}

fn embedded<R: Source>(reader: &mut Reader<'_, R>, position: u32, index: u32) -> Result<Value, Missing> {
	let shape = *reader.graph.shape();
	let to = shape.residual_fraction;
	// After the input, what the trace itself has chosen: so a value depends on nothing that is not before it.
	let token = match position.checked_sub(reader.graph.counts().input) {
		None => reader.source.token(position)?,
		Some(_) => {
			let place = Place {
				position: position.saturating_sub(1),
				layer: 0,
				stage: S::Choice,
			};
			reader.choice(place)?.token
		}
	};
	if token >= shape.vocabulary {
		return Ok(Value::Nothing);
	}
	let token = reader.entry(Matrix::Embedding, token, index, to)?;
	let position = match shape.rotary_width {
		0 => reader.entry(Matrix::Positions, position, index, to)?,
		_ => 0,
	};
	Ok(Value::Number(sat32(token.saturating_add(position))))
}

fn statistics<R: Source>(reader: &mut Reader<'_, R>, of: Place) -> Result<Value, Missing> {
	let shape = *reader.graph.shape();
	let numbers = reader.all_numbers(of)?;
	let statistics = Statistics::of(shape.norm, &numbers, shape.residual_fraction, shape.epsilon);
	Ok(Value::Statistics(statistics))
}

fn head_statistics<R: Source>(reader: &mut Reader<'_, R>, of: Place, head: u32) -> Result<Value, Missing> {
	let shape = *reader.graph.shape();
	let width = u32::from(shape.head_width);
	let start = head.saturating_mul(width);
	let numbers = reader.numbers(of, start..start.saturating_add(width))?;
	Ok(Value::Statistics(Statistics::of(
		Norm::Rms,
		&numbers,
		FRACTION,
		shape.epsilon,
	)))
}

fn gained<R: Source>(
	reader: &mut Reader<'_, R>,
	[numbers, statistics]: Pair,
	vectors: Vectors,
	index: u32,
	to: u8,
) -> Result<Value, Missing> {
	let statistics = reader.statistics(statistics, 0)?;
	let normal = statistics.normal(reader.number(numbers, index)?);
	Ok(Value::Number(reader.gain(vectors, index)?.apply(normal, to)))
}

fn head_gained<R: Source>(
	reader: &mut Reader<'_, R>,
	[numbers, statistics]: Pair,
	vectors: Vectors,
	index: u32,
) -> Result<Value, Missing> {
	let shape = *reader.graph.shape();
	let statistics = reader.statistics(statistics, head_of(&shape, index))?;
	let normal = statistics.normal(reader.number(numbers, index)?);
	let place = index.checked_rem(shape.head_width.into()).unwrap_or(0);
	Ok(Value::Number(reader.gain(vectors, place)?.apply(normal, FRACTION)))
}

fn shared_exponent<R: Source>(reader: &mut Reader<'_, R>, of: Place) -> Result<Value, Missing> {
	Ok(Value::Exponent(exponent(reader.all_numbers(of)?)))
}

fn activation<R: Source>(reader: &mut Reader<'_, R>, [numbers, exponent]: Pair, index: u32) -> Result<Value, Missing> {
	let exponent = reader.exponent(exponent)?;
	Ok(Value::Activation(quantise(reader.number(numbers, index)?, exponent)))
}

/// A value of a product; `fractions` are those of the vector and of the result.
fn product<R: Source>(
	reader: &mut Reader<'_, R>,
	matrix: Matrix,
	from: Pair,
	fractions: (u8, u8),
	index: u32,
) -> Result<Value, Missing> {
	product_onto(reader, 0, matrix, from, fractions, index)
}

/// A value of a product that is added to a vector.
fn sum<R: Source>(
	reader: &mut Reader<'_, R>,
	onto: Place,
	matrix: Matrix,
	from: Pair,
	fractions: (u8, u8),
	index: u32,
) -> Result<Value, Missing> {
	let onto = reader.number(onto, index)?;
	product_onto(reader, onto, matrix, from, fractions, index)
}

fn product_onto<R: Source>(
	reader: &mut Reader<'_, R>,
	onto: i32,
	matrix: Matrix,
	[activations, exponent]: Pair,
	(fraction, to): (u8, u8),
	index: u32,
) -> Result<Value, Missing> {
	let exponent = reader.exponent(exponent)?;
	let count = reader.graph.size(activations.stage).values();
	let activations = reader.activations(activations, 0..count)?;
	let (format, numbers, row) = reader.row(matrix, index)?;
	let sum = dot(format, &numbers, &activations);
	Ok(Value::Number(finish(sum, row, Point { exponent, fraction }, to, onto)))
}

fn turned<R: Source>(reader: &mut Reader<'_, R>, from: Place, index: u32, shift: u8) -> Result<Value, Missing> {
	let shape = *reader.graph.shape();
	let pairs = u32::from(shape.rotary_width / 2);
	let place = index.checked_rem(shape.head_width.into()).unwrap_or(0);
	let activation = if place < pairs {
		let (first, second) = (
			reader.number(from, index)?,
			reader.number(from, index.saturating_add(pairs))?,
		);
		reader.angle(from.position, place)?.first(first, second, shift)
	} else if let Some(pair) = place.checked_sub(pairs)
		&& pair < pairs
	{
		let (first, second) = (
			reader.number(from, index.saturating_sub(pairs))?,
			reader.number(from, index)?,
		);
		reader.angle(from.position, pair)?.second(first, second, shift)
	} else {
		store(reader.number(from, index)?, shift)
	};
	Ok(Value::Activation(activation))
}
