// SPDX-License-Identifier: Apache-2.0

//! What can go wrong between a blob and whoever wants it, by whose fault it is.

use crate::{Hash, fetch::Fault};
use iroh::EndpointId;
use std::{io, path::PathBuf, sync::Arc};
use thiserror::Error;

/// It can be given to all who wait for the same blob.
#[derive(Clone, Debug, Error)]
pub enum Error {
	// The folder.
	#[error("another process uses {}", folder.display())]
	FolderTaken { folder: PathBuf },
	#[error("{}: {source}", path.display())]
	File { path: PathBuf, source: Arc<io::Error> },
	#[error("the database of {} cannot be used: {told}", folder.display())]
	Database { folder: PathBuf, told: String },
	#[error("the store is closed")]
	Closed,
	#[error("the store does not work any more: {told}; open it again")]
	StoreFailed { told: String },

	// Room.
	#[error("{needed} more bytes are needed, and {free} of the {quota} that may be used are free or can be made free")]
	NoRoom { needed: u64, free: u64, quota: u64 },
	#[error("the disk has {free} bytes left; {needed} are needed, and {spare} stay free")]
	DiskFull { needed: u64, free: u64, spare: u64 },
	#[error("what was evicted is still on the disk")]
	NotFreed,
	#[error("at most {most} blobs are kept")]
	TooManyBlobs { most: usize },

	// Blobs.
	#[error("{hash} is not here")]
	Missing { hash: Hash },
	#[error("{hash} is not complete")]
	Incomplete { hash: Hash },
	#[error("{hash} has {held} bytes, not {stated}")]
	OtherLength { hash: Hash, held: u64, stated: u64 },
	#[error("{hash} is damaged on the disk")]
	Damaged { hash: Hash },
	#[error("{} has changed while it was read", path.display())]
	Changed { path: PathBuf },
	#[error("more bytes came than the {stated} that were stated")]
	MoreThanStated { stated: u64 },
	#[error("the range from {from} to {to} is not within {bytes} bytes")]
	OutOfRange { from: u64, to: u64, bytes: u64 },
	#[error("{} exists already", path.display())]
	Exists { path: PathBuf },
	#[error("at most {most} {what} of one blob are kept")]
	TooMany { what: &'static str, most: usize },
	#[error("a pin's name has at most {most} bytes")]
	PinTooLong { most: usize },

	// The network.
	#[error("nobody can be reached: {told}")]
	NoEndpoint { told: String },
	#[error("{} has no secret key in it", path.display())]
	KeyUnreadable { path: PathBuf },
	#[error("others can read {}: chmod 600", path.display())]
	KeyExposed { path: PathBuf },
	#[error("the record of the endpoint is of no use: {told}")]
	BadEndpoint { told: &'static str },
	#[error("two protocols are called {alpn:?}")]
	ProtocolTwice { alpn: String },

	// Fetching.
	#[error("{hash} is nowhere to be had: {}", list(tried))]
	Unavailable {
		hash: Hash,
		tried: Vec<(EndpointId, Fault)>,
	},
	#[error("no host is known for {hash}")]
	NoHosts { hash: Hash },

	// Seals.
	#[error("this is not a sealed blob")]
	NotSealed,
	#[error("another key sealed it")]
	SealedByAnotherKey,
	#[error("the request commits to another content key")]
	OtherContentKey,
	#[error("the sealed blob was changed or cut")]
	SealBroken,
	#[error("it is too long to be sealed")]
	TooLongToSeal,
	#[error("the system gives no random bytes")]
	NoRandomness,

	#[error("{0}")]
	Io(Arc<io::Error>),
}

fn list(tried: &[(EndpointId, Fault)]) -> String {
	let words: Vec<String> = tried
		.iter()
		.map(|(host, fault)| format!("{} {fault}", host.fmt_short()))
		.collect();
	words.join(", ")
}

impl Error {
	pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
		let path = path.into();
		|source| Self::File {
			path,
			source: Arc::new(source),
		}
	}
}

impl From<io::Error> for Error {
	fn from(source: io::Error) -> Self {
		// What has a name keeps it on its way through a reader.
		match source.downcast::<Self>() {
			Ok(named) => named,
			Err(source) => Self::Io(Arc::new(source)),
		}
	}
}

impl From<Error> for io::Error {
	fn from(error: Error) -> Self {
		Self::other(error)
	}
}
