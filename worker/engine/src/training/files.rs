// SPDX-License-Identifier: Apache-2.0

//! Files that are there whole or not at all.

use super::Error;
use std::{
	fs::{self, File},
	path::{Path, PathBuf},
};

pub fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
	let path = path.to_path_buf();
	move |source| Error::Unwritable { path, source }
}

/// Waits until a file is on the disk.
pub fn sync(path: &Path) -> Result<(), Error> {
	File::open(path)
		.and_then(|file| file.sync_all())
		.map_err(unwritable(path))
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
	fs::write(path, bytes).map_err(unwritable(path))?;
	sync(path)
}

pub fn make(folder: &Path) -> Result<(), Error> {
	fs::create_dir_all(folder).map_err(unwritable(folder))
}

/// Fills a folder under another name, and gives it its own when it is whole. One that is there already is replaced.
pub fn folder(path: &Path, fill: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
	let unfinished = beside(path, "unfinished");
	remove(&unfinished)?;
	make(&unfinished)?;
	fill(&unfinished)?;
	sync(&unfinished)?;
	let old = beside(path, "old");
	remove(&old)?;
	if path.exists() {
		fs::rename(path, &old).map_err(unwritable(&old))?;
	}
	fs::rename(&unfinished, path).map_err(unwritable(path))?;
	remove(&old)?;
	path.parent().map_or(Ok(()), sync)
}

pub fn remove(folder: &Path) -> Result<(), Error> {
	match folder.exists() {
		true => fs::remove_dir_all(folder).map_err(unwritable(folder)),
		false => Ok(()),
	}
}

/// Names that begin with a point are nobody's checkpoint.
fn beside(path: &Path, what: &str) -> PathBuf {
	let name = path.file_name().unwrap_or_default().to_string_lossy();
	path.with_file_name(format!(".{name}.{what}"))
}
