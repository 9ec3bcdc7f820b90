// SPDX-License-Identifier: Apache-2.0

//! Reads what other tools have counted: instructions by callgrind, times by criterion.

use anyhow::{Context, Result};
use std::{fs, path::Path};

/// The instructions that callgrind counted until it wrote a dump after a function of this name, each time. Its files are
/// named by a number at their end.
pub fn instructions(first_file: &Path, function: &str) -> Result<Vec<u64>> {
	let trigger = format!("--dump-after={function}");
	let mut counts = Vec::new();
	for number in 1.. {
		let file = format!("{}.{number}", first_file.display());
		let Ok(text) = fs::read_to_string(&file) else { break };
		if !text.lines().any(|line| line.ends_with(&trigger)) {
			continue;
		}
		let totals = text.lines().find_map(|line| line.strip_prefix("totals:"));
		let totals = totals.with_context(|| format!("{file} has no totals"))?;
		counts.push(totals.trim().parse().context(file)?);
	}
	Ok(counts)
}

/// The least time that criterion measured, in nanoseconds.
pub fn least_time(folder: &Path, group: &str, name: &str) -> Result<f64> {
	let file = folder.join(group).join(name).join("new/sample.json");
	let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
	let sample: serde_json::Value = serde_json::from_str(&text)?;
	let list = |key: &str| -> Result<Vec<f64>> {
		let values = sample[key].as_array().with_context(|| format!("no {key}"))?;
		values.iter().map(|value| value.as_f64().context("a number")).collect()
	};
	let (times, counts) = (list("times")?, list("iters")?);
	let each = times.iter().zip(&counts).map(|(time, count)| time / count);
	Ok(each.fold(f64::INFINITY, f64::min))
}
