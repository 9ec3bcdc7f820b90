// SPDX-License-Identifier: Apache-2.0

//! A connection to a node.

use crate::{AccountId, Balance, Error, error::told, runtime};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
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
	/// The node's address.
	name: Arc<str>,
}

/// What of a block's header is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
	pub number: u64,
	pub hash: Hash,
	pub parent: Hash,
}

/// A header as nodes write it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
	/// In hexadecimal digits.
	number: String,
	parent_hash: Hash,
}

impl Written {
	fn number(&self) -> Result<u64, Error> {
		let digits = self.number.trim_start_matches("0x");
		u64::from_str_radix(digits, 16).map_err(|_| Error::Nonsense {
			told: format!("a block's number is {:?}", self.number),
		})
	}
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
		write!(f, "Chain({:?} at {})", self.genesis(), self.name)
	}
}

impl Chain {
	/// Connects to the WebSocket of a node. Without encryption only to this machine: answers decide about money.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		let connecting = async {
			let rpc = RpcClient::from_url(url).await.map_err(|error| told(&error))?;
			Self::over(rpc, url).await
		};
		match tokio::time::timeout(PATIENCE, connecting).await {
			Ok(connected) => connected.map_err(|told| Error::Unreachable { url: url.into(), told }),
			Err(_) => Err(Error::Silent { url: url.into() }),
		}
	}

	/// The chain of the node that answers here.
	pub(crate) async fn over(rpc: RpcClient, name: &str) -> Result<Self, String> {
		let client = OnlineClient::from_rpc_client(rpc.clone()).await;
		Ok(Self {
			client: client.map_err(|error| told(&error))?,
			rpc,
			name: name.into(),
		})
	}

	/// The node's address.
	pub(crate) fn name(&self) -> Arc<str> {
		self.name.clone()
	}

	/// Tells chains apart.
	pub fn genesis(&self) -> Hash {
		self.client.genesis_hash()
	}

	/// The newest block that is final.
	pub async fn finalised(&self) -> Result<At, Error> {
		Ok(self.client.at_current_block().await?)
	}

	/// The newest block, which may still be abandoned: for what is in haste and costs nothing if it is not so.
	pub async fn best(&self) -> Result<At, Error> {
		let hash: Hash = self.rpc.request("chain_getBlockHash", rpc_params![]).await?;
		Ok(self.client.at_block(hash).await?)
	}

	/// A block by its number.
	pub async fn at(&self, number: u64) -> Result<At, Error> {
		Ok(self.client.at_block(number).await?)
	}

	/// Whether both are the same connection.
	pub(crate) fn is(&self, other: &Self) -> bool {
		Arc::ptr_eq(&self.name, &other.name)
	}

	/// Asks the node for something that it knows without looking.
	pub(crate) async fn pulse(&self) -> Result<(), Error> {
		let _version: String = self.rpc.request("system_version", rpc_params![]).await?;
		Ok(())
	}

	/// The newest final block.
	pub(crate) async fn final_header(&self) -> Result<Header, Error> {
		let hash = self.rpc.request("chain_getFinalizedHead", rpc_params![]).await?;
		self.header(hash).await
	}

	/// A block by its number, of the chain that the node thinks is best. What is final is in each of these.
	pub(crate) async fn header_at(&self, number: u64) -> Result<Header, Error> {
		let hash: Option<Hash> = self.rpc.request("chain_getBlockHash", rpc_params![number]).await?;
		self.header(hash.ok_or(Error::NoBlock { number })?).await
	}

	async fn header(&self, hash: Hash) -> Result<Header, Error> {
		let written: Option<Written> = self.rpc.request("chain_getHeader", rpc_params![hash]).await?;
		let written = written.ok_or_else(|| Error::Nonsense {
			told: format!("it names block {hash:?} and does not have it"),
		})?;
		Ok(Header {
			number: written.number()?,
			hash,
			parent: written.parent_hash,
		})
	}

	/// Whether the node has the state after a block that it has.
	pub(crate) async fn has_state(&self, hash: Hash) -> Result<bool, Error> {
		let asked: Result<Option<String>, _> = self
			.rpc
			.request("state_getStorageHash", rpc_params!["0x3a636f6465", hash])
			.await;
		match asked {
			Ok(Some(_)) => Ok(true),
			Ok(None) => Ok(false),
			// Nodes say it in words only.
			Err(subxt::rpcs::Error::User(error)) if error.message.contains("State already discarded") => Ok(false),
			Err(error) => Err(error.into()),
		}
	}

	/// The first block with a state among these, of which the last has one: older states are removed first.
	pub(crate) async fn first_with_state(&self, first: u64, last: u64) -> Result<u64, Error> {
		let (mut without, mut with) = (first, last);
		while without.saturating_add(1) < with {
			let middle = without.midpoint(with);
			match self.has_state(self.header_at(middle).await?.hash).await? {
				true => with = middle,
				false => without = middle,
			}
		}
		Ok(with)
	}

	/// A block by its hash. None: its state is gone.
	pub(crate) async fn again(&self, hash: Hash) -> Result<Option<At>, Error> {
		match self.has_state(hash).await? {
			true => Ok(Some(self.client.at_block(hash).await?)),
			false => Ok(None),
		}
	}

	/// Hands a signed transaction to the node.
	pub(crate) async fn hand_over(&self, transaction: &[u8]) -> Result<(), subxt::rpcs::Error> {
		let written = format!("0x{}", hex::encode(transaction));
		let _hash: Hash = self.rpc.request("author_submitExtrinsic", rpc_params![written]).await?;
		Ok(())
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
