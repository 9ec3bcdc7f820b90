// SPDX-License-Identifier: Apache-2.0

//! The state transition function of the Atelier chain.
//!
//! | where | what |
//! | --- | --- |
//! | [`configs`] | how the pallets are configured and joined, one file for each concern |
//! | [`governance`] | the two chambers: origins and tracks |
//! | [`parameters`] | what governance tunes without a new runtime |
//! | [`extensions`] | which transactions are admitted into the kept part of blocks |
//! | [`economics`], [`fees`] | supply, prices, deposits, with their reasons; who gets what a transaction pays |
//! | [`launch`], [`genesis`] | what a chain starts from, and the named presets |
//! | `apis` | what clients may ask the runtime |
//! | [`weights`] | measured costs |

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod economics;
pub mod extensions;
pub mod fees;
pub mod genesis;
pub mod governance;
pub mod launch;
pub mod parameters;
pub mod time;
mod version;
pub mod weights;

use alloc::vec::Vec;
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};

pub use apis::{RuntimeApi, RUNTIME_API_VERSIONS};
pub use version::VERSION;

/// A signature by any of the supported schemes.
pub type Signature = MultiSignature;
/// What an account is known by: the public key's hash or the key.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Amounts of the chain's token, in its smallest unit.
pub type Balance = u128;
/// Counts an account's transactions.
pub type Nonce = u32;
pub type Hash = sp_core::H256;
pub type Hashing = BlakeTwo256;
pub type BlockNumber = u32;
pub type Address = MultiAddress<AccountId, ()>;
pub type Header = generic::Header<BlockNumber, Hashing>;
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
pub type SignedBlock = generic::SignedBlock<Block>;
pub type BlockId = generic::BlockId<Block>;

/// What a transaction is checked for, and charged, before its call runs.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	extensions::CourtOrder,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// What a call that somebody else pays for is checked for.
pub type MetaTxExtension = (
	pallet_verify_signature::VerifySignature<Runtime>,
	pallet_meta_tx::MetaTxMarker<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
);

pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// Single-block migrations of this version; multi-block ones are in `configs/system.rs`.
pub type Migrations = ();

pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// Types for code that does not look into extrinsics: the node.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	pub type Header = super::Header;
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	pub type BlockId = generic::BlockId<Block>;
	pub type Hash = <BlakeTwo256 as sp_runtime::traits::Hash>::Output;

	sp_runtime::impl_opaque_keys! {
		/// The keys that a validator signs with; another list from its account's key.
		pub struct SessionKeys {
			pub grandpa: Grandpa,
			pub babe: Babe,
			pub authority_discovery: AuthorityDiscovery,
		}
	}
}

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	// Blocks. 0 to 9.
	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Parameters = pallet_parameters;
	#[runtime::pallet_index(3)]
	pub type Launch = crate::launch::pallet_launch;
	#[runtime::pallet_index(4)]
	pub type MultiBlockMigrations = pallet_migrations;
	#[runtime::pallet_index(5)]
	pub type SafeMode = pallet_safe_mode;

	// Money. 10 to 19.
	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(11)]
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(12)]
	pub type Treasury = pallet_treasury;
	#[runtime::pallet_index(13)]
	pub type AssetRate = pallet_asset_rate;

	// Consensus. 20 to 29. Babe before Session: it decides when a session ends. Session before Authorship: the first block
	// of an epoch names its author by the new epoch's authorities, so they must be in place when the author is looked up.
	#[runtime::pallet_index(20)]
	pub type Babe = pallet_babe;
	#[runtime::pallet_index(21)]
	pub type Validators = pallet_validators;
	#[runtime::pallet_index(22)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(23)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(24)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(25)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(26)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(27)]
	pub type AuthorityDiscovery = pallet_authority_discovery;
	#[runtime::pallet_index(28)]
	pub type Mmr = pallet_mmr;

	// Accounts together. 30 to 39.
	#[runtime::pallet_index(30)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(31)]
	pub type Multisig = pallet_multisig;
	#[runtime::pallet_index(32)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(33)]
	pub type VerifySignature = pallet_verify_signature;
	#[runtime::pallet_index(34)]
	pub type MetaTx = pallet_meta_tx;
	#[runtime::pallet_index(35)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(36)]
	pub type Scheduler = pallet_scheduler;

	// Governance. 40 to 49. The contributors' collective after its referenda.
	#[runtime::pallet_index(40)]
	pub type Origins = crate::governance::pallet_origins;
	#[runtime::pallet_index(41)]
	pub type ConvictionVoting = pallet_conviction_voting;
	#[runtime::pallet_index(42)]
	pub type Referenda = pallet_referenda;
	#[runtime::pallet_index(43)]
	pub type Whitelist = pallet_whitelist;
	#[runtime::pallet_index(44)]
	pub type ContributorsCollective = pallet_ranked_collective;
	#[runtime::pallet_index(45)]
	pub type ContributorsCore = pallet_core_fellowship;
	#[runtime::pallet_index(46)]
	pub type ContributorsReferenda = pallet_referenda<Instance2>;

	// Models, data, and the pots that pay their makers. 50 to 59.
	#[runtime::pallet_index(50)]
	pub type Models = pallet_models;
	#[runtime::pallet_index(51)]
	pub type Provenance = pallet_provenance;
	#[runtime::pallet_index(52)]
	pub type Rewards = pallet_rewards;

	// Work: who does it, how it is paid, who looks whether it is right. 60 to 69.
	#[runtime::pallet_index(60)]
	pub type Workers = pallet_workers;
	#[runtime::pallet_index(61)]
	pub type Jobs = pallet_jobs;
	#[runtime::pallet_index(62)]
	pub type Disputes = pallet_disputes;

	// 70 to 89: training.
}
