// SPDX-License-Identifier: Apache-2.0

//! An account that makes calls.

use crate::{AccountId, Chain, Error, Included, Key, Wait};
use subxt::transactions::Payload;

/// An account that makes calls. What each registry can be asked to do stands beside what it says (`models.rs` and so on).
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a> {
	pub(crate) chain: &'a Chain,
	key: &'a Key,
	wait: Wait,
}

impl Chain {
	/// Acts for the key's account, and waits so long for each call.
	pub fn acting<'a>(&'a self, key: &'a Key, wait: Wait) -> Acting<'a> {
		Acting { chain: self, key, wait }
	}
}

impl Acting<'_> {
	/// For whom.
	pub fn account(&self) -> AccountId {
		self.key.account()
	}

	pub(crate) async fn call(&self, call: &impl Payload) -> Result<Included, Error> {
		self.chain.submit(call, self.key, self.wait).await
	}

	/// For calls of which what they did is looked at afterwards.
	pub(crate) async fn call_finally(&self, call: &impl Payload) -> Result<Included, Error> {
		self.chain.submit(call, self.key, Wait::Final).await
	}
}
