// SPDX-License-Identifier: Apache-2.0

//! Keys, addresses, other protocols, and the end.

use super::*;
use crate::network::{AcceptError, ProtocolHandler, host::is_public, identity::read_or_make};
use atelier_primitives::work::workers::Endpoint;
use std::{fs, os::unix::fs::PermissionsExt};

#[test]
fn a_key_is_made_once_and_nobody_else_reads_it() {
	let folder = folder();
	let path = folder.path().join("deep/key");
	let key = read_or_make(&path).unwrap();
	assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
	assert_eq!(read_or_make(&path).unwrap().public(), key.public());
	assert_eq!(fs::read_dir(folder.path().join("deep")).unwrap().count(), 1);

	fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
	assert!(matches!(read_or_make(&path), Err(Error::KeyExposed { .. })));
	fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
	for content in ["", "ab", &"0".repeat(63), &"0".repeat(66), &"x".repeat(64)] {
		fs::write(&path, content).unwrap();
		assert!(
			matches!(read_or_make(&path), Err(Error::KeyUnreadable { .. })),
			"{content}"
		);
	}
}

#[test]
fn records_of_the_chain_are_hosts() {
	let host = Host {
		id: iroh::SecretKey::from_bytes(&[7; 32]).public(),
		addresses: vec!["198.51.100.7:4433".into(), "worker.example:1".into()],
	};
	let record = Endpoint::try_from(&host).unwrap();
	assert_eq!(Host::try_from(&record).unwrap(), host);
	let long = Host {
		addresses: vec!["x".repeat(65)],
		..host.clone()
	};
	assert!(matches!(Endpoint::try_from(&long), Err(Error::BadEndpoint { .. })));
	let many = Host {
		addresses: vec!["a:1".into(); 5],
		..host
	};
	assert!(matches!(Endpoint::try_from(&many), Err(Error::BadEndpoint { .. })));
	let no_text = Endpoint {
		addresses: vec![vec![0xff].try_into().unwrap()].try_into().unwrap(),
		..record
	};
	assert!(matches!(Host::try_from(&no_text), Err(Error::BadEndpoint { .. })));
}

#[test]
fn private_addresses_are_known() {
	for public in ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "2a01:4f8::1", "::ffff:1.1.1.1"] {
		assert!(is_public(public.parse().unwrap()), "{public}");
	}
	let others = [
		"0.0.0.0",
		"10.1.2.3",
		"100.64.0.1",
		"127.0.0.1",
		"169.254.169.254",
		"172.16.0.1",
		"192.0.0.1",
		"192.0.2.1",
		"192.168.1.1",
		"198.18.0.1",
		"198.51.100.1",
		"203.0.113.1",
		"224.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"fe80::1",
		"fc00::1",
		"ff02::1",
		"2001:db8::1",
		"2002:7f00:1::",
		"64:ff9b::a00:1",
		"::ffff:127.0.0.1",
		"2001::1",
		"3fff::1",
	];
	for other in others {
		assert!(!is_public(other.parse().unwrap()), "{other}");
	}
}

/// With its control: only without the defence a record makes this machine knock at its own doors.
#[tokio::test]
async fn records_do_not_lead_into_the_own_network() {
	let server = Peer::new().await;
	let id = server.publish(b"a model").await;
	for (check, found) in [(Check::Stall, false), (Check::PublicAddresses, true)] {
		let client = Peer::with(|options| {
			options.private = false;
			options.checks = Checks::without(check);
		})
		.await;
		let outcome = client.fetch(id, 7, &[server.host()]).await;
		match found {
			true => assert_eq!(outcome.unwrap().received, 7),
			false => assert_eq!(fault(outcome), Fault::Unreachable),
		}
	}
}

#[derive(Debug)]
struct Echo;

impl ProtocolHandler for Echo {
	async fn accept(&self, connection: Connection) -> Result<(), AcceptError> {
		let (mut send, mut receive) = connection.accept_bi().await?;
		tokio::io::copy(&mut receive, &mut send).await?;
		send.finish()?;
		connection.closed().await;
		Ok(())
	}
}

#[derive(Debug)]
struct Panics;

impl ProtocolHandler for Panics {
	async fn accept(&self, _: Connection) -> Result<(), AcceptError> {
		panic!("a protocol is broken");
	}
}

#[tokio::test]
async fn other_protocols_share_the_endpoint() {
	let folder = folder();
	let store = store(&folder, MB).await;
	let setup = Network::open(local(&folder, |_| {}), store.clone()).await.unwrap();
	let setup = setup.accept(b"echo", Echo).unwrap().accept(b"panics", Panics).unwrap();
	assert!(matches!(setup.accept(b"echo", Echo), Err(Error::ProtocolTwice { .. })));

	let setup = Network::open(local(&folder, |_| {}), store.clone()).await.unwrap();
	let network = setup
		.accept(b"echo", Echo)
		.unwrap()
		.accept(b"panics", Panics)
		.unwrap()
		.start()
		.await;
	let server = Peer {
		fetcher: Fetcher::new(network.clone(), store.clone()),
		folder,
		store,
		network,
	};
	let id = server.publish(b"a model").await;
	let client = Peer::new().await;
	// A protocol that breaks takes nothing with it.
	let broken = client.network.connect(&server.host(), b"panics").await.unwrap();
	broken.closed().await;
	let connection = client.network.connect(&server.host(), b"echo").await.unwrap();
	let (mut send, mut receive) = connection.open_bi().await.unwrap();
	send.write_all(b"hello").await.unwrap();
	send.finish().unwrap();
	assert_eq!(receive.read_to_end(100).await.unwrap(), b"hello");
	assert_eq!(client.fetch(id, 7, &[server.host()]).await.unwrap().received, 7);
	assert!(client.network.connect(&server.host(), b"unknown").await.is_err());
}

#[tokio::test]
async fn what_is_being_sent_is_sent_to_the_end() {
	let server = Peer::with(|options| options.limits.each_second = Some(2 * MB)).await;
	let content = bytes(1, 2 * MB as usize);
	let id = server.publish(&content).await;
	let client = Peer::new().await;
	let host = server.host();
	let fetching = client
		.fetcher
		.fetch(wanted(id, 2 * MB, std::slice::from_ref(&host)), |_| {});
	let stopping = async {
		tokio::time::sleep(Duration::from_millis(300)).await;
		server.network.shutdown(Duration::from_secs(10)).await;
	};
	let (fetched, ()) = tokio::join!(fetching, stopping);
	assert_eq!(fetched.unwrap().received, 2 * MB);
	assert!(client.network.connect(&host, iroh_blobs::ALPN).await.is_err());
	// Without patience it is cut, and nobody waits for long.
	let impatient = Peer::with(|options| options.limits.each_second = Some(MB)).await;
	let id = impatient.publish(&bytes(2, 8 * MB as usize)).await;
	let hosts = [impatient.host()];
	let fetching = client.fetch(id, 8 * MB, &hosts);
	let stopping = async {
		tokio::time::sleep(Duration::from_millis(500)).await;
		tokio::time::timeout(Duration::from_secs(8), impatient.network.shutdown(Duration::ZERO))
			.await
			.unwrap();
	};
	let (outcome, ()) = tokio::join!(fetching, stopping);
	assert!(outcome.is_err());
}
