// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The genesis block of the chain specification, and whether the database was made from it.
//!
//! The SDK reads genesis only into an empty database. A node that is given another specification later would run on,
//! and name one chain to its operator while it follows another.

use super::{Backend, Block, Executor, Hash};
use crate::error::Error;
use sc_client_api::Backend as _;
use sc_service::{BuildGenesisBlock, Configuration, GenesisBlockBuilder};
use sp_blockchain::HeaderBackend as _;
use sp_runtime::traits::Block as _;
use std::sync::Arc;

type Builder = GenesisBlockBuilder<Block, Backend, Executor>;

/// Prepares the genesis block, after comparing it with the one that the database has.
pub fn checked(config: &Configuration, backend: &Arc<Backend>, executor: &Executor) -> Result<Builder, Error> {
	let unusable = |reason: String| Error::ChainSpecUnusable {
		id: config.chain_spec.id().into(),
		reason,
	};
	let storage = config
		.chain_spec
		.as_storage_builder()
		.build_storage()
		.map_err(unusable)?;
	let builder = |storage| Builder::new_with_storage(storage, !config.no_genesis(), backend.clone(), executor.clone());

	// Builds the block without writing: what would be written is dropped.
	let (block, _) = builder(storage.clone())?
		.build_genesis_block()
		.map_err(|error| unusable(error.to_string()))?;
	let spec = block.header().hash();
	let database = backend.blockchain().info().genesis_hash;
	// An empty database has no genesis.
	if database != Hash::default() && database != spec {
		return Err(Error::GenesisMismatch {
			database,
			spec,
			path: config.database.path().map(Into::into).unwrap_or_default(),
		});
	}
	Ok(builder(storage)?)
}
