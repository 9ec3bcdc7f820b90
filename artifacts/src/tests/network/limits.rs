// SPDX-License-Identifier: Apache-2.0

//! Strangers that take what they can.

use super::*;
use crate::network::gate::{Gate, Place};
use iroh_blobs::{get::fsm::start, protocol::GetRequest};
use std::{net::UdpSocket, time::Instant};

#[tokio::test]
async fn random_bytes_at_the_port_change_nothing() {
	let (server, client) = (Peer::new().await, Peer::new().await);
	let id = server.publish(&bytes(1, 500_000)).await;
	let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
	let target = server.network.listens()[0];
	for seed in 0..3_000_u64 {
		let mut packet = bytes(seed, 1 + seed as usize % 1_400);
		// Some look like the first packet of a connection.
		if seed % 3 == 0 && packet.len() > 6 {
			packet[0] = 0xc0 | (packet[0] & 0x0f);
			packet[1..5].copy_from_slice(&[0, 0, 0, 1]);
		}
		let _ = socket.send_to(&packet, target);
	}
	assert_eq!(
		client.fetch(id, 500_000, &[server.host()]).await.unwrap().received,
		500_000
	);
}

#[test]
fn places_are_counted_and_given_back() {
	let gate = Gate::new(4, 2, Checks::default());
	let (here, there) = (Place::Address([1, 1, 1, 1]), Place::Address([2, 2, 2, 2]));
	let passes = [gate.enter(here), gate.enter(here)];
	assert!(passes.iter().all(Option::is_some));
	assert!(gate.enter(here).is_none());
	assert!(gate.is_crowded());
	let others = [gate.enter(there), gate.enter(there)];
	assert!(gate.enter(Place::Unknown).is_none());
	drop(passes);
	assert!(gate.enter(here).is_some());
	drop(others);
	assert_eq!(gate.count(), 0);
	// One customer's network of IPv6 is one place.
	let place = |address: &str| Place::of(&iroh::endpoint::IncomingAddr::Ip(address.parse().unwrap()));
	assert_eq!(place("[2a01:4f8:1:2:3::4]:1"), place("[2a01:4f8:1:2:ffff::9]:2"));
	assert_ne!(place("[2a01:4f8:1:2:3::4]:1"), place("[2a01:4f8:1:3:3::4]:1"));
	assert_eq!(place("[::ffff:1.2.3.4]:1"), place("1.2.3.4:9"));
}

/// With its control: only without the defence one address takes all places.
#[tokio::test]
async fn one_address_does_not_take_all_places() {
	for (check, flooded) in [(Check::Stall, false), (Check::Connections, true)] {
		let server = Peer::with(|options| {
			options.limits.connections_from = 3;
			options.checks = Checks::without(check);
		})
		.await;
		let id = server.publish(b"a model").await;
		let client = Peer::new().await;
		let mut connections = Vec::new();
		for _ in 0..6 {
			connections.push(client.network.connect(&server.host(), iroh_blobs::ALPN).await);
		}
		let open = connections.iter().filter(|connection| connection.is_ok()).count();
		assert_eq!(open, if flooded { 6 } else { 3 }, "{check:?}");
		// Places come back.
		drop(connections);
		assert!(eventually(async || server.network.gate().count() == 0).await);
		assert!(client.fetch(id, 7, &[server.host()]).await.is_ok());
	}
}

#[tokio::test]
async fn connections_are_taken_when_it_is_crowded_too() {
	// From the second one on who comes has to show where it is.
	let server = Peer::with(|options| options.limits.connections = 4).await;
	let id = server.publish(b"a model").await;
	let client = Peer::new().await;
	let held = [
		client.connect(&server).await,
		client.connect(&server).await,
		client.connect(&server).await,
	];
	assert!(client.fetch(id, 7, &[server.host()]).await.is_ok());
	assert!(held.iter().all(|connection| connection.close_reason().is_none()));
}

/// With its control: only without the defence a connection asks as often as it likes.
#[tokio::test]
async fn a_connection_asks_only_so_often() {
	for (check, endless) in [(Check::Stall, false), (Check::Requests, true)] {
		let server = Peer::with(|options| {
			options.limits.requests = 5;
			options.checks = Checks::without(check);
		})
		.await;
		let id = server.publish(b"a model").await;
		let client = Peer::new().await;
		let connection = client.connect(&server).await;
		let mut answered = 0;
		for _ in 0..8 {
			let asked = client
				.store
				.blobs()
				.remote()
				.execute_get(connection.clone(), GetRequest::blob(id))
				.await;
			answered += usize::from(asked.is_ok());
		}
		assert_eq!(answered, if endless { 8 } else { 5 }, "{check:?}");
	}
}

/// With its control: only without the defence a request that never ends holds a place, and a long one is read.
#[tokio::test]
async fn requests_are_short_and_come_in_time() {
	for (check, held) in [(Check::Stall, false), (Check::RequestSize, true)] {
		let server = Peer::with(|options| {
			options.limits.request_time = Duration::from_millis(500);
			options.limits.idle = Duration::from_millis(500);
			options.checks = Checks::without(check);
		})
		.await;
		let client = Peer::new().await;
		let slow = client.connect(&server).await;
		let (mut send, _receive) = slow.open_bi().await.unwrap();
		// The first byte of a request for a blob.
		send.write_all(&[0]).await.unwrap();
		let ended = tokio::time::timeout(Duration::from_secs(3), slow.closed())
			.await
			.is_ok();
		assert_eq!(ended, !held, "{check:?}");

		let long = client.connect(&server).await;
		let (mut send, mut receive) = long.open_bi().await.unwrap();
		let written = async {
			send.write_all(&[0]).await?;
			for _ in 0..40 {
				send.write_all(&[0xff; 4_096]).await?;
			}
			Ok::<_, iroh::endpoint::WriteError>(())
		};
		let _ = tokio::time::timeout(Duration::from_secs(2), written).await;
		let answer = tokio::time::timeout(Duration::from_secs(2), receive.read_to_end(10)).await;
		assert_eq!(answer.is_ok(), !held, "{check:?}");
	}
}

/// With its control: only without the defence who reads nothing holds memory and a place.
#[tokio::test]
async fn who_reads_nothing_is_left() {
	for (check, held) in [(Check::Length, false), (Check::SlowReader, true)] {
		let server = Peer::with(|options| {
			options.limits.stall = Duration::from_millis(700);
			options.limits.idle = Duration::from_millis(500);
			options.checks = Checks::without(check);
		})
		.await;
		let id = server.publish(&bytes(1, 20 * MB as usize)).await;
		let client = Peer::new().await;
		let connection = client.connect(&server).await;
		let asked = start(connection.clone(), GetRequest::blob(id), Default::default())
			.next()
			.await
			.unwrap();
		let _unread = asked.next().await.unwrap();
		let began = Instant::now();
		let closed = tokio::time::timeout(Duration::from_secs(4), connection.closed()).await;
		assert_eq!(closed.is_err(), held, "{check:?}: {closed:?}");
		assert!(began.elapsed() > Duration::from_secs(1), "{closed:?}");
	}
}

#[tokio::test]
async fn who_asks_nothing_is_left() {
	let server = Peer::with(|options| options.limits.idle = Duration::from_millis(300)).await;
	let client = Peer::new().await;
	let connection = client.connect(&server).await;
	assert!(
		tokio::time::timeout(Duration::from_secs(3), connection.closed())
			.await
			.is_ok()
	);
	assert!(eventually(async || server.network.gate().count() == 0).await);
}

#[tokio::test]
async fn bytes_go_out_as_fast_as_is_allowed() {
	let server = Peer::with(|options| options.limits.each_second = Some(MB)).await;
	let (one, two) = (
		server.publish(&bytes(1, MB as usize)).await,
		server.publish(&bytes(2, MB as usize)).await,
	);
	let (first, second) = (Peer::new().await, Peer::new().await);
	let hosts = [server.host()];
	let began = Instant::now();
	let (a, b) = tokio::join!(first.fetch(one, MB, &hosts), second.fetch(two, MB, &hosts));
	assert!(a.is_ok() && b.is_ok());
	assert!(began.elapsed() > Duration::from_millis(1_700), "{:?}", began.elapsed());
}
