// SPDX-License-Identifier: Apache-2.0

//! Whether there is a GPU, and whether libtorch can use it. The driver's library (NVML) is opened here and now, if it is
//! there.

use super::Check;
use nvml_wrapper::{Nvml, error::NvmlError};
use serde_json::Value;

const NAME: &str = "gpu";
/// Less free memory than this, and hardly a model fits.
const LITTLE: u64 = 4 << 30;

/// What the driver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driver {
	/// There is none.
	None,
	/// It is there and refuses.
	Refuses(String),
	Works {
		version: String,
		gpus: Vec<Gpu>,
	},
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpu {
	pub name: String,
	/// Bytes.
	pub free: u64,
	pub memory: u64,
}

pub fn ask() -> Driver {
	let works = |nvml: Nvml| {
		let gpus = (0..nvml.device_count()?).map(|number| {
			let device = nvml.device_by_index(number)?;
			let memory = device.memory_info()?;
			Ok(Gpu {
				name: device.name()?,
				free: memory.free,
				memory: memory.total,
			})
		});
		Ok::<_, NvmlError>(Driver::Works {
			gpus: gpus.collect::<Result<_, NvmlError>>()?,
			version: nvml.sys_driver_version()?,
		})
	};
	match Nvml::init() {
		Err(NvmlError::LibloadingError(_) | NvmlError::LibraryNotFound | NvmlError::DriverNotLoaded) => Driver::None,
		Err(error) => Driver::Refuses(error.to_string()),
		Ok(nvml) => works(nvml).unwrap_or_else(|error| Driver::Refuses(error.to_string())),
	}
}

/// What libtorch says is none if it cannot be asked.
pub fn check(driver: &Driver, libtorch: Option<&Value>) -> Check {
	const CUDA: &str = "install the CUDA build (ATELIER_CUDA=1 scripts/setup libtorch), and start the worker with LD_LIBRARY_PATH as it says";
	let field = |name: &str| libtorch.and_then(|said| said.get(name));
	let seen = field("gpus").and_then(Value::as_u64).unwrap_or(0);
	let (version, gpus) = match driver {
		Driver::None => return Check::ok(NAME, "none: exact models are served by the CPU"),
		Driver::Refuses(reason) => {
			let advice = "nvidia-smi says more; usually the driver was updated and the machine was not started again";
			return Check::fail(NAME, format!("the driver cannot be used: {reason}"), advice);
		}
		Driver::Works { gpus, .. } if gpus.is_empty() => {
			return Check::warn(
				NAME,
				"a driver and no GPU",
				"a container needs its GPUs passed in (--gpus all)",
			);
		}
		Driver::Works { version, gpus } => (version, gpus),
	};
	let gib = |bytes: u64| bytes as f64 / (1_u64 << 30) as f64;
	let list: Vec<_> = gpus
		.iter()
		.map(|gpu| format!("{}, {:.1} of {:.1} GiB free", gpu.name, gib(gpu.free), gib(gpu.memory)))
		.collect();
	let found = format!("{}; driver {version}", list.join("; "));
	if libtorch.is_none() {
		return Check::warn(NAME, format!("{found}; libtorch cannot be asked"), "first libtorch");
	}
	if let Some(error) = field("cudaError").and_then(Value::as_str) {
		return Check::fail(
			NAME,
			format!("{found}; the CUDA part of libtorch does not load: {error}"),
			CUDA,
		);
	}
	if field("cudaBeside").and_then(Value::as_bool) != Some(true) {
		return Check::warn(
			NAME,
			format!("{found}; this libtorch has no CUDA part (libtorch_cuda.so)"),
			CUDA,
		);
	}
	if seen < gpus.len() as u64 {
		let advice = "the driver may be too old for this CUDA, or CUDA_VISIBLE_DEVICES hides some";
		return Check::fail(NAME, format!("{found}; libtorch sees {seen} of {}", gpus.len()), advice);
	}
	if gpus.iter().any(|gpu| gpu.free < LITTLE) {
		return Check::warn(NAME, found, "nvidia-smi says who has the memory");
	}
	Check::ok(NAME, found)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::doctor::Verdict;
	use serde_json::json;

	#[test]
	fn each_thing_that_can_be_missing_is_told_apart() {
		let works = |free: u64, count: usize| Driver::Works {
			version: "580.1".into(),
			gpus: vec![
				Gpu {
					name: "H200".into(),
					free,
					memory: 139 << 30
				};
				count
			],
		};
		let torch = |beside: bool, error: Option<&str>, gpus: u64| json!({ "cudaBeside": beside, "cudaError": error, "gpus": gpus });
		let verdict = |driver: &Driver, torch: &Value| check(driver, Some(torch)).verdict;
		let all = torch(true, None, 1);
		assert_eq!(verdict(&works(100 << 30, 1), &all), Verdict::Ok);
		assert_eq!(verdict(&works(1 << 30, 1), &all), Verdict::Warn);
		assert_eq!(verdict(&works(100 << 30, 2), &all), Verdict::Fail);
		assert_eq!(verdict(&works(100 << 30, 1), &torch(false, None, 0)), Verdict::Warn);
		assert_eq!(
			verdict(&works(100 << 30, 1), &torch(true, Some("no libcudart"), 0)),
			Verdict::Fail
		);
		assert_eq!(verdict(&works(100 << 30, 0), &all), Verdict::Warn);
		assert_eq!(verdict(&Driver::None, &all), Verdict::Ok);
		assert_eq!(verdict(&Driver::Refuses("mismatch".into()), &all), Verdict::Fail);
		assert_eq!(check(&works(100 << 30, 1), None).verdict, Verdict::Warn);
	}

	#[test]
	fn asking_harms_nobody() {
		// With a driver or without.
		let _ = ask();
	}
}
