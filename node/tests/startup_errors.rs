// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A node that cannot run says why, by name, and ends with exit code 1.

mod common;

use common::{Node, dev_spec, file, free_port, run_to_end};
use serde_json::{Value, json};
use std::{
	fs::File,
	io::Write,
	path::Path,
	process::Command,
	time::{Duration, Instant},
};

/// Runs a node that must fail with a message that contains all of `facts`.
fn fails(base: &Path, arguments: &[&str], facts: &[&str]) {
	let started = Instant::now();
	let (code, log) = run_to_end(base, arguments);
	assert_eq!(code, Some(1), "{arguments:?}:\n{log}");
	let error = log
		.lines()
		.find(|line| line.starts_with("Error: "))
		.unwrap_or_else(|| panic!("{arguments:?} names no error:\n{log}"));
	for fact in facts {
		assert!(error.contains(fact), "{arguments:?}: '{fact}' is not in:\n{error}");
	}
	println!("{:?}: {error}", started.elapsed());
}

fn dev_chain() -> Value {
	serde_json::from_slice(&std::fs::read(dev_spec()).expect("it was written")).expect("JSON")
}

#[test]
fn names_locked_database_used_ports_and_other_genesis() {
	let base = tempfile::tempdir().expect("a temporary folder");
	let other = tempfile::tempdir().expect("a temporary folder");
	let [rpc, peers, prometheus] = [free_port(), free_port(), free_port()].map(|p| p.to_string());

	let mut node = Node::start(
		base.path(),
		&[
			"--dev",
			"--chain",
			&dev_spec(),
			"--rpc-port",
			&rpc,
			"--port",
			&peers,
			"--prometheus-port",
			&prometheus,
		],
	);
	assert_eq!(node.rpc().port().to_string(), rpc);

	fails(base.path(), &["--dev"], &["database is locked", "--base-path"]);
	fails(
		other.path(),
		&["--dev", "--rpc-port", &rpc],
		&["port in use", "JSON-RPC", &rpc, "--rpc-port"],
	);
	fails(
		other.path(),
		&["--dev", "--port", &peers],
		&["port in use", "peer-to-peer", &peers],
	);
	fails(
		other.path(),
		&["--dev", "--prometheus-port", &prometheus],
		&["port in use", "Prometheus", &prometheus],
	);
	node.assert_makes_blocks();
	drop(node);

	let mut spec = dev_chain();
	spec["genesis"]["raw"]["top"]["0x6f74686572"] = json!("0x01");
	let spec = file(other.path(), "other.json", &spec.to_string());
	fails(
		base.path(),
		&["--chain", &spec, "--alice"],
		&["wrong chain specification", "genesis", "purge-chain"],
	);
}

#[test]
fn names_unusable_chain_specifications() {
	let base = tempfile::tempdir().expect("a temporary folder");
	fails(
		base.path(),
		&["--chain", "moonbase"],
		&["unknown chain 'moonbase'", "testnet"],
	);

	let text = file(base.path(), "text.json", "{ \"name\": \"half a specification\"");
	fails(
		base.path(),
		&["--chain", &text],
		&["malformed chain specification", &text],
	);

	let arguments = |spec: &str| ["--chain", spec, "--alice", "--unsafe-force-node-key-generation"].map(String::from);

	let mut none = dev_chain();
	none.as_object_mut().expect("an object").remove("genesis");
	let none = file(base.path(), "none.json", &none.to_string());
	fails(
		base.path(),
		&arguments(&none).each_ref().map(String::as_str),
		&["malformed chain specification", "missing field `genesis`"],
	);

	let mut code = dev_chain();
	// The smallest module there is; the key is `:code`.
	code["genesis"]["raw"]["top"]["0x3a636f6465"] = json!("0x0061736d01000000");
	let code = file(base.path(), "code.json", &code.to_string());
	fails(
		base.path(),
		&arguments(&code).each_ref().map(String::as_str),
		&["chain specification 'atelier_dev' is not usable"],
	);
}

#[test]
fn names_a_disk_that_is_too_full_to_start() {
	let base = tempfile::tempdir().expect("a temporary folder");
	fails(
		base.path(),
		&["--dev", "--db-storage-threshold", "1000000000"],
		&["disk full", "1000000000 MiB", "--db-storage-threshold"],
	);
}

/// Needs a file system that nothing else fills or empties: shared memory, where there is enough of it.
#[test]
fn stops_and_says_so_when_the_disk_becomes_full() {
	let shared = Path::new("/dev/shm");
	let Some(free) = free_mib(shared).filter(|free| *free > 1024) else {
		eprintln!("skipped: /dev/shm has less than 1 GiB");
		return;
	};
	let base = tempfile::tempdir_in(shared).expect("shared memory is writable");
	let threshold = (free - 512).to_string();
	let mut node = Node::start(
		base.path(),
		&[
			"--dev",
			"--chain",
			&dev_spec(),
			"--db-storage-threshold",
			&threshold,
			"--db-storage-polling-period",
			"1",
		],
	);
	node.assert_alive();

	let mut ballast = File::create(base.path().join("ballast")).expect("our folder");
	for _ in 0..600 {
		ballast.write_all(&vec![1; 1024 * 1024]).expect("512 MiB are left");
	}
	let started = Instant::now();
	let (code, log) = node.wait_for_end();
	assert_eq!(code, Some(1), "{log}");
	assert!(log.lines().any(|line| line.starts_with("Error: disk full")), "{log}");
	assert!(started.elapsed() < Duration::from_secs(90));
}

fn free_mib(path: &Path) -> Option<u64> {
	let output = Command::new("df")
		.args(["-m", "--output=avail"])
		.arg(path)
		.output()
		.ok()?;
	String::from_utf8_lossy(&output.stdout)
		.lines()
		.nth(1)?
		.trim()
		.parse()
		.ok()
}
