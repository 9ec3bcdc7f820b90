// SPDX-License-Identifier: Apache-2.0

//! Calls as extrinsics make them, and what they change of the state.

use super::*;
use frame_support::storage::with_storage_layer;
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult};

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
