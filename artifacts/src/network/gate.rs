// SPDX-License-Identifier: Apache-2.0

//! How many may be connected: in all, and from one place.

use crate::{Check, Checks};
use iroh::{EndpointId, endpoint::IncomingAddr};
use std::{
	collections::HashMap,
	net::IpAddr,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A place that connections come from: an address, of IPv6 the network of 64 bits that one customer has, or who comes by a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
	Address([u8; 4]),
	Network([u16; 4]),
	Endpoint(EndpointId),
	Unknown,
}

impl Place {
	pub fn of(address: &IncomingAddr) -> Self {
		match address {
			IncomingAddr::Ip(address) => match address.ip().to_canonical() {
				IpAddr::V4(address) => Self::Address(address.octets()),
				IpAddr::V6(address) => {
					let [a, b, c, d, ..] = address.segments();
					Self::Network([a, b, c, d])
				}
			},
			IncomingAddr::Relay { endpoint_id, .. } => Self::Endpoint(*endpoint_id),
			_ => Self::Unknown,
		}
	}
}

#[derive(Debug, Default)]
struct Inside {
	all: usize,
	from: HashMap<Place, usize>,
}

/// Where connections are counted, from their first packet to their end.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
	most: usize,
	most_from: usize,
	checks: Checks,
	inside: Arc<Mutex<Inside>>,
}

impl Gate {
	pub fn new(most: usize, most_from: usize, checks: Checks) -> Self {
		Self {
			most,
			most_from,
			checks,
			inside: Arc::default(),
		}
	}

	fn lock(&self) -> MutexGuard<'_, Inside> {
		self.inside.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Half of the places are taken: from now on who comes shows first that it is where it says.
	pub fn is_crowded(&self) -> bool {
		self.lock().all >= self.most / 2
	}

	/// A place for one connection, if there is one.
	pub fn enter(&self, place: Place) -> Option<Pass> {
		let mut inside = self.lock();
		let from = inside.from.get(&place).copied().unwrap_or_default();
		if (inside.all >= self.most || from >= self.most_from) && self.checks.on(Check::Connections) {
			return None;
		}
		inside.all = inside.all.saturating_add(1);
		inside.from.insert(place, from.saturating_add(1));
		Some(Pass {
			gate: self.clone(),
			place,
		})
	}

	#[cfg(test)]
	pub fn count(&self) -> usize {
		self.lock().all
	}
}

/// The place of a connection.
#[derive(Debug)]
pub(crate) struct Pass {
	gate: Gate,
	place: Place,
}

impl Drop for Pass {
	fn drop(&mut self) {
		let mut inside = self.gate.lock();
		inside.all = inside.all.saturating_sub(1);
		if let Some(from) = inside.from.get_mut(&self.place) {
			*from = from.saturating_sub(1);
			if *from == 0 {
				inside.from.remove(&self.place);
			}
		}
	}
}
