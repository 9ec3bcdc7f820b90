// SPDX-License-Identifier: Apache-2.0

//! Whose book it is, and of which chain: said when it is made, and compared when it is opened.

use crate::{
	Account, Book, Error,
	checks::{Check, on},
	store::{Disk, Folder, Key, Manner, Read, Store},
};
use atelier_primitives::ids::WorkerId;
use atelier_referee::hash::Digest;
use codec::{Decode, Encode};
use std::path::Path;

/// What the records look like. Raised with every change of them.
const FORMAT: u32 = 1;

/// Whose book it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Role {
	/// A worker's, which also audits.
	Worker(WorkerId),
	/// Of whoever pays, or signs for it.
	Requester(Account),
}

/// How a book is used.
#[derive(Clone, Copy, Debug)]
pub struct Options {
	/// Bytes of memory for what was read and written of late.
	pub cache: usize,
	/// A book of at most so many bytes is read whole when it is opened, to find damage. A longer one is taken as it is; damage is
	/// found where something damaged is read.
	pub check: u64,
}

impl Default for Options {
	fn default() -> Self {
		Self {
			cache: 64 << 20,
			check: 1 << 30,
		}
	}
}

/// What stands at the beginning. The format comes first, in every format.
#[derive(Encode, Decode)]
struct Mark {
	format: u32,
	genesis: Digest,
	role: Role,
}

impl Book {
	/// Makes an empty book in a folder without one.
	pub fn create(folder: &Path, genesis: Digest, role: Role, options: Options) -> Result<Self, Error> {
		let place = Folder::create(folder)?;
		drop(Self::new(place.clone(), genesis, role, options)?);
		place.finish(folder)?;
		drop(place);
		Self::open(folder, genesis, role, options)
	}

	/// Opens the book of a folder.
	pub fn open(folder: &Path, genesis: Digest, role: Role, options: Options) -> Result<Self, Error> {
		Self::on(Folder::open(folder)?, genesis, role, options)
	}

	/// The chain, by the hash of its first block.
	pub fn genesis(&self) -> Digest {
		self.genesis
	}

	/// Whose book it is.
	pub fn role(&self) -> Role {
		self.role
	}

	pub(crate) fn new(disk: impl Disk, genesis: Digest, role: Role, options: Options) -> Result<Self, Error> {
		let store = Store::open(disk, manner(options, 0))?;
		let mark = Mark {
			format: FORMAT,
			genesis,
			role,
		};
		store
			.write(move |draft| {
				draft.put(Key::Mark, &mark);
				Ok(())
			})
			.wait()?;
		Ok(Self { store, genesis, role })
	}

	pub(crate) fn on(disk: impl Disk, genesis: Digest, role: Role, options: Options) -> Result<Self, Error> {
		let length = disk.length()?;
		if length == 0 {
			return Err(Error::Damaged("its file is empty".into()));
		}
		let store = Store::open(disk, manner(options, length))?;
		let mark = store.read(|view| view.bytes(&Key::Mark.bytes()))?;
		let mark = mark.ok_or_else(|| Error::Damaged("its file has no mark".into()))?;
		let mut mark = mark.as_slice();
		let unreadable = |_| Error::Damaged("its mark cannot be read".into());
		let found = u32::decode(&mut &*mark).map_err(unreadable)?;
		if found != FORMAT {
			return Err(Error::OtherFormat { found, known: FORMAT });
		}
		let mark = Mark::decode(&mut mark).map_err(unreadable)?;
		if mark.genesis != genesis {
			return Err(Error::OtherChain);
		}
		if mark.role != role {
			return Err(Error::OtherOwner);
		}
		Ok(Self { store, genesis, role })
	}

	/// The worker whose book it is.
	pub(crate) fn worker(&self) -> Result<WorkerId, Error> {
		match self.role {
			Role::Worker(worker) => Ok(worker),
			Role::Requester(_) => Err(Error::NotAWorkers),
		}
	}

	/// Whether it is a requester's book.
	pub(crate) fn requester(&self) -> Result<(), Error> {
		match self.role {
			Role::Worker(_) => Err(Error::NotARequesters),
			Role::Requester(_) => Ok(()),
		}
	}
}

fn manner(options: Options, length: u64) -> Manner {
	Manner {
		cache: options.cache,
		check: length <= options.check,
		durable: on(Check::Durable),
	}
}
