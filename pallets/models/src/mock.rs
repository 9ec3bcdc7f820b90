// SPDX-License-Identifier: Apache-2.0

//! A runtime in which datasets, attestations, jobs and randomness are what a test says.

use crate as pallet_models;
use crate::{chunks::drawn, HostHash, Opened, PublicationOf, ITEM_BYTES};
use atelier_primitives::{
	ids::{AttestationId, DatasetId, ModelId, SimilarityId, VersionId},
	lineage::{Datasets, Flag, OnWithdrawal, Unusable},
	models::{Class, Fee, Judgeable, Needs, OriginAttestations, Publication},
	terms::{Purposes, Terms, Withdrawal},
};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind, Ranges, Tree},
	hash::Digest,
	model::{Layout, Order, Shape, Use, CHUNK},
	ops::{linear::Format, norm::Norm},
	samples::Random,
	tables::Activation,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, ConstU64, LinearStoragePrice, OnPoll, Randomness},
	weights::WeightMeter,
};
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Dispatchable, Hash},
	BuildStorage, DispatchResult, Permill,
};
use std::collections::BTreeMap;

pub type AccountId = u64;
pub type Balance = u64;
pub type Pub = PublicationOf<Test>;
type Block = frame_system::mocking::MockBlockU32<Test>;

pub const ENDOWMENT: Balance = 1_000_000;
pub const BOND: Balance = 5_000;
pub const PERIOD: u32 = 10;
pub const DELAY: u32 = 2;
pub const WINDOW: u32 = 20;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Models: pallet_models,
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
}

parameter_types! {
	pub const RecordReason: RuntimeHoldReason = RuntimeHoldReason::Models(crate::HoldReason::Record);
	pub static MaxShared: Permill = Permill::from_percent(50);
	pub static RevealDelay: u32 = DELAY;
	pub static RevealWindow: u32 = WINDOW;
	pub static SimilarityThreshold: Permill = Permill::from_percent(35);
	pub static LeastDue: Permill = Permill::from_percent(10);
	/// The datasets: terms, whether they were withdrawn, how many versions use them.
	pub static Known: BTreeMap<DatasetId, (Terms, bool, u32)> = BTreeMap::new();
	pub static MostUses: u32 = u32::MAX;
	/// How many datasets were asked for their flag.
	pub static Asked: u32 = 0;
	pub static Confirmed: Vec<(AttestationId, VersionId)> = Vec::new();
	pub static Needed: Vec<VersionId> = Vec::new();
	/// The last output of randomness, and the block since which it is known.
	pub static Output: (u8, u32) = (0, 0);
}

pub struct Sets;

impl Datasets for Sets {
	fn allow(dataset: DatasetId, derivative: &Terms, share: Permill, now: u32) -> Result<(), Unusable> {
		let (terms, withdrawn, _) = Known::get().get(&dataset).copied().ok_or(Unusable::Unknown)?;
		if withdrawn {
			return Err(Unusable::Withdrawn);
		}
		terms.allow_derivative(derivative, share, now).map_err(Unusable::Terms)
	}

	fn used(dataset: DatasetId) -> Result<(), Unusable> {
		Known::mutate(|known| {
			let (_, _, uses) = known.get_mut(&dataset).ok_or(Unusable::Unknown)?;
			if *uses >= MostUses::get() {
				return Err(Unusable::Overused);
			}
			*uses += 1;
			Ok(())
		})
	}

	fn flag(dataset: DatasetId) -> Flag {
		Asked::mutate(|asked| *asked += 1);
		match Known::get().get(&dataset) {
			Some((terms, true, _)) => match terms.withdrawal {
				Withdrawal::StopsDerivation => Flag::NoDerivation,
				Withdrawal::StopsServing => Flag::NoServing,
			},
			_ => Flag::Clear,
		}
	}
}

pub struct World;

impl OriginAttestations for World {
	fn confirms(attestation: AttestationId, version: VersionId) -> bool {
		Confirmed::get().contains(&(attestation, version))
	}
}

impl Judgeable for World {
	fn judgeable(spec: u16, shape: &Shape) -> bool {
		spec == 1 && shape.layers <= 32
	}
}

impl Needs for World {
	fn needed(version: VersionId) -> bool {
		Needed::get().contains(&version)
	}
}

impl Randomness<H256, u32> for World {
	fn random(subject: &[u8]) -> (H256, u32) {
		let (output, known) = Output::get();
		(BlakeTwo256::hash_of(&(output, subject)), known)
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::Helper<AccountId> for World {
	fn fund(who: &AccountId) {
		use frame_support::traits::fungible::Mutate;
		Balances::mint_into(who, 1_000_000_000).unwrap();
	}

	fn dataset(number: u32) -> DatasetId {
		dataset(number, OPEN);
		DatasetId(number)
	}

	fn attestation(version: VersionId) -> AttestationId {
		Confirmed::set(vec![(AttestationId(1), version)]);
		AttestationId(1)
	}

	fn new_randomness() {
		Output::set((1, u32::MAX));
	}

	fn shape() -> Shape {
		SHAPE
	}
}

impl pallet_models::Config for Test {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
	type Consideration =
		HoldConsideration<AccountId, Balances, RecordReason, LinearStoragePrice<ConstU64<0>, ConstU64<1>, Balance>>;
	type Currency = Balances;
	type Datasets = Sets;
	type Judgeable = World;
	type LeastDue = LeastDue;
	type MaxPromises = ConstU32<4>;
	type MaxShared = MaxShared;
	type ModerationOrigin = EnsureRoot<AccountId>;
	type Needs = World;
	type OriginAttestations = World;
	type Randomness = World;
	type RevealDelay = RevealDelay;
	type RevealWindow = RevealWindow;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SimilarityBond = ConstU64<BOND>;
	type SimilarityPeriod = ConstU32<PERIOD>;
	type SimilarityThreshold = SimilarityThreshold;
	type WeightInfo = ();
}

/// A chain on which accounts 1 to 10 have money, 11 has the existential deposit and a little.
pub fn chain() -> sp_io::TestExternalities {
	let mut balances: Vec<_> = (1..=10).map(|who| (who, ENDOWMENT)).collect();
	balances.push((11, 50));
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
		Known::set(BTreeMap::new());
		Confirmed::set(Vec::new());
		Needed::set(Vec::new());
		Output::set((0, 0));
	});
	ext
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

/// Checks every invariant, and that deposits pay for exactly the bytes that there are.
pub fn check() {
	Models::do_try_state().unwrap();
	let mut bytes = BTreeMap::<AccountId, u64>::new();
	for model in crate::Models::<Test>::iter_values() {
		*bytes.entry(model.owner).or_default() += model.bytes;
	}
	for (owner, _) in crate::AliasOf::<Test>::iter() {
		// The name, the account twice over, the ticket, two items.
		*bytes.entry(owner).or_default() += 2 * (33 + 8) + 8 + 2 * ITEM_BYTES;
	}
	for (owner, _, _) in crate::Promises::<Test>::iter() {
		*bytes.entry(owner).or_default() += Models::promise_footprint().size;
	}
	for who in 1..=11 {
		assert_eq!(
			held(who),
			bytes.remove(&who).unwrap_or(0),
			"holds of {who} are its tickets"
		);
	}
	assert!(bytes.is_empty());
}

/// What an account holds for bytes.
pub fn held(who: AccountId) -> Balance {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&RecordReason::get(), &who)
}

pub fn bonded(who: AccountId) -> Balance {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::SimilarityBond.into(), &who)
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn now() -> u32 {
	System::block_number()
}

/// Goes on by so many blocks.
pub fn pass(blocks: u32) {
	for _ in 0..blocks {
		System::set_block_number(now() + 1);
		Models::on_poll(now(), &mut WeightMeter::new());
	}
}

pub const OPEN: Terms = Terms {
	derive: true,
	commercial: true,
	min_share: Permill::zero(),
	expiry: None,
	purposes: Purposes::ANY,
	withdrawal: Withdrawal::StopsServing,
};

/// Terms under which a withdrawal stops no answers.
pub const SERVES_ON: Terms = Terms {
	withdrawal: Withdrawal::StopsDerivation,
	..OPEN
};

/// A version with these weights, made from nothing.
pub fn float(root: u8) -> Pub {
	Publication {
		weights: Commitment {
			kind: Kind::Weights,
			count: 10,
			root: [root; 32],
		},
		bytes: 10_000,
		package: [root; 32],
		manifest: [2; 32],
		class: Class::Float { profile: [3; 32] },
		parents: Bounded::new(),
		datasets: Bounded::new(),
		terms: OPEN,
		licence: b"Apache-2.0".to_vec().try_into().unwrap(),
		licence_text: [4; 32],
		fee: Fee {
			per_input: 1,
			per_output: 2,
		},
		safety: None,
	}
}

/// The same, made from these.
pub fn from(root: u8, parents: &[u32], datasets: &[u32]) -> Pub {
	let parents: Vec<_> = parents.iter().map(|id| (VersionId(*id), Permill::zero())).collect();
	let datasets: Vec<_> = datasets.iter().map(|id| (DatasetId(*id), Permill::zero())).collect();
	Publication {
		parents: parents.try_into().unwrap(),
		datasets: datasets.try_into().unwrap(),
		..float(root)
	}
}

/// A dataset with these terms.
pub fn dataset(id: u32, terms: Terms) {
	Known::mutate(|known| known.insert(DatasetId(id), (terms, false, 0)));
}

/// Its owner withdraws it.
pub fn withdraw_dataset(id: u32) {
	Known::mutate(|known| known.get_mut(&DatasetId(id)).unwrap().1 = true);
	<Models as OnWithdrawal>::withdrawn(DatasetId(id));
}

pub fn model(owner: AccountId) -> ModelId {
	let id = crate::NextModel::<Test>::get();
	Models::create_model(signed(owner), format!("m{}", id.0).into_bytes()).unwrap();
	id
}

pub const SALT: Digest = [9; 32];

pub fn commit(owner: AccountId, publication: &Pub) -> DispatchResult {
	Models::commit_version(signed(owner), Models::promise(publication, &owner, &SALT))
}

pub fn reveal(owner: AccountId, model: ModelId, publication: Pub) -> DispatchResult {
	let call = crate::Call::reveal_version {
		model,
		publication: Box::new(publication),
		salt: SALT,
	};
	dispatch(owner, call)
}

/// As an extrinsic would: refused calls leave nothing behind.
pub fn dispatch(who: AccountId, call: crate::Call<Test>) -> DispatchResult {
	let call = RuntimeCall::Models(call);
	call.dispatch(signed(who)).map(|_| ()).map_err(|refused| refused.error)
}

/// Promises and publishes.
pub fn publish(owner: AccountId, model: ModelId, publication: Pub) -> VersionId {
	let id = crate::NextVersion::<Test>::get();
	commit(owner, &publication).unwrap();
	pass(DELAY);
	reveal(owner, model, publication).unwrap();
	id
}

/// Publishes in a model of its own.
pub fn published(owner: AccountId, publication: Pub) -> VersionId {
	let model = model(owner);
	publish(owner, model, publication)
}

pub const SHAPE: Shape = Shape {
	answers: Use::Tokens,
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
	order: Order::Before,
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

/// An exact model: its chunks.
pub struct Exact {
	pub shape: Shape,
	pub chunks: Vec<Vec<u8>>,
}

/// A number of a bell curve, nearly, with a deviation of about 30.
fn bell(random: &mut Random) -> i64 {
	(0..4).map(|_| random.between(-52, 52)).sum::<i64>() / 2
}

impl Exact {
	/// With weights of its own.
	pub fn trained(seed: u64) -> Self {
		let mut random = Random(seed);
		let count = Layout::new(SHAPE).chunks();
		let chunk = |_| {
			(0..CHUNK)
				.map(|_| bell(&mut random).clamp(-127, 127) as i8 as u8)
				.collect()
		};
		Self {
			shape: SHAPE,
			chunks: (0..count).map(chunk).collect(),
		}
	}

	/// With so many percent of noise.
	pub fn noisy(&self, percent: i64, seed: u64) -> Self {
		let mut random = Random(seed);
		let mut noise = |byte: &u8| {
			let number = i64::from(*byte as i8) + bell(&mut random) * percent / 100;
			number.clamp(-127, 127) as i8 as u8
		};
		Self {
			shape: self.shape,
			chunks: self
				.chunks
				.iter()
				.map(|chunk| chunk.iter().map(&mut noise).collect())
				.collect(),
		}
	}

	fn tree(&self) -> Tree {
		Tree::from_leaves::<HostHash>(Kind::Weights, &self.chunks).unwrap()
	}

	pub fn publication(&self) -> Pub {
		Publication {
			weights: self.tree().commitment(),
			bytes: self.chunks.len() as u64 * CHUNK,
			class: Class::Exact {
				spec: 1,
				shape: self.shape,
				vocabulary: Some(Commitment {
					kind: Kind::Vocabulary,
					count: self.shape.vocabulary.into(),
					root: [7; 32],
				}),
			},
			..float(0)
		}
	}

	/// The chunks that a claim draws.
	pub fn opened(&self, claim: SimilarityId) -> Opened {
		let stage = crate::Similarities::<Test>::get(claim).unwrap().stage;
		let seed = match stage {
			crate::Stage::Drawn { seed } | crate::Stage::Unserved { seed } | crate::Stage::Served { seed } => seed,
			crate::Stage::Waiting => [0; 32],
		};
		let places = drawn::<HostHash>(&seed, claim, self.shape);
		self.at(places.into_iter().map(|(chunk, _)| chunk).collect())
	}

	/// These chunks.
	pub fn at(&self, places: Vec<u64>) -> Opened {
		let chunks: Vec<_> = places
			.iter()
			.map(|place| Bounded::<u8, { CHUNK as usize }>::try_from(self.chunks[*place as usize].clone()).unwrap())
			.collect();
		Opened {
			chunks: chunks.try_into().unwrap(),
			proof: self.tree().prove(&Ranges::covering(places).unwrap()).unwrap(),
		}
	}
}

/// The root of all state.
pub fn root() -> Vec<u8> {
	sp_io::storage::root(sp_runtime::StateVersion::V1)
}
