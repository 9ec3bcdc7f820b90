// SPDX-License-Identifier: Apache-2.0

//! What is known of blobs, written down: a change is on the disk before anybody is told of it.

use super::entry::Entry;
use crate::{Error, Hash};
use atelier_primitives::BlockNumber;
use codec::{DecodeAll, Encode};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
};

const ENTRIES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("entries");
const BLOCK: TableDefinition<'_, (), BlockNumber> = TableDefinition::new("block");
/// Memory for pages: everything is in memory anyway.
const CACHE: usize = 4 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Ledger {
	folder: PathBuf,
	database: Database,
}

impl Ledger {
	pub fn open(folder: &Path) -> Result<Self, Error> {
		let database = redb::Builder::new()
			.set_cache_size(CACHE)
			.create(folder.join("ledger.redb"))
			.map_err(|error| failed(folder, error))?;
		let ledger = Self {
			folder: folder.into(),
			database,
		};
		// The tables are there from the first moment on.
		ledger.write(Vec::new(), None)?;
		Ok(ledger)
	}

	pub fn read(&self) -> Result<(BTreeMap<Hash, Entry>, BlockNumber), Error> {
		let failed = |error: redb::Error| failed(&self.folder, error);
		let transaction = self.database.begin_read().map_err(|error| failed(error.into()))?;
		let table = transaction.open_table(ENTRIES).map_err(|error| failed(error.into()))?;
		let mut entries = BTreeMap::new();
		for row in table.iter().map_err(|error| failed(error.into()))? {
			let (key, value) = row.map_err(|error| failed(error.into()))?;
			let damaged = || Error::Database {
				folder: self.folder.clone(),
				told: "a record is damaged".into(),
			};
			let hash = <[u8; 32]>::try_from(key.value()).map_err(|_| damaged())?;
			let entry = Entry::decode_all(&mut value.value()).map_err(|_| damaged())?;
			entries.insert(Hash::from_bytes(hash), entry);
		}
		let table = transaction.open_table(BLOCK).map_err(|error| failed(error.into()))?;
		let block = table
			.get(())
			.map_err(|error| failed(error.into()))?
			.map_or(0, |block| block.value());
		Ok((entries, block))
	}

	pub fn write(&self, changes: Vec<(Hash, Option<Entry>)>, block: Option<BlockNumber>) -> Result<(), Error> {
		self.try_write(changes, block)
			.map_err(|error| failed(&self.folder, error))
	}

	fn try_write(&self, changes: Vec<(Hash, Option<Entry>)>, block: Option<BlockNumber>) -> Result<(), redb::Error> {
		let transaction = self.database.begin_write()?;
		{
			let mut table = transaction.open_table(ENTRIES)?;
			for (hash, entry) in changes {
				match entry {
					Some(entry) => table.insert(hash.as_bytes().as_slice(), entry.encode().as_slice())?,
					None => table.remove(hash.as_bytes().as_slice())?,
				};
			}
			let mut table = transaction.open_table(BLOCK)?;
			if let Some(block) = block {
				table.insert((), block)?;
			}
		}
		transaction.commit()?;
		Ok(())
	}
}

fn failed(folder: &Path, error: impl std::fmt::Display) -> Error {
	Error::Database {
		folder: folder.into(),
		told: error.to_string(),
	}
}
