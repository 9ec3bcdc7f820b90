// SPDX-License-Identifier: Apache-2.0

//! The weights of a model, from a safetensors file, as f32.

use crate::Error;
use half::{bf16, f16};
use ndarray::{Array1, Array2};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::{collections::BTreeMap, path::Path};

/// A tensor's shape and its values in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
	pub shape: Vec<usize>,
	pub values: Vec<f32>,
}

/// All tensors of a file by name. Those that are not floats (BERT stores its position numbers) are known by type only.
#[derive(Clone, Debug, Default)]
pub struct Weights {
	tensors: BTreeMap<String, Tensor>,
	others: BTreeMap<String, Dtype>,
}

impl Weights {
	pub fn read(path: &Path) -> Result<Self, Error> {
		let bytes = std::fs::read(path).map_err(|source| Error::Unreadable {
			path: path.into(),
			source,
		})?;
		let file = SafeTensors::deserialize(&bytes).map_err(|source| Error::BrokenSafetensors {
			path: path.into(),
			source,
		})?;
		let mut weights = Self::default();
		for (name, view) in file.iter() {
			match values(&view) {
				Some(values) if values.iter().any(|value| !value.is_finite()) => {
					return Err(Error::NotFinite { name: name.into() });
				}
				Some(values) => {
					weights.tensors.insert(
						name.into(),
						Tensor {
							shape: view.shape().to_vec(),
							values,
						},
					);
				}
				None => {
					weights.others.insert(name.into(), view.dtype());
				}
			}
		}
		Ok(weights)
	}

	pub fn names(&self) -> impl Iterator<Item = &str> {
		self.tensors.keys().map(String::as_str)
	}

	pub fn contains(&self, name: &str) -> bool {
		self.tensors.contains_key(name)
	}

	/// The tensor, if it has the shape that the config implies.
	pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<&Tensor, Error> {
		let tensor = match (self.tensors.get(name), self.others.get(name)) {
			(Some(tensor), _) => tensor,
			(None, Some(&found)) => {
				return Err(Error::NotFloat {
					name: name.into(),
					found,
				});
			}
			(None, None) => return Err(Error::MissingTensor { name: name.into() }),
		};
		if tensor.shape != shape {
			return Err(Error::WrongShape {
				name: name.into(),
				found: tensor.shape.clone(),
				wanted: shape.into(),
			});
		}
		Ok(tensor)
	}

	pub fn vector(&self, name: &str, length: usize) -> Result<Array1<f32>, Error> {
		Ok(Array1::from_vec(self.tensor(name, &[length])?.values.clone()))
	}

	pub fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Array2<f32>, Error> {
		let tensor = self.tensor(name, &[rows, columns])?;
		// The file's length was checked against the shape when it was read.
		Array2::from_shape_vec((rows, columns), tensor.values.clone()).map_err(|_| Error::WrongShape {
			name: name.into(),
			found: vec![tensor.values.len()],
			wanted: vec![rows, columns],
		})
	}
}

fn values(view: &TensorView<'_>) -> Option<Vec<f32>> {
	let bytes = view.data();
	Some(match view.dtype() {
		Dtype::F32 => bytes
			.as_chunks()
			.0
			.iter()
			.map(|&value| f32::from_le_bytes(value))
			.collect(),
		Dtype::F16 => bytes
			.as_chunks()
			.0
			.iter()
			.map(|&value| f16::from_le_bytes(value).to_f32())
			.collect(),
		Dtype::BF16 => bytes
			.as_chunks()
			.0
			.iter()
			.map(|&value| bf16::from_le_bytes(value).to_f32())
			.collect(),
		_ => return None,
	})
}
