// SPDX-License-Identifier: Apache-2.0

//! Records on a disk. What is written is all there after a crash or not at all; whoever writes hears of it when it is there.
//!
//! 1. A write is a function over a [`Draft`]. If it fails, nothing of it is kept, and writes beside it are not touched.
//! 2. One thread does all writes that wait, one after the other, and makes them durable together ([`group`]).
//! 3. Reads see what is durable, and wait for nobody.

mod disk;
mod group;
mod keys;
mod values;

pub(crate) use disk::{Disk, Folder};
pub use group::Pending;
pub(crate) use group::{Manner, Store};
pub(crate) use keys::{Key, tag};

use crate::Error;
use codec::{Decode, Encode};
use redb::{ReadableTable, Table, TableDefinition};
use std::collections::BTreeMap;

type Bytes = &'static [u8];

const RECORDS: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("records");

/// Whoever can be asked for records.
pub(crate) trait Read {
	/// A record by the bytes of its key.
	fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

	/// The first records whose keys begin with `prefix` and come after `after`.
	fn scan(&self, prefix: &[u8], after: Option<&[u8]>, most: usize) -> Result<Vec<Record>, Error>;

	/// The last records whose keys begin with `prefix`.
	fn scan_back(&self, prefix: &[u8], most: usize) -> Result<Vec<Record>, Error>;

	fn get<T: Decode>(&self, key: Key) -> Result<Option<T>, Error> {
		let key = key.bytes();
		self.bytes(&key)?.map(|record| decode(&key, &record)).transpose()
	}

	/// Whether there is one.
	fn has(&self, key: Key) -> Result<bool, Error> {
		Ok(self.bytes(&key.bytes())?.is_some())
	}
}

/// A record with its key.
pub(crate) struct Record {
	pub(crate) key: Vec<u8>,
	pub(crate) record: Vec<u8>,
}

impl Record {
	pub(crate) fn decode<T: Decode>(&self) -> Result<T, Error> {
		decode(&self.key, &self.record)
	}
}

fn decode<T: Decode>(key: &[u8], mut record: &[u8]) -> Result<T, Error> {
	let value = T::decode(&mut record).map_err(|_| values::damaged(key))?;
	if record.is_empty() {
		Ok(value)
	} else {
		Err(values::damaged(key))
	}
}

/// What is durable.
pub(crate) struct View(redb::ReadOnlyTable<Bytes, Bytes>);

/// What a write changes, before anybody sees it.
pub(crate) struct Draft<'a, 'txn> {
	table: &'a mut Table<'txn, Bytes, Bytes>,
	changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'a, 'txn> Draft<'a, 'txn> {
	fn new(table: &'a mut Table<'txn, Bytes, Bytes>) -> Self {
		Self {
			table,
			changes: BTreeMap::new(),
		}
	}

	pub(crate) fn put<T: Encode>(&mut self, key: Key, record: &T) {
		self.changes.insert(key.bytes(), Some(record.encode()));
	}

	/// Bytes as they are.
	pub(crate) fn put_bytes(&mut self, key: Key, record: &[u8]) {
		self.changes.insert(key.bytes(), Some(record.to_vec()));
	}

	pub(crate) fn remove(&mut self, key: Key) {
		self.changes.insert(key.bytes(), None);
	}

	pub(crate) fn remove_bytes(&mut self, key: Vec<u8>) {
		self.changes.insert(key, None);
	}

	/// Does it, and says whether there was anything to do.
	fn apply(self) -> Result<bool, Error> {
		let changed = !self.changes.is_empty();
		for (key, record) in self.changes {
			match record {
				Some(record) => self.table.insert(&*key, &*values::write(&key, record))?,
				None => self.table.remove(&*key)?,
			};
		}
		Ok(changed)
	}
}

impl Read for View {
	fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
		bytes(&self.0, key)
	}

	fn scan(&self, prefix: &[u8], after: Option<&[u8]>, most: usize) -> Result<Vec<Record>, Error> {
		scan(&self.0, prefix, after, most)
	}

	fn scan_back(&self, prefix: &[u8], most: usize) -> Result<Vec<Record>, Error> {
		scan_back(&self.0, prefix, most)
	}
}

/// Records that were changed are seen as they will be, one by one; scans see what was there before this write.
impl Read for Draft<'_, '_> {
	fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
		match self.changes.get(key) {
			Some(record) => Ok(record.clone()),
			None => bytes(self.table, key),
		}
	}

	fn scan(&self, prefix: &[u8], after: Option<&[u8]>, most: usize) -> Result<Vec<Record>, Error> {
		scan(self.table, prefix, after, most)
	}

	fn scan_back(&self, prefix: &[u8], most: usize) -> Result<Vec<Record>, Error> {
		scan_back(self.table, prefix, most)
	}
}

fn bytes(table: &impl ReadableTable<Bytes, Bytes>, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
	let value = table.get(key)?.map(|value| value.value().to_vec());
	value.map(|value| values::read(key, value)).transpose()
}

fn scan(
	table: &impl ReadableTable<Bytes, Bytes>,
	prefix: &[u8],
	after: Option<&[u8]>,
	most: usize,
) -> Result<Vec<Record>, Error> {
	let from = after.unwrap_or(prefix);
	let mut records = Vec::new();
	for entry in table.range::<&[u8]>(from..)? {
		let (key, value) = entry?;
		let key = key.value();
		if records.len() >= most || !key.starts_with(prefix) {
			break;
		}
		if after != Some(key) {
			records.push(read(key, value.value())?);
		}
	}
	Ok(records)
}

fn scan_back(table: &impl ReadableTable<Bytes, Bytes>, prefix: &[u8], most: usize) -> Result<Vec<Record>, Error> {
	// No key is this long.
	let end = [prefix, &[u8::MAX; 64]].concat();
	let mut records = Vec::new();
	for entry in table.range::<&[u8]>(prefix..&end)?.rev().take(most) {
		let (key, value) = entry?;
		records.push(read(key.value(), value.value())?);
	}
	Ok(records)
}

fn read(key: &[u8], value: &[u8]) -> Result<Record, Error> {
	Ok(Record {
		key: key.to_vec(),
		record: values::read(key, value.to_vec())?,
	})
}
