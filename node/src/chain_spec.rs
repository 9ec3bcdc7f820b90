// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Which chain to run: the built-in specifications and those read from files.
//!
//! What a genesis contains is decided by the runtime's presets; here they only get a name.

use sc_chain_spec::{ChainSpecExtension, ChainType, Properties};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What the node reads from a chain specification beside the genesis.
#[derive(Default, Clone, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Blocks that must be on the chain, by number.
	pub fork_blocks: sc_client_api::ForkBlocks<crate::service::Block>,
	/// Blocks that must not be imported.
	pub bad_blocks: sc_client_api::BadBlocks<crate::service::Block>,
	/// Where a light client may start, filled in by `sync_state_genSyncSpec`.
	pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// The chain specification of Atelier chains.
pub type ChainSpec = sc_service::GenericChainSpec<Extensions>;

/// The specification named by `--chain`: `dev`, `local`, `testnet`, or the path of a file.
///
/// Without a name it is `testnet`, the chain that people join.
pub fn load(name: &str) -> Result<ChainSpec, String> {
	match name {
		"dev" => built_in(
			"Atelier Development",
			"atelier_dev",
			ChainType::Development,
			"development",
		),
		"local" => built_in("Atelier Local Testnet", "atelier_local", ChainType::Local, "local"),
		"" | "testnet" => built_in("Atelier Testnet", "atelier_testnet", ChainType::Live, "testnet"),
		path => from_file(PathBuf::from(path)),
	}
}

fn built_in(name: &str, id: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let code = atelier_runtime::WASM_BINARY.ok_or(
		"this node was built without a runtime (SKIP_WASM_BUILD), so it knows no chain by name; give --chain a file",
	)?;
	Ok(ChainSpec::builder(code, Extensions::default())
		.with_name(name)
		.with_id(id)
		.with_chain_type(kind)
		.with_protocol_id("atl")
		.with_properties(properties())
		.with_genesis_config_preset_name(preset)
		.build())
}

fn from_file(path: PathBuf) -> Result<ChainSpec, String> {
	let shown = path.display().to_string();
	if !path.exists() {
		return Err(format!(
			"unknown chain '{shown}': it is not dev, local or testnet, and no file has that name"
		));
	}
	ChainSpec::from_json_file(path).map_err(|reason| format!("malformed chain specification '{shown}': {reason}"))
}

fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), "ATL".into());
	properties.insert("tokenDecimals".into(), 12.into());
	properties.insert("ss58Format".into(), 42.into());
	properties
}
