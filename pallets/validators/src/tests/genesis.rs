// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn the_set_is_everyone_with_session_keys() {
	ExtBuilder::default().validators(3).build_and_execute(|| {
		assert_eq!(wanted(), [1, 2, 3]);
		assert_eq!(active(), [1, 2, 3]);
	});
}

#[test]
fn both_genesis_sessions_can_prove_key_ownership() {
	ExtBuilder::default().build_and_execute(|| {
		assert!(Historical::historical_root(0).is_some());
		assert!(Historical::historical_root(1).is_some());
	});
}

#[test]
#[should_panic(expected = "session.keys names 7 validators, at most 6 fit")]
fn too_many_keys_are_refused() {
	ExtBuilder::default().validators(7).build_and_execute(|| {});
}
