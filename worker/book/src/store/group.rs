// SPDX-License-Identifier: Apache-2.0

//! Many writes, one sync. While the disk works, writes gather; the thread takes all of them at once. Nobody waits for others to
//! come: a write that is alone is made at once.

use super::{
	Draft, RECORDS, View,
	disk::{Disk, Watched},
};
use crate::{Error, checks::Switches};
use futures::{channel::oneshot, executor::block_on};
use redb::{Database, Durability, ReadableDatabase, Table};
use std::{
	panic::{AssertUnwindSafe, catch_unwind},
	pin::Pin,
	sync::{
		Arc, PoisonError, RwLock,
		atomic::{AtomicBool, Ordering},
		mpsc::{Receiver, SyncSender, sync_channel},
	},
	task::{Context, Poll},
	thread::{self, JoinHandle},
};

/// Most writes that wait; whoever comes then waits until one can.
const QUEUE: usize = 1_024;
/// Most writes of one sync.
const GROUP: usize = 256;
/// With less room on the disk nothing is written.
const LEAST_ROOM: u64 = 64 << 20;

/// How the file is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
	/// Bytes of memory for what was read and written of late.
	pub(crate) cache: usize,
	/// Whether all of the file is looked at when it is opened.
	pub(crate) check: bool,
	/// Whether what is answered is on the disk.
	pub(crate) durable: bool,
}

/// A file of records, and the thread that writes to it.
pub(crate) struct Store {
	shared: Arc<Shared>,
	queue: Option<SyncSender<Box<dyn Write>>>,
	thread: Option<JoinHandle<()>>,
}

struct Shared {
	disk: Box<dyn Disk>,
	manner: Manner,
	state: RwLock<State>,
	/// The disk failed to keep something.
	lost: Arc<AtomicBool>,
}

enum State {
	Open(Database),
	/// Why not. Where the disk was full, the next write tries again.
	Shut(Error),
}

/// What was asked, when it is durable. Waiting for it is up to whoever asked: it happens anyway.
#[must_use = "it is durable only when this says so"]
pub struct Pending<T>(Inner<T>);

enum Inner<T> {
	Waits(oneshot::Receiver<Result<T, Error>>),
	Known(Option<Result<T, Error>>),
}

impl<T> Pending<T> {
	pub(crate) fn known(result: Result<T, Error>) -> Self {
		Self(Inner::Known(Some(result)))
	}

	/// Waits on this thread.
	pub fn wait(self) -> Result<T, Error>
	where
		T: Unpin,
	{
		block_on(self)
	}
}

impl<T: Unpin> Future for Pending<T> {
	type Output = Result<T, Error>;

	fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
		match &mut self.get_mut().0 {
			Inner::Waits(answer) => Pin::new(answer)
				.poll(context)
				.map(|result| result.unwrap_or(Err(Error::Closed))),
			Inner::Known(result) => Poll::Ready(result.take().unwrap_or(Err(Error::Closed))),
		}
	}
}

/// A write that waits.
trait Write: Send {
	/// Does it, and says whether anything is to be written. An error is the disk's.
	fn draft(&mut self, table: &mut Table<'_, super::Bytes, super::Bytes>) -> Result<bool, Error>;

	/// Says what became of it.
	fn answer(self: Box<Self>, written: Result<(), Error>);
}

struct Act<F, T> {
	act: Option<F>,
	result: Option<Result<T, Error>>,
	switches: Switches,
	answer: oneshot::Sender<Result<T, Error>>,
}

impl<F, T> Write for Act<F, T>
where
	F: FnOnce(&mut Draft<'_, '_>) -> Result<T, Error> + Send,
	T: Send,
{
	fn draft(&mut self, table: &mut Table<'_, super::Bytes, super::Bytes>) -> Result<bool, Error> {
		let Some(act) = self.act.take() else { return Ok(false) };
		let mut draft = Draft::new(table);
		match self.switches.within(|| act(&mut draft)) {
			Err(error) if error.is_of_storage() => Err(error),
			Err(refused) => {
				self.result = Some(Err(refused));
				Ok(false)
			}
			Ok(result) => {
				self.result = Some(Ok(result));
				draft.apply()
			}
		}
	}

	fn answer(self: Box<Self>, written: Result<(), Error>) {
		let Self { result, answer, .. } = *self;
		let result = written.and_then(|()| result.unwrap_or(Err(Error::Closed)));
		// Whoever asked may have gone.
		let _ = answer.send(result);
	}
}

impl Store {
	pub(crate) fn open(disk: impl Disk, manner: Manner) -> Result<Self, Error> {
		let shared = Shared {
			disk: Box::new(disk),
			manner,
			state: RwLock::new(State::Shut(Error::Closed)),
			lost: Arc::default(),
		};
		let database = shared.database(manner.check)?;
		*shared.state.write().unwrap_or_else(PoisonError::into_inner) = State::Open(database);
		let shared = Arc::new(shared);
		let (queue, waiting) = sync_channel(QUEUE);
		let writer = shared.clone();
		let thread = thread::Builder::new()
			.name("book".into())
			.spawn(move || writer.serve(&waiting))?;
		Ok(Self {
			shared,
			queue: Some(queue),
			thread: Some(thread),
		})
	}

	/// A write: all of it, or an error and nothing. It sees all writes before it.
	pub(crate) fn write<T: Send + 'static>(
		&self,
		act: impl FnOnce(&mut Draft<'_, '_>) -> Result<T, Error> + Send + 'static,
	) -> Pending<T> {
		let (answer, waits) = oneshot::channel();
		let act = Act {
			act: Some(act),
			result: None,
			switches: Switches::here(),
			answer,
		};
		match self.queue.as_ref().map(|queue| queue.send(Box::new(act))) {
			Some(Ok(())) => Pending(Inner::Waits(waits)),
			_ => Pending::known(Err(Error::Closed)),
		}
	}

	/// Reads what is durable.
	pub(crate) fn read<T>(&self, act: impl FnOnce(&View) -> Result<T, Error>) -> Result<T, Error> {
		let state = self.shared.state.read().unwrap_or_else(PoisonError::into_inner);
		let database = match &*state {
			State::Open(database) => database,
			State::Shut(why) => return Err(why.clone()),
		};
		guarded(|| act(&View(database.begin_read()?.open_table(RECORDS)?)))
	}
}

impl Drop for Store {
	fn drop(&mut self) {
		drop(self.queue.take());
		// What waits is still written.
		if let Some(thread) = self.thread.take() {
			let _ = thread.join();
		}
		self.shared.close(Error::Closed);
	}
}

impl Shared {
	fn database(&self, check: bool) -> Result<Database, Error> {
		let file = Watched::new(self.disk.file()?, self.lost.clone());
		guarded(|| {
			let mut builder = Database::builder();
			builder
				.set_cache_size(self.manner.cache)
				.set_check_integrity_on_open(check);
			let database = builder.create_with_backend(file)?;
			// Where there is no room, what is there can still be read.
			if let Err(redb::TableError::TableDoesNotExist(_)) = database.begin_read()?.open_table(RECORDS) {
				let transaction = self.begin(&database)?;
				transaction.open_table(RECORDS)?;
				transaction.commit()?;
			}
			Ok(database)
		})
	}

	fn serve(&self, waiting: &Receiver<Box<dyn Write>>) {
		while let Ok(first) = waiting.recv() {
			let mut group = vec![first];
			group.extend(waiting.try_iter().take(GROUP.saturating_sub(1)));
			let written = self.room().and_then(|()| {
				let written = self.write(&mut group).map_err(|error| self.named(error));
				written.inspect_err(|error| self.shut(error.clone()))
			});
			for write in group {
				write.answer(written.clone());
			}
		}
	}

	/// Whether there is room for more. Asked before, since a database that has found none must be opened again, which takes long
	/// where it is long.
	fn room(&self) -> Result<(), Error> {
		if self.disk.room()? < LEAST_ROOM {
			Err(Error::DiskFull)
		} else {
			Ok(())
		}
	}

	fn write(&self, group: &mut [Box<dyn Write>]) -> Result<(), Error> {
		let open = matches!(
			&*self.state.read().unwrap_or_else(PoisonError::into_inner),
			State::Open(_)
		);
		if !open {
			self.reopen()?;
		}
		let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
		let database = match &*state {
			State::Open(database) => database,
			State::Shut(why) => return Err(why.clone()),
		};
		guarded(|| {
			let transaction = self.begin(database)?;
			let mut changed = false;
			{
				let mut table = transaction.open_table(RECORDS)?;
				for write in group {
					changed |= write.draft(&mut table)?;
				}
			}
			if changed {
				transaction.commit()?;
			} else {
				transaction.abort()?;
			}
			Ok(())
		})
	}

	fn named(&self, error: Error) -> Error {
		if self.lost.load(Ordering::SeqCst) {
			Error::DiskLost(error.to_string())
		} else {
			error
		}
	}

	/// After an error nobody knows what the database has in memory: what counts is on the disk.
	fn shut(&self, error: Error) {
		self.close(error);
		// So that what is there can be read.
		let _ = self.reopen();
	}

	fn close(&self, why: Error) {
		let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
		let before = std::mem::replace(&mut *state, State::Shut(why));
		// Closing writes to the disk, which may fail, and where the file is damaged panic.
		let _ = catch_unwind(AssertUnwindSafe(|| drop(before)));
	}

	/// Opens the file again where only room was missing.
	fn reopen(&self) -> Result<(), Error> {
		let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
		match &*state {
			State::Open(_) => return Ok(()),
			State::Shut(Error::DiskFull) => {}
			State::Shut(why) => return Err(why.clone()),
		}
		match self.database(false) {
			Ok(database) => {
				*state = State::Open(database);
				Ok(())
			}
			// Whatever is wrong now may be for want of room too.
			Err(_) => Err(Error::DiskFull),
		}
	}

	/// A transaction that is on the disk when it is committed. In two phases, since requesters choose what is written, and the
	/// database's own sums are not made against those who do. What is free is not written with it (`quick_repair`): that would be
	/// 64 KiB for each GiB of the book with every sync. So after a crash the database reads all of the book.
	fn begin(&self, database: &Database) -> Result<redb::WriteTransaction, Error> {
		let mut transaction = database.begin_write()?;
		let durability = if self.manner.durable {
			Durability::Immediate
		} else {
			Durability::None
		};
		transaction
			.set_durability(durability)
			.map_err(|error| Error::Damaged(error.to_string()))?;
		transaction.set_two_phase_commit(self.manner.durable);
		Ok(transaction)
	}
}

/// A damaged file may make the database panic. That is an error like others.
fn guarded<T>(act: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
	match catch_unwind(AssertUnwindSafe(act)) {
		Ok(result) => result,
		Err(panic) => {
			let what = panic
				.downcast_ref::<String>()
				.cloned()
				.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
			Err(Error::Damaged(what.unwrap_or_else(|| "the database gave up".into())))
		}
	}
}
