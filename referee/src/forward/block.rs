// SPDX-License-Identifier: Apache-2.0

//! A layer at one position, in two halves: up to its key and value, and from there on. In a model that sees all positions
//! every position is through with the first half before one begins the second.

use super::{FRACTION, Observer, Vector};
use crate::{
	arith::sat32,
	model::{Matrix, Order, Package, Vectors},
	ops::{
		attention::{WeightedSum, weight},
		feed_forward,
		linear::{Point, dot, finish},
		norm::{Gain, Norm, Statistics},
		quantise::{exponent, quantise, store},
		rotary::Angle,
	},
	trace::{Place, Stage, Values},
};
use alloc::vec::Vec;

/// Keys and values of a layer: of each position those of all heads.
#[derive(Clone, Default)]
pub struct Cache {
	pub keys: Vec<Vec<i16>>,
	pub values: Vec<Vec<i16>>,
}

/// One position of a forward pass.
pub struct At<'a, 'o, O> {
	pub package: &'a Package<'a>,
	pub position: u32,
	pub layer: u16,
	pub observer: &'o mut O,
}

/// Where a norm stands: its gains, and its two stages.
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

impl<'a, 'o, O: Observer> At<'a, 'o, O> {
	/// Outside of the layers.
	pub fn new(package: &'a Package<'a>, position: u32, observer: &'o mut O) -> Self {
		Self {
			package,
			position,
			layer: 0,
			observer,
		}
	}

	/// The numbers with which a token begins.
	pub fn embed(&mut self, token: u32) -> Vec<i32> {
		let shape = *self.package.shape();
		let fraction = shape.residual_fraction;
		let row = |matrix: Matrix, row: u32| {
			let rows = self.package.matrix(matrix);
			let (numbers, record) = rows.get(row as usize);
			(0..shape.width as usize)
				.map(|column| record.number(rows.format().number(numbers, column), fraction))
				.collect::<Vec<_>>()
		};
		let tokens = row(Matrix::Embedding, token);
		let positions = row(Matrix::Positions, self.position);
		let numbers: Vec<_> = tokens
			.iter()
			.zip(positions)
			.map(|(token, position)| sat32(token.saturating_add(position)))
			.collect();
		self.see(Stage::Embedded, Values::Numbers(&numbers));
		match shape.order {
			Order::Before => numbers,
			Order::After => {
				let first = NormAt {
					vectors: Vectors::FirstNorm,
					statistics: Stage::FirstStatistics,
					normed: Stage::FirstNormed,
				};
				self.norm(&numbers, &first, fraction)
			}
		}
	}

	/// The first half of a layer; keys and values go to the cache. The queries, for the second half.
	pub fn project(&mut self, numbers: &[i32], cache: &mut Cache) -> Vec<i16> {
		let layer = self.layer;
		let shape = *self.package.shape();
		let norm = NormAt {
			vectors: Vectors::AttentionNorm(layer),
			statistics: Stage::AttentionStatistics,
			normed: Stage::AttentionNormed,
		};
		let input = InputAt {
			exponent: Stage::AttentionExponent,
			input: Stage::AttentionInput,
		};
		let input = self.input(numbers, &norm, &input);
		let query = self.product(Matrix::Query(layer), &input, FRACTION, None, Stage::Query);
		let key = self.product(Matrix::Key(layer), &input, FRACTION, None, Stage::Key);
		let value = self.product(Matrix::Value(layer), &input, FRACTION, None, Stage::Value);

		let query = self.head_norm(
			query,
			&NormAt {
				vectors: Vectors::QueryNorm(layer),
				statistics: Stage::QueryStatistics,
				normed: Stage::QueryNormed,
			},
		);
		let key = self.head_norm(
			key,
			&NormAt {
				vectors: Vectors::KeyNorm(layer),
				statistics: Stage::KeyStatistics,
				normed: Stage::KeyNormed,
			},
		);

		let served = u32::from(shape.heads).checked_div(shape.key_heads.into()).unwrap_or(1);
		let package = self.package;
		let of_key = |head: u32| package.head(layer, head.saturating_mul(served));
		let queries = self.turn(&query, &|head| package.head(layer, head).query_shift);
		self.see(Stage::QueryTurned, Values::Activations(&queries));
		let keys = self.turn(&key, &|head| of_key(head).key_shift);
		self.see(Stage::KeyTurned, Values::Activations(&keys));
		let width = usize::from(shape.head_width).max(1);
		let mut values = Vec::with_capacity(value.len());
		for (head, numbers) in (0_u32..).zip(value.chunks(width)) {
			let shift = of_key(head).value_shift;
			values.extend(numbers.iter().map(|number| store(*number, shift)));
		}
		self.see(Stage::ValueStored, Values::Activations(&values));
		cache.keys.push(keys);
		cache.values.push(values);
		queries
	}

	/// The second half of a layer: what leaves it.
	pub fn attend(&mut self, numbers: &[i32], queries: &[i16], cache: &Cache) -> Vec<i32> {
		let layer = self.layer;
		let shape = *self.package.shape();
		let fraction = shape.residual_fraction;

		let mixed = self.mix(queries, cache);
		let input = InputAt {
			exponent: Stage::MixedExponent,
			input: Stage::MixedInput,
		};
		let mixed = self.quantised(&mixed, FRACTION, &input);
		let mut sum = self.product(
			Matrix::Output(layer),
			&mixed,
			fraction,
			Some(numbers),
			Stage::AttentionSum,
		);
		if shape.order == Order::After {
			let norm = NormAt {
				vectors: Vectors::AttentionNorm(layer),
				statistics: Stage::AfterAttentionStatistics,
				normed: Stage::AfterAttentionNormed,
			};
			sum = self.norm(&sum, &norm, fraction);
		}

		let norm = NormAt {
			vectors: Vectors::HiddenNorm(layer),
			statistics: Stage::HiddenStatistics,
			normed: Stage::HiddenNormed,
		};
		let input = InputAt {
			exponent: Stage::HiddenExponent,
			input: Stage::HiddenInput,
		};
		let input = self.input(&sum, &norm, &input);
		let gate = self.product(Matrix::Gate(layer), &input, FRACTION, None, Stage::Gate);
		let up = shape
			.gated
			.then(|| self.product(Matrix::Up(layer), &input, FRACTION, None, Stage::Up));
		let product: Vec<_> = (0..gate.len())
			.map(|at| {
				let up = up.as_ref().map(|up| up.get(at).copied().unwrap_or(0));
				feed_forward::product(
					shape.activation.apply(gate.get(at).copied().unwrap_or(0)),
					up,
					shape.hidden_fraction,
				)
			})
			.collect();
		self.see(Stage::Product, Values::Numbers(&product));
		let input = InputAt {
			exponent: Stage::ProductExponent,
			input: Stage::ProductInput,
		};
		let product = self.quantised(&product, shape.hidden_fraction, &input);
		let sum = self.product(Matrix::Down(layer), &product, fraction, Some(&sum), Stage::HiddenSum);
		match shape.order {
			Order::Before => sum,
			Order::After => {
				let norm = NormAt {
					vectors: Vectors::HiddenNorm(layer),
					statistics: Stage::AfterHiddenStatistics,
					normed: Stage::AfterHiddenNormed,
				};
				self.norm(&sum, &norm, fraction)
			}
		}
	}

	/// The value of each token of the vocabulary after the last layer.
	pub fn logits(&mut self, numbers: &[i32]) -> Vec<i32> {
		let norm = NormAt {
			vectors: Vectors::LastNorm,
			statistics: Stage::LastStatistics,
			normed: Stage::LastNormed,
		};
		let input = InputAt {
			exponent: Stage::LastExponent,
			input: Stage::LastInput,
		};
		let input = self.input(numbers, &norm, &input);
		self.product(Matrix::Vocabulary, &input, FRACTION, None, Stage::Logits)
	}

	/// What the heads give for the positions that this one sees.
	fn mix(&mut self, queries: &[i16], cache: &Cache) -> Vec<i32> {
		let shape = *self.package.shape();
		let width = usize::from(shape.head_width).max(1);
		let seen = shape.seen(self.position, cache.keys.len() as u32);
		let seen = seen.start as usize..seen.end as usize;
		let keys = cache.keys.get(seen.clone()).unwrap_or_default();
		let values = cache.values.get(seen).unwrap_or_default();
		let mut largest_scores = Vec::new();
		let mut mixed = Vec::with_capacity(queries.len());
		for (number, query) in (0_u32..).zip(queries.chunks(width)) {
			let head = self.package.head(self.layer, number);
			let start = (shape.key_head(number) as usize).saturating_mul(width);
			let part = start..start.saturating_add(width);
			let scores: Vec<_> = keys
				.iter()
				.map(|key| head.score(query, key.get(part.clone()).unwrap_or_default()))
				.collect();
			let largest = scores.iter().copied().max().unwrap_or(0);
			largest_scores.push(largest);
			let mut sums = alloc::vec![WeightedSum::default(); width];
			for (score, value) in scores.iter().zip(values) {
				let weight = weight(largest, *score);
				for (sum, value) in sums.iter_mut().zip(value.get(part.clone()).unwrap_or_default()) {
					sum.add(weight, *value);
				}
			}
			mixed.extend(sums.into_iter().map(|sum| head.output(sum)));
		}
		self.see(Stage::Largest, Values::Numbers(&largest_scores));
		self.see(Stage::Mixed, Values::Numbers(&mixed));
		mixed
	}

	/// What a product inside a layer begins with: the normalised numbers, or those that were normalised before.
	fn input(&mut self, numbers: &[i32], norm: &NormAt, input: &InputAt) -> Vector {
		let shape = *self.package.shape();
		match shape.order {
			Order::Before => {
				let normed = self.norm(numbers, norm, FRACTION);
				self.quantised(&normed, FRACTION, input)
			}
			Order::After => self.quantised(numbers, shape.residual_fraction, input),
		}
	}

	fn norm(&mut self, numbers: &[i32], at: &NormAt, to: u8) -> Vec<i32> {
		let shape = *self.package.shape();
		let statistics = Statistics::of(shape.norm, numbers, shape.residual_fraction, shape.epsilon);
		self.see(at.statistics, Values::Statistics(&[statistics]));
		let normed = normed(numbers, statistics, self.package.gains(at.vectors), to);
		self.see(at.normed, Values::Numbers(&normed));
		normed
	}

	/// Normalises each head, if the shape says so.
	fn head_norm(&mut self, numbers: Vec<i32>, at: &NormAt) -> Vec<i32> {
		let shape = *self.package.shape();
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
		self.see(at.statistics, Values::Statistics(&all));
		self.see(at.normed, Values::Numbers(&result));
		result
	}

	/// Turns the pairs of each head by the angles of the position, and stores with the head's shift.
	fn turn(&self, numbers: &[i32], shift: &dyn Fn(u32) -> u8) -> Vec<i16> {
		let shape = self.package.shape();
		let width = usize::from(shape.head_width).max(1);
		let pairs = usize::from(shape.rotary_width / 2);
		let angles = self.package.angles(self.position);
		let mut turned = Vec::with_capacity(numbers.len());
		for (number, head) in (0_u32..).zip(numbers.chunks(width)) {
			let shift = shift(number);
			let at = |place: usize| head.get(place).copied().unwrap_or(0);
			let angle = |pair: usize| Angle::read(angles.get(pair).copied().unwrap_or_default());
			turned.extend((0..head.len()).map(|place| {
				if place < pairs {
					angle(place).first(at(place), at(place.saturating_add(pairs)), shift)
				} else if let pair = place.wrapping_sub(pairs)
					&& pair < pairs
				{
					angle(pair).second(at(pair), at(place), shift)
				} else {
					store(at(place), shift)
				}
			}));
		}
		turned
	}

	fn quantised(&mut self, numbers: &[i32], fraction: u8, at: &InputAt) -> Vector {
		let exponent = exponent(numbers.iter().copied());
		self.see(at.exponent, Values::Exponent(exponent));
		let activations: Vec<_> = numbers.iter().map(|number| quantise(*number, exponent)).collect();
		self.see(at.input, Values::Activations(&activations));
		Vector {
			activations,
			point: Point { exponent, fraction },
		}
	}

	fn product(&mut self, matrix: Matrix, input: &Vector, to: u8, onto: Option<&[i32]>, seen: Stage) -> Vec<i32> {
		let rows = self.package.matrix(matrix);
		let result: Vec<_> = (0..rows.len())
			.map(|row| {
				let (numbers, record) = rows.get(row);
				let sum = dot(rows.format(), numbers, &input.activations);
				let onto = onto.and_then(|onto| onto.get(row)).copied().unwrap_or(0);
				finish(sum, record, input.point, to, onto)
			})
			.collect();
		self.see(seen, Values::Numbers(&result));
		result
	}

	fn see(&mut self, stage: Stage, values: Values<'_>) {
		let place = Place {
			position: self.position,
			layer: self.layer,
			stage,
		};
		self.observer.see(place, values);
	}
}

fn normed(numbers: &[i32], statistics: Statistics, gains: &[[u8; Gain::BYTES]], to: u8) -> Vec<i32> {
	let gain = |place: usize| gains.get(place).map_or(Gain::NONE, |gain| Gain::read(*gain));
	let apply = |(place, number): (usize, &i32)| gain(place).apply(statistics.normal(*number), to);
	numbers.iter().enumerate().map(apply).collect()
}
