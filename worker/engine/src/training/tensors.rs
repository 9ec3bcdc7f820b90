// SPDX-License-Identifier: Apache-2.0

//! Tensors to and from the host and its files.

use super::{Error, files, parameters::Named};
use crate::{
	float::device::{Doing, kind},
	load::checkpoint::Float,
};
use safetensors::{Dtype, View};
use std::{borrow::Cow, collections::HashMap, path::Path};
use tch::{Device, Kind, Tensor};

pub fn of(values: &[f32], shape: &[usize], device: Device) -> Result<Tensor, Error> {
	let shape: Vec<_> = shape.iter().map(|&size| size as i64).collect();
	let doing = "making a tensor";
	let flat = Tensor::f_from_slice(values).doing(doing)?;
	let shaped = flat.f_view(shape.as_slice()).doing(doing)?;
	Ok(shaped.f_to_device(device).doing(doing)?)
}

/// Whether all of its values are numbers.
pub fn finite(tensor: &Tensor) -> Result<bool, Error> {
	let finite = tensor.f_isfinite().and_then(|finite| finite.f_all());
	let finite = finite.and_then(|finite| finite.f_int64_value(&[]));
	Ok(finite.doing("looking for overflows")? != 0)
}

/// What a file gets of a tensor.
struct Bytes {
	dtype: Dtype,
	shape: Vec<usize>,
	bytes: Vec<u8>,
}

impl View for Bytes {
	fn dtype(&self) -> Dtype {
		self.dtype
	}

	fn shape(&self) -> &[usize] {
		&self.shape
	}

	fn data(&self) -> Cow<'_, [u8]> {
		Cow::Borrowed(&self.bytes)
	}

	fn data_len(&self) -> usize {
		self.bytes.len()
	}
}

/// Writes a safetensors file. Values that the format cannot hold are an error.
pub fn write(path: &Path, tensors: &Named, float: Float) -> Result<(), Error> {
	let _no_gradients = tch::no_grad_guard();
	let views = tensors.iter().map(|(name, tensor)| -> Result<_, Error> {
		let doing = "writing tensors";
		let tensor = tensor.f_to_kind(kind(float)).doing(doing)?;
		if !finite(&tensor)? {
			return Err(Error::Engine(crate::Error::OutOfRange {
				name: name.clone(),
				dtype: float.name(),
			}));
		}
		let tensor = tensor.f_to_device(Device::Cpu).and_then(|tensor| tensor.f_contiguous());
		let tensor = tensor.doing(doing)?;
		let count = tensor.numel();
		let mut bytes = vec![0; count * float.bytes()];
		tensor.f_copy_data_u8(&mut bytes, count).doing(doing)?;
		let view = Bytes {
			dtype: match float {
				Float::F32 => Dtype::F32,
				Float::F16 => Dtype::F16,
				Float::BF16 => Dtype::BF16,
			},
			shape: tensor.size().iter().map(|&size| size as usize).collect(),
			bytes,
		};
		Ok((name.as_str(), view))
	});
	let views = views.collect::<Result<Vec<_>, _>>()?;
	// As transformers writes it: without this, some readers refuse the file.
	let format = HashMap::from([("format".to_owned(), "pt".to_owned())]);
	safetensors::serialize_to_file(views, Some(format), path).map_err(|source| Error::UnwritableTensors {
		path: path.into(),
		source,
	})?;
	files::sync(path)
}

/// Copies of tensors that nothing else changes.
pub fn copies(tensors: &Named) -> Result<Named, Error> {
	let _no_gradients = tch::no_grad_guard();
	let copy =
		|(name, tensor): (&String, &Tensor)| Ok((name.clone(), tensor.f_detach_copy().doing("copying tensors")?));
	tensors.iter().map(copy).collect()
}

/// Zeros of the same shapes.
pub fn zeros(tensors: &Named) -> Result<Named, Error> {
	let zero = |(name, tensor): (&String, &Tensor)| {
		let zeros = Tensor::f_zeros(tensor.size().as_slice(), (Kind::Float, tensor.device()));
		Ok((name.clone(), zeros.doing("making room for moments")?))
	};
	tensors.iter().map(zero).collect()
}
