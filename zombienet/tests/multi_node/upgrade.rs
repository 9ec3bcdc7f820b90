// SPDX-License-Identifier: Apache-2.0

//! Two validators. The chain replaces its runtime by the vote of both chambers and goes on.

use crate::{folder, log};
use anyhow::ensure;
use atelier_zombienet::{
    chain::{Chain, call, has_event},
    chain_spec::Changes,
    governance,
    network::{LocalNetwork, VALIDATORS},
    node,
    wait::{self, Seen},
};
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
const SOON: Duration = Duration::from_secs(60);
const AMOUNT: u128 = 1_000_000_000_000;
const NEWCOMER: [u8; 32] = [7; 32];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_through_both_chambers_and_the_chain_goes_on() -> anyhow::Result<()> {
    log();
    let code = governance::compress(&std::fs::read(node::upgrade_wasm()?)?)?;
    let network = LocalNetwork::start(folder("upgrade"), CHANGES).await?;
    let nodes = VALIDATORS
        .iter()
        .take(CHANGES.validators)
        .map(|name| network.rpc(name))
        .collect::<Result<Vec<_>, _>>()?;
    let chain = Chain::connect(network.rpc("alice")?).await?;
    let before = chain.rpc().spec_version().await?;

    governance::authorise_upgrade(&chain, &code).await?;
    governance::apply_upgrade(&chain, &code).await?;

    for node in &nodes {
        let after = wait::until("the new version", SOON, async || {
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
    }
    a_transfer_works(Chain::connect(network.rpc("bob")?).await?).await?;
    Ok(network.stop().await?)
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
        let free = account
            .as_ref()
            .at("data")
            .at("free")
            .and_then(Value::as_u128);
        Ok(if free == Some(AMOUNT) {
            Seen::Yes(())
        } else {
            Seen::NotYet(format!("{free:?}"))
        })
    })
    .await?;
    Ok(())
}
