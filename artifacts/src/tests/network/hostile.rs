// SPDX-License-Identifier: Apache-2.0

//! Hosts that lie, and hosts that waste time.

use super::*;
use iroh::{
	Endpoint, RelayMode,
	endpoint::{SendStream, presets},
};
use std::time::Instant;

/// What a host answers to every request.
#[derive(Clone, Copy, Debug)]
enum Lie {
	/// The right length, and bytes that are nobody's.
	Garbage,
	/// The right length, and then nothing.
	Silence,
	/// Nothing at all, on a connection that stays.
	Nothing,
	/// The right length and a few bytes, and away.
	Cut,
	/// An enormous length.
	Endless,
	/// The end at once.
	Empty,
	/// One byte now and then.
	Trickle,
}

const LENGTH: u64 = 200_000;

async fn answer(lie: Lie, send: &mut SendStream) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
	let length = LENGTH.to_le_bytes();
	match lie {
		Lie::Garbage => {
			send.write_all(&length).await?;
			send.write_all(&bytes(3, 300_000)).await?;
		}
		Lie::Silence => send.write_all(&length).await?,
		Lie::Nothing => {}
		Lie::Cut => {
			send.write_all(&length).await?;
			send.write_all(&[0; 10]).await?;
		}
		Lie::Endless => {
			send.write_all(&(1_u64 << 60).to_le_bytes()).await?;
			send.write_all(&bytes(3, 300_000)).await?;
		}
		Lie::Empty => send.finish()?,
		Lie::Trickle => {
			send.write_all(&length).await?;
			loop {
				send.write_all(&[0]).await?;
				tokio::time::sleep(Duration::from_millis(50)).await;
			}
		}
	}
	Ok(())
}

async fn liar(lie: Lie) -> (Endpoint, Host) {
	let endpoint = Endpoint::builder(presets::Minimal)
		.relay_mode(RelayMode::Disabled)
		.clear_ip_transports()
		.bind_addr("127.0.0.1:0")
		.unwrap()
		.alpns(vec![iroh_blobs::ALPN.to_vec()])
		.bind()
		.await
		.unwrap();
	let host = Host {
		id: endpoint.id(),
		addresses: endpoint.bound_sockets().iter().map(ToString::to_string).collect(),
	};
	let accepting = endpoint.clone();
	tokio::spawn(async move {
		while let Some(incoming) = accepting.accept().await {
			tokio::spawn(async move {
				let connection = incoming.await.ok()?;
				let (mut send, mut receive) = connection.accept_bi().await.ok()?;
				receive.read_to_end(100_000).await.ok()?;
				answer(lie, &mut send).await.ok()?;
				if let Lie::Cut = lie {
					tokio::time::sleep(Duration::from_millis(100)).await;
					connection.close(9_u32.into(), b"");
				}
				connection.closed().await;
				Some(())
			});
		}
	});
	(endpoint, host)
}

#[tokio::test]
async fn who_lies_or_is_silent_is_left_and_counted() {
	let honest = Peer::new().await;
	let content = bytes(1, LENGTH as usize);
	let lies = [
		(Lie::Garbage, Fault::WrongContent),
		(Lie::Silence, Fault::Stalled),
		(Lie::Nothing, Fault::Stalled),
		(Lie::Cut, Fault::Cut),
		(Lie::Endless, Fault::OtherLength),
		(Lie::Empty, Fault::Absent),
		(Lie::Trickle, Fault::Stalled),
	];
	let id = honest.publish(&content).await;
	for (lie, expected) in lies {
		let (_endpoint, host) = liar(lie).await;
		let client = Peer::new().await;
		let fetched = client.fetch(id, LENGTH, &[host.clone(), honest.host()]).await.unwrap();
		assert_eq!(
			fetched.asked,
			[(host.id, Some(expected)), (honest.network.id(), None)],
			"{lie:?}"
		);
		assert_eq!(fetched.received, LENGTH, "{lie:?}");
		assert_eq!(client.fetcher.faults(&host.id), [(expected, 1)].into(), "{lie:?}");
		client.store.verify(id).await.unwrap();
	}
}

/// A blob whose hash is right and which is longer than the chain states. With its control: only without the defence it takes more
/// of the disk than was reserved for it.
#[tokio::test]
async fn a_longer_blob_than_stated_is_refused() {
	let server = Peer::new().await;
	let id = server.publish(&bytes(1, 3_000_000)).await;
	for (check, taken) in [(Check::Access, false), (Check::Length, true)] {
		let client = Peer::with(|options| options.checks = Checks::without(check)).await;
		let outcome = client.fetch(id, 1_000, &[server.host()]).await;
		match taken {
			false => assert_eq!(fault(outcome), Fault::OtherLength),
			true => drop(outcome),
		}
		let file = client.folder.path().join(format!("store/data/{id}.data"));
		let length = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
		assert_eq!(length > client.store.usage().occupied, taken, "{check:?}");
		// A shorter one than stated is not the right one either.
		if !taken {
			assert_eq!(
				fault(client.fetch(id, 3_000_001, &[server.host()]).await),
				Fault::OtherLength
			);
		}
	}
}

/// Control: without the defence a silent host is waited for.
#[tokio::test]
async fn without_its_defence_a_silent_host_is_waited_for() {
	let (_endpoint, host) = liar(Lie::Silence).await;
	let began = Instant::now();
	let client = Peer::with(|options| options.checks = Checks::without(Check::Stall)).await;
	let hosts = [host];
	let fetching = client.fetch(hash(&bytes(1, LENGTH as usize)), LENGTH, &hosts);
	assert!(tokio::time::timeout(Duration::from_secs(4), fetching).await.is_err());
	assert!(began.elapsed() > Duration::from_millis(1_500) * 2);
}
