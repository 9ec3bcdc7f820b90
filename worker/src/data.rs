// SPDX-License-Identifier: Apache-2.0

//! Where a worker keeps its things.

use std::{env, path::PathBuf};

/// The folder of models, and of promises that were not kept yet. It may not be there.
pub fn folder() -> PathBuf {
	let folder = |name: &str| env::var_os(name).map(PathBuf::from);
	folder("ATELIER_DATA")
		.or_else(|| folder("XDG_DATA_HOME").map(|data| data.join("atelier")))
		.or_else(|| folder("HOME").map(|home| home.join(".local/share/atelier")))
		.unwrap_or_else(|| PathBuf::from("."))
}
