// SPDX-License-Identifier: Apache-2.0

//! The hash that stands for the files of a dataset, compared with what the tools of any Linux say.

use atelier_descriptions::{
	Error,
	content::{Content, MAX_DEPTH},
};
use atelier_referee::hash::{Blake2b256, Portable};
use std::{
	ffi::OsStr,
	fs,
	os::unix::{
		ffi::OsStrExt,
		fs::{FileExt, symlink},
		net::UnixListener,
	},
	path::Path,
	process::Command,
	time::{Duration, SystemTime},
};
use tempfile::TempDir;

/// Files whose names sort otherwise by letters than by bytes, and otherwise by folder than as whole paths.
const FILES: [(&str, &[u8]); 8] = [
	("b/one.txt", b"one"),
	("b.txt", b"two"),
	("B.txt", b""),
	("a a/-x", b"three"),
	("a a/.hidden", b"four"),
	("\u{e9}t\u{e9}", b"five"),
	("a/b/c/d", b"six"),
	("-", b""),
];

fn folder(files: &[(&str, &[u8])]) -> TempDir {
	let folder = TempDir::new().unwrap();
	for (name, bytes) in files {
		let path = folder.path().join(name);
		fs::create_dir_all(path.parent().unwrap()).unwrap();
		fs::write(path, bytes).unwrap();
	}
	folder
}

fn good() -> TempDir {
	folder(&FILES[..7])
}

fn of(path: &Path) -> Result<Content, Error> {
	Content::of(path, |_| {})
}

/// What a shell says in a folder, up to the first space.
fn shell(folder: &Path, command: &str) -> String {
	let output = Command::new("bash")
		.args(["-c", command])
		.current_dir(folder)
		.output()
		.unwrap();
	assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	String::from_utf8(output.stdout)
		.unwrap()
		.split(' ')
		.next()
		.unwrap()
		.to_owned()
}

/// The commands of the documentation.
fn documented(beginning: &str) -> String {
	let module = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/content.rs")).unwrap();
	let commands = module.lines().filter_map(|line| line.strip_prefix("//! "));
	commands.filter(|line| line.starts_with(beginning)).collect()
}

#[test]
fn a_folder_is_what_b2sum_says() {
	let folder = good();
	let command = documented("cd FOLDER && ");
	let said = shell(folder.path(), command.strip_prefix("cd FOLDER && ").unwrap());
	let content = of(folder.path()).unwrap();
	assert_eq!(hex::encode(content.root), said);
	assert_eq!(content.bytes, 22);
	assert_eq!(content.files.len(), 7);
	for file in &content.files {
		let said = shell(folder.path(), &format!("sha256sum -- '{}'", file.path));
		assert_eq!(hex::encode(file.sha256), said);
	}
}

#[test]
fn a_file_is_what_b2sum_says() {
	// More than one piece.
	let bytes: Vec<u8> = (0..3_000_000_u32)
		.map(|number| (number.wrapping_mul(number) >> 7) as u8)
		.collect();
	let folder = folder(&[("data.bin", &bytes)]);
	let command = documented("b2sum").replace("FILE", "data.bin");
	let mut told = 0;
	let content = Content::of(&folder.path().join("data.bin"), |bytes| told += bytes).unwrap();
	assert_eq!(hex::encode(content.root), shell(folder.path(), &command));
	assert_eq!((content.bytes, told), (3_000_000, 3_000_000));
}

#[test]
fn every_byte_and_every_name_counts() {
	let root = |files: &[(&str, &[u8])]| of(folder(files).path()).unwrap().root;
	let first = root(&[("a", b"x"), ("b", b"y")]);
	assert_eq!(root(&[("b", b"y"), ("a", b"x")]), first);
	for other in [
		&[("a", &b"x"[..]), ("b", b"z")][..],
		&[("a", b"x"), ("c", b"y")],
		&[("a", b"y"), ("b", b"x")],
		&[("a", b"x"), ("b/b", b"y")],
		&[("a", b"x")],
		&[("a", b"xb"), ("b", b"")],
	] {
		assert_ne!(root(other), first);
	}
}

#[test]
fn a_list_that_is_a_file_is_not_the_folder() {
	let folder = good();
	let list = shell_list(folder.path());
	let file = self::folder(&[("list", list.as_bytes())]);
	let root = of(folder.path()).unwrap().root;
	assert_ne!(of(&file.path().join("list")).unwrap().root, root);
	// If a file stood for itself by its plain hash, it would be.
	assert_eq!(Portable::hash(list.as_bytes()), root);
}

fn shell_list(folder: &Path) -> String {
	let command = "find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' b2sum -l 256 --";
	let output = Command::new("bash")
		.args(["-c", command])
		.current_dir(folder)
		.output()
		.unwrap();
	String::from_utf8(output.stdout).unwrap()
}

mod refuses {
	use super::*;

	#[test]
	fn links() {
		let folder = good();
		symlink("b.txt", folder.path().join("link")).unwrap();
		assert!(matches!(of(folder.path()), Err(Error::Link { .. })));
		let folder = good();
		symlink("/", folder.path().join("a/link")).unwrap();
		assert!(matches!(of(folder.path()), Err(Error::Link { .. })));
		assert!(matches!(of(&folder.path().join("a/link")), Err(Error::Link { .. })));
	}

	#[test]
	fn what_is_no_file() {
		let folder = good();
		let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
		assert!(matches!(of(folder.path()), Err(Error::NotAFile { .. })));
		assert!(matches!(of(&folder.path().join("socket")), Err(Error::NotAFile { .. })));
		assert!(matches!(
			of(&folder.path().join("nothing")),
			Err(Error::Unreadable { .. })
		));
	}

	#[test]
	fn names_that_b2sum_writes_otherwise() {
		for name in [&b"back\\slash"[..], b"new\nline", b"\xff", b"-", b"bell\x07"] {
			let folder = good();
			fs::write(folder.path().join(OsStr::from_bytes(name)), b"x").unwrap();
			assert!(
				matches!(of(folder.path()), Err(Error::UnlistableName { .. })),
				"{name:?}"
			);
		}
	}

	#[test]
	fn folders_without_files() {
		let folder = TempDir::new().unwrap();
		fs::create_dir(folder.path().join("empty")).unwrap();
		assert!(matches!(of(folder.path()), Err(Error::NoFiles { .. })));
	}

	#[test]
	fn folders_too_deep() {
		let folder = TempDir::new().unwrap();
		let mut path = folder.path().to_owned();
		for _ in 1..MAX_DEPTH {
			path.push("d");
		}
		fs::create_dir_all(&path).unwrap();
		fs::write(path.join("file"), b"x").unwrap();
		assert_eq!(of(folder.path()).unwrap().files.len(), 1);
		path.push("d");
		fs::create_dir(&path).unwrap();
		fs::write(path.join("file"), b"x").unwrap();
		assert!(matches!(
			of(folder.path()),
			Err(Error::TooDeep { limit: MAX_DEPTH, .. })
		));
	}

	#[test]
	fn what_changes_while_it_is_read() {
		// Files of /proc say that they are empty.
		let refused = of(Path::new("/proc/self/status"));
		assert!(matches!(refused, Err(Error::Changed { .. })), "{refused:?}");

		let folder = folder(&[("data", &[0; 100])]);
		let path = folder.path().join("data");
		let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
		let file = fs::File::options().write(true).open(&path).unwrap();
		file.set_modified(long_ago).unwrap();
		assert!(of(&path).is_ok());
		let meanwhile = |bytes: &[u8]| {
			file.set_modified(long_ago).unwrap();
			Content::of(&path, |_| file.write_all_at(bytes, 0).unwrap())
		};
		assert!(meanwhile(&[]).is_ok());
		for bytes in [&[1; 1][..], &[1; 200]] {
			assert!(
				matches!(meanwhile(bytes), Err(Error::Changed { .. })),
				"{} bytes",
				bytes.len()
			);
		}
	}
}
