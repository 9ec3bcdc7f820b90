// SPDX-License-Identifier: Apache-2.0

//! TorchScript modules: float models of any other kind, as one file that says itself what it computes.
//!
//! A module is a program: load only one from somebody whom you would let run a program.

use super::{
	decoder::model::floats,
	device::{Device, Doing},
};
use crate::Error;
use std::path::Path;
use tch::{CModule, IValue, Kind, TchError, Tensor};

/// A module that is loaded.
pub struct Script {
	module: CModule,
	device: tch::Device,
}

/// Numbers in rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
	pub shape: Vec<usize>,
	pub elements: Elements,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Elements {
	Floats(Vec<f32>),
	Integers(Vec<i64>),
}

impl Script {
	pub fn load(path: &Path, device: Device) -> Result<Self, Error> {
		let device = device.torch()?;
		let mut module = CModule::load_on_device(path, device).map_err(|error| Error::NotAModule {
			path: path.into(),
			reason: error.to_string().lines().next().unwrap_or_default().into(),
		})?;
		module.f_set_eval().doing("loading a module")?;
		Ok(Self { module, device })
	}

	/// What its `forward` makes of these, be it one array or several.
	pub fn run(&self, inputs: &[Array]) -> Result<Vec<Array>, Error> {
		let _no_gradients = tch::no_grad_guard();
		let doing = "running a module";
		let inputs = inputs.iter().map(|input| Ok(IValue::Tensor(self.tensor(input)?)));
		let inputs = inputs.collect::<Result<Vec<_>, Error>>()?;
		let outputs = match self.module.forward_is(&inputs).doing(doing)? {
			IValue::Tensor(one) => vec![one],
			IValue::TensorList(several) => several,
			IValue::Tuple(several) => {
				let tensor = |value| match value {
					IValue::Tensor(tensor) => Ok(tensor),
					_ => Err(Error::WrongUse),
				};
				several.into_iter().map(tensor).collect::<Result<_, _>>()?
			}
			_ => return Err(Error::WrongUse),
		};
		outputs.iter().map(|output| array(output).doing(doing)).collect()
	}

	fn tensor(&self, input: &Array) -> Result<Tensor, Error> {
		let count = input
			.shape
			.iter()
			.try_fold(1_usize, |count, size| count.checked_mul(*size));
		let (tensor, length) = match &input.elements {
			Elements::Floats(floats) => (Tensor::f_from_slice(floats), floats.len()),
			Elements::Integers(integers) => (Tensor::f_from_slice(integers), integers.len()),
		};
		if count != Some(length) {
			let wrong = atelier_models::Error::WrongShape {
				name: "of the input".into(),
				found: vec![length],
				wanted: input.shape.clone(),
			};
			return Err(wrong.into());
		}
		let shape: Vec<_> = input.shape.iter().map(|size| *size as i64).collect();
		let tensor = tensor.and_then(|tensor| tensor.f_reshape(&shape)?.f_to_device(self.device));
		tensor.doing("running a module")
	}
}

fn array(tensor: &Tensor) -> Result<Array, TchError> {
	let shape = tensor.size().into_iter().map(|size| size as usize).collect();
	let integers = matches!(
		tensor.f_kind()?,
		Kind::Bool | Kind::Uint8 | Kind::Int8 | Kind::Int16 | Kind::Int | Kind::Int64
	);
	let elements = match integers {
		false => Elements::Floats(floats(tensor)?),
		true => {
			let tensor = tensor
				.f_to_kind(Kind::Int64)?
				.f_to_device(tch::Device::Cpu)?
				.f_contiguous()?;
			let mut values = vec![0; tensor.numel()];
			let count = values.len();
			tensor.f_copy_data(&mut values, count)?;
			Elements::Integers(values)
		}
	};
	Ok(Array { shape, elements })
}
