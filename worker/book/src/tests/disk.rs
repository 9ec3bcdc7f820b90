// SPDX-License-Identifier: Apache-2.0

//! A disk that crashes as disks do: of what was written since the last sync anything may be there, torn at sectors.

use crate::{Error, store::Disk};
use redb::StorageBackend;
use std::{
	io,
	ops::Range,
	sync::{Arc, Mutex, MutexGuard},
};

const SECTOR: usize = 512;

#[derive(Clone, Debug, Default)]
pub(super) struct Memory(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
	/// What a sync has kept.
	durable: Vec<u8>,
	/// What a program sees.
	current: Vec<u8>,
	/// What was done since the last sync.
	since: Vec<Change>,
	/// After so many operations the machine stops.
	left: Option<u64>,
	/// Most bytes that there is room for.
	room: Option<u64>,
	/// What it says about that.
	said: Option<u64>,
	/// The next sync fails, and what was written is gone.
	fail_sync: bool,
	syncs: u64,
}

#[derive(Debug)]
enum Change {
	Write(usize, Vec<u8>),
	Length(usize),
}

/// Not good, but the same everywhere.
pub(super) struct Random(pub(super) u64);

impl Random {
	pub(super) fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut word = self.0;
		word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		word ^ (word >> 31)
	}

	pub(super) fn below(&mut self, end: u64) -> u64 {
		self.next() % end.max(1)
	}
}

fn write(image: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
	let end = offset + bytes.len();
	if image.len() < end {
		image.resize(end, 0);
	}
	image[offset..end].copy_from_slice(bytes);
}

impl Memory {
	fn inner(&self) -> MutexGuard<'_, Inner> {
		self.0.lock().unwrap()
	}

	pub(super) fn of(image: Vec<u8>) -> Self {
		let disk = Self::default();
		disk.inner().durable = image.clone();
		disk.inner().current = image;
		disk
	}

	/// What programs see.
	pub(super) fn image(&self) -> Vec<u8> {
		self.inner().current.clone()
	}

	pub(super) fn syncs(&self) -> u64 {
		self.inner().syncs
	}

	/// Stops after so many operations.
	pub(super) fn stop_after(&self, operations: u64) {
		self.inner().left = Some(operations);
	}

	pub(super) fn stopped(&self) -> bool {
		self.inner().left == Some(0)
	}

	/// From now on there is only room for so many bytes.
	pub(super) fn room(&self, room: Option<u64>) {
		self.inner().room = room;
	}

	/// It says that there is only room for so many bytes.
	pub(super) fn says(&self, room: Option<u64>) {
		self.inner().said = room;
	}

	pub(super) fn fail_next_sync(&self) {
		self.inner().fail_sync = true;
	}

	/// What is there when the machine starts again.
	pub(super) fn crashed(&self, random: &mut Random) -> Self {
		let inner = self.inner();
		let mut image = inner.durable.clone();
		// All, nothing, or some of it.
		let kept = match random.below(4) {
			0 => 0,
			1 => 100,
			_ => random.below(101),
		};
		for change in &inner.since {
			match change {
				Change::Length(length) if random.below(100) < kept => image.resize(*length, 0),
				Change::Length(_) => {}
				Change::Write(offset, bytes) => {
					let mut start = 0;
					while start < bytes.len() {
						let sector = (offset + start) / SECTOR;
						let end = ((sector + 1) * SECTOR - offset).min(bytes.len());
						if random.below(100) < kept {
							write(&mut image, offset + start, &bytes[start..end]);
						}
						start = end;
					}
				}
			}
		}
		Self::of(image)
	}
}

impl Inner {
	fn step(&mut self) -> io::Result<()> {
		match &mut self.left {
			Some(0) => Err(io::Error::other("the machine has stopped")),
			Some(left) => {
				*left -= 1;
				Ok(())
			}
			None => Ok(()),
		}
	}

	fn range(&self, offset: u64, length: usize) -> io::Result<Range<usize>> {
		let start = offset as usize;
		let range = start..start + length;
		if range.end > self.current.len() {
			return Err(io::ErrorKind::UnexpectedEof.into());
		}
		Ok(range)
	}
}

impl Disk for Memory {
	fn file(&self) -> Result<Box<dyn StorageBackend>, Error> {
		Ok(Box::new(self.clone()))
	}

	fn length(&self) -> Result<u64, Error> {
		Ok(self.inner().current.len() as u64)
	}

	fn room(&self) -> Result<u64, Error> {
		Ok(self.inner().said.unwrap_or(u64::MAX))
	}
}

impl StorageBackend for Memory {
	fn len(&self) -> Result<u64, io::Error> {
		Ok(self.inner().current.len() as u64)
	}

	fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
		let inner = self.inner();
		let range = inner.range(offset, out.len())?;
		out.copy_from_slice(&inner.current[range]);
		Ok(())
	}

	fn set_len(&self, len: u64) -> Result<(), io::Error> {
		let mut inner = self.inner();
		inner.step()?;
		// As on most file systems: a length is not room.
		inner.current.resize(len as usize, 0);
		inner.since.push(Change::Length(len as usize));
		Ok(())
	}

	fn sync_data(&self) -> Result<(), io::Error> {
		let mut inner = self.inner();
		inner.step()?;
		if std::mem::take(&mut inner.fail_sync) {
			inner.since.clear();
			return Err(io::Error::other("the disk forgot"));
		}
		inner.syncs += 1;
		for change in std::mem::take(&mut inner.since) {
			match change {
				Change::Write(offset, bytes) => write(&mut inner.durable, offset, &bytes),
				Change::Length(length) => inner.durable.resize(length, 0),
			}
		}
		Ok(())
	}

	fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
		let mut inner = self.inner();
		inner.step()?;
		let end = offset + data.len() as u64;
		// What is written again needs no room.
		let known = inner.current.get(offset as usize..end as usize);
		let again = known.is_some_and(|known| known.iter().any(|byte| *byte != 0));
		if !again && inner.room.is_some_and(|room| end > room) {
			return Err(io::ErrorKind::StorageFull.into());
		}
		write(&mut inner.current, offset as usize, data);
		inner.since.push(Change::Write(offset as usize, data.to_vec()));
		Ok(())
	}
}
