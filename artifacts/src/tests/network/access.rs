// SPDX-License-Identifier: Apache-2.0

//! Who may read what, and what others learn of it: nothing.

use super::*;
use crate::store::Reader;
use futures::StreamExt;
use iroh_blobs::{
	api::blobs::BlobStatus,
	protocol::{ChunkRanges, ChunkRangesSeq, GetManyRequest, GetRequest, ObserveRequest, PushRequest},
};

#[tokio::test]
async fn only_who_is_named_reads_what_is_private() {
	let (server, client, other) = (Peer::new().await, Peer::new().await, Peer::new().await);
	let content = bytes(1, 100_000);
	let id = server.store.add_bytes(content, Keep::Until(100)).await.unwrap();
	let hosts = [server.host()];
	let refused = fault(client.fetch(id, 100_000, &hosts).await);
	// The same as for what is not here.
	assert_eq!(refused, fault(client.fetch(hash(b"nothing"), 7, &hosts).await));
	assert_eq!(refused, Fault::Refused);
	assert_eq!(
		client.fetcher.faults(&server.network.id()),
		[(Fault::Refused, 2)].into()
	);

	server.store.allow(id, client.network.id(), 10).await.unwrap();
	assert_eq!(client.fetch(id, 100_000, &hosts).await.unwrap().received, 100_000);
	assert_eq!(fault(other.fetch(id, 100_000, &hosts).await), Fault::Refused);

	// Whoever holds a key, once somebody has seen that it does.
	server.store.allow(id, Reader::Key([7; 32]), 20).await.unwrap();
	assert_eq!(fault(other.fetch(id, 100_000, &hosts).await), Fault::Refused);
	server.store.introduce(other.network.id(), [7; 32], 20).unwrap();
	assert_eq!(other.fetch(id, 100_000, &hosts).await.unwrap().received, 100_000);

	// Until the block that was named, also after a restart of the client.
	server.store.release_before(11).await.unwrap();
	let again = Peer::with(|options| options.key = client.folder.path().join("key")).await;
	assert_eq!(again.network.id(), client.network.id());
	assert_eq!(fault(again.fetch(id, 100_000, &hosts).await), Fault::Refused);
}

/// Control: without the defence anybody reads it.
#[tokio::test]
async fn without_its_defence_anybody_reads() {
	let folder = folder();
	let open = Store::open(crate::store::Options {
		checks: Checks::without(Check::Access),
		..options(&folder, MB)
	});
	let server = Peer::of(folder, open.await.unwrap(), |_| {}).await;
	let id = server
		.store
		.add_bytes(b"a prompt".to_vec(), Keep::Until(100))
		.await
		.unwrap();
	let client = Peer::new().await;
	assert_eq!(client.fetch(id, 8, &[server.host()]).await.unwrap().received, 8);
}

/// Whoever gets a public blob that names a private one by its hash asks for the public one as a list. With its control: only
/// without the defence the private one comes too.
#[tokio::test]
async fn a_public_blob_does_not_open_what_it_names() {
	for (check, opened) in [(Check::Stall, false), (Check::Children, true)] {
		let server = Peer::with(|options| options.checks = Checks::without(check)).await;
		let private = server
			.store
			.add_bytes(bytes(1, 50_000), Keep::Until(100))
			.await
			.unwrap();
		let list = server.publish(private.as_bytes()).await;
		let client = Peer::new().await;
		let request = GetRequest::all(list);
		let outcome = client
			.store
			.blobs()
			.remote()
			.execute_get(client.connect(&server).await, request)
			.await;
		assert_eq!(outcome.is_ok(), opened, "{check:?}");
		let status = client.store.blobs().status(private).await.unwrap();
		assert_eq!(
			matches!(status, BlobStatus::Complete { size: 50_000 }),
			opened,
			"{check:?}"
		);
		// As one blob the list itself is everybody's.
		assert!(client.fetch(list, 32, &[server.host()]).await.is_ok());
	}
}

/// With its control: only without the defence a stranger learns that a blob is here, and how long it is.
#[tokio::test]
async fn nobody_learns_what_is_here() {
	for (check, told) in [(Check::Stall, false), (Check::Observing, true)] {
		let server = Peer::with(|options| options.checks = Checks::without(check)).await;
		let private = server
			.store
			.add_bytes(bytes(1, 50_000), Keep::Until(100))
			.await
			.unwrap();
		let client = Peer::new().await;
		let connection = client.connect(&server).await;
		let observed = client
			.store
			.blobs()
			.remote()
			.observe(connection, ObserveRequest::new(private));
		let first = Box::pin(observed).next().await.unwrap();
		assert_eq!(first.is_ok_and(|bits| bits.size() == 50_000), told, "{check:?}");
	}
}

#[tokio::test]
async fn nobody_writes_here_and_nobody_gets_many_at_once() {
	let (server, client) = (Peer::new().await, Peer::new().await);
	let public = server.publish(b"public").await;
	let connection = client.connect(&server).await;
	let many = GetManyRequest::new(vec![public], ChunkRangesSeq::from_ranges([ChunkRanges::all()]));
	let remote = client.store.blobs().remote();
	assert!(remote.execute_get_many(connection.clone(), many).await.is_err());

	let theirs = client.store.add_bytes(bytes(5, 10_000), Keep::WhileRoom).await.unwrap();
	let push = PushRequest::new(theirs, ChunkRangesSeq::from_ranges([ChunkRanges::all()]));
	let _ = remote.execute_push(connection, push).await;
	assert!(server.store.entry(&theirs).is_none());
	assert_eq!(server.store.blobs().status(theirs).await.unwrap(), BlobStatus::NotFound);
}
