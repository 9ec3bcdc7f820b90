// SPDX-License-Identifier: Apache-2.0

//! What was measured on, as the machine says it.

use super::Machine;
use crate::float::Libtorch;
use std::{fs, path::Path};

impl Machine {
	pub fn here() -> Self {
		let libtorch = Libtorch::start();
		Self {
			cpu: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".into()),
			gpu: (libtorch.gpus > 0).then(gpu),
			system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
			engine: env!("CARGO_PKG_VERSION").into(),
			libtorch: version().unwrap_or_else(|| "unknown".into()),
		}
	}
}

fn field(path: &str, name: &str) -> Option<String> {
	let text = fs::read_to_string(path).ok()?;
	let line = text.lines().find(|line| line.starts_with(name))?;
	Some(line.split_once(':')?.1.trim().into())
}

/// The first one that the driver names.
fn gpu() -> String {
	let cards = fs::read_dir("/proc/driver/nvidia/gpus").into_iter().flatten().flatten();
	let mut names = cards.filter_map(|card| field(&card.path().join("information").to_string_lossy(), "Model"));
	names.next().unwrap_or_else(|| "unknown".into())
}

/// Beside the libraries of libtorch lies a file that says it.
fn version() -> Option<String> {
	let maps = fs::read_to_string("/proc/self/maps").ok()?;
	let library = maps.lines().find(|line| line.ends_with("/libtorch_cpu.so"))?;
	let path = Path::new(library.get(library.find('/')?..)?);
	let version = fs::read_to_string(path.parent()?.parent()?.join("build-version")).ok()?;
	Some(version.trim().into())
}
