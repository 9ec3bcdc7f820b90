// SPDX-License-Identifier: Apache-2.0

//! Audits and disputes.
//!
//! Periods count within limits, whatever governance sets them to: so short that a party that was kept out of eight blocks, or
//! had to sign again, loses by silence they are never, and never so long that pay waits for weeks. The table is that of
//! docs/disputes.md.

use super::{workers::Rules, NothingPerRecord, ToTreasury, WorkByteDeposit};
use crate::{
	configs::FreshRandomness,
	governance::EmergencyStop,
	launch::{EpochDuration, Periods},
	parameters::{
		disputes::{
			self as governed, AccusedPart, AgendaShare, BondPerMillionLeaves, CanaryBounty, ChallengeBond,
			CommitteeSize, DutyBond, InquiryBond, LongestPause, NewcomerFactor,
		},
		jobs::{Levy, TreasuryShare},
	},
	time::{DAYS, MINUTES},
	AccountId, Balance, Balances, Jobs, Launch, Models, MultiBlockMigrations, Runtime, RuntimeCall, RuntimeHoldReason,
	SafeMode, TxExtension, Workers,
};
use frame_support::{
	dispatch::GetDispatchInfo,
	migrations::MultiStepMigrator,
	parameter_types,
	traits::{fungible::HoldConsideration, EitherOf, Get, LinearStoragePrice},
	weights::Weight,
	PalletId,
};
use frame_system::EnsureRoot;
use sp_runtime::{
	generic::Era,
	traits::{SaturatedConversion, TransactionExtension},
	Permill,
};

/// From which rank on a contributor may announce work that is wrong on purpose.
pub const CANARY_RANK: u16 = 3;

parameter_types! {
	pub const DisputesPalletId: PalletId = PalletId(*b"atl/audt");
	pub const ReportRecord: RuntimeHoldReason = RuntimeHoldReason::Disputes(pallet_disputes::HoldReason::Report);
	/// Bonds cover what audits as frequent as this find out.
	pub AuditEvery: Balance = Rules::get().every;
	/// Newcomers are audited more often for the same levy, so that audits of work that one sells to oneself never earn more
	/// than it pays. The levy is a part of what worker and version get, and audits are drawn by all that is paid.
	pub AuditFee: Balance = {
		let (levy, treasury): (Permill, Permill) = (Levy::get(), TreasuryShare::get());
		let parts = |of: Permill| Balance::from(of.deconstruct());
		let all = parts(Permill::one()).saturating_add(parts(levy)).saturating_add(parts(treasury));
		let factor = Balance::from(NewcomerFactor::get().max(1));
		AuditEvery::get()
			.saturating_mul(parts(levy))
			.checked_div(all.saturating_mul(factor))
			.unwrap_or_default()
	};
	/// Randomness that nobody knew is there after two epochs at the latest.
	pub SeedDelay: u32 = EpochDuration::get().saturated_into::<u32>().saturating_mul(2).saturating_add(2);
	/// Not longer than unbonding lasts: a pause must not let bonds go.
	pub Pause: u32 = LongestPause::get().min(14 * DAYS);
	/// Part of a lost bond: never the whole.
	pub PartOfBond: Permill = AccusedPart::get().min(Permill::from_percent(50));
}

macro_rules! limited {
	($($name:ident: $least:expr, $most:expr;)*) => {$(
		#[doc = concat!("The governed `", stringify!($name), "` within its limits.")]
		pub struct $name;

		impl Get<u32> for $name {
			fn get() -> u32 {
				governed::$name::get().max($least).min($most)
			}
		}
	)*};
}

/// So many minutes; a few blocks on chains that are launched with short periods.
fn minutes(count: u32) -> u32 {
	match Launch::periods() {
		Periods::Production => count.saturating_mul(MINUTES),
		Periods::Short => 5,
	}
}

limited! {
	// To run drawn answers again.
	CommitPeriod: minutes(20), 3 * DAYS;
	// Nobody is to be kept out of all of it.
	RevealPeriod: minutes(10), 3 * DAYS;
	// To accuse what was found, and to show that reports are false.
	ChallengePeriod: minutes(20), 3 * DAYS;
	TracePeriod: minutes(20), 7 * DAYS;
	// More than any machine derives, and not so few that a trace takes weeks.
	LeavesPerTick: 1_024, 131_072;
	// To look for what is wrong in a trace; a bond is wagered on finding it.
	ProvePeriod: minutes(20), 7 * DAYS;
	// All moves of a party. After a slip each can have to wait for eight blocks, and after a restart to be computed anew.
	GamePeriod: minutes(60), 7 * DAYS;
	// Who is away for that long loses half of its bond.
	DutyPeriod: minutes(60), 7 * DAYS;
	AppealPeriod: minutes(20), 7 * DAYS;
}

/// What the largest move weighs beside its call: all that a transaction is checked for, and that it comes through a proxy.
pub struct MoveOverhead;

impl Get<Weight> for MoveOverhead {
	fn get() -> Weight {
		let extension: TxExtension = (
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckMortality::from(Era::mortal(64, 0)),
			frame_system::CheckNonce::from(0),
			crate::extensions::CourtOrder,
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(0),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		);
		// Whichever move it is: they are all operational.
		let dispute = Default::default();
		let own = RuntimeCall::from(pallet_disputes::Call::descend { dispute });
		let alone = own.get_dispatch_info().call_weight;
		let proxied = RuntimeCall::from(pallet_proxy::Call::proxy {
			real: AccountId::new([0; 32]).into(),
			force_proxy_type: None,
			call: own.into(),
		});
		let around = proxied.get_dispatch_info().call_weight.saturating_sub(alone);
		extension.weight(&proxied).saturating_add(around)
	}
}

/// Safe mode and migrations keep transactions out of blocks.
pub struct CourtIsStopped;

impl Get<bool> for CourtIsStopped {
	fn get() -> bool {
		SafeMode::is_entered() || MultiBlockMigrations::ongoing()
	}
}

impl pallet_disputes::Config for Runtime {
	type AccusedPart = PartOfBond;
	type AgendaShare = AgendaShare;
	type AppealPeriod = AppealPeriod;
	type AuditEvery = AuditEvery;
	type AuditFee = AuditFee;
	type BondPerMillionLeaves = BondPerMillionLeaves;
	type CanaryBounty = CanaryBounty;
	type CanaryOrigin = pallet_ranked_collective::EnsureMember<Runtime, (), CANARY_RANK>;
	type ChallengeBond = ChallengeBond;
	type ChallengePeriod = ChallengePeriod;
	type CommitPeriod = CommitPeriod;
	type CommitteeSize = CommitteeSize;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		ReportRecord,
		LinearStoragePrice<NothingPerRecord, WorkByteDeposit, Balance>,
	>;
	type Currency = Balances;
	type DutyBond = DutyBond;
	type DutyPeriod = DutyPeriod;
	type GamePeriod = GamePeriod;
	type InquiryBond = InquiryBond;
	type LeavesPerTick = LeavesPerTick;
	type LongestPause = Pause;
	type MoveOverhead = MoveOverhead;
	type Lost = ToTreasury;
	type NewcomerFactor = NewcomerFactor;
	type PalletId = DisputesPalletId;
	type PauseOrigin = EitherOf<EnsureRoot<AccountId>, EmergencyStop>;
	type ProvePeriod = ProvePeriod;
	type Randomness = FreshRandomness;
	type RevealPeriod = RevealPeriod;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SeedDelay = SeedDelay;
	type Suspended = CourtIsStopped;
	type TracePeriod = TracePeriod;
	type Versions = Models;
	type WeightInfo = crate::weights::pallet_disputes::WeightInfo<Runtime>;
	type Workers = Workers;
	type Works = Jobs;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::WorkHelper;
}
