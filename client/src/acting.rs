// SPDX-License-Identifier: Apache-2.0

//! An account that makes calls.

use crate::{AccountId, Chain, Error, Included, Key, Outbox, Wait};
use subxt::transactions::Payload;

/// An account that makes calls. What each registry can be asked to do stands beside what it says (`models.rs` and so on).
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a>(By<'a>);

#[derive(Clone, Copy, Debug)]
enum By<'a> {
	/// One call at a time, over one connection.
	Key { chain: &'a Chain, key: &'a Key, wait: Wait },
	/// Many at once, each waited for until it is final.
	Outbox(&'a Outbox),
}

impl Chain {
	/// Acts for the key's account, and waits so long for each call.
	pub fn acting<'a>(&'a self, key: &'a Key, wait: Wait) -> Acting<'a> {
		Acting(By::Key { chain: self, key, wait })
	}
}

impl Outbox {
	/// Acts for the outbox's account; each call is final when it is answered.
	pub fn acting(&self) -> Acting<'_> {
		Acting(By::Outbox(self))
	}
}

impl Acting<'_> {
	/// For whom.
	pub fn account(&self) -> AccountId {
		match self.0 {
			By::Key { key, .. } => key.account(),
			By::Outbox(outbox) => outbox.account(),
		}
	}

	/// A connection to the chain on which it acts.
	pub(crate) async fn chain(&self) -> Result<Chain, Error> {
		match self.0 {
			By::Key { chain, .. } => Ok(chain.clone()),
			By::Outbox(outbox) => outbox.chain().await,
		}
	}

	pub(crate) async fn call(&self, call: &impl Payload) -> Result<Included, Error> {
		match self.0 {
			By::Key { chain, key, wait } => chain.submit(call, key, wait).await,
			By::Outbox(outbox) => outbox.send(call).await,
		}
	}

	/// For calls of which nothing but that they were carried out is to be known.
	pub(crate) async fn done(&self, call: &impl Payload) -> Result<(), Error> {
		self.call(call).await.map(drop)
	}

	/// For calls of which what they did is looked at afterwards.
	pub(crate) async fn call_finally(&self, call: &impl Payload) -> Result<Included, Error> {
		match self.0 {
			By::Key { chain, key, .. } => chain.submit(call, key, Wait::Final).await,
			By::Outbox(outbox) => outbox.send(call).await,
		}
	}
}
