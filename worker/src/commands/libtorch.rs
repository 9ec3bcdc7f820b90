// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker libtorch`: what the doctor asks a process of its own, since a library that is missing or broken ends the
//! process that needs it.

use anyhow::Result;
use atelier_engine::float::{Libtorch, folder, probe, version};
use atelier_worker::output::Output;
use serde_json::{Value, json};

pub fn run(output: &Output) -> Result<()> {
	let libtorch = Libtorch::start();
	let test = |device| match probe::self_test(device) {
		Ok(difference) => json!({ "device": device.to_string(), "difference": difference, "error": null }),
		Err(error) => json!({ "device": device.to_string(), "difference": null, "error": error.to_string() }),
	};
	let devices: Vec<Value> = probe::devices().into_iter().map(test).collect();
	let folder = folder();
	let value = json!({
		"version": version(), "folder": folder.as_ref().map(|folder| folder.display().to_string()),
		"cudaBeside": folder.is_some_and(|folder| folder.join("libtorch_cuda.so").exists()),
		"cudaError": libtorch.cuda_error, "gpus": libtorch.gpus, "devices": devices,
	});
	output.report(&value, &format!("{value:#}"));
	Ok(())
}
