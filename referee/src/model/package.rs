// SPDX-License-Identifier: Apache-2.0

//! The package of a model: all of its numbers in one order that follows from its shape, in chunks of 1 KiB, so that each
//! row of a matrix is a short range of the tree that commits to the package.

use super::{Order, Shape, Use};
use crate::ops::{
	attention::Head,
	linear::{Format, Row},
	norm::Gain,
	rotary::Angle,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::Range;
use scale_info::TypeInfo;

/// Bytes of a leaf of the package's tree. Every tensor begins with a chunk; what is left of its last one is zeros.
pub const CHUNK: u64 = 1_024;

/// A matrix of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Matrix {
	/// A row for each token.
	Embedding,
	/// A row for each position, if positions are learned.
	Positions,
	Query(u16),
	Key(u16),
	Value(u16),
	/// From the heads back to the width.
	Output(u16),
	/// What the activation function is applied to.
	Gate(u16),
	/// What it is multiplied by, if the block is gated.
	Up(u16),
	Down(u16),
	/// From the width to the vocabulary; the embedding if they are tied.
	Vocabulary,
}

/// A list of records of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Vectors {
	/// A row of angles for each position, if positions are rotary.
	Angles,
	/// Gains of the norm at the beginning, if norms stand after the blocks.
	FirstNorm,
	/// Gains of a layer's first norm.
	AttentionNorm(u16),
	/// Gains of each head of queries, by number in the head.
	QueryNorm(u16),
	/// Gains of each head of keys.
	KeyNorm(u16),
	/// Shifts and scales of each head.
	Heads(u16),
	/// Gains of a layer's second norm.
	HiddenNorm(u16),
	/// Gains of the norm at the end, if norms stand before the blocks.
	LastNorm,
}

/// A tensor of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Tensor {
	/// The numbers of a matrix, row after row.
	Numbers(Matrix),
	/// The records of its rows.
	Rows(Matrix),
	/// Other records.
	Vectors(Vectors),
}

/// Rows of a tensor, and bytes of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extent {
	rows: u64,
	row: u64,
}

impl Extent {
	const NONE: Self = Self { rows: 0, row: 0 };

	fn bytes(self) -> u64 {
		self.rows.saturating_mul(self.row)
	}

	fn chunks(self) -> u64 {
		self.bytes().div_ceil(CHUNK)
	}
}

/// Where the tensors of a shape lie.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
	shape: Shape,
}

/// The tensors before the layers, in order.
const BEFORE: [Tensor; 6] = [
	Tensor::Numbers(Matrix::Embedding),
	Tensor::Rows(Matrix::Embedding),
	Tensor::Numbers(Matrix::Positions),
	Tensor::Rows(Matrix::Positions),
	Tensor::Vectors(Vectors::Angles),
	Tensor::Vectors(Vectors::FirstNorm),
];

/// The tensors after the layers.
const AFTER: [Tensor; 3] = [
	Tensor::Vectors(Vectors::LastNorm),
	Tensor::Numbers(Matrix::Vocabulary),
	Tensor::Rows(Matrix::Vocabulary),
];

/// The tensors of a layer.
const fn of_layer(layer: u16) -> [Tensor; 19] {
	[
		Tensor::Vectors(Vectors::AttentionNorm(layer)),
		Tensor::Numbers(Matrix::Query(layer)),
		Tensor::Rows(Matrix::Query(layer)),
		Tensor::Numbers(Matrix::Key(layer)),
		Tensor::Rows(Matrix::Key(layer)),
		Tensor::Numbers(Matrix::Value(layer)),
		Tensor::Rows(Matrix::Value(layer)),
		Tensor::Vectors(Vectors::QueryNorm(layer)),
		Tensor::Vectors(Vectors::KeyNorm(layer)),
		Tensor::Vectors(Vectors::Heads(layer)),
		Tensor::Numbers(Matrix::Output(layer)),
		Tensor::Rows(Matrix::Output(layer)),
		Tensor::Vectors(Vectors::HiddenNorm(layer)),
		Tensor::Numbers(Matrix::Gate(layer)),
		Tensor::Rows(Matrix::Gate(layer)),
		Tensor::Numbers(Matrix::Up(layer)),
		Tensor::Rows(Matrix::Up(layer)),
		Tensor::Numbers(Matrix::Down(layer)),
		Tensor::Rows(Matrix::Down(layer)),
	]
}

impl Layout {
	/// Of a shape that was checked.
	pub fn new(shape: Shape) -> Self {
		Self { shape }
	}

	/// How the numbers of a matrix are stored.
	pub fn format(&self, matrix: Matrix) -> Format {
		match matrix {
			Matrix::Embedding => self.shape.embeddings,
			Matrix::Positions => Format::Word,
			Matrix::Vocabulary if self.shape.tied => self.shape.embeddings,
			_ => self.shape.matrices,
		}
	}

	/// Rows and columns of a matrix; none of one that the shape does not have.
	pub fn size(&self, matrix: Matrix) -> (u32, u32) {
		let shape = &self.shape;
		let learned = shape.rotary_width == 0;
		match matrix {
			Matrix::Embedding => (shape.vocabulary, shape.width),
			Matrix::Positions if learned => (shape.positions, shape.width),
			Matrix::Query(_) => (shape.query_width(), shape.width),
			Matrix::Key(_) | Matrix::Value(_) => (shape.key_width(), shape.width),
			Matrix::Output(_) => (shape.width, shape.query_width()),
			Matrix::Gate(_) => (shape.hidden, shape.width),
			Matrix::Up(_) if shape.gated => (shape.hidden, shape.width),
			Matrix::Down(_) => (shape.width, shape.hidden),
			Matrix::Vocabulary if shape.answers == Use::Tokens => (shape.vocabulary, shape.width),
			Matrix::Positions | Matrix::Up(_) | Matrix::Vocabulary => (0, 0),
		}
	}

	fn extent(&self, tensor: Tensor) -> Extent {
		let shape = &self.shape;
		let records = |wanted: bool, rows: u32, row: usize| match wanted {
			true => Extent {
				rows: rows.into(),
				row: row as u64,
			},
			false => Extent::NONE,
		};
		match tensor {
			// The embedding lies there once.
			Tensor::Numbers(Matrix::Vocabulary) | Tensor::Rows(Matrix::Vocabulary) if shape.tied => Extent::NONE,
			Tensor::Numbers(matrix) => {
				let (rows, columns) = self.size(matrix);
				let row = u64::from(columns).saturating_mul(self.format(matrix).width() as u64);
				Extent { rows: rows.into(), row }
			}
			Tensor::Rows(matrix) => records(true, self.size(matrix).0, Row::BYTES),
			Tensor::Vectors(Vectors::Angles) => {
				let row = usize::from(shape.rotary_width / 2).saturating_mul(Angle::BYTES);
				records(shape.rotary_width > 0, shape.positions, row)
			}
			Tensor::Vectors(Vectors::Heads(_)) => records(true, shape.heads.into(), Head::BYTES),
			Tensor::Vectors(Vectors::QueryNorm(_) | Vectors::KeyNorm(_)) => {
				records(shape.head_norm, shape.head_width.into(), Gain::BYTES)
			}
			Tensor::Vectors(Vectors::FirstNorm) => {
				records(shape.gains && shape.order == Order::After, shape.width, Gain::BYTES)
			}
			Tensor::Vectors(Vectors::LastNorm) => {
				records(shape.gains && shape.order == Order::Before, shape.width, Gain::BYTES)
			}
			Tensor::Vectors(Vectors::AttentionNorm(_) | Vectors::HiddenNorm(_)) => {
				records(shape.gains, shape.width, Gain::BYTES)
			}
		}
	}

	/// All tensors of the package in order, also those without bytes.
	pub fn tensors(&self) -> impl Iterator<Item = Tensor> + use<> {
		let layers = (0..self.shape.layers).flat_map(of_layer);
		BEFORE.into_iter().chain(layers).chain(AFTER)
	}

	/// Chunks of the whole package.
	pub fn chunks(&self) -> u64 {
		self.sum(&BEFORE)
			.saturating_add(self.sum(&of_layer(0)).saturating_mul(self.shape.layers.into()))
			.saturating_add(self.sum(&AFTER))
	}

	fn sum(&self, tensors: &[Tensor]) -> u64 {
		tensors
			.iter()
			.fold(0, |sum, tensor| sum.saturating_add(self.extent(*tensor).chunks()))
	}

	/// The chunk with which a tensor begins. Of a tied output matrix: of the embedding.
	pub fn first_chunk(&self, tensor: Tensor) -> u64 {
		let tensor = self.stored(tensor);
		let before = |tensors: &[Tensor]| {
			let position = tensors.iter().position(|other| *other == tensor)?;
			tensors.get(..position).map(|tensors| self.sum(tensors))
		};
		if let Some(chunk) = before(&BEFORE) {
			return chunk;
		}
		let layers = self.sum(&BEFORE);
		let layer = self.sum(&of_layer(0));
		if let Some(chunk) = before(&AFTER) {
			return layers
				.saturating_add(layer.saturating_mul(self.shape.layers.into()))
				.saturating_add(chunk);
		}
		let number = layer_of(tensor);
		let chunk = before(&of_layer(number)).unwrap_or(0);
		layers
			.saturating_add(layer.saturating_mul(number.into()))
			.saturating_add(chunk)
	}

	fn stored(&self, tensor: Tensor) -> Tensor {
		match tensor {
			Tensor::Numbers(Matrix::Vocabulary) if self.shape.tied => Tensor::Numbers(Matrix::Embedding),
			Tensor::Rows(Matrix::Vocabulary) if self.shape.tied => Tensor::Rows(Matrix::Embedding),
			tensor => tensor,
		}
	}

	/// The bytes of a row of a tensor in the package.
	pub fn row(&self, tensor: Tensor, row: u32) -> Range<u64> {
		let extent = self.extent(self.stored(tensor));
		let start = self
			.first_chunk(tensor)
			.saturating_mul(CHUNK)
			.saturating_add(extent.row.saturating_mul(row.into()));
		start..start.saturating_add(extent.row)
	}

	/// The bytes of a tensor in the package, without the zeros after it.
	pub fn bytes(&self, tensor: Tensor) -> Range<u64> {
		let extent = self.extent(self.stored(tensor));
		let start = self.first_chunk(tensor).saturating_mul(CHUNK);
		start..start.saturating_add(extent.bytes())
	}
}

fn layer_of(tensor: Tensor) -> u16 {
	match tensor {
		Tensor::Numbers(matrix) | Tensor::Rows(matrix) => match matrix {
			Matrix::Query(layer)
			| Matrix::Key(layer)
			| Matrix::Value(layer)
			| Matrix::Output(layer)
			| Matrix::Gate(layer)
			| Matrix::Up(layer)
			| Matrix::Down(layer) => layer,
			Matrix::Embedding | Matrix::Positions | Matrix::Vocabulary => 0,
		},
		Tensor::Vectors(vectors) => match vectors {
			Vectors::AttentionNorm(layer)
			| Vectors::QueryNorm(layer)
			| Vectors::KeyNorm(layer)
			| Vectors::Heads(layer)
			| Vectors::HiddenNorm(layer) => layer,
			Vectors::Angles | Vectors::FirstNorm | Vectors::LastNorm => 0,
		},
	}
}

/// A package is none of its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageError {
	/// It has the wrong number of bytes.
	WrongLength {
		/// Bytes that the shape needs.
		needed: u64,
		/// Bytes that are there.
		found: u64,
	},
	/// A number is outside of its format. An engine whose sums are as wide as the format needs would be wrong about it.
	NumberOutside { matrix: Matrix, row: u32 },
	/// A record has bits that mean nothing, or bytes after a tensor are not zero.
	NotCanonical {
		/// The byte of the package at which the record or the rest of the tensor begins.
		at: u64,
	},
}

impl core::fmt::Display for PackageError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::WrongLength { needed, found } => {
				write!(f, "the package has {found} bytes, its shape needs {needed}")
			}
			Self::NumberOutside { matrix, row } => {
				write!(f, "row {row} of {matrix:?} has a number outside of its format")
			}
			Self::NotCanonical { at } => write!(f, "bits that mean nothing are set at byte {at}"),
		}
	}
}

impl core::error::Error for PackageError {}

/// The rows of a matrix.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
	format: Format,
	/// Bytes of one.
	row: usize,
	numbers: &'a [u8],
	records: &'a [[u8; Row::BYTES]],
}

impl<'a> Rows<'a> {
	/// How many there are.
	pub fn len(&self) -> usize {
		self.records.len()
	}

	/// Whether there are none: the shape has no such matrix.
	pub fn is_empty(&self) -> bool {
		self.records.is_empty()
	}

	/// How numbers are stored.
	pub fn format(&self) -> Format {
		self.format
	}

	/// The stored numbers of a row, and its record. Outside of the matrix: nothing, and zeros.
	pub fn get(&self, row: usize) -> (&'a [u8], Row) {
		let start = row.saturating_mul(self.row);
		let numbers = self
			.numbers
			.get(start..start.saturating_add(self.row))
			.unwrap_or_default();
		(
			numbers,
			self.records
				.get(row)
				.map_or(Row::default(), |record| Row::read(*record)),
		)
	}
}

/// All bytes of a model.
#[derive(Clone, Copy)]
pub struct Package<'a> {
	layout: Layout,
	bytes: &'a [u8],
}

impl<'a> Package<'a> {
	/// Bytes that belong to a shape.
	pub fn new(shape: Shape, bytes: &'a [u8]) -> Result<Self, PackageError> {
		let layout = Layout::new(shape);
		let needed = layout.chunks().saturating_mul(CHUNK);
		let found = bytes.len() as u64;
		match needed == found {
			true => Ok(Self { layout, bytes }),
			false => Err(PackageError::WrongLength { needed, found }),
		}
	}

	/// Bytes of which every number is within its format, and every bit means something. Who serves a model must check this
	/// first: what is outside the formats is judged as it is stored, which a fast engine may compute differently.
	pub fn checked(shape: Shape, bytes: &'a [u8]) -> Result<Self, PackageError> {
		let package = Self::new(shape, bytes)?;
		for tensor in package.layout.tensors() {
			package.check(tensor)?;
		}
		Ok(package)
	}

	fn check(&self, tensor: Tensor) -> Result<(), PackageError> {
		let place = self.layout.bytes(tensor);
		let bytes = self.slice(place.clone());
		let end = place.end.next_multiple_of(CHUNK);
		if self.slice(place.end..end).iter().any(|byte| *byte != 0) {
			return Err(PackageError::NotCanonical { at: place.end });
		}
		let canonical = |size: usize, is: &dyn Fn(&[u8]) -> bool| {
			let wrong = bytes.chunks(size).position(|record| !is(record));
			match wrong {
				None => Ok(()),
				Some(number) => {
					let at = place.start.saturating_add((number as u64).saturating_mul(size as u64));
					Err(PackageError::NotCanonical { at })
				}
			}
		};
		match tensor {
			Tensor::Numbers(matrix) => {
				let format = self.layout.format(matrix);
				let (_, columns) = self.layout.size(matrix);
				let row = (columns as usize).saturating_mul(format.width()).max(1);
				match bytes.chunks(row).position(|row| !format.holds(row)) {
					None => Ok(()),
					Some(row) => Err(PackageError::NumberOutside {
						matrix,
						row: row as u32,
					}),
				}
			}
			Tensor::Rows(_) => canonical(Row::BYTES, &|record| {
				record
					.first_chunk()
					.is_some_and(|record| Row::read(*record).write() == *record)
			}),
			Tensor::Vectors(Vectors::Heads(_)) => canonical(Head::BYTES, &|record| {
				record
					.first_chunk()
					.is_some_and(|record| Head::read(*record).write() == *record)
			}),
			Tensor::Vectors(_) => Ok(()),
		}
	}

	/// The shape.
	pub fn shape(&self) -> &Shape {
		&self.layout.shape
	}

	/// Where everything lies.
	pub fn layout(&self) -> &Layout {
		&self.layout
	}

	/// A matrix.
	pub fn matrix(&self, matrix: Matrix) -> Rows<'a> {
		let (_, columns) = self.layout.size(matrix);
		let format = self.layout.format(matrix);
		Rows {
			format,
			row: (columns as usize).saturating_mul(format.width()),
			numbers: self.slice(self.layout.bytes(Tensor::Numbers(matrix))),
			records: self.slice(self.layout.bytes(Tensor::Rows(matrix))).as_chunks().0,
		}
	}

	/// The record of a head.
	pub fn head(&self, layer: u16, head: u32) -> Head {
		Head::read(self.record(Tensor::Vectors(Vectors::Heads(layer)), head))
	}

	/// The gains of a norm; none of one that changes nothing.
	pub fn gains(&self, vectors: Vectors) -> &'a [[u8; Gain::BYTES]] {
		self.slice(self.layout.bytes(Tensor::Vectors(vectors))).as_chunks().0
	}

	/// The angles of a position.
	pub fn angles(&self, position: u32) -> &'a [[u8; Angle::BYTES]] {
		self.slice(self.layout.row(Tensor::Vectors(Vectors::Angles), position))
			.as_chunks()
			.0
	}

	fn record<const N: usize>(&self, tensor: Tensor, row: u32) -> [u8; N] {
		let bytes = self.slice(self.layout.row(tensor, row));
		bytes.first_chunk().copied().unwrap_or([0; N])
	}

	/// What lies outside is empty; a shape that was checked never asks for it.
	fn slice(&self, range: Range<u64>) -> &'a [u8] {
		let inside = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
		self.bytes
			.get(inside(range.start)..inside(range.end))
			.unwrap_or_default()
	}
}
