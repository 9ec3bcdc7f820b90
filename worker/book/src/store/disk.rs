// SPDX-License-Identifier: Apache-2.0

//! Where a book's file is, and that one process at a time has it open.

use crate::Error;
use redb::{StorageBackend, backends::FileBackend};
use std::{
	fmt,
	fs::{self, File, TryLockError},
	io::{self, Read, Seek, Write},
	path::{Path, PathBuf},
	process,
	sync::{
		Arc,
		atomic::{AtomicBool, Ordering},
	},
};

const BOOK: &str = "book.redb";
/// A book that nobody has finished making.
const NEW: &str = "book.new";
const LOCK: &str = "book.lock";

/// What has the bytes of a book.
pub(crate) trait Disk: Send + Sync + 'static {
	/// The file as it is.
	fn file(&self) -> Result<Box<dyn StorageBackend>, Error>;

	/// How many bytes it has.
	fn length(&self) -> Result<u64, Error>;

	/// How many more there is room for, as far as the disk says.
	fn room(&self) -> Result<u64, Error>;
}

/// A folder that this process has for itself.
#[derive(Clone)]
pub(crate) struct Folder {
	file: PathBuf,
	/// Whoever holds it has the folder.
	_lock: Arc<File>,
}

impl Folder {
	/// A folder with a book.
	pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
		let file = folder.join(BOOK);
		if !file.try_exists()? {
			return Err(Error::NoBook(folder.into()));
		}
		let lock = lock(folder)?;
		Ok(Self { file, _lock: lock })
	}

	/// A folder without one, and the place where one can be made. It is the folder's book when [`Folder::finish`] says so: a crash
	/// leaves no half of a book.
	pub(crate) fn create(folder: &Path) -> Result<Self, Error> {
		fs::create_dir_all(folder)?;
		let lock = lock(folder)?;
		if folder.join(BOOK).try_exists()? {
			return Err(Error::BookExists(folder.into()));
		}
		let file = folder.join(NEW);
		File::create(&file)?;
		Ok(Self { file, _lock: lock })
	}

	/// Nobody may have the file open.
	pub(crate) fn finish(&self, folder: &Path) -> Result<(), Error> {
		fs::rename(&self.file, folder.join(BOOK))?;
		Ok(File::open(folder)?.sync_all()?)
	}
}

impl Disk for Folder {
	fn file(&self) -> Result<Box<dyn StorageBackend>, Error> {
		let file = File::options().read(true).write(true).open(&self.file)?;
		let backend = FileBackend::new(file).map_err(redb::Error::from)?;
		Ok(Box::new(backend))
	}

	fn length(&self) -> Result<u64, Error> {
		Ok(fs::metadata(&self.file)?.len())
	}

	fn room(&self) -> Result<u64, Error> {
		let disk = rustix::fs::statvfs(&self.file).map_err(io::Error::from)?;
		Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
	}
}

/// The lock goes with the process, however it ends.
fn lock(folder: &Path) -> Result<Arc<File>, Error> {
	let path = folder.join(LOCK);
	let mut file = File::options()
		.read(true)
		.write(true)
		.create(true)
		.truncate(false)
		.open(path)?;
	match file.try_lock() {
		Ok(()) => {
			file.set_len(0)?;
			file.rewind()?;
			write!(file, "{}", process::id())?;
			Ok(Arc::new(file))
		}
		Err(TryLockError::WouldBlock) => {
			let mut by = String::new();
			// Another process may be writing it just now.
			let _ = (&mut file).take(20).read_to_string(&mut by);
			Err(Error::InUse {
				folder: folder.into(),
				by,
			})
		}
		Err(TryLockError::Error(error)) => Err(error.into()),
	}
}

/// A file of which it is known whether the disk ever failed to keep what was written. The system forgets it after saying it
/// once, and shows what it has in memory as if it were on the disk.
pub(crate) struct Watched {
	file: Box<dyn StorageBackend>,
	lost: Arc<AtomicBool>,
}

impl Watched {
	pub(crate) fn new(file: Box<dyn StorageBackend>, lost: Arc<AtomicBool>) -> Self {
		Self { file, lost }
	}
}

impl fmt::Debug for Watched {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.file.fmt(f)
	}
}

impl StorageBackend for Watched {
	fn len(&self) -> Result<u64, io::Error> {
		self.file.len()
	}

	fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
		self.file.read(offset, out)
	}

	fn set_len(&self, len: u64) -> Result<(), io::Error> {
		self.file.set_len(len)
	}

	fn sync_data(&self) -> Result<(), io::Error> {
		self.file
			.sync_data()
			.inspect_err(|_| self.lost.store(true, Ordering::SeqCst))
	}

	fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
		self.file.write(offset, data)
	}

	fn close(&self) -> Result<(), io::Error> {
		self.file.close()
	}
}
