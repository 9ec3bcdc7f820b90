// SPDX-License-Identifier: Apache-2.0

//! Data and attestations.

use crate::{
	economics::deposit, AccountId, Balance, Balances, Jobs, Models, Provenance, Rewards, Runtime, RuntimeHoldReason,
	System,
};
use atelier_primitives::ids::{Subject, Subjects};
use frame_support::{parameter_types, traits::LinearStoragePrice};

parameter_types! {
	/// Beside its bytes a record takes an item of state, and its index entries one each: three for an attestation.
	pub const RecordDeposit: Balance = deposit(3, 0);
	pub const RecordByteDeposit: Balance = deposit(0, 1);
}

/// What is on the chain, so that something can be attested of it.
pub struct Registered;

impl Subjects<AccountId> for Registered {
	fn exists(subject: &Subject<AccountId>) -> bool {
		match subject {
			Subject::Dataset(_) => Provenance::exists(subject),
			Subject::Version(version) => Models::version_exists(*version),
			Subject::Account(account) => System::account_exists(account),
			Subject::Job(job) => Jobs::job_exists(*job),
			// Nobody makes any yet.
			Subject::Round(_) => false,
		}
	}
}

impl pallet_provenance::Config for Runtime {
	type BlockNumberProvider = System;
	type Currency = Balances;
	type Holdings = Rewards;
	type OnWithdrawal = Models;
	type RuntimeHoldReason = RuntimeHoldReason;
	type StoragePrice = LinearStoragePrice<RecordDeposit, RecordByteDeposit, Balance>;
	type Subjects = Registered;
	type WeightInfo = crate::weights::pallet_provenance::WeightInfo<Runtime>;
}
