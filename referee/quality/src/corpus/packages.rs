// SPDX-License-Identifier: Apache-2.0

//! Which crates Cargo.lock pins, and where cargo unpacked their sources.

use crate::Error;
use serde::Deserialize;
use std::{
	path::{Path, PathBuf},
	process::Command,
};
use walkdir::WalkDir;

/// One platform for all: which crates a machine has downloaded depends on its own.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// A crate whose sources are in cargo's registry folder.
#[derive(Debug)]
pub struct Package {
	pub name: String,
	folder: PathBuf,
}

impl Package {
	/// README.md and the library's sources, in the order of their paths.
	pub fn files(&self) -> Result<Vec<PathBuf>, Error> {
		let mut files: Vec<_> = [self.folder.join("README.md")]
			.into_iter()
			.filter(|path| path.exists())
			.collect();
		let sources = self.folder.join("src");
		if sources.is_dir() {
			for entry in WalkDir::new(sources).sort_by_file_name() {
				let entry = entry.map_err(|source| Error::UnreadableSources {
					name: self.name.clone(),
					source,
				})?;
				if entry.path().extension().is_some_and(|extension| extension == "rs") {
					files.push(entry.into_path());
				}
			}
		}
		Ok(files)
	}
}

#[derive(Deserialize)]
struct Metadata {
	packages: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
	name: String,
	version: String,
	license: Option<String>,
	/// None for our own crates.
	source: Option<String>,
	manifest_path: PathBuf,
}

/// The crates of others that the workspace builds, by name and version.
pub fn pinned() -> Result<Vec<Package>, Error> {
	let mut listed = metadata()?.packages;
	listed.retain(|package| package.source.is_some() && package.license.as_deref().is_some_and(permissive));
	listed.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
	Ok(listed
		.into_iter()
		.map(|package| Package {
			folder: package.manifest_path.parent().unwrap_or(Path::new("/")).to_path_buf(),
			name: package.name,
		})
		.collect())
}

/// Text that may be had under one of these: what is made from it is given away under our own licence.
fn permissive(licence: &str) -> bool {
	licence.contains("Apache-2.0") || licence.contains("MIT")
}

fn metadata() -> Result<Metadata, Error> {
	// Cargo says which cargo runs a test or `cargo run`.
	let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
	let output = Command::new(cargo)
		.args([
			"metadata",
			"--format-version",
			"1",
			"--locked",
			"--filter-platform",
			PLATFORM,
		])
		.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
		.output()
		.map_err(|source| Error::NoCargo { source })?;
	if !output.status.success() {
		return Err(Error::CargoMetadata {
			message: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
		});
	}
	serde_json::from_slice(&output.stdout).map_err(|source| Error::CargoMetadata {
		message: source.to_string(),
	})
}
