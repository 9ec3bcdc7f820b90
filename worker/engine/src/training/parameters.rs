// SPDX-License-Identifier: Apache-2.0

//! The weights of a decoder that learns, by their names, and what is on top of them.

use super::{
	Error,
	lora::{Adapters, TARGETS},
	random::{Purpose, normal},
	settings::Lora,
	tensors,
};
use crate::{
	float::{
		decoder::{parts::Parts, useless},
		device::Doing,
		weights::{Source, Weights},
	},
	load::{
		checkpoint::{Checkpoint, Float},
		config::DecoderConfig,
	},
};
use std::collections::BTreeMap;
use tch::{Device, Kind, Tensor};

/// Tensors by their names.
pub type Named = BTreeMap<String, Tensor>;
/// Shapes by the names of tensors.
pub type Shapes = BTreeMap<String, Vec<usize>>;

/// In f32, whatever they were stored in. Either all weights learn, or only adapters do.
pub struct Parameters {
	weights: Named,
	adapters: Option<Adapters>,
}

impl Parameters {
	/// New weights: a matrix has values of deviation 1/√inputs, what is added to the residual 1/√(2·layers) of that, so that
	/// its size does not grow with the layers; the embedding ½, the output ½/√inputs (one for both: 1/√inputs); gains are 1
	/// and biases 0. The numbers are those of [`random`](super::random).
	pub fn random(config: &DecoderConfig, seed: u64, device: Device) -> Result<Self, Error> {
		let mut weights = Named::new();
		for (number, (name, shape)) in shapes(config)?.into_iter().enumerate() {
			let count = shape.iter().product();
			let values = match deviation(config, &name, &shape) {
				Some(deviation) => normal(seed, Purpose::Weights, number as u32, count, deviation),
				None if name.ends_with(".bias") => vec![0.0; count],
				None => vec![1.0; count],
			};
			weights.insert(name, tensors::of(&values, &shape, device)?);
		}
		Self::all_learn(weights)
	}

	/// The weights of a checkpoint, which must be those of this config and no others.
	pub fn read(checkpoint: Checkpoint, config: &DecoderConfig, device: Device) -> Result<Self, Error> {
		let mut source = Weights::new(checkpoint, device, Float::F32);
		let mut weights = Named::new();
		for (name, shape) in shapes(config)? {
			let tensor = source.tensor(&name, &shape)?;
			weights.insert(name, tensor);
		}
		source.finish(|name| useless(name, config.tied))?;
		Self::all_learn(weights)
	}

	fn all_learn(weights: Named) -> Result<Self, Error> {
		for tensor in weights.values() {
			learns(tensor, true)?;
		}
		Ok(Self {
			weights,
			adapters: None,
		})
	}

	/// From now on only adapters learn. At first they change nothing.
	pub fn adapt(&mut self, lora: &Lora, seed: u64) -> Result<(), Error> {
		if let Some(found) = lora.matrices.iter().find(|name| !TARGETS.contains(&name.as_str())) {
			return Err(Error::NotAdaptable {
				found: found.clone(),
				known: "q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj",
			});
		}
		let adapters = Adapters::random(&self.weights, lora, seed)?;
		for tensor in self.weights.values() {
			learns(tensor, false)?;
		}
		for tensor in adapters.tensors().values() {
			learns(tensor, true)?;
		}
		self.adapters = Some(adapters);
		Ok(())
	}

	/// What learns, by its names in files.
	pub fn learning(&self) -> Named {
		match &self.adapters {
			Some(adapters) => adapters.tensors(),
			None => self
				.weights
				.iter()
				.map(|(name, tensor)| (name.clone(), tensor.shallow_clone()))
				.collect(),
		}
	}

	/// The model's weights, with what the adapters add.
	pub fn merged(&self) -> Result<Named, Error> {
		let _no_gradients = tch::no_grad_guard();
		let mut source = self;
		let names = self.weights.iter();
		names
			.map(|(name, tensor)| {
				let shape: Vec<_> = tensor.size().iter().map(|&size| size as usize).collect();
				Ok((name.clone(), source.tensor(name, &shape)?.detach()))
			})
			.collect()
	}

	/// How many numbers there are, and how many of them learn.
	pub fn count(&self) -> (u64, u64) {
		let count = |tensors: &Named| tensors.values().map(|tensor| tensor.numel() as u64).sum();
		(count(&self.weights), count(&self.learning()))
	}
}

impl Source for &Parameters {
	fn tensor(&mut self, name: &str, _: &[usize]) -> Result<Tensor, crate::Error> {
		let missing = || atelier_models::Error::MissingTensor { name: name.into() };
		let weight = self.weights.get(name).ok_or_else(missing)?;
		match self.adapters.as_ref().and_then(|adapters| adapters.of(name)) {
			Some(adapter) => adapter.added_to(weight).doing("adding adapters"),
			None => Ok(weight.shallow_clone()),
		}
	}
}

fn learns(tensor: &Tensor, yes: bool) -> Result<(), Error> {
	let _ = tensor.f_set_requires_grad(yes).doing("marking what learns")?;
	Ok(())
}

/// None for what is no matrix.
fn deviation(config: &DecoderConfig, name: &str, shape: &[usize]) -> Option<f64> {
	let [_, inputs] = shape else { return None };
	let matrix = libm::sqrt(*inputs as f64).recip();
	Some(match name {
		"model.embed_tokens.weight" if !config.tied => 0.5,
		"lm_head.weight" => 0.5 * matrix,
		_ if name.ends_with("o_proj.weight") || name.ends_with("down_proj.weight") => {
			matrix / libm::sqrt(2.0 * f64::from(config.layers))
		}
		_ => matrix,
	})
}

/// The shapes of a decoder's weights. Whoever reads a decoder says which ones it needs.
pub fn shapes(config: &DecoderConfig) -> Result<Shapes, Error> {
	let mut asked = Asked(Shapes::new());
	Parts::read(&mut asked, config)?;
	Ok(asked.0)
}

/// Remembers what it was asked for and gives nothing.
struct Asked(Shapes);

impl Source for Asked {
	fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, crate::Error> {
		self.0.insert(name.into(), shape.to_vec());
		Tensor::f_empty([0], (Kind::Float, Device::Cpu)).doing("asking for shapes")
	}
}
