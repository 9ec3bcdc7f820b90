// SPDX-License-Identifier: Apache-2.0

//! What one node says about its blocks, through the oldest and simplest JSON-RPC methods.

use crate::{
	Error,
	wait::{self, Seen},
};
use serde_json::Value;
use std::{fmt, time::Duration};
use tokio::sync::Mutex;
use zombienet_sdk::subxt::{
	backend::rpc::RpcClient,
	ext::subxt_rpcs::{client::RpcParams, rpc_params},
	utils::H256,
};

/// A block's number and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
	pub number: u32,
	pub hash: H256,
}

impl fmt::Display for Block {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "#{} ({:?})", self.number, self.hash)
	}
}

/// A connection to one node, made when it is first needed and again after the node was away.
pub struct Rpc {
	node: String,
	uri: String,
	connection: Mutex<Option<RpcClient>>,
}

impl Rpc {
	pub fn new(node: impl Into<String>, uri: impl Into<String>) -> Self {
		Self {
			node: node.into(),
			uri: uri.into(),
			connection: Mutex::new(None),
		}
	}

	/// The node's name.
	pub fn node(&self) -> &str {
		&self.node
	}

	pub fn uri(&self) -> &str {
		&self.uri
	}

	/// The node's best block.
	pub async fn best(&self) -> Result<Block, Error> {
		let hash = self.hash("chain_getBlockHash", rpc_params![]).await?;
		Ok(self.block(hash).await?.0)
	}

	/// The last block that the node calls final.
	pub async fn finalised(&self) -> Result<Block, Error> {
		let hash = self.hash("chain_getFinalizedHead", rpc_params![]).await?;
		Ok(self.block(hash).await?.0)
	}

	/// The block with this hash, and its parent's hash.
	pub async fn block(&self, hash: H256) -> Result<(Block, H256), Error> {
		const METHOD: &str = "chain_getHeader";
		let header = self.ask(METHOD, rpc_params![hash]).await?;
		let number = header
			.get("number")
			.and_then(Value::as_str)
			.and_then(|hex| u32::from_str_radix(hex.trim_start_matches("0x"), 16).ok());
		let parent = header.get("parentHash").and_then(as_hash);
		match (number, parent) {
			(Some(number), Some(parent)) => Ok((Block { number, hash }, parent)),
			_ => Err(self.unexpected(METHOD, "a header", &header)),
		}
	}

	/// The hash of the block with this number on the node's best chain; none if the node has no such block.
	pub async fn hash_at(&self, number: u32) -> Result<Option<H256>, Error> {
		const METHOD: &str = "chain_getBlockHash";
		match self.ask(METHOD, rpc_params![number]).await? {
			Value::Null => Ok(None),
			answer => match as_hash(&answer) {
				Some(hash) => Ok(Some(hash)),
				None => Err(self.unexpected(METHOD, "a hash", &answer)),
			},
		}
	}

	/// The version of the runtime at the best block.
	pub async fn spec_version(&self) -> Result<u64, Error> {
		const METHOD: &str = "state_getRuntimeVersion";
		let version = self.ask(METHOD, rpc_params![]).await?;
		version
			.get("specVersion")
			.and_then(Value::as_u64)
			.ok_or_else(|| self.unexpected(METHOD, "a version", &version))
	}

	/// The nonce of the next transaction by `account`, those in the pool counted.
	pub async fn next_nonce(&self, account: &str) -> Result<u64, Error> {
		const METHOD: &str = "system_accountNextIndex";
		let nonce = self.ask(METHOD, rpc_params![account]).await?;
		nonce.as_u64().ok_or_else(|| self.unexpected(METHOD, "a nonce", &nonce))
	}

	/// Waits until the node calls a block of this number, or a later one, final.
	pub async fn wait_for_finalised(&self, number: u32, limit: Duration) -> Result<Block, Error> {
		wait::until(format!("{} finalises block {number}", self.node), limit, async || {
			let finalised = self.finalised().await?;
			Ok(if finalised.number >= number {
				Seen::Yes(finalised)
			} else {
				Seen::NotYet(finalised.to_string())
			})
		})
		.await
	}

	async fn hash(&self, method: &'static str, params: RpcParams) -> Result<H256, Error> {
		let answer = self.ask(method, params).await?;
		as_hash(&answer).ok_or_else(|| self.unexpected(method, "a hash", &answer))
	}

	async fn ask(&self, method: &'static str, params: RpcParams) -> Result<Value, Error> {
		let failed = |reason: String| Error::Rpc {
			node: self.node.clone(),
			method,
			reason,
		};
		let mut connection = self.connection.lock().await;
		let client = match connection.take() {
			Some(client) => client,
			None => RpcClient::from_insecure_url(&self.uri)
				.await
				.map_err(|error| failed(error.to_string()))?,
		};
		let answer = client
			.request(method, params)
			.await
			.map_err(|error| failed(error.to_string()))?;
		// Kept only after it has answered: one that failed may belong to a process that is gone.
		*connection = Some(client);
		Ok(answer)
	}

	fn unexpected(&self, method: &'static str, expected: &'static str, answer: &Value) -> Error {
		Error::UnexpectedAnswer {
			node: self.node.clone(),
			method,
			expected,
			answer: answer.to_string(),
		}
	}
}

fn as_hash(value: &Value) -> Option<H256> {
	value.as_str()?.parse().ok()
}
