// SPDX-License-Identifier: Apache-2.0

//! What it was measured on.

use atelier_engine::float;
use atelier_kernels::Kernels;
use serde_json::{Value, json};
use std::fs::read_to_string;

/// The processor's name.
pub fn processor() -> String {
	let all = read_to_string("/proc/cpuinfo").unwrap_or_default();
	let name = all
		.lines()
		.find_map(|line| line.strip_prefix("model name")?.split_once(": "));
	name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.to_owned())
}

/// Its cores that this process may use.
pub fn cores() -> usize {
	std::thread::available_parallelism().map_or(1, usize::from)
}

/// How many threads wanted to run, in the last minute's mean.
pub fn load() -> Option<f64> {
	let all = read_to_string("/proc/loadavg").ok()?;
	all.split(' ').next()?.parse().ok()
}

/// Bytes that can be had without pushing others out.
pub fn memory() -> Option<u64> {
	let all = read_to_string("/proc/meminfo").ok()?;
	let line = all.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
	let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
	kilobytes.checked_mul(1_024)
}

/// The instructions that exact kernels are made of here.
pub fn instructions() -> String {
	Kernels::detect().map_or_else(|none| none.to_string(), |kernels| kernels.path().to_string())
}

/// For machines.
pub fn json(load_before: Option<f64>) -> Value {
	json!({
		"processor": processor(), "cores": cores(), "instructions": instructions(), "gpus": float::Libtorch::start().gpus,
		"libtorch": float::version(), "worker": env!("CARGO_PKG_VERSION"), "system": std::env::consts::OS,
		"loadBefore": load_before, "loadAfter": load(),
	})
}
