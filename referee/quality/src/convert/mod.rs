// SPDX-License-Identifier: Apache-2.0

//! Makes an exact model of a float one: its shape, and the bytes of its package.
//!
//! - `rows`: numbers of few bits with a scale for each row;
//! - `heads`: shifts with which queries, keys and values cannot saturate, whatever the input;
//! - `fold`: changes that leave the float model's function as it is and make its numbers easier to hold;
//! - `decoder`, `encoder`: which tensor becomes which.

mod decoder;
mod encoder;
mod fold;
mod heads;
mod rows;

pub use decoder::decoder;
pub use encoder::encoder;
pub use fold::{equalise, fold_gains, spread};

use atelier_referee::{
	model::{CHUNK, Layout, Shape, ShapeError, Tensor},
	ops::linear::Format,
};

/// What is chosen when a model is made exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
	/// Bits of the numbers of matrices: 8 as bytes, 9 to 16 as words.
	pub matrix_bits: u32,
	/// Bits of the numbers of embeddings.
	pub embedding_bits: u32,
	/// Bits of fraction between the blocks.
	pub residual_fraction: u8,
	/// Bits of fraction inside a feed-forward block.
	pub hidden_fraction: u8,
}

impl Settings {
	/// For models that answer with tokens.
	pub const TOKENS: Self = Self {
		matrix_bits: 8,
		embedding_bits: 8,
		residual_fraction: 12,
		hidden_fraction: 12,
	};

	/// For models that answer with a vector.
	pub const EMBEDDING: Self = Self {
		matrix_bits: 10,
		embedding_bits: 10,
		residual_fraction: 16,
		hidden_fraction: 16,
	};
}

/// An exact model.
#[derive(Clone, Debug)]
pub struct Exact {
	pub shape: Shape,
	pub package: Vec<u8>,
}

impl Exact {
	/// Puts the package together from the bytes of each tensor.
	fn assemble(shape: Shape, mut bytes: impl FnMut(Tensor) -> Vec<u8>) -> Result<Self, ShapeError> {
		let shape = shape.checked()?;
		let layout = Layout::new(shape);
		let mut package = Vec::new();
		for tensor in layout.tensors() {
			// A tied output matrix is where the embedding is, which is there already.
			if layout.first_chunk(tensor) * CHUNK < package.len() as u64 {
				continue;
			}
			let place = layout.bytes(tensor);
			if place.is_empty() {
				continue;
			}
			package.extend(bytes(tensor));
			debug_assert_eq!(package.len() as u64, place.end, "{tensor:?}");
			package.resize(package.len().next_multiple_of(CHUNK as usize), 0);
		}
		Ok(Self { shape, package })
	}
}

/// How numbers of so many bits are stored.
fn format(bits: u32) -> Format {
	if bits <= 8 { Format::Byte } else { Format::Word }
}

/// With 16 bits of fraction.
fn fixed(value: f64) -> i32 {
	(value * 65_536.0).round() as i32
}

/// With 40 bits of fraction.
fn epsilon(value: f64) -> u32 {
	((value * 2_f64.powi(40)).round() as u32).max(1)
}
