// SPDX-License-Identifier: Apache-2.0

//! What may be kept, and what goes first: the decisions, without the disk.
//!
//! The bytes that count are those of blobs that are here, of blobs that are being fetched (all of them, before the first byte
//! comes), of files that are being added, and of what was evicted and is still on the disk. Together they are never more than the
//! quota.

use super::entry::{Entry, Keep, MAX_READERS, Pin, Reader};
use crate::{Check, Checks, Error, Hash};
use atelier_primitives::BlockNumber;
use iroh::EndpointId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most blobs: what is known of them is in memory.
pub const MAX_BLOBS: usize = 1_000_000;
/// Most endpoints that are introduced at once, and most keys of one.
pub const MAX_INTRODUCED: usize = 4_096;
pub const MAX_KEYS: usize = 8;

/// What a blob takes on the disk: its bytes, the tree over them (64 bytes for each 16 KiB), the notes on what is there of a part
/// (8 bytes for each 16 KiB), and four files that begin on pages of their own.
pub(crate) fn cost(bytes: u64) -> u64 {
	bytes.saturating_add(bytes / 128).saturating_add(4 * 4_096)
}

/// What became of a wish for room.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Room {
	Here,
	/// Something has to go from the disk first.
	Wait,
}

/// What became of a wish to fetch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
	/// All of it is here.
	Have,
	/// Its room is reserved, and it is not evicted meanwhile.
	Fetch,
	Wait,
}

#[derive(Debug, Default)]
pub(crate) struct Rules {
	quota: u64,
	checks: Checks,
	entries: BTreeMap<Hash, Entry>,
	by_age: BTreeMap<u64, Hash>,
	next_age: u64,
	block: BlockNumber,
	/// Bytes of all entries.
	used: u64,
	/// Bytes of files that are being added.
	reserved: u64,
	/// What was given up and may still be on the disk.
	leaving: BTreeMap<Hash, u64>,
	/// What is being read or fetched, by how many.
	busy: HashMap<Hash, usize>,
	introduced: HashMap<EndpointId, BTreeMap<[u8; 32], BlockNumber>>,
	/// What has to be written down.
	changed: BTreeSet<Hash>,
	block_changed: bool,
}

impl Rules {
	pub fn new(quota: u64, block: BlockNumber, entries: BTreeMap<Hash, Entry>, checks: Checks) -> Self {
		let by_age: BTreeMap<u64, Hash> = entries.iter().map(|(hash, entry)| (entry.age, *hash)).collect();
		let used = entries
			.values()
			.fold(0_u64, |sum, entry| sum.saturating_add(cost(entry.bytes)));
		let next_age = by_age.last_key_value().map_or(0, |(age, _)| age.saturating_add(1));
		Self {
			quota,
			checks,
			entries,
			by_age,
			next_age,
			block,
			used,
			..Self::default()
		}
	}

	pub fn entry(&self, hash: &Hash) -> Option<&Entry> {
		self.entries.get(hash)
	}

	pub fn entries(&self) -> impl Iterator<Item = (&Hash, &Entry)> {
		self.entries.iter()
	}

	pub fn block(&self) -> BlockNumber {
		self.block
	}

	/// All that counts against the quota.
	pub fn occupied(&self) -> u64 {
		let leaving = self
			.leaving
			.values()
			.fold(0_u64, |sum, bytes| sum.saturating_add(*bytes));
		self.used.saturating_add(self.reserved).saturating_add(leaving)
	}

	pub fn quota(&self) -> u64 {
		self.quota
	}

	fn held(&mut self, hash: &Hash) -> Result<&mut Entry, Error> {
		self.changed.insert(*hash);
		self.entries.get_mut(hash).ok_or(Error::Missing { hash: *hash })
	}

	fn evictable(&self, hash: &Hash, entry: &Entry) -> bool {
		let pinned = !entry.pins.is_empty() && self.checks.on(Check::Pins);
		let retained = entry.keep_until.is_some() && self.checks.on(Check::Retention);
		!pinned && !retained && !self.busy.contains_key(hash)
	}

	/// Makes room for so many bytes, oldest first. Nothing is evicted if that would not be enough.
	fn make_room(&mut self, needed: u64) -> Result<Room, Error> {
		if self.occupied().saturating_add(needed) <= self.quota || !self.checks.on(Check::Quota) {
			return Ok(Room::Here);
		}
		// What is leaving will be gone.
		let mut staying = self.used.saturating_add(self.reserved);
		let mut evicted = Vec::new();
		for hash in self.by_age.values() {
			if staying.saturating_add(needed) <= self.quota {
				break;
			}
			if let Some(entry) = self.entries.get(hash).filter(|entry| self.evictable(hash, entry)) {
				staying = staying.saturating_sub(cost(entry.bytes));
				evicted.push(*hash);
			}
		}
		if staying.saturating_add(needed) > self.quota {
			return Err(Error::NoRoom {
				needed,
				free: self.quota.saturating_sub(staying),
				quota: self.quota,
			});
		}
		for hash in evicted {
			self.give_up(&hash);
		}
		Ok(Room::Wait)
	}

	/// It is not an entry any more; its bytes count until they are gone.
	fn give_up(&mut self, hash: &Hash) {
		if let Some(entry) = self.entries.remove(hash) {
			let bytes = cost(entry.bytes);
			self.by_age.remove(&entry.age);
			self.used = self.used.saturating_sub(bytes);
			self.leaving.insert(*hash, bytes);
			self.changed.insert(*hash);
		}
	}

	fn insert(&mut self, hash: Hash, bytes: u64, complete: bool, keep: Keep) -> Result<(), Error> {
		if self.entries.len() >= MAX_BLOBS {
			return Err(Error::TooManyBlobs { most: MAX_BLOBS });
		}
		let mut entry = Entry::new(bytes, complete, self.next_age);
		entry.keep(keep)?;
		self.by_age.insert(self.next_age, hash);
		self.next_age = self.next_age.saturating_add(1);
		self.used = self.used.saturating_add(cost(bytes));
		self.entries.insert(hash, entry);
		self.changed.insert(hash);
		Ok(())
	}

	/// It was asked for again: it is the youngest.
	fn renew(&mut self, hash: &Hash) -> Result<(), Error> {
		let age = self.next_age;
		let entry = self.held(hash)?;
		let before = std::mem::replace(&mut entry.age, age);
		self.by_age.remove(&before);
		self.by_age.insert(age, *hash);
		self.next_age = age.saturating_add(1);
		Ok(())
	}

	/// Room for a file whose hash is not known yet.
	pub fn reserve(&mut self, bytes: u64) -> Result<Room, Error> {
		let room = self.make_room(bytes)?;
		if room == Room::Here {
			self.reserved = self.reserved.saturating_add(bytes);
		}
		Ok(room)
	}

	pub fn release(&mut self, bytes: u64) {
		self.reserved = self.reserved.saturating_sub(bytes);
	}

	/// A file was added, in room that was reserved for it; whoever reserved it releases it.
	pub fn added(&mut self, hash: Hash, bytes: u64, keep: Keep) -> Result<(), Error> {
		self.leaving.remove(&hash);
		match self.entries.get(&hash).map(|entry| entry.bytes) {
			Some(held) if held == bytes => {
				self.renew(&hash)?;
				let entry = self.held(&hash)?;
				entry.complete = true;
				entry.keep(keep)
			}
			// What was fetched under a length that cannot be right.
			Some(_) => {
				self.give_up(&hash);
				self.leaving.remove(&hash);
				self.insert(hash, bytes, true, keep)
			}
			None => self.insert(hash, bytes, true, keep),
		}
	}

	/// Somebody wants to fetch a blob of so many bytes.
	pub fn admit(&mut self, hash: Hash, bytes: u64, keep: Keep) -> Result<Admission, Error> {
		if self.leaving.contains_key(&hash) {
			return Ok(Admission::Wait);
		}
		match self.entries.get(&hash).map(|entry| (entry.bytes, entry.complete)) {
			Some((held, complete)) if held == bytes => {
				self.renew(&hash)?;
				self.held(&hash)?.keep(keep)?;
				if complete {
					return Ok(Admission::Have);
				}
			}
			Some((held, complete)) if complete || self.busy.contains_key(&hash) => {
				return Err(Error::OtherLength {
					hash,
					held,
					stated: bytes,
				});
			}
			// A part that was begun under another length is of no use.
			Some(_) => {
				self.give_up(&hash);
				return Ok(Admission::Wait);
			}
			None => {
				if self.make_room(cost(bytes))? == Room::Wait {
					return Ok(Admission::Wait);
				}
				self.insert(hash, bytes, false, keep)?;
			}
		}
		self.hold(hash);
		Ok(Admission::Fetch)
	}

	/// All of it is here.
	pub fn completed(&mut self, hash: &Hash) -> Result<(), Error> {
		self.held(hash)?.complete = true;
		Ok(())
	}

	/// What is on the disk is not what its hash says: it has to go and to be fetched again. What keeps it stays, and so does its
	/// room.
	pub fn damaged(&mut self, hash: &Hash) -> Result<(), Error> {
		self.lost(hash)?;
		self.leaving.insert(*hash, 0);
		Ok(())
	}

	/// Not all of it is here, whatever was written down.
	pub fn lost(&mut self, hash: &Hash) -> Result<(), Error> {
		self.held(hash)?.complete = false;
		Ok(())
	}

	/// Nothing knows this blob, and it is on the disk.
	pub fn stray(&mut self, hash: Hash, bytes: u64) {
		if !self.entries.contains_key(&hash) {
			self.leaving.insert(hash, bytes);
		}
	}

	/// While it is read or fetched it is not evicted.
	pub fn hold(&mut self, hash: Hash) {
		let holders = self.busy.entry(hash).or_default();
		*holders = holders.saturating_add(1);
	}

	pub fn let_go(&mut self, hash: &Hash) {
		if let Some(holders) = self.busy.get_mut(hash) {
			*holders = holders.saturating_sub(1);
			if *holders == 0 {
				self.busy.remove(hash);
			}
		}
	}

	pub fn keep(&mut self, hash: &Hash, keep: Keep) -> Result<(), Error> {
		self.held(hash)?.keep(keep)
	}

	/// Whether the pin was there.
	pub fn unpin(&mut self, hash: &Hash, pin: &Pin) -> Result<bool, Error> {
		Ok(self.held(hash)?.pins.remove(pin))
	}

	/// The chain is at this block: what was kept for blocks before it and for nothing else goes.
	pub fn release_before(&mut self, block: BlockNumber) -> usize {
		if block <= self.block {
			return 0;
		}
		self.block = block;
		self.block_changed = true;
		self.introduced.retain(|_, keys| {
			keys.retain(|_, until| *until >= block);
			!keys.is_empty()
		});
		let mut over = Vec::new();
		for (hash, entry) in &mut self.entries {
			let readers = entry.readers.len();
			entry.readers.retain(|_, until| *until >= block);
			let mut changed = entry.readers.len() != readers;
			// What is being read goes the next time.
			if entry.keep_until.is_some_and(|until| until < block) && !self.busy.contains_key(hash) {
				entry.keep_until = None;
				changed = true;
				if entry.pins.is_empty() {
					over.push(*hash);
				}
			}
			if changed {
				self.changed.insert(*hash);
			}
		}
		for hash in &over {
			self.give_up(hash);
		}
		over.len()
	}

	pub fn publish(&mut self, hash: &Hash, public: bool) -> Result<(), Error> {
		self.held(hash)?.public = public;
		Ok(())
	}

	pub fn allow(&mut self, hash: &Hash, reader: Reader, until: BlockNumber) -> Result<(), Error> {
		let readers = &mut self.held(hash)?.readers;
		if readers.len() >= MAX_READERS && !readers.contains_key(&reader) {
			return Err(Error::TooMany {
				what: "readers",
				most: MAX_READERS,
			});
		}
		readers.insert(reader, until);
		Ok(())
	}

	/// Whether the reader was named.
	pub fn disallow(&mut self, hash: &Hash, reader: &Reader) -> Result<bool, Error> {
		Ok(self.held(hash)?.readers.remove(reader).is_some())
	}

	/// Whoever connects as this endpoint has shown that it holds the key.
	pub fn introduce(&mut self, endpoint: EndpointId, key: [u8; 32], until: BlockNumber) -> Result<(), Error> {
		if self.introduced.len() >= MAX_INTRODUCED && !self.introduced.contains_key(&endpoint) {
			return Err(Error::TooMany {
				what: "introduced endpoints",
				most: MAX_INTRODUCED,
			});
		}
		let keys = self.introduced.entry(endpoint).or_default();
		if keys.len() >= MAX_KEYS && !keys.contains_key(&key) {
			return Err(Error::TooMany {
				what: "keys of one endpoint",
				most: MAX_KEYS,
			});
		}
		keys.insert(key, until);
		Ok(())
	}

	/// Whether an endpoint may read a blob. For who may not it makes no difference whether the blob is here.
	pub fn may_read(&self, hash: &Hash, endpoint: &EndpointId) -> bool {
		let Some(entry) = self.entries.get(hash).filter(|entry| entry.complete) else {
			return false;
		};
		let named = |reader: &Reader| entry.readers.get(reader).is_some_and(|until| *until >= self.block);
		let introduced = || {
			let keys = self.introduced.get(endpoint).into_iter().flatten();
			keys.filter(|(_, until)| **until >= self.block)
				.any(|(key, _)| named(&Reader::Key(*key)))
		};
		entry.public || named(&Reader::from(*endpoint)) || introduced() || !self.checks.on(Check::Access)
	}

	/// What has to stay on the disk.
	pub fn staying(&self) -> impl Iterator<Item = &Hash> {
		self.entries.keys().filter(|hash| !self.leaving.contains_key(*hash))
	}

	/// What may be on the disk and should not be.
	pub fn leaving(&self) -> impl Iterator<Item = &Hash> {
		self.leaving.keys()
	}

	/// It is gone from the disk.
	pub fn left(&mut self, hash: &Hash) {
		self.leaving.remove(hash);
	}

	/// What has to be written down: entries, those that are none any more, and the block if it is another.
	pub fn take_changes(&mut self) -> (Vec<(Hash, Option<Entry>)>, Option<BlockNumber>) {
		let changed = std::mem::take(&mut self.changed);
		let entries = changed
			.into_iter()
			.map(|hash| (hash, self.entries.get(&hash).cloned()))
			.collect();
		let block = std::mem::take(&mut self.block_changed).then_some(self.block);
		(entries, block)
	}
}
