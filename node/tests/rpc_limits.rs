// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Every limit that `--help` states for RPC clients holds, at its exact value, and costs other clients nothing.

mod common;

use common::{
	Node, PATIENCE, command,
	http::{self, Answer},
	ws::{self, Socket},
};
use serde_json::{Value, json};
use std::{
	io::Write,
	time::{Duration, Instant},
};

const MIB: usize = 1024 * 1024;

/// The limits as the node states them.
#[derive(Debug)]
struct Limits {
	request: usize,
	response: usize,
	batch: usize,
	connections: usize,
	subscriptions: usize,
	buffer: usize,
	calls_per_minute: usize,
}

impl Limits {
	fn stated() -> Self {
		let help = command(&["--help"]).stdout;
		let help = String::from_utf8_lossy(&help).into_owned();
		let words: Vec<_> = help.split_whitespace().collect();
		let help = words.join(" ");
		let stated = |option: &str| -> usize {
			let (_, rest) = help
				.split_once(&format!("{option} <"))
				.unwrap_or_else(|| panic!("{option} is not in --help"));
			let (_, rest) = rest.split_once("[default: ").expect("it has a default");
			let (value, _) = rest.split_once(']').expect("the default ends");
			value.parse().expect("the default is a number")
		};
		Self {
			request: stated("--rpc-max-request-size") * MIB,
			response: stated("--rpc-max-response-size") * MIB,
			batch: stated("--rpc-max-batch-request-len"),
			connections: stated("--rpc-max-connections"),
			subscriptions: stated("--rpc-max-subscriptions-per-connection"),
			buffer: stated("--rpc-message-buffer-capacity-per-connection"),
			calls_per_minute: stated("--rpc-rate-limit"),
		}
	}
}

fn call(id: usize, method: &str) -> Value {
	json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": [] })
}

fn value(answer: &Answer) -> Value {
	serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("no JSON: {answer:?}"))
}

fn socket(node: &Node) -> Socket {
	Socket::open(node.rpc())
		.expect("the node answers")
		.unwrap_or_else(|status| panic!("refused with {status}"))
}

#[test]
fn stated_limits_hold() {
	let limits = Limits::stated();
	println!("{limits:?}");
	let mut node = Node::dev(&[]);
	node.wait_until("there is a block", |node| node.best() >= 1);

	request_size(&node, &limits);
	batch_length(&node, &limits);
	response_size(&node, &limits);
	subscriptions(&node, &limits);
	connections(&mut node, &limits);
	slow_readers(&node, &limits);
	rate(&node, &limits);

	node.assert_makes_blocks();
}

fn request_size(node: &Node, limits: &Limits) {
	let padded = |length: usize| {
		let mut request = call(1, "system_chain").to_string();
		request.push_str(&" ".repeat(length - request.len()));
		request
	};
	let largest = http::post(node.rpc(), padded(limits.request).as_bytes()).expect("an answer");
	assert_eq!(value(&largest)["result"], "Atelier Development");

	let larger = http::post(node.rpc(), padded(limits.request + 1).as_bytes()).expect("an answer");
	assert_eq!(larger.status, 413);

	// The same without saying the length beforehand.
	assert_eq!(chunked(node, limits.request / MIB - 1), Some(200));
	let status = chunked(node, limits.request / MIB + 1);
	// The server stops reading in the middle, which it calls an error of its own (500), or closes.
	assert!(status.is_none_or(|status| status >= 400), "{status:?}");

	// Over WebSocket.
	let mut socket = socket(node);
	socket.send(&padded(limits.request)).expect("the node reads");
	let answer = socket.answer().expect("an answer").expect("it stays open");
	assert_eq!(answer["result"], "Atelier Development");
	let _ = socket.send(&padded(limits.request + 1));
	// Refused, or the connection is closed.
	if let Ok(Some(answer)) = socket.answer() {
		assert_eq!(answer["error"]["code"], -32007, "{answer}");
	}
}

/// Sends a call and so many MiB of blanks, in chunks; the status, if the node did not just close.
fn chunked(node: &Node, blanks: usize) -> Option<u16> {
	let mut stream = http::connect(node.rpc()).expect("the node listens");
	write!(
		stream,
		"POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n",
		node.rpc()
	)
	.expect("the node reads");
	let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
	let call = chunk(call(1, "system_chain").to_string().as_bytes());
	let blank = chunk(&vec![b' '; MIB]);
	let _ = stream.write_all(&call);
	if (0..blanks).all(|_| stream.write_all(&blank).is_ok()) {
		let _ = stream.write_all(&chunk(b""));
	}
	http::answer(&mut stream).ok().map(|answer| answer.status)
}

fn batch_length(node: &Node, limits: &Limits) {
	let batch = |length| -> Value { (0..length).map(|id| call(id, "system_chain")).collect() };
	let post = |batch: Value| value(&http::post(node.rpc(), batch.to_string().as_bytes()).expect("an answer"));
	let answers = post(batch(limits.batch));
	assert_eq!(answers.as_array().map(Vec::len), Some(limits.batch));
	let refused = post(batch(limits.batch + 1));
	assert_eq!(refused["error"]["code"], -32010, "{refused}");

	let mut socket = socket(node);
	socket
		.send(&batch(limits.batch + 1).to_string())
		.expect("the node reads");
	let refused = socket.answer().expect("an answer").expect("it stays open");
	assert_eq!(refused["error"]["code"], -32010, "{refused}");
}

fn response_size(node: &Node, limits: &Limits) {
	let metadata = node.call("state_getMetadata", json!([])).to_string().len();
	let enough = limits.response / metadata + 1;
	assert!(enough <= limits.batch, "metadata is only {metadata} bytes");
	let batch: Value = (0..enough).map(|id| call(id, "state_getMetadata")).collect();
	let answer = http::post(node.rpc(), batch.to_string().as_bytes()).expect("an answer");
	assert!(answer.body.len() <= limits.response);
	let answer = value(&answer);
	assert_eq!(answer["error"]["code"], -32011, "{answer}");
}

fn subscriptions(node: &Node, limits: &Limits) {
	let mut socket = socket(node);
	for id in 0..limits.subscriptions {
		socket
			.send(&call(id, "chain_subscribeNewHeads").to_string())
			.expect("the node reads");
		let answer = socket.answer().expect("an answer").expect("it stays open");
		assert!(answer["result"].is_string(), "{id}: {answer}");
	}
	socket
		.send(&call(0, "chain_subscribeNewHeads").to_string())
		.expect("the node reads");
	let answer = socket.answer().expect("an answer").expect("it stays open");
	assert_eq!(answer["error"]["code"], -32006, "{answer}");
}

fn connections(node: &mut Node, limits: &Limits) {
	// The connections of the steps before may still be closing.
	node.wait_until("all connections are free", |node| {
		let sockets: Vec<_> = (0..limits.connections)
			.map_while(|_| Socket::open(node.rpc()).ok()?.ok())
			.collect();
		sockets.len() == limits.connections
	});
	std::thread::sleep(Duration::from_secs(1));

	let mut sockets: Vec<_> = (0..limits.connections).map(|_| socket(node)).collect();
	let refused = Socket::open(node.rpc()).expect("an answer").err();
	assert_eq!(refused, Some(429));
	let request = call(1, "system_chain").to_string();
	let refused = http::post(node.rpc(), request.as_bytes()).expect("an answer");
	assert_eq!(refused.status, 429);

	// Those inside are served.
	let last = sockets.last_mut().expect("there are some");
	last.send(&request).expect("the node reads");
	let answer = last.answer().expect("an answer").expect("it stays open");
	assert_eq!(answer["result"], "Atelier Development");

	drop(sockets);
	node.wait_until("a connection is free again", |node| {
		http::post(node.rpc(), request.as_bytes()).is_ok_and(|answer| answer.status == 200)
	});
}

/// Clients that read no answers cost what there is room for, however much they ask, and cost other clients nothing.
///
/// The server's own tests show that it is this room that stops them.
fn slow_readers(node: &Node, limits: &Limits) {
	const CLIENTS: usize = 4;
	const CALLS: usize = 1_000;
	/// Calls of the largest size for which a connection has room.
	const ROOM: usize = 4;
	let before = node.memory();
	let request = ws::frame(0x81, call(1, "state_getMetadata").to_string().as_bytes());
	let mut sent = 0;
	let sockets: Vec<_> = (0..CLIENTS)
		.map(|_| {
			let mut socket = socket(node);
			socket
				.stream
				.set_write_timeout(Some(Duration::from_secs(1)))
				.expect("it is a socket");
			sent += (0..CALLS)
				.take_while(|_| socket.stream.write_all(&request).is_ok())
				.count();
			socket
		})
		.collect();
	// Until all are answered or wait for room: others are served in between.
	for _ in 0..5 {
		std::thread::sleep(Duration::from_secs(1));
		assert_eq!(node.call("system_chain", json!([])), "Atelier Development");
	}
	let after = node.memory();
	println!("slow readers: {sent} requests unread, {before} MiB before, {after} MiB after");
	let bound = CLIENTS * ROOM * (limits.request + limits.response) / MIB;
	assert!(after < before + bound as u64, "{after} MiB, {bound} allowed");
	let metadata = node.call("state_getMetadata", json!([])).to_string().len();
	assert!(sent * metadata / MIB > 2 * bound, "too few calls to tell");
	drop(sockets);
}

/// A client that always has as many calls waiting as the node lets it is refused at last, and until then never gets more
/// than its allowance.
fn rate(node: &Node, limits: &Limits) {
	let mut socket = socket(node);
	let request = call(1, "system_chain").to_string();
	for _ in 0..limits.buffer {
		socket.send(&request).expect("the node reads");
	}
	let per_second = limits.calls_per_minute as f64 / 60.0;
	let started = Instant::now();
	let mut served = 0;
	loop {
		let answer = socket.answer().expect("an answer").expect("it stays open");
		if answer.get("error").is_some() {
			assert_eq!(answer["error"]["code"], -32999, "{answer}");
			break;
		}
		served += 1;
		let allowed = limits.calls_per_minute as f64 + started.elapsed().as_secs_f64() * per_second;
		assert!(served as f64 <= allowed + 1.0, "{served} served, {allowed} allowed");
		assert!(started.elapsed() < PATIENCE, "never refused: {served} served");
		socket.send(&request).expect("the node reads");
	}
	println!(
		"rate: {served} served before the first refusal, {:?}",
		started.elapsed()
	);
}
