// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Puts a node together: database and consensus (`partial`), peers (`network`), a validator's duties
//! (`authority`), RPC (`clients`), the pool and the node's own reports (`upkeep`).

mod authority;
mod clients;
mod genesis;
mod network;
mod partial;
mod upkeep;

pub use partial::partial;

use crate::{
	error::Error,
	preflight,
	rpc::methods::{self, Sources},
};
use atelier_runtime::RuntimeApi;
pub use atelier_runtime::{BlockNumber, Hash, opaque::Block};
use futures::FutureExt;
use sc_client_api::{Backend as _, HeaderBackend};
use sc_consensus_grandpa::{FinalityProofProvider, SharedVoterState};
use sc_network::config::NetworkBackendType;
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{Configuration, PartialComponents, TaskManager};
use sc_storage_monitor::{StorageMonitorParams, StorageMonitorService};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use std::sync::Arc;

/// Runs the runtime's wasm with the host functions that it may call.
pub type Executor = sc_executor::WasmExecutor<sp_io::SubstrateHostFunctions>;
/// The chain: reads it, executes the runtime, imports blocks.
pub type Client = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The chain's database.
pub type Backend = sc_service::TFullBackend<Block>;
/// The best chain is the longest one; BABE's weights are in its fork choice.
pub type SelectChain = sc_consensus::LongestChain<Backend, Block>;
/// Verifies blocks and hands them to the import.
pub type ImportQueue = sc_consensus::DefaultImportQueue<Block>;
/// Transactions that wait for a block.
pub type TransactionPool = sc_transaction_pool::TransactionPoolHandle<Block, Client>;

/// A justification is kept at least every this many blocks, about 26 minutes: what a warp sync jumps over at most, and
/// what a database that prunes blocks keeps of them.
pub(crate) const JUSTIFICATION_PERIOD: BlockNumber = 512;

/// Starts a node over the network layer that `--network-backend` names, litep2p unless it says otherwise.
pub async fn start(config: Configuration, storage: StorageMonitorParams) -> Result<TaskManager, Error> {
	match config.network.network_backend {
		NetworkBackendType::Litep2p => start_over::<sc_network::Litep2pNetworkBackend>(config, storage),
		NetworkBackendType::Libp2p => start_over::<sc_network::NetworkWorker<Block, Hash>>(config, storage),
	}
}

fn start_over<N: sc_network::NetworkBackend<Block, Hash>>(
	config: Configuration,
	storage: StorageMonitorParams,
) -> Result<TaskManager, Error> {
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: consensus,
	} = partial(&config)?;

	if let Some(path) = config.database.path() {
		let spawner = task_manager.spawn_essential_handle();
		StorageMonitorService::try_spawn(storage, path.to_path_buf(), &spawner)
			.map_err(|error| preflight::storage_error(error, path.to_path_buf()))?;
	}

	let network = network::connect::<N>(network::Needs {
		config: &config,
		client: &client,
		backend: &backend,
		pool: &transaction_pool,
		tasks: &task_manager,
		import_queue,
		authority_set: consensus.grandpa_link.shared_authority_set().clone(),
	})?;

	let partial::Consensus {
		block_import,
		grandpa_link,
		babe_link,
		babe_worker,
		inherents,
		mut telemetry,
	} = consensus;
	let voter_state = SharedVoterState::empty();

	if config.offchain_worker.enabled {
		let workers = OffchainWorkers::new(OffchainWorkerOptions {
			runtime_api_provider: client.clone(),
			keystore: Some(keystore_container.keystore()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
			network_provider: Arc::new(network.service.clone()),
			is_validator: config.role.is_authority(),
			// No pallet of ours asks the web, and none should be able to make validators do so.
			enable_http_requests: false,
			custom_extensions: |_| vec![],
		})
		.map_err(sc_service::Error::from)?;
		task_manager.spawn_handle().spawn(
			"offchain-workers-runner",
			Some("offchain-worker"),
			workers.run(client.clone(), task_manager.spawn_handle()).boxed(),
		);
	}

	// A development chain's validator has its keys from a seed that everybody knows.
	let seeds: Vec<_> = config.dev_key_seed.iter().cloned().collect();
	let best = client.info().best_hash;
	sp_session::generate_initial_session_keys(client.clone(), best, seeds, keystore_container.keystore())
		.map_err(|error| sc_service::Error::Application(Box::new(error)))?;

	upkeep::start(upkeep::Needs {
		config: &config,
		client: &client,
		pool: &transaction_pool,
		network: &network.service,
		sync: &network.sync,
		transactions: network.transactions,
		telemetry: telemetry.as_mut(),
		tasks: &task_manager,
	})?;

	let server = clients::serve(
		&config,
		Sources {
			client: client.clone(),
			backend: backend.clone(),
			pool: transaction_pool.clone(),
			select_chain: select_chain.clone(),
			chain_spec: config.chain_spec.cloned_box(),
			node: methods::Node::of(&config, network.system_rpc).map_err(sc_service::Error::from)?,
			keystore: keystore_container.keystore(),
			babe: babe_worker.clone(),
			grandpa: methods::Grandpa {
				voter_state: voter_state.clone(),
				authority_set: grandpa_link.shared_authority_set().clone(),
				justifications: grandpa_link.justification_stream(),
				proofs: FinalityProofProvider::new_for_service(
					backend,
					Some(grandpa_link.shared_authority_set().clone()),
				),
			},
		},
	)?;

	let duties = authority::Duties::of(&config, voter_state);
	duties.take_up(authority::Needs {
		client,
		pool: transaction_pool,
		select_chain,
		keystore: keystore_container.keystore(),
		block_import,
		babe_link,
		grandpa_link,
		inherents,
		network: network.service,
		sync: network.sync,
		grandpa_notifications: network.grandpa,
		grandpa_protocol: network.grandpa_protocol,
		telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
		tasks: &task_manager,
	})?;

	// The BABE worker runs while somebody has its handle, and the RPC server, which has the other one, is gone first during
	// shutdown. The base path may be a temporary folder that goes with its owner.
	task_manager.keep_alive((babe_worker, config.base_path, server));
	Ok(task_manager)
}
