// SPDX-License-Identifier: Apache-2.0

//! Four validators. Through crashes, a newcomer and a stall, what was final stays final.
//!
//! One network for all of it: starting one costs more than any of the steps.

use crate::{folder, log};
use anyhow::{Context, ensure};
use atelier_zombienet::{
	chain_spec::Changes,
	finality::Watch,
	network::{LocalNetwork, VALIDATORS},
	rpc::Rpc,
	wait::{self, Seen},
};
use futures::future::try_join_all;
use std::time::Duration;
use tokio::time::sleep;

const CHANGES: Changes = Changes {
	validators: 4,
	// A minute: the test crosses epoch boundaries, and so does the newcomer's warp sync.
	epoch_slots: 20,
};
/// Twenty blocks of three seconds, and twice as much again for a busy machine.
const TWENTY_BLOCKS: Duration = Duration::from_secs(180);
/// For anything that takes some blocks: fifteen seconds on an idle machine.
const SOON: Duration = Duration::from_secs(120);
/// Votes that were under way when a validator was killed have arrived after three blocks.
const SETTLE: Duration = Duration::from_secs(9);
/// Blocks that must come without any of them becoming final, for a stall to be one.
const STALLED_BLOCKS: u32 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holds_through_a_crash_a_newcomer_and_a_stall() -> anyhow::Result<()> {
	log();
	let mut network = LocalNetwork::start(folder("finality"), CHANGES).await?;
	let mut watch = Watch::default();
	for name in VALIDATORS {
		watch.follow(network.rpc(name)?);
	}

	all_finalise(&network, &VALIDATORS, 20, TWENTY_BLOCKS).await?;
	a_crashed_validator_catches_up(&network).await.context("crash")?;
	a_newcomer_joins_by_warp_sync(&mut network, &mut watch)
		.await
		.context("warp sync")?;
	finality_stops_and_resumes(&network).await.context("stall")?;

	let witnessed = watch.verify_against(&network.rpc("alice")?).await?;
	tracing::info!("every block ever called final is on the chain: {witnessed:?}");
	ensure!(
		witnessed.blocks >= 20 && witnessed.sightings >= 4 * 20,
		"too little was watched: {witnessed:?}"
	);
	Ok(network.stop().await?)
}

/// Killed without warning, away for some blocks, and back with the database as the crash left it.
async fn a_crashed_validator_catches_up(network: &LocalNetwork) -> anyhow::Result<()> {
	let (alice, bob) = (network.rpc("alice")?, network.rpc("bob")?);
	network.kill("bob")?;
	let crash = alice.finalised().await?;
	// Three of four suffice.
	alice.wait_for_finalised(crash.number + 4, SOON).await?;
	ensure!(bob.best().await.is_err(), "bob answers after it was killed");

	network.restart("bob").await?;
	let missed = alice.finalised().await?;
	bob.wait_for_finalised(missed.number + 1, SOON).await?;
	ensure!(
		bob.hash_at(missed.number).await? == Some(missed.hash),
		"bob caught up with another chain"
	);
	Ok(())
}

/// A node with an empty database gets to the head without executing the blocks before it, and then fetches those.
async fn a_newcomer_joins_by_warp_sync(network: &mut LocalNetwork, watch: &mut Watch) -> anyhow::Result<()> {
	network.join_by_warp_sync("eve").await?;
	let (alice, eve) = (network.rpc("alice")?, network.rpc("eve")?);
	watch.follow(network.rpc("eve")?);
	let head = alice.finalised().await?;
	eve.wait_for_finalised(head.number + 1, SOON).await?;
	ensure!(
		network.log("eve").await?.contains("Warp sync is complete"),
		"eve reached the head by other means than warp sync"
	);
	// The history comes in steps, the first block long before the last: both ends of it are waited for.
	let ends = [alice.hash_at(1).await?, Some(head.hash)];
	let fetched = wait::until("the newcomer has the history", SOON, async || {
		let fetched = [eve.hash_at(1).await?, eve.hash_at(head.number).await?];
		Ok(match fetched.contains(&None) {
			false => Seen::Yes(fetched),
			true => Seen::NotYet(format!("block 1 and block {}: {fetched:?}", head.number)),
		})
	})
	.await?;
	ensure!(
		fetched == ends,
		"eve joined another chain: {fetched:?} instead of {ends:?}"
	);
	Ok(())
}

/// With half of the validators away blocks are still made, but none becomes final until they return.
async fn finality_stops_and_resumes(network: &LocalNetwork) -> anyhow::Result<()> {
	const AWAY: [&str; 2] = ["charlie", "dave"];
	let (alice, bob) = (network.rpc("alice")?, network.rpc("bob")?);
	for name in AWAY {
		network.kill(name)?;
	}
	sleep(SETTLE).await;
	let last = alice.finalised().await?;
	let head = alice.best().await?;
	let tip = wait::until("blocks without finality", SOON, async || {
		let best = alice.best().await?;
		Ok(if best.number >= head.number + STALLED_BLOCKS {
			Seen::Yes(best)
		} else {
			Seen::NotYet(best.to_string())
		})
	})
	.await?;
	ensure!(
		alice.finalised().await? == last && bob.finalised().await? == last,
		"something became final with two of four validators: {last} before"
	);

	try_join_all(AWAY.map(|name| network.restart(name))).await?;
	// Not only the tip of the stall: new blocks of the full set as well.
	let names: Vec<_> = VALIDATORS.into_iter().chain(["eve"]).collect();
	all_finalise(network, &names, tip.number + 2, SOON).await?;
	ensure!(
		alice.hash_at(last.number).await? == Some(last.hash),
		"the last final block before the stall is gone"
	);
	Ok(())
}

async fn all_finalise(network: &LocalNetwork, names: &[&str], number: u32, limit: Duration) -> anyhow::Result<()> {
	let nodes: Vec<Rpc> = names.iter().map(|name| network.rpc(name)).collect::<Result<_, _>>()?;
	let waits = nodes.iter().map(|node| node.wait_for_finalised(number, limit));
	try_join_all(waits).await?;
	Ok(())
}
