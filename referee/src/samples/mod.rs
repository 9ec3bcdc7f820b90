// SPDX-License-Identifier: Apache-2.0

//! Random tiny models and inputs for tests: every kind of shape, values of ordinary size, and extreme ones; their answers,
//! and who has committed to them.

mod answer;
mod committed;
mod sparse;
mod vast;

pub use answer::{Answer, Sample, Seen, spoil};
pub use committed::{Committed, judge, texts};
pub use sparse::sparse;
pub use vast::{Brought, Vast, brought, limits};

use crate::{
	arith::bit_length,
	model::{CHUNK, Layout, Matrix, Order, Shape, Tensor, Use, Vectors},
	ops::{
		attention::Head,
		linear::{Format, Row},
		norm::{Gain, Norm},
		rotary::Angle,
		sampling::{Race, Sampler},
	},
	tables::Activation,
};
use alloc::vec::Vec;

/// Random numbers that are the same everywhere (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
	/// 64 random bits.
	pub fn bits(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut bits = self.0;
		bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		bits ^ (bits >> 31)
	}

	/// A number of `low..=high`.
	pub fn between(&mut self, low: i64, high: i64) -> i64 {
		let span = high.abs_diff(low).saturating_add(1);
		let offset = self.bits().checked_rem(span).unwrap_or(0);
		low.saturating_add_unsigned(offset)
	}

	/// Whether one of `cases` equally likely ones is the case.
	pub fn one_in(&mut self, cases: i64) -> bool {
		self.between(1, cases) == 1
	}

	/// One of these.
	pub fn pick<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
		let index = self.between(0, (N as i64).saturating_sub(1)) as usize;
		let [first, ..] = of.as_slice() else {
			unreachable!("there is one")
		};
		of.get(index).copied().unwrap_or(*first)
	}
}

/// What the values of a model are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
	/// As in a model that was trained.
	Ordinary,
	/// Each number is as large as it can be, or 0.
	Extreme,
	/// Any bytes at all.
	Bytes,
}

/// A random shape with a few hundred to a few thousand numbers a layer.
pub fn shape(random: &mut Random) -> Shape {
	let answers = random.pick([Use::Tokens, Use::Tokens, Use::Embedding]);
	let embeds = answers == Use::Embedding;
	let head_width = random.between(1, 8).saturating_mul(2) as u16;
	let key_heads = random.between(1, 3) as u16;
	let positions = random.between(8, 40) as u32;
	let rotary = !random.one_in(3);
	let half = i64::from(head_width / 2);
	Shape {
		answers,
		layers: random.between(1, 3) as u16,
		width: random.between(3, 48) as u32,
		heads: key_heads.saturating_mul(random.between(1, 3) as u16),
		key_heads,
		head_width,
		rotary_width: if rotary {
			random.between(1, half).saturating_mul(2) as u16
		} else {
			0
		},
		hidden: random.between(2, 70) as u32,
		vocabulary: random.between(2, 600) as u32,
		positions,
		window: if embeds || !random.one_in(4) {
			0
		} else {
			random.between(1, 6) as u32
		},
		norm: random.pick([Norm::Rms, Norm::Layer]),
		order: random.pick([Order::Before, Order::After]),
		gains: random.one_in(2),
		head_norm: random.one_in(4),
		activation: random.pick([Activation::Silu, Activation::Gelu, Activation::GeluTanh]),
		gated: random.one_in(2),
		tied: !embeds && random.one_in(3),
		matrices: random.pick([Format::Byte, Format::Word]),
		embeddings: random.pick([Format::Byte, Format::Word]),
		residual_fraction: random.between(8, 18) as u8,
		hidden_fraction: random.between(8, 18) as u8,
		epsilon: random.pick([1, 1_100_000, 11_000_000]),
	}
}

/// The bytes of a random model of this shape.
pub fn package(shape: Shape, values: Values, random: &mut Random) -> Vec<u8> {
	let layout = Layout::new(shape);
	let mut bytes = Vec::new();
	for tensor in layout.tensors() {
		let length = layout.bytes(tensor);
		let length = length.end.saturating_sub(length.start) as usize;
		// A tied output matrix is the embedding, which is there already.
		if layout.first_chunk(tensor).saturating_mul(CHUNK) < bytes.len() as u64 {
			continue;
		}
		let end = bytes.len().saturating_add(length);
		while bytes.len() < end {
			match values {
				Values::Bytes => bytes.push(random.bits() as u8),
				values => bytes.extend(record(&layout, tensor, values == Values::Extreme, random)),
			}
		}
		bytes.truncate(end);
		bytes.resize(end.next_multiple_of(CHUNK as usize), 0);
	}
	bytes
}

/// The next number or record of a tensor.
fn record(layout: &Layout, tensor: Tensor, extreme: bool, random: &mut Random) -> Vec<u8> {
	let any = |limit: i64, random: &mut Random| match extreme {
		true => random.pick([limit.saturating_neg(), 0, limit]),
		false => random.between(limit.saturating_neg(), limit),
	};
	match tensor {
		Tensor::Numbers(matrix) => match layout.format(matrix) {
			Format::Byte => [any(127, random) as u8].to_vec(),
			// Ten bits, as a model that embeds has them.
			Format::Word => (any(if extreme { 32_639 } else { 511 }, random) as i16)
				.to_le_bytes()
				.to_vec(),
		},
		Tensor::Rows(matrix) => {
			let (_, columns) = layout.size(matrix);
			let single = matches!(matrix, Matrix::Embedding | Matrix::Positions);
			let bits = match layout.format(matrix) {
				Format::Byte => 6,
				Format::Word => 8,
			};
			let sum = if single { 0 } else { bit_length(columns.into()) / 2 };
			let shift = 15_u32.saturating_add(bits).saturating_add(sum);
			Row {
				mantissa: random.between(16_384, 32_767) as u16,
				shift: (shift as i8).saturating_sub(if extreme { random.between(0, 12) as i8 } else { 0 }),
				bias: if single {
					0
				} else {
					any(if extreme { i32::MAX.into() } else { 30_000 }, random) as i32
				},
			}
			.write()
			.to_vec()
		}
		Tensor::Vectors(Vectors::Angles) => Angle {
			cosine: any(32_767, random) as i16,
			sine: any(32_767, random) as i16,
		}
		.write()
		.to_vec(),
		Tensor::Vectors(Vectors::Heads(_)) => {
			let [query_shift, key_shift, value_shift] = [(); 3].map(|()| random.between(2, 5) as u8);
			let unscaled = 31_u8.saturating_sub(query_shift).saturating_sub(key_shift);
			Head {
				query_shift,
				key_shift,
				value_shift,
				score_shift: unscaled.saturating_sub(if extreme { 14 } else { 0 }),
				score_mantissa: random.between(8_192, 32_767) as u16,
			}
			.write()
			.to_vec()
		}
		Tensor::Vectors(_) => Gain {
			gain: (1_i32 << 16).saturating_add(any(if extreme { i32::MAX.into() } else { 40_000 }, random) as i32),
			bias: any(if extreme { i32::MAX.into() } else { 20_000 }, random) as i32,
		}
		.write()
		.to_vec(),
	}
}

/// Random tokens that the model knows.
pub fn tokens(shape: &Shape, count: u32, random: &mut Random) -> Vec<u32> {
	let last = i64::from(shape.vocabulary).saturating_sub(1);
	(0..count.min(shape.positions))
		.map(|_| random.between(0, last) as u32)
		.collect()
}

/// Random settings of a sampler.
pub fn sampler(random: &mut Random) -> Sampler {
	if random.one_in(3) {
		return Sampler::Greedy;
	}
	Sampler::Race(Race {
		// Temperatures of 0.1 to 10.
		inverse: random.between(151_000, 15_000_000) as u32,
		top: random.pick([0, 1, 2, 40]),
		mass: random.pick([0, 30_000, 58_982, 65_536]),
		seed: random.bits(),
	})
}
