// SPDX-License-Identifier: Apache-2.0

//! Pots.

use crate::{
	parameters::rewards::{EraLength, ErasKept, MinDistribution, MinTip, QueueShare},
	AccountId, Balances, BlockNumber, Models, Provenance, Runtime, RuntimeHoldReason, Treasury,
};
use atelier_primitives::{
	ids::{Subject, Subjects},
	pots::{Pot, Split, Splits},
};
use frame_support::{parameter_types, traits::Get, PalletId};

parameter_types! {
	pub const RewardsPalletId: PalletId = PalletId(*b"atl/pots");
	pub TreasuryAccount: AccountId = Treasury::account_id();
	/// An era of no blocks would never end.
	pub Era: BlockNumber = EraLength::get().max(1);
}

/// Versions and datasets, each asked at its own registry.
pub struct Registries;

impl Splits<AccountId> for Registries {
	fn split(pot: Pot) -> Option<Split<AccountId>> {
		match pot {
			Pot::Version(_) => Models::split(pot),
			Pot::Dataset(_) => Provenance::split(pot),
		}
	}

	fn exists(pot: Pot) -> bool {
		match pot {
			Pot::Version(version) => Models::version_exists(version),
			Pot::Dataset(dataset) => <Provenance as Subjects<AccountId>>::exists(&Subject::Dataset(dataset)),
		}
	}
}

impl pallet_rewards::Config for Runtime {
	type CrumbsTo = TreasuryAccount;
	type Currency = Balances;
	type EraLength = Era;
	type ErasKept = ErasKept;
	type MinDistribution = MinDistribution;
	type MinTip = MinTip;
	type PalletId = RewardsPalletId;
	type QueueShare = QueueShare;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Splits = Registries;
	type WeightInfo = crate::weights::pallet_rewards::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::RegistryHelper;
}
