// SPDX-License-Identifier: Apache-2.0

//! A connection to a node.

use crate::{AccountId, Balance, Error, error::told, runtime};
use std::time::Duration;
use subxt::{
	OnlineClient,
	client::{ClientAtBlock, OnlineClientAtBlockImpl},
	config::substrate::SubstrateConfig,
	rpcs::{RpcClient, rpc_params},
	utils::H256,
};

/// How this chain writes accounts, hashes and transactions.
pub type Config = SubstrateConfig;
pub type Hash = H256;

/// The chain in one block. Whatever is asked of it is asked of that block.
pub type At = ClientAtBlock<Config, OnlineClientAtBlockImpl<Config>>;

/// How long a node may take to answer at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// A connection to a node.
#[derive(Clone)]
pub struct Chain {
	client: OnlineClient<Config>,
	rpc: RpcClient,
}

/// What an account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funds {
	/// To spend.
	pub free: Balance,
	/// In deposits and the like.
	pub held: Balance,
}

impl std::fmt::Debug for Chain {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Chain({:?})", self.genesis())
	}
}

impl Chain {
	/// Connects to the WebSocket of a node. Without encryption only to this machine: answers decide about money.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		let connecting = async {
			let rpc = RpcClient::from_url(url).await.map_err(|error| told(&error))?;
			let client = OnlineClient::from_rpc_client(rpc.clone()).await;
			client.map(|client| Self { client, rpc }).map_err(|error| told(&error))
		};
		match tokio::time::timeout(PATIENCE, connecting).await {
			Ok(connected) => connected.map_err(|told| Error::Unreachable { url: url.into(), told }),
			Err(_) => Err(Error::Silent { url: url.into() }),
		}
	}

	/// Tells chains apart.
	pub fn genesis(&self) -> Hash {
		self.client.genesis_hash()
	}

	/// The newest block that is final.
	pub async fn finalised(&self) -> Result<At, Error> {
		Ok(self.client.at_current_block().await?)
	}

	/// A block by its number.
	pub async fn at(&self, number: u64) -> Result<At, Error> {
		Ok(self.client.at_block(number).await?)
	}

	/// The number of an account's next transaction, those counted that wait at the node.
	pub(crate) async fn next(&self, who: &AccountId) -> Result<u64, Error> {
		let index = self.rpc.request("system_accountNextIndex", rpc_params![who]).await;
		Ok(index?)
	}

	/// What an account has to spend, in the newest final block.
	pub async fn balance(&self, who: &AccountId) -> Result<Balance, Error> {
		Ok(self.funds(&self.finalised().await?, who).await?.free)
	}

	/// When a block was made, in milliseconds since 1970. None: the first block has no time.
	pub async fn time(&self, at: &At) -> Result<Option<u64>, Error> {
		let now = at.storage().try_fetch(runtime::storage().timestamp().now(), ()).await?;
		Ok(now.map(|now| now.decode()).transpose()?)
	}

	/// What an account has in a block.
	pub async fn funds(&self, at: &At, who: &AccountId) -> Result<Funds, Error> {
		let account = at
			.storage()
			.try_fetch(runtime::storage().system().account(), (*who,))
			.await?;
		let Some(account) = account else {
			return Ok(Funds::default());
		};
		let data = account.decode()?.data;
		Ok(Funds {
			free: data.free,
			held: data.reserved,
		})
	}
}
