// SPDX-License-Identifier: Apache-2.0

//! Whether libtorch is there, is the right one, and computes. Asked of a process of its own, which a missing library ends.

use super::Check;
use serde_json::Value;
use std::{
	path::Path,
	process::{Command, Stdio},
};

const NAME: &str = "libtorch";
/// What the binding is made for.
const VERSION: &str = "2.11";
/// The largest difference of a product of small numbers in f32 that is rounding.
const ROUNDING: f64 = 1e-3;
const INSTALL: &str = "scripts/setup libtorch installs libtorch 2.11; another one is named by LD_LIBRARY_PATH (the folder with libtorch_cpu.so)";

/// What a process says that has loaded it; or why there is none.
pub fn ask(engine: &Path) -> Result<Value, String> {
	let asked = Command::new(engine)
		.args(["libtorch", "--output", "json"])
		.stdin(Stdio::null())
		.output()
		.map_err(|error| error.to_string())?;
	if !asked.status.success() {
		return Err(reason(&asked.stderr, &asked.status.to_string()));
	}
	serde_json::from_slice(&asked.stdout).map_err(|error| error.to_string())
}

/// Whether a program starts at all.
#[allow(dead_code, reason = "only the launcher asks")]
pub fn starts(engine: &Path) -> Result<(), String> {
	let asked = Command::new(engine)
		.arg("--version")
		.stdin(Stdio::null())
		.output()
		.map_err(|error| error.to_string())?;
	match asked.status.success() {
		true => Ok(()),
		false => Err(reason(&asked.stderr, &asked.status.to_string())),
	}
}

/// The first line of what was said, without the program's path.
fn reason(said: &[u8], status: &str) -> String {
	let said = String::from_utf8_lossy(said);
	let line = said.lines().next().unwrap_or(status);
	let after = line.split_once("error while loading shared libraries: ");
	after.map_or(line, |(_, after)| after).chars().take(300).collect()
}

pub fn check(said: &Result<Value, String>) -> Check {
	let said = match said {
		Ok(said) => said,
		Err(reason) => return Check::fail(NAME, format!("it cannot be used: {reason}"), INSTALL),
	};
	let text = |field: &str| said.get(field).and_then(Value::as_str);
	let version = text("version");
	let found = format!(
		"{} in {}",
		version.unwrap_or("of unknown version"),
		text("folder").unwrap_or("an unknown folder")
	);
	let devices = said
		.get("devices")
		.and_then(Value::as_array)
		.map(Vec::as_slice)
		.unwrap_or_default();
	let wrong = devices.iter().find_map(|device| {
		let name = device.get("device").and_then(Value::as_str).unwrap_or("a device");
		match device.get("difference").and_then(Value::as_f64) {
			Some(difference) if difference < ROUNDING => None,
			Some(difference) => Some(format!("{name} multiplies wrongly, by {difference}")),
			None => Some(format!(
				"{name}: {}",
				device.get("error").and_then(Value::as_str).unwrap_or("no answer")
			)),
		}
	});
	if let Some(wrong) = wrong {
		return Check::fail(NAME, format!("{found}: {wrong}"), INSTALL);
	}
	if devices.is_empty() {
		return Check::fail(NAME, format!("{found}: it computes nowhere"), INSTALL);
	}
	match version {
		None => Check::warn(
			NAME,
			found,
			format!("no file beside it names the version; {VERSION} is needed"),
		),
		Some(version) if !same(version) => Check::fail(NAME, format!("{found}, and {VERSION} is needed"), INSTALL),
		Some(_) => Check::ok(NAME, format!("{found}; right on {} devices", devices.len())),
	}
}

/// Whether a version is one of those that are needed: 2.11.0, 2.11.1+cu130, not 2.110.
fn same(version: &str) -> bool {
	version
		.strip_prefix(VERSION)
		.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '+']))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::doctor::Verdict;
	use serde_json::json;

	#[test]
	fn another_version_or_a_wrong_product_is_refused() {
		let said = |version: Value, difference: Value| {
			let devices = json!([{ "device": "cpu", "difference": difference, "error": null }]);
			check(&Ok(json!({ "version": version, "folder": "/x", "devices": devices })))
		};
		assert_eq!(said(json!("2.11.0+cu130"), json!(1e-6)).verdict, Verdict::Ok);
		assert_eq!(said(json!("2.11"), json!(1e-6)).verdict, Verdict::Ok);
		assert_eq!(said(json!("2.110.0"), json!(1e-6)).verdict, Verdict::Fail);
		assert_eq!(said(json!("2.10.0"), json!(1e-6)).verdict, Verdict::Fail);
		assert_eq!(said(json!(null), json!(1e-6)).verdict, Verdict::Warn);
		let wrong = said(json!("2.11.0"), json!(0.5));
		assert_eq!(wrong.verdict, Verdict::Fail);
		assert!(wrong.found.contains("cpu multiplies wrongly"), "{}", wrong.found);
		assert_eq!(said(json!("2.11.0"), json!(null)).verdict, Verdict::Fail);
		assert_eq!(check(&Ok(json!({ "version": "2.11.0" }))).verdict, Verdict::Fail);
	}

	#[test]
	fn the_loader_s_words_are_the_reason() {
		let said = b"/a/b: error while loading shared libraries: libtorch_cpu.so: cannot open shared object file\nmore";
		assert_eq!(reason(said, ""), "libtorch_cpu.so: cannot open shared object file");
		assert_eq!(reason(b"", "exit status: 1"), "exit status: 1");
	}
}
