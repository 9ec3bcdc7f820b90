// SPDX-License-Identifier: Apache-2.0

//! Where an exact model is computed: on the device that was asked for if that is right about everything, otherwise on the CPU.

use super::{Plan, device::Right, kernels, load_bytes, words};
use crate::{Error, backend::Backend, float::Device, serve::Engine};
use atelier_models::exact::ExactFolder;
use atelier_referee::model::{Package, Shape};
use std::fmt;

/// A model, and what computes it.
pub struct Placed {
	pub backend: Box<dyn Backend>,
	pub by: By,
}

/// What computes a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
	/// Kernels of the CPU, by these instructions.
	Kernels {
		path: String,
		/// Why not the device that was asked for.
		because: Option<String>,
	},
	Device {
		device: Device,
		/// How it multiplies.
		way: String,
	},
}

impl fmt::Display for By {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Kernels { path, because: None } => write!(f, "kernels of the CPU, {path}"),
			Self::Kernels {
				path,
				because: Some(because),
			} => write!(f, "kernels of the CPU, {path}, since {because}"),
			Self::Device { device, way } => write!(f, "{device}, {way}"),
		}
	}
}

/// The model of a folder. A device that is not there is an error; one that is wrong about something is not used.
pub fn place(folder: &ExactFolder, plan: &Plan, device: Device) -> Result<Placed, Error> {
	place_package(folder.manifest().shape, folder.bytes(), plan, device)
}

/// The model of a package's bytes.
pub fn place_package(shape: Shape, bytes: &[u8], plan: &Plan, device: Device) -> Result<Placed, Error> {
	let kernels = kernels()?;
	let path = kernels.path();
	let because = match device {
		Device::Cpu => None,
		device => match Right::select(device) {
			Ok(right) => {
				let by = By::Device {
					device,
					way: right.way().to_string(),
				};
				let package = checked(shape, bytes)?;
				let backend = right.load(&package, plan, path)?;
				return Ok(Placed { backend, by });
			}
			Err(wrong @ Error::WrongDevice { .. }) => Some(wrong.to_string()),
			Err(error) => return Err(error),
		},
	};
	Ok(Placed {
		backend: load_bytes(shape, bytes, kernels, plan)?,
		by: By::Kernels {
			path: path.to_string(),
			because,
		},
	})
}

/// A model of a folder that serves, and what computes it.
pub fn serve_on(folder: &ExactFolder, plan: &Plan, device: Device) -> Result<(Engine, By), Error> {
	let Placed { backend, by } = place(folder, plan, device)?;
	Ok((Engine::start(backend, words(folder)?, plan.limits)?, by))
}

pub(super) fn checked(shape: Shape, bytes: &[u8]) -> Result<Package<'_>, Error> {
	let shape = shape.checked().map_err(|error| Error::ExactModel {
		source: atelier_kernels::ModelError::Shape(error),
	})?;
	Package::checked(shape, bytes).map_err(|error| Error::ExactModel {
		source: atelier_kernels::ModelError::Package(error),
	})
}
