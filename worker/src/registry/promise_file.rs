// SPDX-License-Identifier: Apache-2.0

//! The salt of a promise, kept until it is kept: without it nobody could keep it, and its maker would wait until it expires.

use super::files::digest;
use anyhow::{Context, Result, anyhow};
use atelier_client::{AccountId, Publication};
use atelier_referee::hash::{Blake2b256, Digest, Portable};
use codec::Encode;
use std::{
	fs,
	io::Write,
	os::unix::fs::OpenOptionsExt,
	path::{Path, PathBuf},
};

/// The file of one publication by one account on one chain.
pub struct PromiseFile {
	path: PathBuf,
	pub salt: Digest,
	/// It was there: an earlier try was interrupted.
	pub resumed: bool,
}

impl PromiseFile {
	/// Reads it, or makes it with a new salt.
	pub fn open(folder: &Path, genesis: &[u8], owner: &AccountId, publication: &Publication) -> Result<Self> {
		let roots = (publication.weights, publication.package, publication.manifest);
		let name = Portable::hash(&(genesis, owner, roots).encode());
		let path = folder.join(hex::encode(name));
		if path.exists() {
			return Self::read(path);
		}
		let mut salt = Digest::default();
		getrandom::fill(&mut salt).map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
		write(folder, &path, &salt).with_context(|| format!("{} cannot be written", path.display()))?;
		Ok(Self {
			path,
			salt,
			resumed: false,
		})
	}

	fn read(path: PathBuf) -> Result<Self> {
		let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
		let salt = digest(text.trim()).map_err(|_| anyhow!("{} holds no salt; remove it", path.display()))?;
		Ok(Self {
			path,
			salt,
			resumed: true,
		})
	}

	/// The version is there: the salt is public.
	pub fn remove(self) -> Result<()> {
		fs::remove_file(&self.path).with_context(|| format!("{} cannot be removed", self.path.display()))
	}
}

/// Whole or not at all, and on the disk before the promise is on the chain.
fn write(folder: &Path, path: &Path, salt: &Digest) -> std::io::Result<()> {
	fs::create_dir_all(folder)?;
	let new = path.with_extension("new");
	let mut file = fs::OpenOptions::new()
		.write(true)
		.create(true)
		.truncate(true)
		.mode(0o600)
		.open(&new)?;
	file.write_all(hex::encode(salt).as_bytes())?;
	file.sync_all()?;
	fs::rename(new, path)?;
	fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
	use super::{super::publish::tests::publication, *};
	use std::os::unix::fs::PermissionsExt;

	fn open(folder: &Path, genesis: &[u8], owner: u8, root: u8) -> PromiseFile {
		PromiseFile::open(folder, genesis, &[owner; 32].into(), &publication([root; 32])).unwrap()
	}

	#[test]
	fn an_interrupted_try_finds_its_salt_again() {
		let folder = tempfile::tempdir().unwrap();
		let first = open(folder.path(), &[1; 32], 2, 3);
		assert!(!first.resumed);
		let mode = fs::metadata(&first.path).unwrap().permissions().mode();
		assert_eq!(mode & 0o777, 0o600);
		let again = open(folder.path(), &[1; 32], 2, 3);
		assert!(again.resumed);
		assert_eq!(again.salt, first.salt);
		// Another chain, account or model has another.
		for other in [
			open(folder.path(), &[9; 32], 2, 3),
			open(folder.path(), &[1; 32], 9, 3),
			open(folder.path(), &[1; 32], 2, 9),
		] {
			assert!(!other.resumed);
			assert_ne!(other.salt, first.salt);
		}
		again.remove().unwrap();
		assert!(!open(folder.path(), &[1; 32], 2, 3).resumed);
	}

	#[test]
	fn what_is_no_salt_is_named() {
		let folder = tempfile::tempdir().unwrap();
		let first = open(folder.path(), &[1; 32], 2, 3);
		fs::write(&first.path, "nonsense").unwrap();
		let error = PromiseFile::open(folder.path(), &[1; 32], &[2; 32].into(), &publication([3; 32]));
		assert!(error.err().unwrap().to_string().contains("holds no salt"));
	}
}
