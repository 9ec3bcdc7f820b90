// SPDX-License-Identifier: Apache-2.0

//! What hosts did instead of sending what was asked for, counted for each.

use iroh::EndpointId;
use std::{
	collections::{BTreeMap, HashMap},
	fmt,
	sync::{Mutex, PoisonError},
};

/// Most hosts that are counted; the one with the fewest faults makes place for another.
pub const MAX_HOSTS: usize = 4_096;

/// Why nothing, or nothing more, came from a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
	/// No connection was made.
	Unreachable,
	/// It does not let us read it, or says so because it does not have it.
	Refused,
	/// It has not all of it.
	Absent,
	/// It went away in the middle.
	Cut,
	/// It sent too slowly.
	Stalled,
	/// Its blob has another length than was stated.
	OtherLength,
	/// It sent bytes that do not belong to the hash.
	WrongContent,
}

impl Fault {
	/// How much later a host is asked for it. Who lies is asked last.
	fn weight(self) -> u64 {
		match self {
			Self::Refused | Self::Absent => 1,
			Self::Unreachable | Self::Cut => 2,
			Self::Stalled => 4,
			Self::OtherLength | Self::WrongContent => 64,
		}
	}
}

impl fmt::Display for Fault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Unreachable => "cannot be reached",
			Self::Refused => "refuses",
			Self::Absent => "does not have all of it",
			Self::Cut => "went away",
			Self::Stalled => "is too slow",
			Self::OtherLength => "has one of another length",
			Self::WrongContent => "sends something else",
		})
	}
}

type Counts = BTreeMap<Fault, u64>;

/// The counts of all hosts, since the program began.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<HashMap<EndpointId, Counts>>);

impl Faults {
	fn with<T>(&self, act: impl FnOnce(&mut HashMap<EndpointId, Counts>) -> T) -> T {
		act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
	}

	pub fn note(&self, host: EndpointId, fault: Fault) {
		self.with(|hosts| {
			if hosts.len() >= MAX_HOSTS && !hosts.contains_key(&host) {
				let least = hosts
					.iter()
					.min_by_key(|(_, counts)| weigh(counts))
					.map(|(host, _)| *host);
				least.map(|least| hosts.remove(&least));
			}
			let count = hosts.entry(host).or_default().entry(fault).or_default();
			*count = count.saturating_add(1);
		});
	}

	pub fn of(&self, host: &EndpointId) -> Counts {
		self.with(|hosts| hosts.get(host).cloned().unwrap_or_default())
	}

	pub fn weight(&self, host: &EndpointId) -> u64 {
		self.with(|hosts| hosts.get(host).map_or(0, weigh))
	}
}

fn weigh(counts: &Counts) -> u64 {
	counts.iter().fold(0, |sum, (fault, count)| {
		sum.saturating_add(fault.weight().saturating_mul(*count))
	})
}
