// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Our own client against the real node.

mod common;

use atelier_client::{AccountId, Chain, Error, Key, Refusal, Wait, runtime};
use common::Node;
use std::net::TcpListener;

const UNIT: u128 = 1_000_000_000_000;

fn key(name: &str) -> Key {
	Key::development(name).unwrap()
}

async fn connect(node: &Node) -> Chain {
	Chain::connect(&format!("ws://{}", node.rpc())).await.unwrap()
}

fn pay(to: &AccountId, amount: u128) -> impl subxt::transactions::Payload {
	runtime::transactions()
		.balances()
		.transfer_keep_alive((*to).into(), amount)
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_carried_out_or_refused_by_name() {
	let node = Node::dev(&[]);
	let chain = connect(&node).await;
	let (alice, stranger) = (key("//Alice"), key("//Atelier//Stranger").account());
	assert_eq!(chain.balance(&stranger).await.unwrap(), 0);

	let paid = chain.submit(&pay(&stranger, UNIT), &alice, Wait::Final).await.unwrap();
	let transfer = paid.events.find_first::<runtime::balances::events::Transfer>();
	assert_eq!(transfer.unwrap().unwrap().amount, UNIT);
	assert_eq!(chain.balance(&stranger).await.unwrap(), UNIT);

	// Below what keeps an account alive.
	let dust = key("//Atelier//Dust").account();
	let refused = chain.submit(&pay(&dust, 1), &alice, Wait::InBlock).await.unwrap_err();
	let Error::Refused { call, reason } = refused else {
		panic!("{refused}")
	};
	assert_eq!(call, "Balances::transfer_keep_alive");
	assert!(
		matches!(&reason, Refusal::Other(reason) if reason.contains("Token")),
		"{reason}"
	);
	// An error of a pallet comes with its name.
	let all = chain.balance(&alice.account()).await.unwrap();
	let force = runtime::transactions().balances().force_adjust_total_issuance(
		runtime::runtime_types::pallet_balances::types::AdjustmentDirection::Increase,
		all,
	);
	let refused = chain.submit(&force, &alice, Wait::InBlock).await.unwrap_err();
	assert!(refused.to_string().contains("Bad origin"), "{refused}");

	// Who has nothing cannot pay the fee: no block takes the call.
	let poor = key("//Atelier//Poor");
	let refused = chain
		.submit(&pay(&stranger, 1), &poor, Wait::InBlock)
		.await
		.unwrap_err();
	assert!(matches!(&refused, Error::NotIncluded { .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_are_not_there_are_named() {
	let free = TcpListener::bind("127.0.0.1:0").unwrap();
	let address = free.local_addr().unwrap();
	drop(free);
	let url = format!("ws://{address}");
	let error = Chain::connect(&url).await.unwrap_err();
	assert!(
		matches!(&error, Error::Unreachable { url: named, .. } if *named == url),
		"{error}"
	);
	for url in ["", "nonsense", "ftp://127.0.0.1", "ws://192.0.2.1:9944"] {
		let error = Chain::connect(url).await.unwrap_err();
		assert!(matches!(error, Error::Unreachable { .. }), "{url}: {error}");
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_says_nothing_is_given_up() {
	// Accepts, and never answers.
	let silent = TcpListener::bind("127.0.0.1:0").unwrap();
	let url = format!("ws://{}", silent.local_addr().unwrap());
	let error = Chain::connect(&url).await.unwrap_err();
	assert!(
		matches!(error, Error::Silent { .. } | Error::Unreachable { .. }),
		"{error}"
	);
}
