// SPDX-License-Identifier: Apache-2.0

//! The commands, by whom they are for.

mod evaluate;
mod model;
mod train;

use crate::output::Output;
use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub enum Command {
	/// For who makes models.
	#[command(subcommand)]
	Model(model::Command),
}

impl Command {
	pub fn run(self, output: &Output) -> Result<()> {
		match self {
			Self::Model(command) => command.run(output),
		}
	}
}
