// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The JSON-RPC methods of the node.
//!
//! Those of every Substrate node come from the SDK: `author`, `chain`, `state`, `system`, `offchain`, and those of the new
//! specification, `chainHead`, `chainSpec`, `transaction`, and `archive` on archive nodes. To them come those that need
//! our consensus and our runtime.

use crate::service::{Backend, Block, Client, SelectChain, TransactionPool};
use atelier_runtime::{BlockNumber, Hash};
use jsonrpsee::RpcModule;
use prometheus_endpoint::PrometheusError;
use sc_client_api::Backend as _;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_rpc::SubscriptionTaskExecutor;
use sc_rpc_spec_v2::transaction::TransactionMetrics;
use sc_service::Configuration;
use sc_utils::mpsc::TracingUnboundedSender;
use sp_blockchain::HeaderBackend;
use sp_keystore::KeystorePtr;
use std::{error::Error, sync::Arc};

/// Transactions that one connection may have the node broadcast at a time.
const BROADCASTS_OF_CONNECTION: usize = 16;

type Failure = Box<dyn Error + Send + Sync>;

/// What the methods read from GRANDPA.
pub struct Grandpa {
	/// The voter's rounds; the same as the voter has.
	pub voter_state: SharedVoterState,
	/// The authorities that finalise.
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	/// Every justification, as it comes.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs for finalised blocks.
	pub proofs: Arc<FinalityProofProvider<Backend, Block>>,
}

/// Everything that the methods need.
pub struct Sources {
	/// The chain.
	pub client: Arc<Client>,
	/// Its database.
	pub backend: Arc<Backend>,
	/// Transactions that wait.
	pub pool: Arc<TransactionPool>,
	/// The best chain.
	pub select_chain: SelectChain,
	/// The specification that the node runs.
	pub chain_spec: Box<dyn sc_chain_spec::ChainSpec>,
	/// What the node is.
	pub node: Node,
	/// The keys of the node.
	pub keystore: KeystorePtr,
	/// Block production.
	pub babe: BabeWorkerHandle<Block>,
	/// Finality.
	pub grandpa: Grandpa,
}

/// What the methods say about the node itself.
pub struct Node {
	/// Name of the program.
	pub name: String,
	/// Its version.
	pub version: String,
	/// Whether it keeps every block and every state.
	pub archive: bool,
	/// Answers questions about peers.
	pub system: TracingUnboundedSender<sc_rpc::system::Request<Block>>,
	/// Counts transactions that clients watch.
	pub transactions: Option<TransactionMetrics>,
}

impl Node {
	/// As the command line has it.
	pub fn of(
		config: &Configuration,
		system: TracingUnboundedSender<sc_rpc::system::Request<Block>>,
	) -> Result<Self, PrometheusError> {
		let keeps_states = config
			.state_pruning
			.as_ref()
			.is_some_and(|pruning| pruning.is_archive());
		Ok(Self {
			name: config.impl_name.clone(),
			version: config.impl_version.clone(),
			archive: keeps_states && config.blocks_pruning.is_archive(),
			system,
			transactions: config.prometheus_registry().map(TransactionMetrics::new).transpose()?,
		})
	}
}

/// All methods.
pub fn all(sources: Sources, executor: SubscriptionTaskExecutor) -> Result<RpcModule<()>, Failure> {
	let mut methods = RpcModule::new(());
	methods.merge(specified(&sources, &executor)?)?;
	methods.merge(legacy(&sources, &executor)?)?;
	methods.merge(own(sources, executor)?)?;
	Ok(methods)
}

/// The methods of the new specification (paritytech.github.io/json-rpc-interface-spec).
fn specified(sources: &Sources, executor: &SubscriptionTaskExecutor) -> Result<RpcModule<()>, Failure> {
	use sc_rpc_spec_v2::{
		archive::{Archive, ArchiveApiServer},
		chain_head::{ChainHead, ChainHeadApiServer, ChainHeadConfig},
		chain_spec::{ChainSpec, ChainSpecApiServer},
		transaction::{Transaction, TransactionApiServer, TransactionBroadcast, TransactionBroadcastApiServer},
	};
	let Sources {
		client,
		backend,
		pool,
		chain_spec,
		node,
		..
	} = sources;
	let genesis = client.info().genesis_hash;

	let mut methods = RpcModule::new(());
	methods.merge(
		ChainHead::new(
			client.clone(),
			backend.clone(),
			executor.clone(),
			ChainHeadConfig::default(),
		)
		.into_rpc(),
	)?;
	methods.merge(ChainSpec::new(chain_spec.name().into(), genesis, chain_spec.properties()).into_rpc())?;
	methods.merge(
		Transaction::new(
			client.clone(),
			pool.clone(),
			executor.clone(),
			node.transactions.clone(),
		)
		.into_rpc(),
	)?;
	methods.merge(
		TransactionBroadcast::new(client.clone(), pool.clone(), executor.clone(), BROADCASTS_OF_CONNECTION).into_rpc(),
	)?;
	if node.archive {
		methods.merge(Archive::new(client.clone(), backend.clone(), genesis, executor.clone()).into_rpc())?;
	}
	Ok(methods)
}

/// The methods that wallets and tools have used since before there was a specification.
fn legacy(sources: &Sources, executor: &SubscriptionTaskExecutor) -> Result<RpcModule<()>, Failure> {
	use sc_rpc::{
		author::{Author, AuthorApiServer},
		chain::{self, ChainApiServer},
		offchain::{Offchain, OffchainApiServer},
		state::{self, ChildStateApiServer, StateApiServer},
		system::{System, SystemApiServer, SystemInfo},
	};
	let Sources {
		client,
		backend,
		pool,
		chain_spec,
		keystore,
		node,
		..
	} = sources;
	let system = SystemInfo {
		chain_name: chain_spec.name().into(),
		impl_name: node.name.clone(),
		impl_version: node.version.clone(),
		properties: chain_spec.properties(),
		chain_type: chain_spec.chain_type(),
	};
	let (state, child_state) = state::new_full(client.clone(), executor.clone(), None);

	let mut methods = RpcModule::new(());
	methods.merge(Author::new(client.clone(), pool.clone(), keystore.clone(), executor.clone()).into_rpc())?;
	methods.merge(chain::new_full(client.clone(), executor.clone()).into_rpc())?;
	methods.merge(state.into_rpc())?;
	methods.merge(child_state.into_rpc())?;
	methods.merge(System::new(system, node.system.clone()).into_rpc())?;
	if let Some(storage) = backend.offchain_storage() {
		methods.merge(Offchain::new(storage).into_rpc())?;
	}
	Ok(methods)
}

/// The methods that our consensus and our runtime bring.
fn own(sources: Sources, executor: SubscriptionTaskExecutor) -> Result<RpcModule<()>, Failure> {
	use mmr_rpc::{Mmr, MmrApiServer};
	use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
	use sc_consensus_babe_rpc::{Babe, BabeApiServer};
	use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
	use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
	use substrate_frame_rpc_system::{System, SystemApiServer};
	let Sources {
		client,
		backend,
		pool,
		select_chain,
		chain_spec,
		keystore,
		babe,
		grandpa,
		..
	} = sources;
	let authority_set = grandpa.authority_set;

	let mut methods = RpcModule::new(());
	methods.merge(System::new(client.clone(), pool).into_rpc())?;
	methods.merge(TransactionPayment::new(client.clone()).into_rpc())?;
	methods.merge(Babe::new(client.clone(), babe.clone(), keystore, select_chain).into_rpc())?;
	methods.merge(
		Grandpa::new(
			executor,
			authority_set.clone(),
			grandpa.voter_state,
			grandpa.justifications,
			grandpa.proofs,
		)
		.into_rpc(),
	)?;
	methods.merge(SyncState::new(chain_spec, client.clone(), authority_set, babe)?.into_rpc())?;
	if let Some(storage) = backend.offchain_storage() {
		methods.merge(Mmr::<_, (Block, Hash), _>::new(client, storage).into_rpc())?;
	}
	Ok(methods)
}
