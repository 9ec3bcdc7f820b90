// SPDX-License-Identifier: Apache-2.0

//! Transactions and storage of a running chain, addressed by the names in its metadata.

use crate::{Error, rpc::Rpc};
use zombienet_sdk::{
	subxt::{
		self, OnlineClient, PolkadotConfig,
		blocks::ExtrinsicEvents,
		config::{DefaultExtrinsicParamsBuilder, Hasher},
		dynamic::{self, Value},
		ext::{
			codec::Encode,
			subxt_core::{Error as CoreError, Metadata, error::MetadataError},
		},
		tx::{DynamicPayload, Payload, TxProgress, TxStatus},
		utils::H256,
	},
	subxt_signer::sr25519::Keypair,
};

type Client = OnlineClient<PolkadotConfig>;
/// The events of one transaction.
pub type Events = ExtrinsicEvents<PolkadotConfig>;

/// A chain as seen through one node, with the metadata of the runtime that it had when the connection was made.
pub struct Chain {
	client: Client,
	rpc: Rpc,
}

impl Chain {
	pub async fn connect(rpc: Rpc) -> Result<Self, Error> {
		let client = Client::from_insecure_url(rpc.uri()).await?;
		Ok(Self { client, rpc })
	}

	pub fn rpc(&self) -> &Rpc {
		&self.rpc
	}

	/// How a call is encoded.
	pub fn encode(&self, call: &impl Payload) -> Result<Vec<u8>, Error> {
		Ok(self.client.tx().call_data(call)?)
	}

	/// The chain's hash of some bytes.
	pub fn hash(&self, bytes: &[u8]) -> H256 {
		self.client.hasher().hash(bytes)
	}

	/// Signs a call and waits until a block has executed it with success.
	pub async fn submit(&self, call: &impl Payload, by: &Keypair) -> Result<Events, Error> {
		let account = by.public_key().to_account_id().to_string();
		let nonce = self.rpc.next_nonce(&account).await?;
		let params = DefaultExtrinsicParamsBuilder::new().nonce(nonce).build();
		let progress = self.client.tx().sign_and_submit_then_watch(call, by, params).await?;
		in_block(progress).await
	}

	/// Sends a call that needs no signature and waits until a block has executed it with success.
	pub async fn submit_unsigned(&self, call: &impl Payload) -> Result<Events, Error> {
		let progress = self.client.tx().create_unsigned(call)?.submit_and_watch().await?;
		in_block(progress).await
	}

	/// A storage item at the last finalised block.
	pub async fn finalised_item(
		&self,
		pallet: &str,
		item: &str,
		keys: Vec<Value>,
	) -> Result<Option<Value<u32>>, Error> {
		let address = dynamic::storage(pallet, item, keys);
		let storage = self.client.storage().at_latest().await?;
		match storage.fetch(&address).await? {
			Some(value) => Ok(Some(value.to_value().map_err(subxt::Error::from)?)),
			None => Ok(None),
		}
	}
}

/// A call with its arguments by name.
pub fn call(pallet: &str, name: &str, arguments: Vec<(&str, Value)>) -> DynamicPayload {
	dynamic::tx(pallet, name, arguments)
}

/// A call whose only argument is a long byte string.
///
/// [`Value`] holds each byte in a node of its own; for a runtime's code that would be hundreds of megabytes.
pub struct BytesCall<'a> {
	pub pallet: &'static str,
	pub name: &'static str,
	pub bytes: &'a [u8],
}

impl Payload for BytesCall<'_> {
	fn encode_call_data_to(&self, metadata: &Metadata, out: &mut Vec<u8>) -> Result<(), CoreError> {
		let pallet = metadata.pallet_by_name_err(self.pallet)?;
		let call = pallet
			.call_variant_by_name(self.name)
			.ok_or_else(|| MetadataError::CallNameNotFound(self.name.to_owned()))?;
		out.extend([pallet.index(), call.index]);
		self.bytes.encode_to(out);
		Ok(())
	}
}

/// Whether one of the events has this name.
pub fn has_event(events: &Events, pallet: &str, event: &'static str) -> Result<(), Error> {
	for found in events.iter() {
		let found = found?;
		if found.pallet_name() == pallet && found.variant_name() == event {
			return Ok(());
		}
	}
	Err(Error::NoEvent(event))
}

/// Finality comes two blocks after inclusion; whoever needs it waits for state at a finalised block instead.
async fn in_block(mut progress: TxProgress<PolkadotConfig, Client>) -> Result<Events, Error> {
	while let Some(status) = progress.next().await {
		match status? {
			TxStatus::InBestBlock(block) | TxStatus::InFinalizedBlock(block) => {
				return Ok(block.wait_for_success().await?);
			}
			TxStatus::Error { message } | TxStatus::Invalid { message } | TxStatus::Dropped { message } => {
				return Err(Error::TransactionDropped(message));
			}
			TxStatus::Validated | TxStatus::Broadcasted | TxStatus::NoLongerInBestBlock => {}
		}
	}
	Err(Error::TransactionDropped("the node closed the subscription".into()))
}
