// SPDX-License-Identifier: Apache-2.0

//! A matrix that is applied to every row of its input.

use crate::{Error, weights::Weights};
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
	pub fn biased(weights: &Weights, name: &str, outputs: usize, inputs: usize) -> Result<Self, Error> {
		Ok(Self {
			weight: weights.matrix(&format!("{name}.weight"), outputs, inputs)?,
			bias: Some(weights.vector(&format!("{name}.bias"), outputs)?),
		})
	}

	/// Reads `name.weight`.
	pub fn unbiased(weights: &Weights, name: &str, outputs: usize, inputs: usize) -> Result<Self, Error> {
		Ok(Self {
			weight: weights.matrix(&format!("{name}.weight"), outputs, inputs)?,
			bias: None,
		})
	}

	pub fn apply(&self, x: ArrayView2<'_, f32>) -> Array2<f32> {
		let product = x.dot(&self.weight.t());
		match &self.bias {
			Some(bias) => product + bias,
			None => product,
		}
	}
}
