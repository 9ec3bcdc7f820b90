// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! What the client does when nodes fail: every final block is followed once, every call is carried out once.

mod common;
#[path = "common/proxy.rs"]
mod proxy;

use atelier_client::{AccountId, Error, Final, Following, Hash, Key, Nodes, Outbox, Position, Refusal, runtime};
use common::{Node, dev_spec, free_port};
use proxy::Proxy;
use std::{sync::Arc, time::Duration};
use subxt::transactions::Payload;

const UNIT: u128 = 1_000_000_000_000;
/// For a chain to get anywhere on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

fn key(name: &str) -> Key {
	Key::development(name).unwrap()
}

fn url(port: u16) -> String {
	format!("ws://127.0.0.1:{port}")
}

fn nodes(urls: &[String]) -> Arc<Nodes> {
	Arc::new(Nodes::new(urls.iter().cloned(), None).unwrap())
}

fn pay(to: &AccountId, amount: u128) -> impl Payload + use<> {
	runtime::transactions()
		.balances()
		.transfer_keep_alive((*to).into(), amount)
}

/// A development chain that can be started again: on the same ports, with the same data.
struct Lasting {
	base: tempfile::TempDir,
	spec: String,
	rpc: u16,
	port: u16,
}

impl Lasting {
	fn new() -> Self {
		Self {
			base: tempfile::tempdir().unwrap(),
			spec: dev_spec(),
			rpc: free_port(),
			port: free_port(),
		}
	}

	fn start(&self, more: &[&str]) -> Node {
		let (rpc, port) = (self.rpc.to_string(), self.port.to_string());
		let mut all = vec!["--dev", "--chain", &self.spec, "--rpc-port", &rpc, "--port", &port];
		all.extend(more);
		Node::start(self.base.path(), &all)
	}
}

/// Follows up to a block, and checks that none is left out and each follows the one before.
async fn follow(following: &mut Following<'_>, to: u64) -> Vec<Position> {
	let mut seen: Vec<Position> = Vec::new();
	while seen.last().is_none_or(|last| last.number < to) {
		let next = tokio::time::timeout(PATIENCE, following.next())
			.await
			.expect("the chain goes on");
		let Final::Block(block) = next.unwrap() else {
			panic!("nothing was missed")
		};
		if let Some(last) = seen.last() {
			assert_eq!(block.position.number, last.number + 1);
		}
		assert_eq!(block.at.block_hash(), block.position.hash);
		seen.push(block.position);
	}
	seen
}

async fn balance(nodes: &Nodes, who: &AccountId) -> u128 {
	nodes.asking(async |chain| chain.balance(who).await).await.unwrap()
}

/// Hands in so many payments of different amounts at once; what they should add up to.
fn payments(outbox: &Outbox, to: AccountId, count: u32) -> (tokio::task::JoinSet<Result<(), Error>>, u128) {
	let mut tasks = tokio::task::JoinSet::new();
	let mut sum = 0;
	for number in 0..count {
		let amount = UNIT + u128::from(number);
		sum += amount;
		let (outbox, call) = (outbox.clone(), pay(&to, amount));
		tasks.spawn(async move { outbox.send(&call).await.map(drop) });
	}
	(tasks, sum)
}

async fn all_done(mut tasks: tokio::task::JoinSet<Result<(), Error>>) {
	while let Some(done) = tokio::time::timeout(PATIENCE, tasks.join_next())
		.await
		.expect("it is not stuck")
	{
		done.unwrap().unwrap();
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_flight_survive_the_death_of_the_node() {
	let lasting = Lasting::new();
	let node = lasting.start(&[]);
	let nodes = nodes(&[url(lasting.rpc)]);
	let (outbox, task) = Outbox::open(nodes.clone(), key("//Alice"));
	let stranger = key("//Atelier//Outbox").account();
	let (mut tasks, sum) = payments(&outbox, stranger, 100);
	// Some are final, some in blocks, some in the pool, some not handed over yet.
	for _ in 0..20 {
		tasks.join_next().await.unwrap().unwrap().unwrap();
	}
	// Killed without warning.
	drop(node);
	tokio::time::sleep(Duration::from_secs(1)).await;
	let _node = lasting.start(&[]);
	all_done(tasks).await;
	assert_eq!(balance(&nodes, &stranger).await, sum, "each payment was made once");

	// What the chain refuses is refused by name, and what no block takes is, too; the calls beside it go on.
	let dust = key("//Atelier//Dust").account();
	let (poor, poors) = Outbox::open(nodes.clone(), key("//Atelier//Poor"));
	let (little, fair, much) = (pay(&dust, 1), pay(&stranger, UNIT), pay(&stranger, UNIT));
	let (refused, paid, not_included) = tokio::join!(outbox.send(&little), outbox.send(&fair), poor.send(&much));
	paid.unwrap();
	let refused = refused.unwrap_err();
	assert!(
		matches!(&refused, Error::Refused { reason: Refusal::Other(reason), .. } if reason.contains("Token")),
		"{refused}"
	);
	let refused = not_included.unwrap_err();
	assert!(
		matches!(&refused, Error::NotIncluded { told, .. } if told.contains("fees")),
		"{refused}"
	);
	assert_eq!(balance(&nodes, &stranger).await, sum + UNIT);
	drop((outbox, poor));
	task.await.unwrap();
	poors.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_sign_for_one_account_pay_each_thing_once() {
	let node = Node::dev(&[]);
	let nodes = nodes(&[format!("ws://{}", node.rpc())]);
	let (first, _one) = Outbox::open(nodes.clone(), key("//Bob"));
	let (second, _two) = Outbox::open(nodes.clone(), key("//Bob"));
	let stranger = key("//Atelier//Twice").account();
	let (one, _) = payments(&first, stranger, 20);
	let (two, _) = payments(&second, stranger, 20);
	let (mut paid, mut lost) = (0, 0);
	for mut tasks in [one, two] {
		while let Some(done) = tokio::time::timeout(PATIENCE, tasks.join_next())
			.await
			.expect("it is not stuck")
		{
			match done.unwrap() {
				Ok(()) => paid += 1,
				Err(Error::NumbersTaken { .. }) => lost += 1,
				Err(error) => panic!("{error}"),
			}
		}
	}
	assert_eq!(paid + lost, 40);
	assert!(paid >= 20, "{paid} were paid, {lost} told that somebody else signs");
	assert_eq!(
		balance(&nodes, &stranger).await / UNIT,
		paid,
		"what was said to be paid was paid, once"
	);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_takes_over() {
	let author = Lasting::new();
	let first = author.start(&[]);
	let base = tempfile::tempdir().unwrap();
	let address = first.call("system_localListenAddresses", serde_json::json!([]));
	let address = address
		.as_array()
		.unwrap()
		.iter()
		.filter_map(|address| address.as_str());
	let address = address
		.clone()
		.find(|address| address.contains("127.0.0.1"))
		.unwrap()
		.to_string();
	let rpc = free_port();
	let second = Node::start(
		base.path(),
		&[
			"--chain",
			&author.spec,
			"--rpc-port",
			&rpc.to_string(),
			"--bootnodes",
			&address,
		],
	);
	let nobody = url(free_port());
	let nodes = nodes(&[nobody, url(rpc), url(author.rpc)]);
	let mut following = Following::after(&nodes, None);
	let begun = follow(&mut following, 2).await;
	let (outbox, _task) = Outbox::open(nodes.clone(), key("//Charlie"));
	let stranger = key("//Atelier//Other").account();
	let (tasks, sum) = payments(&outbox, stranger, 40);
	// The one in use dies.
	drop(second);
	all_done(tasks).await;
	assert_eq!(balance(&nodes, &stranger).await, sum);
	let last = begun.last().unwrap().number;
	let later = follow(&mut following, last + 3).await;
	assert_eq!(later[0].number, last + 1, "nothing is left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_goes_on_where_it_was_or_is_told_what_it_missed() {
	let lasting = Lasting::new();
	// The least that a node keeps.
	let mut node = lasting.start(&["--state-pruning", "8"]);
	let nodes = nodes(&[url(lasting.rpc)]);
	let first = {
		let mut following = Following::after(&nodes, None);
		*follow(&mut following, 2).await.last().unwrap()
	};
	node.wait_until("a few blocks pass", |node| node.finalised() >= first.number + 3);
	let mut following = Following::after(&nodes, Some(first));
	let went_on = follow(&mut following, first.number + 3).await;
	assert_eq!(went_on[0].number, first.number + 1);

	node.wait_until("the state is gone", |node| node.finalised() >= first.number + 13);
	let mut following = Following::after(&nodes, Some(first));
	let missed = following.next().await.unwrap();
	let Final::Missed { first: from, last } = missed else {
		panic!("{missed:?}")
	};
	assert_eq!(from, first.number + 1);
	let then = follow(&mut following, last + 2).await;
	assert_eq!(then[0].number, last + 1);

	// A chain that has another block there is another chain.
	let other = Position {
		number: then[1].number,
		hash: Hash::repeat_byte(7),
	};
	let error = Following::after(&nodes, Some(other)).next().await.unwrap_err();
	assert!(
		matches!(error, Error::NotTheChain { number, .. } if number == other.number),
		"{error}"
	);
	let elsewhere = Nodes::new([url(lasting.rpc)], Some(Hash::repeat_byte(1))).unwrap();
	let error = elsewhere.chain().await.unwrap_err();
	assert!(error.to_string().contains("is of the chain"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_way_to_the_node_starves_nobody_and_a_blocked_one_is_left() {
	let node = Node::dev(&[]);
	// A block needs about eight answers, one after another: more than a second.
	let long = Proxy::to(node.rpc(), Duration::from_millis(200)).await;
	let other = Proxy::to(node.rpc(), Duration::ZERO).await;
	let nodes = nodes(&[long.url(), other.url()]);
	let (outbox, _task) = Outbox::open(nodes.clone(), key("//Dave"));
	let stranger = key("//Atelier//Far").account();
	let (tasks, sum) = payments(&outbox, stranger, 12);
	all_done(tasks).await;
	assert_eq!(balance(&nodes, &stranger).await, sum, "each payment was made once");
	let mut following = Following::after(&nodes, None);
	let begun = follow(&mut following, 3).await;

	let (tasks, more) = payments(&outbox, stranger, 12);
	tokio::time::sleep(Duration::from_millis(500)).await;
	long.freeze();
	all_done(tasks).await;
	assert_eq!(balance(&nodes, &stranger).await, sum + more, "and once again");
	let last = begun.last().unwrap().number;
	let later = follow(&mut following, last + 3).await;
	assert_eq!(later[0].number, last + 1, "nothing is left out");
}

#[test]
fn no_nodes_are_no_nodes() {
	assert!(matches!(Nodes::new([], None), Err(Error::NodeCount { .. })));
	let many = (0..17).map(|_| String::from("ws://127.0.0.1:1"));
	assert!(matches!(Nodes::new(many, None), Err(Error::NodeCount { .. })));
}
