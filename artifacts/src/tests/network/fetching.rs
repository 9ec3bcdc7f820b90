// SPDX-License-Identifier: Apache-2.0

//! Fetches: from several hosts, cut and gone on with, together, and into a full store.

use super::*;
use std::{
	env, fs,
	path::Path,
	process::{Command, Stdio},
};
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn a_blob_is_fetched_and_kept() {
	let (server, client) = (Peer::new().await, Peer::new().await);
	for length in [0, 1, 1_024, 16_384, 16_385, 5_000_000] {
		let content = bytes(length as u64, length);
		let id = server.publish(&content).await;
		let mut seen = Vec::new();
		let want = Wanted {
			keep: Keep::Until(9),
			..wanted(id, length as u64, &[server.host()])
		};
		let fetched = client
			.fetcher
			.fetch(want.clone(), |bytes| seen.push(bytes))
			.await
			.unwrap();
		assert_eq!(fetched.received, length as u64);
		assert!(
			seen.is_sorted() && seen.last().is_none_or(|last| *last <= length as u64),
			"{seen:?}"
		);
		let mut read = Vec::new();
		client.store.reader(id).unwrap().read_to_end(&mut read).await.unwrap();
		assert_eq!(read, content);
		assert_eq!(client.store.entry(&id).unwrap().keep_until, Some(9));
		// It is here: nobody is asked.
		assert_eq!(client.fetcher.fetch(want, |_| {}).await.unwrap(), Fetched::default());
		// And it is ours alone until we share it.
		assert!(!client.store.may_read(&id, &server.network.id()));
	}
}

#[tokio::test]
async fn hosts_are_asked_one_after_the_other_and_the_worst_last() {
	let (server, empty, client) = (Peer::new().await, Peer::new().await, Peer::new().await);
	let nowhere = Host {
		id: iroh::SecretKey::from_bytes(&[9; 32]).public(),
		addresses: vec!["127.0.0.1:9".into(), "no such host".into()],
	};
	let one = server.publish(&bytes(1, 100_000)).await;
	let hosts = [nowhere.clone(), empty.host(), server.host()];
	let fetched = client.fetch(one, 100_000, &hosts).await.unwrap();
	let expected = [
		(nowhere.id, Some(Fault::Unreachable)),
		(empty.network.id(), Some(Fault::Refused)),
		(server.network.id(), None),
	];
	assert_eq!(fetched.asked, expected);
	// Who has failed is asked later.
	let two = server.publish(&bytes(2, 100_000)).await;
	assert_eq!(
		client.fetch(two, 100_000, &hosts).await.unwrap().asked,
		[(server.network.id(), None)]
	);
	let none = client.fetch(hash(b"nowhere"), 7, &[]).await;
	assert!(matches!(none, Err(Error::NoHosts { .. })));
	// Nobody fetches from itself.
	let none = client.fetch(hash(b"nowhere"), 7, &[client.host()]).await;
	assert!(matches!(none, Err(Error::NoHosts { .. })));
}

#[tokio::test]
async fn a_cancelled_fetch_goes_on_where_it_was() {
	let slow = Peer::with(|options| options.limits.each_second = Some(2 * MB)).await;
	let fast = Peer::new().await;
	let content = bytes(1, 4 * MB as usize);
	slow.publish(&content).await;
	let id = fast.publish(&content).await;
	let client = Peer::new().await;
	let (tell, mut told) = tokio::sync::watch::channel(0);
	let fetching = client.fetcher.fetch(wanted(id, 4 * MB, &[slow.host()]), move |bytes| {
		tell.send_replace(bytes);
	});
	tokio::select! {
		_ = fetching => panic!("too fast"),
		_ = async { told.wait_for(|bytes| *bytes > MB).await.map(|_| ()) } => {}
	}
	// The other host sends only the rest.
	let rest = client.fetch(id, 4 * MB, &[fast.host()]).await.unwrap().received;
	assert!(rest > 0 && rest <= 3 * MB, "{rest}");
	client.store.verify(id).await.unwrap();
}

#[tokio::test]
async fn who_wants_the_same_waits_for_the_same() {
	let server = Peer::with(|options| options.limits.each_second = Some(4 * MB)).await;
	let id = server.publish(&bytes(1, 2 * MB as usize)).await;
	let client = Peer::new().await;
	let host = server.host();
	let most = async {
		let mut most = 0;
		for _ in 0..40 {
			most = most.max(server.network.gate().count());
			tokio::time::sleep(Duration::from_millis(10)).await;
		}
		most
	};
	let kept = client.fetcher.fetch(
		Wanted {
			keep: Keep::Until(7),
			..wanted(id, 2 * MB, &[])
		},
		|_| {},
	);
	let hosts = [host];
	let (one, two, late, most) = tokio::join!(
		client.fetch(id, 2 * MB, &hosts),
		client.fetch(id, 2 * MB, &hosts),
		kept,
		most
	);
	assert_eq!(one.as_ref().unwrap().received, 2 * MB);
	assert_eq!(one.unwrap(), two.unwrap());
	late.unwrap();
	assert_eq!(most, 1);
	assert_eq!(client.store.entry(&id).unwrap().keep_until, Some(7));
}

#[tokio::test]
async fn a_fetch_waits_for_nobody_who_went_away() {
	let server = Peer::with(|options| options.limits.each_second = Some(2 * MB)).await;
	let id = server.publish(&bytes(1, 2 * MB as usize)).await;
	let client = Peer::new().await;
	let hosts = [server.host()];
	// The first one gives up; the second one still gets it.
	let gives_up = tokio::time::timeout(Duration::from_millis(300), client.fetch(id, 2 * MB, &hosts));
	let (first, second) = tokio::join!(gives_up, client.fetch(id, 2 * MB, &hosts));
	assert!(first.is_err());
	assert_eq!(second.unwrap().received, 2 * MB);
}

#[tokio::test]
async fn what_has_no_room_is_not_begun() {
	let server = Peer::new().await;
	let id = server.publish(&bytes(1, 3_000_000)).await;
	let folder = folder();
	let small = store(&folder, 2 * MB).await;
	let client = Peer::of(folder, small, |_| {}).await;
	let refused = client.fetch(id, 3_000_000, &[server.host()]).await;
	assert!(matches!(refused, Err(Error::NoRoom { .. })), "{refused:?}");
	assert_eq!(client.store.usage().occupied, 0);
}

#[tokio::test]
async fn what_was_damaged_comes_again() {
	let (server, client) = (Peer::new().await, Peer::new().await);
	let id = server.publish(&bytes(1, 300_000)).await;
	let hosts = [server.host()];
	let want = Wanted {
		keep: Keep::Until(50),
		..wanted(id, 300_000, &hosts)
	};
	client.fetcher.fetch(want, |_| {}).await.unwrap();
	let file = fs::File::options()
		.write(true)
		.open(client.folder.path().join(format!("store/data/{id}.data")))
		.unwrap();
	std::os::unix::fs::FileExt::write_all_at(&file, b"x", 100_000).unwrap();
	assert!(matches!(client.store.verify(id).await, Err(Error::Damaged { .. })));
	client.store.damaged(id).await.unwrap();
	assert_eq!(client.fetch(id, 300_000, &hosts).await.unwrap().received, 300_000);
	client.store.verify(id).await.unwrap();
	assert_eq!(client.store.entry(&id).unwrap().keep_until, Some(50));
}

const FOLDER: &str = "ATELIER_TEST_FOLDER";
const LENGTH: u64 = 12 * MB;

/// The fetcher of a child, and the blob and the host that it was told of.
async fn told(path: &Path) -> (Store, Fetcher, Wanted) {
	let store = Store::open(crate::store::Options {
		spare: 0,
		..crate::store::Options::new(path.join("store"), 64 * MB)
	});
	let store = store.await.unwrap();
	let options = Options {
		private: true,
		..Options::new(path.join("key"), vec!["127.0.0.1:0".parse().unwrap()])
	};
	let network = Network::open(options, store.clone()).await.unwrap().start().await;
	let told = fs::read_to_string(path.join("host")).unwrap();
	let [hash, id, address] = told.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
	let host = Host {
		id: id.parse().unwrap(),
		addresses: vec![address.into()],
	};
	let want = wanted(hash.parse().unwrap(), LENGTH, &[host]);
	(store.clone(), Fetcher::new(network, store), want)
}

fn tell(folder: &TempDir, id: Hash, host: &Host) {
	let told = format!("{id} {} {}", host.id, host.addresses[0]);
	fs::write(folder.path().join("host"), told).unwrap();
}

/// The child: fetches, notes how far it is, and is killed.
#[tokio::test]
async fn child_that_fetches() {
	let Ok(path) = env::var(FOLDER) else { return };
	let path = Path::new(&path);
	let (_store, fetcher, want) = told(path).await;
	let note = path.join("have");
	let noting = |bytes: u64| fs::write(&note, bytes.to_string()).unwrap();
	fetcher.fetch(want, noting).await.unwrap();
}

/// The child of a disk that fills in the middle of a fetch: no file may be longer than the shell allows.
#[tokio::test]
async fn child_whose_disk_fills() {
	let Ok(path) = env::var(FOLDER) else { return };
	let path = Path::new(&path);
	let (store, fetcher, want) = told(path).await;
	let kept = store.add_bytes(bytes(9, 100_000), Keep::Until(9)).await.unwrap();
	let refused = fetcher.fetch(want, |_| {}).await;
	assert!(matches!(refused, Err(Error::DiskFull { .. })), "{refused:?}");
	store.verify(kept).await.unwrap();
	let again = store.add_bytes(bytes(10, 100_000), Keep::WhileRoom).await.unwrap();
	store.verify(again).await.unwrap();
	fs::write(path.join("done"), b"").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_is_named_and_the_fetch_goes_on_elsewhere() {
	let server = Peer::new().await;
	let id = server.publish(&bytes(1, LENGTH as usize)).await;
	let folder = folder();
	tell(&folder, id, &server.host());
	let mut shell = Command::new("sh");
	// 6 MB a file: the databases fit. The signal would kill the child.
	shell
		.args(["-c", "trap '' XFSZ; ulimit -f 12288; exec \"$0\" \"$@\""])
		.arg(env::current_exe().unwrap())
		.args([
			"--exact",
			"tests::network::fetching::child_whose_disk_fills",
			"--nocapture",
		])
		.env(FOLDER, folder.path())
		.stdout(Stdio::null());
	let ended = tokio::task::spawn_blocking(move || shell.status().unwrap());
	assert!(ended.await.unwrap().success());
	assert!(folder.path().join("done").exists());
	let store = store(&folder, 64 * MB).await;
	let client = Peer::of(folder, store, |_| {}).await;
	let received = client.fetch(id, LENGTH, &[server.host()]).await.unwrap().received;
	assert!(received < LENGTH - 3 * MB, "{received}");
	client.store.verify(id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_fetch_goes_on_where_it_was() {
	let server = Peer::with(|options| options.limits.each_second = Some(6 * MB)).await;
	let id = server.publish(&bytes(1, LENGTH as usize)).await;
	let folder = folder();
	let host = server.host();
	tell(&folder, id, &host);
	let mut before = 0;
	for killed_at in [4 * MB, 8 * MB] {
		let mut child = Command::new(env::current_exe().unwrap())
			.args(["--exact", "tests::network::fetching::child_that_fetches", "--nocapture"])
			.env(FOLDER, folder.path())
			.stdout(Stdio::null())
			.stderr(Stdio::null())
			.spawn()
			.unwrap();
		let have = || {
			fs::read_to_string(folder.path().join("have"))
				.ok()
				.and_then(|text| text.parse::<u64>().ok())
		};
		assert!(eventually(async || have().is_some_and(|have| have >= killed_at)).await);
		child.kill().unwrap();
		child.wait().unwrap();
		before = have().unwrap_or(killed_at);
	}
	let store = store(&folder, 64 * MB).await;
	let client = Peer::of(folder, store, |_| {}).await;
	let entry = client.store.entry(&id).unwrap();
	assert!(!entry.complete && entry.bytes == LENGTH);
	let received = client.fetch(id, LENGTH, &[host]).await.unwrap().received;
	// What was on its way to the disk when it was killed comes twice: less than 4 MB.
	assert!(
		received <= LENGTH - before + 4 * MB && received < LENGTH - 3 * MB,
		"{received} after {before}"
	);
	client.store.verify(id).await.unwrap();
}
