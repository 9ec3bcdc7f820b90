// SPDX-License-Identifier: Apache-2.0

//! A runtime in which workers, auditors, versions and pots are what a test says. Signatures are real.

use crate as pallet_jobs;
use crate::{HostHash, Opening, Order, Sealed, SessionOf, Signed};
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	models::{Allowed, Class, Fee, Refused, Status, Versions, SPEC},
	pots::{Pot, Pots},
	terms::{Purpose, Use},
	work::{
		self,
		audits::{Audits, Drawing},
		voucher::{Quote, Voucher},
		workers::{Offer, Outcome, Unfit, Workers},
		Tier,
	},
};
use atelier_referee::{
	claim::{token_tree, Claim, Origin, StopReason},
	commit::{
		mountain::{Receipt, Receipts},
		Commitment, Kind, Tree,
	},
	hash::{Blake2b256, Digest},
	model::{Order as NormOrder, Shape, Use as Answers},
	ops::{linear::Format, norm::Norm},
	tables::Activation,
};
use codec::{Decode, Encode};
use frame_support::{
	derive_impl, parameter_types,
	storage::with_storage_layer,
	storage_alias,
	traits::{
		fungible::{Balanced, Credit, HoldConsideration, Inspect, InspectHold},
		ConstU128, ConstU32, LinearStoragePrice, OnPoll, OnUnbalanced, Randomness,
	},
	weights::{Weight, WeightMeter},
	PalletId, Twox64Concat,
};
use sp_core::{sr25519::Pair, Pair as _, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Dispatchable, Hash, IdentityLookup, Verify},
	AccountId32, BuildStorage, DispatchError, DispatchResult, MultiSignature, Permill,
};
use std::collections::BTreeMap;

pub type AccountId = AccountId32;
pub type Balance = u128;
type Block = frame_system::mocking::MockBlockU32<Test>;
type MoneyOf = Credit<AccountId, Balances>;

/// The existential deposit.
pub const ED: Balance = 1_000;
/// What accounts 1 to 9 have.
pub const RICH: Balance = 1_000_000_000;
/// What a worker asks for each unit, and the version's owner.
pub const PRICE: Balance = 100;
pub const FEE: Balance = 20;
pub const WINDOW: u32 = 40;
pub const CHALLENGE: u32 = 100;
pub const LIFE: u32 = 1_000;
pub const ACCEPT: u32 = 5;
pub const START: u32 = 6;
pub const TIME: u32 = 20;
pub const DEMAND: u32 = 8;
pub const HEARING: u32 = 30;
pub const BOND: Balance = 7_000;
pub const COST: Balance = 1_000;
pub const REFUSAL: Balance = 50;
pub const FAILURE: Balance = 500;
pub const AUDIT: Balance = 300;
/// Who gets what: accounts that live from the beginning.
pub const TREASURY: u8 = 100;
pub const POTS: u8 = 101;
pub const FUND: u8 = 102;
/// Payers are 1 to 4, the accounts of workers 0 to 3 are 5 to 8, a stranger is 9. 50 and more have no accounts.
pub const PAYER: u8 = 1;
pub const OTHER: u8 = 2;
pub const STRANGER: u8 = 9;
pub const WORKER: u8 = 5;
pub const RIVAL: u8 = 6;
pub const NOBODY: u8 = 60;
pub const W: WorkerId = WorkerId(0);
pub const X: WorkerId = WorkerId(1);
pub const V: VersionId = VersionId(0);
/// A version that the chain cannot judge.
pub const FLOAT: VersionId = VersionId(1);
/// A version that answers with a vector.
pub const EMBED: VersionId = VersionId(2);
pub const WANTED: Use = Use {
	purpose: Purpose::Personal,
	commercial: false,
};

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
	pub static FundOpen: bool = true;
	/// Why versions may not be used.
	pub static Barred: BTreeMap<VersionId, Refused> = BTreeMap::new();
	pub static Random: u8 = 0;
	/// For how many blocks nobody could speak to the court.
	pub static Stopped: u32 = 0;
}

/// A worker as a test made it. It is kept in the state, so that refused calls change nothing of it.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Fake {
	pub account: AccountId,
	pub signer: AccountId,
	pub price: Balance,
	pub capacity: u32,
	pub occupied: u32,
	pub cover: Balance,
	pub engaged: Balance,
	pub unfit: Option<Unfit>,
	pub drawable: bool,
	pub convicted: bool,
	pub accused: u32,
	pub since: u32,
	pub thawed: u32,
	pub barred_since: Option<u32>,
	pub barred: u32,
	pub fined: Balance,
	pub paid: u32,
	pub treasury: Balance,
	pub refused: u32,
	pub failed: u32,
	pub void: u32,
	pub charged: Balance,
}

#[storage_alias]
type Fakes = StorageMap<Jobs, Twox64Concat, WorkerId, Fake, frame_support::pallet_prelude::OptionQuery>;

pub fn fake(worker: WorkerId) -> Fake {
	Fakes::get(worker).unwrap()
}

pub fn change<R>(worker: WorkerId, change: impl FnOnce(&mut Fake) -> R) -> R {
	Fakes::mutate(worker, |fake| change(fake.as_mut().unwrap()))
}

/// A worker that has nothing that is not final leaves.
pub fn leave(worker: WorkerId) {
	let fake = Fakes::take(worker).unwrap();
	assert_eq!((fake.engaged, fake.occupied, fake.accused), (0, 0, 0));
}

pub fn accuse(worker: WorkerId) {
	change(worker, |fake| {
		if fake.accused == 0 {
			fake.since = now();
		}
		fake.accused += 1;
	});
}

pub fn acquit(worker: WorkerId) {
	change(worker, |fake| {
		fake.accused -= 1;
		if fake.accused == 0 {
			fake.thawed += now() - fake.since;
		}
	});
}

/// A verdict that governance may undo: until then the worker counts as accused.
pub fn convict(worker: WorkerId) {
	accuse(worker);
	change(worker, |fake| (fake.convicted, fake.barred_since) = (true, Some(now())));
}

/// The verdict stands.
pub fn condemn(worker: WorkerId) {
	acquit(worker);
	change(worker, |fake| {
		fake.barred += now() - fake.barred_since.take().unwrap();
	});
}

/// Governance undoes a verdict.
pub fn pardon(worker: WorkerId) {
	condemn(worker);
	change(worker, |fake| fake.convicted = false);
}

pub struct World;

impl Workers<AccountId, Balance> for World {
	fn of(account: &AccountId) -> Option<WorkerId> {
		Fakes::iter()
			.find(|(_, fake)| fake.account == *account)
			.map(|(id, _)| id)
	}

	fn account(worker: WorkerId) -> Option<AccountId> {
		Some(Fakes::get(worker)?.account)
	}

	fn signer(worker: WorkerId) -> Option<AccountId> {
		Some(Fakes::get(worker)?.signer)
	}

	fn offer(worker: WorkerId, version: VersionId, tier: Tier) -> Result<Offer<Balance>, Unfit> {
		Self::fit(worker, version, tier)?;
		let fake = fake(worker);
		if fake.occupied >= fake.capacity {
			return Err(Unfit::OfferExhausted);
		}
		Ok(Offer {
			price: fake.price,
			capacity: fake.capacity,
		})
	}

	fn fit(worker: WorkerId, _: VersionId, _: Tier) -> Result<(), Unfit> {
		let fake = Fakes::get(worker).ok_or(Unfit::Unknown)?;
		if fake.convicted {
			return Err(Unfit::Convicted);
		}
		fake.unfit.map_or(Ok(()), Err)
	}

	fn draw(version: VersionId, tier: Tier, most: Balance, value: Balance, seed: &Digest) -> Option<WorkerId> {
		let fit = |id: &WorkerId| {
			let fake = fake(*id);
			fake.drawable
				&& fake.engaged + value <= fake.cover
				&& Self::offer(*id, version, tier).is_ok_and(|offer| offer.price <= most)
		};
		let mut ids: Vec<_> = Fakes::iter_keys().filter(fit).collect();
		ids.sort();
		ids.get(usize::from(seed[0]) % ids.len().max(1)).copied()
	}

	fn cover(worker: WorkerId) -> Balance {
		Fakes::get(worker).map_or(0, |fake| fake.cover)
	}

	fn engage(worker: WorkerId, value: Balance) -> Result<(), Unfit> {
		let fake = Fakes::get(worker).ok_or(Unfit::Unknown)?;
		if fake.convicted {
			return Err(Unfit::Convicted);
		}
		if fake.engaged + value > fake.cover {
			return Err(Unfit::ExposureFull);
		}
		change(worker, |fake| fake.engaged += value);
		Ok(())
	}

	fn discharge(worker: WorkerId, value: Balance) {
		change(worker, |fake| {
			fake.engaged = fake.engaged.checked_sub(value).expect("was engaged")
		});
	}

	fn occupy(worker: WorkerId, _: VersionId) -> Result<(), Unfit> {
		if fake(worker).occupied >= fake(worker).capacity {
			return Err(Unfit::OfferExhausted);
		}
		change(worker, |fake| fake.occupied += 1);
		Ok(())
	}

	fn vacate(worker: WorkerId, _: VersionId) {
		change(worker, |fake| {
			fake.occupied = fake.occupied.checked_sub(1).expect("was occupied")
		});
	}

	fn note(worker: WorkerId, outcome: Outcome<Balance>) {
		change(worker, |fake| match outcome {
			Outcome::Paid { treasury } => {
				fake.paid += 1;
				fake.treasury += treasury;
			}
			Outcome::Refused => fake.refused += 1,
			Outcome::Failed => fake.failed += 1,
			Outcome::Void { treasury } => {
				fake.void += 1;
				fake.charged += treasury;
			}
		});
	}

	fn fine(worker: WorkerId, amount: Balance) {
		change(worker, |fake| fake.fined += amount);
	}

	fn convicted(worker: WorkerId) -> bool {
		Fakes::get(worker).is_some_and(|fake| fake.convicted)
	}

	fn barred(worker: WorkerId) -> u32 {
		let Some(fake) = Fakes::get(worker) else { return 0 };
		fake.barred + fake.barred_since.map_or(0, |since| now() - since)
	}

	fn frozen(worker: WorkerId) -> u32 {
		let Some(fake) = Fakes::get(worker) else { return 0 };
		let running = if fake.accused > 0 { now() - fake.since } else { 0 };
		fake.thawed + running
	}

	fn accused(worker: WorkerId) -> bool {
		Fakes::get(worker).is_some_and(|fake| fake.accused > 0)
	}
}

impl Audits<Balance> for World {
	type Money = MoneyOf;

	fn drawing(_: WorkerId, value: Balance, more: u32) -> Drawing<Balance> {
		Drawing {
			seed: now() / 10 + 2,
			weight: value,
			expected: u64::from(more) << 32,
		}
	}

	fn window() -> u32 {
		AuditWindow::get()
	}

	fn stopped() -> u32 {
		match Counted::get() {
			Some(counted) => now().saturating_sub(counted),
			None => Stopped::get(),
		}
	}

	fn fee() -> Balance {
		AUDIT
	}

	fn fund(money: MoneyOf) -> Result<(), MoneyOf> {
		if !FundOpen::get() {
			return Err(money);
		}
		Balances::resolve(&acc(FUND), money)
	}
}

impl Pots for World {
	type Money = MoneyOf;

	fn credit(_: Pot, money: MoneyOf) -> Result<(), MoneyOf> {
		if !PotsOpen::get() {
			return Err(money);
		}
		Balances::resolve(&acc(POTS), money)
	}
}

impl Versions<AccountId, Balance> for World {
	type Weight = Weight;

	fn allow(version: VersionId, _: Use, _: u32) -> (Result<Allowed<AccountId, Balance>, Refused>, Weight) {
		let allowed = match Barred::get().get(&version) {
			Some(why) => Err(*why),
			None => Ok(Allowed {
				owner: acc(POTS),
				class: class(version),
				weights: WEIGHTS,
				fee: Fee {
					per_input: FEE,
					per_output: FEE,
				},
				status: Status::Active,
			}),
		};
		(allowed, Weight::from_parts(7, 0))
	}

	fn most() -> Weight {
		Weight::from_parts(70, 0)
	}

	fn rules(version: VersionId) -> Option<(Class, Commitment)> {
		Some((class(version), WEIGHTS))
	}
}

const WEIGHTS: Commitment = Commitment {
	kind: Kind::Weights,
	count: 1,
	root: [1; 32],
};

fn class(version: VersionId) -> Class {
	if version == FLOAT {
		return Class::Float { profile: [1; 32] };
	}
	Class::Exact {
		spec: SPEC,
		shape: if version == EMBED { VECTOR } else { SHAPE },
		vocabulary: None,
	}
}

const VECTOR: Shape = Shape {
	answers: Answers::Embedding,
	..SHAPE
};

const SHAPE: Shape = Shape {
	answers: Answers::Tokens,
	layers: 2,
	width: 64,
	heads: 4,
	key_heads: 2,
	head_width: 16,
	rotary_width: 16,
	hidden: 128,
	vocabulary: 300,
	positions: 16,
	window: 0,
	norm: Norm::Rms,
	order: NormOrder::Before,
	gains: false,
	head_norm: false,
	activation: Activation::Silu,
	gated: true,
	tied: false,
	matrices: Format::Byte,
	embeddings: Format::Byte,
	residual_fraction: 12,
	hidden_fraction: 12,
	epsilon: 1_000,
};

impl Randomness<H256, u32> for World {
	fn random(subject: &[u8]) -> (H256, u32) {
		(BlakeTwo256::hash_of(&(Random::get(), subject)), now())
	}
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

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::Helper<AccountId, MultiSignature, Balance> for World {
	fn count(blocks: u32) {
		Counted::mutate(|counted| *counted = counted.map(|counted| counted + blocks));
	}

	fn key(number: u32) -> AccountId {
		use frame_support::traits::fungible::Mutate;
		// From now on only what is counted counts, as on the runtime: whoever moves blocks on alone moves no clock.
		if Counted::get().is_none() {
			Counted::set(Some(now()));
		}
		let who = acc(number as u8 + 120);
		let _ = Balances::mint_into(&who, RICH * RICH);
		who
	}

	fn sign(who: &AccountId, message: &[u8]) -> MultiSignature {
		let number = (120..=255).find(|number| acc(*number) == *who).unwrap();
		sign(number, message)
	}

	fn poor() -> AccountId {
		acc(NOBODY)
	}

	fn version() -> VersionId {
		V
	}

	fn worker(account: &AccountId, _: VersionId, price: Balance) -> WorkerId {
		if let Some(worker) = <Self as Workers<_, _>>::of(account) {
			return worker;
		}
		let worker = WorkerId(Fakes::iter().count() as u32);
		let fake = Fake {
			account: account.clone(),
			signer: account.clone(),
			price,
			cover: Balance::MAX,
			capacity: 10_000,
			drawable: true,
			..fake(W)
		};
		change(W, |fake| fake.drawable = false);
		Fakes::insert(worker, fake);
		worker
	}
}

pub fn pair(number: u8) -> Pair {
	Pair::from_seed(&[number; 32])
}

/// The account of a key.
pub fn acc(number: u8) -> AccountId {
	thread_local! {
		static KNOWN: std::cell::RefCell<BTreeMap<u8, AccountId>> = const { std::cell::RefCell::new(BTreeMap::new()) };
	}
	KNOWN.with_borrow_mut(|known| {
		known
			.entry(number)
			.or_insert_with(|| AccountId::from(pair(number).public().0))
			.clone()
	})
}

pub fn sign(number: u8, message: &[u8]) -> MultiSignature {
	MultiSignature::Sr25519(pair(number).sign(message))
}

pub fn signed(number: u8) -> RuntimeOrigin {
	RuntimeOrigin::signed(acc(number))
}

pub fn now() -> u32 {
	System::block_number()
}

pub fn genesis() -> Digest {
	Jobs::genesis()
}

/// A chain with accounts 1 to 9, and workers 0 to 3 of accounts 5 to 8. Only worker 0 is drawn.
pub fn chain() -> sp_io::TestExternalities {
	let mut balances: Vec<_> = (1..=9).map(|who| (acc(who), RICH)).collect();
	balances.extend([TREASURY, POTS, FUND].map(|who| (acc(who), ED)));
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
		reset();
		for number in 0..4 {
			let account = acc(WORKER + number);
			let fake = Fake {
				account: account.clone(),
				signer: account,
				price: PRICE,
				capacity: 3,
				occupied: 0,
				cover: 10_000_000,
				engaged: 0,
				unfit: None,
				drawable: number == 0,
				convicted: false,
				accused: 0,
				since: 0,
				thawed: 0,
				barred_since: None,
				barred: 0,
				fined: 0,
				paid: 0,
				treasury: 0,
				refused: 0,
				failed: 0,
				void: 0,
				charged: 0,
			};
			Fakes::insert(WorkerId(number.into()), fake);
		}
	});
	// Benchmarks go back to what is committed.
	ext.commit_all().unwrap();
	ext
}

fn reset() {
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
	FundOpen::set(true);
	Barred::set(BTreeMap::new());
	Random::set(0);
	Stopped::set(0);
}

/// Runs the test and checks every invariant afterwards.
pub fn execute(test: impl FnOnce()) {
	chain().execute_with(|| {
		let supply = Balances::total_issuance();
		test();
		assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
		check();
	});
}

/// Every invariant, and that workers are engaged with exactly what is not final.
pub fn check() {
	Jobs::do_try_state().unwrap();
	let mut engaged = BTreeMap::<WorkerId, Balance>::new();
	let mut occupied = BTreeMap::<WorkerId, u32>::new();
	for session in crate::Sessions::<Test>::iter_values() {
		*engaged.entry(session.worker).or_default() += session.held();
	}
	for job in crate::Jobs::<Test>::iter_values() {
		if let Some((worker, value, occupies)) = job.engaged() {
			*engaged.entry(worker).or_default() += value;
			*occupied.entry(worker).or_default() += u32::from(occupies);
		}
	}
	for (id, fake) in Fakes::iter() {
		assert_eq!(fake.engaged, engaged.remove(&id).unwrap_or(0), "worker {id} is engaged");
		assert_eq!(
			fake.occupied,
			occupied.remove(&id).unwrap_or(0),
			"worker {id} is occupied"
		);
	}
}

/// The next block, with so much weight for the agenda.
pub fn next_block_within(limit: Weight) -> Weight {
	System::set_block_number(now() + 1);
	let mut meter = WeightMeter::with_limit(limit);
	Jobs::on_poll(now(), &mut meter);
	meter.consumed()
}

/// Goes on by so many blocks.
pub fn pass(blocks: u32) {
	for _ in 0..blocks {
		next_block_within(Weight::MAX);
	}
}

/// Goes on by so many blocks in which nothing is done by itself.
pub fn sleep(blocks: u32) {
	System::set_block_number(now() + blocks);
}

/// Goes on by so many blocks in which nobody can speak to the court.
pub fn stop(blocks: u32) {
	for _ in 0..blocks {
		Stopped::mutate(|stopped| *stopped += 1);
		pass(1);
	}
}

/// As an extrinsic would: refused calls leave nothing behind.
pub fn dispatch(who: u8, call: crate::Call<Test>) -> DispatchResult {
	dispatch_by(acc(who), call)
}

pub fn dispatch_by(who: AccountId, call: crate::Call<Test>) -> DispatchResult {
	let call = RuntimeCall::Jobs(call);
	let origin = RuntimeOrigin::signed(who);
	call.dispatch(origin).map(|_| ()).map_err(|refused| refused.error)
}

pub fn atomic(call: impl FnOnce() -> DispatchResult) -> DispatchResult {
	with_storage_layer(call)
}

pub fn free(who: u8) -> Balance {
	Balances::free_balance(acc(who))
}

pub fn all_of(who: u8) -> Balance {
	Balances::total_balance(&acc(who))
}

pub fn held(who: u8) -> Balance {
	Balances::balance_on_hold(&crate::HoldReason::Escrow.into(), &acc(who))
}

pub fn bonded(who: u8) -> Balance {
	Balances::balance_on_hold(&crate::HoldReason::Demand.into(), &acc(who))
}

/// What so many units cost the payer: worker, version, levy, treasury.
pub fn price(units: u64) -> Balance {
	let priced = Balance::from(units) * (PRICE + FEE);
	priced + priced * 2 / 100 + priced * 5 / 100
}

/// A quote of a worker for a payer.
pub fn quote(worker: WorkerId, payer: u8, number: u64) -> Quote<AccountId, Balance> {
	Quote {
		worker,
		version: V,
		payer: acc(payer),
		price: PRICE,
		capacity: 1_000_000,
		window: 1_000,
		reservation: 0,
		until: now() + 10,
		number,
	}
}

pub fn opening(deposit: Balance, life: u32, key: u8) -> Opening<AccountId, Balance> {
	Opening {
		deposit,
		expiry: now() + life,
		wanted: WANTED,
		voucher_key: acc(key),
		sealed: false,
	}
}

/// Opens a session of a payer with a worker, with 100,000 and for 200 blocks; the payer's own key signs vouchers.
pub fn open(payer: u8, worker: WorkerId) -> SessionId {
	let number = crate::NextSession::<Test>::get().0;
	open_with(payer, quote(worker, payer, number), opening(100_000, 200, payer)).unwrap();
	SessionId(number)
}

/// Opens with a quote that the worker signs.
pub fn open_with(payer: u8, quote: Quote<AccountId, Balance>, opening: Opening<AccountId, Balance>) -> DispatchResult {
	let signer = WORKER + quote.worker.0 as u8;
	let signature = sign(signer, &quote.message(&genesis()));
	dispatch(
		payer,
		crate::Call::open {
			quote: Box::new(quote),
			signature,
			opening: Box::new(opening),
		},
	)
}

/// The same with worker 0, whose quotes another key signs.
pub fn open_signed_by(signer: u8) -> SessionId {
	let number = crate::NextSession::<Test>::get().0;
	let quote = Box::new(quote(W, PAYER, number));
	let signature = sign(signer, &quote.message(&genesis()));
	let opening = Box::new(opening(100_000, 200, PAYER));
	let call = crate::Call::open {
		quote,
		signature,
		opening,
	};
	dispatch(PAYER, call).unwrap();
	SessionId(number)
}

pub fn session(id: SessionId) -> SessionOf<Test> {
	crate::Sessions::<Test>::get(id).unwrap()
}

/// Both sides' receipts of a session.
#[derive(Clone)]
pub struct Served {
	pub session: SessionId,
	pub key: u8,
	pub receipts: Receipts,
	pub sequence: u64,
}

impl Served {
	pub fn new(session: SessionId, key: u8) -> Self {
		Self {
			session,
			key,
			receipts: Receipts::new(),
			sequence: 0,
		}
	}

	/// One more answer of so many units.
	pub fn answer(&mut self, units: u64) -> &mut Self {
		self.answer_as(units, 1)
	}

	/// The same, with another claim.
	pub fn answer_as(&mut self, units: u64, claim: u8) -> &mut Self {
		let receipt = Receipt {
			claim: [claim; 32],
			units,
		};
		self.receipts.append::<HostHash>(receipt).unwrap();
		self.sequence += 1;
		self
	}

	pub fn voucher(&self) -> Voucher {
		Voucher {
			session: self.session,
			sequence: self.sequence,
			receipts: self.receipts.root::<HostHash>().unwrap(),
		}
	}

	/// The newest voucher, signed, extending what was settled.
	pub fn signed(&self) -> Signed<MultiSignature> {
		let settled = crate::Sessions::<Test>::get(self.session).map_or(0, |session| session.root.receipts);
		self.signed_after(settled)
	}

	/// The same, extending so many receipts.
	pub fn signed_after(&self, settled: u64) -> Signed<MultiSignature> {
		let voucher = self.voucher();
		let worker = crate::Sessions::<Test>::get(self.session).map_or(W, |session| session.worker);
		Signed {
			voucher,
			signature: sign(self.key, &voucher.message(&genesis(), worker)),
			extension: self
				.receipts
				.prove_extension::<HostHash>(settled, self.receipts.count())
				.unwrap_or_else(|_| self.receipts.prove_extension::<HostHash>(0, 0).unwrap()),
		}
	}

	pub fn settle(&self) -> DispatchResult {
		settle(self.signed())
	}
}

/// By the account that speaks for the session's worker; or did, if it has left.
pub fn settle(signed: Signed<MultiSignature>) -> DispatchResult {
	let worker = crate::Sessions::<Test>::get(signed.voucher.session).map_or(W, |session| session.worker);
	let account = Fakes::get(worker).map_or_else(|| acc(WORKER + worker.0 as u8), |fake| fake.account);
	let call = crate::Call::settle {
		signed: Box::new(signed),
	};
	dispatch_by(account, call)
}

pub fn settle_as(who: u8, signed: Signed<MultiSignature>) -> DispatchResult {
	dispatch(
		who,
		crate::Call::settle {
			signed: Box::new(signed),
		},
	)
}

/// A job for 100 tokens in and 50 out, which is 300 units; the chain draws.
pub fn order() -> Order<Balance> {
	Order {
		version: V,
		request: [8; 32],
		wanted: WANTED,
		sealed: false,
		input: 100,
		output: 50,
		most: 2 * PRICE,
		worker: None,
		audits: 0,
		time: TIME,
	}
}

pub fn chosen(worker: WorkerId) -> Order<Balance> {
	Order {
		worker: Some(worker),
		..order()
	}
}

/// What is held for that: the most that the worker may ask.
pub fn most() -> Balance {
	let priced = 300 * (2 * PRICE + FEE);
	priced + priced * 2 / 100 + priced * 5 / 100
}

pub fn submit(order: Order<Balance>) -> JobId {
	let id = crate::NextJob::<Test>::get();
	dispatch(PAYER, crate::Call::submit { order: Box::new(order) }).unwrap();
	id
}

/// A job at its last stage before the answer.
pub fn started(order: Order<Balance>) -> JobId {
	let job = submit(order);
	dispatch(WORKER, crate::Call::accept { job }).unwrap();
	dispatch(WORKER, crate::Call::start { job }).unwrap();
	job
}

/// A claim of worker 0 for a job: so many tokens in and out.
pub fn claim(job: JobId, input: u32, output: u32) -> Claim {
	let nothing = Commitment {
		kind: Kind::State,
		count: 1,
		root: [3; 32],
	};
	Claim {
		genesis: genesis(),
		origin: Origin::Job(job.0),
		worker: work::named(W),
		version: work::named_version(V),
		request: [8; 32],
		answer: tokens(output).commitment(),
		state: nothing,
		input_count: input,
		output_count: output,
		stop: StopReason::End,
	}
}

/// The answer of so many tokens: 0, 1, 2 and so on.
pub fn tokens(count: u32) -> Tree {
	let tokens: Vec<u32> = (0..count.min(10_000)).collect();
	token_tree::<HostHash>(Kind::Tokens, &tokens).unwrap()
}

/// Its bytes.
pub fn token_bytes(count: u32) -> Vec<u8> {
	(0..count).flat_map(u32::to_le_bytes).collect()
}

/// An encrypted answer.
pub const ANSWER: &[u8] = b"what the payer was sent, which nobody else can read";

pub fn whole() -> Sealed {
	Sealed::Whole {
		bytes: ANSWER.len() as u32,
		hash: HostHash::hash(ANSWER),
	}
}

pub fn deliver(job: JobId, claim: Claim) -> DispatchResult {
	let sealed = crate::Jobs::<Test>::get(job).is_some_and(|job| job.order.sealed);
	deliver_as(job, claim, sealed.then(whole))
}

pub fn deliver_as(job: JobId, claim: Claim, answer: Option<Sealed>) -> DispatchResult {
	dispatch(
		WORKER,
		crate::Call::deliver {
			job,
			claim: Box::new(claim),
			answer,
		},
	)
}

/// A job of which the answer was delivered: 100 tokens in, 25 out, 200 units.
pub fn delivered(order: Order<Balance>) -> JobId {
	let job = started(order);
	deliver(job, claim(job, 100, 25)).unwrap();
	job
}

/// The root of all state.
pub fn root() -> Vec<u8> {
	sp_io::storage::root(sp_runtime::StateVersion::V1)
}

/// Refused for this reason, and nothing has changed.
#[track_caller]
pub fn refused(result: impl FnOnce() -> DispatchResult, why: impl Into<DispatchError>) {
	let before = root();
	assert_eq!(result(), Err(why.into()));
	assert_eq!(root(), before, "what is refused changes nothing");
}

/// All state, but of the system's only the accounts: what it does for each block and call is not ours.
fn state() -> std::collections::BTreeMap<Vec<u8>, Vec<u8>> {
	let system = sp_io::hashing::twox_128(b"System");
	let accounts = [system, sp_io::hashing::twox_128(b"Account")].concat();
	let mut state = std::collections::BTreeMap::new();
	let mut key = Vec::new();
	while let Some(next) = sp_io::storage::next_key(&key) {
		if !next.starts_with(&system) || next.starts_with(&accounts) {
			let value = sp_io::storage::get(&next).unwrap().to_vec();
			state.insert(next.clone(), value);
		}
		key = next;
	}
	state
}

/// How many items something writes.
pub fn written(act: impl FnOnce()) -> usize {
	let before = state();
	act();
	let after = state();
	let all: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
	all.into_iter()
		.filter(|key| before.get(*key) != after.get(*key))
		.count()
}
