// SPDX-License-Identifier: Apache-2.0

//! The rules and the ledger together: one change after the other, each on the disk before it is known.

use super::{folder::Folder, ledger::Ledger, rules::Rules};
use crate::{Error, Hash};
use iroh_blobs::store::{GcConfig, ProtectCb, ProtectOutcome};
use std::{
	collections::HashSet,
	sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
	time::Duration,
};
use tokio::sync::Notify;

/// How often it is looked whether something has to go from the disk.
const SWEEP: Duration = Duration::from_millis(100);

#[derive(Debug)]
struct State {
	rules: Rules,
	ledger: Option<Ledger>,
	/// Why nothing can be changed any more.
	failed: Option<Error>,
}

/// What all parts of a store share.
#[derive(Debug)]
pub(crate) struct Shared {
	state: Mutex<State>,
	pub folder: Folder,
	/// Something has gone from the disk.
	pub freed: Notify,
}

impl Shared {
	pub fn new(folder: Folder, rules: Rules, ledger: Ledger) -> Arc<Self> {
		Arc::new(Self {
			state: Mutex::new(State {
				rules,
				ledger: Some(ledger),
				failed: None,
			}),
			folder,
			freed: Notify::new(),
		})
	}

	fn lock(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Asks the rules.
	pub fn ask<T>(&self, question: impl FnOnce(&Rules) -> T) -> T {
		question(&self.lock().rules)
	}

	/// Changes what is not written down.
	pub fn adjust<T>(&self, act: impl FnOnce(&mut Rules) -> T) -> T {
		act(&mut self.lock().rules)
	}

	/// Changes the rules and writes the change down. After a failure of the disk nothing is changed until the store is opened
	/// again: what is in memory and what is written would not be the same.
	pub async fn change<T: Send + 'static>(
		self: &Arc<Self>,
		act: impl FnOnce(&mut Rules) -> Result<T, Error> + Send + 'static,
	) -> Result<T, Error> {
		let shared = self.clone();
		tokio::task::spawn_blocking(move || shared.change_now(act))
			.await
			.map_err(|_| Error::Closed)?
	}

	pub fn change_now<T>(&self, act: impl FnOnce(&mut Rules) -> Result<T, Error>) -> Result<T, Error> {
		let mut state = self.lock();
		if let Some(error) = &state.failed {
			return Err(error.clone());
		}
		let result = act(&mut state.rules);
		let (changes, block) = state.rules.take_changes();
		if changes.is_empty() && block.is_none() {
			return result;
		}
		let written = match &state.ledger {
			Some(ledger) => ledger.write(changes, block),
			None => Err(Error::Closed),
		};
		if let Err(error) = written {
			state.failed = Some(Error::StoreFailed {
				told: error.to_string(),
			});
			// What was made by the change may want the lock when it is dropped.
			drop(state);
			return Err(error);
		}
		result
	}

	/// Nothing is changed from now on, and the ledger can be opened by others.
	pub fn close(&self) -> Result<(), Error> {
		let mut state = self.lock();
		state.failed.get_or_insert(Error::Closed);
		state.ledger = None;
		self.folder.release()
	}

	/// By what iroh-blobs learns what may be deleted: only its own sweep deletes. It sweeps only if something has to go.
	pub fn sweeping(shared: &Weak<Self>) -> GcConfig {
		let shared = shared.clone();
		let protect: ProtectCb = Arc::new(move |live: &mut HashSet<Hash>| {
			let shared = shared.clone();
			Box::pin(async move {
				match shared.upgrade() {
					Some(shared) => shared.live(live),
					None => ProtectOutcome::Abort,
				}
			})
		});
		GcConfig {
			interval: SWEEP,
			add_protected: Some(protect),
		}
	}

	fn live(&self, live: &mut HashSet<Hash>) -> ProtectOutcome {
		let mut state = self.lock();
		let gone: Vec<Hash> = state
			.rules
			.leaving()
			.filter(|hash| !self.folder.has(hash))
			.copied()
			.collect();
		for hash in &gone {
			state.rules.left(hash);
		}
		if !gone.is_empty() {
			self.freed.notify_waiters();
		}
		if state.rules.leaving().next().is_none() {
			return ProtectOutcome::Abort;
		}
		live.extend(state.rules.staying());
		ProtectOutcome::Continue
	}
}

/// Keeps a blob from being evicted while it is read or fetched.
#[derive(Debug)]
pub(crate) struct Hold {
	shared: Arc<Shared>,
	hash: Hash,
}

impl Hold {
	/// For a blob that the rules hold already.
	pub fn of(shared: Arc<Shared>, hash: Hash) -> Self {
		Self { shared, hash }
	}
}

impl Drop for Hold {
	fn drop(&mut self) {
		self.shared.adjust(|rules| rules.let_go(&self.hash));
	}
}

/// Room for a file that is being added.
#[derive(Debug)]
pub(crate) struct Reservation {
	shared: Arc<Shared>,
	bytes: u64,
}

impl Reservation {
	pub fn of(shared: Arc<Shared>, bytes: u64) -> Self {
		Self { shared, bytes }
	}
}

impl Drop for Reservation {
	fn drop(&mut self) {
		self.shared.adjust(|rules| rules.release(self.bytes));
	}
}
