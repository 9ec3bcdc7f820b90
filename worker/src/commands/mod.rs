// SPDX-License-Identifier: Apache-2.0

//! The commands, by whom they are for.

mod bench;
mod compare;
mod evaluate;
mod libtorch;
mod model;
mod train;

use anyhow::Result;
use atelier_engine::float::Device;
use atelier_worker::{doctor::Doctor, output::Output, registry};
use clap::Subcommand;

#[derive(Subcommand)]
pub enum Command {
	/// For who makes models.
	#[command(subcommand)]
	Model(model::Command),
	#[command(flatten)]
	Registry(registry::Command),
	/// Measures what this machine serves.
	Bench(bench::Bench),
	/// Checks this machine, and says what to do about what is wrong.
	Doctor(Doctor),
	/// Says which libtorch is used, and whether it computes: the doctor asks.
	#[command(hide = true)]
	Libtorch,
}

impl Command {
	pub fn run(self, output: &Output) -> Result<()> {
		match self {
			Self::Model(command) => command.run(output),
			Self::Registry(command) => command.run(output),
			Self::Bench(bench) => bench.run(output),
			Self::Doctor(doctor) => doctor.run(output),
			Self::Libtorch => libtorch::run(output),
		}
	}
}

/// A device by the name that it has everywhere.
fn device(name: &str) -> Result<Device, String> {
	match name.strip_prefix("cuda:").map(str::parse) {
		None if name == "cpu" => Ok(Device::Cpu),
		Some(Ok(number)) => Ok(Device::Cuda(number)),
		_ => Err("cpu, or cuda: and a number".into()),
	}
}
