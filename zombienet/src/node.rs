// SPDX-License-Identifier: Apache-2.0

//! Which node binary is under test, and running it for its files.

use crate::Error;
use std::{
	env,
	path::{Path, PathBuf},
};
use tokio::process::Command;

/// Where the node's path comes from.
pub const NODE: &str = "ATELIER_NODE";
/// Where the second runtime's path comes from.
pub const UPGRADE_WASM: &str = "ATELIER_UPGRADE_WASM";

/// The node under test.
pub fn binary() -> Result<PathBuf, Error> {
	file_from(NODE, "the atelier-node binary")
}

/// The runtime of the next version; `scripts/build-upgrade-wasm` makes it.
pub fn upgrade_wasm() -> Result<PathBuf, Error> {
	file_from(UPGRADE_WASM, "the wasm that scripts/build-upgrade-wasm makes")
}

/// Runs the node with `arguments` and returns what it wrote to standard output.
pub async fn output(binary: &Path, arguments: &[&str]) -> Result<Vec<u8>, Error> {
	let failed = |reason: String| Error::Command {
		command: format!("{} {}", binary.display(), arguments.join(" ")),
		reason,
	};
	let output = Command::new(binary)
		.args(arguments)
		.output()
		.await
		.map_err(|error| failed(error.to_string()))?;
	if output.status.success() {
		Ok(output.stdout)
	} else {
		Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
	}
}

fn file_from(variable: &'static str, what: &'static str) -> Result<PathBuf, Error> {
	let path = env::var_os(variable)
		.map(PathBuf::from)
		.ok_or(Error::NotSet { variable, what })?;
	// Nodes run in folders of their own, where a relative path would mean something else.
	if path.is_absolute() && path.is_file() {
		Ok(path)
	} else {
		Err(Error::NoSuchFile { variable, what, path })
	}
}
