// SPDX-License-Identifier: Apache-2.0

//! What `atelier-worker` (`launch.rs`) starts: what people with a GPU, a model or a question run.
//!
//! One file for each command in [`commands`]; what the other program has, too, is in the library
//! (`lib.rs`).
//! Exit codes: 0 fine, 1 failed, 2 wrong use.

mod commands;

use atelier_worker::output::Output;
use clap::Parser;
use commands::Command;
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
