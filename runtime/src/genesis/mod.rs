// SPDX-License-Identifier: Apache-2.0

//! The named states that a chain can start from.
//!
//! | preset | validators | periods | for |
//! | --- | --- | --- | --- |
//! | `development` | Alice | short | one node on a desk |
//! | `local` | Alice, Bob, Charlie, Dave | short | tests with several nodes |
//! | `testnet` | Alice to Dave, to be replaced by real ones in the plain spec | production | a public test network |

mod presets;

use alloc::vec::Vec;
use sp_genesis_builder::PresetId;

/// One node on a desk.
pub const DEVELOPMENT: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;
/// Several nodes on one machine.
pub const LOCAL: &str = "local";
/// A public test network.
pub const TESTNET: &str = "testnet";

/// The preset of this name as JSON.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let config = match id.as_ref() {
		DEVELOPMENT => presets::development(),
		LOCAL => presets::local(),
		TESTNET => presets::testnet(),
		_ => return None,
	};
	serde_json::to_string(&config)
		.ok()
		.map(alloc::string::String::into_bytes)
}

pub fn preset_names() -> Vec<PresetId> {
	[DEVELOPMENT, LOCAL, TESTNET].into_iter().map(PresetId::from).collect()
}
