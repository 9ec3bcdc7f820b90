// SPDX-License-Identifier: Apache-2.0

//! The exact class on a device of libtorch: an NVIDIA GPU, or for tests a CPU.
//!
//! Every value is the referee's, bit for bit. Numbers are integers of 64 bits between the operators' stores; where floats
//! multiply, they hold every partial sum without rounding, by the bound that stands beside it; the root of a norm is guessed
//! with a float that integers correct. docs/gpu.md says how it is checked on a GPU.
//!
//! - `arith`: the spec's rules of rounding and limiting; `ops`, `linear`, `norm`, `attention`: its operators, of many rows.
//! - `fused`: kernels of our own for GPUs.
//! - `model`, `cache`, `room`: weights, keys and values, and the memory for them.
//! - `selftest`: whether a device may be used at all.

mod arith;
mod attention;
mod cache;
mod decoder;
mod encoder;
mod fused;
mod linear;
mod model;
mod norm;
mod ops;
mod room;
mod selftest;
#[cfg(test)]
mod tests;

pub use ops::Way;
pub use selftest::{Check, Verdict, Wrong};

use super::Plan;
use crate::{
	Error,
	backend::{Answers, Backend, Class, Facts},
	float::{Device, device::Doing},
};
use atelier_kernels::{Path, Threads};
use atelier_referee::model::{Package, Shape, Use};
use decoder::DeviceDecoder;
use encoder::DeviceEncoder;
use model::Model;
use ops::Ops;
use room::Room;

/// A device that computes what the referee computes.
pub struct Right {
	device: Device,
	ops: Ops,
	verdicts: Vec<Verdict>,
}

impl Right {
	/// Asks a device about every operator, by each way of multiplying that it has until one is right.
	pub fn select(device: Device) -> Result<Self, Error> {
		let torch = device.torch()?;
		Self::of(device, Way::of(torch))
	}

	/// By these ways.
	pub fn of(device: Device, ways: &[Way]) -> Result<Self, Error> {
		let (ops, verdicts) = selftest::select(device.torch()?, ways);
		match ops {
			Some(ops) => Ok(Self { device, ops, verdicts }),
			None => {
				let verdicts: Vec<_> = verdicts.iter().map(ToString::to_string).collect();
				Err(Error::WrongDevice {
					device: device.to_string(),
					reason: verdicts.join("; "),
				})
			}
		}
	}

	pub fn device(&self) -> Device {
		self.device
	}

	pub fn way(&self) -> Way {
		self.ops.way
	}

	/// What was found, of the ways that were asked.
	pub fn verdicts(&self) -> &[Verdict] {
		&self.verdicts
	}

	/// A model of a package that was checked, on this device. Tokens are chosen by a path of the CPU.
	pub fn load(self, package: &Package<'_>, plan: &Plan, path: Path) -> Result<Box<dyn Backend>, Error> {
		let shape = *package.shape();
		let room = Room::of(&self.ops, &shape, plan.memory, &plan.limits)?;
		let _no_gradients = tch::no_grad_guard();
		let model = Model::new(self.ops, package).doing("copying an exact model")?;
		Ok(match shape.answers {
			Use::Tokens => Box::new(DeviceDecoder::new(model, room, path, Threads::new(plan.threads)?)?),
			Use::Embedding => Box::new(DeviceEncoder::new(model, room)),
		})
	}
}

fn facts(shape: &Shape) -> Facts {
	Facts {
		vocabulary: shape.vocabulary,
		positions: shape.positions,
		width: shape.width,
		answers: match shape.answers {
			Use::Tokens => Answers::Tokens,
			Use::Embedding => Answers::Embedding,
		},
		class: Class::Exact,
	}
}
