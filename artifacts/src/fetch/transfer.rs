// SPDX-License-Identifier: Apache-2.0

//! What is missing of one blob, from one host: asked for, checked as it comes, and written down.

use super::Fault;
use crate::{Check, Checks, Error, Hash, network::Limits, store::Store};
use bao_tree::io::BaoContentItem;
use iroh::endpoint::{Connection, ReadError};
use iroh_blobs::{
	get::fsm::{AtBlobContent, AtBlobHeaderNextError, BlobContentNext, ConnectedNext, DecodeError, EndBlobNext, start},
	protocol::GetRequest,
};
use std::{future::Future, io, num::NonZeroU64, time::Duration};
use tokio::{
	sync::watch,
	time::{Instant, timeout_at},
};

/// Pieces that are on their way to the disk.
const BUFFER: usize = 64;

/// Why a transfer ended before all was here.
#[derive(Debug)]
pub(super) enum Stopped {
	/// Another host may do better.
	By(Fault),
	/// No other host would: it is the disk.
	Here(Error),
}

impl From<Fault> for Stopped {
	fn from(fault: Fault) -> Self {
		Self::By(fault)
	}
}

/// What a transfer is about.
pub(super) struct Transfer<'a> {
	pub store: &'a Store,
	pub hash: Hash,
	pub bytes: NonZeroU64,
	pub limits: &'a Limits,
	pub checks: Checks,
	/// How many bytes of it are here.
	pub have: &'a watch::Sender<u64>,
	/// How many bytes came.
	pub received: &'a mut u64,
}

impl Transfer<'_> {
	/// What is not here of the blob; nothing, if it is whole.
	pub async fn missing(&self) -> Result<Option<GetRequest>, Error> {
		let local = self
			.store
			.blobs()
			.remote()
			.local_for_request(GetRequest::blob(self.hash))
			.await;
		let local = local.map_err(crate::store::failed)?;
		self.have.send_replace(local.local_bytes().min(self.bytes.get()));
		Ok((!local.is_complete()).then(|| local.missing()))
	}

	/// Gets what is missing. Whatever came and was right stays, however it ends.
	pub async fn run(&mut self, connection: &Connection) -> Result<(), Stopped> {
		let Some(request) = self.missing().await.map_err(Stopped::Here)? else {
			return Ok(());
		};
		let watch = Watch::new(self.limits, self.checks);
		let connected = watch
			.wait(start(connection.clone(), request, Default::default()).next())
			.await?;
		let connected = connected.map_err(|_| Fault::Cut)?;
		let ConnectedNext::StartRoot(root) = watch.wait(connected.next()).await?.map_err(|_| Fault::Cut)? else {
			return Err(Fault::Cut.into());
		};
		let (content, stated) = watch.wait(root.next().next()).await?.map_err(|error| match error {
			AtBlobHeaderNextError::NotFound { .. } => Fault::Absent,
			AtBlobHeaderNextError::Read { source, .. } => refusal(&source),
		})?;
		let bytes = if self.checks.on(Check::Length) {
			// Whoever has more than was stated would fill the disk, and whoever has less does not have it.
			if stated != self.bytes.get() {
				return Err(Fault::OtherLength.into());
			}
			self.bytes
		} else {
			NonZeroU64::new(stated).ok_or(Fault::OtherLength)?
		};
		self.write(content, bytes, watch).await
	}

	async fn write(&mut self, mut content: AtBlobContent, bytes: NonZeroU64, mut watch: Watch) -> Result<(), Stopped> {
		let here = |error: io::Error| Stopped::Here(self.store.failed_fetch(error, bytes.get()));
		let import = self.store.blobs().import_bao(self.hash, bytes, BUFFER).await;
		let import = import.map_err(|error| Stopped::Here(crate::store::failed(error)))?;
		let mut stopped = None;
		loop {
			let next = match watch.wait(content.next()).await {
				Ok(next) => next,
				Err(fault) => {
					stopped = Some(fault);
					break;
				}
			};
			let item = match next {
				BlobContentNext::More((next, Ok(item))) => {
					content = next;
					item
				}
				BlobContentNext::More((_, Err(error))) => {
					stopped = Some(fault_of(&error));
					break;
				}
				BlobContentNext::Done(end) => {
					// What comes after the end belongs to nothing; the connection is closed on it.
					if let EndBlobNext::MoreChildren(_) = end.next() {
						stopped = Some(Fault::WrongContent);
					}
					break;
				}
			};
			if let BaoContentItem::Leaf(leaf) = &item {
				let length = leaf.data.len() as u64;
				watch.moved(length);
				*self.received = self.received.saturating_add(length);
				self.have.send_modify(|have| *have = have.saturating_add(length));
			}
			let began = Instant::now();
			// If the store takes no more, it says below why.
			if import.tx.send(item).await.is_err() {
				break;
			}
			watch.excuse(began.elapsed());
		}
		// What came so far is written, also if the host failed.
		drop(import.tx);
		match import.rx.await {
			Ok(Ok(())) => {}
			Ok(Err(iroh_blobs::api::Error::Io(error))) => return Err(here(error)),
			Err(error) => return Err(Stopped::Here(crate::store::failed(error))),
		}
		stopped.map_or(Ok(()), |fault| Err(fault.into()))
	}
}

/// Leaves a host that is silent or slow.
struct Watch {
	least: u64,
	stall: Duration,
	moved: u64,
	until: Instant,
}

impl Watch {
	fn new(limits: &Limits, checks: Checks) -> Self {
		// Without the defence: a time in which no test ends.
		let stall = if checks.on(Check::Stall) {
			limits.stall
		} else {
			Duration::from_secs(3_600)
		};
		Self {
			least: limits.least,
			stall,
			moved: 0,
			until: Instant::now() + stall,
		}
	}

	async fn wait<T>(&self, coming: impl Future<Output = T>) -> Result<T, Fault> {
		timeout_at(self.until, coming).await.map_err(|_| Fault::Stalled)
	}

	/// The disk was slow, not the host.
	fn excuse(&mut self, waited: Duration) {
		self.until += waited;
	}

	/// So many bytes came. Enough of them begin a new span of time.
	fn moved(&mut self, bytes: u64) {
		self.moved = self.moved.saturating_add(bytes);
		if self.moved >= self.least {
			self.moved = 0;
			self.until = Instant::now() + self.stall;
		}
	}
}

fn fault_of(error: &DecodeError) -> Fault {
	match error {
		DecodeError::ParentHashMismatch { .. } | DecodeError::LeafHashMismatch { .. } => Fault::WrongContent,
		DecodeError::ChunkNotFound { .. } | DecodeError::ParentNotFound { .. } | DecodeError::LeafNotFound { .. } => {
			Fault::Absent
		}
		DecodeError::Read { source, .. } => refusal(source),
		_ => Fault::Cut,
	}
}

/// Whether a host ended the stream with a word, or went away.
fn refusal(error: &io::Error) -> Fault {
	let read = error.get_ref().and_then(|inner| {
		let direct = inner.downcast_ref::<ReadError>();
		direct.or_else(|| inner.source().and_then(|source| source.downcast_ref::<ReadError>()))
	});
	match read {
		Some(ReadError::Reset(code)) if *code == iroh_blobs::protocol::ERR_PERMISSION => Fault::Refused,
		Some(ReadError::Reset(code)) if *code == iroh_blobs::protocol::ERR_LIMIT => Fault::Refused,
		Some(ReadError::Reset(_)) => Fault::Absent,
		_ => Fault::Cut,
	}
}
