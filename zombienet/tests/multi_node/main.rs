// SPDX-License-Identifier: Apache-2.0

//! The multi-node proof. `finality` and `upgrade` each start a network of their own and take minutes; the others are
//! instant. README.md says what to set before running them.

mod finality;
mod ledger;
mod spec;
mod upgrade;

use std::path::{Path, PathBuf};

/// Where a network keeps its files: inside the target folder, where the logs of a failed run can be found.
fn folder(name: &str) -> PathBuf {
	Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Shows how long each step took, and more by `RUST_LOG` (`zombienet_orchestrator=info` says how it starts the nodes).
fn log() {
	let filter = tracing_subscriber::EnvFilter::try_from_default_env()
		.unwrap_or_else(|_| "error,atelier_zombienet=info,multi_node=info".into());
	// Under another runner than nextest, a second test in the same process finds one installed.
	let _ = tracing_subscriber::fmt()
		.with_env_filter(filter)
		.with_ansi(false)
		.with_test_writer()
		.try_init();
}
