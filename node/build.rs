// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Gives the version that `atelier-node --version` prints.
//!
//! The commit is taken from `ATELIER_BUILD_COMMIT`, which a release build sets. Asking git instead would relink the
//! node after every commit and would fail where there is no repository.

fn main() {
	println!("cargo:rerun-if-changed=build.rs");
	println!("cargo:rerun-if-env-changed=ATELIER_BUILD_COMMIT");

	let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
	let commit = std::env::var("ATELIER_BUILD_COMMIT").unwrap_or_default();
	let full = match commit.trim() {
		"" => version,
		commit => format!("{version}-{}", commit.get(..11).unwrap_or(commit)),
	};
	println!("cargo:rustc-env=ATELIER_NODE_VERSION={full}");
}
