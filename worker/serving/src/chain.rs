// SPDX-License-Identifier: Apache-2.0

//! What must be known of the chain to serve. Whoever follows it answers, of the best block; nothing here waits for finality,
//! since all money that depends on it is at most a window of units.

use atelier_primitives::{
	BlockNumber,
	ids::{JobId, SessionId, VersionId, WorkerId},
	work::{Tier, Work, audits::Pending, price::Rates, workers::Standing},
};
use atelier_referee::{commit::mountain::Root, hash::Digest};
use atelier_wire::{Balance, Key};
use futures::future::BoxFuture;

/// What the chain says of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
	pub session: SessionId,
	pub payer: Key,
	pub worker: WorkerId,
	pub version: VersionId,
	pub tier: Tier,
	pub voucher_key: Key,
	pub rates: Rates<Balance>,
	pub sealed: bool,
	/// Most units that the worker serves unsigned.
	pub window: u64,
	/// All that was ever deposited.
	pub deposit: Balance,
	/// What is settled.
	pub settled: Root,
	/// Whether it is open, and far enough from its end that what is served now can be settled.
	pub serves: bool,
}

/// Work that waits for audits, with the seed that draws them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
	pub pending: Pending<Key, Balance>,
	pub seed: Digest,
}

/// A one-shot job of this worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordered {
	/// The root of its request.
	pub request: Digest,
	/// Most tokens that are read.
	pub input: u32,
	/// Whether it waits for its input.
	pub waits: bool,
}

/// Nobody can say what the chain says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what the chain says is not known now")]
pub struct Unknown;

/// Who follows the chain. Asked for every answer, so it answers from memory.
pub trait Sessions: Send + Sync {
	/// The best block.
	fn now(&self) -> BlockNumber;

	fn session(&self, session: SessionId) -> BoxFuture<'_, Result<Option<Terms>, Unknown>>;

	/// Work that is not final and whose seed is there.
	fn work(&self, work: Work) -> BoxFuture<'_, Result<Option<Drawn>, Unknown>>;

	/// By what an auditor takes part in draws about what was put on the chain in a block.
	fn standing(&self, auditor: WorkerId, at: BlockNumber)
	-> BoxFuture<'_, Result<Option<Standing<Balance>>, Unknown>>;

	fn job(&self, job: JobId) -> BoxFuture<'_, Result<Option<Ordered>, Unknown>>;
}
