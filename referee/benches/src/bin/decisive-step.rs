// SPDX-License-Identifier: Apache-2.0

//! Writes the steps, decides each of them once for callgrind, and prints the table. `scripts/bench decisive-step` calls it.

use anyhow::{Context, Result, anyhow, bail, ensure};
use atelier_referee_benches::{
	Step,
	counted::{instructions, least_time},
	executed::Executed,
	steps,
};
use atelier_referee_browser::bench::Question;
use codec::{Decode, Encode};
use std::{env, fs, path::Path};

const USAGE: &str = "decisive-step write STEPS | decide STEPS | table STEPS WASM CRITERION-FOLDER CALLGRIND-FILE|-";

fn main() -> Result<()> {
	let arguments: Vec<_> = env::args().skip(1).collect();
	let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
	match arguments[..] {
		["write", file] => Ok(fs::write(file, steps()?.encode())?),
		["decide", file] => decide(&read(file)?),
		["table", file, wasm, criterion, callgrind] => table(
			&read(file)?,
			&Executed::load(wasm.as_ref())?,
			criterion.as_ref(),
			callgrind,
		),
		_ => bail!("usage: {USAGE}"),
	}
}

fn read(file: &str) -> Result<Vec<Step>> {
	Ok(Vec::decode(&mut &fs::read(file).context(file.to_owned())?[..])?)
}

/// Each with hashing and then without: a dump follows each of the two functions.
fn decide(steps: &[Step]) -> Result<()> {
	for step in steps {
		let question = Question::read(&step.question).map_err(|error| anyhow!("{error}"))?;
		question.hashing().map_err(|error| anyhow!("{error}"))?;
		question.free().map_err(|error| anyhow!("{error}"))?;
	}
	Ok(())
}

/// Times in milliseconds and instructions in thousands, each with hashing and without.
fn table(steps: &[Step], wasm: &Executed, criterion: &Path, callgrind: &str) -> Result<()> {
	let (hashing_counts, free_counts) = match callgrind {
		"-" => (None, None),
		file => (
			Some(counts(file.as_ref(), "hashing", steps.len())?),
			Some(counts(file.as_ref(), "free", steps.len())?),
		),
	};
	println!(
		"| value | bytes opened | native ms | without hashing | instructions, thousands | without hashing | wasm ms | without hashing | wasm instructions, thousands | without hashing |"
	);
	println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
	for (index, step) in steps.iter().enumerate() {
		let native = |group| least_time(criterion, group, &folder(&step.name)).map(milliseconds);
		let counted = |of: &Option<Vec<u64>>| {
			let count = of.as_ref().and_then(|counts| counts.get(index));
			count.map_or_else(|| "not counted".to_owned(), |count| thousands(*count))
		};
		let [hashing, free] = [true, false].map(|hashing| wasm.decide(&step.question, hashing));
		let (hashing, free) = (hashing?, free?);
		println!(
			"| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
			step.name,
			grouped(step.operands),
			native("hashing")?,
			native("free")?,
			counted(&hashing_counts),
			counted(&free_counts),
			milliseconds(hashing.nanoseconds),
			milliseconds(free.nanoseconds),
			thousands(hashing.fuel),
			thousands(free.fuel),
		);
	}
	Ok(())
}

/// The instructions of a function, once for each step.
fn counts(first_file: &Path, function: &str, steps: usize) -> Result<Vec<u64>> {
	let counts = instructions(
		first_file,
		&format!("atelier_referee_browser::bench::Question::{function}"),
	)?;
	ensure!(counts.len() == steps, "callgrind did not see every step");
	Ok(counts)
}

/// As criterion names a folder after what it measures.
fn folder(name: &str) -> String {
	name.replace(':', "_")
}

fn milliseconds(nanoseconds: f64) -> String {
	format!("{:.3}", nanoseconds / 1e6)
}

fn thousands(count: u64) -> String {
	grouped(count.div_ceil(1_000))
}

fn grouped(number: u64) -> String {
	let digits = number.to_string();
	let mut grouped = String::new();
	for (index, digit) in digits.chars().enumerate() {
		if index > 0 && (digits.len() - index).is_multiple_of(3) {
			grouped.push(',');
		}
		grouped.push(digit);
	}
	grouped
}
