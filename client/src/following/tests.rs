// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::fakes::{Does, Fake, World};

async fn next(following: &mut Following<'_>) -> Final {
	let next = tokio::time::timeout(Duration::from_secs(20), following.next());
	next.await.expect("it goes on").unwrap()
}

async fn block(following: &mut Following<'_>) -> u64 {
	match next(following).await {
		Final::Block(block) => block.position.number,
		missed => panic!("{missed:?}"),
	}
}

#[tokio::test]
async fn what_one_node_lacks_another_has() {
	let world = World::new(0);
	let (one, two) = (Fake::of(&world), Fake::of(&world));
	let nodes = Nodes::fakes([&one, &two]);
	let mut following = Following::after(&nodes, None);
	assert_eq!(block(&mut following).await, 4);
	(0..20).for_each(|_| world.block(Vec::new()));
	// A node that has just been synchronised, or that keeps less.
	one.told().first = 20;
	for number in 5..=24 {
		assert_eq!(block(&mut following).await, number, "nothing is missed");
	}
}

#[tokio::test]
async fn what_no_node_has_is_missed_and_said_once() {
	let world = World::new(0);
	let (one, two, dead) = (Fake::of(&world), Fake::of(&world), Fake::of(&world));
	let nodes = Nodes::fakes([&one, &dead, &two]);
	let mut following = Following::after(&nodes, None);
	assert_eq!(block(&mut following).await, 4);
	(0..20).for_each(|_| world.block(Vec::new()));
	(one.told().first, two.told().first, dead.told().down) = (20, 15, true);
	let missed = next(&mut following).await;
	let Final::Missed { first: 5, last } = missed else {
		panic!("{missed:?}")
	};
	for number in last + 1..=24 {
		assert_eq!(block(&mut following).await, number);
	}
}

#[tokio::test]
async fn nodes_without_any_state_are_waited_for() {
	let world = World::new(0);
	let fake = Fake::of(&world);
	let nodes = Nodes::fakes([&fake]);
	let mut following = Following::after(&nodes, None);
	assert_eq!(block(&mut following).await, 4);
	for number in 5..8 {
		world.block(Vec::new());
		fake.told().first = number + 10;
		let early = tokio::time::timeout(Duration::from_secs(2), following.next()).await;
		assert!(early.is_err(), "{early:?}");
	}
	fake.told().first = 7;
	let missed = next(&mut following).await;
	assert!(matches!(missed, Final::Missed { first: 5, last: 6 }), "{missed:?}");
	assert_eq!(block(&mut following).await, 7);
}

#[tokio::test]
async fn a_node_that_dies_between_a_block_and_its_events_costs_nothing() {
	let world = World::new(0);
	let (one, two) = (Fake::of(&world), Fake::of(&world));
	let nodes = Nodes::fakes([&one, &two]);
	let mut following = Following::after(&nodes, None);
	assert_eq!(block(&mut following).await, 4);
	world.block(Vec::new());
	one.told().does = Box::new(|method, _| match method {
		"state_getStorage" => Does::Die,
		_ => Does::Answer,
	});
	assert_eq!(block(&mut following).await, 5);
}

#[tokio::test]
async fn one_node_on_another_fork_is_left_and_all_are_an_error() {
	let (world, other) = (World::new(0), World::new(1));
	let (one, two) = (Fake::of(&world), Fake::of(&world));
	let nodes = Nodes::fakes([&one, &two]);
	let mut following = Following::after(&nodes, None);
	assert_eq!(block(&mut following).await, 4);
	world.block(Vec::new());
	other.block(Vec::new());
	one.told().world = other.clone();
	assert_eq!(block(&mut following).await, 5, "the other is asked");
	world.block(Vec::new());
	other.block(Vec::new());
	other.block(Vec::new());
	// While one cannot be reached, nobody knows.
	two.told().down = true;
	let error = following.next().await.unwrap_err();
	assert!(matches!(error, Error::NoNode { .. }), "{error}");
	two.told().down = false;
	assert_eq!(block(&mut following).await, 6);
	world.block(Vec::new());
	two.told().world = other;
	let error = following.next().await.unwrap_err();
	assert!(matches!(error, Error::NotTheChain { number: 6, .. }), "{error}");
}
