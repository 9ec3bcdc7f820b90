// SPDX-License-Identifier: Apache-2.0

//! Money: accounts' balances and what a transaction costs.

use crate::{
	economics::{OperationalFeeMultiplier, TransactionByteFee, EXISTENTIAL_DEPOSIT},
	fees::{DivideFees, DustToTreasury, WeightFee},
	Balance, Balances, Runtime, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason, System,
};
use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, VariantCountOf},
	weights::ConstantMultiplier,
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{traits::Bounded, FixedPointNumber, Perquintill};

impl pallet_balances::Config for Runtime {
	type AccountStore = System;
	type Balance = Balance;
	type DoneSlashHandler = ();
	type DustRemoval = DustToTreasury;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	/// Locks and reserves are only used by parts of the SDK that do not know holds yet.
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type ReserveIdentifier = [u8; 8];
	type RuntimeEvent = RuntimeEvent;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	/// The fullness that keeps fees where they are.
	pub const TargetFullness: Perquintill = Perquintill::from_percent(25);
	/// A full block raises fees by 0.0056% and an empty one lowers them by 0.0019%: full blocks double them in about ten
	/// hours, empty ones halve them in about thirty.
	pub AdjustmentSpeed: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	/// Fees of an idle chain fall to a tenth of the stated ones, so that a siege always starts from a price.
	pub LowestMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10);
	pub HighestMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
	/// Rises while blocks are fuller than a quarter and falls while they are emptier: a burst is cheap, a siege is not.
	type FeeMultiplierUpdate =
		TargetedFeeAdjustment<Self, TargetFullness, AdjustmentSpeed, LowestMultiplier, HighestMultiplier>;
	type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
	type OnChargeTransaction = FungibleAdapter<Balances, DivideFees>;
	type OperationalFeeMultiplier = OperationalFeeMultiplier;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
	type WeightToFee = WeightFee;
}
