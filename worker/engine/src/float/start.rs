// SPDX-License-Identifier: Apache-2.0

//! The first use of libtorch, before any other.
//!
//! One binary serves both kinds of machine: it is linked against libtorch's CPU part. Where that is a part of a libtorch
//! with CUDA (found through `LD_LIBRARY_PATH`), the CUDA part lies beside it, and announces itself to the CPU part when it
//! is loaded. It must be loaded before anybody asks whether there is a GPU, since the answer is remembered.
#![allow(unsafe_code)]

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use std::{path::PathBuf, sync::OnceLock};

const CPU: &str = "libtorch_cpu.so";
const CUDA: &str = "libtorch_cuda.so";

/// libtorch, ready to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Libtorch {
	/// Why CUDA's part was not loaded although it is there.
	pub cuda_error: Option<String>,
	pub gpus: usize,
}

impl Libtorch {
	/// Everything of this crate that calls libtorch calls this before.
	pub fn start() -> &'static Self {
		static STARTED: OnceLock<Libtorch> = OnceLock::new();
		STARTED.get_or_init(|| {
			let cuda_error = cuda().and_then(|path| load(path).err());
			Self {
				cuda_error,
				gpus: usize::try_from(tch::Cuda::device_count()).unwrap_or(0),
			}
		})
	}
}

/// How many threads libtorch computes with on the CPU; a number sets it.
pub fn threads(wanted: Option<u16>) -> usize {
	Libtorch::start();
	if let Some(wanted) = wanted {
		tch::set_num_threads(wanted.max(1).into());
	}
	usize::try_from(tch::get_num_threads()).unwrap_or(1)
}

/// The folder of the CPU part that this process runs with.
pub fn folder() -> Option<PathBuf> {
	let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
	let cpu = maps
		.lines()
		.filter_map(|line| line.find('/').and_then(|start| line.get(start..)));
	let cpu = cpu.map(PathBuf::from).find(|path| path.ends_with(CPU))?;
	Some(cpu.parent()?.to_owned())
}

/// The version that stands beside it: a file of the plain library, or one of a Python package.
pub fn version() -> Option<String> {
	let root = folder()?.parent()?.to_owned();
	if let Ok(version) = std::fs::read_to_string(root.join("build-version")) {
		return Some(version.trim().to_owned());
	}
	let python = std::fs::read_to_string(root.join("version.py")).ok()?;
	let line = python.lines().find(|line| line.starts_with("__version__"))?;
	Some(line.split('\'').nth(1)?.to_owned())
}

/// CUDA's part beside the CPU part.
fn cuda() -> Option<PathBuf> {
	Some(folder()?.join(CUDA)).filter(|path| path.exists())
}

fn load(path: PathBuf) -> Result<(), String> {
	// SAFETY: loading runs the initialisers of a library that belongs to the same libtorch as the CPU part, which this
	// process trusts and runs already. It is never unloaded.
	match unsafe { Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL) } {
		Ok(library) => {
			std::mem::forget(library);
			Ok(())
		}
		Err(error) => Err(error.to_string()),
	}
}
