// SPDX-License-Identifier: Apache-2.0

//! AdamW (Loshchilov and Hutter, 2019), in the order of operations of PyTorch's.

use super::{
	Error,
	parameters::Named,
	settings::Training,
	tensors::{copies, zeros},
};
use crate::float::device::Doing;
use tch::{TchError, Tensor};

/// Running means of gradients and of their squares.
pub struct AdamW {
	first: Named,
	second: Named,
	steps: u64,
}

impl AdamW {
	pub fn new(learning: &Named) -> Result<Self, Error> {
		Ok(Self {
			first: zeros(learning)?,
			second: zeros(learning)?,
			steps: 0,
		})
	}

	/// With the moments of a checkpoint.
	pub fn resumed(first: Named, second: Named, steps: u64) -> Self {
		Self { first, second, steps }
	}

	/// Changes the weights along a gradient of which each number counts `scale`.
	pub fn apply(
		&mut self,
		learning: &Named,
		gradient: &Named,
		settings: &Training,
		rate: f64,
		scale: f64,
	) -> Result<(), Error> {
		let _no_gradients = tch::no_grad_guard();
		self.steps = self.steps.saturating_add(1);
		let steps = self.steps as f64;
		let corrected = |beta: f64| 1.0 - libm::pow(beta, steps);
		let along = rate / corrected(settings.beta1);
		let root = libm::sqrt(corrected(settings.beta2));
		for (name, weight) in learning {
			let (Some(gradient), Some(first), Some(second)) =
				(gradient.get(name), self.first.get_mut(name), self.second.get_mut(name))
			else {
				return Err(Error::NoGradient { name: name.clone() });
			};
			let decay = match decays(name, weight) {
				true => settings.weight_decay,
				false => 0.0,
			};
			let mut weight = weight.shallow_clone();
			let mut change = || -> Result<(), TchError> {
				let gradient = gradient.f_mul_scalar(scale)?;
				let _ = weight.f_mul_scalar_(1.0 - rate * decay)?;
				let _ = first.f_lerp_(&gradient, 1.0 - settings.beta1)?;
				let squares = gradient.f_square()?.f_mul_scalar(1.0 - settings.beta2)?;
				let _ = second.f_mul_scalar_(settings.beta2)?;
				let _ = second.f_add_(&squares)?;
				let size = second.f_sqrt()?.f_div_scalar(root)?.f_add_scalar(settings.epsilon)?;
				let _ = weight.f_addcdiv_(&first.f_mul_scalar(-along)?, &size)?;
				Ok(())
			};
			change().doing("changing weights")?;
		}
		Ok(())
	}

	/// As a checkpoint has them: `first.NAME` and `second.NAME`.
	pub fn moments(&self) -> Result<Named, Error> {
		let named = |kind: &'static str, moments: &Named| -> Result<Vec<(String, Tensor)>, Error> {
			let copies = copies(moments)?;
			Ok(copies
				.into_iter()
				.map(move |(name, tensor)| (format!("{kind}.{name}"), tensor))
				.collect())
		};
		Ok(named("first", &self.first)?
			.into_iter()
			.chain(named("second", &self.second)?)
			.collect())
	}
}

/// Gains and biases are not decayed, nor is the embedding: no product follows that would make its size meaningless.
fn decays(name: &str, weight: &Tensor) -> bool {
	weight.dim() == 2 && name != "model.embed_tokens.weight"
}
