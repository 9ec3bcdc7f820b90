// SPDX-License-Identifier: Apache-2.0

//! Where the parts of a model get their tensors from: a checkpoint, for one.

use super::device::{Doing, kind};
use crate::{
	Error,
	load::checkpoint::{Checkpoint, Float},
};
use tch::{Device, Kind, Tensor};

/// Gives tensors by their names.
pub trait Source {
	fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, Error>;

	/// Tensors of one width, below each other.
	fn stacked(&mut self, names: &[(String, usize)], width: Option<usize>) -> Result<Tensor, Error> {
		let tensors = names.iter().map(|(name, rows)| match width {
			Some(width) => self.tensor(name, &[*rows, width]),
			None => self.tensor(name, &[*rows]),
		});
		let tensors = tensors.collect::<Result<Vec<_>, Error>>()?;
		match tensors.as_slice() {
			[one] => Ok(one.shallow_clone()),
			several => Tensor::f_cat(several, 0).doing("putting weights together"),
		}
	}
}

/// The weights of a checkpoint as tensors of a device.
pub struct Weights {
	checkpoint: Checkpoint,
	device: Device,
	float: Float,
}

impl Weights {
	pub fn new(checkpoint: Checkpoint, device: Device, float: Float) -> Self {
		Self {
			checkpoint,
			device,
			float,
		}
	}

	pub fn finish(self, useless: impl Fn(&str) -> bool) -> Result<(), Error> {
		Ok(self.checkpoint.finish(useless)?)
	}

	pub fn options(&self) -> (Kind, Device) {
		(kind(self.float), self.device)
	}
}

impl Source for Weights {
	fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, Error> {
		let raw = self.checkpoint.take(name, shape)?;
		let sizes: Vec<i64> = shape.iter().map(|&size| size as i64).collect();
		let doing = "loading weights";
		let stored = Tensor::f_from_data_size(raw.bytes, &sizes, kind(raw.float)).doing(doing)?;
		let tensor = stored.f_to_kind(kind(self.float)).doing(doing)?;
		// Only this format has a smaller range than another.
		if self.float == Float::F16 && raw.float != Float::F16 {
			let finite = tensor.f_isfinite().and_then(|finite| finite.f_all()).doing(doing)?;
			if finite.f_int64_value(&[]).doing(doing)? == 0 {
				return Err(Error::OutOfRange {
					name: name.into(),
					dtype: self.float.name(),
				});
			}
		}
		tensor.f_to_device(self.device).doing(doing)
	}
}
