// SPDX-License-Identifier: Apache-2.0

//! Two validators. The chain replaces its runtime by the vote of both chambers and goes on.

use crate::{folder, log};
use anyhow::ensure;
use atelier_zombienet::{
	chain::{Chain, call, has_event},
	chain_spec::Changes,
	finality::Watch,
	governance,
	network::LocalNetwork,
	node,
	rpc::Rpc,
	wait::{self, Seen},
};
use futures::future::try_join;
use std::time::Duration;
use zombienet_sdk::{
	subxt::dynamic::{At, Value},
	subxt_signer::sr25519::dev,
};

/// Both must vote for a block to be final: the cheapest network in which finality depends on every node's new runtime.
const CHANGES: Changes = Changes {
	validators: 2,
	epoch_slots: 20,
};
/// A node compiles the new runtime when it first runs it, on a busy machine.
const SOON: Duration = Duration::from_secs(120);
const AMOUNT: u128 = 1_000_000_000_000;
const NEWCOMER: [u8; 32] = [7; 32];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_through_both_chambers_and_the_chain_goes_on() -> anyhow::Result<()> {
	log();
	let code = governance::compress(&std::fs::read(node::upgrade_wasm()?)?)?;
	let network = LocalNetwork::start(folder("upgrade"), CHANGES).await?;
	let (alice, bob) = (network.rpc("alice")?, network.rpc("bob")?);
	let mut watch = Watch::default();
	watch.follow(network.rpc("alice")?);
	watch.follow(network.rpc("bob")?);
	let before = alice.spec_version().await?;

	let chain = Chain::connect(network.rpc("alice")?).await?;
	governance::authorise_upgrade(&chain, &code).await?;
	ensure!(
		alice.spec_version().await? == before,
		"an authorisation alone changed the runtime"
	);
	governance::apply_upgrade(&chain, &code).await?;

	try_join(goes_on(&alice, before), goes_on(&bob, before)).await?;
	a_transfer_works(Chain::connect(network.rpc("bob")?).await?).await?;

	let witnessed = watch.verify_against(&bob).await?;
	tracing::info!("every block ever called final is on the chain: {witnessed:?}");
	Ok(network.stop().await?)
}

/// The node runs a later version than `before`, and blocks that it made final after the change of version.
async fn goes_on(node: &Rpc, before: u64) -> anyhow::Result<()> {
	let what = format!("{} has the new version", node.node());
	let after = wait::until(what, SOON, async || {
		let version = node.spec_version().await?;
		Ok(if version == before {
			Seen::NotYet(format!("version {version}"))
		} else {
			Seen::Yes(version)
		})
	})
	.await?;
	ensure!(after > before, "version {after} after {before}");
	let upgraded = node.best().await?;
	node.wait_for_finalised(upgraded.number + 3, SOON).await?;
	Ok(())
}

/// With the new runtime's metadata, to an account that did not exist.
async fn a_transfer_works(chain: Chain) -> anyhow::Result<()> {
	let newcomer = Value::from_bytes(NEWCOMER);
	let dest = Value::unnamed_variant("Id", [newcomer.clone()]);
	let transfer = call(
		"Balances",
		"transfer_keep_alive",
		vec![("dest", dest), ("value", Value::u128(AMOUNT))],
	);
	let events = chain.submit(&transfer, &dev::eve()).await?;
	has_event(&events, "Balances", "Transfer")?;
	wait::until("the money has arrived", SOON, async || {
		let account = chain
			.finalised_item("System", "Account", vec![newcomer.clone()])
			.await?;
		let free = account.as_ref().at("data").at("free").and_then(Value::as_u128);
		Ok(if free == Some(AMOUNT) {
			Seen::Yes(())
		} else {
			Seen::NotYet(format!("{free:?}"))
		})
	})
	.await?;
	Ok(())
}
