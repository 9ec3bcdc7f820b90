// SPDX-License-Identifier: Apache-2.0

//! Sending a call, and knowing what became of it.

use crate::{
	Chain, Config, Error, Hash, Key,
	chain::At,
	error::{Refusal, told},
	events,
};
use std::time::Duration;
use subxt::{
	config::DefaultExtrinsicParamsBuilder,
	error::{ExtrinsicError, TransactionEventsError},
	events::DecodeAsEvent,
	extrinsics::ExtrinsicEvents,
	metadata::ArcMetadata,
	transactions::{Payload, TransactionInBlock, TransactionStatus},
};

/// Blocks in which a call may be included. Ten minutes: long enough for a full chain, short enough that whoever gave up
/// knows it.
const MORTAL: u64 = 200;
/// Somewhat longer than a call lives.
const PATIENCE: Duration = Duration::from_secs(660);

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
	/// Until a block has it. The block may still be abandoned.
	InBlock,
	/// Until that block is final.
	Final,
}

/// A call that was carried out.
pub struct Included {
	pub block: Hash,
	pub extrinsic: Hash,
	/// What it did.
	pub events: ExtrinsicEvents<Config>,
	/// Its name, for errors.
	pub(crate) call: String,
	/// What its events mean.
	pub(crate) metadata: ArcMetadata,
}

impl Included {
	/// What the chain reported by this event.
	pub fn event<E: DecodeAsEvent>(&self) -> Result<E, Error> {
		let missing = || self.lacks(std::any::type_name::<E>().rsplit("::").next().unwrap_or_default());
		Ok(self.events.find_first::<E>().ok_or_else(missing)??)
	}

	/// What it did to workers, sessions, jobs and disputes.
	pub fn work(&self) -> Result<Vec<events::Event>, Error> {
		events::read(self.events.iter(), &self.metadata)
	}

	pub(crate) fn lacks(&self, event: &'static str) -> Error {
		Error::NoEvent {
			call: self.call.clone(),
			event,
		}
	}
}

impl std::fmt::Debug for Included {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Included({:?} in {:?})", self.extrinsic, self.block)
	}
}

type InBlock = TransactionInBlock<Config, subxt::client::OnlineClientAtBlockImpl<Config>>;

impl Chain {
	/// Signs a call, sends it, and waits until it was carried out.
	pub async fn submit<C: Payload>(&self, call: &C, key: &Key, wait: Wait) -> Result<Included, Error> {
		let name = format!("{}::{}", call.pallet_name(), call.call_name());
		match tokio::time::timeout(PATIENCE, self.send(call, &name, key, wait)).await {
			Ok(sent) => sent,
			Err(_) => Err(Error::Late {
				call: name,
				seconds: PATIENCE.as_secs(),
			}),
		}
	}

	async fn send<C: Payload>(&self, call: &C, name: &str, key: &Key, wait: Wait) -> Result<Included, Error> {
		let at: At = self.finalised().await?;
		let nonce = self.next(&key.account()).await?;
		let params = DefaultExtrinsicParamsBuilder::new().mortal(MORTAL).nonce(nonce).build();
		let mut transactions = at.transactions();
		let mut progress = transactions
			.sign_and_submit_then_watch(call, &key.0, params)
			.await
			.map_err(|error| not_sent(error, name))?;
		let not_included = |told: String| Error::NotIncluded {
			call: name.into(),
			told,
		};
		while let Some(status) = progress.next().await {
			match status.map_err(|error| not_included(told(&error)))? {
				TransactionStatus::InBestBlock(block) if wait == Wait::InBlock => {
					return included(block, name, &at).await;
				}
				TransactionStatus::InFinalizedBlock(block) => return included(block, name, &at).await,
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message } => return Err(not_included(message)),
				_ => {}
			}
		}
		Err(not_included("the node said no more about it".into()))
	}
}

async fn included(block: InBlock, name: &str, at: &At) -> Result<Included, Error> {
	let events = block.wait_for_success().await.map_err(|error| match error {
		TransactionEventsError::ExtrinsicFailed(reason) => Error::Refused {
			call: name.into(),
			reason: Refusal::from(&reason),
		},
		other => other.into(),
	})?;
	Ok(Included {
		block: block.block_hash(),
		extrinsic: block.extrinsic_hash(),
		events,
		call: name.into(),
		metadata: at.metadata(),
	})
}

fn not_sent(error: ExtrinsicError, call: &str) -> Error {
	match error {
		ExtrinsicError::IncompatibleCodegen
		| ExtrinsicError::PalletNameNotFound(_)
		| ExtrinsicError::CallNameNotFound { .. } => Error::OtherRuntime,
		ExtrinsicError::ErrorSubmittingTransaction(error) => Error::NotIncluded {
			call: call.into(),
			told: told(&error),
		},
		other => other.into(),
	}
}
