// SPDX-License-Identifier: Apache-2.0

//! The forward pass that a trace is made of: the referee's operators, for many positions at once and by all threads.
//!
//! The referee's own pass computes one position after another, and must begin at the first. Here a row of a matrix is read once
//! for all positions of a block, and any position can be computed again alone, from the keys and values of those that it sees.
//! Tests hold every vector against what the referee's pass shows.

use crate::sheet::{Sheet, Vector};
use atelier_referee::{
	arith::sat32,
	forward::FRACTION,
	model::{Matrix, Order, Package, Shape, Vectors},
	ops::{
		attention::{WeightedSum, weight},
		feed_forward,
		linear::{Format, Point, dot, finish},
		norm::{Gain, Length, Norm, Statistics},
		pooling::mean,
		quantise::{exponent, quantise, store},
		rotary::Angle,
		sampling::Sampler,
	},
	trace::Stage,
};
use rayon::prelude::*;
use std::ops::Range;

/// Rows of a matrix that a thread takes at once.
const ROWS: usize = 32;

/// A position on its way through the layers.
#[derive(Clone, Debug)]
pub struct Row {
	pub position: u32,
	/// The numbers between the blocks.
	pub numbers: Vec<i32>,
	/// The vectors since it was last taken.
	pub sheet: Sheet,
}

/// What the first half of a layer leaves for the second, and for other positions.
#[derive(Clone, Debug)]
pub struct Heads {
	pub queries: Vec<i16>,
	pub keys: Vec<i16>,
	pub values: Vec<i16>,
}

/// Keys and values of a layer, position after position.
#[derive(Clone, Debug, Default)]
pub struct Cache {
	pub keys: Vec<i16>,
	pub values: Vec<i16>,
}

impl Cache {
	/// Adds those of the next position.
	pub fn push(&mut self, heads: &Heads) {
		self.keys.extend_from_slice(&heads.keys);
		self.values.extend_from_slice(&heads.values);
	}
}

/// Activations with their binary point: what is multiplied.
struct Input {
	activations: Vec<i16>,
	point: Point,
}

/// Where a norm stands.
struct NormAt {
	vectors: Vectors,
	statistics: Stage,
	normed: Stage,
}

/// Where activations are made of numbers.
struct InputAt {
	exponent: Stage,
	input: Stage,
}

/// A model on whose package positions walk.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
	pub package: Package<'a>,
}

impl<'a> Walk<'a> {
	fn shape(&self) -> &Shape {
		self.package.shape()
	}

	/// Tokens at their positions, before the first layer.
	pub fn embed(&self, tokens: &[(u32, u32)]) -> Vec<Row> {
		let shape = *self.shape();
		let fraction = shape.residual_fraction;
		let entries = |matrix: Matrix, row: u32| {
			let rows = self.package.matrix(matrix);
			let (numbers, record) = rows.get(row as usize);
			let width = shape.width as usize;
			(0..width).map(move |column| record.number(rows.format().number(numbers, column), fraction))
		};
		let learned = shape.rotary_width == 0;
		let begin = |(position, token): &(u32, u32)| {
			let of_token = entries(Matrix::Embedding, *token);
			let numbers: Vec<_> = match learned {
				true => of_token
					.zip(entries(Matrix::Positions, *position))
					.map(|(token, position)| sat32(token.saturating_add(position)))
					.collect(),
				false => of_token.map(sat32).collect(),
			};
			let mut row = Row {
				position: *position,
				numbers: Vec::new(),
				sheet: Sheet::default(),
			};
			row.sheet.see(Stage::Embedded, Vector::Numbers(numbers.clone()));
			row.numbers = match shape.order {
				Order::Before => numbers,
				Order::After => {
					let first = NormAt {
						vectors: Vectors::FirstNorm,
						statistics: Stage::FirstStatistics,
						normed: Stage::FirstNormed,
					};
					self.norm(&mut row.sheet, &numbers, &first, fraction)
				}
			};
			row
		};
		tokens.par_iter().map(begin).collect()
	}

	/// The first half of a layer.
	pub fn project(&self, layer: u16, rows: &mut [Row]) -> Vec<Heads> {
		let norm = NormAt {
			vectors: Vectors::AttentionNorm(layer),
			statistics: Stage::AttentionStatistics,
			normed: Stage::AttentionNormed,
		};
		let at = InputAt {
			exponent: Stage::AttentionExponent,
			input: Stage::AttentionInput,
		};
		let inputs: Vec<_> = rows
			.par_iter_mut()
			.map(|row| self.input(&mut row.sheet, &row.numbers, &norm, &at))
			.collect();
		let query = self.multiply(Matrix::Query(layer), &inputs, FRACTION, None);
		let key = self.multiply(Matrix::Key(layer), &inputs, FRACTION, None);
		let value = self.multiply(Matrix::Value(layer), &inputs, FRACTION, None);
		rows.par_iter_mut()
			.zip(query)
			.zip(key.into_par_iter().zip(value))
			.map(|((row, query), (key, value))| self.heads(layer, row, query, key, value))
			.collect()
	}

	/// What the heads of a position have, from its products.
	fn heads(&self, layer: u16, row: &mut Row, query: Vec<i32>, key: Vec<i32>, value: Vec<i32>) -> Heads {
		let shape = *self.shape();
		let package = &self.package;
		let sheet = &mut row.sheet;
		sheet.see(Stage::Query, Vector::Numbers(query.clone()));
		sheet.see(Stage::Key, Vector::Numbers(key.clone()));
		sheet.see(Stage::Value, Vector::Numbers(value.clone()));
		let queries = NormAt {
			vectors: Vectors::QueryNorm(layer),
			statistics: Stage::QueryStatistics,
			normed: Stage::QueryNormed,
		};
		let query = self.head_norm(sheet, query, &queries);
		let keys = NormAt {
			vectors: Vectors::KeyNorm(layer),
			statistics: Stage::KeyStatistics,
			normed: Stage::KeyNormed,
		};
		let key = self.head_norm(sheet, key, &keys);
		// Keys and values use the record of the first query head that they serve.
		let served = u32::from(shape.heads).checked_div(shape.key_heads.into()).unwrap_or(1);
		let of_key = |head: u32| package.head(layer, head.saturating_mul(served));
		let queries = self.turn(row.position, &query, &|head| package.head(layer, head).query_shift);
		let keys = self.turn(row.position, &key, &|head| of_key(head).key_shift);
		let width = usize::from(shape.head_width).max(1);
		let values: Vec<_> = (0_u32..)
			.zip(value.chunks(width))
			.flat_map(|(head, numbers)| {
				let shift = of_key(head).value_shift;
				numbers.iter().map(move |number| store(*number, shift))
			})
			.collect();
		sheet.see(Stage::QueryTurned, Vector::Activations(queries.clone()));
		sheet.see(Stage::KeyTurned, Vector::Activations(keys.clone()));
		sheet.see(Stage::ValueStored, Vector::Activations(values.clone()));
		Heads { queries, keys, values }
	}

	/// The second half of a layer, for rows with these queries; the cache has all positions that they see.
	pub fn attend(&self, layer: u16, rows: &mut [Row], heads: &[Heads], cache: &Cache) {
		let shape = *self.shape();
		let fraction = shape.residual_fraction;
		let after = shape.order == Order::After;
		let mixed = InputAt {
			exponent: Stage::MixedExponent,
			input: Stage::MixedInput,
		};
		let inputs: Vec<_> = rows
			.par_iter_mut()
			.zip(heads)
			.map(|(row, heads)| {
				let numbers = self.mix(layer, row, &heads.queries, cache);
				self.quantised(&mut row.sheet, &numbers, FRACTION, &mixed)
			})
			.collect();
		let onto: Vec<_> = rows.iter().map(|row| row.numbers.as_slice()).collect();
		let sums = self.multiply(Matrix::Output(layer), &inputs, fraction, Some(&onto));

		let norm = NormAt {
			vectors: Vectors::AttentionNorm(layer),
			statistics: Stage::AfterAttentionStatistics,
			normed: Stage::AfterAttentionNormed,
		};
		let hidden = NormAt {
			vectors: Vectors::HiddenNorm(layer),
			statistics: Stage::HiddenStatistics,
			normed: Stage::HiddenNormed,
		};
		let at = InputAt {
			exponent: Stage::HiddenExponent,
			input: Stage::HiddenInput,
		};
		let inputs: Vec<_> = rows
			.par_iter_mut()
			.zip(sums)
			.map(|(row, sum)| {
				row.sheet.see(Stage::AttentionSum, Vector::Numbers(sum.clone()));
				row.numbers = match after {
					true => self.norm(&mut row.sheet, &sum, &norm, fraction),
					false => sum,
				};
				self.input(&mut row.sheet, &row.numbers, &hidden, &at)
			})
			.collect();
		let gate = self.multiply(Matrix::Gate(layer), &inputs, FRACTION, None);
		let up = match shape.gated {
			true => self.multiply(Matrix::Up(layer), &inputs, FRACTION, None),
			false => vec![Vec::new(); inputs.len()],
		};
		let product = InputAt {
			exponent: Stage::ProductExponent,
			input: Stage::ProductInput,
		};
		let inputs: Vec<_> = rows
			.par_iter_mut()
			.zip(gate.into_par_iter().zip(up))
			.map(|(row, (gate, up))| {
				let all: Vec<_> = gate
					.iter()
					.enumerate()
					.map(|(place, gate)| {
						let up = shape.gated.then(|| up.get(place).copied().unwrap_or(0));
						feed_forward::product(shape.activation.apply(*gate), up, shape.hidden_fraction)
					})
					.collect();
				row.sheet.see(Stage::Gate, Vector::Numbers(gate));
				if shape.gated {
					row.sheet.see(Stage::Up, Vector::Numbers(up));
				}
				row.sheet.see(Stage::Product, Vector::Numbers(all.clone()));
				self.quantised(&mut row.sheet, &all, shape.hidden_fraction, &product)
			})
			.collect();
		let onto: Vec<_> = rows.iter().map(|row| row.numbers.as_slice()).collect();
		let sums = self.multiply(Matrix::Down(layer), &inputs, fraction, Some(&onto));
		let norm = NormAt {
			vectors: Vectors::HiddenNorm(layer),
			statistics: Stage::AfterHiddenStatistics,
			normed: Stage::AfterHiddenNormed,
		};
		rows.par_iter_mut().zip(sums).for_each(|(row, sum)| {
			row.sheet.see(Stage::HiddenSum, Vector::Numbers(sum.clone()));
			row.numbers = match after {
				true => self.norm(&mut row.sheet, &sum, &norm, fraction),
				false => sum,
			};
		});
	}

	/// What follows the last layer where a token is chosen. The numbers stay.
	pub fn choose(&self, rows: &mut [Row], sampler: Sampler) {
		let norm = NormAt {
			vectors: Vectors::LastNorm,
			statistics: Stage::LastStatistics,
			normed: Stage::LastNormed,
		};
		let at = InputAt {
			exponent: Stage::LastExponent,
			input: Stage::LastInput,
		};
		let inputs: Vec<_> = rows
			.par_iter_mut()
			.map(|row| self.input(&mut row.sheet, &row.numbers, &norm, &at))
			.collect();
		let logits = self.multiply(Matrix::Vocabulary, &inputs, FRACTION, None);
		rows.par_iter_mut().zip(logits).for_each(|(row, logits)| {
			let choice = sampler.choose(&logits, row.position);
			row.sheet.see(Stage::Logits, Vector::Numbers(logits));
			row.sheet.see(Stage::Choice, Vector::Choice(choice));
		});
	}

	/// What a model that embeds makes of the sums over all positions.
	pub fn pool(sums: &[i64], positions: u32) -> Sheet {
		let pooled: Vec<_> = sums.iter().map(|sum| mean(*sum, positions)).collect();
		let length = Length::of(&pooled);
		let unit = pooled.iter().map(|number| length.unit(*number)).collect();
		let mut sheet = Sheet::default();
		sheet.see(Stage::Pooled, Vector::Numbers(pooled));
		sheet.see(Stage::Unit, Vector::Activations(unit));
		sheet
	}

	/// What the heads of a position give for those that it sees.
	fn mix(&self, layer: u16, row: &mut Row, queries: &[i16], cache: &Cache) -> Vec<i32> {
		let shape = *self.shape();
		let width = usize::from(shape.head_width).max(1);
		let stride = (shape.key_width() as usize).max(1);
		let seen = shape.seen(row.position, (cache.keys.len() / stride) as u32);
		let seen = seen.start as usize * stride..seen.end as usize * stride;
		let keys = cache.keys.get(seen.clone()).unwrap_or_default();
		let values = cache.values.get(seen).unwrap_or_default();
		let mut largest_scores = Vec::new();
		let mut mixed = Vec::with_capacity(queries.len());
		for (number, query) in (0_u32..).zip(queries.chunks(width)) {
			let head = self.package.head(layer, number);
			let part = part(shape.key_head(number), width);
			let scores: Vec<_> = keys
				.chunks(stride)
				.map(|key| head.score(query, key.get(part.clone()).unwrap_or_default()))
				.collect();
			let largest = scores.iter().copied().max().unwrap_or(0);
			largest_scores.push(largest);
			// Of 2^17 positions no sum saturates: `WeightedSum::add` says why.
			let mut sums = vec![0_i64; width];
			let mut weights = 0_i64;
			for (score, value) in scores.iter().zip(values.chunks(stride)) {
				let weight = i32::from(weight(largest, *score));
				weights = weights.wrapping_add(weight.into());
				for (sum, value) in sums.iter_mut().zip(value.get(part.clone()).unwrap_or_default()) {
					*sum = sum.wrapping_add(weight.wrapping_mul((*value).into()).into());
				}
			}
			mixed.extend(
				sums.into_iter()
					.map(|values| head.output(WeightedSum { values, weights })),
			);
		}
		row.sheet.see(Stage::Largest, Vector::Numbers(largest_scores));
		row.sheet.see(Stage::Mixed, Vector::Numbers(mixed.clone()));
		mixed
	}

	/// What a product inside a layer begins with.
	fn input(&self, sheet: &mut Sheet, numbers: &[i32], norm: &NormAt, at: &InputAt) -> Input {
		match self.shape().order {
			Order::Before => {
				let normed = self.norm(sheet, numbers, norm, FRACTION);
				self.quantised(sheet, &normed, FRACTION, at)
			}
			Order::After => self.quantised(sheet, numbers, self.shape().residual_fraction, at),
		}
	}

	fn norm(&self, sheet: &mut Sheet, numbers: &[i32], at: &NormAt, to: u8) -> Vec<i32> {
		let shape = self.shape();
		let statistics = Statistics::of(shape.norm, numbers, shape.residual_fraction, shape.epsilon);
		let normed = normed(numbers, statistics, self.package.gains(at.vectors), to);
		sheet.see(at.statistics, Vector::Statistics(vec![statistics]));
		sheet.see(at.normed, Vector::Numbers(normed.clone()));
		normed
	}

	/// Normalises each head, if the shape says so.
	fn head_norm(&self, sheet: &mut Sheet, numbers: Vec<i32>, at: &NormAt) -> Vec<i32> {
		let shape = self.shape();
		if !shape.head_norm {
			return numbers;
		}
		let gains = self.package.gains(at.vectors);
		let mut all = Vec::new();
		let mut result = Vec::with_capacity(numbers.len());
		for head in numbers.chunks(usize::from(shape.head_width).max(1)) {
			let statistics = Statistics::of(Norm::Rms, head, FRACTION, shape.epsilon);
			all.push(statistics);
			result.extend(normed(head, statistics, gains, FRACTION));
		}
		sheet.see(at.statistics, Vector::Statistics(all));
		sheet.see(at.normed, Vector::Numbers(result.clone()));
		result
	}

	/// Turns the pairs of each head by the angles of the position, and stores with the head's shift.
	fn turn(&self, position: u32, numbers: &[i32], shift: &dyn Fn(u32) -> u8) -> Vec<i16> {
		let shape = self.shape();
		let width = usize::from(shape.head_width).max(1);
		let pairs = usize::from(shape.rotary_width / 2);
		let angles = self.package.angles(position);
		let mut turned = Vec::with_capacity(numbers.len());
		for (number, head) in (0_u32..).zip(numbers.chunks(width)) {
			let shift = shift(number);
			let at = |place: usize| head.get(place).copied().unwrap_or(0);
			let angle = |pair: usize| Angle::read(angles.get(pair).copied().unwrap_or_default());
			turned.extend((0..head.len()).map(|place| match place.checked_sub(pairs) {
				None => angle(place).first(at(place), at(place.saturating_add(pairs)), shift),
				Some(pair) if pair < pairs => angle(pair).second(at(pair), at(place), shift),
				Some(_) => store(at(place), shift),
			}));
		}
		turned
	}

	fn quantised(&self, sheet: &mut Sheet, numbers: &[i32], fraction: u8, at: &InputAt) -> Input {
		let exponent = exponent(numbers.iter().copied());
		let activations: Vec<_> = numbers.iter().map(|number| quantise(*number, exponent)).collect();
		sheet.see(at.exponent, Vector::Exponent(exponent));
		sheet.see(at.input, Vector::Activations(activations.clone()));
		Input {
			activations,
			point: Point { exponent, fraction },
		}
	}

	/// A product for each input, added to a vector of each.
	fn multiply(&self, matrix: Matrix, inputs: &[Input], to: u8, onto: Option<&[&[i32]]>) -> Vec<Vec<i32>> {
		let rows = self.package.matrix(matrix);
		let count = inputs.len();
		// Row by row, and of each row all positions: a row is read once.
		let mut all = vec![0; rows.len().saturating_mul(count)];
		all.par_chunks_mut((ROWS * count).max(1))
			.enumerate()
			.for_each(|(strip, all)| {
				let mut wide = Vec::new();
				for (place, results) in all.chunks_mut(count.max(1)).enumerate() {
					let number = strip * ROWS + place;
					let (numbers, record) = rows.get(number);
					widen(rows.format(), numbers, &mut wide);
					for (token, (result, input)) in results.iter_mut().zip(inputs).enumerate() {
						let sum = match rows.format() {
							Format::Byte => wide_dot(&wide, &input.activations),
							Format::Word => dot(Format::Word, numbers, &input.activations),
						};
						let onto = onto.and_then(|onto| onto.get(token)?.get(number)).copied().unwrap_or(0);
						*result = finish(sum, record, input.point, to, onto);
					}
				}
			});
		let of = |token: usize| all.iter().skip(token).step_by(count.max(1)).copied().collect();
		(0..count).into_par_iter().map(of).collect()
	}
}

/// The bytes of a row as words, once for all positions: pairs of words are multiplied and added by one instruction.
fn widen(format: Format, row: &[u8], wide: &mut Vec<i16>) {
	wide.clear();
	if format == Format::Byte {
		wide.extend(row.iter().map(|byte| i16::from(*byte as i8)));
	}
}

/// The referee's sum of products of a row of bytes: 256 of them fit 32 bits.
fn wide_dot(row: &[i16], activations: &[i16]) -> i64 {
	let mut sum = 0_i64;
	for (row, activations) in row.chunks(256).zip(activations.chunks(256)) {
		let part = row.iter().zip(activations).fold(0_i32, |part, (weight, activation)| {
			part.wrapping_add(i32::from(*weight).wrapping_mul((*activation).into()))
		});
		sum = sum.wrapping_add(part.into());
	}
	sum
}

/// The numbers of a head of keys.
fn part(head: u32, width: usize) -> Range<usize> {
	let start = (head as usize).saturating_mul(width);
	start..start.saturating_add(width)
}

fn normed(numbers: &[i32], statistics: Statistics, gains: &[[u8; Gain::BYTES]], to: u8) -> Vec<i32> {
	let gain = |place: usize| gains.get(place).map_or(Gain::NONE, |gain| Gain::read(*gain));
	let apply = |(place, number): (usize, &i32)| gain(place).apply(statistics.normal(*number), to);
	numbers.iter().enumerate().map(apply).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::samples::Random;

	#[test]
	fn a_widened_row_gives_the_referees_sum() {
		let mut random = Random(1);
		for length in [0, 1, 255, 256, 257, 5_000, 32_768] {
			for limits in [false, true] {
				let row: Vec<u8> = (0..length)
					.map(|_| if limits { 0x81 } else { random.bits() as u8 })
					.collect();
				let activations: Vec<i16> = (0..length)
					.map(|_| if limits { -32_639 } else { random.bits() as i16 })
					.collect();
				let mut wide = Vec::new();
				widen(Format::Byte, &row, &mut wide);
				assert_eq!(wide_dot(&wide, &activations), dot(Format::Byte, &row, &activations));
			}
		}
	}
}
