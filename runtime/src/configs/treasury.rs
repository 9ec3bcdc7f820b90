// SPDX-License-Identifier: Apache-2.0

//! The common purse, and the rate at which the token is quoted in a stable unit.

use crate::{
	economics::ATL,
	governance::{ParametersAdmin, Treasurer},
	parameters::economics::{TreasuryPayoutPeriod, TreasurySpendPeriod},
	AccountId, Balance, Balances, BlockNumber, Runtime, RuntimeEvent, System,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{
		tokens::{PayFromAccount, UnityAssetBalanceConversion},
		ConstU32, EitherOf, Get,
	},
	PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureWithSuccess};
use pallet_treasury::TreasuryAccountId;
use scale_info::TypeInfo;
use sp_runtime::{traits::IdentityLookup, Permill};

parameter_types! {
	pub const TreasuryPalletId: PalletId = PalletId(*b"atl/trsy");
	/// Nothing is burned: what nobody spends stays.
	pub const NoBurn: Permill = Permill::zero();
	/// One referendum of the treasurers' track spends at most this, a thousandth of all tokens; more takes both chambers.
	pub const TreasurerLimit: Balance = 1_000_000 * ATL;
	pub const NoLimit: Balance = Balance::MAX;
	/// A period of zero would divide by zero.
	pub SpendPeriod: BlockNumber = TreasurySpendPeriod::get().max(1);
}

impl pallet_treasury::Config for Runtime {
	type AssetKind = ();
	type BalanceConverter = UnityAssetBalanceConversion;
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type BlockNumberProvider = System;
	type Burn = NoBurn;
	type BurnDestination = ();
	type Currency = Balances;
	type MaxApprovals = ConstU32<100>;
	type PalletId = TreasuryPalletId;
	type Paymaster = PayFromAccount<Balances, TreasuryAccountId<Runtime>>;
	type PayoutPeriod = TreasuryPayoutPeriod;
	type RejectOrigin = EitherOf<EnsureRoot<AccountId>, Treasurer>;
	type RuntimeEvent = RuntimeEvent;
	type SpendFunds = ();
	type SpendOrigin =
		EitherOf<EnsureRootWithSuccess<AccountId, NoLimit>, EnsureWithSuccess<Treasurer, AccountId, TreasurerLimit>>;
	type SpendPeriod = SpendPeriod;
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::TreasuryArguments;
}

/// A unit that prices are quoted in; settlement is always in the native token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum QuoteUnit {
	/// A US dollar in millionths.
	MicroUsd,
}

impl pallet_asset_rate::Config for Runtime {
	type AssetKind = QuoteUnit;
	type CreateOrigin = EitherOf<EnsureRoot<AccountId>, ParametersAdmin>;
	type Currency = Balances;
	type RemoveOrigin = EitherOf<EnsureRoot<AccountId>, ParametersAdmin>;
	type RuntimeEvent = RuntimeEvent;
	type UpdateOrigin = EitherOf<EnsureRoot<AccountId>, ParametersAdmin>;
	type WeightInfo = pallet_asset_rate::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::QuoteUnits;
}
