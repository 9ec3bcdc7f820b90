// SPDX-License-Identifier: Apache-2.0

//! A runtime with the referee and the currency as they are, and neighbours that do what each test says.
//!
//! Worker `n` has the account `100 + n`. What workers and work are is in storage, so that it is undone with a call.

use crate as pallet_disputes;
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	models::{Allowed, Class, Refused, Versions},
	terms::Use,
	work::{
		audits::{Audits, Pending, Works},
		draw::{self, Drawn, Lot},
		workers::{Accused, Fault, Standing},
		Work,
	},
	BlockNumber,
};
use atelier_referee::{commit::Commitment, hash::Digest};
use codec::{Decode, Encode};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{self, Balanced, HoldConsideration},
		ConstU128, ConstU32, Hooks, LinearStoragePrice, OnUnbalanced, Randomness,
	},
	weights::{Weight, WeightMeter},
	PalletId,
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use sp_core::{
	crypto::VrfSecret,
	sr25519::{vrf::VrfTranscript, Pair},
	Pair as _, H256,
};
use sp_runtime::{BuildStorage, Permill};
use std::collections::BTreeMap;

pub type AccountId = u64;
pub type Balance = u128;
type Block = frame_system::mocking::MockBlock<Test>;

/// The existential deposit.
pub const ED: Balance = 10;
pub const RICH: Balance = 1_000_000_000;
/// Accounts that have money.
pub const PAYER: AccountId = 1;
pub const CHALLENGER: AccountId = 2;
pub const OTHER: AccountId = 3;
pub const OPERATOR: AccountId = 4;
pub const TREASURY: AccountId = 77;
/// It has no account.
pub const NOBODY: AccountId = 99;
/// The worker whose work is looked at, and auditors.
pub const WORKER: WorkerId = WorkerId(0);
pub const AUDITORS: std::ops::RangeInclusive<u32> = 1..=8;
pub const GENESIS: Digest = [7; 32];

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Disputes: pallet_disputes,
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
	type DustRemoval = ToTreasury;
	type ExistentialDeposit = ConstU128<ED>;
}

pub struct ToTreasury;

impl OnUnbalanced<fungible::Credit<AccountId, Balances>> for ToTreasury {
	fn on_nonzero_unbalanced(lost: fungible::Credit<AccountId, Balances>) {
		Balances::resolve(&TREASURY, lost).unwrap();
	}
}

/// A worker as the court sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Known {
	pub standing: Option<Standing<Balance>>,
	pub newcomer: bool,
	pub accusations: u32,
	pub convictions: Vec<(Fault, Option<AccountId>)>,
	pub audits: u32,
}

pub type PendingWork = Pending<AccountId, Balance>;

parameter_types! {
	pub storage Known_: BTreeMap<WorkerId, Known> = BTreeMap::new();
	pub storage Pending_: BTreeMap<Work, PendingWork> = BTreeMap::new();
	pub storage Overturned: Vec<Work> = Vec::new();
	pub storage Rules_: BTreeMap<VersionId, (Class, Commitment)> = BTreeMap::new();
	pub storage Random: ([u8; 32], u64) = ([0; 32], 0);
	pub static Suspended: bool = false;
	pub static Committee: u32 = 5;
	pub const RecordReason: RuntimeHoldReason = RuntimeHoldReason::Disputes(crate::HoldReason::Report);
	pub const FundId: PalletId = PalletId(*b"test/aud");
	pub const Half: Permill = Permill::from_percent(50);
	pub const Tenth: Permill = Permill::from_percent(10);
	pub const Overhead: Weight = Weight::from_parts(1_000_000_000, 0);
	pub const Base: Balance = 5;
	pub const PerByte: Balance = 0;
}

pub struct Workers;

impl Workers {
	pub fn get(worker: WorkerId) -> Known {
		Known_::get().remove(&worker).unwrap_or_default()
	}

	pub fn mutate(worker: WorkerId, change: impl FnOnce(&mut Known)) {
		let mut all = Known_::get();
		change(all.entry(worker).or_default());
		Known_::set(&all);
	}
}

impl Accused<AccountId, Balance> for Workers {
	fn of(account: &AccountId) -> Option<WorkerId> {
		let worker = WorkerId(account.checked_sub(100)? as u32);
		Known_::get().contains_key(&worker).then_some(worker)
	}

	fn account(worker: WorkerId) -> Option<AccountId> {
		Known_::get().contains_key(&worker).then_some(account(worker))
	}

	fn standing(worker: WorkerId, at: BlockNumber) -> Option<Standing<Balance>> {
		Self::get(worker).standing.filter(|standing| standing.since < at)
	}

	fn auditing() -> Balance {
		let standings = Known_::get().into_values().filter_map(|known| known.standing);
		standings.map(|standing| standing.weight).sum()
	}

	fn newcomer(worker: WorkerId) -> bool {
		Self::get(worker).newcomer
	}

	fn accuse(worker: WorkerId) {
		Self::mutate(worker, |known| known.accusations += 1);
	}

	fn acquit(worker: WorkerId) {
		Self::mutate(worker, |known| known.accusations -= 1);
	}

	fn convict(worker: WorkerId, fault: Fault, prover: Option<AccountId>) {
		Self::mutate(worker, |known| known.convictions.push((fault, prover)));
	}

	fn convicted(worker: WorkerId) -> bool {
		Self::get(worker).convictions.iter().any(|(fault, _)| fault.convicts())
	}

	fn audited(worker: WorkerId, audits: u32) {
		Self::mutate(worker, |known| known.audits += audits);
	}
}

pub struct AllWork;

impl Works<AccountId, Balance> for AllWork {
	fn pending(work: Work) -> Option<PendingWork> {
		Pending_::get().remove(&work)
	}

	fn overturn(work: Work) {
		let mut all = Pending_::get();
		if all.remove(&work).is_some() {
			let mut overturned = Overturned::get();
			overturned.push(work);
			Overturned::set(&overturned);
		}
		Pending_::set(&all);
	}
}

pub struct AllVersions;

impl Versions<AccountId, Balance> for AllVersions {
	type Weight = Weight;

	fn allow(_: VersionId, _: Use, _: BlockNumber) -> (Result<Allowed<AccountId, Balance>, Refused>, Weight) {
		unreachable!("the court does not ask who may use what")
	}

	fn most() -> Weight {
		Weight::zero()
	}

	fn rules(version: VersionId) -> Option<(Class, Commitment)> {
		Rules_::get().remove(&version)
	}
}

/// What the test says.
pub struct Told;

impl Randomness<H256, u64> for Told {
	fn random(_: &[u8]) -> (H256, u64) {
		let (value, named) = Random::get();
		(value.into(), named)
	}
}

impl pallet_disputes::Config for Test {
	type AccusedPart = Half;
	type AppealPeriod = ConstU32<20>;
	type AuditEvery = ConstU128<1_000>;
	type AuditFee = ConstU128<20>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benches::Scenes;
	type BondPerMillionLeaves = ConstU128<100_000>;
	type CanaryBounty = ConstU128<500>;
	type CanaryOrigin = EnsureSignedBy<Operators, AccountId>;
	type ChallengeBond = ConstU128<1_000>;
	type ChallengePeriod = ConstU32<30>;
	type CommitPeriod = ConstU32<20>;
	type CommitteeSize = Committee;
	type Consideration =
		HoldConsideration<AccountId, Balances, RecordReason, LinearStoragePrice<Base, PerByte, Balance>>;
	type Currency = Balances;
	type DutyBond = ConstU128<200>;
	type DutyPeriod = ConstU32<10>;
	type GamePeriod = ConstU32<15>;
	type InquiryBond = ConstU128<300>;
	type LeavesPerTick = ConstU32<1_000>;
	type LongestPause = ConstU32<50>;
	type MoveOverhead = Overhead;
	type Lost = ToTreasury;
	type AgendaShare = Tenth;
	type NewcomerFactor = ConstU32<4>;
	type PalletId = FundId;
	type PauseOrigin = EnsureRoot<AccountId>;
	type ProvePeriod = ConstU32<10>;
	type Randomness = Told;
	type RevealPeriod = ConstU32<10>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SeedDelay = ConstU32<40>;
	type Suspended = Suspended;
	type TracePeriod = ConstU32<10>;
	type Versions = AllVersions;
	type WeightInfo = ();
	type Workers = Workers;
	type Works = AllWork;
}

pub struct Operators;

impl frame_support::traits::SortedMembers<AccountId> for Operators {
	fn sorted_members() -> Vec<AccountId> {
		vec![OPERATOR]
	}
}

pub fn account(worker: WorkerId) -> AccountId {
	100 + AccountId::from(worker.0)
}

pub fn key(worker: WorkerId) -> Pair {
	Pair::from_seed(&[worker.0 as u8 + 1; 32])
}

pub fn job(number: u64) -> Work {
	Work::Job(JobId(number))
}

pub fn settlement(session: u64, number: u32) -> Work {
	Work::Settlement {
		session: SessionId(session),
		number,
	}
}

/// The lot of an auditor.
pub fn lot_of(worker: WorkerId, what: Drawn, seed: &Digest) -> Lot {
	let subject = what.encode();
	let transcript = VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, seed)]);
	let signature = key(worker).vrf_sign(&transcript.into_sign_data());
	Lot {
		pre_output: *signature.pre_output.0.as_bytes(),
		proof: signature.proof.0.to_bytes(),
	}
}

/// The output of a lot.
pub fn output_of(worker: WorkerId, what: Drawn, seed: &Digest) -> Digest {
	let subject = what.encode();
	let transcript = VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, seed)]);
	key(worker).make_bytes(draw::CONTEXT, &transcript)
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let workers = std::iter::once(WORKER).chain(AUDITORS.map(WorkerId));
	let mut balances: Vec<_> = [PAYER, CHALLENGER, OTHER, OPERATOR, TREASURY]
		.into_iter()
		.chain(workers.clone().map(account))
		.map(|who| (who, RICH))
		.collect();
	balances.sort_unstable();
	let storage = RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances,
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	Suspended::set(false);
	Committee::set(5);
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		frame_system::BlockHash::<Test>::insert(0, H256(GENESIS));
		for worker in workers {
			let standing = (worker != WORKER).then(|| Standing {
				key: key(worker).public().0,
				weight: 100,
				since: 0,
			});
			Workers::mutate(worker, |known| known.standing = standing);
		}
	});
	ext
}

/// Runs the test and checks every invariant afterwards.
pub fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let supply = Balances::total_issuance();
		test();
		assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
		check();
	});
}

/// All invariants, and that workers are accused as often here as there.
pub fn check() {
	Disputes::do_try_state().unwrap();
	let here = Disputes::accusations();
	for (worker, known) in Known_::get() {
		let count = here.get(&worker).copied().unwrap_or_default();
		assert_eq!(known.accusations, count, "invariant 10: accusations of {worker}");
	}
}

/// Blocks with their hooks, in which so much weight was used.
pub fn blocks_with(count: u32, used: Weight) {
	for _ in 0..count {
		let now = System::block_number();
		System::register_extra_weight_unchecked(used, frame_support::dispatch::DispatchClass::Operational);
		Disputes::on_finalize(now);
		let next = now + 1;
		frame_system::BlockWeight::<Test>::kill();
		System::set_block_number(next);
		Disputes::on_initialize(next);
		Disputes::on_poll(next, &mut WeightMeter::new());
	}
}

pub fn blocks(count: u32) {
	blocks_with(count, Weight::zero());
}

/// Blocks until the court's clock shows this.
pub fn ticks(clock: u32) {
	blocks(clock.saturating_sub(crate::Clock::<Test>::get()));
}

/// New randomness: the next seed.
pub fn epoch(value: u8) {
	let now = System::block_number();
	Random::set(&([value; 32], now));
	blocks(1);
}

/// A call, undone if it fails.
pub fn tried(call: impl Into<RuntimeCall>, who: AccountId) -> sp_runtime::DispatchResult {
	use sp_runtime::traits::Dispatchable;
	frame_support::storage::with_storage_layer(|| {
		call.into()
			.dispatch(RuntimeOrigin::signed(who))
			.map(|_| ())
			.map_err(|error| error.error)
	})
}

/// Money for auditors.
pub fn fund(amount: Balance) {
	use frame_support::traits::tokens::{Fortitude, Precision, Preservation};
	let money = <Balances as Balanced<_>>::withdraw(
		&PAYER,
		amount,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	)
	.unwrap();
	assert!(Disputes::fund(money).is_ok());
}

pub fn free(who: AccountId) -> Balance {
	Balances::free_balance(who)
}

pub fn bonded(who: AccountId) -> Balance {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::Bond.into(), &who)
}

#[cfg(feature = "runtime-benchmarks")]
mod benches {
	use super::*;
	use atelier_primitives::{
		models::SPEC,
		work::{
			audits::{Claims, Drawing, ONE_AUDIT},
			Tier,
		},
	};
	use atelier_referee::{
		commit::{
			mountain::{Receipts, Root},
			Kind,
		},
		hash::Portable,
		model::{Layout, Shape},
		samples::limits,
	};

	/// What benchmarks set up, as the neighbours of this runtime are told.
	pub struct Scenes;

	impl crate::benchmarking::Helper<AccountId> for Scenes {
		fn account(number: u32) -> AccountId {
			number.into()
		}

		fn worker(account: &AccountId, vrf: Digest) -> WorkerId {
			let worker = WorkerId((account - 100) as u32);
			let standing = Standing {
				key: vrf,
				weight: 100,
				since: System::block_number() as u32,
			};
			Workers::mutate(worker, |known| known.standing = Some(standing));
			worker
		}

		fn version() -> VersionId {
			// So small that everybody can wager on its traces.
			let shape = Shape {
				layers: 1,
				width: 64,
				heads: 1,
				key_heads: 1,
				head_width: 64,
				rotary_width: 64,
				hidden: 64,
				..limits()
			};
			let class = Class::Exact {
				spec: SPEC,
				shape,
				vocabulary: None,
			};
			let weights = Commitment {
				kind: Kind::Weights,
				count: Layout::new(shape).chunks(),
				root: [4; 32],
			};
			let version = VersionId(5);
			Rules_::set(&BTreeMap::from([(version, (class, weights))]));
			version
		}

		fn settled(
			worker: &AccountId,
			payer: &AccountId,
			version: VersionId,
			receipts: &Receipts,
			audits: u32,
		) -> Work {
			let now = System::block_number() as u32;
			let pending = PendingWork {
				worker: WorkerId((worker - 100) as u32),
				payer: *payer,
				version,
				tier: Tier::Exact,
				claims: Claims::Since {
					earlier: Root::empty::<Portable>(),
					later: receipts.root::<Portable>().unwrap(),
				},
				request: None,
				value: 1_000,
				sealed: true,
				at: now,
				until: now + Disputes::window(),
				drawing: Drawing {
					seed: 2,
					weight: 1,
					expected: u64::from(audits) * ONE_AUDIT,
				},
			};
			let work = settlement(0, 0);
			Pending_::set(&BTreeMap::from([(work, pending)]));
			work
		}

		fn new_randomness() {
			Random::set(&([8; 32], u64::from(u32::MAX)));
		}
	}
}
