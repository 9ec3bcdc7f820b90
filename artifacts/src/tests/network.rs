// SPDX-License-Identifier: Apache-2.0

//! Two machines on one: what is fetched, what is refused, and what strangers can take.

mod access;
mod fetching;
mod hostile;
mod limits;
mod setup;

use super::{MB, bytes, folder, hash, options, store};
use crate::{
	Check, Checks, Error, Hash,
	fetch::{Fault, Fetched, Fetcher, Wanted},
	network::{Host, Limits, Network, Options},
	store::{Keep, Store},
};
use iroh::endpoint::Connection;
use std::time::Duration;
use tempfile::TempDir;

/// A machine.
pub struct Peer {
	pub folder: TempDir,
	pub store: Store,
	pub network: Network,
	pub fetcher: Fetcher,
}

impl Peer {
	pub async fn new() -> Self {
		Self::with(|_| {}).await
	}

	pub async fn with(adjust: impl FnOnce(&mut Options)) -> Self {
		let folder = folder();
		let store = store(&folder, 64 * MB).await;
		Self::of(folder, store, adjust).await
	}

	pub async fn of(folder: TempDir, store: Store, adjust: impl FnOnce(&mut Options)) -> Self {
		let options = local(&folder, adjust);
		let checks = options.checks;
		let network = Network::open(options, store.clone()).await.unwrap().start().await;
		let fetcher = Fetcher::checked(network.clone(), store.clone(), checks);
		Self {
			folder,
			store,
			network,
			fetcher,
		}
	}

	pub fn host(&self) -> Host {
		Host {
			id: self.network.id(),
			addresses: self.network.listens().iter().map(ToString::to_string).collect(),
		}
	}

	/// Adds a blob that anybody may read.
	pub async fn publish(&self, content: &[u8]) -> Hash {
		let id = self.store.add_bytes(content.to_vec(), Keep::WhileRoom).await.unwrap();
		self.store.publish(id).await.unwrap();
		id
	}

	pub async fn connect(&self, to: &Peer) -> Connection {
		self.network.connect(&to.host(), iroh_blobs::ALPN).await.unwrap()
	}

	pub async fn fetch(&self, hash: Hash, bytes: u64, hosts: &[Host]) -> Result<Fetched, Error> {
		self.fetcher.fetch(wanted(hash, bytes, hosts), |_| {}).await
	}
}

/// On this machine, with times that tests can wait for.
pub fn local(folder: &TempDir, adjust: impl FnOnce(&mut Options)) -> Options {
	let mut options = Options {
		private: true,
		limits: Limits {
			stall: Duration::from_millis(1_500),
			handshake: Duration::from_secs(3),
			// A machine that is busy with other tests is slow, too.
			least: 64 * 1024,
			..Limits::default()
		},
		..Options::new(folder.path().join("key"), vec!["127.0.0.1:0".parse().unwrap()])
	};
	adjust(&mut options);
	options
}

pub fn wanted(hash: Hash, bytes: u64, hosts: &[Host]) -> Wanted {
	Wanted {
		hash,
		bytes,
		hosts: hosts.to_vec(),
		keep: Keep::WhileRoom,
	}
}

/// What the only host did wrong.
pub fn fault(outcome: Result<Fetched, Error>) -> Fault {
	match outcome {
		Err(Error::Unavailable { tried, .. }) if tried.len() == 1 => tried[0].1,
		other => panic!("{other:?}"),
	}
}

pub async fn eventually(what: impl AsyncFn() -> bool) -> bool {
	for _ in 0..160 {
		if what().await {
			return true;
		}
		tokio::time::sleep(Duration::from_millis(50)).await;
	}
	false
}
