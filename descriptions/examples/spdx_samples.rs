// SPDX-License-Identifier: Apache-2.0

//! Writes documents for `tests/validate_spdx.py`: `spdx_samples FOLDER NUMBER`.

#[path = "../tests/common/mod.rs"]
mod common;

use atelier_descriptions::spdx;
use std::{env, fs, path::PathBuf};

fn main() {
	let mut arguments = env::args().skip(1);
	let usage = "usage: spdx_samples FOLDER NUMBER";
	let folder = PathBuf::from(arguments.next().expect(usage));
	let number: u64 = arguments.next().expect(usage).parse().expect(usage);
	for seed in 0..number {
		let document = spdx::export(&common::snapshot(seed), common::account).expect("a whole snapshot");
		fs::write(folder.join(format!("{seed}.spdx3.json")), document).expect("the folder can be written");
	}
}
