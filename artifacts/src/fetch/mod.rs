// SPDX-License-Identifier: Apache-2.0

//! Getting a blob from whoever has it.
//!
//! 1. Its room is reserved: all of the bytes that the chain states, before the first one comes.
//! 2. Its hosts are asked one after the other, those with the fewest faults first, each only for what is not here yet. Every
//!    16 KiB are checked against the hash before they are written.
//! 3. A host that states another length, sends anything else, is silent or slow is left, and that is counted.
//! 4. What came stays, whatever ends the fetch: a cut, a cancelled wait, a killed process. The next one goes on from there.
//!
//! Who wants a blob that is being fetched waits for the same fetch. It goes on as long as anybody waits.

mod faults;
mod transfer;

pub use faults::{Fault, MAX_HOSTS};

use crate::{
	Checks, Error, Hash,
	network::{Host, Network},
	store::{Keep, Store},
};
use faults::Faults;
use futures::{
	FutureExt,
	future::{BoxFuture, Shared, WeakShared},
};
use iroh::EndpointId;
use std::{
	collections::{BTreeMap, HashMap},
	num::NonZeroU64,
	sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::watch;
use transfer::{Stopped, Transfer};

/// Most hosts that are asked for one blob.
pub const MAX_ASKED: usize = 64;

/// What is to be fetched.
#[derive(Clone, Debug)]
pub struct Wanted {
	pub hash: Hash,
	/// How long it is, as the chain or a request states it.
	pub bytes: u64,
	pub hosts: Vec<Host>,
	/// For how long it is kept.
	pub keep: Keep,
}

/// How a blob came here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
	/// Bytes of it that came just now. The others were here.
	pub received: u64,
	/// Who was asked, and what went wrong with whom.
	pub asked: Vec<(EndpointId, Option<Fault>)>,
}

type Outcome = Result<Fetched, Error>;
type Flight = Shared<BoxFuture<'static, Outcome>>;

/// A fetch that somebody waits for.
#[derive(Debug)]
struct Flying {
	flight: WeakShared<BoxFuture<'static, Outcome>>,
	have: watch::Receiver<u64>,
}

/// Fetches blobs into a store.
#[derive(Clone, Debug)]
pub struct Fetcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
	network: Network,
	store: Store,
	faults: Faults,
	flying: Mutex<HashMap<(Hash, u64), Flying>>,
	checks: Checks,
}

impl Fetcher {
	pub fn new(network: Network, store: Store) -> Self {
		Self::checked(network, store, Checks::default())
	}

	pub(crate) fn checked(network: Network, store: Store, checks: Checks) -> Self {
		Self(Arc::new(Inner {
			network,
			store,
			faults: Faults::default(),
			flying: Mutex::default(),
			checks,
		}))
	}

	/// What a host did wrong since the program began.
	pub fn faults(&self, host: &EndpointId) -> BTreeMap<Fault, u64> {
		self.0.faults.of(host)
	}

	/// Gets a blob, and says again and again how many of its bytes are here. Whoever stops waiting loses nothing of it.
	pub async fn fetch(&self, wanted: Wanted, mut progress: impl FnMut(u64) + Send) -> Outcome {
		let keep = wanted.keep.clone();
		let (hash, bytes) = (wanted.hash, wanted.bytes);
		let (flight, mut have, ours) = self.board(wanted.clone());
		let mut outcome = follow(flight, &mut have, &mut progress).await;
		if !ours {
			// The other's hosts may have been worse than ours, and it may have wanted it for less long.
			outcome = match outcome {
				Err(Error::Unavailable { .. } | Error::NoHosts { .. }) => {
					let (flight, mut have, _) = self.board(wanted);
					follow(flight, &mut have, &mut progress).await
				}
				Ok(fetched) => self.0.store.admit(hash, bytes, keep).await.map(|_| fetched),
				failed => failed,
			};
		}
		outcome
	}

	/// Joins the fetch of a blob, or begins it.
	fn board(&self, wanted: Wanted) -> (Flight, watch::Receiver<u64>, bool) {
		let key = (wanted.hash, wanted.bytes);
		let mut flying = self.0.flying.lock().unwrap_or_else(PoisonError::into_inner);
		if let Some(found) = flying.get(&key) {
			// One that has ended was for those who waited for it.
			if let Some(flight) = found.flight.upgrade().filter(|flight| flight.peek().is_none()) {
				return (flight, found.have.clone(), false);
			}
		}
		flying.retain(|_, flying| flying.flight.upgrade().is_some());
		let (sender, have) = watch::channel(0);
		let inner = self.0.clone();
		let flight = async move { inner.fetch(wanted, sender).await }.boxed().shared();
		if let Some(weak) = flight.downgrade() {
			let have = have.clone();
			flying.insert(key, Flying { flight: weak, have });
		}
		(flight, have, true)
	}
}

/// Waits for a fetch, and tells how far it is.
async fn follow(flight: Flight, have: &mut watch::Receiver<u64>, progress: &mut (impl FnMut(u64) + Send)) -> Outcome {
	let mut flight = flight;
	loop {
		tokio::select! {
			biased;
			outcome = &mut flight => return outcome,
			Ok(()) = have.changed() => {
				let bytes = *have.borrow_and_update();
				progress(bytes);
			}
		}
	}
}

impl Inner {
	async fn fetch(&self, wanted: Wanted, have: watch::Sender<u64>) -> Outcome {
		let Wanted {
			hash,
			bytes,
			mut hosts,
			keep,
		} = wanted;
		let mut fetched = Fetched::default();
		let Some(mut hold) = self.store.admit(hash, bytes, keep).await? else {
			return Ok(fetched);
		};
		let Some(length) = NonZeroU64::new(bytes) else {
			return match hash == Hash::EMPTY {
				true => self.store.completed(hash).await.map(|()| fetched),
				false => Err(Error::OtherLength {
					hash,
					held: 0,
					stated: 0,
				}),
			};
		};
		let mut transfer = Transfer {
			store: &self.store,
			hash,
			bytes: length,
			limits: self.network.limits(),
			checks: self.checks,
			have: &have,
			received: &mut fetched.received,
		};
		// All of it may have come before the process died that fetched it; then nobody has looked whether the disk has it.
		if transfer.missing().await?.is_none() {
			if self.store.verify_of(hash, bytes).await.is_ok() {
				self.store.completed(hash).await?;
				return Ok(fetched);
			}
			self.store.damaged(hash).await?;
			drop(hold);
			hold = self
				.store
				.admit(hash, bytes, Keep::WhileRoom)
				.await?
				.ok_or(Error::Damaged { hash })?;
			// It is deleted: what would still be taken for whole would be the damaged one.
			if transfer.missing().await?.is_none() {
				return Err(Error::Damaged { hash });
			}
		}
		hosts.retain(|host| host.id != self.network.id());
		hosts.truncate(MAX_ASKED);
		hosts.sort_by_cached_key(|host| self.faults.weight(&host.id));
		let mut asked = Vec::new();
		for host in &hosts {
			let outcome = match self.network.connect(host, iroh_blobs::ALPN).await {
				Err(_) => Err(Stopped::By(Fault::Unreachable)),
				Ok(connection) => {
					let outcome = transfer.run(&connection).await;
					connection.close(0_u32.into(), b"");
					outcome
				}
			};
			match outcome {
				Ok(()) if transfer.missing().await?.is_none() => {
					asked.push((host.id, None));
					self.store.completed(hash).await?;
					fetched.asked = asked;
					return Ok(fetched);
				}
				// It ended its answer early, without an error.
				Ok(()) => self.fault(&mut asked, host.id, Fault::Absent),
				Err(Stopped::By(fault)) => self.fault(&mut asked, host.id, fault),
				Err(Stopped::Here(error)) => return Err(error),
			}
		}
		drop(hold);
		if hosts.is_empty() {
			return Err(Error::NoHosts { hash });
		}
		let tried = asked
			.into_iter()
			.filter_map(|(host, fault)| Some((host, fault?)))
			.collect();
		Err(Error::Unavailable { hash, tried })
	}

	fn fault(&self, asked: &mut Vec<(EndpointId, Option<Fault>)>, host: EndpointId, fault: Fault) {
		tracing::debug!(host = %host.fmt_short(), %fault, "a host");
		self.faults.note(host, fault);
		asked.push((host, Some(fault)));
	}
}
