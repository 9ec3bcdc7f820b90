// SPDX-License-Identifier: Apache-2.0

//! What `atelier-worker` (`launch.rs`) starts: what people with a GPU, a model or a question run.
//!
//! One file for each command in [`commands`]; what they share with people and scripts is in [`output`].
//! Exit codes: 0 fine, 1 failed, 2 wrong use.

mod commands;
mod doctor;
mod output;

use clap::Parser;
use commands::Command;
use output::Output;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "atelier-worker", version, about)]
struct Arguments {
	#[command(flatten)]
	output: Output,
	#[command(subcommand)]
	command: Command,
}

fn main() -> ExitCode {
	let Arguments { output, command } = Arguments::parse();
	match command.run(&output) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			output.failed(&error);
			ExitCode::FAILURE
		}
	}
}
