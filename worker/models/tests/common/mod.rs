// SPDX-License-Identifier: Apache-2.0

//! Small models that are always there: those for which the engine has recorded answers.

use atelier_models::load::Folder;
use std::path::Path;

/// The folder of a model.
pub fn folder(name: &str) -> Folder {
	let worker = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
	Folder::new(match name {
		"tiny-decoder" => worker.join("../referee/quality/models/tiny-decoder"),
		other => worker.join("engine/tests/fixtures").join(other),
	})
}
