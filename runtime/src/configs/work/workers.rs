// SPDX-License-Identifier: Apache-2.0

//! Workers and their bonds.

use super::{NothingPerRecord, ToTreasury, WorkByteDeposit};
use crate::{
	governance::RegistryModerator,
	parameters::workers::{
		DeterrenceRules, LazyAuditSlash, Liveness, MinBond, NewcomerUntil, SlashDelay, UnbondingPeriod,
	},
	time::DAYS,
	AccountId, Balance, Balances, BlockNumber, Models, Runtime, RuntimeHoldReason,
};
use atelier_primitives::{ids::VersionId, work::workers::Retrievable};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, EitherOf, Get, LinearStoragePrice},
	PalletId,
};
use frame_system::EnsureRoot;
use pallet_workers::Deterrence;
use sp_runtime::Permill;

parameter_types! {
	pub const WorkersPalletId: PalletId = PalletId(*b"atl/work");
	pub const WorkerRecord: RuntimeHoldReason = RuntimeHoldReason::Workers(pallet_workers::HoldReason::Record);
	/// Who was proved wrong loses all of its bond. Never less than silence costs.
	pub const AllOfIt: Permill = Permill::one();
	/// Audit window, dispute, and the longest pause: 18 days.
	pub const LeastUnbonding: BlockNumber = 18 * DAYS;
	/// Silence costs what the cover counts on: who is found out chooses the mildest fault.
	pub SilenceCosts: Permill = DeterrenceRules::get().slashed;
	pub Unbonding: BlockNumber = UnbondingPeriod::get().max(LeastUnbonding::get());
	pub Rules: Deterrence<Balance> = DeterrenceRules::get();
}

/// Every version counts as one whose weights can be had: hosts cannot say so in a form that the chain can look up yet. An auditor
/// that cannot get the weights has the worker serve drawn chunks.
pub struct AnyWeights;

impl Retrievable for AnyWeights {
	fn attested(_: VersionId, _: BlockNumber) -> bool {
		true
	}
}

impl pallet_workers::Config for Runtime {
	type CancelOrigin = EitherOf<EnsureRoot<AccountId>, RegistryModerator>;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		WorkerRecord,
		LinearStoragePrice<NothingPerRecord, WorkByteDeposit, Balance>,
	>;
	type Currency = Balances;
	type Deterrence = Rules;
	type LazyAuditSlash = LazyAuditSlash;
	type LeastUnbonding = LeastUnbonding;
	type Liveness = Liveness;
	type MaxOfferers = ConstU32<4_096>;
	type MaxOffers = ConstU32<32>;
	type MinBond = MinBond;
	type NewcomerUntil = NewcomerUntil;
	type NotServedSlash = SilenceCosts;
	type PalletId = WorkersPalletId;
	type Retrievable = AnyWeights;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Slash = ToTreasury;
	type SlashDelay = SlashDelay;
	type Unbonding = Unbonding;
	type Versions = Models;
	type WeightInfo = ();
	type WrongSlash = AllOfIt;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::WorkHelper;
}
