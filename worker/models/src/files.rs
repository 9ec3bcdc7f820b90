// SPDX-License-Identifier: Apache-2.0

//! Small files of a model, which come from strangers.

use crate::Error;
use serde::de::DeserializeOwned;
use std::{
	fs::File,
	io::Read,
	path::{Path, PathBuf},
};

/// The index of a checkpoint with 100,000 tensors has 10 MB, tokenizers with 250,000 tokens up to 35 MB.
const MAX_FILE: u64 = 128 << 20;

/// The bytes of a file that is not absurdly large.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
	let unreadable = |source| Error::Unreadable {
		path: path.into(),
		source,
	};
	let file = File::open(path).map_err(unreadable)?;
	let bytes = file.metadata().map_err(unreadable)?.len();
	let mut content = Vec::new();
	// What has no length of its own, such as a pipe, is read no further either.
	let read = file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(unreadable)?;
	let bytes = bytes.max(read as u64);
	if bytes > MAX_FILE {
		return Err(Error::FileTooLarge {
			path: path.into(),
			bytes,
			limit: MAX_FILE,
		});
	}
	Ok(content)
}

/// A JSON file.
pub fn read<T: DeserializeOwned>(
	path: &Path,
	broken: impl FnOnce(PathBuf, serde_json::Error) -> Error,
) -> Result<T, Error> {
	serde_json::from_slice(&bytes(path)?).map_err(|source| broken(path.into(), source))
}

/// A JSON file that may be absent.
pub fn read_if_there<T: DeserializeOwned>(
	path: &Path,
	broken: impl FnOnce(PathBuf, serde_json::Error) -> Error,
) -> Result<Option<T>, Error> {
	if path.exists() {
		read(path, broken).map(Some)
	} else {
		Ok(None)
	}
}
