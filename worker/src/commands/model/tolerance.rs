// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model tolerance`: the profile that answers in floats are held to.

use anyhow::{Context, Result, bail, ensure};
use atelier_engine::{
	fingerprint::{Choice, Layout},
	load::{Folder, checkpoint::Float, config::Config},
	tolerance::{
		Asked, Job, Machine, Plan, Profile, Proved, Settings, Setup, cheats::Cheat, described, measure, prove,
	},
};
use atelier_models::files::bytes;
use atelier_worker::output::Output;
use clap::{Args, ValueEnum};
use std::{
	fs,
	io::{Read, Write, stdin, stdout},
	path::PathBuf,
	process::{Command, Stdio},
};

#[derive(Args)]
pub struct Tolerance {
	/// Folder with config.json, the safetensors and tokenizer.json.
	folder: PathBuf,
	/// Where the profile is written.
	#[arg(long)]
	out: PathBuf,
	/// Floats in which the answers are said to be computed.
	#[arg(long, value_enum, default_value_t = Dtype::F32)]
	prover_dtype: Dtype,
	/// `cpu`, or `cuda:0` for an NVIDIA GPU.
	#[arg(long, default_value = "cpu", value_parser = device)]
	prover_device: Gpu,
	/// By default the prover's.
	#[arg(long, value_enum)]
	verifier_dtype: Option<Dtype>,
	#[arg(long, default_value = "cpu", value_parser = device)]
	verifier_device: Gpu,
	/// A file whose lines are inputs: texts, or JSON lists of tokens. By default a few texts of our own.
	#[arg(long)]
	inputs: Option<PathBuf>,
	/// Requests in all: inputs come again with other seeds until there are as many.
	#[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(4..=100_000))]
	requests: u32,
	/// Tokens of each answer.
	#[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4_096))]
	answer: u32,
	/// Memory for a model and what it remembers, in GiB.
	#[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=4_096))]
	memory: u64,
	/// The fingerprint as it was published: 128 numbers of 16 bits for a group of 32 positions.
	#[arg(long)]
	published: bool,
	/// Numbers are picked of each position, and not of a group.
	#[arg(long)]
	by_position: bool,
	/// Numbers for each position.
	#[arg(long, value_parser = clap::value_parser!(u8).range(1..=4))]
	values: Option<u8>,
	/// Bits of each number.
	#[arg(long, value_parser = clap::value_parser!(u8).range(5..=16))]
	bits: Option<u8>,
	/// Bits of fraction of a step.
	#[arg(long, value_parser = clap::value_parser!(u8).range(3..=15))]
	fraction: Option<u8>,
	/// Measure no cheats.
	#[arg(long)]
	honest_only: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Dtype {
	F32,
	F16,
	Bf16,
}

/// None is the CPU.
#[derive(Clone, Copy)]
struct Gpu(Option<u16>);

/// Most lines of a file of inputs.
const MAX_INPUTS: usize = 100_000;

/// What is asked where nothing else is given.
const INPUTS: &str = include_str!("inputs.txt");

fn device(text: &str) -> Result<Gpu, String> {
	match text.strip_prefix("cuda:").map(str::parse) {
		Some(Ok(number)) => Ok(Gpu(Some(number))),
		None if text == "cpu" => Ok(Gpu(None)),
		_ => Err("neither cpu nor cuda:0".into()),
	}
}

impl From<Dtype> for Float {
	fn from(dtype: Dtype) -> Self {
		match dtype {
			Dtype::F32 => Self::F32,
			Dtype::F16 => Self::F16,
			Dtype::Bf16 => Self::BF16,
		}
	}
}

impl Tolerance {
	pub fn run(self, output: &Output) -> Result<()> {
		let claimed = Float::from(self.prover_dtype);
		let scratch = tempfile::tempdir().context("no folder for changed models")?;
		let plan = Plan {
			folder: self.folder.clone(),
			scratch: scratch.path().into(),
			layout: self.layout(claimed),
			provers: self.provers(claimed),
			verifier: Setup {
				dtype: Float::from(self.verifier_dtype.unwrap_or(self.prover_dtype))
					.name()
					.into(),
				gpu: self.verifier_device.0,
				threads: 1,
				batch: 64,
				instructions: None,
			},
			cheats: match self.honest_only {
				true => Vec::new(),
				false => Cheat::all(claimed),
			},
			asked: self.asked()?,
			memory: self.memory << 30,
			machine: Machine::here(),
		};
		let mut done = 0;
		let all = (2 * (plan.provers.len() + plan.cheats.len())) as u64;
		let bar = output.bar();
		let profile = measure(&plan, &mut apart, &mut |_| {
			bar.show("measuring", done, all);
			done += 1;
		})?;
		bar.finish();
		let file = profile.write()?;
		fs::write(&self.out, &file).with_context(|| format!("{} cannot be written", self.out.display()))?;
		show(&profile, &file, output)
	}

	fn layout(&self, claimed: Float) -> Layout {
		let usual = match self.published {
			true => Layout::PUBLISHED,
			false => Layout::of(claimed),
		};
		Layout {
			choice: match self.by_position {
				true => Choice::Position,
				false => usual.choice,
			},
			values: self.values.unwrap_or(usual.values),
			bits: self.bits.unwrap_or(usual.bits),
			fraction: self.fraction.unwrap_or(usual.fraction),
		}
	}

	/// The ways that are honest. On a CPU the instructions are what differs between machines.
	fn provers(&self, claimed: Float) -> Vec<Setup> {
		let gpu = self.prover_device.0;
		let setup = |batch, threads, instructions: Option<&str>| Setup {
			dtype: claimed.name().into(),
			gpu,
			threads,
			batch,
			instructions: instructions.map(Into::into),
		};
		let mut setups = vec![setup(8, 1, None), setup(1, 2, None), setup(32, 2, None)];
		if gpu.is_none() {
			setups.extend([setup(8, 1, Some("avx2")), setup(8, 1, Some("default"))]);
		}
		setups
	}

	fn asked(&self) -> Result<Vec<Asked>> {
		let folder = Folder::new(&self.folder);
		let Config::Decoder(config) = folder.config()? else {
			bail!(
				"{} is a model that embeds: its vectors are compared as they are",
				self.folder.display()
			);
		};
		let text = folder.text()?;
		let file = match &self.inputs {
			None => INPUTS.into(),
			Some(path) => String::from_utf8(bytes(path)?).with_context(|| format!("{} is no text", path.display()))?,
		};
		let mut inputs = Vec::new();
		for line in file.lines().filter(|line| !line.trim().is_empty()).take(MAX_INPUTS) {
			let tokens = match serde_json::from_str::<Vec<u32>>(line) {
				Ok(tokens) => tokens,
				Err(_) => text.encode(line)?,
			};
			let most = config.positions.saturating_sub(self.answer) as usize;
			inputs.push(tokens.into_iter().take(most).collect::<Vec<_>>());
		}
		inputs.retain(|input| !input.is_empty());
		ensure!(!inputs.is_empty(), "there are no inputs with room for an answer");
		let asked = inputs.into_iter().cycle().zip(0..self.requests);
		Ok(asked
			.map(|(input, number)| Asked {
				input,
				limit: self.answer,
				settings: settings(number),
			})
			.collect())
	}
}

/// Ways in which people ask: as the model is, a little colder with few tokens, and colder with a part of the weight.
fn settings(number: u32) -> Settings {
	let (temperature, top, mass) = match number / 2 % 3 {
		0 => (1.0, 0, 1.0),
		1 => (0.8, 40, 1.0),
		_ => (0.7, 0, 0.95),
	};
	Settings {
		temperature,
		top,
		mass,
		seed: u64::from(number) + 1,
	}
}

/// A prover in a process of its own: libtorch and what it calls look for instructions once.
fn apart(job: &Job) -> Result<Vec<Proved>, atelier_engine::Error> {
	let failed = |reason: String| atelier_engine::Error::Prover {
		reason: format!("{}: {reason}", described(&job.setup)),
	};
	let mut command = Command::new(std::env::current_exe().map_err(|error| failed(error.to_string()))?);
	command.args(["model", "tolerance-part"]);
	if let Some(instructions) = &job.setup.instructions {
		let (products, others) = match instructions.as_str() {
			"avx2" => ("AVX2", "AVX2"),
			_ => ("SSE4_2", "SSE41"),
		};
		command
			.env("ATEN_CPU_CAPABILITY", instructions)
			.env("MKL_ENABLE_INSTRUCTIONS", products)
			.env("ONEDNN_MAX_CPU_ISA", others);
	}
	let mut run = || -> Result<Vec<Proved>> {
		let mut child = command
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped())
			.spawn()?;
		let mut input = child.stdin.take().context("it has no input")?;
		input.write_all(&serde_json::to_vec(job)?)?;
		drop(input);
		let output = child.wait_with_output()?;
		ensure!(
			output.status.success(),
			"{}",
			String::from_utf8_lossy(&output.stderr).trim()
		);
		Ok(serde_json::from_slice(&output.stdout)?)
	};
	run().map_err(|error| failed(error.to_string()))
}

/// The other end of it.
pub fn part() -> Result<()> {
	let mut job = Vec::new();
	stdin().read_to_end(&mut job)?;
	let proved = prove(&serde_json::from_slice(&job)?)?;
	stdout().write_all(&serde_json::to_vec(&proved)?)?;
	Ok(())
}

fn show(profile: &Profile, file: &str, output: &Output) -> Result<()> {
	let number =
		|numbers: &std::collections::BTreeMap<String, f64>, name: &str| numbers.get(name).copied().unwrap_or(0.0);
	let row = |numbers: &std::collections::BTreeMap<String, f64>| {
		let names = [
			"group_stray",
			"group_mean",
			"group_median",
			"stray",
			"mean",
			"change",
			"others",
		];
		let all = names.map(|name| format!("{name} {}", number(numbers, name)));
		all.join(", ")
	};
	let mut lines = vec![
		("profile", Profile::hash(file)),
		(
			"prover",
			format!("{} on {}", profile.prover.dtype, profile.prover.device),
		),
		(
			"verifier",
			format!("{} on {}", profile.verifier.dtype, profile.verifier.device),
		),
		("limits", row(&profile.limits)),
	];
	for honest in &profile.honest {
		lines.push((
			"honest",
			format!(
				"{}: {} answers, at most {}",
				described(&honest.setup),
				honest.answers,
				row(&honest.largest)
			),
		));
	}
	let accused = profile.accused;
	lines.push((
		"accused",
		format!(
			"{} of {} honest answers that gave no limits; rate at most {}",
			accused.accused, accused.answers, accused.rate_at_most
		),
	));
	let pooled = &profile.pooled;
	lines.push((
		"together",
		format!(
			"of {} answers: limits stray {}, mean {}, others {}; {} of {} honest pools accused",
			pooled.answers,
			number(&pooled.limits, "stray"),
			number(&pooled.limits, "mean"),
			number(&pooled.limits, "others"),
			pooled.accused.accused,
			pooled.accused.answers
		),
	));
	for caught in &profile.cheats {
		lines.push((
			"cheat",
			format!(
				"{}: {} of {} caught, {} by the fingerprint, {} by choices; {} of {} pools; {} with the honest tokens; in the middle {}",
				caught.cheat,
				caught.caught,
				caught.answers,
				caught.by_fingerprint,
				caught.by_choices,
				caught.pools_caught,
				caught.pools,
				caught.same_answer,
				row(&caught.middle)
			),
		));
	}
	let value = serde_json::json!({ "hash": Profile::hash(file), "profile": profile });
	output.result(&value, &lines);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_inputs_of_our_own_are_inputs() {
		assert!(INPUTS.lines().count() >= 24 && INPUTS.lines().all(|line| !line.trim().is_empty()));
	}
}
