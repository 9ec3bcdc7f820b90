// SPDX-License-Identifier: Apache-2.0

//! What is signed for one connection: by both names and a number that the worker never says twice. So nobody who sees it can
//! use it, neither the worker with another one nor anybody else with the worker.

use atelier_primitives::{
	ids::{SessionId, WorkerId},
	work::Work,
};
use atelier_referee::hash::Digest;
use codec::Encode;

/// A connection, as both sides know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
	/// The chain, by the hash of its first block.
	pub genesis: Digest,
	pub worker: WorkerId,
	/// The names of both ends in the network (`EndpointId`).
	pub requester_endpoint: Digest,
	pub worker_endpoint: Digest,
	/// What the worker said in its welcome.
	pub nonce: Digest,
}

impl Between {
	/// What a voucher key signs to attach its session.
	pub fn attach(&self, session: SessionId) -> Vec<u8> {
		(b"atelier/attach", self.parts(), session).encode()
	}

	/// What an auditor signs, with the key of its draws, to be shown what it has to look at.
	pub fn audit(&self, auditor: WorkerId, work: Work) -> Vec<u8> {
		(b"atelier/auditor", self.parts(), auditor, work).encode()
	}

	fn parts(&self) -> (Digest, WorkerId, Digest, Digest, Digest) {
		(
			self.genesis,
			self.worker,
			self.requester_endpoint,
			self.worker_endpoint,
			self.nonce,
		)
	}
}
