// SPDX-License-Identifier: Apache-2.0

//! Where the float numbers come from.

use atelier_models::{
	Error,
	load::checkpoint::{Checkpoint, Float, Raw},
};
use half::{bf16, f16};
use std::collections::BTreeMap;

/// Tensors by their names in a checkpoint.
pub trait Tensors {
	/// Whether there is one of this name, which nobody has taken yet.
	fn contains(&self, name: &str) -> bool;

	/// The numbers of a tensor of this shape, row after row. Each is taken once.
	fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error>;
}

/// A matrix with a row for each output.
#[derive(Clone, Debug)]
pub struct Matrix {
	pub columns: usize,
	pub values: Vec<f32>,
}

impl Matrix {
	/// Takes one from its source.
	pub fn take<T: Tensors + ?Sized>(tensors: &mut T, name: &str, rows: usize, columns: usize) -> Result<Self, Error> {
		let values = tensors.take(name, &[rows, columns])?;
		Ok(Self { columns, values })
	}

	pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
		self.values.chunks_exact(self.columns.max(1))
	}

	pub fn rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f32]> {
		self.values.chunks_exact_mut(self.columns.max(1))
	}
}

impl Tensors for Checkpoint {
	fn contains(&self, name: &str) -> bool {
		Self::contains(self, name)
	}

	fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
		let Raw { float, bytes } = Self::take(self, name, shape)?;
		Ok(match float {
			Float::F32 => bytes
				.as_chunks()
				.0
				.iter()
				.map(|&bits| f32::from_le_bytes(bits))
				.collect(),
			Float::F16 => {
				let halves = bytes.as_chunks().0.iter();
				halves.map(|&bits| f16::from_le_bytes(bits).to_f32()).collect()
			}
			Float::BF16 => {
				let halves = bytes.as_chunks().0.iter();
				halves.map(|&bits| bf16::from_le_bytes(bits).to_f32()).collect()
			}
		})
	}
}

/// Tensors in memory: shape and numbers.
pub type Memory = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

impl Tensors for Memory {
	fn contains(&self, name: &str) -> bool {
		self.contains_key(name)
	}

	fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
		let (found, values) = self
			.remove(name)
			.ok_or_else(|| Error::MissingTensor { name: name.into() })?;
		if found != shape {
			return Err(Error::WrongShape {
				name: name.into(),
				found,
				wanted: shape.into(),
			});
		}
		Ok(values)
	}
}
