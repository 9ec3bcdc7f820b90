// SPDX-License-Identifier: Apache-2.0

//! The folder of a store: one process has it, and what a crash left half done is cleared away.

use crate::{Check, Checks, Error, Hash};
use iroh_blobs::store::fs::options::{InlineOptions, Options, PathOptions};
use std::{
	collections::HashSet,
	fs::{self, DirBuilder, File, TryLockError},
	os::unix::fs::DirBuilderExt,
	path::{Path, PathBuf},
	str::FromStr,
};

/// A folder that is ours as long as this lives, or until it is released.
#[derive(Debug)]
pub(crate) struct Folder {
	path: PathBuf,
	paths: PathOptions,
	lock: File,
}

impl Folder {
	/// Takes the folder. What was being added when a process died is deleted.
	pub fn take(path: &Path, checks: Checks) -> Result<Self, Error> {
		// Inputs and answers are nobody else's on this machine.
		DirBuilder::new()
			.recursive(true)
			.mode(0o700)
			.create(path)
			.map_err(Error::file(path))?;
		let lock_path = path.join("lock");
		let lock = File::options()
			.create(true)
			.truncate(false)
			.write(true)
			.open(&lock_path)
			.map_err(Error::file(&lock_path))?;
		match lock.try_lock() {
			Ok(()) => {}
			Err(TryLockError::WouldBlock) if !checks.on(Check::Lock) => {}
			Err(TryLockError::WouldBlock) => return Err(Error::FolderTaken { folder: path.into() }),
			Err(TryLockError::Error(error)) => return Err(Error::file(lock_path)(error)),
		}
		let folder = Self {
			path: path.into(),
			paths: PathOptions::new(path),
			lock,
		};
		folder.clear_unfinished()?;
		Ok(folder)
	}

	/// Others may have it from now on, whoever still holds this.
	pub fn release(&self) -> Result<(), Error> {
		self.lock.unlock().map_err(Error::file(&self.path))
	}

	pub fn path(&self) -> &Path {
		&self.path
	}

	/// How iroh-blobs keeps its files here. Each blob is a file, so that what is deleted is free.
	pub fn options(&self) -> Options {
		Options {
			inline: InlineOptions::NO_INLINE,
			..Options::new(&self.path)
		}
	}

	pub fn database(&self) -> PathBuf {
		self.path.join("blobs.db")
	}

	/// Deletes files that were being added.
	pub fn clear_unfinished(&self) -> Result<(), Error> {
		for path in files(&self.paths.temp_path)? {
			fs::remove_file(&path).map_err(Error::file(path))?;
		}
		Ok(())
	}

	/// Deletes files of blobs that the database does not know: a crash came between the file and its record.
	pub fn clear_unknown(&self, known: &HashSet<Hash>) -> Result<(), Error> {
		for path in files(&self.paths.data_path)? {
			let hash = path.file_stem().and_then(|stem| Hash::from_str(stem.to_str()?).ok());
			if hash.is_none_or(|hash| !known.contains(&hash)) {
				fs::remove_file(&path).map_err(Error::file(path))?;
			}
		}
		Ok(())
	}

	/// Whether a file of a blob is on the disk.
	pub fn has(&self, hash: &Hash) -> bool {
		[
			self.paths.data_path(hash),
			self.paths.outboard_path(hash),
			self.paths.sizes_path(hash),
		]
		.iter()
		.any(|path| path.exists())
	}

	/// What the files of a blob take.
	pub fn bytes_of(&self, hash: &Hash) -> u64 {
		let length = |path: PathBuf| fs::metadata(path).map_or(0, |metadata| metadata.len());
		let parts = [
			self.paths.data_path(hash),
			self.paths.outboard_path(hash),
			self.paths.sizes_path(hash),
		];
		parts.into_iter().map(length).fold(0, u64::saturating_add)
	}

	/// Waits until the disk has all of a blob.
	pub fn sync(&self, hash: &Hash) -> Result<(), Error> {
		for path in [self.paths.data_path(hash), self.paths.outboard_path(hash)] {
			match File::open(&path) {
				Ok(file) => file.sync_all().map_err(Error::file(path))?,
				Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
				Err(error) => return Err(Error::file(path)(error)),
			}
		}
		Ok(())
	}

	/// Bytes of the disk that are free.
	pub fn free(&self) -> Result<u64, Error> {
		let statistics = rustix::fs::statvfs(&self.path).map_err(|error| Error::file(&self.path)(error.into()))?;
		Ok(statistics.f_bavail.saturating_mul(statistics.f_frsize))
	}
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
	match fs::read_dir(folder) {
		Ok(entries) => entries
			.map(|entry| entry.map(|entry| entry.path()).map_err(Error::file(folder)))
			.collect(),
		Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
		Err(error) => Err(Error::file(folder)(error)),
	}
}
