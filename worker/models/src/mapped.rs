// SPDX-License-Identifier: Apache-2.0

//! A file as a slice of memory, read when it is looked at.
#![allow(unsafe_code)]

use crate::Error;
use memmap2::Mmap;
use std::{fs::File, ops::Deref, path::Path};

pub struct Mapped(Mmap);

impl Mapped {
	pub fn open(path: &Path) -> Result<Self, Error> {
		let unreadable = |source| Error::Unreadable {
			path: path.into(),
			source,
		};
		let file = File::open(path).map_err(unreadable)?;
		// SAFETY: the mapping is private and read-only. What remains is that somebody changes or shortens the file while it
		// is mapped; it belongs to the same user as this process, and it is mapped only while a model is loaded.
		unsafe { Mmap::map(&file) }.map(Self).map_err(unreadable)
	}
}

impl Deref for Mapped {
	type Target = [u8];

	fn deref(&self) -> &[u8] {
		&self.0
	}
}
