// SPDX-License-Identifier: Apache-2.0

//! The inner loop: gradients of batches, and what they change.

use super::{
	Error,
	adamw::AdamW,
	network::{Batch, Network},
	parameters::{Named, Parameters},
	schedule::rate,
	settings::Training,
};
use crate::float::device::Doing;
use tch::{Kind, TchError, Tensor};

/// A decoder that learns.
pub struct Trainer {
	network: Network,
	parameters: Parameters,
	optimiser: AdamW,
	settings: Training,
	step: u64,
}

/// The gradient of the mean loss of some batches.
pub struct Gradient {
	/// By the names of what learns.
	pub tensors: Named,
	/// The mean surprise of a target, in nats.
	pub loss: f64,
	/// Length of all tensors together.
	pub norm: f64,
	/// Targets that were asked for.
	pub asked: u64,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
	pub step: u64,
	pub loss: f64,
	pub rate: f64,
	/// Of the gradient before it was clipped.
	pub norm: f64,
	pub asked: u64,
}

impl Trainer {
	pub fn new(network: Network, parameters: Parameters, settings: Training) -> Result<Self, Error> {
		settings.check()?;
		let optimiser = AdamW::new(&parameters.learning())?;
		Ok(Self {
			network,
			parameters,
			optimiser,
			settings,
			step: 0,
		})
	}

	/// As it was after a step.
	pub fn resume(&mut self, step: u64, optimiser: AdamW) {
		(self.step, self.optimiser) = (step, optimiser);
	}

	pub fn network(&self) -> &Network {
		&self.network
	}

	pub fn parameters(&self) -> &Parameters {
		&self.parameters
	}

	pub fn optimiser(&self) -> &AdamW {
		&self.optimiser
	}

	/// Steps that were taken.
	pub fn steps(&self) -> u64 {
		self.step
	}

	/// The gradient of all batches together, computed one after the other: each target counts the same, whichever batch it is
	/// in.
	pub fn gradient(&self, batches: &[Batch]) -> Result<Gradient, Error> {
		let step = self.step.saturating_add(1);
		let asked: u64 = batches.iter().map(Batch::asked).sum();
		if asked == 0 {
			return Err(Error::NothingToLearn);
		}
		let learning = self.parameters.learning();
		let inputs: Vec<_> = learning.values().collect();
		let (mut sums, mut loss) = (Vec::new(), 0.0);
		for batch in batches {
			let of_batch = self.network.loss(&self.parameters, batch)?;
			loss += of_batch.f_double_value(&[]).doing("reading a loss")?;
			if !loss.is_finite() {
				return Err(Error::LossNotFinite { step });
			}
			let mut back = || -> Result<(), TchError> {
				let mean = of_batch.f_div_scalar(asked as f64)?;
				let gradients = Tensor::f_run_backward(&[mean], &inputs, false, false)?;
				if sums.is_empty() {
					sums = gradients;
					return Ok(());
				}
				for (sum, gradient) in sums.iter_mut().zip(&gradients) {
					let _ = sum.f_add_(gradient)?;
				}
				Ok(())
			};
			back().doing("computing gradients")?;
		}
		let tensors: Named = learning.into_keys().zip(sums).collect();
		let norm = length(&tensors).doing("measuring gradients")?;
		match norm.is_finite() {
			true => Ok(Gradient {
				tensors,
				loss: loss / asked as f64,
				norm,
				asked,
			}),
			false => Err(Error::GradientNotFinite { step }),
		}
	}

	/// Changes the weights along a gradient, which is clipped before.
	pub fn apply(&mut self, gradient: &Gradient) -> Result<Step, Error> {
		let step = self.step.saturating_add(1);
		if !gradient.norm.is_finite() {
			return Err(Error::GradientNotFinite { step });
		}
		let rate = rate(&self.settings, step);
		// The small number is PyTorch's.
		let scale = (self.settings.clip / (gradient.norm + 1e-6)).min(1.0);
		let learning = self.parameters.learning();
		self.optimiser
			.apply(&learning, &gradient.tensors, &self.settings, rate, scale)?;
		self.step = step;
		Ok(Step {
			step,
			loss: gradient.loss,
			rate,
			norm: gradient.norm,
			asked: gradient.asked,
		})
	}

	/// One step along the gradient of these batches.
	pub fn step(&mut self, batches: &[Batch]) -> Result<Step, Error> {
		let gradient = self.gradient(batches)?;
		self.apply(&gradient)
	}
}

/// In f64, so that large tensors lose nothing.
fn length(tensors: &Named) -> Result<f64, TchError> {
	let squares = tensors.values().map(|tensor| {
		let squares = tensor.f_to_kind(Kind::Double)?.f_square()?;
		squares.f_sum(Kind::Double)?.f_double_value(&[])
	});
	Ok(libm::sqrt(squares.sum::<Result<f64, TchError>>()?))
}
