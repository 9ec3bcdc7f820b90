// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker`: starts the program beside it that does the work (`main.rs`).
//!
//! That one is linked against libtorch, so without it the system refuses to start it, and nobody would say why or what to
//! do. This one links nothing of the kind. What needs no libtorch it does itself: `doctor`, and all that is about the chain
//! ([`registry`]), so that who has data need not install any. For everything else it names what is missing.

use atelier_worker::{
	doctor::{self, Doctor},
	output::Output,
	registry,
};
use clap::{Parser, Subcommand};
use std::{
	env,
	ffi::OsString,
	os::unix::process::CommandExt,
	path::PathBuf,
	process::{Command, ExitCode},
};

const LIBRARY: &str = "libtorch_cpu.so";
const REST: &str = "More commands (model convert, verify, train and others, bench) need libtorch; `atelier-worker doctor` says what to do.";

#[derive(Parser)]
#[command(name = "atelier-worker", version, after_help = REST)]
struct Arguments {
	#[command(flatten)]
	output: Output,
	#[command(subcommand)]
	command: Own,
}

/// What needs no libtorch.
#[derive(Subcommand)]
enum Own {
	/// For who makes models.
	#[command(subcommand, after_help = REST)]
	Model(registry::model::Command),
	#[command(flatten)]
	Registry(registry::Command),
	/// Checks this machine, and says what to do about what is wrong.
	Doctor(Doctor),
}

impl Own {
	fn run(self, output: &Output) -> anyhow::Result<()> {
		match self {
			Self::Model(command) => command.run(output),
			Self::Registry(command) => command.run(output),
			Self::Doctor(doctor) => doctor.run(output),
		}
	}
}

fn main() -> ExitCode {
	let arguments: Vec<OsString> = env::args_os().skip(1).collect();
	let wanted = wanted(&arguments);
	if wanted.own() {
		return run();
	}
	match started(&arguments) {
		// Only its own part of the help is left.
		Err(_) if wanted.help => run(),
		Err(reason) => {
			eprintln!("error: {reason}");
			ExitCode::FAILURE
		}
		Ok(never) => match never {},
	}
}

fn run() -> ExitCode {
	let Arguments { output, command } = Arguments::parse();
	match command.run(&output) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			output.failed(&error);
			ExitCode::FAILURE
		}
	}
}

/// Becomes the program that does the work. It only returns if that fails: why.
fn started(arguments: &[OsString]) -> Result<std::convert::Infallible, String> {
	let engine = doctor::engine().map_err(|error| error.to_string())?;
	// Where it is not in the usual places, the system may still find it; only then it is worth trying twice.
	if !places().iter().any(|place| place.join(LIBRARY).exists())
		&& let Err(reason) = doctor::libtorch::starts(&engine)
	{
		return Err(format!(
			"libtorch is missing ({reason}); `atelier-worker doctor` says what to do"
		));
	}
	let error = Command::new(&engine).args(arguments).exec();
	Err(format!("{} cannot be started: {error}", engine.display()))
}

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted<'a> {
	/// The first two words of the command.
	words: (Option<&'a str>, Option<&'a str>),
	help: bool,
}

impl Wanted<'_> {
	fn own(&self) -> bool {
		match self.words {
			(Some("doctor"), _) => true,
			(Some("model"), Some(command)) => registry::model::Command::has_subcommand(command),
			(Some(group), _) => registry::Command::has_subcommand(group),
			_ => false,
		}
	}
}

/// Finds the command; only options that every command takes may stand before it.
fn wanted(arguments: &[OsString]) -> Wanted<'_> {
	let mut wanted = Wanted::default();
	let mut rest = arguments.iter().map(|argument| argument.to_str());
	while let Some(argument) = rest.next() {
		match (argument, wanted.words) {
			(Some("--output"), _) => {
				rest.next();
			}
			(Some("-h" | "--help" | "help"), _) => wanted.help = true,
			(Some(option), _) if option.starts_with('-') => {}
			(word, (None, _)) => match word {
				None => return wanted,
				word => wanted.words.0 = word,
			},
			(word, _) => {
				wanted.words.1 = word;
				return wanted;
			}
		}
	}
	wanted.help |= wanted.words.0.is_none();
	wanted
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

	fn line(line: &str) -> Vec<OsString> {
		line.split_whitespace().map(OsString::from).collect()
	}

	#[test]
	fn what_needs_no_libtorch_is_done_here() {
		for own in [
			"doctor",
			"--output json doctor",
			"--quiet --output=json doctor --bench",
			"dataset register --root",
			"dataset --help",
			"help dataset",
			"rewards",
			"model publish folder",
			"model --output json show 3",
			"--quiet model --quiet lineage",
		] {
			assert!(wanted(&line(own)).own(), "{own}");
		}
		for other in [
			"",
			"model",
			"model doctor",
			"model convert publish",
			"model --output publish verify",
			"bench --output doctor",
			"--output doctor bench",
			"--help",
		] {
			assert!(!wanted(&line(other)).own(), "{other}");
		}
	}

	#[test]
	fn help_is_recognised() {
		for help in ["", "--help", "-h", "help", "model --help", "--output json model help"] {
			assert!(wanted(&line(help)).help, "{help}");
		}
		for other in ["model convert", "bench", "model train --resume"] {
			assert!(!wanted(&line(other)).help, "{other}");
		}
	}

	#[test]
	fn the_help_says_that_there_is_more() {
		use clap::CommandFactory;
		let help = Arguments::command().render_help().to_string();
		for word in ["model", "dataset", "rewards", "doctor", "libtorch"] {
			assert!(help.contains(word), "{help}");
		}
		Arguments::command().debug_assert();
	}
}
