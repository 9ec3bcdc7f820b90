// SPDX-License-Identifier: Apache-2.0

//! The hash that stands for the files of a dataset.
//!
//! It is BLAKE2b-256 of a list with a line for each file: the BLAKE2b-256 hash of its bytes in hexadecimal, two spaces,
//! its path inside the folder, a newline. Lines are in the order of the paths' bytes. A file that is a dataset by itself
//! has the path `-`. So anybody finds the same root with the tools of any Linux:
//!
//! ```sh
//! cd FOLDER && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' b2sum -l 256 -- | b2sum -l 256
//! b2sum -l 256 < FILE | b2sum -l 256
//! ```
//!
//! Folders without files are not in the list. Links, pipes and devices are refused, and names that `b2sum` would write
//! in another way.

use crate::Error;
use atelier_referee::hash::Digest;
use sha2::{Digest as _, Sha256};
use std::{
	fs::{self, File as Opened, Metadata},
	io::{ErrorKind, Read},
	os::unix::fs::MetadataExt,
	path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// A list of that many files has 100 MB and more.
pub const MAX_FILES: usize = 1 << 20;
/// Bytes of all paths together: 128 of each file.
pub const MAX_NAMES: usize = MAX_FILES << 7;
/// Folders in each other.
pub const MAX_DEPTH: usize = 64;

/// As much of a file as is in memory.
const PIECE: usize = 1 << 20;

/// How a file that is a dataset by itself is listed.
const ALONE: &str = "-";

/// The files of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
	/// Stands for all of them.
	pub root: Digest,
	/// Of all files.
	pub bytes: u64,
	/// In the order of the list.
	pub files: Vec<File>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
	/// Inside the folder.
	pub path: String,
	pub bytes: u64,
	/// BLAKE2b-256.
	pub hash: Digest,
	/// Which descriptions state.
	pub sha256: Digest,
}

impl Content {
	/// Hashes a file, or all files of a folder. `progress` is told the bytes that were read since it was called last.
	pub fn of(path: &Path, mut progress: impl FnMut(u64)) -> Result<Self, Error> {
		let files = found(path)?
			.into_iter()
			.map(|(name, path)| File::of(name, &path, &mut progress))
			.collect::<Result<_, _>>()?;
		Ok(Self::from_files(files))
	}

	/// What stands for these files, whose order does not matter.
	pub fn from_files(mut files: Vec<File>) -> Self {
		files.sort_by(|one, other| one.path.cmp(&other.path));
		let mut list = blake2b();
		for file in &files {
			list.update(hex::encode(file.hash).as_bytes());
			list.update(b"  ");
			list.update(file.path.as_bytes());
			list.update(b"\n");
		}
		Self {
			root: digest(&list),
			bytes: files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes)),
			files,
		}
	}
}

/// How many bytes [`Content::of`] will read, if nothing changes meanwhile.
pub fn length(path: &Path) -> Result<u64, Error> {
	found(path)?.into_iter().try_fold(0_u64, |sum, (_, path)| {
		let file = fs::symlink_metadata(&path).map_err(unreadable(&path))?;
		Ok(sum.saturating_add(file.len()))
	})
}

/// The files under a path, or the file that is there, with how each is listed.
fn found(path: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
	let kind = fs::symlink_metadata(path).map_err(unreadable(path))?.file_type();
	if kind.is_symlink() {
		return Err(Error::Link { path: path.into() });
	}
	match kind.is_dir() {
		true => listed(path),
		false => Ok(vec![(ALONE.to_owned(), path.to_owned())]),
	}
}

impl File {
	fn of(name: String, path: &Path, progress: &mut impl FnMut(u64)) -> Result<Self, Error> {
		// Opening a pipe would wait for somebody who writes into it.
		let before = fs::symlink_metadata(path).map_err(unreadable(path))?;
		if !before.is_file() {
			return Err(Error::NotAFile { path: path.into() });
		}
		let mut file = Opened::open(path).map_err(unreadable(path))?;
		let changed = || Error::Changed { path: path.into() };
		let opened = file.metadata().map_err(unreadable(path))?;
		if (opened.dev(), opened.ino()) != (before.dev(), before.ino()) {
			return Err(changed());
		}
		let (mut hash, mut sha256) = (blake2b(), Sha256::new());
		let mut piece = vec![0; PIECE];
		let mut bytes = 0_u64;
		loop {
			let read = match file.read(&mut piece) {
				Ok(0) => break,
				Ok(read) => read,
				Err(error) if error.kind() == ErrorKind::Interrupted => continue,
				Err(error) => return Err(unreadable(path)(error)),
			};
			let part = piece.get(..read).unwrap_or_default();
			hash.update(part);
			sha256.update(part);
			let read = u64::try_from(read).unwrap_or(u64::MAX);
			bytes = bytes.saturating_add(read);
			progress(read);
			// Whoever appends to it as fast as it is read would keep this from ending.
			if bytes > before.len() {
				break;
			}
		}
		let after = file.metadata().map_err(unreadable(path))?;
		if bytes != before.len() || written(&after) != written(&before) {
			return Err(changed());
		}
		Ok(Self {
			path: name,
			bytes,
			hash: digest(&hash),
			sha256: sha256.finalize().into(),
		})
	}
}

/// When something was last written to a file, and how long it is.
fn written(file: &Metadata) -> (i64, i64, u64) {
	(file.mtime(), file.mtime_nsec(), file.len())
}

/// The files of a folder, by how they are listed.
fn listed(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
	let mut found = Vec::new();
	let mut names = 0_usize;
	for entry in WalkDir::new(folder).follow_links(false).min_depth(1) {
		let entry = entry.map_err(|error| Error::Unreadable {
			path: error.path().unwrap_or(folder).into(),
			source: error.into(),
		})?;
		let path = entry.path();
		if entry.depth() > MAX_DEPTH {
			return Err(Error::TooDeep {
				path: path.into(),
				limit: MAX_DEPTH,
			});
		}
		let kind = entry.file_type();
		if kind.is_dir() {
			continue;
		}
		if kind.is_symlink() {
			return Err(Error::Link { path: path.into() });
		}
		if !kind.is_file() {
			return Err(Error::NotAFile { path: path.into() });
		}
		let name = name(folder, path).ok_or_else(|| Error::UnlistableName { path: path.into() })?;
		names = names.saturating_add(name.len());
		if names > MAX_NAMES {
			return Err(Error::NamesTooLong {
				path: folder.into(),
				limit: MAX_NAMES,
			});
		}
		if found.len() >= MAX_FILES {
			return Err(Error::TooManyFiles {
				path: folder.into(),
				limit: MAX_FILES,
			});
		}
		found.push((name, entry.into_path()));
	}
	if found.is_empty() {
		return Err(Error::NoFiles { path: folder.into() });
	}
	Ok(found)
}

/// How a file of the folder is listed.
fn name(folder: &Path, path: &Path) -> Option<String> {
	let name = path.strip_prefix(folder).ok()?.to_str()?;
	let listable = name != ALONE && !name.contains(|letter: char| letter == '\\' || letter.is_control());
	listable.then(|| name.to_owned())
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> Error {
	let path = path.to_owned();
	move |source| Error::Unreadable {
		path: path.clone(),
		source,
	}
}

fn blake2b() -> blake2b_simd::State {
	blake2b_simd::Params::new()
		.hash_length(Digest::default().len())
		.to_state()
}

fn digest(state: &blake2b_simd::State) -> Digest {
	let mut digest = Digest::default();
	digest.copy_from_slice(state.finalize().as_bytes());
	digest
}
