// SPDX-License-Identifier: Apache-2.0

//! The forward pass as docs/exact-spec.md has it: the package taken apart from its beginning to its end, all positions at
//! once, attention key by key. Only names are shared with the first implementation.

use super::definitions::{
	Function, Scale, Statistics, activated, dot, exp2, exponent, gained, linear, mixed, number, pooled, product,
	quantised, score, turned, unit,
};
use atelier_referee::{
	model::{Order, Shape, Use},
	ops::{linear::Format, norm::Norm},
	tables::Activation,
	trace::Stage,
};
use num_bigint::BigInt;
use std::collections::BTreeMap;

/// Every vector by position, layer and stage.
pub type Trace = BTreeMap<(u32, u16, Stage), Vec<i128>>;

/// Bits of fraction of what is not between the blocks.
const Q16: u8 = 16;

struct Matrix {
	numbers: Vec<Vec<i64>>,
	scales: Vec<Scale>,
}

/// Gain and bias of each place; none if they are folded into what follows.
type Gains = Option<Vec<(i32, i32)>>;

#[derive(Clone, Copy)]
struct Head {
	query_shift: u8,
	key_shift: u8,
	value_shift: u8,
	score_shift: u8,
	score_mantissa: u16,
}

struct Layer {
	attention_norm: Gains,
	query: Matrix,
	key: Matrix,
	value: Matrix,
	query_norm: Gains,
	key_norm: Gains,
	heads: Vec<Head>,
	output: Matrix,
	hidden_norm: Gains,
	gate: Matrix,
	up: Option<Matrix>,
	down: Matrix,
}

/// A model, taken apart.
pub struct Model {
	shape: Shape,
	embedding: Matrix,
	positions: Option<Matrix>,
	angles: Vec<Vec<(i16, i16)>>,
	first_norm: Gains,
	layers: Vec<Layer>,
	last_norm: Gains,
	vocabulary: Option<Matrix>,
}

/// What is left of a package.
struct Rest<'a> {
	bytes: &'a [u8],
	taken: usize,
}

impl Rest<'_> {
	fn bytes<const N: usize>(&mut self) -> [u8; N] {
		let bytes = &self.bytes[self.taken..self.taken + N];
		self.taken += N;
		bytes.try_into().expect("as many as were taken")
	}

	fn word(&mut self) -> i16 {
		i16::from_le_bytes(self.bytes())
	}

	fn double(&mut self) -> i32 {
		i32::from_le_bytes(self.bytes())
	}

	/// The end of a tensor: zeros up to the next chunk.
	fn pad(&mut self) {
		while !self.taken.is_multiple_of(1_024) {
			assert_eq!(self.bytes(), [0]);
		}
	}

	fn matrix(&mut self, rows: u32, columns: u32, format: Format) -> Matrix {
		let mut numbers = Vec::new();
		for _ in 0..rows {
			let row = (0..columns).map(|_| match format {
				Format::Byte => i64::from(i8::from_le_bytes(self.bytes())),
				Format::Word => i64::from(self.word()),
			});
			numbers.push(row.collect());
		}
		self.pad();
		let scales = (0..rows).map(|_| {
			let mantissa = u16::from_le_bytes(self.bytes()) % 32_768;
			let [shift] = self.bytes();
			let [_] = self.bytes();
			let bias = self.double();
			Scale {
				mantissa,
				shift: shift as i8,
				bias,
			}
		});
		let scales = scales.collect();
		self.pad();
		Matrix { numbers, scales }
	}

	fn gains(&mut self, wanted: bool, places: u32) -> Gains {
		let gains = wanted.then(|| (0..places).map(|_| (self.double(), self.double())).collect());
		self.pad();
		gains
	}

	fn heads(&mut self, heads: u16) -> Vec<Head> {
		let heads = (0..heads).map(|_| {
			let [query_shift, key_shift, value_shift, score_shift] = self.bytes();
			let score_mantissa = u16::from_le_bytes(self.bytes()) % 32_768;
			let [_, _] = self.bytes();
			Head {
				query_shift,
				key_shift,
				value_shift,
				score_shift,
				score_mantissa,
			}
		});
		let heads = heads.collect();
		self.pad();
		heads
	}

	fn angles(&mut self, positions: u32, pairs: u16) -> Vec<Vec<(i16, i16)>> {
		let mut angles = Vec::new();
		for _ in 0..positions {
			angles.push((0..pairs).map(|_| (self.word(), self.word())).collect());
		}
		self.pad();
		angles
	}
}

impl Model {
	pub fn read(shape: Shape, bytes: &[u8]) -> Self {
		let s = shape;
		let (queries, keys) = (u32::from(s.heads * s.head_width), u32::from(s.key_heads * s.head_width));
		let rest = &mut Rest { bytes, taken: 0 };
		let embedding = rest.matrix(s.vocabulary, s.width, s.embeddings);
		let learned = s.rotary_width == 0;
		let positions = learned.then(|| rest.matrix(s.positions, s.width, Format::Word));
		let angles = rest.angles(s.positions, s.rotary_width / 2);
		let first_norm = rest.gains(s.gains && s.order == Order::After, s.width);
		let mut layers = Vec::new();
		for _ in 0..s.layers {
			layers.push(Layer {
				attention_norm: rest.gains(s.gains, s.width),
				query: rest.matrix(queries, s.width, s.matrices),
				key: rest.matrix(keys, s.width, s.matrices),
				value: rest.matrix(keys, s.width, s.matrices),
				query_norm: rest.gains(s.head_norm, s.head_width.into()),
				key_norm: rest.gains(s.head_norm, s.head_width.into()),
				heads: rest.heads(s.heads),
				output: rest.matrix(s.width, queries, s.matrices),
				hidden_norm: rest.gains(s.gains, s.width),
				gate: rest.matrix(s.hidden, s.width, s.matrices),
				up: s.gated.then(|| rest.matrix(s.hidden, s.width, s.matrices)),
				down: rest.matrix(s.width, s.hidden, s.matrices),
			});
		}
		let last_norm = rest.gains(s.gains && s.order == Order::Before, s.width);
		let apart = s.answers == Use::Tokens && !s.tied;
		let vocabulary = apart.then(|| rest.matrix(s.vocabulary, s.width, s.matrices));
		assert_eq!(rest.taken, bytes.len(), "the whole package is taken apart");
		Self {
			shape,
			embedding,
			positions,
			angles,
			first_norm,
			layers,
			last_norm,
			vocabulary,
		}
	}

	/// The vectors that leave the last layer, of all positions.
	pub fn states(&self, tokens: &[u32], trace: &mut Trace) -> Vec<Vec<i32>> {
		let mut states: Vec<_> = (0_u32..)
			.zip(tokens)
			.map(|(position, token)| {
				Pass {
					model: self,
					position,
					layer: 0,
					trace,
				}
				.embedded(*token)
			})
			.collect();
		for (number, layer) in (0_u16..).zip(&self.layers) {
			let mut stored = Vec::new();
			for (position, state) in (0..).zip(&states) {
				stored.push(
					Pass {
						model: self,
						position,
						layer: number,
						trace,
					}
					.projected(layer, state),
				);
			}
			for (position, state) in (0..).zip(&mut states) {
				*state = Pass {
					model: self,
					position,
					layer: number,
					trace,
				}
				.through(layer, state, &stored);
			}
		}
		states
	}

	/// The logits after the last of these tokens.
	pub fn logits(&self, tokens: &[u32], trace: &mut Trace) -> Vec<i32> {
		let states = self.states(tokens, trace);
		let position = tokens.len() - 1;
		let mut pass = Pass {
			model: self,
			position: position as u32,
			layer: 0,
			trace,
		};
		let stages = [
			Stage::LastStatistics,
			Stage::LastNormed,
			Stage::LastExponent,
			Stage::LastInput,
		];
		let input = pass.input(&states[position], &self.last_norm, stages);
		pass.product(
			self.vocabulary.as_ref().unwrap_or(&self.embedding),
			&input,
			Q16,
			None,
			Stage::Logits,
		)
	}

	/// The embedding of these tokens.
	pub fn embedding(&self, tokens: &[u32], trace: &mut Trace) -> Vec<i16> {
		let states = self.states(tokens, trace);
		let sum = |place: usize| states.iter().map(|state| i64::from(state[place])).sum();
		let means: Vec<_> = (0..self.shape.width as usize)
			.map(|place| pooled(sum(place), tokens.len() as u32))
			.collect();
		let unit = unit(&means);
		let mut pass = Pass {
			model: self,
			position: 0,
			layer: 0,
			trace,
		};
		pass.see(Stage::Pooled, &means);
		pass.see(Stage::Unit, &unit);
		unit
	}
}

/// What a position has stored in a layer, head by head.
struct Stored {
	queries: Vec<Vec<i16>>,
	keys: Vec<Vec<i16>>,
	values: Vec<Vec<i16>>,
}

/// Activations with their exponent and the fraction of what they were made of.
struct Input {
	activations: Vec<i16>,
	exponent: u8,
	fraction: u8,
}

struct Pass<'a> {
	model: &'a Model,
	position: u32,
	layer: u16,
	trace: &'a mut Trace,
}

impl Pass<'_> {
	fn see<T: Copy + Into<i128>>(&mut self, stage: Stage, values: &[T]) {
		let values = values.iter().map(|value| (*value).into()).collect();
		self.trace.insert((self.position, self.layer, stage), values);
	}

	fn fraction(&self) -> u8 {
		self.model.shape.residual_fraction
	}

	fn embedded(&mut self, token: u32) -> Vec<i32> {
		let (model, to) = (self.model, self.fraction());
		let entry = |matrix: &Matrix, row: u32, column: usize| {
			number(matrix.numbers[row as usize][column], matrix.scales[row as usize], to)
		};
		let numbers: Vec<_> = (0..model.shape.width as usize)
			.map(|column| {
				let token = entry(&model.embedding, token, column);
				let position = model
					.positions
					.as_ref()
					.map_or(0, |matrix| entry(matrix, self.position, column));
				// As the rule for shifts has it, each of the two has 64 bits.
				super::exact::clamped_32(BigInt::from(token) + position)
			})
			.collect();
		self.see(Stage::Embedded, &numbers);
		match model.shape.order {
			Order::Before => numbers,
			Order::After => self.norm(
				&numbers,
				&model.first_norm,
				[Stage::FirstStatistics, Stage::FirstNormed],
				to,
			),
		}
	}

	fn norm(&mut self, numbers: &[i32], gains: &Gains, stages: [Stage; 2], to: u8) -> Vec<i32> {
		let shape = self.model.shape;
		let centred = shape.norm == Norm::Layer;
		let (result, statistics) = normed(numbers, centred, shape.residual_fraction, shape.epsilon, gains, to);
		self.see(stages[0], &statistics);
		self.see(stages[1], &result);
		result
	}

	fn quantised(&mut self, numbers: &[i32], fraction: u8, stages: [Stage; 2]) -> Input {
		let exponent = exponent(numbers);
		let activations: Vec<_> = numbers.iter().map(|number| quantised(*number, exponent)).collect();
		self.see(stages[0], &[exponent]);
		self.see(stages[1], &activations);
		Input {
			activations,
			exponent,
			fraction,
		}
	}

	/// What a product inside a layer, or the last one, begins with.
	fn input(&mut self, numbers: &[i32], gains: &Gains, [statistics, normed, exponent, input]: [Stage; 4]) -> Input {
		match self.model.shape.order {
			Order::Before => {
				let numbers = self.norm(numbers, gains, [statistics, normed], Q16);
				self.quantised(&numbers, Q16, [exponent, input])
			}
			Order::After => self.quantised(numbers, self.fraction(), [exponent, input]),
		}
	}

	fn product(&mut self, matrix: &Matrix, input: &Input, to: u8, onto: Option<&[i32]>, stage: Stage) -> Vec<i32> {
		let Input {
			activations,
			exponent,
			fraction,
		} = input;
		let rows = matrix.numbers.iter().zip(&matrix.scales).enumerate();
		let result: Vec<_> = rows
			.map(|(row, (numbers, scale))| {
				let onto = onto.map_or(0, |onto| onto[row]);
				linear(&dot(numbers, activations), *scale, *exponent, *fraction, to, onto)
			})
			.collect();
		self.see(stage, &result);
		result
	}

	fn head_norm(&mut self, numbers: Vec<i32>, gains: &Gains, stages: [Stage; 2]) -> Vec<i32> {
		let shape = self.model.shape;
		if !shape.head_norm {
			return numbers;
		}
		let (mut all, mut result) = (Vec::new(), Vec::new());
		for head in numbers.chunks(shape.head_width.into()) {
			let (normed, statistics) = normed(head, false, Q16, shape.epsilon, gains, Q16);
			result.extend(normed);
			all.extend(statistics);
		}
		self.see(stages[0], &all);
		self.see(stages[1], &result);
		result
	}

	/// A head turned by the position, as activations.
	fn turned(&self, head: &[i32], shift: u8) -> Vec<i16> {
		let pairs = usize::from(self.model.shape.rotary_width / 2);
		let mut result: Vec<_> = head.iter().map(|number| quantised(*number, shift)).collect();
		for (pair, (cosine, sine)) in self.model.angles[self.position as usize].iter().enumerate() {
			let [first, second] = turned([head[pair], head[pair + pairs]], *cosine, *sine, shift);
			result[pair] = first;
			result[pair + pairs] = second;
		}
		result
	}

	/// The first half of a layer.
	fn projected(&mut self, layer: &Layer, numbers: &[i32]) -> Stored {
		use Stage::*;
		let stages = [AttentionStatistics, AttentionNormed, AttentionExponent, AttentionInput];
		let input = self.input(numbers, &layer.attention_norm, stages);
		let query = self.product(&layer.query, &input, Q16, None, Query);
		let key = self.product(&layer.key, &input, Q16, None, Key);
		let value = self.product(&layer.value, &input, Q16, None, Value);
		let query = self.head_norm(query, &layer.query_norm, [QueryStatistics, QueryNormed]);
		let key = self.head_norm(key, &layer.key_norm, [KeyStatistics, KeyNormed]);

		let width = usize::from(self.model.shape.head_width);
		let served = layer.heads.len() / usize::from(self.model.shape.key_heads);
		let first_served = |key_head: usize| layer.heads[key_head * served];
		let queries = query.chunks(width).enumerate();
		let queries: Vec<_> = queries
			.map(|(head, numbers)| self.turned(numbers, layer.heads[head].query_shift))
			.collect();
		let keys = key.chunks(width).enumerate();
		let keys: Vec<_> = keys
			.map(|(head, numbers)| self.turned(numbers, first_served(head).key_shift))
			.collect();
		let values: Vec<Vec<_>> = value
			.chunks(width)
			.enumerate()
			.map(|(head, numbers)| {
				let shift = first_served(head).value_shift;
				numbers.iter().map(|number| quantised(*number, shift)).collect()
			})
			.collect();
		self.see(QueryTurned, &queries.concat());
		self.see(KeyTurned, &keys.concat());
		self.see(ValueStored, &values.concat());
		Stored { queries, keys, values }
	}

	fn sees(&self, other: u32) -> bool {
		let Shape { answers, window, .. } = self.model.shape;
		let distance = i64::from(self.position) - i64::from(other);
		answers == Use::Embedding || (distance >= 0 && (window == 0 || distance < window.into()))
	}

	fn attention(&mut self, layer: &Layer, stored: &[Stored]) -> Vec<i32> {
		let seen: Vec<_> = (0..)
			.zip(stored)
			.filter(|(position, _)| self.sees(*position))
			.map(|(_, seen)| seen)
			.collect();
		let own = &stored[self.position as usize].queries;
		let served = layer.heads.len() / usize::from(self.model.shape.key_heads);
		let (mut all_largest, mut result) = (Vec::new(), Vec::new());
		for (number, head) in layer.heads.iter().enumerate() {
			let score = |key: &Stored| {
				score(
					&own[number],
					&key.keys[number / served],
					head.score_mantissa,
					head.score_shift,
				)
			};
			let largest = seen.iter().map(|key| score(key)).max().expect("a position sees itself");
			all_largest.push(largest);
			for place in 0..own[number].len() {
				// Key by key, for each number of the result anew.
				let weighted: Vec<_> = seen
					.iter()
					.map(|key| {
						(
							exp2(&(BigInt::from(largest) - score(key))),
							key.values[number / served][place],
						)
					})
					.collect();
				result.push(mixed(&weighted, head.value_shift));
			}
		}
		self.see(Stage::Largest, &all_largest);
		self.see(Stage::Mixed, &result);
		result
	}

	/// The second half of a layer.
	fn through(&mut self, layer: &Layer, numbers: &[i32], stored: &[Stored]) -> Vec<i32> {
		use Stage::*;
		let shape = self.model.shape;
		let (after, to) = (shape.order == Order::After, self.fraction());
		let mixed = self.attention(layer, stored);
		let mixed = self.quantised(&mixed, Q16, [MixedExponent, MixedInput]);
		let mut middle = self.product(&layer.output, &mixed, to, Some(numbers), AttentionSum);
		if after {
			let stages = [AfterAttentionStatistics, AfterAttentionNormed];
			middle = self.norm(&middle, &layer.attention_norm, stages, to);
		}
		let stages = [HiddenStatistics, HiddenNormed, HiddenExponent, HiddenInput];
		let input = self.input(&middle, &layer.hidden_norm, stages);
		let gate = self.product(&layer.gate, &input, Q16, None, Gate);
		let up = layer.up.as_ref().map(|up| self.product(up, &input, Q16, None, Up));
		let function = match shape.activation {
			Activation::Silu => Function::Silu,
			Activation::Gelu => Function::Gelu,
			Activation::GeluTanh => Function::GeluTanh,
		};
		let products: Vec<_> = gate
			.iter()
			.enumerate()
			.map(|(place, gate)| {
				let up = up.as_ref().map(|up| up[place]);
				product(activated(function, *gate), up, shape.hidden_fraction)
			})
			.collect();
		self.see(Product, &products);
		let input = self.quantised(&products, shape.hidden_fraction, [ProductExponent, ProductInput]);
		let leaving = self.product(&layer.down, &input, to, Some(&middle), HiddenSum);
		match after {
			true => self.norm(
				&leaving,
				&layer.hidden_norm,
				[AfterHiddenStatistics, AfterHiddenNormed],
				to,
			),
			false => leaving,
		}
	}
}

/// A vector normalised, and its mean, bits and inverse.
fn normed(numbers: &[i32], centred: bool, fraction: u8, epsilon: u32, gains: &Gains, to: u8) -> (Vec<i32>, [i128; 3]) {
	let statistics = Statistics::of(centred, numbers, fraction, epsilon);
	let result = numbers.iter().enumerate().map(|(place, number)| {
		let (gain, bias) = gains.as_ref().map_or((1 << 16, 0), |gains| gains[place]);
		gained(&statistics.normal(*number), gain, bias, to)
	});
	let result = result.collect();
	let Statistics { mean, bits, inverse } = statistics;
	let number = |number: BigInt| number.try_into().expect("at most 64 bits");
	(result, [number(mean), bits.into(), number(inverse)])
}
