// SPDX-License-Identifier: Apache-2.0

//! Matrices in the order in which they are multiplied: sixteen rows together, so that one load brings numbers of sixteen
//! output values and nothing must be added across a register. One byte of memory for a byte, two for a word, and 24 a row.

use crate::{
	activations::Encoding,
	lines::{ByteLine, ROWS, WordLine},
	path::Path,
};
use atelier_referee::{
	arith::scale,
	model::Rows,
	ops::linear::{BIAS_FRACTION, Format, Row},
};

/// A plain product of two words fits 32 bits so many times that the kernel without limbs pays.
const PLAIN_WORDS: usize = 8;

/// How sixteen rows become values.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Block {
	pub mantissas: [i32; ROWS],
	pub shifts: [i32; ROWS],
	/// The sum of each row's numbers.
	pub sums: [i32; ROWS],
	/// With the bits of fraction of the product.
	pub biases: [i64; ROWS],
}

/// The stored numbers.
#[derive(Debug)]
pub enum Lines {
	Bytes(Vec<ByteLine>),
	Words {
		lines: Vec<WordLine>,
		/// The largest magnitude.
		largest: u16,
	},
}

/// Matrices with one input.
#[derive(Debug)]
pub struct Packed {
	pub columns: usize,
	/// Lines of a block.
	pub steps: usize,
	pub lines: Lines,
	pub blocks: Vec<Block>,
	/// The least shift of each block.
	pub least: Vec<i32>,
	/// The block with which each matrix begins.
	pub firsts: Vec<usize>,
	/// Bits of fraction of the product.
	pub to: u8,
}

impl Packed {
	/// Packs matrices that have the same columns and the same format, one below the other.
	pub fn new(matrices: &[Rows<'_>], columns: usize, to: u8) -> Self {
		let format = matrices.first().map_or(Format::Byte, |rows| rows.format());
		let of_line = match format {
			Format::Byte => ByteLine::COLUMNS,
			Format::Word => WordLine::COLUMNS,
		};
		let steps = columns.div_ceil(of_line);
		let blocks: usize = matrices.iter().map(|rows| rows.len().div_ceil(ROWS)).sum();
		let mut packed = Self {
			columns,
			steps,
			lines: match format {
				Format::Byte => Lines::Bytes(vec![ByteLine::ZERO; blocks.saturating_mul(steps)]),
				Format::Word => Lines::Words {
					lines: vec![WordLine::ZERO; blocks.saturating_mul(steps)],
					largest: 0,
				},
			},
			blocks: Vec::with_capacity(blocks),
			least: Vec::with_capacity(blocks),
			firsts: Vec::with_capacity(matrices.len()),
			to,
		};
		for rows in matrices {
			packed.firsts.push(packed.blocks.len());
			for first in (0..rows.len()).step_by(ROWS) {
				packed.push(rows, first);
			}
		}
		packed
	}

	/// Packs up to sixteen rows.
	fn push(&mut self, rows: &Rows<'_>, first: usize) {
		let mut block = Block {
			mantissas: [0; ROWS],
			shifts: [i32::from(i8::MAX); ROWS],
			sums: [0; ROWS],
			biases: [0; ROWS],
		};
		let start = self.blocks.len().saturating_mul(self.steps);
		let end = start.saturating_add(self.steps);
		let parts = (block.mantissas.iter_mut())
			.zip(&mut block.shifts)
			.zip(&mut block.sums)
			.zip(&mut block.biases);
		for (place, (((mantissa, shift), sum), bias)) in (0..rows.len().saturating_sub(first).min(ROWS)).zip(parts) {
			let (numbers, row) = rows.get(first.saturating_add(place));
			*mantissa = row.mantissa.into();
			*shift = row.shift.into();
			*bias = scale(row.bias.into(), i32::from(BIAS_FRACTION) - i32::from(self.to));
			match &mut self.lines {
				Lines::Bytes(lines) => {
					let lines = lines.get_mut(start..end).unwrap_or_default();
					for (line, four) in lines.iter_mut().zip(numbers.chunks(ByteLine::COLUMNS)) {
						let to = line.0.iter_mut().skip(place * ByteLine::COLUMNS);
						for (to, number) in to.zip(four) {
							*to = *number as i8;
							*sum += i32::from(*to);
						}
					}
				}
				Lines::Words { lines, largest } => {
					let lines = lines.get_mut(start..end).unwrap_or_default();
					for (line, two) in lines
						.iter_mut()
						.zip(numbers.as_chunks::<2>().0.chunks(WordLine::COLUMNS))
					{
						let to = line.0.iter_mut().skip(place * WordLine::COLUMNS);
						for (to, number) in to.zip(two) {
							*to = i16::from_le_bytes(*number);
							*sum += i32::from(*to);
							*largest = (*largest).max(to.unsigned_abs());
						}
					}
				}
			}
		}
		self.least.push(block.shifts.iter().copied().min().unwrap_or(0));
		self.blocks.push(block);
	}

	/// The layout of activations that a path multiplies with this.
	pub fn encoding(&self, path: Path) -> Encoding {
		match &self.lines {
			Lines::Bytes(_) => Encoding::of_bytes(path),
			Lines::Words { largest, .. } if reach(*largest, 32_639) >= PLAIN_WORDS => Encoding::Words,
			Lines::Words { .. } => Encoding::of_pairs(path),
		}
	}

	/// The numbers of a row of the first matrix, with `to` bits of fraction; `record` is the row's.
	pub fn row(&self, row: usize, record: Row, to: u8) -> impl Iterator<Item = i64> + use<'_> {
		let (block, place) = (row / ROWS, row % ROWS);
		let range = block.saturating_mul(self.steps)..block.saturating_add(1).saturating_mul(self.steps);
		let (bytes, words) = match &self.lines {
			Lines::Bytes(lines) => (lines.get(range).unwrap_or_default(), &[][..]),
			Lines::Words { lines, .. } => (&[][..], lines.get(range).unwrap_or_default()),
		};
		let bytes = bytes
			.iter()
			.flat_map(move |line| line.0.iter().skip(place * ByteLine::COLUMNS).take(ByteLine::COLUMNS))
			.map(|number| i16::from(*number));
		let words = words
			.iter()
			.flat_map(move |line| line.0.iter().skip(place * WordLine::COLUMNS).take(WordLine::COLUMNS))
			.copied();
		bytes
			.chain(words)
			.take(self.columns)
			.map(move |number| record.number(number, to))
	}

	/// The mantissa and shift of a row of the first matrix.
	pub fn record(&self, row: usize) -> Row {
		let block = self.blocks.get(row / ROWS);
		let of = |numbers: &[i32; ROWS]| numbers.get(row % ROWS).copied().unwrap_or(0);
		Row {
			mantissa: block.map_or(0, |block| of(&block.mantissas) as u16),
			shift: block.map_or(0, |block| of(&block.shifts) as i8),
			bias: 0,
		}
	}

	/// Bytes of memory.
	pub fn bytes(&self) -> usize {
		let lines = match &self.lines {
			Lines::Bytes(lines) => size_of_val(lines.as_slice()),
			Lines::Words { lines, .. } => size_of_val(lines.as_slice()),
		};
		lines + size_of_val(self.blocks.as_slice()) + size_of_val(self.least.as_slice())
	}
}

/// How many pairs of products of numbers up to `left` and `right` an `i32` holds.
pub fn reach(left: u16, right: u16) -> usize {
	let pair = 2 * u32::from(left.max(1)) * u32::from(right.max(1));
	(i32::MAX as u32 / pair) as usize
}
