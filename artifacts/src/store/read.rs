// SPDX-License-Identifier: Apache-2.0

//! Reading what is kept: every 16 KiB is checked against the hash again, since disks forget too.

use super::{Hold, Store};
use crate::{Error, Hash};
use bao_tree::io::EncodeError;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use iroh_blobs::{
	api::blobs::EncodedItem,
	protocol::{ChunkRanges, ChunkRangesExt},
};
use std::{
	io,
	ops::Range,
	path::{Path, PathBuf},
	pin::pin,
};
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio_util::io::StreamReader;

impl Store {
	/// The bytes of a blob in a range, in pieces of at most 16 KiB. It is not evicted while it is read.
	pub fn read(
		&self,
		hash: Hash,
		range: Range<u64>,
	) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + use<>, Error> {
		let bytes = self.complete(&hash)?;
		self.read_of(hash, bytes, range)
	}

	fn read_of(
		&self,
		hash: Hash,
		bytes: u64,
		range: Range<u64>,
	) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + use<>, Error> {
		if range.start > range.end || range.end > bytes {
			return Err(Error::OutOfRange {
				from: range.start,
				to: range.end,
				bytes,
			});
		}
		let shared = self.0.shared.clone();
		shared.adjust(|rules| rules.hold(hash));
		let hold = Hold::of(shared, hash);
		let chunks = match range.is_empty() {
			true => ChunkRanges::empty(),
			false => ChunkRanges::bytes(range.clone()),
		};
		let items = self.blobs().export_bao(hash, chunks).stream();
		Ok(items.filter_map(move |item| {
			let _while_read = &hold;
			let piece = match item {
				EncodedItem::Leaf(leaf) => Some(Ok(within(leaf.offset, leaf.data, &range))),
				EncodedItem::Error(error) => Some(Err(broken(hash, error))),
				EncodedItem::Size(size) if size != bytes => Some(Err(Error::Damaged { hash })),
				_ => None,
			};
			async move { piece }
		}))
	}

	/// The same, as a reader of all of it.
	pub fn reader(&self, hash: Hash) -> Result<impl AsyncRead + Send + use<>, Error> {
		let bytes = self.complete(&hash)?;
		let pieces = self.read(hash, 0..bytes)?.map(|piece| piece.map_err(io::Error::from));
		Ok(StreamReader::new(Box::pin(pieces)))
	}

	/// Reads all of it, to see that it is still what its hash says.
	pub async fn verify(&self, hash: Hash) -> Result<(), Error> {
		let bytes = self.complete(&hash)?;
		self.verify_of(hash, bytes).await
	}

	pub(crate) async fn verify_of(&self, hash: Hash, bytes: u64) -> Result<(), Error> {
		let mut pieces = pin!(self.read_of(hash, bytes, 0..bytes)?);
		while let Some(piece) = pieces.next().await {
			piece?;
		}
		Ok(())
	}

	/// Writes it to a file that there was not. Under its name is either all of it or nothing.
	pub async fn export(&self, hash: Hash, path: &Path) -> Result<(), Error> {
		let bytes = self.complete(&hash)?;
		if path.exists() {
			return Err(Error::Exists { path: path.into() });
		}
		let part = Part::beside(path)?;
		let mut file = tokio::fs::File::options()
			.create_new(true)
			.write(true)
			.open(&part.0)
			.await
			.map_err(Error::file(&part.0))?;
		let mut pieces = pin!(self.read(hash, 0..bytes)?);
		while let Some(piece) = pieces.next().await {
			file.write_all(&piece?).await.map_err(Error::file(&part.0))?;
		}
		file.flush().await.map_err(Error::file(&part.0))?;
		file.sync_all().await.map_err(Error::file(&part.0))?;
		// A link is made only where there is no file; a renaming would replace one that came meanwhile.
		match tokio::fs::hard_link(&part.0, path).await {
			Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Error::Exists { path: path.into() }),
			done => done.map_err(Error::file(path)),
		}
	}

	/// Bytes of a blob, if all of it is here.
	fn complete(&self, hash: &Hash) -> Result<u64, Error> {
		match self.entry(hash) {
			None => Err(Error::Missing { hash: *hash }),
			Some(entry) if !entry.complete => Err(Error::Incomplete { hash: *hash }),
			Some(entry) => Ok(entry.bytes),
		}
	}
}

/// A file that is deleted when it is not needed any more.
struct Part(PathBuf);

impl Part {
	fn beside(path: &Path) -> Result<Self, Error> {
		let mut salt = [0; 8];
		getrandom::fill(&mut salt).map_err(|_| Error::NoRandomness)?;
		let mut name = path.file_name().unwrap_or_default().to_os_string();
		name.push(format!(".{}.part", hex::encode(salt)));
		Ok(Self(path.with_file_name(name)))
	}
}

impl Drop for Part {
	fn drop(&mut self) {
		// If it was never made there is nothing to delete.
		let _ = std::fs::remove_file(&self.0);
	}
}

/// Of a piece that begins at an offset, what is in the range: pieces begin and end with chunks of 1,024 bytes.
fn within(offset: u64, piece: Bytes, range: &Range<u64>) -> Bytes {
	let length = piece.len() as u64;
	let from = range.start.saturating_sub(offset).min(length);
	let to = range.end.saturating_sub(offset).clamp(from, length);
	// Both are at most the length of what is in memory.
	piece.slice(from as usize..to as usize)
}

fn broken(hash: Hash, error: EncodeError) -> Error {
	match error {
		EncodeError::Io(error) if error.kind() == io::ErrorKind::NotFound => Error::Missing { hash },
		EncodeError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Error::Damaged { hash },
		EncodeError::Io(error) => error.into(),
		_ => Error::Damaged { hash },
	}
}
