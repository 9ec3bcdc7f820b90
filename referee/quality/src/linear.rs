// SPDX-License-Identifier: Apache-2.0

//! A matrix that is applied to every row of its input.

use crate::Error;
use atelier_convert::tensors::{Matrix, Memory, Tensors};
use ndarray::{Array1, Array2, ArrayView2};

/// `y = x * weight^T + bias`.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
	/// A row for each output.
	pub weight: Array2<f32>,
	pub bias: Option<Array1<f32>>,
}

impl Linear {
	/// Reads `name.weight` and `name.bias`.
	pub fn biased(tensors: &mut impl Tensors, name: &str, outputs: u32, inputs: u32) -> Result<Self, Error> {
		Ok(Self {
			bias: Some(vector(tensors, &format!("{name}.bias"), outputs)?),
			..Self::unbiased(tensors, name, outputs, inputs)?
		})
	}

	/// Reads `name.weight`.
	pub fn unbiased(tensors: &mut impl Tensors, name: &str, outputs: u32, inputs: u32) -> Result<Self, Error> {
		Ok(Self {
			weight: matrix(tensors, &format!("{name}.weight"), outputs, inputs)?,
			bias: None,
		})
	}

	/// The tensors again.
	pub fn write(&self, name: &str, to: &mut Memory) {
		write_matrix(&self.weight, &format!("{name}.weight"), to);
		if let Some(bias) = &self.bias {
			write_vector(bias, &format!("{name}.bias"), to);
		}
	}

	pub fn apply(&self, x: ArrayView2<'_, f32>) -> Array2<f32> {
		let product = x.dot(&self.weight.t());
		match &self.bias {
			Some(bias) => product + bias,
			None => product,
		}
	}
}

pub fn vector(tensors: &mut impl Tensors, name: &str, length: u32) -> Result<Array1<f32>, Error> {
	Ok(Array1::from_vec(tensors.take(name, &[length as usize])?))
}

pub fn matrix(tensors: &mut impl Tensors, name: &str, rows: u32, columns: u32) -> Result<Array2<f32>, Error> {
	let Matrix { columns, values } = Matrix::take(tensors, name, rows as usize, columns as usize)?;
	// The values were checked against the shape when they were taken.
	Ok(Array2::from_shape_fn((rows as usize, columns), |(row, column)| {
		values[row * columns + column]
	}))
}

pub fn write_vector(vector: &Array1<f32>, name: &str, to: &mut Memory) {
	to.insert(name.into(), (vec![vector.len()], vector.to_vec()));
}

pub fn write_matrix(matrix: &Array2<f32>, name: &str, to: &mut Memory) {
	let values = matrix.iter().copied().collect();
	to.insert(name.into(), (matrix.shape().to_vec(), values));
}
