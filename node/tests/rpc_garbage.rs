// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Whatever strangers send to the RPC port, the node refuses it, counts it, and goes on making blocks.

mod common;

use common::{
	Node, free_port, http,
	random::Random,
	ws::{self, Socket},
};
use serde_json::{Value, json};
use std::{
	collections::BTreeMap,
	io::{self, Write},
	net::{Shutdown, SocketAddr},
	thread,
	time::Instant,
};

const REQUESTS: usize = 10_000;
/// As many as make the node's cores busy.
const CLIENTS: usize = 4;
/// What the node may keep of all that, in MiB: buffers, caches and the allocator's slack.
const MEMORY_GROWTH: u64 = 256;
/// Far deeper than any parser's stack.
const DEPTH: usize = 100_000;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
	/// An HTTP status that refuses.
	Status,
	/// A JSON-RPC error.
	Error,
	/// The connection was closed without a word.
	Closed,
	/// A result: the garbage happened to mean something.
	Result,
}

/// A request, and what may become of it.
enum Request {
	/// Bytes for the TCP connection.
	Raw(Vec<u8>),
	/// A JSON-RPC body that may not succeed.
	Wrong(Vec<u8>),
	/// A JSON-RPC body that may mean something.
	Odd(Vec<u8>),
	/// Bytes after a WebSocket handshake.
	Frames(Vec<u8>),
}

#[test]
fn ten_thousand_random_requests_harm_nothing() {
	let prometheus = free_port();
	// As on a public port: methods that change the node are refused.
	let mut node = Node::dev(&["--rpc-methods", "safe", "--prometheus-port", &prometheus.to_string()]);
	node.wait_until("there is a block", |node| node.best() >= 1);
	let prometheus = SocketAddr::from(([127, 0, 0, 1], prometheus));
	let methods: Vec<String> =
		serde_json::from_value(node.call("rpc_methods", json!([]))["methods"].clone()).expect("a list of names");

	// The first requests fill caches that stay.
	storm(&node, &methods, 1_000, 400);
	let (memory, counted) = (node.memory(), errors(prometheus));
	let started = Instant::now();
	let outcomes = storm(&node, &methods, 1, REQUESTS);
	println!("{REQUESTS} requests in {:?}: {outcomes:?}", started.elapsed());
	assert_eq!(outcomes.values().sum::<usize>(), REQUESTS);
	let refused = REQUESTS - outcomes.get(&Outcome::Result).copied().unwrap_or(0);
	assert!(refused > REQUESTS * 9 / 10, "only {refused} were refused");

	// Calls that reached a method, or named none, are in the metrics; what was no call is not.
	let counted = errors(prometheus) - counted;
	assert!(counted >= REQUESTS as f64 / 10.0, "only {counted} errors were counted");
	println!("{counted} errors counted");

	bombs(&node);

	let grown = node.memory().saturating_sub(memory);
	println!("memory: {memory} MiB before, {grown} MiB more after");
	assert!(grown < MEMORY_GROWTH, "{grown} MiB more than before");
	node.assert_makes_blocks();
	node.assert_no_panic();
}

/// Sends random requests from several clients.
fn storm(node: &Node, methods: &[String], seed: u64, requests: usize) -> BTreeMap<Outcome, usize> {
	let server = node.rpc();
	let clients: Vec<_> = (0..CLIENTS)
		.map(|client| {
			let methods = methods.to_vec();
			let mut random = Random::new(seed + client as u64);
			thread::spawn(move || {
				let mut outcomes = BTreeMap::new();
				for number in 0..requests / CLIENTS {
					let request = request(&mut random, &methods);
					let outcome = send(server, request)
						.unwrap_or_else(|error| panic!("request {number} of client {client}: {error}"));
					*outcomes.entry(outcome).or_insert(0) += 1;
				}
				outcomes
			})
		})
		.collect();
	let mut all = BTreeMap::new();
	for client in clients {
		for (outcome, count) in client.join().expect("every request is answered") {
			*all.entry(outcome).or_insert(0) += count;
		}
	}
	all
}

fn request(random: &mut Random, methods: &[String]) -> Request {
	let method = random.pick(methods).clone();
	match random.below(10) {
		0 => {
			let length = random.below(2_048);
			Request::Raw(random.bytes(length))
		}
		1 => Request::Raw(bad_http(random)),
		2 => {
			let valid = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": [any(random, 3)] }).to_string();
			Request::Wrong(valid.as_bytes()[..random.below(valid.len())].to_vec())
		}
		3 => {
			let length = 1 + random.below(64);
			let name: String = random
				.bytes(length)
				.iter()
				.map(|byte| char::from(b'a' + byte % 26))
				.collect();
			Request::Wrong(
				json!({ "jsonrpc": "2.0", "id": random.next(), "method": name, "params": any(random, 3) })
					.to_string()
					.into(),
			)
		}
		4 | 5 => {
			let params: Vec<_> = (0..random.below(4)).map(|_| any(random, 3)).collect();
			Request::Odd(
				json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
					.to_string()
					.into(),
			)
		}
		6 => {
			let length = 1 + random.below(512);
			Request::Wrong(random.bytes(length))
		}
		7 => Request::Odd(any(random, 5).to_string().into()),
		8 => {
			let batch: Vec<_> = (0..random.below(150)).map(|_| any(random, 2)).collect();
			Request::Odd(Value::Array(batch).to_string().into())
		}
		_ => Request::Frames(bad_frames(random, &method)),
	}
}

/// Any JSON, nested at most `depth` deep.
fn any(random: &mut Random, depth: usize) -> Value {
	match random.below(if depth == 0 { 7 } else { 9 }) {
		0 => Value::Null,
		1 => json!(random.below(2) == 0),
		2 => json!(random.next()),
		3 => json!(-(random.next() as f64) * 1e100),
		4 => {
			let length = random.below(40);
			json!(String::from_utf8_lossy(&random.bytes(length)))
		}
		5 => {
			let length = random.below(40);
			let hex: String = random.bytes(length).iter().map(|byte| format!("{byte:02x}")).collect();
			json!(format!("0x{hex}"))
		}
		6 => json!(*random.pick(&["0x", "latest", "\u{0}", "💥", "-1", "0xzz", "system"])),
		7 => (0..random.below(5)).map(|_| any(random, depth - 1)).collect(),
		_ => {
			let keys = ["jsonrpc", "id", "method", "params", "at", "key", "__proto__"];
			(0..random.below(5))
				.map(|_| (random.pick(&keys).to_string(), any(random, depth - 1)))
				.collect::<serde_json::Map<_, _>>()
				.into()
		}
	}
}

fn bad_http(random: &mut Random) -> Vec<u8> {
	let length = random.below(10_000);
	let junk: String = random
		.bytes(length)
		.iter()
		.map(|byte| char::from(b'!' + byte % 90))
		.collect();
	match random.below(8) {
		0 => format!("{junk} / HTTP/1.1\r\n\r\n"),
		1 => format!("GET /{junk} HTTP/1.1\r\nHost: x\r\n\r\n"),
		2 => format!("POST / HTTP/1.1\r\nHost: {junk}\r\nContent-Length: 2\r\n\r\n[]"),
		3 => "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n".into(),
		4 => format!(
			"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{junk}",
			u64::MAX
		),
		5 => format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{junk}"),
		6 => format!("DELETE / HTTP/9.9\r\n{junk}: {junk}\r\n\r\n"),
		_ => {
			format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{junk}")
		}
	}
	.into_bytes()
}

fn bad_frames(random: &mut Random, method: &str) -> Vec<u8> {
	let length = random.below(1_000);
	let junk = random.bytes(length);
	match random.below(6) {
		// Any opcode, any flags.
		0 => ws::frame(random.next() as u8, &junk),
		// No UTF-8 where text should be.
		1 => ws::frame(0x81, &junk),
		// Half a message.
		2 => ws::frame(0x01, format!("{{\"method\":\"{method}\"").as_bytes()),
		// A length that never comes.
		3 => [&[0x82, 0xff][..], &u64::MAX.to_be_bytes(), &junk].concat(),
		// Not masked, as only a server may.
		4 => [&[0x81, 5][..], b"hello"].concat(),
		_ => junk,
	}
}

fn send(server: SocketAddr, request: Request) -> io::Result<Outcome> {
	match request {
		Request::Raw(bytes) => Ok(match http::send_raw(server, &bytes)? {
			back if back.is_empty() => Outcome::Closed,
			back if back.starts_with(b"HTTP/1.1 2") => judge(&back),
			_ => Outcome::Status,
		}),
		Request::Wrong(body) => {
			let answer = http::post(server, &body)?;
			let outcome = if answer.status == 200 {
				judge(&answer.body)
			} else {
				Outcome::Status
			};
			assert_ne!(outcome, Outcome::Result, "{:?}", String::from_utf8_lossy(&body));
			Ok(outcome)
		}
		Request::Odd(body) => {
			let answer = http::post(server, &body)?;
			Ok(if answer.status == 200 {
				judge(&answer.body)
			} else {
				Outcome::Status
			})
		}
		Request::Frames(bytes) => {
			let Ok(mut socket) = Socket::open(server)? else {
				return Ok(Outcome::Status);
			};
			let _ = socket.stream.write_all(&bytes);
			let _ = socket.stream.shutdown(Shutdown::Write);
			Ok(match socket.receive() {
				Ok(Some(answer)) => judge(answer.to_string().as_bytes()),
				Ok(None) | Err(_) => Outcome::Closed,
			})
		}
	}
}

fn judge(body: &[u8]) -> Outcome {
	let body = String::from_utf8_lossy(body);
	if body.contains("\"result\"") {
		Outcome::Result
	} else if body.contains("\"error\"") {
		Outcome::Error
	} else {
		Outcome::Closed
	}
}

/// Few requests, each of them large.
fn bombs(node: &Node) {
	let deep = |open: &str, close: &str| open.repeat(DEPTH) + &close.repeat(DEPTH);
	for params in [deep("[", "]"), deep("{\"a\":", "}").replace(":}", ":1}")] {
		for body in [
			format!(r#"{{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":[{params}]}}"#),
			format!(r#"{{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":{params}}}"#),
			params.clone(),
		] {
			let outcome = send(node.rpc(), Request::Wrong(body.into())).expect("an answer");
			println!("{DEPTH} deep: {outcome:?}");
		}
	}

	// 8 MiB of calls in one batch, of nothing in one batch, and of one string.
	let call = r#"{"jsonrpc":"2.0","id":1,"method":"state_getMetadata"},"#;
	let size = 8_000_000;
	for body in [
		format!("[{}null]", call.repeat(size / call.len())),
		format!("[{}null]", "null,".repeat(size / 5)),
		format!("[{}1]", "1,".repeat(size / 2)),
		format!("\"{}\"", "a".repeat(size)),
	] {
		let started = Instant::now();
		let outcome = send(node.rpc(), Request::Wrong(body.into())).expect("an answer");
		println!("bomb: {outcome:?} after {:?}", started.elapsed());
	}

	// Connections that say nothing do not keep others out.
	let idle: Vec<_> = (0..300).filter_map(|_| http::connect(node.rpc()).ok()).collect();
	assert_eq!(node.call("system_chain", json!([])), "Atelier Development");
	drop(idle);
}

/// Failed calls, as the metrics count them.
fn errors(prometheus: SocketAddr) -> f64 {
	let page = http::get(prometheus, "/metrics").expect("the exporter listens");
	String::from_utf8_lossy(&page.body)
		.lines()
		.filter(|line| line.starts_with("substrate_rpc_calls_finished{") && line.contains("is_error=\"true\""))
		.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
		.sum()
}
