// SPDX-License-Identifier: Apache-2.0

//! A runtime in which versions and attestations are what a test says.

use crate as pallet_workers;
use crate::{Deterrence, KeysOf};
use atelier_primitives::{
	ids::{AttestationId, VersionId, WorkerId},
	models::{Allowed, Class, Refused, Versions},
	terms::Use,
	work::workers::{Endpoint, Offer, Retrieval, Retrievals},
};
use atelier_referee::commit::{Bounded, Commitment, Kind};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{Balanced, Credit, HoldConsideration, InspectHold},
		ConstU32, ConstU64, LinearStoragePrice, OnPoll, OnUnbalanced,
	},
	weights::{Weight, WeightMeter},
	PalletId,
};
use frame_system::EnsureRoot;
use sp_runtime::{BuildStorage, FixedU128, Permill};

pub type AccountId = u64;
pub type Balance = u64;
type Block = frame_system::mocking::MockBlockU32<Test>;

/// The existential deposit.
pub const ED: Balance = 10;
/// What accounts 1 to 20 have; 30 has the existential deposit; all others have no account.
pub const RICH: Balance = 1_000_000;
pub const TREASURY: AccountId = 77;
pub const BOND: Balance = 10_000;
pub const LEAST: Balance = 1_000;
pub const UNBONDING: u32 = 100;
pub const DELAY: u32 = 50;
pub const LIVENESS: u32 = 20;
/// For how long it counts that somebody fetched weights.
pub const PERIOD: u32 = 30;
/// Whose all versions are.
pub const OWNER: AccountId = 20;
pub const V: VersionId = VersionId(0);
/// How many versions there are.
pub const VERSIONS: u32 = 10;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Workers: pallet_workers,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountData = pallet_balances::AccountData<Balance>;
	type Block = Block;
	type DbWeight = frame_support::weights::constants::RocksDbWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type DustRemoval = Treasury;
	type ExistentialDeposit = ConstU64<ED>;
}

/// Nothing that it gets is lost.
pub struct Treasury;

impl OnUnbalanced<Credit<AccountId, Balances>> for Treasury {
	fn on_nonzero_unbalanced(money: Credit<AccountId, Balances>) {
		Balances::resolve(&TREASURY, money).unwrap();
	}
}

/// As at genesis: 1.5 of gain, a third colluding, everything slashed and forfeited, a fifth for provers.
pub const DETERRENCE: Deterrence<Balance> = Deterrence {
	gain: FixedU128::from_rational(3, 2),
	every: 100,
	colluding: Permill::from_parts(333_333),
	slashed: Permill::one(),
	forfeited: Permill::one(),
	prover: Permill::from_percent(20),
};

parameter_types! {
	pub const RecordReason: RuntimeHoldReason = RuntimeHoldReason::Workers(crate::HoldReason::Record);
	pub const Id: PalletId = PalletId(*b"test/wrk");
	pub static MinBond: Balance = LEAST;
	pub static Deter: Deterrence<Balance> = DETERRENCE;
	pub static WrongSlash: Permill = Permill::one();
	pub static NotServedSlash: Permill = Permill::from_percent(10);
	pub static LazyAuditSlash: Permill = Permill::from_percent(2);
	pub static SlashDelay: u32 = DELAY;
	pub static UnbondingTime: u32 = UNBONDING;
	pub static LeastUnbonding: u32 = UNBONDING / 2;
	/// For how many blocks the court stood still.
	pub static Stopped: u32 = 0;
	pub static NewcomerUntil: Balance = 500;
	pub static MaxOfferers: u32 = 100;
	/// How many hosts are needed.
	pub static Hosts: u32 = 0;
	/// What hosts say that holds: the attestation by its place.
	pub static Said: Vec<Option<(VersionId, Retrieval<AccountId>)>> = Vec::new();
}

pub struct World;

impl Versions<AccountId, Balance> for World {
	type Weight = Weight;

	fn allow(_: VersionId, _: Use, _: u32) -> (Result<Allowed<AccountId, Balance>, Refused>, Weight) {
		(Err(Refused::Unknown), Weight::zero())
	}

	fn most() -> Weight {
		Weight::zero()
	}

	fn rules(version: VersionId) -> Option<(Class, Commitment)> {
		let weights = Commitment {
			kind: Kind::Weights,
			count: 1,
			root: [1; 32],
		};
		(version.0 < VERSIONS).then_some((Class::Float { profile: [0; 32] }, weights))
	}
}

impl Retrievals<AccountId> for World {
	fn retrieval(version: VersionId, attestation: AttestationId) -> Option<Retrieval<AccountId>> {
		let (of, retrieval) = *Said::get().get(attestation.0 as usize)?.as_ref()?;
		let holds = retrieval.until.is_none_or(|until| now() <= until);
		(of == version && holds).then_some(retrieval)
	}

	fn owner(_: VersionId) -> Option<AccountId> {
		Some(OWNER)
	}
}

/// Somebody says that it fetched the weights of a version.
pub fn say(version: VersionId, by: AccountId, until: Option<u32>) -> AttestationId {
	let said = Retrieval { by, at: now(), until };
	Said::mutate(|all| {
		all.push(Some((version, said)));
		AttestationId(all.len() as u64 - 1)
	})
}

/// It takes it back.
pub fn revoke(attestation: AttestationId) {
	Said::mutate(|all| all[attestation.0 as usize] = None);
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::Helper<AccountId> for World {
	fn version(number: u32) -> VersionId {
		VersionId(number % VERSIONS)
	}

	fn retrieval(version: VersionId, by: &AccountId) -> AttestationId {
		say(version, *by, None)
	}

	fn count(_: u32) {}
}

impl pallet_workers::Config for Test {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
	type CancelOrigin = EnsureRoot<AccountId>;
	type Consideration =
		HoldConsideration<AccountId, Balances, RecordReason, LinearStoragePrice<ConstU64<0>, ConstU64<1>, Balance>>;
	type Currency = Balances;
	type Deterrence = Deter;
	type Hosts = Hosts;
	type LazyAuditSlash = LazyAuditSlash;
	type LeastUnbonding = LeastUnbonding;
	type Liveness = ConstU32<LIVENESS>;
	type MaxOfferers = MaxOfferers;
	type MaxOffers = ConstU32<6>;
	type MinBond = MinBond;
	type NewcomerUntil = NewcomerUntil;
	type NotServedSlash = NotServedSlash;
	type PalletId = Id;
	type RetrievalPeriod = ConstU32<PERIOD>;
	type Retrievals = World;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Slash = Treasury;
	type SlashDelay = SlashDelay;
	type Stopped = Stopped;
	type Unbonding = UnbondingTime;
	type Versions = World;
	type WeightInfo = ();
	type WrongSlash = WrongSlash;
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut balances: Vec<_> = (1..=20).map(|who| (who, RICH)).collect();
	balances.extend([(30, ED), (TREASURY, ED)]);
	let storage = RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances,
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		Hosts::set(0);
		Said::set(Vec::new());
		MinBond::set(LEAST);
		Deter::set(DETERRENCE);
		Stopped::set(0);
	});
	ext
}

/// Runs the test; checks every invariant afterwards, that deposits pay for what there is, and that no money came or went.
pub fn execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let supply = Balances::total_issuance();
		test();
		assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
		check();
	});
}

pub fn check() {
	Workers::do_try_state().unwrap();
	for (worker, account) in crate::AccountOf::<Test>::iter() {
		let offers = crate::Deposits::<Test>::get(worker).unwrap().offers;
		assert_eq!(
			Balances::balance_on_hold(&crate::HoldReason::Record.into(), &account),
			crate::registration::bytes::<Test>(offers)
		);
	}
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn keys(of: u8) -> Box<KeysOf<Test>> {
	Box::new(KeysOf::<Test> {
		signer: of.into(),
		vrf: [of; 32],
		endpoint: Endpoint {
			id: [of; 32],
			addresses: Bounded::new(),
		},
	})
}

/// Registers a worker that audits, for an account.
pub fn worker_with(who: AccountId, bond: Balance) -> WorkerId {
	let hardware = b"one GPU".to_vec().try_into().unwrap();
	Workers::register(signed(who), keys(who as u8), hardware, bond, true).unwrap();
	crate::WorkerOf::<Test>::get(who).unwrap()
}

pub fn worker(who: AccountId) -> WorkerId {
	worker_with(who, BOND)
}

pub fn offer(price: Balance, capacity: u32) -> Offer<Balance> {
	Offer { price, capacity }
}

/// Registers a worker that offers work on a version.
pub fn offering(who: AccountId, price: Balance) -> WorkerId {
	let worker = worker(who);
	Workers::set_offer(signed(who), V, offer(price, 2)).unwrap();
	worker
}

pub fn free(who: AccountId) -> Balance {
	Balances::free_balance(who)
}

pub fn bonded(who: AccountId) -> Balance {
	Balances::balance_on_hold(&crate::HoldReason::Bond.into(), &who)
}

pub fn stake(worker: WorkerId) -> crate::Stake<Balance> {
	crate::Stakes::<Test>::get(worker).unwrap()
}

pub fn now() -> u32 {
	System::block_number()
}

/// The block number is this much larger; what hooks do is left out, as if the blocks were full.
pub fn skip(blocks: u32) {
	System::set_block_number(now() + blocks);
}

/// So many blocks with their hooks.
pub fn pass(blocks: u32) {
	for _ in 0..blocks {
		skip(1);
		Workers::on_poll(now(), &mut WeightMeter::new());
	}
}

/// Said of oneself until the next heartbeat.
pub fn beat(who: AccountId) {
	Workers::heartbeat(signed(who)).unwrap();
}

/// As both jobs and the court ask.
pub fn convicted(worker: WorkerId) -> bool {
	use atelier_primitives::work::workers::{Accused, Workers as Asked};
	let (by_jobs, by_court) = (
		<Workers as Asked<_, _>>::convicted(worker),
		<Workers as Accused<_, _>>::convicted(worker),
	);
	assert_eq!(by_jobs, by_court);
	by_jobs
}
