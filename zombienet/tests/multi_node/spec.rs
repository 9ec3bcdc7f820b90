// SPDX-License-Identifier: Apache-2.0

//! The changes to the chain specification are made, or refused by name.

use atelier_zombienet::{
	Error,
	chain_spec::{Changes, apply},
};
use serde_json::{Value, json};

const TWO: Changes = Changes {
	validators: 2,
	epoch_slots: 20,
};

fn spec(patch: Value) -> Vec<u8> {
	json!({ "genesis": { "runtimeGenesis": { "code": "0x00", "patch": patch } } })
		.to_string()
		.into_bytes()
}

#[test]
fn keeps_the_first_validators_and_sets_the_epoch() -> anyhow::Result<()> {
	let plain = spec(json!({
		"session": { "keys": ["alice", "bob", "charlie"] },
		"launch": { "periods": "Short" },
	}));
	let changed: Value = serde_json::from_slice(&apply(&plain, TWO)?)?;
	assert_eq!(
		changed["genesis"]["runtimeGenesis"]["patch"],
		json!({
			"session": { "keys": ["alice", "bob"] },
			"launch": { "periods": "Short", "epochSlots": 20 },
		})
	);
	Ok(())
}

#[test]
fn refuses_more_validators_than_there_are() {
	let plain = spec(json!({ "session": { "keys": ["alice"] }, "launch": {} }));
	assert!(matches!(apply(&plain, TWO), Err(Error::SpecLacks(_))));
}

#[test]
fn refuses_a_raw_specification() {
	let raw = br#"{ "genesis": { "raw": { "top": {} } } }"#;
	assert!(matches!(apply(raw, TWO), Err(Error::SpecLacks("genesis patch"))));
}
