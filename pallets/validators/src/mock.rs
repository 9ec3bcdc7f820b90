// SPDX-License-Identifier: Apache-2.0

//! A runtime with sessions of five blocks and session keys of one kind.

use crate as pallet_validators;
use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, ConstU64, OnFinalize, OnInitialize},
	PalletId,
};
use frame_system::EnsureRoot;
use sp_runtime::{
	impl_opaque_keys,
	testing::UintAuthorityId,
	traits::{ConvertInto, OpaqueKeys},
	BuildStorage, KeyTypeId, RuntimeAppPublic,
};

pub type AccountId = u64;
pub type Balance = u64;
type Block = frame_system::mocking::MockBlock<Test>;

pub const POT: Balance = 1_000;
pub const REWARD: Balance = 30;
pub const SESSION: u64 = 5;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Validators: pallet_validators,
		Historical: pallet_session::historical,
		Session: pallet_session,
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
}

impl_opaque_keys! {
	pub struct MockKeys {
		pub one: OneKey,
	}
}

/// Accepts every key and remembers none.
pub struct OneKey;

impl sp_runtime::BoundToRuntimeAppPublic for OneKey {
	type Public = UintAuthorityId;
}

impl pallet_session::SessionHandler<AccountId> for OneKey {
	const KEY_TYPE_IDS: &'static [KeyTypeId] = &[sp_runtime::key_types::DUMMY];
	fn on_genesis_session<K: OpaqueKeys>(_: &[(AccountId, K)]) {}
	fn on_new_session<K: OpaqueKeys>(changed: bool, _: &[(AccountId, K)], _: &[(AccountId, K)]) {
		Announced::mutate(|announced| announced.push(changed));
	}
	fn on_disabled(_: u32) {}
}

parameter_types! {
	/// Whether each session so far was announced as changed.
	pub static Announced: Vec<bool> = Vec::new();
	pub static MinValidators: u32 = 2;
	pub static BlockReward: Balance = REWARD;
	pub const PotId: PalletId = PalletId(*b"test/pot");
}

impl pallet_session::Config for Test {
	type Currency = Balances;
	type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
	type KeyDeposit = ConstU64<10>;
	type Keys = MockKeys;
	type NextSessionRotation = pallet_session::PeriodicSessions<ConstU64<SESSION>, ConstU64<0>>;
	type RuntimeEvent = RuntimeEvent;
	type SessionHandler = OneKey;
	type SessionManager = pallet_session::historical::NoteHistoricalRoot<Test, Validators>;
	type ShouldEndSession = pallet_session::PeriodicSessions<ConstU64<SESSION>, ConstU64<0>>;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type WeightInfo = ();
}

pub struct NoIdentification;

impl sp_runtime::traits::Convert<AccountId, Option<()>> for NoIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl pallet_session::historical::Config for Test {
	type FullIdentification = ();
	type FullIdentificationOf = NoIdentification;
	type RuntimeEvent = RuntimeEvent;
}

impl pallet_validators::Config for Test {
	type BlockReward = BlockReward;
	type ManageOrigin = EnsureRoot<AccountId>;
	type MaxValidators = ConstU32<6>;
	type MinValidators = MinValidators;
	type PotId = PotId;
	type RewardCurrency = Balances;
	type WeightInfo = ();
}

pub fn keys(of: AccountId) -> MockKeys {
	MockKeys {
		one: UintAuthorityId(of),
	}
}

/// A chain whose validators are 1 to `validators`; accounts 1 to 10 have money, 7 and 8 have keys without being in the set.
pub struct ExtBuilder {
	validators: u64,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { validators: 4 }
	}
}

impl ExtBuilder {
	pub fn validators(mut self, validators: u64) -> Self {
		self.validators = validators;
		self
	}

	/// Runs the test and checks every invariant afterwards.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		let mut balances: Vec<_> = (1..=10).map(|who| (who, 100)).collect();
		balances.push((Validators::pot_account(), POT));
		let storage = RuntimeGenesisConfig {
			balances: BalancesConfig {
				balances,
				..Default::default()
			},
			session: SessionConfig {
				keys: (1..=self.validators).map(|who| (who, who, keys(who))).collect(),
				non_authority_keys: Vec::new(),
			},
			..Default::default()
		}
		.build_storage()
		.unwrap();
		let mut ext = sp_io::TestExternalities::from(storage);
		ext.execute_with(|| {
			Announced::set(Vec::new());
			System::set_block_number(1);
			for who in [7, 8] {
				register_keys(who);
			}
			let supply = Balances::total_issuance();
			test();
			assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
			Validators::do_try_state().unwrap();
		});
	}
}

pub fn register_keys(who: AccountId) {
	Session::set_keys(RuntimeOrigin::signed(who), keys(who), keys(who).prove_ownership(who)).unwrap();
}

impl MockKeys {
	pub fn prove_ownership(&self, owner: AccountId) -> Vec<u8> {
		self.one
			.clone()
			.generate_proof_of_possession(&owner.encode())
			.unwrap()
			.encode()
	}
}

/// Ends the running session.
pub fn next_session() {
	let session = Session::current_index();
	while Session::current_index() == session {
		let now = System::block_number();
		Session::on_finalize(now);
		System::set_block_number(now + 1);
		Session::on_initialize(now + 1);
	}
}
