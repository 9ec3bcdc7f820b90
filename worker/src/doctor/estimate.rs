// SPDX-License-Identifier: Apache-2.0

//! What this machine serves, roughly: the quick form of `atelier-worker bench`.

use super::Check;
use anyhow::Result;
use serde_json::Value;
use std::{
	path::PathBuf,
	process::{Command, Stdio},
};

const NAME: &str = "estimate";

pub fn check(engine: Result<PathBuf>) -> Check {
	match engine
		.map_err(|error| error.to_string())
		.and_then(|engine| ask(&engine))
	{
		Ok(found) => Check::ok(NAME, found),
		Err(reason) => Check::fail(
			NAME,
			format!("nothing could be measured: {reason}"),
			"first what failed above; then atelier-worker bench says more",
		),
	}
}

fn ask(engine: &PathBuf) -> Result<String, String> {
	let asked = Command::new(engine)
		.args(["bench", "--quick", "--quiet", "--output", "json"])
		.stdin(Stdio::null())
		.output()
		.map_err(|error| error.to_string())?;
	if !asked.status.success() {
		let said = String::from_utf8_lossy(&asked.stderr);
		return Err(said.lines().next().unwrap_or("it ended early").to_owned());
	}
	let said: Value = serde_json::from_slice(&asked.stdout).map_err(|error| error.to_string())?;
	read(&said).ok_or_else(|| "the bench said something else".into())
}

/// Of the largest batch that was measured.
fn read(said: &Value) -> Option<String> {
	let million = said.pointer("/model/parameters")?.as_f64()? / 1e6;
	let classes = said.pointer("/speed/classes")?.as_array()?.iter().map(|class| {
		let batch = class.get("batches")?.as_array()?.last()?;
		let rate = |what: &str| batch.pointer(&format!("/{what}/wall/median"))?.as_f64();
		Some(format!(
			"{}: reads {:.0} and writes {:.0} tokens a second, {} at once",
			class.get("class")?.as_str()?,
			rate("prefill")?,
			rate("decode")?,
			batch.get("requests")?
		))
	});
	let classes = classes.collect::<Option<Vec<_>>>()?;
	Some(format!("{million:.0} million parameters, {}", classes.join("; ")))
}
