// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The JSON-RPC methods that the node adds to those of every Substrate service.
//!
//! `sc-service` itself brings `author`, `chain`, `state`, `system`, `offchain` and the new specification (`chainHead`,
//! `chainSpec`, `transaction`, and `archive` on archive nodes).

use crate::service::{Backend, Block, Client, SelectChain, TransactionPool};
use atelier_runtime::{BlockNumber, Hash};
use jsonrpsee::RpcModule;
use sc_client_api::Backend as _;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_rpc::SubscriptionTaskExecutor;
use sp_keystore::KeystorePtr;
use std::{error::Error, sync::Arc};

/// What the methods read from BABE.
#[derive(Clone)]
pub struct Babe {
	/// Answers questions about epochs. While one exists the BABE worker runs, so it must live as long as the node.
	pub worker: BabeWorkerHandle<Block>,
	/// Holds the authority's keys.
	pub keystore: KeystorePtr,
}

/// What the methods read from GRANDPA.
#[derive(Clone)]
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
	/// Block production.
	pub babe: Babe,
	/// Finality.
	pub grandpa: Grandpa,
}

/// The methods, for one RPC server.
pub fn module(
	sources: &Sources,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
	use mmr_rpc::{Mmr, MmrApiServer};
	use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
	use sc_consensus_babe_rpc::{Babe as BabeRpc, BabeApiServer};
	use sc_consensus_grandpa_rpc::{Grandpa as GrandpaRpc, GrandpaApiServer};
	use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
	use substrate_frame_rpc_system::{System, SystemApiServer};

	let Sources {
		client,
		backend,
		pool,
		select_chain,
		chain_spec,
		babe,
		grandpa,
	} = sources;

	let mut module = RpcModule::new(());

	module.merge(System::new(client.clone(), pool.clone()).into_rpc())?;

	module.merge(TransactionPayment::new(client.clone()).into_rpc())?;

	module.merge(
		BabeRpc::new(
			client.clone(),
			babe.worker.clone(),
			babe.keystore.clone(),
			select_chain.clone(),
		)
		.into_rpc(),
	)?;

	module.merge(
		GrandpaRpc::new(
			executor,
			grandpa.authority_set.clone(),
			grandpa.voter_state.clone(),
			grandpa.justifications.clone(),
			grandpa.proofs.clone(),
		)
		.into_rpc(),
	)?;

	module.merge(
		SyncState::new(
			chain_spec.cloned_box(),
			client.clone(),
			grandpa.authority_set.clone(),
			babe.worker.clone(),
		)?
		.into_rpc(),
	)?;

	if let Some(storage) = backend.offchain_storage() {
		module.merge(Mmr::<_, (Block, Hash), _>::new(client.clone(), storage).into_rpc())?;
	}

	Ok(module)
}
