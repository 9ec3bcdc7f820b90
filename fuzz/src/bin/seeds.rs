// SPDX-License-Identifier: Apache-2.0

//! Writes bytes with which each target begins, or names the targets.
//! usage: seeds [FOLDER]

use atelier_fuzz::{Random, TARGETS};
use std::{env, fs, io, path::PathBuf};

/// Of each target.
const SEEDS: u64 = 500;

/// Longer ones are only slower.
const LONGEST: usize = 16_384;

fn main() -> io::Result<()> {
	let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
		TARGETS.iter().for_each(|target| println!("{}", target.name));
		return Ok(());
	};
	for target in TARGETS {
		let folder = folder.join(target.name);
		fs::create_dir_all(&folder)?;
		for number in 0..SEEDS {
			let mut bytes = (target.seed)(&mut Random(number << 32));
			bytes.truncate(LONGEST);
			fs::write(folder.join(number.to_string()), bytes)?;
		}
	}
	Ok(())
}
