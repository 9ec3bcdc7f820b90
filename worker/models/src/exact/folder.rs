// SPDX-License-Identifier: Apache-2.0

//! The folder, checked against its manifest.

use super::Manifest;
use crate::{Error, files::bytes, mapped::Mapped};
use atelier_referee::{
	claim::vocabulary_tree,
	commit::{Builder, Kind},
	hash::Portable,
	model::{CHUNK, Package},
};
use std::path::{Path, PathBuf};

pub const MANIFEST: &str = "manifest.json";
pub const PACKAGE: &str = "package.bin";
pub const VOCABULARY: &str = "vocabulary.bin";

/// Bytes of the longest text of a token: what fits into one leaf.
const MAX_TEXT: usize = CHUNK as usize;

/// An exact model on disk.
pub struct ExactFolder {
	path: PathBuf,
	manifest: Manifest,
	package: Mapped,
}

impl ExactFolder {
	/// Reads the manifest and maps the package, whose length is checked; its content is not yet.
	pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
		let path = path.into();
		let manifest = Manifest::read(&bytes(&path.join(MANIFEST))?)?;
		let package = Mapped::open(&path.join(PACKAGE))?;
		Package::new(manifest.shape, &package).map_err(|source| Error::Package { source })?;
		Ok(Self {
			path,
			manifest,
			package,
		})
	}

	pub fn path(&self) -> &Path {
		&self.path
	}

	pub fn manifest(&self) -> &Manifest {
		&self.manifest
	}

	/// The package's bytes.
	pub fn bytes(&self) -> &[u8] {
		&self.package
	}

	/// The package, as long as its shape asks for.
	pub fn package(&self) -> Result<Package<'_>, Error> {
		Package::new(self.manifest.shape, &self.package).map_err(|source| Error::Package { source })
	}

	/// Checks every byte: the package's numbers and root, the texts, and all other files. `progress` hears how many chunks
	/// of the package are through.
	pub fn verify(&self, mut progress: impl FnMut(u64)) -> Result<(), Error> {
		let mut tree = Builder::<Portable>::new(Kind::Weights);
		let mut hash = blake3::Hasher::new();
		for (number, chunk) in (1..).zip(self.package.chunks(CHUNK as usize)) {
			tree.push(chunk).map_err(|source| Error::Commitment { source })?;
			hash.update(chunk);
			progress(number);
		}
		let package = self.manifest.files.get(PACKAGE);
		if tree.commitment().root != self.manifest.weights.root
			|| package.is_none_or(|file| file.blake3 != *hash.finalize().as_bytes())
		{
			return Err(Error::AnotherFile { name: PACKAGE.into() });
		}
		Package::checked(self.manifest.shape, &self.package).map_err(|source| Error::Package { source })?;
		for (name, file) in self.manifest.files.iter().filter(|(name, _)| *name != PACKAGE) {
			let content = bytes(&self.path.join(name))?;
			if content.len() as u64 != file.bytes || file.blake3 != *blake3::hash(&content).as_bytes() {
				return Err(Error::AnotherFile { name: name.clone() });
			}
		}
		self.texts().map(|_| ())
	}

	/// The texts of the tokens, which are those that the manifest commits to.
	pub fn texts(&self) -> Result<Option<Vec<Vec<u8>>>, Error> {
		let Some(committed) = &self.manifest.vocabulary else {
			return Ok(None);
		};
		let texts = read_texts(&bytes(&self.path.join(VOCABULARY))?)?;
		let tree = vocabulary_tree::<Portable>(texts.iter().cloned()).map_err(|source| Error::Commitment { source })?;
		match tree.commitment().root == committed.root && tree.commitment().count == committed.count {
			true => Ok(Some(texts)),
			false => Err(Error::AnotherFile {
				name: VOCABULARY.into(),
			}),
		}
	}
}

/// The file of texts: of each its length in two bytes, the least significant first, and its bytes.
pub fn write_texts(texts: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
	let mut file = Vec::new();
	for (token, text) in texts.iter().enumerate() {
		if text.len() > MAX_TEXT {
			return Err(Error::LongText {
				token,
				bytes: text.len(),
				limit: MAX_TEXT,
			});
		}
		file.extend((text.len() as u16).to_le_bytes());
		file.extend(text);
	}
	Ok(file)
}

/// The texts of a file.
pub fn read_texts(mut file: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
	let mut texts = Vec::new();
	while let Some((length, rest)) = file.split_first_chunk() {
		let length = usize::from(u16::from_le_bytes(*length));
		let token = texts.len();
		let text = rest.get(..length).filter(|text| text.len() <= MAX_TEXT);
		texts.push(text.ok_or(Error::BrokenTexts { token })?.to_vec());
		file = rest.get(length..).unwrap_or_default();
	}
	match file.is_empty() {
		true => Ok(texts),
		false => Err(Error::BrokenTexts { token: texts.len() }),
	}
}
