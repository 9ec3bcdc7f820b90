// SPDX-License-Identifier: Apache-2.0

//! Where a model lives, and what goes wrong there.

use super::Libtorch;
use crate::{Error, load::checkpoint::Float};
use std::fmt;
use tch::{Kind, TchError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
	Cpu,
	/// An NVIDIA GPU by its number.
	Cuda(u16),
}

impl Device {
	pub(crate) fn torch(self) -> Result<tch::Device, Error> {
		let libtorch = Libtorch::start();
		match self {
			Self::Cpu => Ok(tch::Device::Cpu),
			Self::Cuda(number) if usize::from(number) < libtorch.gpus => Ok(tch::Device::Cuda(number.into())),
			Self::Cuda(_) => Err(Error::NoDevice {
				device: self.to_string(),
			}),
		}
	}
}

impl fmt::Display for Device {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Cpu => write!(f, "cpu"),
			Self::Cuda(number) => write!(f, "cuda:{number}"),
		}
	}
}

pub(crate) fn kind(float: Float) -> Kind {
	match float {
		Float::F32 => Kind::Float,
		Float::F16 => Kind::Half,
		Float::BF16 => Kind::BFloat16,
	}
}

/// Names what libtorch reports.
pub(crate) trait Doing<T> {
	fn doing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T> Doing<T> for Result<T, TchError> {
	fn doing(self, doing: &'static str) -> Result<T, Error> {
		self.map_err(|error| named(doing, &error))
	}
}

fn named(doing: &'static str, error: &TchError) -> Error {
	let text = error.to_string();
	let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
	// The rest is a trace of libtorch's own functions.
	let reason = || text.lines().next().unwrap_or_default().to_owned();
	if says(&["out of memory", "not enough memory", "can't allocate memory"]) {
		Error::DeviceMemory { doing }
	} else if says(&["CUDA error", "cuDNN error", "CUBLAS_STATUS", "NCCL error"]) {
		Error::DeviceLost {
			doing,
			reason: reason(),
		}
	} else {
		Error::Libtorch {
			doing,
			reason: reason(),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_libtorch_reports_gets_its_name() {
		let named = |text: &str| named("testing", &TchError::Torch(text.into()));
		assert!(matches!(
			named("CUDA out of memory. Tried to allocate 20.00 GiB"),
			Error::DeviceMemory { .. }
		));
		assert!(matches!(
			named("[enforce fail at alloc_cpu.cpp:124] data. DefaultCPUAllocator: can't allocate memory: you tried"),
			Error::DeviceMemory { .. }
		));
		assert!(matches!(
			named("CUDA error: an illegal memory access was encountered"),
			Error::DeviceLost { .. }
		));
		let Error::Libtorch { reason, .. } = named("shapes differ\nException raised from a") else {
			panic!()
		};
		assert_eq!(reason, "Internal torch error: shapes differ");
	}

	#[test]
	fn memory_that_nobody_has_is_an_error_and_no_crash() {
		Libtorch::start();
		let all = tch::Tensor::f_empty([1 << 50], (Kind::Float, tch::Device::Cpu));
		assert!(matches!(all.doing("testing"), Err(Error::DeviceMemory { .. })));
	}
}
