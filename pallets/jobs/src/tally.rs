// SPDX-License-Identifier: Apache-2.0

//! What the agenda's paying for many sessions in one go weighs: what they have in common is read and written once.

use crate::{Config, WeightInfo};
use alloc::collections::BTreeSet;
use atelier_primitives::ids::{VersionId, WorkerId};
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What a pot of a version costs besides, where more than one is paid into.
fn pot<T: Config>() -> Weight {
	T::DbWeight::get().reads_writes(2, 2)
}

/// What a worker costs besides, where more than one is paid: what it is, its stake, its account, what is known of it.
fn payee<T: Config>() -> Weight {
	T::DbWeight::get().reads_writes(4, 3)
}

/// The sessions of which settlements were paid in one go.
pub(crate) struct Tally<T> {
	sessions: u32,
	versions: BTreeSet<VersionId>,
	workers: BTreeSet<WorkerId>,
	_config: PhantomData<T>,
}

impl<T: Config> Tally<T> {
	pub(crate) fn new() -> Self {
		Self {
			sessions: 0,
			versions: BTreeSet::new(),
			workers: BTreeSet::new(),
			_config: PhantomData,
		}
	}

	pub(crate) fn count(&mut self, worker: WorkerId, version: VersionId) {
		self.sessions = self.sessions.saturating_add(1);
		self.versions.insert(version);
		self.workers.insert(worker);
	}

	/// What all of them weigh.
	pub(crate) fn weight(&self) -> Weight {
		if self.sessions == 0 {
			return Weight::zero();
		}
		let more = |count: usize| (count as u64).saturating_sub(1);
		T::WeightInfo::pay_sessions(self.sessions)
			.saturating_add(pot::<T>().saturating_mul(more(self.versions.len())))
			.saturating_add(payee::<T>().saturating_mul(more(self.workers.len())))
	}

	/// The most that the next one can weigh, whatever was paid before.
	pub(crate) fn most() -> Weight {
		T::WeightInfo::pay_sessions(1)
			.saturating_add(pot::<T>())
			.saturating_add(payee::<T>())
	}
}
