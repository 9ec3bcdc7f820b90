// SPDX-License-Identifier: Apache-2.0

//! The validator set and what it earns.

use super::consensus::MaxValidators;
use crate::{
	economics::ValidatorPot,
	parameters::{economics::BlockReward, validators::MinValidators},
	AccountId, Balances, Runtime,
};
use frame_system::EnsureRoot;

impl pallet_validators::Config for Runtime {
	type BlockReward = BlockReward;
	type RewardCurrency = Balances;
	/// Whoever chooses the validators chooses what is final, so it takes both chambers.
	type ManageOrigin = EnsureRoot<AccountId>;
	type MaxValidators = MaxValidators;
	type MinValidators = MinValidators;
	type PotId = ValidatorPot;
	type WeightInfo = crate::weights::pallet_validators::WeightInfo<Runtime>;
}
