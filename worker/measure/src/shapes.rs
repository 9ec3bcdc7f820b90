// SPDX-License-Identifier: Apache-2.0

//! Shapes of known decoders, to say what a measured cost would be with them.

use crate::served::Sizes;

/// A decoder's matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
	pub name: &'static str,
	pub hidden: u64,
	pub inner: u64,
	pub layers: u64,
	/// Numbers of a query, and of a key or value.
	pub queries: u64,
	pub keys: u64,
	pub vocabulary: u64,
}

/// Llama 3.2 and 3.1.
pub const LARGE: [Shape; 2] = [
	Shape {
		name: "1 B",
		hidden: 2_048,
		inner: 8_192,
		layers: 16,
		queries: 2_048,
		keys: 512,
		vocabulary: 128_256,
	},
	Shape {
		name: "8 B",
		hidden: 4_096,
		inner: 14_336,
		layers: 32,
		queries: 4_096,
		keys: 1_024,
		vocabulary: 128_256,
	},
];

impl Shape {
	/// Of the random model of the usual size.
	pub fn small(sizes: &Sizes) -> Self {
		let hidden = u64::from(sizes.hidden);
		Self {
			name: "measured",
			hidden,
			inner: hidden * 8 / 3 / 64 * 64,
			layers: sizes.layers.into(),
			queries: hidden,
			keys: hidden / 3,
			vocabulary: sizes.vocabulary.into(),
		}
	}

	/// Rows and columns of the matrices of a layer.
	pub fn matrices(&self) -> [(u64, u64); 7] {
		[
			(self.queries, self.hidden),
			(self.keys, self.hidden),
			(self.keys, self.hidden),
			(self.hidden, self.queries),
			(self.inner, self.hidden),
			(self.inner, self.hidden),
			(self.hidden, self.inner),
		]
	}

	/// Weights of all layers.
	pub fn weights(&self) -> u64 {
		self.layers
			* self
				.matrices()
				.iter()
				.map(|(rows, columns)| rows * columns)
				.sum::<u64>()
	}

	/// Weights of the vocabulary.
	pub fn head(&self) -> u64 {
		self.vocabulary * self.hidden
	}

	/// Rows and columns of all matrices, added up: what a check by random factors takes for a token.
	pub fn sides(&self) -> u64 {
		self.layers
			* self
				.matrices()
				.iter()
				.map(|(rows, columns)| rows + columns)
				.sum::<u64>()
	}

	/// Bytes that are hashed for a position: its state, and the state's place in a leaf.
	pub fn hashed(&self) -> u64 {
		16 + 4 * self.hidden + 36
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn they_are_as_large_as_they_are_called() {
		let all = LARGE.map(|shape| (shape.weights() + shape.head()) as f64 / 1e9);
		assert!((all[0] - 1.236).abs() < 0.01, "{all:?}");
		// 8.03 with the embedding, which is another matrix there.
		assert!((all[1] - 7.505).abs() < 0.01, "{all:?}");
	}
}
