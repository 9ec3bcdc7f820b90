// SPDX-License-Identifier: Apache-2.0

//! The worker's side.
//!
//! Whoever owns the endpoint hands over connections ([`Server::connect`]) with the name that the transport has proved, and their
//! streams ([`Connection::serve`]). Everything else - who is believed, what is answered, what it costs, when it ends - is
//! decided here.

mod answer;
mod audit;
mod connection;
mod counts;
mod job;
mod limits;
mod live;
mod quote;
mod recall;
mod stream;
mod tape;

pub use connection::Connection;
pub use counts::{Counted, Counts};
pub use limits::{Limits, Rate};
pub use quote::{Quotes, Tariff};

use crate::{Desk, Ledger, Sessions, Terms, locked};
use answer::NotBegun;
use atelier_primitives::ids::{SessionId, WorkerId};
use atelier_referee::hash::Digest;
use atelier_wire::Refusal;
use limits::Buckets;
use live::Live;
use std::{
	collections::HashMap,
	sync::{Arc, Mutex},
	time::Duration,
};
use tokio::{
	sync::{Semaphore, watch},
	time::timeout,
};

/// Who serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worker {
	/// The chain, by the hash of its first block.
	pub genesis: Digest,
	pub number: WorkerId,
	/// Its name in the network (`EndpointId`).
	pub endpoint: Digest,
}

/// Serves. Clones are the same server.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
	worker: Worker,
	desk: Arc<dyn Desk>,
	ledger: Arc<dyn Ledger>,
	sessions: Arc<dyn Sessions>,
	quotes: Arc<dyn Quotes>,
	limits: Limits,
	counts: Counts,
	/// How many connections each endpoint has.
	peers: Mutex<HashMap<Digest, usize>>,
	/// What each of them may still say.
	buckets: Mutex<Buckets<Digest>>,
	/// What each auditor may still ask.
	auditors: Mutex<Buckets<WorkerId>>,
	live: Mutex<HashMap<SessionId, Arc<Live>>>,
	/// Sessions are opened one after the other: otherwise one could be taken from the book as it was a moment ago.
	opening: tokio::sync::Mutex<()>,
	/// Answers that may be made.
	answers: Arc<Semaphore>,
	/// KiB that may be read of large messages: of those who have attached a session, and of strangers, who must not be able to
	/// keep the others from being heard.
	reading: Arc<Semaphore>,
	reading_of_strangers: Arc<Semaphore>,
	/// Answers that are being made.
	running: watch::Sender<usize>,
	/// Whether nothing new is begun.
	draining: watch::Sender<bool>,
}

impl Server {
	pub fn new(
		worker: Worker,
		desk: Arc<dyn Desk>,
		ledger: Arc<dyn Ledger>,
		sessions: Arc<dyn Sessions>,
		quotes: Arc<dyn Quotes>,
		limits: Limits,
	) -> Self {
		let peers = limits.connections.saturating_mul(4);
		Self(Arc::new(Inner {
			worker,
			desk,
			ledger,
			sessions,
			quotes,
			counts: Counts::default(),
			peers: Mutex::default(),
			buckets: Mutex::new(Buckets::new(peers)),
			auditors: Mutex::new(Buckets::new(peers)),
			live: Mutex::default(),
			opening: tokio::sync::Mutex::new(()),
			answers: Arc::new(Semaphore::new(limits.answers)),
			reading: Arc::new(Semaphore::new(limits.reading)),
			reading_of_strangers: Arc::new(Semaphore::new(limits.reading_of_strangers)),
			running: watch::Sender::new(0),
			draining: watch::Sender::new(false),
			limits,
		}))
	}

	/// A connection with an endpoint of this name. What is refused is to be closed.
	pub fn connect(&self, peer: Digest) -> Result<Arc<Connection>, Refusal> {
		Connection::new(self.0.clone(), peer).map(Arc::new)
	}

	/// How often what happened.
	pub fn counts(&self) -> &Counts {
		&self.0.counts
	}

	/// How many answers are being made.
	pub fn running(&self) -> usize {
		*self.0.running.borrow()
	}

	/// Begins nothing any more. What is being made may go on for so long; then it is cut, and its receipts are written, for
	/// which there is as long again. Returns whether all of them are.
	pub async fn shutdown(&self, patience: Duration) -> bool {
		self.0.draining.send_replace(true);
		let mut running = self.0.running.subscribe();
		if timeout(patience, running.wait_for(|running| *running == 0))
			.await
			.is_ok()
		{
			return true;
		}
		for live in locked(&self.0.live).values() {
			live.cut_all();
		}
		timeout(patience, running.wait_for(|running| *running == 0))
			.await
			.is_ok()
	}
}

impl Inner {
	/// What the chain says of an attached session now, if it is served.
	async fn terms(&self, live: &Live) -> Result<Terms, NotBegun> {
		let session = live.terms().session;
		let terms = self.sessions.session(session).await;
		let terms = terms.map_err(|_| NotBegun::refused(Refusal::ChainUnknown))?;
		match terms {
			Some(terms) if terms.serves => {
				live.renew(terms.clone());
				Ok(terms)
			}
			_ => Err(NotBegun::refused(Refusal::SessionClosed)),
		}
	}

	/// A session that is to be attached.
	async fn open(&self, terms: &Terms) -> Result<Arc<Live>, Refusal> {
		let session = terms.session;
		let _one = self.opening.lock().await;
		if let Some(live) = locked(&self.live).get(&session) {
			live.renew(terms.clone());
			live.attach();
			return Ok(live.clone());
		}
		let kept = self
			.ledger
			.open(terms)
			.await
			.map_err(|error| tape::refusal_of(&error))?;
		// What is settled is signed for; a book without it was lost, and nothing that it adds could ever be settled.
		if kept.root.receipts < terms.settled.receipts {
			return Err(Refusal::LedgerFailed);
		}
		let mut all = locked(&self.live);
		if all.len() >= self.limits.sessions {
			return Err(Refusal::TooManySessions);
		}
		let live = Arc::new(Live::new(terms.clone(), kept));
		live.attach();
		all.insert(session, live.clone());
		Ok(live)
	}

	/// Drops what is known of a session that nobody is attached to.
	fn forget_idle(&self, session: SessionId) {
		let mut all = locked(&self.live);
		if all.get(&session).is_some_and(|live| live.idle()) {
			all.remove(&session);
		}
	}
}
