// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker`: starts the program beside it that does the work (`main.rs`).
//!
//! That one is linked against libtorch, so without it the system refuses to start it, and nobody would say why or what to
//! do. This one links nothing of the kind. It answers `doctor` itself, and names what is missing for everything else.

mod doctor;
#[allow(dead_code, reason = "progress is shown by the other binary")]
mod output;

use clap::{Parser, Subcommand};
use doctor::Doctor;
use output::Output;
use std::{
	env,
	ffi::OsString,
	os::unix::process::CommandExt,
	path::PathBuf,
	process::{Command, ExitCode},
};

const LIBRARY: &str = "libtorch_cpu.so";

#[derive(Parser)]
#[command(name = "atelier-worker", version)]
struct Arguments {
	#[command(flatten)]
	output: Output,
	#[command(subcommand)]
	only: Only,
}

#[derive(Subcommand)]
enum Only {
	/// Checks this machine, and says what to do about what is wrong.
	Doctor(Doctor),
}

fn main() -> ExitCode {
	let arguments: Vec<OsString> = env::args_os().skip(1).collect();
	if asks_doctor(&arguments) {
		let Arguments {
			output,
			only: Only::Doctor(doctor),
		} = Arguments::parse();
		return match doctor.run(&output) {
			Ok(()) => ExitCode::SUCCESS,
			Err(error) => {
				output.failed(&error);
				ExitCode::FAILURE
			}
		};
	}
	let engine = match doctor::engine() {
		Ok(engine) => engine,
		Err(error) => return fail(&error.to_string()),
	};
	// Where it is not in the usual places, the system may still find it; only then it is worth trying twice.
	if !places().iter().any(|place| place.join(LIBRARY).exists())
		&& let Err(reason) = doctor::libtorch::starts(&engine)
	{
		return fail(&format!(
			"libtorch is missing ({reason}); `atelier-worker doctor` says what to do"
		));
	}
	// It only returns if it fails.
	let error = Command::new(&engine).args(arguments).exec();
	fail(&format!("{} cannot be started: {error}", engine.display()))
}

fn fail(reason: &str) -> ExitCode {
	eprintln!("error: {reason}");
	ExitCode::FAILURE
}

/// Whether the command is `doctor`; only options that every command takes may stand before it.
fn asks_doctor(arguments: &[OsString]) -> bool {
	let mut rest = arguments.iter();
	while let Some(argument) = rest.next() {
		match argument.to_str() {
			Some("--output") => {
				rest.next();
			}
			Some(option) if option.starts_with('-') => {}
			command => return command == Some("doctor"),
		}
	}
	false
}

/// Where the system looks for libraries first.
fn places() -> Vec<PathBuf> {
	let wanted = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
	let built = option_env!("ATELIER_LIBTORCH_LIB").map(PathBuf::from);
	env::split_paths(&wanted).chain(built).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_doctor_is_asked_by_name() {
		let asks = |line: &str| asks_doctor(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>());
		for line in ["doctor", "--output json doctor", "--quiet --output=json doctor --bench"] {
			assert!(asks(line), "{line}");
		}
		for line in [
			"",
			"model doctor",
			"bench --output doctor",
			"--output doctor bench",
			"--help",
		] {
			assert!(!asks(line), "{line}");
		}
	}
}
