// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The part of a node that needs no network: database, client, consensus import, transaction pool.
//!
//! Commands on the stored chain use it alone.

use super::{
	Backend, Block, Client, Executor, ImportQueue, JUSTIFICATION_PERIOD, SelectChain, TransactionPool, genesis,
};
use crate::error::Error;
use sc_consensus_babe::{BabeLink, BabeWorkerHandle};
use sc_consensus_grandpa::{GrandpaBlockImport, GrandpaPruningFilter, LinkHalf};
use sc_service::{Configuration, PartialComponents};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::{BabeCreateInherentDataProviders, InherentDataProvider as BabeInherent};
use sp_timestamp::InherentDataProvider as TimestampInherent;
use std::sync::Arc;

/// Follows finality while blocks are imported.
pub type FinalityImport = GrandpaBlockImport<Backend, Block, Client, SelectChain>;
/// Checks authorship, then finality.
pub type BlockImport = sc_consensus_babe::BabeBlockImport<
	Block,
	Client,
	FinalityImport,
	BabeCreateInherentDataProviders<Block>,
	SelectChain,
>;
/// What ties the GRANDPA voter to the import.
pub type GrandpaLink = LinkHalf<Block, Client, SelectChain>;

/// What consensus leaves for the rest of the node.
pub struct Consensus {
	/// Imports blocks, own ones too.
	pub block_import: BlockImport,
	/// For the GRANDPA voter.
	pub grandpa_link: GrandpaLink,
	/// For the BABE author.
	pub babe_link: BabeLink<Block>,
	/// For questions about epochs; the import queue stops when the last handle is dropped.
	pub babe_worker: BabeWorkerHandle<Block>,
	/// Slot and time of a block.
	pub inherents: BabeCreateInherentDataProviders<Block>,
	/// Reports to telemetry servers, if any are configured.
	pub telemetry: Option<Telemetry>,
}

/// A node without network.
pub type Partial = PartialComponents<Client, Backend, SelectChain, ImportQueue, TransactionPool, Consensus>;

/// Opens the database and builds what works on it.
pub fn partial(config: &Configuration) -> Result<Partial, Error> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| {
			let worker = TelemetryWorker::new(16)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok::<_, sc_telemetry::Error>((worker, telemetry))
		})
		.transpose()?;
	let telemetry_handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());

	let executor: Executor = sc_service::new_wasm_executor(&config.executor);
	let backend = open_database(config)?;
	let genesis = genesis::checked(config, &backend, &executor)?;
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts_with_genesis_builder::<Block, _, _, _>(
			config,
			telemetry_handle.clone(),
			executor,
			backend,
			genesis,
			false,
		)?;
	let client = Arc::new(client);

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = SelectChain::new(backend.clone());
	let transaction_pool = Arc::new(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (finality_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry_handle.clone(),
	)?;
	let justification_import = finality_import.clone();

	let babe_config = sc_consensus_babe::configuration(&*client)?;
	let slot_duration = babe_config.slot_duration();
	let inherents: BabeCreateInherentDataProviders<Block> = Arc::new(move |_parent, ()| async move {
		let time = TimestampInherent::from_system_time();
		let slot = BabeInherent::from_timestamp_and_slot_duration(*time, slot_duration);
		Ok((slot, time))
	});

	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe_config,
		finality_import,
		client.clone(),
		inherents.clone(),
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
	)?;

	let (import_queue, babe_worker) = sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
		link: babe_link.clone(),
		block_import: block_import.clone(),
		justification_import: Some(Box::new(justification_import)),
		client: client.clone(),
		slot_duration,
		spawner: &task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		telemetry: telemetry_handle,
	})?;

	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: Consensus {
			block_import,
			grandpa_link,
			babe_link,
			babe_worker,
			inherents,
			telemetry,
		},
	})
}

fn open_database(config: &Configuration) -> Result<Arc<Backend>, Error> {
	let mut settings = config.db_config();
	// A pruned block that carries a justification stays: warp sync hands these to others.
	settings.pruning_filters = vec![Arc::new(GrandpaPruningFilter)];
	Ok(sc_service::new_db_backend(settings)?)
}
