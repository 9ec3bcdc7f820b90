// SPDX-License-Identifier: Apache-2.0

//! Texts to learn from: plain files and JSON lines of a folder, in the order of their paths.

use super::Error;
use serde::Deserialize;
use std::{
	fs::File,
	io::Read,
	path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// Of all texts together: they are held in memory, and their tokens too.
const MAX_BYTES: u64 = 4 << 30;

#[derive(Deserialize)]
struct Line {
	text: String,
}

/// One document after the other. Empty ones are left out.
pub fn read(path: &Path) -> Result<Vec<String>, Error> {
	let mut documents = Vec::new();
	let mut left = MAX_BYTES;
	for file in files(path)? {
		let text = text(&file, &mut left)?;
		match file.extension().is_some_and(|end| end == "jsonl") {
			false => documents.push(text),
			true => {
				for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
					let parsed = serde_json::from_str(line);
					let Line { text } = parsed.map_err(|_| Error::BrokenLine {
						path: file.clone(),
						line: place + 1,
					})?;
					documents.push(text);
				}
			}
		}
	}
	documents.retain(|text| !text.trim().is_empty());
	match documents.is_empty() {
		true => Err(Error::NoText { path: path.into() }),
		false => Ok(documents),
	}
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
	let is_text = |path: &Path| {
		let end = path.extension().and_then(|end| end.to_str());
		matches!(end, Some("txt" | "md" | "jsonl"))
	};
	if !path.is_dir() {
		return match is_text(path) {
			true => Ok(vec![path.into()]),
			false => Err(Error::NotText { path: path.into() }),
		};
	}
	let mut files = Vec::new();
	for entry in WalkDir::new(path).sort_by_file_name() {
		let entry = entry.map_err(|source| Error::UnreadableFolder { source })?;
		if entry.file_type().is_file() && is_text(entry.path()) {
			files.push(entry.into_path());
		}
	}
	Ok(files)
}

fn text(path: &Path, left: &mut u64) -> Result<String, Error> {
	let unreadable = |source| Error::Unreadable {
		path: path.into(),
		source,
	};
	let mut bytes = Vec::new();
	let file = File::open(path).map_err(unreadable)?;
	let read = file.take(*left + 1).read_to_end(&mut bytes).map_err(unreadable)? as u64;
	*left = left.checked_sub(read).ok_or(Error::TooMuchText { limit: MAX_BYTES })?;
	String::from_utf8(bytes).map_err(|error| Error::NotUtf8 {
		path: path.into(),
		valid: error.utf8_error().valid_up_to(),
	})
}
