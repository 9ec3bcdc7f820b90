// SPDX-License-Identifier: Apache-2.0

//! A runtime with datasets and attestations, batches, and transactions that somebody else pays for as in
//! `runtime/src/configs/accounts.rs`.

use crate as pallet_provenance;
use atelier_primitives::{
	attestations::Data,
	datasets::{Access, Description},
	ids::{AttestationId, DatasetId, SchemaId, Subject, Subjects},
	licence::Licence,
	lineage::OnWithdrawal,
	pots::{Holdings, Pot},
	terms::{Purposes, Terms, Withdrawal},
	BlockNumber,
};
use frame_support::{derive_impl, parameter_types, traits::LinearStoragePrice};
use pallet_provenance::{DatasetFacts, Expression, StatementOf};
use sp_core::{sr25519, Pair};
use sp_runtime::{
	traits::{IdentifyAccount, IdentityLookup, Verify},
	BuildStorage, MultiSignature, Permill,
};
use std::sync::LazyLock;

pub type Signature = MultiSignature;
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
pub type Balance = u64;
type Block = frame_system::mocking::MockBlockU32<Test>;

/// What each account begins with.
pub const MONEY: Balance = 1_000_000;
/// Accounts 1 to this have money.
pub const RICH: u8 = 8;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Utility: pallet_utility,
		VerifySignature: pallet_verify_signature,
		MetaTx: pallet_meta_tx,
		Provenance: pallet_provenance,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountData = pallet_balances::AccountData<Balance>;
	type AccountId = AccountId;
	type Block = Block;
	type BlockHashCount = frame_support::traits::ConstU32<100>;
	type Lookup = IdentityLookup<AccountId>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

impl pallet_utility::Config for Test {
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
}

impl pallet_verify_signature::Config for Test {
	type AccountIdentifier = <Signature as Verify>::Signer;
	type Signature = Signature;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

/// What the signer of a transaction that another pays for signs beside the call.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type Signed = (
	pallet_meta_tx::MetaTxMarker<Test>,
	frame_system::CheckNonZeroSender<Test>,
	frame_system::CheckSpecVersion<Test>,
	frame_system::CheckTxVersion<Test>,
	frame_system::CheckGenesis<Test>,
	frame_system::CheckMortality<Test>,
	frame_system::CheckNonce<Test>,
	frame_metadata_hash_extension::CheckMetadataHash<Test>,
);

impl pallet_meta_tx::Config for Test {
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Extension = (pallet_verify_signature::VerifySignature<Test>, Signed);
	#[cfg(feature = "runtime-benchmarks")]
	type Extension = pallet_meta_tx::WeightlessExtension<Test>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
}

parameter_types! {
	/// Versions below this exist.
	pub static Versions: u32 = 3;
	/// The datasets for whose owners money waits.
	pub static Earned: Vec<DatasetId> = Vec::new();
	/// The datasets whose withdrawal was told.
	pub static Told: Vec<DatasetId> = Vec::new();
	pub static PricePerRecord: Balance = 100;
	pub static PricePerByte: Balance = 1;
}

pub struct Registries;

impl Subjects<AccountId> for Registries {
	fn exists(subject: &Subject<AccountId>) -> bool {
		match subject {
			Subject::Dataset(_) => Provenance::exists(subject),
			Subject::Version(version) => version.0 < Versions::get(),
			Subject::Account(account) => System::account_exists(account),
			Subject::Job(_) | Subject::Round(_) => false,
		}
	}
}

impl Holdings for Registries {
	fn empty(pot: Pot) -> bool {
		Earned::get().iter().all(|dataset| pot != Pot::Dataset(*dataset))
	}
}

impl OnWithdrawal for Registries {
	fn withdrawn(dataset: DatasetId) {
		Told::mutate(|told| told.push(dataset));
	}
}

impl pallet_provenance::Config for Test {
	type BlockNumberProvider = System;
	type Currency = Balances;
	type Holdings = Registries;
	type OnWithdrawal = Registries;
	type RuntimeHoldReason = RuntimeHoldReason;
	type StoragePrice = LinearStoragePrice<PricePerRecord, PricePerByte, Balance>;
	type Subjects = Registries;
	type WeightInfo = ();
}

static PAIRS: LazyLock<Vec<sr25519::Pair>> =
	LazyLock::new(|| (0..=9).map(|seed| sr25519::Pair::from_seed(&[seed; 32])).collect());

#[cfg(not(feature = "runtime-benchmarks"))]
pub fn pair(number: u8) -> sr25519::Pair {
	PAIRS[usize::from(number)].clone()
}

pub fn account(number: u8) -> AccountId {
	PAIRS[usize::from(number)].public().0.into()
}

pub fn signed(number: u8) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(number))
}

/// A chain in its first block.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: (1..=RICH).map(|who| (account(who), MONEY)).collect(),
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		Earned::set(Vec::new());
		Told::set(Vec::new());
		Versions::set(3);
		PricePerRecord::set(100);
		PricePerByte::set(1);
		System::set_block_number(1);
	});
	ext
}

/// Runs the test and checks every invariant afterwards.
pub fn chain(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let supply = Balances::total_issuance();
		test();
		assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
		Provenance::do_try_state().unwrap();
	});
}

pub fn at(block: BlockNumber) {
	System::set_block_number(block);
}

pub const OPEN: Terms = Terms {
	derive: true,
	commercial: true,
	min_share: Permill::zero(),
	expiry: None,
	purposes: Purposes::ANY,
	withdrawal: Withdrawal::StopsServing,
};

pub fn expression(text: &str) -> Expression {
	Expression::try_from(text.as_bytes().to_vec()).unwrap()
}

/// Content that anybody may use.
pub fn facts(root: u8) -> DatasetFacts {
	DatasetFacts {
		root: [root; 32],
		bytes: 1_000,
		terms: OPEN,
		access: Access::Public,
		licence: Licence {
			expression: expression("CC-BY-4.0"),
			text: [9; 32],
		},
		description: Description::Croissant([8; 32]),
	}
}

/// That can be taken back, for good, of nothing else.
pub fn statement(schema: SchemaId) -> StatementOf {
	StatementOf {
		schema,
		revocable: true,
		expiry: None,
		reference: None,
		data: Data::Hash([7; 32]),
	}
}

/// Registers content as one of this account's.
pub fn register(owner: u8, root: u8) -> DatasetId {
	let id = crate::NextDataset::<Test>::get();
	Provenance::register_dataset(signed(owner), facts(root)).unwrap();
	id
}

/// Attests something of account 1.
pub fn attest(attester: u8, statement: StatementOf) -> AttestationId {
	let id = crate::NextAttestation::<Test>::get();
	Provenance::attest(signed(attester), Subject::Account(account(1)), statement).unwrap();
	id
}

pub fn held(who: u8) -> Balance {
	use frame_support::traits::fungible::InspectHold;
	Balances::total_balance_on_hold(&account(who))
}
