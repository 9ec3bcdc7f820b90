// SPDX-License-Identifier: Apache-2.0

//! Blobs in a folder, by their hashes: as many bytes as the operator allows, for as long as somebody answers for them.
//!
//! 1. A blob comes by [`Store::add`] or by a fetch. Its room is reserved before its first byte; what makes room for it is what
//!    nobody keeps, oldest first.
//! 2. A **pin** keeps it until the pin is taken away. A **window** keeps it up to a block, and then it is deleted
//!    ([`Store::release_before`]), unless a pin keeps it.
//! 3. Nobody else reads it, until it is made public or somebody is named ([`Store::allow`]).
//!
//! The files are those of iroh-blobs. Beside them is the ledger, which says what is kept why; where the two differ after a crash,
//! what the ledger does not know is deleted, and what only the ledger knows has to be fetched again.

mod entry;
mod folder;
mod ledger;
mod read;
mod rules;
mod state;

pub use entry::{Entry, Keep, MAX_PIN_NAME, MAX_PINS, MAX_READERS, Pin, PinName, Reader};
pub(crate) use rules::{Admission, Room, Rules, cost};
pub use rules::{MAX_BLOBS, MAX_INTRODUCED, MAX_KEYS};
pub(crate) use state::Hold;

use crate::{Checks, Error, Hash};
use atelier_primitives::BlockNumber;
use bytes::Bytes;
use folder::Folder;
use futures::{Stream, StreamExt};
use iroh::EndpointId;
use iroh_blobs::{
	api::{self, blobs::BlobStatus},
	store::fs::FsStore,
};
use ledger::Ledger;
use state::{Reservation, Shared};
use std::{
	collections::HashSet,
	io,
	path::{Path, PathBuf},
	sync::{Arc, PoisonError},
	time::Duration,
};
use tokio::{io::AsyncRead, io::AsyncReadExt, sync::Mutex};
use tokio_util::io::ReaderStream;

/// Longest time until what was evicted has gone from the disk.
const FREEING: Duration = Duration::from_secs(30);
/// How much is read of a file at once.
const PIECE: usize = 64 * 1024;

/// How much a store may use.
#[derive(Clone, Debug)]
pub struct Options {
	pub folder: PathBuf,
	/// Bytes that blobs may take on the disk, those being fetched included. The two databases come besides: a few MB.
	pub quota: u64,
	/// Bytes of the disk that stay free whatever the quota allows, so that databases can be written.
	pub spare: u64,
	pub checks: Checks,
}

impl Options {
	pub fn new(folder: impl Into<PathBuf>, quota: u64) -> Self {
		Self {
			folder: folder.into(),
			quota,
			spare: 256 * 1024 * 1024,
			checks: Checks::default(),
		}
	}
}

/// How full a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
	pub quota: u64,
	pub occupied: u64,
	pub blobs: usize,
}

/// Where blobs are kept.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
	shared: Arc<Shared>,
	blobs: FsStore,
	/// One file is added at a time: what a failure leaves behind can then be told from what is being written.
	adding: Arc<Mutex<()>>,
	spare: u64,
}

impl Store {
	/// Opens a folder, or makes it.
	pub async fn open(options: Options) -> Result<Self, Error> {
		let Options {
			folder: path,
			quota,
			spare,
			checks,
		} = options;
		let open = move || {
			let folder = Folder::take(&path, checks)?;
			let ledger = Ledger::open(&path)?;
			let (entries, block) = ledger.read()?;
			Ok::<_, Error>(Shared::new(folder, Rules::new(quota, block, entries, checks), ledger))
		};
		let shared = tokio::task::spawn_blocking(open).await.map_err(|_| Error::Closed)??;
		let mut files = shared.folder.options();
		files.gc = Some(Shared::sweeping(&Arc::downgrade(&shared)));
		let blobs = FsStore::load_with_opts(shared.folder.database(), files)
			.await
			.map_err(|error| Error::Database {
				folder: shared.folder.path().into(),
				told: error.to_string(),
			})?;
		let store = Self(Arc::new(Inner {
			shared,
			blobs,
			adding: Arc::default(),
			spare,
		}));
		store.agree().await?;
		Ok(store)
	}

	/// Makes files and ledger say the same.
	async fn agree(&self) -> Result<(), Error> {
		let known: HashSet<Hash> = self
			.blobs()
			.list()
			.hashes()
			.await
			.map_err(failed)?
			.into_iter()
			.collect();
		let shared = self.0.shared.clone();
		let on_disk = known.clone();
		let entries: Vec<(Hash, Entry)> =
			shared.ask(|rules| rules.entries().map(|(hash, entry)| (*hash, entry.clone())).collect());
		let mut lost = Vec::new();
		for (hash, _) in entries.iter().filter(|(_, entry)| entry.complete) {
			if !matches!(self.status(hash).await?, BlobStatus::Complete { .. }) {
				tracing::warn!(%hash, "is not complete any more");
				lost.push(*hash);
			}
		}
		shared
			.clone()
			.change(move |rules| {
				shared.folder.clear_unknown(&on_disk)?;
				lost.iter().try_for_each(|hash| rules.lost(hash))?;
				for hash in on_disk {
					rules.stray(hash, shared.folder.bytes_of(&hash));
				}
				Ok(())
			})
			.await
	}

	pub(crate) fn blobs(&self) -> &api::Store {
		&self.0.blobs
	}

	pub(crate) async fn status(&self, hash: &Hash) -> Result<BlobStatus, Error> {
		self.blobs().status(*hash).await.map_err(failed)
	}

	/// Closes the folder once all that is in memory is on the disk. Nothing works afterwards.
	pub async fn close(&self) -> Result<(), Error> {
		let closed = self.blobs().shutdown().await.map_err(failed);
		self.0.shared.close().and(closed)
	}

	pub fn usage(&self) -> Usage {
		self.0.shared.ask(|rules| Usage {
			quota: rules.quota(),
			occupied: rules.occupied(),
			blobs: rules.entries().count(),
		})
	}

	/// What is known of a blob.
	pub fn entry(&self, hash: &Hash) -> Option<Entry> {
		self.0.shared.ask(|rules| rules.entry(hash).cloned())
	}

	/// All blobs, in no order that says anything.
	pub fn list(&self) -> Vec<(Hash, Entry)> {
		self.0
			.shared
			.ask(|rules| rules.entries().map(|(hash, entry)| (*hash, entry.clone())).collect())
	}

	/// Adds bytes.
	pub async fn add_bytes(&self, bytes: impl Into<Bytes>, keep: Keep) -> Result<Hash, Error> {
		let bytes = bytes.into();
		let length = bytes.len() as u64;
		self.add(io::Cursor::new(bytes), length, keep).await
	}

	/// Adds a file as it is. It is copied: what becomes of the file later changes nothing.
	pub async fn add_file(&self, path: &Path, keep: Keep) -> Result<Hash, Error> {
		let file = tokio::fs::File::open(path).await.map_err(Error::file(path))?;
		let bytes = file.metadata().await.map_err(Error::file(path))?.len();
		let changed = || Error::Changed { path: path.into() };
		let hash = self.add(file, bytes, keep).await.map_err(|error| match error {
			Error::MoreThanStated { .. } => changed(),
			other => other,
		})?;
		match self.entry(&hash) {
			Some(entry) if entry.bytes != bytes => Err(changed()),
			_ => Ok(hash),
		}
	}

	/// Adds all that is read, if it is at most so many bytes. It goes on to its end even if nobody waits for it any more.
	pub async fn add(
		&self,
		from: impl AsyncRead + Send + Sync + Unpin + 'static,
		most: u64,
		keep: Keep,
	) -> Result<Hash, Error> {
		let reservation = self.reserve(cost(most)).await?;
		let store = self.clone();
		let adding = async move { store.add_reserved(from, most, keep, reservation).await };
		tokio::spawn(adding).await.map_err(|_| Error::Closed)?
	}

	async fn add_reserved(
		&self,
		from: impl AsyncRead + Send + Sync + Unpin + 'static,
		most: u64,
		keep: Keep,
		reservation: Reservation,
	) -> Result<Hash, Error> {
		let _alone = self.0.adding.lock().await;
		// One more byte, to see that there is none.
		let pieces = ReaderStream::with_capacity(from.take(most.saturating_add(1)), PIECE);
		let broken = Broken::default();
		let pieces = within(pieces, most, broken.clone());
		let added = self.blobs().add_stream(pieces).await.temp_tag().await;
		let tag = match added {
			Ok(tag) => tag,
			Err(error) => {
				self.0.shared.folder.clear_unfinished()?;
				return Err(self.disk(cause(error), cost(most)));
			}
		};
		let hash = tag.hash();
		let BlobStatus::Complete { size: bytes } = self.status(&hash).await? else {
			return Err(Error::Incomplete { hash });
		};
		if let Some(error) = broken.take() {
			// What came until then goes the way of what was evicted.
			self.0.shared.adjust(|rules| rules.stray(hash, cost(bytes)));
			return Err(error);
		}
		self.settle(hash).await?;
		let noted = self.0.shared.change(move |rules| {
			rules
				.added(hash, bytes, keep)
				.inspect_err(|_| rules.stray(hash, cost(bytes)))
		});
		noted.await?;
		drop((tag, reservation));
		Ok(hash)
	}

	/// What a failure of iroh-blobs means.
	fn disk(&self, error: io::Error, needed: u64) -> Error {
		match error.kind() {
			io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
				Error::DiskFull {
					needed,
					free: self.0.shared.folder.free().unwrap_or_default(),
					spare: self.0.spare,
				}
			}
			_ => error.into(),
		}
	}

	/// The disk must hold it beside what stays free.
	fn check_disk(&self, needed: u64) -> Result<(), Error> {
		let free = self.0.shared.folder.free()?;
		if free < needed.saturating_add(self.0.spare) {
			return Err(Error::DiskFull {
				needed,
				free,
				spare: self.0.spare,
			});
		}
		Ok(())
	}

	async fn reserve(&self, bytes: u64) -> Result<Reservation, Error> {
		let shared = &self.0.shared;
		loop {
			let freed = shared.freed.notified();
			tokio::pin!(freed);
			freed.as_mut().enable();
			let owner = shared.clone();
			// Made with the room, so that the room is released even if nobody waits for it any more.
			let reserved = shared.change(move |rules| {
				let room = rules.reserve(bytes)?;
				Ok((room == Room::Here).then(|| Reservation::of(owner, bytes)))
			});
			if let Some(reservation) = reserved.await? {
				self.check_disk(bytes)?;
				return Ok(reservation);
			}
			tokio::time::timeout(FREEING, freed)
				.await
				.map_err(|_| Error::NotFreed)?;
		}
	}

	/// Room for a blob that is to be fetched, or that it is here.
	pub(crate) async fn admit(&self, hash: Hash, bytes: u64, keep: Keep) -> Result<Option<Hold>, Error> {
		let shared = &self.0.shared;
		loop {
			let freed = shared.freed.notified();
			tokio::pin!(freed);
			freed.as_mut().enable();
			let owner = shared.clone();
			let keep = keep.clone();
			let admission = shared.change(move |rules| {
				let admission = rules.admit(hash, bytes, keep)?;
				let hold = (admission == Admission::Fetch).then(|| Hold::of(owner, hash));
				Ok((admission, hold))
			});
			match admission.await? {
				(Admission::Have, _) => return Ok(None),
				(_, Some(hold)) => {
					self.check_disk(cost(bytes).saturating_sub(shared.folder.bytes_of(&hash)))?;
					return Ok(Some(hold));
				}
				_ => {}
			}
			tokio::time::timeout(FREEING, freed)
				.await
				.map_err(|_| Error::NotFreed)?;
		}
	}

	/// A fetch has ended: all of the blob is here.
	pub(crate) async fn completed(&self, hash: Hash) -> Result<(), Error> {
		self.settle(hash).await?;
		self.0.shared.change(move |rules| rules.completed(&hash)).await
	}

	/// Waits until the disk has all of a blob and iroh-blobs' record of it: what the ledger says of it is never older.
	async fn settle(&self, hash: Hash) -> Result<(), Error> {
		self.blobs().sync_db().await.map_err(failed)?;
		let shared = self.0.shared.clone();
		tokio::task::spawn_blocking(move || shared.folder.sync(&hash))
			.await
			.map_err(|_| Error::Closed)?
	}

	/// It was read and was not what its hash says: it is deleted, and has to be fetched again. What keeps it stays.
	pub async fn damaged(&self, hash: Hash) -> Result<(), Error> {
		self.0.shared.change(move |rules| rules.damaged(&hash)).await
	}

	/// What a failure of the disk means in the middle of a fetch.
	pub(crate) fn failed_fetch(&self, error: io::Error, bytes: u64) -> Error {
		self.disk(error, cost(bytes))
	}

	/// Keeps it until the pin is taken away.
	pub async fn pin(&self, hash: Hash, pin: Pin) -> Result<(), Error> {
		self.0
			.shared
			.change(move |rules| rules.keep(&hash, Keep::Pinned(pin)))
			.await
	}

	/// Whether the pin was there. Without any it is evicted when room is needed.
	pub async fn unpin(&self, hash: Hash, pin: Pin) -> Result<bool, Error> {
		self.0.shared.change(move |rules| rules.unpin(&hash, &pin)).await
	}

	/// Keeps it up to and with a block, or longer if it was to be kept longer.
	pub async fn keep_until(&self, hash: Hash, block: BlockNumber) -> Result<(), Error> {
		self.0
			.shared
			.change(move |rules| rules.keep(&hash, Keep::Until(block)))
			.await
	}

	/// The chain is at this block: windows that ended before it are over, and what nothing else keeps is deleted. How many those
	/// are. Who was named for a time is so no more.
	pub async fn release_before(&self, block: BlockNumber) -> Result<usize, Error> {
		self.0.shared.change(move |rules| Ok(rules.release_before(block))).await
	}

	/// The block that [`Self::release_before`] named last.
	pub fn block(&self) -> BlockNumber {
		self.0.shared.ask(|rules| rules.block())
	}

	/// Anybody may read it from now on: a package of a model, a public dataset.
	pub async fn publish(&self, hash: Hash) -> Result<(), Error> {
		self.0.shared.change(move |rules| rules.publish(&hash, true)).await
	}

	/// Only who is named may read it from now on.
	pub async fn withdraw(&self, hash: Hash) -> Result<(), Error> {
		self.0.shared.change(move |rules| rules.publish(&hash, false)).await
	}

	/// Somebody may read it up to and with a block.
	pub async fn allow(&self, hash: Hash, reader: impl Into<Reader>, until: BlockNumber) -> Result<(), Error> {
		let reader = reader.into();
		self.0
			.shared
			.change(move |rules| rules.allow(&hash, reader, until))
			.await
	}

	/// Somebody may read it no more. Whether it was named.
	pub async fn disallow(&self, hash: Hash, reader: impl Into<Reader>) -> Result<bool, Error> {
		let reader = reader.into();
		self.0.shared.change(move |rules| rules.disallow(&hash, &reader)).await
	}

	/// Whoever connects as this endpoint has shown, by a signature that the caller checked, that it holds a key. It is known as
	/// that up to and with a block, and until the store is closed.
	pub fn introduce(&self, endpoint: EndpointId, key: [u8; 32], until: BlockNumber) -> Result<(), Error> {
		self.0.shared.adjust(|rules| rules.introduce(endpoint, key, until))
	}

	/// Whether an endpoint may read a blob. It is the same answer for what is not here and for what it may not read.
	pub fn may_read(&self, hash: &Hash, endpoint: &EndpointId) -> bool {
		self.0.shared.ask(|rules| rules.may_read(hash, endpoint))
	}
}

/// Why what was added ended before its end.
#[derive(Clone, Debug, Default)]
struct Broken(Arc<std::sync::Mutex<Option<Error>>>);

impl Broken {
	fn set(&self, error: Error) {
		*self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
	}

	fn take(&self) -> Option<Error> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
	}
}

/// Ends where the reader fails, or where more comes than was stated. To iroh-blobs it is an end like any other: after an error it
/// would leave a file behind, at a moment that nobody knows.
fn within(
	pieces: impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static,
	most: u64,
	broken: Broken,
) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
	let mut bytes = 0_u64;
	let pieces = pieces.map(move |piece| {
		let piece = piece?;
		bytes = bytes.saturating_add(piece.len() as u64);
		if bytes > most {
			Err(Error::MoreThanStated { stated: most })
		} else {
			Ok(piece)
		}
	});
	let pieces = pieces.take_while(move |piece| {
		if let Err(error) = piece {
			broken.set(error.clone());
		}
		futures::future::ready(piece.is_ok())
	});
	pieces.map(|piece| piece.map_err(io::Error::from))
}

/// What went wrong on the disk, or in the reader.
fn cause(error: api::RequestError) -> io::Error {
	match error {
		api::RequestError::Inner {
			source: api::Error::Io(error),
			..
		} => error,
		other => io::Error::other(other.to_string()),
	}
}

/// iroh-blobs does not answer: it has closed, or the disk failed it.
pub(crate) fn failed(error: impl std::fmt::Display) -> Error {
	Error::StoreFailed {
		told: error.to_string(),
	}
}
