// SPDX-License-Identifier: Apache-2.0

//! What a trace takes: how large it is, what of it is kept, and how much has to be multiplied for it. All of it follows from
//! shape and counts, before anything is computed.

use crate::tree::Pruned;
use atelier_referee::{
	model::{Layout, Matrix, Use},
	trace::{Graph, Stage},
};

/// Bytes of positions that were computed again and are kept for a while: evidence reads the same ones many times. Sixteen of
/// them, a part of an attention, are 180 MB of a model of 8 B parameters.
pub const RECENT: usize = 256 << 20;

/// Positions that go through the layers together.
pub const BLOCK: usize = 64;

/// What the trace of an answer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
	/// Leaves of the trace.
	pub leaves: u64,
	/// Bytes of all of them: what is hashed, and never held at once.
	pub bytes: u64,
	/// Bytes of the tree that are kept.
	pub tree: u64,
	/// Bytes of keys and values, from which any position is computed again.
	pub cache: u64,
	/// Bytes of the vectors of the positions that are on their way, three times: as numbers, in leaves, in products.
	pub working: u64,
	/// Products of two numbers in all matrices.
	pub products: u64,
}

impl Needs {
	/// Of an answer.
	pub fn of(graph: &Graph) -> Self {
		let shape = *graph.shape();
		let positions = u64::from(graph.positions());
		let choices = u64::from(graph.counts().output);
		let layers = u64::from(shape.layers);
		let tokens = shape.answers == Use::Tokens;
		let size = |stage: Stage| {
			let size = graph.size(stage);
			u64::from(size.values()).saturating_mul(size.width() as u64)
		};
		let (mut of_layer, mut of_position, mut of_choice) = (0_u64, 0_u64, 0_u64);
		for stage in Graph::stages() {
			let sum = match stage {
				stage if stage < Stage::AttentionStatistics => &mut of_position,
				stage if stage < Stage::LastStatistics => &mut of_layer,
				_ => &mut of_choice,
			};
			*sum = sum.saturating_add(size(stage));
		}
		let of_position = of_layer.saturating_mul(layers).saturating_add(of_position);
		let times = if tokens { choices } else { 1 };
		let layout = Layout::new(shape);
		let matrix = |matrix: Matrix| {
			let (rows, columns) = layout.size(matrix);
			u64::from(rows).saturating_mul(columns.into())
		};
		let of_layer_products = [
			Matrix::Query(0),
			Matrix::Key(0),
			Matrix::Value(0),
			Matrix::Output(0),
			Matrix::Gate(0),
			Matrix::Up(0),
			Matrix::Down(0),
		]
		.map(matrix)
		.iter()
		.fold(0_u64, |sum, one| sum.saturating_add(*one));
		let leaves = graph.leaves();
		let at_once = positions.min(BLOCK as u64);
		let held = match tokens {
			true => of_layer.saturating_add(of_choice).saturating_mul(at_once),
			// All positions wait for each other between the halves of a layer.
			false => of_layer.saturating_mul(at_once).saturating_add(
				u64::from(shape.width)
					.saturating_mul(4)
					.saturating_add(u64::from(shape.query_width()).saturating_mul(2))
					.saturating_mul(positions),
			),
		};
		Self {
			leaves,
			bytes: of_position
				.saturating_mul(positions)
				.saturating_add(of_choice.saturating_mul(times)),
			tree: Pruned::bytes_of(leaves),
			cache: u64::from(shape.key_width())
				.saturating_mul(4)
				.saturating_mul(positions)
				.saturating_mul(layers),
			working: held.saturating_mul(3),
			products: of_layer_products
				.saturating_mul(layers)
				.saturating_mul(positions)
				.saturating_add(if tokens {
					matrix(Matrix::Vocabulary).saturating_mul(choices)
				} else {
					0
				}),
		}
	}

	/// Bytes of memory beside the package. While positions are computed again none is on its way any more.
	pub fn memory(&self) -> u64 {
		let vectors = self.working.max(RECENT as u64);
		self.tree.saturating_add(self.cache).saturating_add(vectors)
	}
}
