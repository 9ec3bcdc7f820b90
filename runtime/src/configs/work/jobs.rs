// SPDX-License-Identifier: Apache-2.0

//! Jobs and sessions: escrow, claims, settlement.

use super::{
	limits::{
		AcceptPeriod, AgendaShare, ChallengePeriod, DemandBond, DemandPeriod, FailureFine, FloatCap, Hearing,
		LeastChallenge, LeastTime, MaxLife, MinEscrow, RefusalFine, StartPeriod, UnitsPerBlock,
	},
	NothingPerRecord, ToTreasury, WorkByteDeposit,
};
use crate::{
	parameters::jobs::{Levy, TreasuryShare},
	AccountId, Balance, Balances, BlockNumber, Disputes, Jobs, Models, Rewards, Runtime, RuntimeHoldReason, Signature,
	System, TransactionPayment, Workers,
};
use atelier_primitives::work::audits::Audits;
use atelier_referee::hash::Digest;
use frame_support::{
	dispatch::DispatchInfo,
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, LinearStoragePrice},
	weights::Weight,
	PalletId,
};
use pallet_babe::RandomnessFromOneEpochAgo;
use sp_runtime::traits::{Convert, Verify};

parameter_types! {
	pub const JobsPalletId: PalletId = PalletId(*b"atl/jobs");
	pub const JobRecord: RuntimeHoldReason = RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::Record);
	/// What drawing weighs is known to the pallet that does it.
	pub DrawWeight: Weight = <<Runtime as pallet_workers::Config>::WeightInfo as pallet_workers::WeightInfo>::draw();
	/// A session that settles as often as it may, sixteen times in a window, is so paid four settlements at a time.
	pub Patience: BlockNumber = <Disputes as Audits<Balance>>::window() / 4;
}

/// What a call costs its sender now, without a tip.
pub struct CallFee;

impl Convert<(Weight, u32), Balance> for CallFee {
	fn convert((call_weight, length): (Weight, u32)) -> Balance {
		let info = DispatchInfo {
			call_weight,
			..Default::default()
		};
		TransactionPayment::compute_fee(length, &info, 0)
	}
}

/// What was settled in the block before this one, for the chain's mountain range: receipts can be verified long after their
/// records are gone.
pub struct SettledRoot;

impl sp_mmr_primitives::LeafDataProvider for SettledRoot {
	type LeafData = Option<Digest>;

	fn leaf_data() -> Self::LeafData {
		let (at, root) = Jobs::settled_root()?;
		(at.saturating_add(1) == System::block_number()).then_some(root.digest)
	}
}

impl pallet_jobs::Config for Runtime {
	type AcceptPeriod = AcceptPeriod;
	type AgendaShare = AgendaShare;
	type Audits = Disputes;
	/// More than 900 settlements of a block, which are due in one block: its sessions' first ones, and what was put off.
	type BucketSize = ConstU32<2_048>;
	type ChallengePeriod = ChallengePeriod;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		JobRecord,
		LinearStoragePrice<NothingPerRecord, WorkByteDeposit, Balance>,
	>;
	type Currency = Balances;
	type DemandBond = DemandBond;
	type DemandPeriod = DemandPeriod;
	type DrawWeight = DrawWeight;
	type FailureFine = FailureFine;
	type FloatCap = FloatCap;
	type Hearing = Hearing;
	type LeastChallenge = LeastChallenge;
	type LeastTime = LeastTime;
	type Levy = Levy;
	type MaxLife = MaxLife;
	type MinEscrow = MinEscrow;
	type PalletId = JobsPalletId;
	type Patience = Patience;
	type PostingCost = CallFee;
	type Pots = Rewards;
	type Randomness = RandomnessFromOneEpochAgo<Runtime>;
	type RefusalFine = RefusalFine;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Signature = Signature;
	type Signer = <Signature as Verify>::Signer;
	type StartPeriod = StartPeriod;
	type Treasury = ToTreasury;
	type TreasuryShare = TreasuryShare;
	type UnitsPerBlock = UnitsPerBlock;
	type Versions = Models;
	type WeightInfo = crate::weights::pallet_jobs::WeightInfo<Runtime>;
	type Workers = Workers;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::WorkHelper;
}
