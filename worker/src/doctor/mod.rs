// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker doctor`: checks what a worker needs of its machine, and says what to do about each problem.
//!
//! One file for each thing that is checked. What needs the chain (whether it is reached, the worker's balance, its clock
//! against the chain's) comes with the client, as checks of [`all`]; until then they are not in the list, so nobody takes
//! them for passed.

mod clock;
mod estimate;
mod gpu;
mod kernels;
pub mod libtorch;
mod resources;

use crate::output::Output;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use std::{env, path::PathBuf};

/// The program that does the work.
const ENGINE: &str = "atelier-worker-engine";

#[derive(Args)]
pub struct Doctor {
	/// Also estimates what this machine serves; takes about half a minute.
	#[arg(long)]
	bench: bool,
}

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
	Ok,
	/// A worker runs, but not as well as it could, or something is not known.
	Warn,
	/// A worker would not run, or not be believed.
	Fail,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
	pub name: &'static str,
	pub verdict: Verdict,
	pub found: String,
	/// What to do.
	pub advice: Option<String>,
}

impl Verdict {
	fn name(self) -> &'static str {
		match self {
			Self::Ok => "ok",
			Self::Warn => "warn",
			Self::Fail => "fail",
		}
	}
}

impl Check {
	fn ok(name: &'static str, found: impl Into<String>) -> Self {
		Self {
			name,
			verdict: Verdict::Ok,
			found: found.into(),
			advice: None,
		}
	}

	fn warn(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
		Self {
			name,
			verdict: Verdict::Warn,
			found: found.into(),
			advice: Some(advice.into()),
		}
	}

	fn fail(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
		Self {
			verdict: Verdict::Fail,
			..Self::warn(name, found, advice)
		}
	}

	fn json(&self) -> Value {
		json!({ "name": self.name, "result": self.verdict.name(), "found": self.found, "advice": self.advice })
	}
}

/// The program beside this one that does the work.
pub fn engine() -> Result<PathBuf> {
	let own = env::current_exe().context("where this program is")?;
	let engine = own.with_file_name(ENGINE);
	if !engine.exists() {
		bail!(
			"{ENGINE} is missing in {}: install both programs into the same folder",
			engine.parent().unwrap_or(&own).display()
		);
	}
	Ok(engine)
}

/// Every check that can be made without the chain.
fn all(bench: bool) -> Vec<Check> {
	let mut checks = vec![kernels::check()];
	let engine = engine();
	let libtorch = match &engine {
		Ok(engine) => libtorch::ask(engine),
		Err(error) => Err(error.to_string()),
	};
	checks.push(libtorch::check(&libtorch));
	checks.push(gpu::check(&gpu::ask(), libtorch.as_ref().ok()));
	checks.extend(resources::checks());
	checks.extend(clock::checks());
	if bench {
		checks.push(estimate::check(engine));
	}
	checks
}

impl Doctor {
	pub fn run(self, output: &Output) -> Result<()> {
		let checks = all(self.bench);
		let worst = checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Ok);
		let value = json!({ "result": worst.name(), "checks": checks.iter().map(Check::json).collect::<Vec<_>>() });
		output.report(&value, &text(&checks));
		let failed = checks.iter().filter(|check| check.verdict == Verdict::Fail).count();
		if failed > 0 {
			bail!("{failed} of {} checks failed", checks.len());
		}
		Ok(())
	}
}

fn text(checks: &[Check]) -> String {
	let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
	let lines = checks.iter().map(|check| {
		let advice = check
			.advice
			.as_ref()
			.map(|advice| format!("      {:width$}  to do: {advice}\n", ""));
		format!(
			"{:4}  {:width$}  {}\n{}",
			check.verdict.name(),
			check.name,
			check.found,
			advice.unwrap_or_default()
		)
	});
	lines.collect()
}
