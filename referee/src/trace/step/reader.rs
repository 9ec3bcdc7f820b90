// SPDX-License-Identifier: Apache-2.0

//! Reads what a value is computed from: leaves of the trace, bytes of the package, tokens, the sampler.

use crate::{
	model::{Layout, Matrix, Tensor, Vectors},
	ops::{
		attention::Head,
		linear::{Format, Row},
		norm::{Gain, Statistics},
		rotary::Angle,
		sampling::{Choice, Sampler},
	},
	trace::{At, Graph, Leaf, Place, Stage},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::Range;
use scale_info::TypeInfo;

/// Something that a value is computed from and that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Missing {
	/// A leaf of the trace, or one that holds something else.
	Leaf(At),
	/// A byte of the package, by its number.
	Package(u64),
	/// The token of a position.
	Token(u32),
	/// A leaf of an answer that is a vector.
	Output(u32),
	/// The state of a position.
	State(u32),
	/// The text of a token.
	Text(u32),
}

/// Where values are read from.
pub trait Source {
	/// A leaf of the trace.
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing>;

	/// Bytes of the package.
	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing>;

	/// The token of a position: of the input, or after it of the answer.
	fn token(&mut self, position: u32) -> Result<u32, Missing>;

	/// A leaf of an answer that is a vector.
	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing>;

	/// How tokens are chosen.
	fn sampler(&mut self) -> Sampler;
}

/// Reads vectors, rows and records.
pub struct Reader<'a, S> {
	pub graph: &'a Graph,
	pub source: &'a mut S,
}

impl<S: Source> Reader<'_, S> {
	fn layout(&self) -> Layout {
		Layout::new(*self.graph.shape())
	}

	pub fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		self.source.leaf(at)
	}

	/// Where a value of a vector lies.
	fn locate(&self, place: Place, index: u32) -> (At, usize) {
		let size = self.graph.size(place.stage).values_of_leaf();
		let leaf = index.checked_div(size).unwrap_or(0);
		let value = index.checked_rem(size).unwrap_or(0);
		(At { place, leaf }, value as usize)
	}

	pub fn number(&mut self, place: Place, index: u32) -> Result<i32, Missing> {
		let (at, value) = self.locate(place, index);
		match self.leaf(at)? {
			Leaf::Numbers(numbers) => numbers.get(value).copied().ok_or(Missing::Leaf(at)),
			_ => Err(Missing::Leaf(at)),
		}
	}

	pub fn statistics(&mut self, place: Place, index: u32) -> Result<Statistics, Missing> {
		let (at, value) = self.locate(place, index);
		match self.leaf(at)? {
			Leaf::Statistics(all) => all.get(value).copied().ok_or(Missing::Leaf(at)),
			_ => Err(Missing::Leaf(at)),
		}
	}

	pub fn exponent(&mut self, place: Place) -> Result<u8, Missing> {
		let at = At { place, leaf: 0 };
		match self.leaf(at)? {
			Leaf::Exponent(exponent) => Ok(exponent),
			_ => Err(Missing::Leaf(at)),
		}
	}

	pub fn choice(&mut self, place: Place) -> Result<Choice, Missing> {
		let at = At {
			place: Place {
				stage: Stage::Choice,
				..place
			},
			leaf: 0,
		};
		match self.leaf(at)? {
			Leaf::Choice(choice) => Ok(choice),
			_ => Err(Missing::Leaf(at)),
		}
	}

	/// Some of the numbers of a vector.
	pub fn numbers(&mut self, place: Place, range: Range<u32>) -> Result<Vec<i32>, Missing> {
		let mut result = Vec::with_capacity(range.len());
		self.leaves(place, range, |at, leaf, range| match leaf {
			Leaf::Numbers(numbers) => {
				result.extend(numbers.get(range).ok_or(Missing::Leaf(at))?);
				Ok(())
			}
			_ => Err(Missing::Leaf(at)),
		})?;
		Ok(result)
	}

	/// All numbers of a vector.
	pub fn all_numbers(&mut self, place: Place) -> Result<Vec<i32>, Missing> {
		let values = self.graph.size(place.stage).values();
		self.numbers(place, 0..values)
	}

	/// Some of the activations of a vector.
	pub fn activations(&mut self, place: Place, range: Range<u32>) -> Result<Vec<i16>, Missing> {
		let mut result = Vec::with_capacity(range.len());
		self.leaves(place, range, |at, leaf, range| match leaf {
			Leaf::Activations(numbers) => {
				result.extend(numbers.get(range).ok_or(Missing::Leaf(at))?);
				Ok(())
			}
			_ => Err(Missing::Leaf(at)),
		})?;
		Ok(result)
	}

	/// Goes through the leaves of a range of values.
	fn leaves(
		&mut self,
		place: Place,
		range: Range<u32>,
		mut take: impl FnMut(At, Leaf, Range<usize>) -> Result<(), Missing>,
	) -> Result<(), Missing> {
		let size = self.graph.size(place.stage).values_of_leaf();
		let first = range.start.checked_div(size).unwrap_or(0);
		for leaf in first..range.end.div_ceil(size) {
			let start = leaf.saturating_mul(size);
			let from = range.start.saturating_sub(start) as usize;
			let to = range.end.saturating_sub(start).min(size) as usize;
			let at = At { place, leaf };
			let leaf = self.leaf(at)?;
			take(at, leaf, from..to)?;
		}
		Ok(())
	}

	/// The stored numbers of a row of a matrix, how they are stored, and the row's record.
	pub fn row(&mut self, matrix: Matrix, row: u32) -> Result<(Format, Vec<u8>, Row), Missing> {
		let layout = self.layout();
		let numbers = self.source.package(layout.row(Tensor::Numbers(matrix), row))?;
		let record = self.record(Tensor::Rows(matrix), row)?;
		Ok((layout.format(matrix), numbers, Row::read(record)))
	}

	/// A single number of a row, with so many bits of fraction.
	pub fn entry(&mut self, matrix: Matrix, row: u32, column: u32, to: u8) -> Result<i64, Missing> {
		let layout = self.layout();
		let format = layout.format(matrix);
		let width = format.width() as u64;
		let start = layout
			.row(Tensor::Numbers(matrix), row)
			.start
			.saturating_add(width.saturating_mul(column.into()));
		let number = self.source.package(start..start.saturating_add(width))?;
		let record = self.record(Tensor::Rows(matrix), row)?;
		Ok(Row::read(record).number(format.number(&number, 0), to))
	}

	/// The record of a head.
	pub fn head(&mut self, layer: u16, head: u32) -> Result<Head, Missing> {
		self.record(Tensor::Vectors(Vectors::Heads(layer)), head)
			.map(Head::read)
	}

	/// The gain of a place of a norm.
	pub fn gain(&mut self, vectors: Vectors, place: u32) -> Result<Gain, Missing> {
		let tensor = Tensor::Vectors(vectors);
		if self.layout().bytes(tensor).is_empty() {
			return Ok(Gain::NONE);
		}
		self.record(tensor, place).map(Gain::read)
	}

	/// The angle of a pair of numbers at a position.
	pub fn angle(&mut self, position: u32, pair: u32) -> Result<Angle, Missing> {
		let row = self.layout().row(Tensor::Vectors(Vectors::Angles), position);
		let start = row
			.start
			.saturating_add((Angle::BYTES as u64).saturating_mul(pair.into()));
		self.fixed(start).map(Angle::read)
	}

	fn record<const N: usize>(&mut self, tensor: Tensor, row: u32) -> Result<[u8; N], Missing> {
		let start = self.layout().row(tensor, row).start;
		self.fixed(start)
	}

	fn fixed<const N: usize>(&mut self, start: u64) -> Result<[u8; N], Missing> {
		let bytes = self.source.package(start..start.saturating_add(N as u64))?;
		bytes.first_chunk().copied().ok_or(Missing::Package(start))
	}
}
