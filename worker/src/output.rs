// SPDX-License-Identifier: Apache-2.0

//! What people and scripts get to see: results on standard output, everything else on standard error.

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

#[derive(Args)]
pub struct Output {
	/// How results are written.
	#[arg(long, global = true, value_enum, default_value_t = Form::Text)]
	output: Form,
	/// No progress bars.
	#[arg(long, global = true)]
	quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
	Text,
	Json,
}

/// How far long work is. Shown where somebody looks: on a terminal.
pub struct Bar(ProgressBar);

impl Output {
	/// Writes a result: as one line of JSON, or as lines with a name each.
	pub fn result(&self, value: &Value, lines: &[(&str, String)]) {
		match self.output {
			Form::Json => println!("{value}"),
			Form::Text => {
				let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
				for (name, line) in lines {
					println!("{name:width$}  {line}");
				}
			}
		}
	}

	/// Writes a result that has a text of its own: as one line of JSON, or as that text.
	pub fn report(&self, value: &Value, text: &str) {
		match self.output {
			Form::Json => println!("{value}"),
			Form::Text => println!("{}", text.trim_end()),
		}
	}

	/// Says what is being done, to people.
	pub fn note(&self, text: &str) {
		if self.output == Form::Text && !self.quiet {
			eprintln!("{text}");
		}
	}

	/// Says why a command failed, with all that led to it.
	pub fn failed(&self, error: &anyhow::Error) {
		match self.output {
			Form::Json => {
				let causes: Vec<_> = error.chain().skip(1).map(ToString::to_string).collect();
				eprintln!("{}", json!({ "error": error.to_string(), "causes": causes }));
			}
			Form::Text => {
				eprintln!("error: {error}");
				// Some errors say what their cause says, and nothing else.
				let mut said = error.to_string();
				for cause in error.chain().skip(1).map(ToString::to_string) {
					if cause != said {
						eprintln!("  because: {cause}");
					}
					said = cause;
				}
			}
		}
	}

	pub fn bar(&self) -> Bar {
		let bar = ProgressBar::new(0);
		if self.quiet {
			bar.set_draw_target(ProgressDrawTarget::hidden());
		}
		if let Ok(style) = ProgressStyle::with_template("{msg:9} {wide_bar} {percent:>3}%  {eta}") {
			bar.set_style(style);
		}
		Bar(bar)
	}
}

impl Bar {
	pub fn show(&self, doing: &'static str, done: u64, all: u64) {
		if self.0.length() != Some(all) || done < self.0.position() {
			self.0.reset();
			self.0.set_length(all);
		}
		self.0.set_message(doing);
		self.0.set_position(done);
	}

	pub fn finish(&self) {
		self.0.finish_and_clear();
	}
}
