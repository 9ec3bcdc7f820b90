// SPDX-License-Identifier: Apache-2.0

//! Blocks: their limits, versions, and upgrades in steps.

use crate::{
	time::SLOT_DURATION, AccountId, Balance, Block, Hash, Migrations, MultiBlockMigrations, Nonce, PalletInfo, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, SafeMode, VERSION,
};
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	parameter_types,
	traits::{ConstU32, ConstU64, Contains, InsideBoth},
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_MILLIS},
		Weight,
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::{traits::AccountIdLookup, Perbill};
use sp_version::RuntimeVersion;

/// Users' transactions get three quarters of a block; the rest is left to operational ones, so that governance and the
/// court move even when the chain is full.
const NORMAL_RATIO: Perbill = Perbill::from_percent(75);
/// What hooks may take before the first extrinsic, used to tell whether any fits.
const AVERAGE_ON_INITIALIZE: Perbill = Perbill::from_percent(5);

/// Three tenths of a second in the reference time of the weights. A block must be built, sent, and imported within a slot of
/// three seconds by machines slower than the one that measured the weights. Measured with half a second (docs/benchmarks.md):
/// the dev profile's node took 1.2 s to import what users may fill; this keeps a full block below one second even there.
pub const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(300 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// A full block must cross a 20 Mbit/s line within a slot's two thirds; a runtime of about 1 MB must fit into one transaction.
pub const MAXIMUM_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;

/// This part of a block's weight.
pub(super) fn block_part(part: Perbill) -> Weight {
	Weight::from_parts(
		part.mul_floor(MAXIMUM_BLOCK_WEIGHT.ref_time()),
		part.mul_floor(MAXIMUM_BLOCK_WEIGHT.proof_size()),
	)
}

parameter_types! {
	pub const Version: RuntimeVersion = VERSION;
	/// 42: the generic prefix, until a registered one is worth its trouble.
	pub const SS58Prefix: u16 = 42;
	pub LengthLimits: BlockLength = BlockLength::builder()
		.max_length(MAXIMUM_BLOCK_LENGTH)
		.modify_max_length_for_class(DispatchClass::Normal, |length| *length = NORMAL_RATIO.mul_floor(MAXIMUM_BLOCK_LENGTH))
		.build();
	pub BlockLimits: BlockWeights = BlockWeights::builder()
		.base_block(frame_support::weights::constants::BlockExecutionWeight::get())
		.for_class(DispatchClass::all(), |weights| {
			weights.base_extrinsic = frame_support::weights::constants::ExtrinsicBaseWeight::get();
		})
		.for_class(DispatchClass::Normal, |weights| {
			weights.max_total = Some(block_part(NORMAL_RATIO));
		})
		.for_class(DispatchClass::Operational, |weights| {
			weights.max_total = Some(MAXIMUM_BLOCK_WEIGHT);
			weights.reserved = Some(MAXIMUM_BLOCK_WEIGHT.saturating_sub(block_part(NORMAL_RATIO)));
		})
		.avg_block_initialization(AVERAGE_ON_INITIALIZE)
		.build_or_panic();
	/// Multi-block migrations may take half a block: the other half keeps consensus going.
	pub MigrationWeight: Weight = block_part(Perbill::from_percent(50));
}

/// Keys of a validator in service must not vanish: [`pallet_validators::Pallet::purge_keys`] is the way.
pub struct NotPurgingKeys;

impl Contains<RuntimeCall> for NotPurgingKeys {
	fn contains(call: &RuntimeCall) -> bool {
		!matches!(call, RuntimeCall::Session(pallet_session::Call::purge_keys {}))
	}
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountId = AccountId;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BaseCallFilter = InsideBoth<NotPurgingKeys, SafeMode>;
	type Block = Block;
	/// Transactions live at most this long; three hours and a half.
	type BlockHashCount = frame_support::traits::ConstU32<4096>;
	type BlockLength = LengthLimits;
	type BlockWeights = BlockLimits;
	type DbWeight = ParityDbWeight;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type Hash = Hash;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type MaxConsumers = ConstU32<64>;
	type MultiBlockMigrator = MultiBlockMigrations;
	type Nonce = Nonce;
	type SS58Prefix = SS58Prefix;
	type SingleBlockMigrations = Migrations;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type Version = Version;
}

impl pallet_timestamp::Config for Runtime {
	type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
	type Moment = u64;
	type OnTimestampSet = crate::Babe;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_migrations::Config for Runtime {
	type CursorMaxLen = ConstU32<65_536>;
	/// A failed migration freezes transactions but not consensus, so that governance's operational calls are not lost
	/// silently: operators see the halted state and can ship a corrected runtime.
	type FailedMigrationHandler = frame_support::migrations::FreezeChainOnFailedMigration;
	type IdentifierMaxLen = ConstU32<256>;
	type MaxServiceWeight = MigrationWeight;
	type MigrationStatusHandler = ();
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Migrations = ();
	#[cfg(feature = "runtime-benchmarks")]
	type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}
