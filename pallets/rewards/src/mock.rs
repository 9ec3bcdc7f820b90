// SPDX-License-Identifier: Apache-2.0

//! A runtime whose pots are divided as each test says.

use crate as pallet_rewards;
use atelier_primitives::{
	ids::{DatasetId, VersionId},
	pots::{Pot, Pots, Share, Split, Splits},
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{self, Balanced, InspectHold},
		tokens::{Fortitude, Precision, Preservation},
		ConstU128, Hooks, Imbalance, OnUnbalanced,
	},
	weights::{Weight, WeightMeter},
	PalletId,
};
use sp_runtime::{BuildStorage, Permill};
use std::collections::BTreeMap;

pub type AccountId = u64;
pub type Balance = u128;
type Block = frame_system::mocking::MockBlock<Test>;

/// What divides without a rest.
pub const M: Balance = crate::division::QUANTUM as Balance;
/// The existential deposit.
pub const ED: Balance = 5 * M;
/// What accounts 1 to 10 have; all others have no account.
pub const RICH: Balance = 1_000_000 * M;
pub const NOBODY: AccountId = 99;
/// It has no account at first.
pub const TREASURY: AccountId = 77;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Rewards: pallet_rewards,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountData = pallet_balances::AccountData<Balance>;
	type Block = Block;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type DustRemoval = ToAccount10;
	type ExistentialDeposit = ConstU128<ED>;
}

/// What dying accounts leave is not lost, as in the runtime, where the treasury gets it.
pub struct ToAccount10;

impl OnUnbalanced<fungible::Credit<AccountId, Balances>> for ToAccount10 {
	fn on_nonzero_unbalanced(dust: fungible::Credit<AccountId, Balances>) {
		Balances::resolve(&10, dust).unwrap();
	}
}

parameter_types! {
	pub static World: BTreeMap<Pot, Split<AccountId>> = BTreeMap::new();
	pub static MinTip: Balance = 2 * M;
	pub static MinDistribution: Balance = 2 * M;
	pub static QueueShare: Permill = Permill::from_percent(10);
	pub static EraLength: u64 = 10;
	pub static ErasKept: u32 = 3;
	pub const CrumbsTo: AccountId = TREASURY;
	pub const RewardsId: PalletId = PalletId(*b"test/pot");
}

/// Whatever the test says, however absurd.
pub struct Told;

impl Splits<AccountId> for Told {
	fn split(pot: Pot) -> Option<Split<AccountId>> {
		World::mutate(|world| world.get(&pot).cloned())
	}
}

impl pallet_rewards::Config for Test {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ManyParents;
	type CrumbsTo = CrumbsTo;
	type Currency = Balances;
	type EraLength = EraLength;
	type ErasKept = ErasKept;
	type MinDistribution = MinDistribution;
	type MinTip = MinTip;
	type PalletId = RewardsId;
	type QueueShare = QueueShare;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Splits = Told;
	type WeightInfo = ();
}

#[cfg(feature = "runtime-benchmarks")]
pub struct ManyParents;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::MakePot<AccountId> for ManyParents {
	fn make(owner: &AccountId, shares: u32) -> Pot {
		for parent in 0..shares {
			tell(v(parent), 10, &[]);
		}
		let parents: Vec<_> = (0..shares).map(|parent| (v(parent), 10_000)).collect();
		tell(v(1_000), *owner, &parents);
		v(1_000)
	}
}

pub fn v(number: u32) -> Pot {
	Pot::Version(VersionId(number))
}

pub fn d(number: u32) -> Pot {
	Pot::Dataset(DatasetId(number))
}

/// From now on the pot belongs to `owner`, and gives these parts of a million to others.
pub fn tell(pot: Pot, owner: AccountId, shares: &[(Pot, u32)]) {
	let shares = shares
		.iter()
		.map(|(pot, parts)| Share {
			pot: *pot,
			part: Permill::from_parts(*parts),
		})
		.collect();
	World::mutate(|world| {
		world.insert(
			pot,
			Split {
				owner,
				shares,
				frozen: false,
			},
		)
	});
}

pub fn freeze(pot: Pot, frozen: bool) {
	World::mutate(|world| {
		if let Some(split) = world.get_mut(&pot) {
			split.frozen = frozen;
		}
	});
}

/// A model of 1 with data of 2 and 3, and one of 4 made from it: 30% of version 1 go to version 0, a fifth of which goes to
/// dataset 0, and a tenth to dataset 1.
pub fn workshop() {
	tell(d(0), 2, &[]);
	tell(d(1), 3, &[]);
	tell(v(0), 1, &[(d(0), 200_000), (d(1), 100_000)]);
	tell(v(1), 4, &[(v(0), 300_000)]);
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut balances: Vec<_> = (1..=10).map(|who| (who, RICH)).collect();
	balances.push((Rewards::account(), ED));
	let storage = RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances,
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	World::set(BTreeMap::new());
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs the test in a workshop and checks every invariant afterwards.
pub fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		workshop();
		let supply = Balances::total_issuance();
		test();
		assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
		Rewards::do_try_state().unwrap();
	});
}

/// A fee that account 10 paid.
pub fn credit(pot: Pot, amount: Balance) -> Result<(), Balance> {
	let money =
		<Balances as Balanced<_>>::withdraw(&10, amount, Precision::Exact, Preservation::Preserve, Fortitude::Polite)
			.unwrap();
	Rewards::credit(pot, money).map_err(|money| {
		let amount = money.peek();
		Balances::resolve(&10, money).unwrap();
		amount
	})
}

pub fn distribute(pot: Pot) -> Result<(), sp_runtime::DispatchError> {
	frame_support::storage::with_storage_layer(|| {
		Rewards::distribute(RuntimeOrigin::signed(10), pot)
			.map(|_| ())
			.map_err(|error| error.error)
	})
}

pub fn held(pot: Pot) -> Balance {
	crate::Ledgers::<Test>::get(pot).unwrap_or_default().held
}

pub fn on_hold() -> Balance {
	Balances::balance_on_hold(&crate::HoldReason::Pots.into(), &Rewards::account())
}

/// What the next block's hook uses of `limit`.
pub fn next_block_within(limit: Weight) -> Weight {
	let now = System::block_number() + 1;
	System::set_block_number(now);
	let mut meter = WeightMeter::with_limit(limit);
	Rewards::on_poll(now, &mut meter);
	meter.consumed()
}

pub fn next_block() {
	next_block_within(Weight::MAX);
}

/// Until the queue is empty.
pub fn settle() {
	for _ in 0..10_000 {
		if Rewards::queue().length == 0 {
			return;
		}
		next_block();
	}
	panic!("the queue does not end");
}
