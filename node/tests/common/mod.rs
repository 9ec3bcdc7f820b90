// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Runs the real node for a test, talks to it, and stops it again.

#![allow(dead_code, reason = "every test binary compiles this and uses a part of it")]

pub mod http;
pub mod random;
pub mod ws;

use serde_json::{Value, json};
use std::{
	io::{BufRead, BufReader, Write},
	net::{SocketAddr, TcpListener},
	path::{Path, PathBuf},
	process::{Child, Command, Output, Stdio},
	sync::{Arc, Mutex},
	thread,
	time::{Duration, Instant, UNIX_EPOCH},
};
use tempfile::{NamedTempFile, TempDir};

/// Generous: a busy machine with two cores starts an unoptimised node in half a minute.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A node process; it is killed when dropped.
pub struct Node {
	child: Child,
	log: Arc<Mutex<String>>,
	rpc: SocketAddr,
	/// Removed with the node, unless the test brought its own.
	_base: Option<TempDir>,
}

impl Node {
	/// A development chain that stores its data in a temporary folder.
	pub fn dev(arguments: &[&str]) -> Self {
		let base = tempfile::tempdir().expect("a temporary folder");
		let spec = dev_spec();
		let mut all = vec!["--dev", "--chain", &spec];
		all.extend(arguments);
		let mut node = Self::start(base.path(), &all);
		node._base = Some(base);
		node
	}

	/// Starts a node and waits until it answers. Ports that the arguments do not name are chosen by the system.
	pub fn start(base: &Path, arguments: &[&str]) -> Self {
		let mut child = spawn(base, arguments);
		let log = Arc::new(Mutex::new(String::new()));
		let stderr = child.stderr.take().expect("it is piped");
		let copy = log.clone();
		thread::spawn(move || {
			for line in BufReader::new(stderr).lines().map_while(Result::ok) {
				let mut log = copy.lock().expect("no thread panics with the lock");
				log.push_str(&line);
				log.push('\n');
			}
		});

		let mut node = Self {
			child,
			log,
			rpc: SocketAddr::from(([127, 0, 0, 1], 0)),
			_base: None,
		};
		let started = Instant::now();
		loop {
			if let Some(address) = rpc_address(&node.log()) {
				node.rpc = address;
				return node;
			}
			if let Some(status) = node.child.try_wait().expect("the child is ours") {
				panic!("the node ended with {status}:\n{}", node.log());
			}
			assert!(started.elapsed() < PATIENCE, "the node does not start:\n{}", node.log());
			thread::sleep(Duration::from_millis(50));
		}
	}

	/// Where the node answers JSON-RPC.
	pub fn rpc(&self) -> SocketAddr {
		self.rpc
	}

	/// What the node has logged.
	pub fn log(&self) -> String {
		self.log.lock().expect("no thread panics with the lock").clone()
	}

	/// Calls a method and returns its result.
	pub fn call(&self, method: &str, params: Value) -> Value {
		let answer = self.ask(method, params);
		match answer.get("result") {
			Some(result) => result.clone(),
			None => panic!("{method} failed: {answer}"),
		}
	}

	/// Calls a method and returns the whole answer.
	pub fn ask(&self, method: &str, params: Value) -> Value {
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		let answer = http::post(self.rpc, request.to_string().as_bytes())
			.unwrap_or_else(|error| panic!("{method}: {error}\n{}", self.log()));
		serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{method}: {error}: {answer:?}"))
	}

	/// Number of the best block.
	pub fn best(&self) -> u64 {
		number(&self.call("chain_getHeader", json!([])))
	}

	/// Number of the last finalised block.
	pub fn finalised(&self) -> u64 {
		let hash = self.call("chain_getFinalizedHead", json!([]));
		number(&self.call("chain_getHeader", json!([hash])))
	}

	/// Waits for a condition.
	pub fn wait_until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
		let started = Instant::now();
		while !condition(self) {
			self.assert_alive();
			assert!(
				started.elapsed() < PATIENCE,
				"waited in vain until {what}:\n{}",
				self.log()
			);
			thread::sleep(Duration::from_millis(200));
		}
	}

	/// Waits for two blocks more than there are now.
	pub fn assert_makes_blocks(&mut self) {
		let before = self.best();
		self.wait_until("there are new blocks", |node| node.best() >= before + 2);
	}

	/// Fails if the process has ended.
	pub fn assert_alive(&mut self) {
		if let Some(status) = self.child.try_wait().expect("the child is ours") {
			panic!("the node ended with {status}:\n{}", self.log());
		}
	}

	/// Fails if a thread of the node has panicked. The runtime's own panics are how it refuses what it cannot read.
	pub fn assert_no_panic(&self) {
		let log = self.log();
		assert!(!log.contains("' panicked at"), "{log}");
	}

	/// Resident memory in MiB.
	pub fn memory(&self) -> u64 {
		let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process exists");
		let line = status
			.lines()
			.find_map(|line| line.strip_prefix("VmRSS:"))
			.expect("Linux says so");
		line.trim_end_matches("kB").trim().parse::<u64>().expect("a number") / 1024
	}

	/// Waits until the node ends by itself; its exit code and log.
	pub fn wait_for_end(mut self) -> (Option<i32>, String) {
		let status = wait(&mut self.child).unwrap_or_else(|| panic!("it runs on:\n{}", self.log()));
		// The log's last lines may still be in the pipe.
		thread::sleep(Duration::from_millis(200));
		(status, self.log())
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}

/// Runs a node that is expected to end by itself: its exit code and what it wrote to stderr.
pub fn run_to_end(base: &Path, arguments: &[&str]) -> (Option<i32>, String) {
	let mut child = spawn(base, arguments);
	let mut stderr = child.stderr.take().expect("it is piped");
	let reader = thread::spawn(move || {
		let mut text = Vec::new();
		let _ = std::io::Read::read_to_end(&mut stderr, &mut text);
		String::from_utf8_lossy(&text).into_owned()
	});
	let status = wait(&mut child);
	if status.is_none() {
		let _ = child.kill();
		let _ = child.wait();
	}
	let log = reader.join().expect("the reader does not panic");
	match status {
		Some(code) => (code, log),
		None => panic!("the node runs on:\n{log}"),
	}
}

/// Runs a command of the node's binary that needs no running chain.
pub fn command(arguments: &[&str]) -> Output {
	Command::new(env!("CARGO_BIN_EXE_atelier-node"))
		.args(arguments)
		.output()
		.expect("the binary runs")
}

/// The development chain's raw specification. A node starts from it in a third of the time: from a preset the runtime
/// is compiled three times, twice of them to build the genesis. Made once for each build of the node.
pub fn dev_spec() -> String {
	let built = std::fs::metadata(env!("CARGO_BIN_EXE_atelier-node"))
		.and_then(|binary| binary.modified())
		.expect("the binary is there")
		.duration_since(UNIX_EPOCH)
		.expect("it is not that old")
		.as_nanos();
	let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
	let path = folder.join(format!("dev-raw-{built}.json"));
	if !path.exists() {
		std::fs::create_dir_all(folder).expect("the target folder is writable");
		let old = std::fs::read_dir(folder).expect("it exists").flatten();
		for file in old.filter(|file| file.file_name().to_string_lossy().starts_with("dev-raw-")) {
			let _ = std::fs::remove_file(file.path());
		}
		let output = command(&["export-chain-spec", "--chain", "dev", "--raw"]);
		assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
		// Appears whole or not at all: tests may run at the same time.
		let mut file = NamedTempFile::new_in(folder).expect("the target folder is writable");
		file.write_all(&output.stdout).expect("there is space");
		file.persist(&path).expect("it is the same folder");
	}
	path.to_str().expect("the path is text").into()
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
	TcpListener::bind("127.0.0.1:0")
		.and_then(|listener| listener.local_addr())
		.expect("a port is free")
		.port()
}

/// A file below `folder`, with its path as text.
pub fn file(folder: &Path, name: &str, content: &str) -> String {
	let path: PathBuf = folder.join(name);
	std::fs::write(&path, content).expect("the folder is ours");
	path.to_str().expect("temporary paths are text").into()
}

fn spawn(base: &Path, arguments: &[&str]) -> Child {
	let mut command = Command::new(env!("CARGO_BIN_EXE_atelier-node"));
	command.arg("--base-path").arg(base);
	if !arguments.contains(&"--rpc-port") {
		command.args(["--rpc-port", "0"]);
	}
	if !arguments.contains(&"--port") {
		command.args(["--port", "0"]);
	}
	if !arguments.contains(&"--prometheus-port") {
		command.arg("--no-prometheus");
	}
	command
		.args(["--no-mdns", "--no-telemetry"])
		.args(arguments)
		.stdin(Stdio::null())
		.stdout(Stdio::null())
		.stderr(Stdio::piped())
		.spawn()
		.expect("the binary runs")
}

/// Waits for the end of a process; the code, if it ended in time.
fn wait(child: &mut Child) -> Option<Option<i32>> {
	let started = Instant::now();
	while started.elapsed() < PATIENCE {
		if let Some(status) = child.try_wait().expect("the child is ours") {
			return Some(status.code());
		}
		thread::sleep(Duration::from_millis(50));
	}
	None
}

fn rpc_address(log: &str) -> Option<SocketAddr> {
	let (_, addresses) = log.split_once("Running JSON-RPC server: addr=")?;
	addresses.split([',', '\n']).next()?.trim().parse().ok()
}

fn number(header: &Value) -> u64 {
	let hex = header["number"]
		.as_str()
		.unwrap_or_else(|| panic!("no header: {header}"));
	u64::from_str_radix(hex.trim_start_matches("0x"), 16).expect("a hex number")
}
