// SPDX-License-Identifier: Apache-2.0

//! Operands: random ones, and such as are at their limits.

use atelier_referee::{
	model::{CHUNK, Layout, Matrix, Order, Package, Rows, Shape, Tensor, Use},
	ops::{
		linear::{Format, Row},
		norm::Norm,
	},
	tables::Activation,
};

/// Random numbers that are the same everywhere (SplitMix64).
pub struct Random(pub u64);

impl Random {
	pub fn bits(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut bits = self.0;
		bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		bits ^ (bits >> 31)
	}

	/// A number below `count`.
	pub fn below(&mut self, count: u64) -> u64 {
		self.bits() % count.max(1)
	}

	/// A number of `low..=high`.
	pub fn between(&mut self, low: i64, high: i64) -> i64 {
		low.saturating_add(self.below(high.abs_diff(low) + 1) as i64)
	}

	/// A number of 32 bits: of any size, or at a limit.
	pub fn number(&mut self) -> i32 {
		match self.below(8) {
			0 => i32::MAX,
			1 => i32::MIN,
			2 => 0,
			_ => (self.bits() as i64 >> self.between(32, 63)) as i32,
		}
	}

	/// An activation: any, or at a limit.
	pub fn activation(&mut self, extreme: bool) -> i16 {
		match (extreme, self.below(3)) {
			(true, 0) => -32_639,
			(true, _) => 32_639,
			_ => self.between(-32_639, 32_639) as i16,
		}
	}
}

/// What the numbers of a matrix are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
	/// Any byte.
	Bytes,
	/// Each the largest or the least that a format holds.
	ExtremeBytes,
	/// Words of ten bits.
	SmallWords,
	Words,
	ExtremeWords,
}

impl Kind {
	pub const ALL: [Self; 5] = [
		Self::Bytes,
		Self::ExtremeBytes,
		Self::SmallWords,
		Self::Words,
		Self::ExtremeWords,
	];

	fn format(self) -> Format {
		match self {
			Self::Bytes | Self::ExtremeBytes => Format::Byte,
			_ => Format::Word,
		}
	}

	pub fn is_extreme(self) -> bool {
		matches!(self, Self::ExtremeBytes | Self::ExtremeWords)
	}

	/// The bytes of a number. Extremes mostly have one sign, so that sums are as large as they can be.
	fn number(self, random: &mut Random) -> [u8; 2] {
		let sign = if random.below(16) == 0 { -1 } else { 1 };
		let number = match self {
			Self::Bytes => random.between(-127, 127),
			Self::ExtremeBytes => 127 * sign,
			Self::SmallWords => random.between(-511, 511),
			Self::Words => random.between(-32_639, 32_639),
			Self::ExtremeWords => 32_639 * sign,
		};
		(number as i16).to_le_bytes()
	}
}

/// A package that has one matrix of interest.
pub struct Single {
	shape: Shape,
	bytes: Vec<u8>,
}

impl Single {
	/// So many rows and columns.
	pub fn new(kind: Kind, rows: u32, columns: u32, random: &mut Random) -> Self {
		let shape = Shape {
			answers: Use::Tokens,
			layers: 1,
			// The matrix is the one back from the hidden numbers: it may have the most columns.
			width: rows,
			hidden: columns,
			heads: 1,
			key_heads: 1,
			head_width: 2,
			rotary_width: 2,
			vocabulary: 1,
			positions: 1,
			window: 0,
			norm: Norm::Rms,
			order: Order::Before,
			gains: false,
			head_norm: false,
			activation: Activation::Silu,
			gated: false,
			tied: true,
			matrices: kind.format(),
			embeddings: Format::Byte,
			residual_fraction: 12,
			hidden_fraction: 16,
			epsilon: 1,
		};
		let layout = Layout::new(shape);
		let mut bytes = vec![0; (layout.chunks() * CHUNK) as usize];
		let range = |tensor| {
			let range = layout.bytes(tensor);
			range.start as usize..range.end as usize
		};
		let numbers = bytes
			.get_mut(range(Tensor::Numbers(Matrix::Down(0))))
			.unwrap_or_default();
		for number in numbers.chunks_mut(kind.format().width()) {
			for (to, byte) in number.iter_mut().zip(kind.number(random)) {
				*to = byte;
			}
		}
		let records = bytes.get_mut(range(Tensor::Rows(Matrix::Down(0)))).unwrap_or_default();
		for record in records.as_chunks_mut::<{ Row::BYTES }>().0 {
			let row = Row {
				mantissa: random.between(0, 32_767) as u16,
				// Some go to the left.
				shift: match random.below(8) {
					0 => random.bits() as i8,
					_ => random.between(8, 40) as i8,
				},
				bias: random.number(),
			};
			*record = row.write();
		}
		Self { shape, bytes }
	}

	/// The matrix.
	pub fn rows(&self) -> Option<Rows<'_>> {
		let package = Package::new(self.shape, &self.bytes).ok()?;
		Some(package.matrix(Matrix::Down(0)))
	}
}
