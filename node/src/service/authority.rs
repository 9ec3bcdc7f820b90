// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A validator's duties: author blocks (BABE), vote on finality (GRANDPA), be found by other validators.
//!
//! A node that is no validator runs GRANDPA too, without a key: it follows the votes.

use super::{
	Block, Client, JUSTIFICATION_PERIOD, SelectChain, TransactionPool,
	partial::{BlockImport, GrandpaLink},
};
use crate::error::Error;
use atelier_runtime::configs::MAXIMUM_BLOCK_LENGTH;
use futures::StreamExt;
use prometheus_endpoint::Registry;
use sc_authority_discovery::WorkerConfig;
use sc_basic_authorship::ProposerFactory;
use sc_chain_spec::ChainType;
use sc_consensus_babe::{BabeLink, BabeParams, SlotProportion};
use sc_consensus_grandpa::{GrandpaParams, SharedVoterState, VotingRulesBuilder};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_network::{
	Event, Multiaddr, NetworkEventStream, NotificationService, ProtocolName, config::Role,
	service::traits::NetworkService,
};
use sc_network_sync::SyncingService;
use sc_service::{Configuration, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::BabeCreateInherentDataProviders;
use sp_keystore::KeystorePtr;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Part of a slot that goes to making a block: 2 s of 3 s. The last second is for the others, who must have it
/// imported before the next slot begins.
const PROPOSAL_PORTION: f32 = 2.0 / 3.0;

/// Largest block that is proposed: what the runtime allows, so that the runtime's limit is the one that counts. The
/// network carries 16 MiB.
const BLOCK_BYTES: usize = MAXIMUM_BLOCK_LENGTH as usize;

/// How long GRANDPA waits for a message to reach everybody. A round takes about three of these, so finality follows
/// within one slot; a message needs some 300 ms around the world.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// Without finality authors slow down, so that forks do not fill the memory, but never below a block every this many
/// slots (30 s): the chain must still carry the transactions that repair it.
const MAX_AUTHORING_PAUSE: u32 = 10;

/// What the configuration says about duties, taken before the service consumes it.
pub struct Duties {
	role: Role,
	name: String,
	force_authoring: bool,
	grandpa: bool,
	voter_state: SharedVoterState,
	registry: Option<Registry>,
	public_addresses: Vec<Multiaddr>,
	publish_local_addresses: bool,
	network_folder: Option<PathBuf>,
	alone: bool,
}

/// What the duties work with.
pub struct Needs<'a> {
	/// The chain.
	pub client: Arc<Client>,
	/// Transactions that wait.
	pub pool: Arc<TransactionPool>,
	/// The best chain.
	pub select_chain: SelectChain,
	/// The session keys.
	pub keystore: KeystorePtr,
	/// Imports own blocks.
	pub block_import: BlockImport,
	/// BABE's configuration and epochs.
	pub babe_link: BabeLink<Block>,
	/// What ties the voter to the import.
	pub grandpa_link: GrandpaLink,
	/// Slot and time of a block.
	pub inherents: BabeCreateInherentDataProviders<Block>,
	/// Peers.
	pub network: Arc<dyn NetworkService>,
	/// Block sync.
	pub sync: Arc<SyncingService<Block>>,
	/// GRANDPA's messages.
	pub grandpa_notifications: Box<dyn NotificationService>,
	/// The protocol on which they travel.
	pub grandpa_protocol: ProtocolName,
	/// Reports to telemetry servers.
	pub telemetry: Option<TelemetryHandle>,
	/// Runs what is started.
	pub tasks: &'a TaskManager,
}

impl Duties {
	/// Reads the duties from the configuration.
	pub fn of(config: &Configuration, voter_state: SharedVoterState) -> Self {
		Self {
			role: config.role,
			name: config.network.node_name.clone(),
			force_authoring: config.force_authoring,
			grandpa: !config.disable_grandpa,
			voter_state,
			registry: config.prometheus_registry().cloned(),
			public_addresses: config.network.public_addresses.clone(),
			publish_local_addresses: config.network.allow_non_globals_in_dht,
			network_folder: config.network.net_config_path.clone(),
			alone: matches!(config.chain_spec.chain_type(), ChainType::Development),
		}
	}

	/// Starts them.
	pub fn take_up(self, needs: Needs<'_>) -> Result<(), Error> {
		if self.role.is_authority() {
			self.author(&needs)?;
			self.be_found(&needs);
		}
		if self.grandpa {
			self.finalise(needs)?;
		}
		Ok(())
	}

	fn author(&self, needs: &Needs<'_>) -> Result<(), Error> {
		let mut proposer = ProposerFactory::new(
			needs.tasks.spawn_handle(),
			needs.client.clone(),
			needs.pool.clone(),
			self.registry.as_ref(),
			needs.telemetry.clone(),
		);
		proposer.set_default_block_size_limit(BLOCK_BYTES);

		let babe = sc_consensus_babe::start_babe(BabeParams {
			keystore: needs.keystore.clone(),
			client: needs.client.clone(),
			select_chain: needs.select_chain.clone(),
			env: proposer,
			block_import: needs.block_import.clone(),
			sync_oracle: needs.sync.clone(),
			justification_sync_link: needs.sync.clone(),
			create_inherent_data_providers: needs.inherents.clone(),
			force_authoring: self.force_authoring,
			backoff_authoring_blocks: Some(BackoffAuthoringOnFinalizedHeadLagging {
				max_interval: MAX_AUTHORING_PAUSE,
				..Default::default()
			}),
			babe_link: needs.babe_link.clone(),
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_PORTION),
			max_block_proposal_slot_portion: None,
			telemetry: needs.telemetry.clone(),
		})
		.map_err(sc_service::Error::from)?;
		needs
			.tasks
			.spawn_essential_handle()
			.spawn_blocking("babe-proposer", Some("block-authoring"), babe);
		Ok(())
	}

	fn be_found(&self, needs: &Needs<'_>) {
		let found = needs.network.event_stream("authority-discovery");
		let found = found.filter_map(async |event| match event {
			Event::Dht(event) => Some(event),
			_ => None,
		});
		let (worker, _service) = sc_authority_discovery::new_worker_and_service_with_config(
			WorkerConfig {
				publish_non_global_ips: self.publish_local_addresses,
				public_addresses: self.public_addresses.clone(),
				// A record must be signed by the peer that it names: nobody can point to another's node.
				strict_record_validation: true,
				persisted_cache_directory: self.network_folder.clone(),
				..Default::default()
			},
			needs.client.clone(),
			Arc::new(needs.network.clone()),
			Box::pin(found),
			sc_authority_discovery::Role::PublishAndDiscover(needs.keystore.clone()),
			self.registry.clone(),
			needs.tasks.spawn_handle(),
		);
		needs
			.tasks
			.spawn_handle()
			.spawn("authority-discovery-worker", Some("networking"), worker.run());
	}

	fn finalise(self, needs: Needs<'_>) -> Result<(), Error> {
		// Voters hold back from the newest blocks so that they need not agree on every short fork. Who validates alone on a
		// development chain has none, and would only wait three blocks longer for finality.
		let voting_rules = if self.alone {
			VotingRulesBuilder::new()
		} else {
			VotingRulesBuilder::default()
		};
		let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: GOSSIP_DURATION,
				justification_generation_period: JUSTIFICATION_PERIOD,
				observer_enabled: false,
				local_role: self.role,
				name: Some(self.name),
				keystore: self.role.is_authority().then_some(needs.keystore),
				telemetry: needs.telemetry.clone(),
				protocol_name: needs.grandpa_protocol,
			},
			link: needs.grandpa_link,
			network: needs.network,
			sync: needs.sync,
			notification_service: needs.grandpa_notifications,
			voting_rule: voting_rules.build(),
			prometheus_registry: self.registry,
			shared_voter_state: self.voter_state,
			telemetry: needs.telemetry,
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(needs.pool),
		})?;
		// Without finality the node is of no use to anybody.
		needs
			.tasks
			.spawn_essential_handle()
			.spawn_blocking("grandpa-voter", None, voter);
		Ok(())
	}
}
