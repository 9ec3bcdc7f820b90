// SPDX-License-Identifier: Apache-2.0

//! Who this machine is in the network: a secret key in a file that nobody else can read.

use crate::Error;
use iroh::SecretKey;
use std::{
	fs::{self, File},
	io::{self, Read, Write},
	os::unix::fs::{MetadataExt, OpenOptionsExt},
	path::Path,
};
use zeroize::Zeroizing;

/// 64 digits and the end of the line.
const MAX_FILE: u64 = 66;

/// Reads the key, or makes one where there is no file.
pub(crate) fn read_or_make(path: &Path) -> Result<SecretKey, Error> {
	match File::open(path) {
		Ok(file) => read(path, file),
		Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
		Err(error) => Err(Error::file(path)(error)),
	}
}

fn read(path: &Path, file: File) -> Result<SecretKey, Error> {
	if file.metadata().map_err(Error::file(path))?.mode() & 0o077 != 0 {
		return Err(Error::KeyExposed { path: path.into() });
	}
	let unreadable = || Error::KeyUnreadable { path: path.into() };
	let mut text = Zeroizing::new(String::new());
	file.take(MAX_FILE)
		.read_to_string(&mut text)
		.map_err(|_| unreadable())?;
	let mut key = Zeroizing::new([0; 32]);
	hex::decode_to_slice(text.trim(), key.as_mut_slice()).map_err(|_| unreadable())?;
	Ok(SecretKey::from_bytes(&key))
}

/// The file appears whole under its name, and replaces none: another process may be doing the same.
fn make(path: &Path) -> Result<SecretKey, Error> {
	let mut bytes = Zeroizing::new([0; 32]);
	getrandom::fill(bytes.as_mut_slice()).map_err(|_| Error::NoRandomness)?;
	let key = SecretKey::from_bytes(&bytes);
	if let Some(folder) = path.parent() {
		fs::create_dir_all(folder).map_err(Error::file(folder))?;
	}
	let part = path.with_extension(format!("{}.part", key.public().fmt_short()));
	let write = || {
		let mut file = File::options().create_new(true).write(true).mode(0o600).open(&part)?;
		file.write_all(Zeroizing::new(hex::encode(*bytes)).as_bytes())?;
		file.write_all(b"\n")?;
		file.sync_all()?;
		fs::hard_link(&part, path)
	};
	let made = write();
	// If it was never made there is nothing to delete.
	let _ = fs::remove_file(&part);
	match made {
		Ok(()) => Ok(key),
		Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
			read(path, File::open(path).map_err(Error::file(path))?)
		}
		Err(error) => Err(Error::file(path)(error)),
	}
}
