// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The node does what it is for: makes and finalises blocks, answers, comes back after a stop.

mod common;

use common::{Node, command, dev_spec, free_port, http};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// What clients rely on. Subscriptions stand for their families.
const METHODS: &[&str] = &[
	"account_nextIndex",
	"author_pendingExtrinsics",
	"author_rotateKeys",
	"author_rotateKeysWithOwner",
	"author_submitAndWatchExtrinsic",
	"author_submitExtrinsic",
	"babe_epochAuthorship",
	"chainHead_v1_follow",
	"chainSpec_v1_genesisHash",
	"chain_getBlock",
	"chain_getFinalizedHead",
	"chain_subscribeFinalizedHeads",
	"grandpa_proveFinality",
	"grandpa_roundState",
	"grandpa_subscribeJustifications",
	"mmr_generateProof",
	"mmr_root",
	"mmr_verifyProof",
	"offchain_localStorageGet",
	"payment_queryFeeDetails",
	"payment_queryInfo",
	"rpc_methods",
	"state_call",
	"state_getMetadata",
	"state_getStorage",
	"state_subscribeRuntimeVersion",
	"sync_state_genSyncSpec",
	"system_accountNextIndex",
	"system_chain",
	"system_dryRun",
	"system_health",
	"system_localListenAddresses",
	"system_syncState",
	"transactionWatch_v1_submitAndWatch",
	"transaction_v1_broadcast",
];

fn exported(arguments: &[&str]) -> Value {
	let mut all = vec!["export-chain-spec"];
	all.extend(arguments);
	let output = command(&all);
	assert!(
		output.status.success(),
		"{arguments:?}: {}",
		String::from_utf8_lossy(&output.stderr)
	);
	serde_json::from_slice(&output.stdout).expect("a chain specification is JSON")
}

#[test]
fn exports_every_chain_without_bootnodes_and_telemetry() {
	for (chain, id, kind) in [
		("dev", "atelier_dev", "Development"),
		("local", "atelier_local", "Local"),
		("testnet", "atelier_testnet", "Live"),
	] {
		let spec = exported(&["--chain", chain]);
		assert_eq!(spec["id"], id);
		assert_eq!(spec["chainType"], kind);
		assert_eq!(spec["bootNodes"], json!([]));
		assert_eq!(spec["telemetryEndpoints"], Value::Null);
		assert_eq!(
			spec["properties"],
			json!({ "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "ATL" })
		);
		assert!(spec["genesis"]["runtimeGenesis"].is_object(), "{chain}");
	}
}

#[test]
fn finalises_answers_and_goes_on_from_its_raw_specification() {
	let base = tempfile::tempdir().expect("a temporary folder");
	let prometheus = free_port();

	let mut node = Node::start(base.path(), &["--dev", "--prometheus-port", &prometheus.to_string()]);
	node.wait_until("a block is finalised", |node| node.finalised() >= 1);

	let methods = node.call("rpc_methods", json!([]));
	let methods: Vec<_> = methods["methods"]
		.as_array()
		.expect("a list")
		.iter()
		.filter_map(Value::as_str)
		.collect();
	for method in METHODS {
		assert!(methods.contains(method), "{method} is missing from {methods:?}");
	}

	assert_eq!(node.call("system_chain", json!([])), "Atelier Development");
	assert_eq!(node.call("system_properties", json!([]))["tokenSymbol"], "ATL");
	let genesis = node.call("chain_getBlockHash", json!([0]));
	assert_eq!(node.call("chainSpec_v1_genesisHash", json!([])), genesis);
	proves_an_old_block(&mut node);

	let server = SocketAddr::from(([127, 0, 0, 1], prometheus));
	let metrics = http::get(server, "/metrics").expect("the exporter listens");
	let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
	for metric in [
		"substrate_block_height",
		"substrate_finality_grandpa_round",
		"substrate_rpc_calls_started",
		"substrate_sub_txpool",
	] {
		assert!(metrics.contains(metric), "{metric} is missing");
	}

	let before = node.finalised();
	drop(node);

	let raw = dev_spec();
	let spec: Value = serde_json::from_slice(&std::fs::read(&raw).expect("it was written")).expect("JSON");
	assert_eq!(spec["bootNodes"], json!([]));
	assert_eq!(spec["telemetryEndpoints"], Value::Null);
	assert!(spec["genesis"]["raw"].is_object());

	let mut node = Node::start(base.path(), &["--chain", &raw, "--alice", "--force-authoring"]);
	assert_eq!(node.call("chain_getBlockHash", json!([0])), genesis);
	assert!(node.finalised() >= before, "finalised blocks were lost");
	node.wait_until("finality goes on", |node| node.finalised() > before);
	let light = node.call("sync_state_genSyncSpec", json!([true]));
	assert!(light["lightSyncState"]["finalizedBlockHeader"].is_string());
}

/// An MMR proof for a block is made from the offchain database and accepted by the runtime.
fn proves_an_old_block(node: &mut Node) {
	node.wait_until("there are three blocks", |node| node.best() >= 3);
	let proof = node.call("mmr_generateProof", json!([[1], 2]));
	assert_eq!(node.call("mmr_verifyProof", json!([proof])), true);
}
