// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Connects the node to its peers: block sync (full, fast or warp), transactions, GRANDPA's gossip.

use super::{Backend, Block, BlockNumber, Client, Hash, ImportQueue, TransactionPool};
use crate::error::Error;
use sc_consensus_grandpa::{SharedAuthoritySet, warp_proof::NetworkProvider};
use sc_network::{
	NetworkBackend, NotificationService, ProtocolName, config::FullNetworkConfiguration,
	service::traits::NetworkService,
};
use sc_network_sync::SyncingService;
use sc_service::{BuildNetworkParams, Configuration, TaskManager, WarpSyncConfig};
use sc_utils::mpsc::TracingUnboundedSender;
use std::sync::Arc;

/// What connecting needs.
pub struct Needs<'a> {
	/// Addresses, peers, sync mode.
	pub config: &'a Configuration,
	/// The chain.
	pub client: &'a Arc<Client>,
	/// Its database.
	pub backend: &'a Arc<Backend>,
	/// Where transactions of peers go.
	pub pool: &'a Arc<TransactionPool>,
	/// Runs what is started.
	pub tasks: &'a TaskManager,
	/// Where blocks of peers go.
	pub import_queue: ImportQueue,
	/// The authorities whose proofs a warp sync believes.
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
}

/// A connected network.
pub struct Network {
	/// Peers and messages.
	pub service: Arc<dyn NetworkService>,
	/// Block sync.
	pub sync: Arc<SyncingService<Block>>,
	/// Answers the `system` RPC.
	pub system_rpc: TracingUnboundedSender<sc_rpc::system::Request<Block>>,
	/// Passes transactions on.
	pub transactions: sc_network_transactions::TransactionsHandlerController<Hash>,
	/// GRANDPA's messages.
	pub grandpa: Box<dyn NotificationService>,
	/// The protocol on which they travel.
	pub grandpa_protocol: ProtocolName,
}

/// Starts listening and looking for peers.
pub fn connect<N: NetworkBackend<Block, Hash>>(needs: Needs<'_>) -> Result<Network, Error> {
	let Needs {
		config,
		client,
		backend,
		pool,
		tasks,
		import_queue,
		authority_set,
	} = needs;

	let registry = config.prometheus_registry();
	let metrics = N::register_notification_metrics(registry);
	let mut protocols = FullNetworkConfiguration::<_, _, N>::new(&config.network, registry.cloned());

	let genesis = sp_blockchain::HeaderBackend::info(&**client).genesis_hash;
	let grandpa_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (grandpa_config, grandpa) = sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
		grandpa_protocol.clone(),
		metrics.clone(),
		protocols.peer_store_handle(),
	);
	protocols.add_notification_protocol(grandpa_config);

	let warp = NetworkProvider::new(backend.clone(), authority_set, Vec::new());
	let (service, system_rpc, transactions, sync, _bitswap) = sc_service::build_network(BuildNetworkParams {
		config,
		net_config: protocols,
		client: client.clone(),
		transaction_pool: pool.clone(),
		spawn_handle: tasks.spawn_handle(),
		spawn_essential_handle: tasks.spawn_essential_handle(),
		import_queue,
		block_announce_validator_builder: None,
		warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp))),
		block_relay: None,
		metrics,
		gap_sync_body_policy: None,
	})?;

	Ok(Network {
		service,
		sync,
		system_rpc,
		transactions,
		grandpa,
		grandpa_protocol,
	})
}
