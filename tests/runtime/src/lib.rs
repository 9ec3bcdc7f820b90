// SPDX-License-Identifier: Apache-2.0

//! Whole chains in memory, for tests of the runtime: built from the real presets, driven by real blocks' hooks, and
//! checked after every test: each pallet's `try_state`, and that not one unit of money appeared or vanished.

pub mod hands;
pub mod time;
pub mod transactions;

use atelier_runtime::{
	AccountId, AllPalletsWithSystem, Babe, Balances, BlockNumber, Runtime, RuntimeCall, RuntimeEvent,
	RuntimeGenesisConfig, RuntimeOrigin, Session, System, configs::BlockLimits, genesis,
};
use codec::Encode;
use frame_support::{
	traits::{OnFinalize, OnInitialize, OnPoll, TryState, TryStateSelect},
	weights::WeightMeter,
};
use sp_consensus_babe::{
	BABE_ENGINE_ID, Slot,
	digests::{PreDigest, SecondaryPlainPreDigest},
};
use sp_runtime::{Digest, DigestItem};

pub use sp_keyring::Sr25519Keyring as Account;

/// A chain from one of the runtime's presets, at its first block.
pub struct Chain {
	ext: sp_io::TestExternalities,
}

impl Chain {
	pub fn from_preset(name: &str) -> Self {
		Self::from_preset_with(name, |_| {})
	}

	/// As [`Self::from_preset`], with genesis changed as chain-spec tools would change it.
	pub fn from_preset_with(name: &str, change: impl FnOnce(&mut serde_json::Value)) -> Self {
		sp_tracing::try_init_simple();
		let patch = genesis::preset(&name.into()).expect("the preset exists");
		let mut patch: serde_json::Value = serde_json::from_slice(&patch).expect("presets are JSON");
		change(&mut patch);
		let mut ext = sp_io::TestExternalities::default();
		let config = with_defaults(patch);
		ext.execute_with(|| {
			let built = frame_support::genesis_builder_helper::build_state::<RuntimeGenesisConfig>(
				config.to_string().into_bytes(),
			);
			built.expect("the preset builds");
			begin_block(1);
		});
		Self { ext }
	}

	/// Reads what a chain would do, whatever becomes of it.
	pub fn look<T>(&mut self, look: impl FnOnce() -> T) -> T {
		self.ext.execute_with(look)
	}

	/// Runs a test in the chain and checks afterwards what must always hold.
	pub fn run(mut self, test: impl FnOnce()) {
		self.ext.execute_with(|| {
			let supply = Balances::total_issuance();
			test();
			assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
			check_state();
		});
	}
}

/// A preset is a patch: laid over the default configuration as chain-spec tools do it.
fn with_defaults(patch: serde_json::Value) -> serde_json::Value {
	let mut config =
		serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default configuration serialises");
	merge(&mut config, patch);
	config
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
	match (base, patch) {
		(serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(base, patch) => *base = patch,
	}
}

/// Every invariant that any pallet states.
pub fn check_state() {
	let checked = AllPalletsWithSystem::try_state(System::block_number(), TryStateSelect::All);
	checked.expect("the state is sound; the log (RUST_LOG=try-runtime=error) names what is not");
}

/// Opens block `number` as an honest author would: the next slot, with the first authority's digest, the inherents, and what
/// pallets do in half of a block.
pub fn begin_block(number: BlockNumber) {
	let slot = Slot::from(FIRST_SLOT + u64::from(number));
	let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
		authority_index: author_of(number),
		slot,
	});
	let digest = Digest {
		logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, claim.encode())],
	};
	let parent = System::parent_hash();
	System::reset_events();
	System::initialize(&number, &parent, &digest);
	AllPalletsWithSystem::on_initialize(number);
	atelier_runtime::Timestamp::set(RuntimeOrigin::none(), u64::from(slot) * Babe::slot_duration())
		.expect("the slot's time is right");
	let left = BlockLimits::get().max_block.saturating_div(2);
	AllPalletsWithSystem::on_poll(number, &mut WeightMeter::with_limit(left));
}

/// Far enough from zero that BABE takes it for a real slot.
const FIRST_SLOT: u64 = 1_000;

/// The authorities take turns, but for those that the chain disabled. The first block of an epoch is led by one of the new
/// epoch's authorities, so the index must be one in both sets.
fn author_of(number: BlockNumber) -> u32 {
	let disabled = Session::disabled_validators();
	let next = pallet_babe::NextAuthorities::<Runtime>::get().len();
	let count = Babe::authorities().len().min(next) as u32;
	let able: Vec<u32> = (0..count).filter(|index| !disabled.contains(index)).collect();
	*able.get(number as usize % able.len().max(1)).unwrap_or(&0)
}

/// Closes the running block and opens the next.
pub fn next_block() {
	let now = System::block_number();
	AllPalletsWithSystem::on_finalize(now);
	begin_block(now + 1);
}

pub fn run_blocks(count: BlockNumber) {
	for _ in 0..count {
		next_block();
	}
}

/// Ends the running session.
pub fn next_session() {
	let session = Session::current_index();
	while Session::current_index() == session {
		next_block();
	}
}

pub fn signed(who: Account) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.to_account_id())
}

pub fn account(who: Account) -> AccountId {
	who.to_account_id()
}

pub fn dispatch(call: impl Into<RuntimeCall>, origin: RuntimeOrigin) -> sp_runtime::DispatchResult {
	use sp_runtime::traits::Dispatchable;
	call.into().dispatch(origin).map(|_| ()).map_err(|failed| failed.error)
}

/// Whether this block has an event that `wanted` accepts.
pub fn happened(wanted: impl Fn(&RuntimeEvent) -> bool) -> bool {
	System::events().iter().any(|record| wanted(&record.event))
}

/// The events of this block, for a failing assertion's message.
pub fn events() -> Vec<RuntimeEvent> {
	System::events().into_iter().map(|record| record.event).collect()
}

/// The type that tests name pallets through.
pub type R = Runtime;
