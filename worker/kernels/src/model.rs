// SPDX-License-Identifier: Apache-2.0

//! A model in memory, ready to be multiplied. It owns what it needs: the package may go once it is made.

use crate::{norm::Gains, pack::Packed, selftest::Kernels};
use atelier_referee::{
	model::{Matrix, Order, Package, PackageError, Shape, ShapeError, Use, Vectors},
	ops::{attention::Head, rotary::Angle},
};

/// A model.
#[derive(Debug)]
pub struct Model {
	pub(crate) shape: Shape,
	pub(crate) kernels: Kernels,
	pub(crate) embedding: Packed,
	/// Learned positions.
	pub(crate) positions: Option<Packed>,
	/// Of all positions, if they are rotary.
	pub(crate) angles: Vec<[u8; Angle::BYTES]>,
	pub(crate) first_norm: Gains,
	pub(crate) layers: Vec<Layer>,
	pub(crate) last_norm: Gains,
	/// None if it is the embedding, or there is none.
	pub(crate) vocabulary: Option<Packed>,
}

/// A layer. Matrices with the same input are one.
#[derive(Debug)]
pub struct Layer {
	pub attention_norm: Gains,
	/// Queries, keys and values.
	pub project: Packed,
	pub query_norm: Gains,
	pub key_norm: Gains,
	pub heads: Vec<Head>,
	pub output: Packed,
	pub hidden_norm: Gains,
	/// Gate, and up if the block is gated.
	pub expand: Packed,
	pub down: Packed,
}

/// Bits of fraction of products inside a layer.
const FRACTION: u8 = atelier_referee::forward::FRACTION;

/// No model can be made of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
	#[error(transparent)]
	Shape(ShapeError),
	#[error(transparent)]
	Package(PackageError),
}

impl Model {
	/// Checks bytes and makes a model of them. They may be mapped from a file: each is read twice, in order.
	pub fn checked(shape: Shape, bytes: &[u8], kernels: Kernels) -> Result<Self, ModelError> {
		let shape = shape.checked().map_err(ModelError::Shape)?;
		let package = Package::checked(shape, bytes).map_err(ModelError::Package)?;
		Self::new(&package, kernels).map_err(ModelError::Shape)
	}

	/// A model of a package that was checked, or whose values are to be those of the referee all the same.
	pub fn new(package: &Package<'_>, kernels: Kernels) -> Result<Self, ShapeError> {
		let shape = package.shape().checked()?;
		let width = shape.width as usize;
		let residual = shape.residual_fraction;
		let norm = |vectors: Vectors| Gains::new(package.gains(vectors), width);
		let head_norm = |vectors: Vectors| Gains::new(package.gains(vectors), shape.head_width.into());
		let pack = |matrices: &[Matrix], columns: usize, to: u8| {
			let rows: Vec<_> = matrices.iter().map(|matrix| package.matrix(*matrix)).collect();
			Packed::new(&rows, columns, to)
		};
		let layers = (0..shape.layers)
			.map(|layer| Layer {
				attention_norm: norm(Vectors::AttentionNorm(layer)),
				project: pack(
					&[Matrix::Query(layer), Matrix::Key(layer), Matrix::Value(layer)],
					width,
					FRACTION,
				),
				query_norm: head_norm(Vectors::QueryNorm(layer)),
				key_norm: head_norm(Vectors::KeyNorm(layer)),
				heads: (0..shape.heads.into()).map(|head| package.head(layer, head)).collect(),
				output: pack(&[Matrix::Output(layer)], shape.query_width() as usize, residual),
				hidden_norm: norm(Vectors::HiddenNorm(layer)),
				expand: match shape.gated {
					true => pack(&[Matrix::Gate(layer), Matrix::Up(layer)], width, FRACTION),
					false => pack(&[Matrix::Gate(layer)], width, FRACTION),
				},
				down: pack(&[Matrix::Down(layer)], shape.hidden as usize, residual),
			})
			.collect();
		let learned = shape.rotary_width == 0;
		let own = shape.answers == Use::Tokens && !shape.tied;
		Ok(Self {
			shape,
			kernels,
			embedding: pack(&[Matrix::Embedding], width, FRACTION),
			positions: learned.then(|| pack(&[Matrix::Positions], width, FRACTION)),
			angles: match learned {
				true => Vec::new(),
				false => (0..shape.positions)
					.flat_map(|position| package.angles(position))
					.copied()
					.collect(),
			},
			first_norm: norm(Vectors::FirstNorm),
			layers,
			last_norm: norm(Vectors::LastNorm),
			vocabulary: own.then(|| pack(&[Matrix::Vocabulary], width, FRACTION)),
		})
	}

	/// Its shape.
	pub fn shape(&self) -> &Shape {
		&self.shape
	}

	/// What it is multiplied with.
	pub fn kernels(&self) -> &Kernels {
		&self.kernels
	}

	/// The matrix from the width to the vocabulary.
	pub(crate) fn logits(&self) -> &Packed {
		self.vocabulary.as_ref().unwrap_or(&self.embedding)
	}

	/// The angles of a position.
	pub(crate) fn angles(&self, position: usize) -> &[[u8; Angle::BYTES]] {
		let pairs = usize::from(self.shape.rotary_width / 2);
		let start = position * pairs;
		self.angles.get(start..start + pairs).unwrap_or_default()
	}

	/// Whether norms stand before the blocks.
	pub(crate) fn norms_before(&self) -> bool {
		self.shape.order == Order::Before
	}

	/// Bytes of memory for all that belongs to the model.
	pub fn bytes(&self) -> u64 {
		let norms = |all: &[&Gains]| all.iter().map(|gains| gains.bytes()).sum::<usize>();
		let layer = |layer: &Layer| {
			let packed = [&layer.project, &layer.output, &layer.expand, &layer.down];
			packed.iter().map(|packed| packed.bytes()).sum::<usize>()
				+ norms(&[
					&layer.attention_norm,
					&layer.query_norm,
					&layer.key_norm,
					&layer.hidden_norm,
				]) + size_of_val(layer.heads.as_slice())
		};
		let packed = |packed: &Option<Packed>| packed.as_ref().map_or(0, Packed::bytes);
		let all = self.embedding.bytes()
			+ packed(&self.positions)
			+ packed(&self.vocabulary)
			+ size_of_val(self.angles.as_slice())
			+ norms(&[&self.first_norm, &self.last_norm])
			+ self.layers.iter().map(layer).sum::<usize>();
		all as u64
	}
}
