// SPDX-License-Identifier: Apache-2.0

//! An account's calls, many in flight at once, each carried out at most once.
//!
//! [`Outbox::send`] numbers and signs a call, hands it to a node, and answers when a final block has it. If the node forgets
//! it, restarts, or goes away, the same signed transaction is handed over again, to whichever node is used by then. When its
//! time is over and no final block has it, it is signed anew. What is refused before any node has it is refused to the caller,
//! and the number that it had goes to the next call. What one node may have another cannot refuse: a block may take it until its
//! time is over, so that is waited for.
//!
//! Nothing is handed over before the first final block was looked at, and each after it is looked at until all is known that is
//! to be known: otherwise a call could be final where nobody looks, and be carried out again.
//!
//! An account belongs to one outbox. If somebody else signs for it too, calls lose their numbers and get new ones; who loses
//! too often is told ([`Error::NumbersTaken`]).

mod driver;
mod flights;
#[cfg(test)]
mod tests;

use crate::{AccountId, Chain, Config, Error, Included, Key, Nodes};
use driver::Driver;
use std::sync::Arc;
use subxt::transactions::Payload;
use tokio::{
	sync::{mpsc, oneshot},
	task::JoinHandle,
};

/// Most calls that wait for a place in flight. Who sends more waits.
const WAITING: usize = 256;

/// Where an account's calls are handed in. Copies are the same outbox.
#[derive(Clone, Debug)]
pub struct Outbox {
	nodes: Arc<Nodes>,
	account: AccountId,
	orders: mpsc::Sender<Order>,
}

/// A call, and who waits for it.
#[derive(Debug)]
struct Order {
	/// For errors.
	name: String,
	/// Encoded.
	call: Vec<u8>,
	answer: oneshot::Sender<Result<Included, Error>>,
}

impl Outbox {
	/// Opens the outbox of a key's account. The task ends when all copies are dropped and nothing is in flight.
	pub fn open(nodes: Arc<Nodes>, key: Key) -> (Self, JoinHandle<()>) {
		let (orders, received) = mpsc::channel(WAITING);
		let account = key.account();
		let driver = Driver::new(nodes.clone(), key, received);
		let outbox = Self { nodes, account, orders };
		(outbox, tokio::spawn(driver.run()))
	}

	/// Whose it is.
	pub fn account(&self) -> AccountId {
		self.account
	}

	/// A connection to a node that it uses.
	pub(crate) async fn chain(&self) -> Result<Chain, Error> {
		self.nodes.chain().await
	}

	/// Has a call carried out, and answers when that is final. Calls that are sent at the same time are carried out in any order.
	/// Whoever stops waiting does not stop the call.
	pub async fn send<Call: Payload>(&self, call: &Call) -> Result<Included, Error> {
		let name = format!("{}::{}", call.pallet_name(), call.call_name());
		let encoded = self.nodes.asking(|chain| encode(chain, call)).await?;
		let (answer, answered) = oneshot::channel();
		let order = Order {
			name,
			call: encoded,
			answer,
		};
		self.orders.send(order).await.map_err(|_| Error::OutboxClosed)?;
		answered.await.map_err(|_| Error::OutboxClosed)?
	}
}

/// The call as the chain reads it. It is compared with the runtime first.
async fn encode<Call: Payload>(chain: Chain, call: &Call) -> Result<Vec<u8>, Error> {
	let at = chain.finalised().await?;
	let transactions: subxt::transactions::TransactionsClient<Config, _> = at.transactions();
	transactions.validate(call).map_err(|_| Error::OtherRuntime)?;
	Ok(transactions.call_data(call)?)
}
