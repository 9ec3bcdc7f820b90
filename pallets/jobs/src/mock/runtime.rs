// SPDX-License-Identifier: Apache-2.0

//! The runtime, and what of it a test can change.

use super::*;
use crate as pallet_jobs;
use atelier_primitives::{ids::VersionId, models::Refused};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{Balanced, Credit, HoldConsideration},
		ConstU128, ConstU32, LinearStoragePrice, OnUnbalanced,
	},
	weights::Weight,
	PalletId,
};
use sp_runtime::{
	traits::{IdentityLookup, Verify},
	AccountId32, MultiSignature, Permill,
};
use std::collections::BTreeMap;

pub type AccountId = AccountId32;
pub type Balance = u128;
type Block = frame_system::mocking::MockBlockU32<Test>;
pub type MoneyOf = Credit<AccountId, Balances>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Jobs: pallet_jobs,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountData = pallet_balances::AccountData<Balance>;
	type AccountId = AccountId;
	type Block = Block;
	type Lookup = IdentityLookup<AccountId>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type DustRemoval = To<TREASURY>;
	type ExistentialDeposit = ConstU128<ED>;
}

/// What a call costs: something, and a unit for each byte.
pub struct Cost;

impl sp_runtime::traits::Convert<(Weight, u32), Balance> for Cost {
	fn convert((_, bytes): (Weight, u32)) -> Balance {
		COST + Balance::from(bytes)
	}
}

/// An account that money goes to.
pub struct To<const WHO: u8>;

impl<const WHO: u8> OnUnbalanced<MoneyOf> for To<WHO> {
	fn on_nonzero_unbalanced(money: MoneyOf) {
		Balances::resolve(&acc(WHO), money).unwrap();
	}
}

parameter_types! {
	pub const DrawWeight: Weight = Weight::from_parts(4_000_000_000, 400_000);
	pub const RecordReason: RuntimeHoldReason = RuntimeHoldReason::Jobs(crate::HoldReason::Record);
	pub const JobsId: PalletId = PalletId(*b"test/job");
	pub static Levy: Permill = Permill::from_percent(2);
	pub static TreasuryShare: Permill = Permill::from_percent(5);
	pub static ChallengePeriod: u32 = CHALLENGE;
	pub static MaxLife: u32 = LIFE;
	pub static MinEscrow: Balance = 1_000;
	pub static FloatCap: Balance = 50_000;
	pub static AgendaShare: Permill = Permill::from_percent(10);
	pub static AuditWindow: u32 = WINDOW;
	pub static StartPeriod: u32 = START;
	/// How many blocks the court counted, if that is what counts.
	pub static Counted: Option<u32> = None;
	pub static BucketSize: u32 = 4;
	pub static Patience: u32 = 0;
	/// Whether pots and auditors take money.
	pub static PotsOpen: bool = true;
	pub static AuditFee: Balance = AUDIT;
	pub static FundOpen: bool = true;
	/// Why versions may not be used.
	pub static Barred: BTreeMap<VersionId, Refused> = BTreeMap::new();
	pub static Random: u8 = 0;
	/// For how many blocks nobody could speak to the court.
	pub static Stopped: u32 = 0;
}

impl pallet_jobs::Config for Test {
	type AcceptPeriod = ConstU32<ACCEPT>;
	type AgendaShare = AgendaShare;
	type Audits = World;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
	type BucketSize = BucketSize;
	type ChallengePeriod = ChallengePeriod;
	type Consideration =
		HoldConsideration<AccountId, Balances, RecordReason, LinearStoragePrice<ConstU128<0>, ConstU128<1>, Balance>>;
	type Currency = Balances;
	type DemandBond = ConstU128<BOND>;
	type DrawWeight = DrawWeight;
	type DemandPeriod = ConstU32<DEMAND>;
	type FailureFine = ConstU128<FAILURE>;
	type FloatCap = FloatCap;
	type Hearing = ConstU32<HEARING>;
	type LeastChallenge = ConstU32<10>;
	type LeastTime = ConstU32<10>;
	type Levy = Levy;
	type MaxLife = MaxLife;
	type MinEscrow = MinEscrow;
	type PalletId = JobsId;
	type Patience = Patience;
	type PostingCost = Cost;
	type Pots = World;
	type Randomness = World;
	type RefusalFine = ConstU128<REFUSAL>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Signature = MultiSignature;
	type Signer = <MultiSignature as Verify>::Signer;
	type StartPeriod = StartPeriod;
	type Treasury = To<TREASURY>;
	type TreasuryShare = TreasuryShare;
	type UnitsPerBlock = ConstU32<100>;
	type Versions = World;
	type WeightInfo = ();
	type Workers = World;
}

/// As it is before any test.
pub fn reset() {
	Levy::set(Permill::from_percent(2));
	TreasuryShare::set(Permill::from_percent(5));
	ChallengePeriod::set(CHALLENGE);
	MaxLife::set(LIFE);
	MinEscrow::set(1_000);
	FloatCap::set(50_000);
	AgendaShare::set(Permill::from_percent(10));
	AuditWindow::set(WINDOW);
	StartPeriod::set(START);
	Counted::set(None);
	BucketSize::set(4);
	Patience::set(0);
	PotsOpen::set(true);
	AuditFee::set(AUDIT);
	FundOpen::set(true);
	Barred::set(BTreeMap::new());
	Random::set(0);
	Stopped::set(0);
}
