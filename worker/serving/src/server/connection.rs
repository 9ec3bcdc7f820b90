// SPDX-License-Identifier: Apache-2.0

//! A connection: whose it is, what was shown on it, and how much it may use.

use super::{Inner, counts::Counted, live::Live, stream::Stream};
use crate::{
	checks::{Check, on},
	locked,
};
use atelier_primitives::ids::SessionId;
use atelier_referee::hash::Digest;
use atelier_wire::{Refusal, proofs::Between};
use std::{
	collections::HashMap,
	sync::{
		Arc, Mutex,
		atomic::{AtomicBool, AtomicU32, Ordering},
	},
};
use tokio::{
	io::{AsyncRead, AsyncWrite},
	sync::{Semaphore, watch},
};

/// A connection of a requester. It is over when it is dropped.
pub struct Connection {
	pub(super) inner: Arc<Inner>,
	pub(super) peer: Digest,
	pub(super) nonce: Digest,
	pub(super) greeted: AtomicBool,
	attached: Mutex<HashMap<SessionId, Arc<Live>>>,
	streams: Semaphore,
	strikes: AtomicU32,
	ended: watch::Sender<bool>,
}

impl Connection {
	pub(super) fn new(inner: Arc<Inner>, peer: Digest) -> Result<Self, Refusal> {
		let mut nonce = Digest::default();
		if on(Check::Nonce) && getrandom::fill(&mut nonce).is_err() {
			return Err(Refusal::TooManyConnections);
		}
		if *inner.draining.borrow() {
			inner.counts.refuse(Refusal::ShuttingDown);
			return Err(Refusal::ShuttingDown);
		}
		{
			let mut peers = locked(&inner.peers);
			let all: usize = peers.values().sum();
			let of_peer = peers.entry(peer).or_default();
			if all >= inner.limits.connections || *of_peer >= inner.limits.connections_of_peer {
				if *of_peer == 0 {
					peers.remove(&peer);
				}
				inner.counts.refuse(Refusal::TooManyConnections);
				return Err(Refusal::TooManyConnections);
			}
			*of_peer = of_peer.saturating_add(1);
		}
		inner.counts.count(Counted::Connections);
		let streams = Semaphore::new(inner.limits.streams);
		Ok(Self {
			inner,
			peer,
			nonce,
			greeted: AtomicBool::new(false),
			attached: Mutex::default(),
			streams,
			strikes: AtomicU32::new(0),
			ended: watch::Sender::new(false),
		})
	}

	/// Serves a stream to its end.
	pub async fn serve<R, W>(&self, read: R, write: W)
	where
		R: AsyncRead + Unpin + Send,
		W: AsyncWrite + Unpin + Send,
	{
		let mut stream = Stream::new(self, read, write);
		let mut ended = self.ended.subscribe();
		let Ok(_one) = self.streams.try_acquire() else {
			stream.refuse(Refusal::TooManyStreams, "").await;
			return;
		};
		self.inner.counts.count(Counted::Streams);
		tokio::select! {
			() = stream.serve() => (),
			_ = ended.wait_for(|ended| *ended) => (),
		}
	}

	/// Until the requester has done something for which the connection must be closed.
	pub async fn ended(&self) {
		let mut ended = self.ended.subscribe();
		let _ = ended.wait_for(|ended| *ended).await;
	}

	/// What is signed for this connection.
	pub(super) fn between(&self) -> Between {
		let worker = &self.inner.worker;
		Between {
			genesis: worker.genesis,
			worker: worker.number,
			requester_endpoint: self.peer,
			worker_endpoint: worker.endpoint,
			nonce: self.nonce,
		}
	}

	pub(super) fn session(&self, session: SessionId) -> Option<Arc<Live>> {
		locked(&self.attached).get(&session).cloned()
	}

	pub(super) fn has_sessions(&self) -> bool {
		!locked(&self.attached).is_empty()
	}

	/// Keeps a session that was opened for this connection.
	pub(super) fn keep(&self, session: SessionId, live: Arc<Live>) -> Result<(), Refusal> {
		let mut attached = locked(&self.attached);
		let known = attached.contains_key(&session);
		if known || attached.len() >= self.inner.limits.sessions_of_connection {
			drop(attached);
			live.detach();
			self.inner.forget_idle(session);
			return if known { Ok(()) } else { Err(Refusal::TooManySessions) };
		}
		attached.insert(session, live);
		self.inner.counts.count(Counted::Attached);
		Ok(())
	}

	/// It said something that is no message, or showed something that is not so.
	pub(super) fn strike(&self) {
		let strikes = self.strikes.fetch_add(1, Ordering::Relaxed).saturating_add(1);
		if strikes >= self.inner.limits.strikes {
			self.ended.send_replace(true);
		}
	}
}

impl Drop for Connection {
	fn drop(&mut self) {
		for (session, live) in locked(&self.attached).drain() {
			live.detach();
			self.inner.forget_idle(session);
		}
		let mut peers = locked(&self.inner.peers);
		if let Some(count) = peers.get_mut(&self.peer) {
			*count = count.saturating_sub(1);
			if *count == 0 {
				peers.remove(&self.peer);
			}
		}
	}
}
