// SPDX-License-Identifier: Apache-2.0

//! Writes a model with random weights as Hugging Face has it, for others to be measured with.
//!
//! usage: random_model FOLDER [HIDDEN LAYERS]

use atelier_measure::random::{Size, write};
use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
	let arguments: Vec<String> = std::env::args().skip(1).collect();
	let folder = PathBuf::from(arguments.first().ok_or("usage: random_model FOLDER [HIDDEN LAYERS]")?);
	let mut size = Size::default();
	if let [_, hidden, layers] = &arguments[..] {
		size = Size {
			hidden: hidden.parse()?,
			layers: layers.parse()?,
		};
	}
	fs::create_dir_all(&folder)?;
	let parameters = write(&folder, size)?;
	println!("{:.1} million parameters", parameters as f64 / 1e6);
	Ok(())
}
