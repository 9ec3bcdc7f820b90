// SPDX-License-Identifier: Apache-2.0

//! What `make weights` measures, and the helpers that the benchmarks of SDK pallets ask a runtime for.

use crate::{configs::QuoteUnit, AccountId, AllPalletsWithSystem, Runtime, Signature};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{baseline::Pallet as Baseline, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::{extensions::Pallet as SystemExtensions, Pallet as SystemBench};

frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, Baseline::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensions::<Runtime>]
	[pallet_asset_rate, crate::AssetRate]
	[pallet_balances, crate::Balances]
	[pallet_conviction_voting, crate::ConvictionVoting]
	[pallet_core_fellowship, crate::ContributorsCore]
	[pallet_meta_tx, crate::MetaTx]
	[pallet_migrations, crate::MultiBlockMigrations]
	[pallet_mmr, crate::Mmr]
	[pallet_multisig, crate::Multisig]
	[pallet_parameters, crate::Parameters]
	[pallet_preimage, crate::Preimage]
	[pallet_proxy, crate::Proxy]
	[pallet_ranked_collective, crate::ContributorsCollective]
	[pallet_referenda, crate::Referenda]
	[pallet_safe_mode, crate::SafeMode]
	[pallet_scheduler, crate::Scheduler]
	[pallet_timestamp, crate::Timestamp]
	[pallet_transaction_payment, crate::TransactionPayment]
	[pallet_treasury, crate::Treasury]
	[pallet_utility, crate::Utility]
	[pallet_validators, crate::Validators]
	[pallet_verify_signature, crate::VerifySignature]
	[pallet_whitelist, crate::Whitelist]
);

/// The benchmarks there are, and the storage that they touch.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Runs one benchmark.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

impl frame_system_benchmarking::Config for Runtime {}
impl frame_benchmarking::baseline::Config for Runtime {}
impl pallet_transaction_payment::BenchmarkConfig for Runtime {}

/// A payment out of the treasury.
pub struct TreasuryArguments;

impl pallet_treasury::ArgumentsFactory<(), AccountId> for TreasuryArguments {
	fn create_asset_kind(_: u32) {}

	fn create_beneficiary(seed: [u8; 32]) -> AccountId {
		AccountId::new(seed)
	}
}

/// The one unit that there is.
pub struct QuoteUnits;

impl pallet_asset_rate::AssetKindFactory<QuoteUnit> for QuoteUnits {
	fn create_asset_kind(_: u32) -> QuoteUnit {
		QuoteUnit::MicroUsd
	}
}

/// A signature of the kind that costs most to check.
pub struct SignatureHelper;

impl pallet_verify_signature::BenchmarkHelper<Signature, AccountId> for SignatureHelper {
	fn create_signature(_entropy: &[u8], message: &[u8]) -> (Signature, AccountId) {
		use sp_io::crypto::{sr25519_generate, sr25519_sign};
		use sp_runtime::traits::IdentifyAccount;
		let public = sr25519_generate(0.into(), None);
		let account = sp_runtime::MultiSigner::Sr25519(public).into_account();
		// Without a signature the default one fails the benchmark's own check.
		let signature = Signature::Sr25519(sr25519_sign(0.into(), &public, message).unwrap_or_default());
		(signature, account)
	}
}
