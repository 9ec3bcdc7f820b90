// SPDX-License-Identifier: Apache-2.0

//! Folders on a disk: what is added, read, kept, evicted, and what a crash or a full disk leaves.

mod crash;

use super::{MB, bytes, folder, hash, options, store};
use crate::{
	Check, Checks, Error,
	store::{Keep, Options, Pin, PinName, Store},
};
use atelier_primitives::{
	ids::{JobId, VersionId},
	work::Work,
};
use futures::{StreamExt, TryStreamExt};
use std::{fs, os::unix::fs::FileExt, path::Path, time::Duration};
use tokio::io::AsyncReadExt;

fn named(name: &str) -> Pin {
	Pin::Named(PinName::new(name).unwrap())
}

async fn read(store: &Store, hash: crate::Hash) -> Result<Vec<u8>, Error> {
	let mut output = Vec::new();
	store.reader(hash)?.read_to_end(&mut output).await?;
	Ok(output)
}

/// Bytes of all files of blobs, as the disk counts them.
fn on_disk(folder: &Path) -> u64 {
	use std::os::unix::fs::MetadataExt;
	let files = ["data", "temp"]
		.into_iter()
		.flat_map(|part| fs::read_dir(folder.join("store").join(part)).unwrap());
	files
		.map(|file| file.unwrap().metadata().map_or(0, |metadata| metadata.blocks() * 512))
		.sum()
}

async fn eventually(what: impl AsyncFn() -> bool) {
	for _ in 0..200 {
		if what().await {
			return;
		}
		tokio::time::sleep(Duration::from_millis(50)).await;
	}
	panic!("it never happens");
}

#[tokio::test]
async fn what_is_added_is_read() {
	let folder = folder();
	let store = store(&folder, 64 * MB).await;
	for length in [0, 1, 1_023, 1_024, 16_384, 16_385, 3_000_000] {
		let content = bytes(length as u64, length);
		let id = store.add_bytes(content.clone(), Keep::WhileRoom).await.unwrap();
		assert_eq!(id, hash(&content));
		assert_eq!(read(&store, id).await.unwrap(), content);
		store.verify(id).await.unwrap();
	}
	store.close().await.unwrap();
	assert!(store.add_bytes(vec![1], Keep::WhileRoom).await.is_err());
}

#[tokio::test]
async fn ranges_are_read_exactly() {
	let folder = folder();
	let store = store(&folder, 64 * MB).await;
	let content = bytes(1, 100_000);
	let id = store.add_bytes(content.clone(), Keep::WhileRoom).await.unwrap();
	for (from, to) in [
		(0, 0),
		(0, 1),
		(1_023, 1_025),
		(16_000, 17_000),
		(5, 99_999),
		(99_999, 100_000),
		(100_000, 100_000),
	] {
		let pieces: Vec<bytes::Bytes> = store.read(id, from..to).unwrap().try_collect().await.unwrap();
		assert_eq!(pieces.concat(), content[from as usize..to as usize], "{from}..{to}");
	}
	assert!(matches!(
		store.read(id, 5..100_001).err(),
		Some(Error::OutOfRange { .. })
	));
	#[expect(clippy::reversed_empty_ranges)]
	let backwards = store.read(id, 5..4).err();
	assert!(matches!(backwards, Some(Error::OutOfRange { .. })));
	assert!(matches!(
		store.read(hash(b"other"), 0..1).err(),
		Some(Error::Missing { .. })
	));
}

#[tokio::test]
async fn files_are_added_and_exported() {
	let folder = folder();
	let store = store(&folder, 64 * MB).await;
	let (from, to) = (folder.path().join("from"), folder.path().join("to"));
	fs::write(&from, bytes(1, 2_000_000)).unwrap();
	let id = store
		.add_file(&from, Keep::Pinned(Pin::Model(VersionId(3))))
		.await
		.unwrap();
	fs::write(&from, b"something else").unwrap();
	store.export(id, &to).await.unwrap();
	assert_eq!(fs::read(&to).unwrap(), bytes(1, 2_000_000));
	assert!(matches!(store.export(id, &to).await, Err(Error::Exists { .. })));
	// Nothing half written is left.
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
	assert!(matches!(
		store.add_file(&folder.path().join("none"), Keep::WhileRoom).await,
		Err(Error::File { .. })
	));
}

#[tokio::test]
async fn more_than_stated_is_refused_and_leaves_nothing() {
	let folder = folder();
	let store = store(&folder, 64 * MB).await;
	let long = std::io::Cursor::new(bytes(1, 1_000_000));
	let refused = store.add(long, 999_999, Keep::WhileRoom).await;
	assert!(
		matches!(refused, Err(Error::MoreThanStated { stated: 999_999 })),
		"{refused:?}"
	);
	eventually(async || store.usage().occupied == 0 && on_disk(folder.path()) == 0).await;
	assert!(store.list().is_empty());
}

#[tokio::test]
async fn a_reader_that_fails_leaves_nothing() {
	let folder = folder();
	let store = store(&folder, 64 * MB).await;
	let breaks = std::io::Cursor::new(bytes(1, 500_000)).chain(Breaks);
	let refused = store.add(breaks, 1_000_000, Keep::WhileRoom).await;
	assert!(matches!(refused, Err(Error::Io(_))), "{refused:?}");
	eventually(async || store.usage().occupied == 0 && on_disk(folder.path()) == 0).await;
	assert!(store.list().is_empty());
}

/// A reader that cannot be read.
struct Breaks;

impl tokio::io::AsyncRead for Breaks {
	fn poll_read(
		self: std::pin::Pin<&mut Self>,
		_: &mut std::task::Context<'_>,
		_: &mut tokio::io::ReadBuf<'_>,
	) -> std::task::Poll<std::io::Result<()>> {
		std::task::Poll::Ready(Err(std::io::Error::other("a reader breaks")))
	}
}

#[tokio::test]
async fn a_damaged_disk_is_seen() {
	let folder = folder();
	let store = store(&folder, 64 * MB).await;
	let id = store.add_bytes(bytes(1, 100_000), Keep::WhileRoom).await.unwrap();
	let file = fs::File::options()
		.write(true)
		.open(folder.path().join(format!("store/data/{id}.data")))
		.unwrap();
	file.write_all_at(b"x", 50_000).unwrap();
	assert!(matches!(store.verify(id).await, Err(Error::Damaged { .. })));
	let to = folder.path().join("to");
	assert!(store.export(id, &to).await.is_err());
	assert!(!to.exists());
}

#[tokio::test]
async fn the_quota_holds_on_the_disk() {
	let folder = folder();
	let quota = 8 * MB;
	let store = store(&folder, quota).await;
	for seed in 0..30 {
		store
			.add_bytes(bytes(seed, 700_000 + 20_000 * seed as usize), Keep::WhileRoom)
			.await
			.unwrap();
		assert!(store.usage().occupied <= quota);
		let used = on_disk(folder.path());
		assert!(used <= quota, "{used}");
	}
	// Many small ones too.
	for seed in 0..50 {
		store.add_bytes(bytes(seed, 100), Keep::WhileRoom).await.unwrap();
	}
	assert!(on_disk(folder.path()) <= store.usage().occupied);
}

#[tokio::test]
async fn the_oldest_goes_and_what_is_kept_stays() {
	let folder = folder();
	let store = store(&folder, 4 * MB).await;
	let pinned = store
		.add_bytes(bytes(0, 900_000), Keep::Pinned(named("ours")))
		.await
		.unwrap();
	let until = store.add_bytes(bytes(1, 900_000), Keep::Until(100)).await.unwrap();
	let old = store.add_bytes(bytes(2, 900_000), Keep::WhileRoom).await.unwrap();
	let young = store.add_bytes(bytes(3, 900_000), Keep::WhileRoom).await.unwrap();
	store.add_bytes(bytes(4, 900_000), Keep::WhileRoom).await.unwrap();
	assert!(store.entry(&old).is_none());
	for kept in [pinned, until, young] {
		assert!(store.entry(&kept).is_some());
	}
	assert!(matches!(
		store.add_bytes(bytes(5, 3_000_000), Keep::WhileRoom).await,
		Err(Error::NoRoom { .. })
	));
	// The other was not evicted for what could not be.
	assert!(store.entry(&young).is_some());
	eventually(async || matches!(read(&store, old).await, Err(Error::Missing { .. }))).await;
	assert!(!folder.path().join(format!("store/data/{old}.data")).exists());
}

#[tokio::test]
async fn windows_end_and_what_they_kept_is_deleted() {
	let folder = folder();
	let store = store(&folder, 8 * MB).await;
	let work = Pin::Work(Work::Job(JobId(7)));
	let both = store.add_bytes(bytes(0, 90_000), Keep::Until(10)).await.unwrap();
	store.pin(both, work.clone()).await.unwrap();
	let only = store.add_bytes(bytes(1, 90_000), Keep::Until(10)).await.unwrap();
	assert_eq!(store.release_before(10).await.unwrap(), 0);
	assert_eq!(store.release_before(11).await.unwrap(), 1);
	assert!(store.entry(&only).is_none());
	eventually(async || !folder.path().join(format!("store/data/{only}.data")).exists()).await;
	assert_eq!(read(&store, both).await.unwrap(), bytes(0, 90_000));
	assert!(store.unpin(both, work).await.unwrap());
	// It can come again at once, whatever is still being deleted.
	store.add_bytes(bytes(1, 90_000), Keep::Until(20)).await.unwrap();
	tokio::time::sleep(Duration::from_millis(500)).await;
	assert_eq!(read(&store, only).await.unwrap(), bytes(1, 90_000));
}

#[tokio::test]
async fn all_that_keeps_is_known_after_a_restart() {
	let folder = folder();
	let first = store(&folder, 8 * MB).await;
	let pinned = first
		.add_bytes(bytes(0, 90_000), Keep::Pinned(named("ours")))
		.await
		.unwrap();
	let until = first.add_bytes(bytes(1, 90_000), Keep::Until(10)).await.unwrap();
	let free = first.add_bytes(bytes(2, 90_000), Keep::WhileRoom).await.unwrap();
	first.release_before(5).await.unwrap();
	first.publish(pinned).await.unwrap();
	let before = first.list();
	let usage = first.usage();
	first.close().await.unwrap();
	drop(first);

	let second = store(&folder, 8 * MB).await;
	assert_eq!((second.list(), second.usage(), second.block()), (before, usage, 5));
	assert_eq!(read(&second, until).await.unwrap(), bytes(1, 90_000));
	assert!(second.entry(&free).is_some());
	assert_eq!(second.release_before(11).await.unwrap(), 1);
	second.close().await.unwrap();
	drop(second);

	// A smaller quota: what nobody keeps goes when room is needed.
	let third = store(&folder, MB / 8).await;
	assert!(third.entry(&until).is_none());
	assert!(matches!(
		third.add_bytes(bytes(3, 90_000), Keep::WhileRoom).await,
		Err(Error::NoRoom { .. })
	));
}

#[tokio::test]
async fn a_folder_has_one_owner() {
	let folder = folder();
	let first = store(&folder, 8 * MB).await;
	let refused = Store::open(options(&folder, 8 * MB)).await;
	assert!(matches!(refused, Err(Error::FolderTaken { .. })), "{refused:?}");
	first.close().await.unwrap();
	drop(first);
	store(&folder, 8 * MB).await;
}

/// Control: without the lock a second one clears away what the first is adding, before the databases refuse it.
#[tokio::test]
async fn without_the_lock_a_second_owner_does_harm() {
	let folder = folder();
	let _first = store(&folder, 8 * MB).await;
	let adding = folder.path().join("store/temp/being-added");
	for (check, harmed) in [(Check::Stall, false), (Check::Lock, true)] {
		fs::write(&adding, b"half").unwrap();
		let second = Options {
			checks: Checks::without(check),
			..options(&folder, 8 * MB)
		};
		assert!(Store::open(second).await.is_err());
		assert_eq!(!adding.exists(), harmed, "{check:?}");
	}
}

#[tokio::test]
async fn a_disk_without_room_is_named_before_the_first_byte() {
	let folder = folder();
	let spare = u64::MAX / 4;
	let store = Store::open(Options {
		spare,
		..options(&folder, 8 * MB)
	})
	.await
	.unwrap();
	assert!(matches!(
		store.add_bytes(vec![1], Keep::WhileRoom).await,
		Err(Error::DiskFull { .. })
	));
	assert_eq!(store.usage().occupied, 0);
}

#[tokio::test]
async fn what_is_read_is_not_evicted() {
	let folder = folder();
	let store = store(&folder, 3 * MB).await;
	let id = store.add_bytes(bytes(0, 2_000_000), Keep::WhileRoom).await.unwrap();
	let mut pieces = Box::pin(store.read(id, 0..2_000_000).unwrap());
	pieces.next().await.unwrap().unwrap();
	assert!(matches!(
		store.add_bytes(bytes(1, 2_000_000), Keep::WhileRoom).await,
		Err(Error::NoRoom { .. })
	));
	drop(pieces);
	store.add_bytes(bytes(1, 2_000_000), Keep::WhileRoom).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_keep_to_the_quota() {
	let folder = folder();
	let store = store(&folder, 4 * MB).await;
	let adding = (0..24_u64).map(|seed| {
		let store = store.clone();
		tokio::spawn(async move { store.add_bytes(bytes(seed, 800_000), Keep::WhileRoom).await })
	});
	let added: Vec<_> = futures::future::join_all(adding).await;
	// Who finds all room taken by others that are being added is told so.
	let refused = added.iter().filter(|added| added.as_ref().unwrap().is_err()).count();
	assert!(refused < 24);
	assert!(store.usage().occupied <= 4 * MB && on_disk(folder.path()) <= 4 * MB);
	for (id, _) in store.list() {
		store.verify(id).await.unwrap();
	}
}
