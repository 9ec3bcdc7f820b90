// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{
	fakes::{Does, Fake, World},
	runtime::transactions,
};
use std::{
	sync::atomic::{AtomicBool, Ordering},
	time::Duration,
};

type Answered = JoinHandle<Result<Included, Error>>;

fn open<const COUNT: usize>(fakes: [&Arc<Fake>; COUNT]) -> Outbox {
	Outbox::open(Nodes::fakes(fakes), Key::development("//Alice").unwrap()).0
}

fn send(outbox: &Outbox, call: u8) -> Answered {
	let outbox = outbox.clone();
	tokio::spawn(async move { outbox.send(&transactions().system().remark(vec![call])).await })
}

async fn until(what: &str, mut is: impl FnMut() -> bool) {
	for _ in 0..800 {
		if is() {
			return;
		}
		tokio::time::sleep(Duration::from_millis(50)).await;
	}
	panic!("waited in vain until {what}");
}

async fn pooled(fake: &Fake, count: usize) {
	until("it is in the pool", || fake.told().pool.len() == count).await;
}

async fn answered(sent: Answered) -> Result<Included, Error> {
	let answered = tokio::time::timeout(Duration::from_secs(40), sent).await;
	answered.expect("it is answered").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_final_at_once_is_carried_out_once() {
	let world = World::new(0);
	let fake = Fake::of(&world);
	// It is final, and not in the newest block, before anything else is asked.
	let making = world.clone();
	let mut last = Vec::new();
	fake.told().does = Box::new(move |method, asked| {
		if method == "author_submitExtrinsic" {
			let transaction = hex::decode(asked[0].as_str().unwrap().trim_start_matches("0x")).unwrap();
			if transaction != last {
				making.block(vec![transaction.clone()]);
				making.block(Vec::new());
				last = transaction;
			}
		}
		Does::Answer
	});
	let outbox = open([&fake]);
	answered(send(&outbox, 0)).await.unwrap();
	assert_eq!(world.carried_out(), 1);
	tokio::time::sleep(Duration::from_secs(3)).await;
	assert_eq!(world.carried_out(), 1, "and not again");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_nodes_starve_nobody() {
	let world = World::new(0);
	let fake = Fake::of(&world);
	// A block needs nine answers or so, one after another: more than the time between two looks at what the node lacks.
	fake.told().latency = 200;
	let outbox = open([&fake]);
	let calls: Vec<_> = (0..3).map(|call| send(&outbox, call)).collect();
	let making = tokio::spawn({
		let fake = fake.clone();
		async move {
			loop {
				tokio::time::sleep(Duration::from_secs(3)).await;
				fake.block();
			}
		}
	});
	for call in calls {
		answered(call).await.unwrap();
	}
	assert_eq!(world.carried_out(), 3);
	making.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_dies_between_a_block_and_what_it_did_is_replaced() {
	let world = World::new(0);
	let (one, two) = (Fake::of(&world), Fake::of(&world));
	let outbox = open([&one, &two]);
	let call = send(&outbox, 0);
	pooled(&one, 1).await;
	// Whoever looks for the account's number in a final block has its events already.
	one.told().does = Box::new(|method, asked| match asked[0].as_str() {
		Some(key) if method == "state_getStorage" && key.len() > 100 => Does::Die,
		_ => Does::Answer,
	});
	one.block();
	answered(call).await.unwrap();
	assert!(one.told().down);
	assert_eq!(world.carried_out(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_which_nobody_knows_any_more_is_said_to_be_unseen() {
	let world = World::new(0);
	let fake = Fake::of(&world);
	let outbox = open([&fake]);
	let call = send(&outbox, 0);
	pooled(&fake, 1).await;
	let lost = Arc::new(AtomicBool::new(false));
	let seen = lost.clone();
	fake.told().does = Box::new(move |method, asked| match asked[0].as_str() {
		Some(key) if method == "state_getStorage" && key.len() > 100 => {
			seen.store(true, Ordering::Relaxed);
			Does::Die
		}
		_ => Does::Answer,
	});
	fake.block();
	until("it is looked at", || lost.load(Ordering::Relaxed)).await;
	{
		let mut told = fake.told();
		(told.down, told.first) = (false, 6);
		told.does = Box::new(|_, _| Does::Answer);
	}
	let error = answered(call).await.unwrap_err();
	assert!(matches!(error, Error::Unseen { first: 5, last: 5, .. }), "{error}");
	// The next call goes on.
	(0..10).for_each(|_| world.block(Vec::new()));
	let call = send(&outbox, 1);
	pooled(&fake, 1).await;
	fake.block();
	answered(call).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_has_another_cannot_refuse() {
	let world = World::new(0);
	let (one, two) = (Fake::of(&world), Fake::of(&world));
	let outbox = open([&one, &two]);
	let call = send(&outbox, 0);
	pooled(&one, 1).await;
	two.told().refuses = Some("Custom error: 2");
	one.told().down = true;
	tokio::time::sleep(Duration::from_secs(4)).await;
	assert!(!call.is_finished(), "a block may still take it");
	// It got around.
	one.block();
	answered(call).await.unwrap();
	assert_eq!(world.carried_out(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_all_nodes_refuse_is_refused_once_no_block_can_take_it() {
	let world = World::new(0);
	let fake = Fake::of(&world);
	let outbox = open([&fake]);
	let call = send(&outbox, 0);
	pooled(&fake, 1).await;
	// The node forgets it, and takes it no more.
	fake.told().pool.clear();
	fake.told().refuses = Some("Inability to pay some fees");
	tokio::time::sleep(Duration::from_secs(3)).await;
	assert!(!call.is_finished());
	(0..260).for_each(|_| world.block(Vec::new()));
	let error = answered(call).await.unwrap_err();
	assert!(
		matches!(&error, Error::NotIncluded { told, .. } if told.contains("fees")),
		"{error}"
	);
	// What no node ever took is refused at once, and the next call gets its number.
	let error = answered(send(&outbox, 1)).await.unwrap_err();
	assert!(matches!(error, Error::NotIncluded { .. }), "{error}");
	fake.told().refuses = None;
	let call = send(&outbox, 2);
	pooled(&fake, 1).await;
	fake.block();
	answered(call).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_on_another_fork_ends_nothing_and_all_end_it_with_the_truth() {
	let (world, other) = (World::new(0), World::new(1));
	let (one, two) = (Fake::of(&world), Fake::of(&world));
	let outbox = open([&one, &two]);
	let first = send(&outbox, 0);
	pooled(&one, 1).await;
	let sent = one.told().pool.clone();
	one.told().world = other.clone();
	(0..3).for_each(|_| other.block(Vec::new()));
	world.block(sent);
	answered(first).await.unwrap();
	let call = send(&outbox, 1);
	pooled(&two, 1).await;
	two.told().world = other.clone();
	let error = answered(call).await.unwrap_err();
	assert!(matches!(error, Error::Uncertain { .. }), "{error}");
	let error = answered(send(&outbox, 2)).await.unwrap_err();
	assert!(matches!(error, Error::OutboxClosed), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_cut_off_while_it_is_signed_or_handed_over_is_not_lost() {
	let world = World::new(0);
	let fake = Fake::of(&world);
	let outbox = open([&fake]);
	// The account's number was once asked for to sign; then the transaction is handed over: each hangs once.
	let mut hung = Vec::new();
	fake.told().does = Box::new(move |method, asked| {
		let what = match method {
			"state_call" => asked[0].as_str().unwrap(),
			method => method,
		};
		let hangs = ["AccountNonceApi_account_nonce", "author_submitExtrinsic"];
		if !hangs.contains(&what) || hung.iter().any(|so_far| so_far == what) {
			return Does::Answer;
		}
		hung.push(what.to_string());
		Does::Hang
	});
	let calls = [send(&outbox, 0), send(&outbox, 1)];
	pooled(&fake, 2).await;
	fake.block();
	for call in calls {
		answered(call).await.unwrap();
	}
	assert_eq!(world.carried_out(), 2);
}
