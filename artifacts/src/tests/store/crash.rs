// SPDX-License-Identifier: Apache-2.0

//! Processes that die: each instant leaves a folder that opens, within its quota, and with what was said to be kept.

use super::*;
use std::{
	env,
	process::{Child, Command, Stdio},
	time::Instant,
};

/// Where the child works; without it the child's part is not run.
const FOLDER: &str = "ATELIER_TEST_FOLDER";

/// This program again, with one test of it.
fn child(test: &str, folder: &Path) -> Command {
	let mut command = Command::new(env::current_exe().unwrap());
	command
		.args(["--exact", test, "--nocapture", "--test-threads=1"])
		.env(FOLDER, folder)
		.stdout(Stdio::null())
		.stderr(Stdio::null());
	command
}

/// The child: adds, pins and releases, and notes each blob that it was told is kept, until it is killed.
#[tokio::test]
async fn child_that_adds() {
	let Ok(path) = env::var(FOLDER) else { return };
	let path = Path::new(&path);
	let store = Store::open(Options {
		spare: 0,
		..Options::new(path.join("store"), 6 * MB)
	})
	.await
	.unwrap();
	let first = store.block();
	for step in 0_u32.. {
		let block = first + step;
		let keep = match step % 4 {
			0 => Keep::Pinned(named("ours")),
			1 => Keep::Until(block + 8),
			_ => Keep::WhileRoom,
		};
		let id = store.add_bytes(bytes(block.into(), 150_000), keep).await.unwrap();
		if step % 4 == 0 {
			// Only three stay pinned: the note goes before the pin does.
			fs::write(path.join(format!("pinned-{step}")), id.to_string()).unwrap();
			if let Some(old) = step.checked_sub(12) {
				let note = path.join(format!("pinned-{old}"));
				let old = fs::read_to_string(&note).unwrap().parse().unwrap();
				fs::remove_file(note).unwrap();
				store.unpin(old, named("ours")).await.unwrap();
			}
		}
		store.release_before(block).await.unwrap();
	}
}

fn kill_after(mut child: Child, time: Duration) {
	std::thread::sleep(time);
	assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
	child.kill().unwrap();
	child.wait().unwrap();
}

#[tokio::test]
async fn a_killed_process_leaves_a_folder_that_opens() {
	let folder = folder();
	let began = Instant::now();
	for (round, millis) in [300, 523, 741, 987, 1_250].into_iter().enumerate() {
		kill_after(
			child("tests::store::crash::child_that_adds", folder.path())
				.spawn()
				.unwrap(),
			Duration::from_millis(millis),
		);
		let store = store(&folder, 6 * MB).await;
		assert!(store.usage().occupied <= 6 * MB + MB / 2, "{round}");
		for (id, entry) in store.list() {
			assert!(entry.complete);
			store.verify(id).await.unwrap();
		}
		for note in fs::read_dir(folder.path()).unwrap().map(|note| note.unwrap()) {
			if note.file_name().to_str().unwrap().starts_with("pinned") {
				let id = fs::read_to_string(note.path()).unwrap();
				if let Ok(id) = id.parse() {
					store.verify(id).await.unwrap();
				}
				fs::remove_file(note.path()).unwrap();
			}
		}
		// Nothing is on the disk that is not known.
		eventually(async || fs::read_dir(folder.path().join("store/temp")).unwrap().count() == 0).await;
		eventually(async || on_disk(folder.path()) <= store.usage().occupied).await;
		for (id, _) in store.list() {
			store.unpin(id, named("ours")).await.unwrap();
		}
		store.close().await.unwrap();
	}
	assert!(began.elapsed() < Duration::from_secs(60));
}

/// The child of a disk that is full: no file may be longer than the shell allows.
#[tokio::test]
async fn child_on_a_full_disk() {
	let Ok(path) = env::var(FOLDER) else { return };
	let path = Path::new(&path);
	let store = Store::open(Options {
		spare: 0,
		..Options::new(path.join("store"), 64 * MB)
	})
	.await
	.unwrap();
	let small = store
		.add_bytes(bytes(1, 100_000), Keep::Pinned(named("ours")))
		.await
		.unwrap();
	let refused = store.add_bytes(bytes(2, 20_000_000), Keep::WhileRoom).await;
	assert!(matches!(refused, Err(Error::DiskFull { .. })), "{refused:?}");
	assert_eq!(read(&store, small).await.unwrap(), bytes(1, 100_000));
	let again = store.add_bytes(bytes(3, 100_000), Keep::WhileRoom).await.unwrap();
	assert_eq!(read(&store, again).await.unwrap(), bytes(3, 100_000));
	assert!(store.usage().occupied < MB);
	fs::write(path.join("done"), b"").unwrap();
}

#[tokio::test]
async fn a_disk_that_fills_is_named_and_the_store_goes_on() {
	let folder = folder();
	let inner = child("tests::store::crash::child_on_a_full_disk", folder.path());
	let mut shell = Command::new("sh");
	// 8 MB a file: the databases fit. The signal would kill the child.
	shell
		.args(["-c", "trap '' XFSZ; ulimit -f 16384; exec \"$0\" \"$@\""])
		.arg(inner.get_program())
		.args(inner.get_args());
	let status = shell.env(FOLDER, folder.path()).stdout(Stdio::null()).status().unwrap();
	assert!(status.success());
	assert!(folder.path().join("done").exists());
	let store = store(&folder, 64 * MB).await;
	assert_eq!(store.list().len(), 2);
	for (id, _) in store.list() {
		store.verify(id).await.unwrap();
	}
}
