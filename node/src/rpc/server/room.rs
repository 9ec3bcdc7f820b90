// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Room in memory for calls and their answers: reserved before a call is carried out, free when its answer has left.
//!
//! Room is counted for the node, so that clients together cannot take more, and for each connection, so that one that
//! does not read its answers takes only a part of it.

use crate::rpc::limits::{CALLS_OF_CONNECTION, CALLS_OF_NODE};
use sc_rpc_server::RpcEndpoint;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Least that a call counts, in KiB: what its task and its place in a queue take, however short it is.
const LEAST: u32 = 4;

const KIB: usize = 1024;
const KIB_OF_MIB: u32 = 1024;

/// The node's room.
#[derive(Clone)]
pub struct NodeRoom {
	free: Arc<Semaphore>,
	calls_of_connection: u32,
}

impl NodeRoom {
	/// Room for the calls of these endpoints.
	pub fn for_endpoints(endpoints: &[RpcEndpoint]) -> Self {
		Self::of(endpoints, CALLS_OF_NODE, CALLS_OF_CONNECTION)
	}

	pub(super) fn of(endpoints: &[RpcEndpoint], calls: u32, calls_of_connection: u32) -> Self {
		let largest = endpoints.iter().map(|endpoint| largest(endpoint).call()).max();
		Self {
			free: semaphore(calls, largest.unwrap_or(LEAST)),
			calls_of_connection,
		}
	}

	/// What is free, in KiB.
	#[cfg(test)]
	pub(super) fn free(&self) -> usize {
		self.free.available_permits()
	}

	/// A part of it for a new connection.
	pub fn connection(&self, largest: Largest) -> Room {
		Room {
			largest,
			of_node: self.free.clone(),
			of_connection: semaphore(self.calls_of_connection, largest.call()),
		}
	}
}

/// The largest request and answer of an endpoint, in KiB.
#[derive(Clone, Copy)]
pub struct Largest {
	request: u32,
	answer: u32,
}

impl Largest {
	fn call(self) -> u32 {
		self.request.saturating_add(self.answer).max(LEAST)
	}
}

/// The largest request and answer of this endpoint.
pub fn largest(endpoint: &RpcEndpoint) -> Largest {
	Largest {
		request: endpoint.max_payload_in_mb.saturating_mul(KIB_OF_MIB),
		answer: endpoint.max_payload_out_mb.saturating_mul(KIB_OF_MIB),
	}
}

fn semaphore(calls: u32, call: u32) -> Arc<Semaphore> {
	let room = (calls as usize).saturating_mul(call as usize);
	Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS)))
}

/// The room of one connection.
#[derive(Clone)]
pub struct Room {
	largest: Largest,
	of_node: Arc<Semaphore>,
	of_connection: Arc<Semaphore>,
}

impl Room {
	/// Waits until there is room for a request of so many bytes and its answer, whatever that will be.
	pub async fn reserve(&self, request: usize) -> Reservation {
		// A request that is larger than allowed was refused; it must not wait for room that never comes.
		let size = kib(request)
			.min(self.largest.request)
			.saturating_add(self.largest.answer)
			.max(LEAST);
		Reservation {
			request: kib(request),
			of_connection: acquire(&self.of_connection, size).await,
			of_node: acquire(&self.of_node, size).await,
		}
	}
}

async fn acquire(free: &Arc<Semaphore>, size: u32) -> Option<OwnedSemaphorePermit> {
	// Nobody closes it.
	free.clone().acquire_many_owned(size).await.ok()
}

/// Room that is taken until this is dropped.
pub struct Reservation {
	request: u32,
	of_connection: Option<OwnedSemaphorePermit>,
	of_node: Option<OwnedSemaphorePermit>,
}

impl Reservation {
	/// Gives back what the answer does not need: it has so many bytes.
	pub fn answered(&mut self, answer: usize) {
		let needed = self.request.saturating_add(kib(answer)).max(LEAST) as usize;
		for permit in [&mut self.of_connection, &mut self.of_node].into_iter().flatten() {
			drop(permit.split(permit.num_permits().saturating_sub(needed)));
		}
	}
}

fn kib(bytes: usize) -> u32 {
	u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX)
}
