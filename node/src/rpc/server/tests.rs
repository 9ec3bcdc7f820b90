// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Clients that ask and do not read, with each defence and without it; and that clients see no other server than the one
//! that they know.

use super::*;
use jsonrpsee::{
	PendingSubscriptionSink, ResponsePayload, SubscriptionMessage,
	server::{BatchRequestConfig, BatchRequestConfig::Limit, ServerBuilder},
};
use sc_rpc_server::RpcMethods;
use soketto::handshake::{Client as WsHandshake, ServerResponse};
use std::{
	net::Ipv4Addr,
	sync::atomic::Ordering::Relaxed,
	time::{Duration, Instant},
};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{
		TcpSocket, TcpStream,
		tcp::{OwnedReadHalf, OwnedWriteHalf},
	},
	time::{sleep, timeout},
};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

const MIB: usize = 1024 * 1024;

/// What the sockets of both sides may hold, 10 MiB as Linux has it, and what the kernel adds.
const SOCKETS: usize = 16 * MIB;

/// Nothing takes longer that does not hang.
const PATIENCE: Duration = Duration::from_secs(60);

struct Setup {
	calls_of_node: u32,
	calls_of_connection: u32,
	patience: Patience,
	connections: u32,
}

impl Default for Setup {
	fn default() -> Self {
		Self {
			calls_of_node: limits::CALLS_OF_NODE,
			calls_of_connection: limits::CALLS_OF_CONNECTION,
			patience: limits::PATIENCE,
			connections: 100,
		}
	}
}

struct Fixture {
	server: Server,
	address: SocketAddr,
	room: NodeRoom,
	whole_room: usize,
	/// Calls of `big` that were carried out.
	carried_out: Arc<AtomicUsize>,
}

const REQUEST_MIB: u32 = 1;
const ANSWER_MIB: u32 = 9;
/// More than the sockets of a client with a small buffer hold.
const BIG: usize = 8 * MIB;

fn settings(connections: u32) -> RpcEndpoint {
	RpcEndpoint {
		listen_addr: (Ipv4Addr::LOCALHOST, 0).into(),
		batch_config: Limit(10),
		max_connections: connections,
		max_payload_in_mb: REQUEST_MIB,
		max_payload_out_mb: ANSWER_MIB,
		max_subscriptions_per_connection: 2,
		max_buffer_capacity_per_connection: 16,
		rate_limit: None,
		rate_limit_trust_proxy_headers: false,
		rate_limit_whitelisted_ips: Vec::new(),
		cors: None,
		rpc_methods: RpcMethods::Safe,
		is_optional: false,
		retry_random_port: false,
	}
}

fn methods(carried_out: Arc<AtomicUsize>) -> RpcModule<()> {
	let mut methods = RpcModule::new(());
	let big = "x".repeat(BIG);
	methods
		.register_method("big", move |_, _, _| {
			carried_out.fetch_add(1, Relaxed);
			big.clone()
		})
		.expect("new");
	methods
		.register_method("echo", |params, _, _| params.parse::<serde_json::Value>())
		.expect("new");
	methods
		.register_async_method("later", |_, _, _| async {
			tokio::task::yield_now().await;
			"now"
		})
		.expect("new");
	methods
		.register_method("too_big", |_, _, _| "x".repeat(10 * MIB))
		.expect("new");
	methods
		.register_subscription(
			"count",
			"counted",
			"stop",
			|_, pending: PendingSubscriptionSink, _, _| async move {
				let sink = pending.accept().await?;
				for number in 0..3 {
					sink.send(SubscriptionMessage::from_json(&number)?).await?;
				}
				sink.closed().await;
				Ok(())
			},
		)
		.expect("new");
	methods
}

impl Fixture {
	fn new(setup: Setup) -> Self {
		let server = Server::new(16).expect("there are threads");
		let carried_out = Arc::new(AtomicUsize::new(0));
		let endpoints = vec![settings(setup.connections)];
		let room = NodeRoom::of(&endpoints, setup.calls_of_node, setup.calls_of_connection);
		let methods = list_itself(methods(carried_out.clone())).expect("new");
		let shared = Shared {
			methods: methods.into(),
			metrics: None,
			room: room.clone(),
			patience: setup.patience,
			logged: 1024,
			connections: Arc::default(),
		};
		let addresses = server.listen(endpoints, &shared).expect("a port is free");
		Self {
			server,
			address: addresses[0],
			whole_room: room.free(),
			room,
			carried_out,
		}
	}

	fn run(&self, test: impl Future<Output = ()>) {
		let limited = async { timeout(PATIENCE, test).await.expect("nothing hangs") };
		self.server.handle.block_on(limited);
	}

	/// Waits until no further call is carried out; how many were.
	async fn settled(&self) -> usize {
		let mut before = usize::MAX;
		loop {
			let now = self.carried_out.load(Relaxed);
			if now == before {
				return now;
			}
			before = now;
			sleep(Duration::from_secs(1)).await;
		}
	}

	async fn wait_for_whole_room(&self) {
		let started = Instant::now();
		while self.room.free() != self.whole_room {
			assert!(
				started.elapsed() < PATIENCE,
				"{} of {} KiB free",
				self.room.free(),
				self.whole_room
			);
			sleep(Duration::from_millis(50)).await;
		}
	}
}

type Writer = soketto::Sender<Compat<TcpStream>>;
type Reader = soketto::Receiver<Compat<TcpStream>>;

async fn websocket(address: SocketAddr) -> (Writer, Reader) {
	let stream = TcpStream::connect(address).await.expect("it listens");
	let host = address.to_string();
	let mut client = WsHandshake::new(stream.compat(), &host, "/");
	let answer = client.handshake().await.expect("an answer");
	assert!(matches!(answer, ServerResponse::Accepted { .. }), "{answer:?}");
	client.into_builder().finish()
}

async fn ask(writer: &mut Writer, text: &str) -> bool {
	writer.send_text(text).await.is_ok() && writer.flush().await.is_ok()
}

async fn hear(reader: &mut Reader) -> serde_json::Value {
	let mut message = Vec::new();
	reader.receive_data(&mut message).await.expect("a message");
	serde_json::from_slice(&message).expect("JSON")
}

fn call(id: usize, method: &str) -> String {
	serde_json::json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": [] }).to_string()
}

/// A WebSocket that sends calls and reads nothing: how many are carried out.
fn carried_out_unread(setup: Setup) -> usize {
	const CALLS: usize = 20;
	let fixture = Fixture::new(setup);
	let mut carried_out = 0;
	fixture.run(async {
		let (mut writer, mut reader) = websocket(fixture.address).await;
		let sending = tokio::spawn(async move {
			for id in 0..CALLS {
				assert!(ask(&mut writer, &call(id, "big")).await);
			}
			writer
		});
		carried_out = fixture.settled().await;
		// Who reads at last gets every answer, once.
		let mut ids = Vec::new();
		for _ in 0..CALLS {
			ids.push(hear(&mut reader).await["id"].as_u64().expect("an id"));
		}
		ids.sort_unstable();
		assert_eq!(ids, (0..CALLS as u64).collect::<Vec<_>>());
		assert_eq!(fixture.carried_out.load(Relaxed), CALLS);
		sending.await.expect("all were sent");
		fixture.wait_for_whole_room().await;
	});
	carried_out
}

#[test]
fn a_websocket_that_reads_nothing_is_not_read() {
	let room = (limits::CALLS_OF_CONNECTION * (REQUEST_MIB + ANSWER_MIB)) as usize * MIB;
	let carried_out = carried_out_unread(Setup::default());
	assert!(carried_out * BIG <= room + SOCKETS, "{carried_out} carried out");
}

#[test]
fn control_without_room_of_connections_every_call_is_carried_out() {
	let everything = Setup {
		calls_of_connection: 20,
		..Setup::default()
	};
	assert_eq!(carried_out_unread(everything), 20);
}

/// Clients that ask over HTTP and read nothing: how many calls are carried out.
fn carried_out_for_many(setup: Setup) -> usize {
	let fixture = Fixture::new(setup);
	let mut carried_out = 0;
	fixture.run(async {
		let mut clients = Vec::new();
		for id in 0..CLIENTS {
			let mut stream = connect(fixture.address).await;
			let calls = request(fixture.address, &call(id, "big")).repeat(3);
			stream.write_all(calls.as_bytes()).await.expect("it reads");
			clients.push(stream);
		}
		carried_out = fixture.settled().await;
		drop(clients);
		fixture.wait_for_whole_room().await;
	});
	carried_out
}

const CLIENTS: usize = 20;

#[test]
fn clients_that_read_nothing_share_the_room_of_the_node() {
	const ROOM: u32 = 4;
	let room = (ROOM * (REQUEST_MIB + ANSWER_MIB)) as usize * MIB;
	let carried_out = carried_out_for_many(Setup {
		calls_of_node: ROOM,
		..Setup::default()
	});
	assert!(carried_out * BIG <= room, "{carried_out} carried out");
}

#[test]
fn control_without_room_of_the_node_each_takes_its_own() {
	assert_eq!(
		carried_out_for_many(Setup {
			calls_of_node: 1_000,
			..Setup::default()
		}),
		CLIENTS
	);
}

/// A client whose sockets hold little.
async fn connect(address: SocketAddr) -> TcpStream {
	let socket = TcpSocket::new_v4().expect("there are sockets");
	socket.set_recv_buffer_size(64 * 1024).expect("it may");
	socket.connect(address).await.expect("it listens")
}

fn request(address: SocketAddr, body: &str) -> String {
	format!(
		"POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
		body.len()
	)
}

const SHORT: Patience = Patience {
	grace: Duration::from_secs(1),
	rate: 4 * MIB as u64,
};
const ENDLESS: Patience = Patience {
	grace: Duration::from_secs(3_600),
	rate: 1,
};

/// Whether a connection that reads nothing still exists after a while.
fn is_kept(patience: Patience, http: bool) -> bool {
	let fixture = Fixture::new(Setup {
		patience,
		..Setup::default()
	});
	let mut kept = false;
	fixture.run(async {
		let (reader, writer) = unread(&fixture, http).await;
		sleep(Duration::from_secs(4)).await;
		kept = fixture.room.free() != fixture.whole_room;
		drop((reader, writer));
		fixture.wait_for_whole_room().await;
	});
	kept
}

/// A connection for which more waits than the sockets hold.
async fn unread(fixture: &Fixture, http: bool) -> (OwnedReadHalf, OwnedWriteHalf) {
	let (mut reader, mut writer) = connect(fixture.address).await.into_split();
	if http {
		let calls = request(fixture.address, &call(0, "big")).repeat(3);
		writer.write_all(calls.as_bytes()).await.expect("it reads");
	} else {
		let upgrade = format!(
			"GET / HTTP/1.1\r\nHost: {}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
			 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
			fixture.address
		);
		writer.write_all(upgrade.as_bytes()).await.expect("it reads");
		let mut head = [0; 12];
		reader.read_exact(&mut head).await.expect("an answer");
		assert_eq!(&head, b"HTTP/1.1 101");
		for id in 0..3 {
			let text = call(id, "big");
			// A masked text frame, with a mask of zeros.
			let frame = [&[0x81, 0x80 | text.len() as u8, 0, 0, 0, 0], text.as_bytes()].concat();
			writer.write_all(&frame).await.expect("it reads");
		}
	}
	while fixture.carried_out.load(Relaxed) == 0 {
		sleep(Duration::from_millis(10)).await;
	}
	(reader, writer)
}

#[test]
fn who_reads_nothing_for_too_long_is_given_up() {
	assert!(!is_kept(SHORT, true), "over HTTP");
	assert!(!is_kept(SHORT, false), "over WebSocket");
}

#[test]
fn control_with_endless_patience_it_is_kept() {
	assert!(is_kept(ENDLESS, true), "over HTTP");
	assert!(is_kept(ENDLESS, false), "over WebSocket");
}

#[test]
fn who_reads_slowly_but_steadily_gets_everything() {
	let fixture = Fixture::new(Setup {
		patience: SHORT,
		..Setup::default()
	});
	fixture.run(async {
		let mut stream = TcpStream::connect(fixture.address).await.expect("it listens");
		let calls = request(fixture.address, &call(0, "big")).repeat(3);
		stream.write_all(calls.as_bytes()).await.expect("it reads");
		// Some MiB a second, in pieces.
		let mut piece = vec![0; MIB / 4];
		let mut read = 0;
		while read < 3 * BIG {
			stream.read_exact(&mut piece).await.expect("the answers come");
			read += piece.len();
			sleep(Duration::from_millis(60)).await;
		}
	});
}

#[test]
fn further_connections_are_told_that_there_are_too_many() {
	let fixture = Fixture::new(Setup {
		connections: 2,
		..Setup::default()
	});
	fixture.run(async {
		// Those that ask for nothing do not count, one that is asking does.
		let mut idle = Vec::new();
		for _ in 0..200 {
			idle.push(TcpStream::connect(fixture.address).await.expect("it listens"));
		}
		let mut asking = TcpStream::connect(fixture.address).await.expect("it listens");
		let text = request(fixture.address, &call(0, "echo"));
		asking
			.write_all(&text.as_bytes()[..text.len() - 1])
			.await
			.expect("it reads");
		let (_writer, _reader) = websocket(fixture.address).await;
		while post(fixture.address, &call(0, "echo")).await.0 != 429 {
			sleep(Duration::from_millis(50)).await;
		}
		drop(asking);
		while post(fixture.address, &call(0, "echo")).await.0 != 200 {
			sleep(Duration::from_millis(50)).await;
		}
	});
}

#[test]
fn subscriptions_notify_after_their_answer_and_are_limited() {
	let fixture = Fixture::new(Setup::default());
	fixture.run(async {
		let (mut writer, mut reader) = websocket(fixture.address).await;
		let mut names = Vec::new();
		for id in 0..2 {
			assert!(ask(&mut writer, &call(id, "count")).await);
			let answer = hear(&mut reader).await;
			assert_eq!(answer["id"], id);
			for number in 0..3 {
				let notification = hear(&mut reader).await;
				assert_eq!(notification["method"], "counted");
				assert_eq!(notification["params"]["subscription"], answer["result"]);
				assert_eq!(notification["params"]["result"], number);
			}
			names.push(answer["result"].clone());
		}
		assert!(ask(&mut writer, &call(2, "count")).await);
		assert_eq!(hear(&mut reader).await["error"]["code"], -32006);

		// Another connection can neither end it nor is it counted with it.
		let stop = serde_json::json!({ "jsonrpc": "2.0", "id": 3, "method": "stop", "params": [names[0]] }).to_string();
		let (mut other_writer, mut other_reader) = websocket(fixture.address).await;
		assert!(ask(&mut other_writer, &stop).await);
		assert_eq!(hear(&mut other_reader).await["result"], false);

		assert!(ask(&mut writer, &stop).await);
		assert_eq!(hear(&mut reader).await["result"], true);
		assert!(ask(&mut writer, &call(4, "count")).await);
		assert!(hear(&mut reader).await["result"].is_string());
	});
}

#[test]
fn what_follows_an_answer_comes_after_it() {
	let mut methods = RpcModule::new(());
	methods
		.register_method("announce", |_, _, _| {
			let (payload, sent) = ResponsePayload::success("first").notify_on_completion();
			tokio::spawn(async move { assert!(sent.await.is_ok(), "told once it was sent") });
			payload
		})
		.expect("new");
	let server = Server::new(1).expect("there are threads");
	let addresses = server
		.serve(vec![settings(10)], methods, None, 0)
		.expect("a port is free");
	server.handle.block_on(async {
		let (mut writer, mut reader) = websocket(addresses[0]).await;
		assert!(ask(&mut writer, &call(0, "announce")).await);
		assert_eq!(hear(&mut reader).await["result"], "first");
	});
}

/// Status and body.
async fn post(address: SocketAddr, body: &str) -> (u16, String) {
	let mut stream = TcpStream::connect(address).await.expect("it listens");
	let text = request(address, body).replacen("\r\n", "\r\nConnection: close\r\n", 1);
	stream.write_all(text.as_bytes()).await.expect("it reads");
	let mut answer = Vec::new();
	let _ = stream.read_to_end(&mut answer).await;
	let answer = String::from_utf8(answer).expect("text");
	let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
	(head[9..12].parse().expect("a status"), body.to_string())
}

/// Messages that a server may read differently from another.
fn messages() -> Vec<String> {
	let good = call(7, "echo");
	let notification = r#"{"jsonrpc":"2.0","method":"echo"}"#;
	let mut messages: Vec<String> = [
		"",
		" ",
		"{",
		"[",
		"[]",
		"{}",
		"[{}]",
		"[1]",
		"[1,2]",
		"null",
		"\"text\"",
		"{}{}",
		"[[]]",
		"\u{1F600}",
		r#"{"jsonrpc":"2.0","id":1}"#,
		r#"{"jsonrpc":"1.0","id":1,"method":"echo"}"#,
		r#"{"id":1,"method":"echo"}"#,
		r#"{"jsonrpc":"2.0","id":"text","method":"echo","params":{"a":1}}"#,
		r#"{"jsonrpc":"2.0","id":null,"method":"echo","params":[null]}"#,
		r#"{"jsonrpc":"2.0","id":-1,"method":"echo"}"#,
		r#"{"jsonrpc":"2.0","id":1.5,"method":"echo"}"#,
		r#"{"jsonrpc":"2.0","id":[1],"method":"echo"}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":1}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":"none"}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":"ec\u0068o","params":[1]}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":"echo","params":[1],"more":1}"#,
		r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"echo"}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":"later"}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":"too_big"}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":"count"}"#,
		r#"{"jsonrpc":"2.0","id":1,"method":"stop","params":["x"]}"#,
		notification,
	]
	.map(String::from)
	.to_vec();
	messages.extend([
		format!(" \n\t{good}"),
		format!("{good} "),
		format!("{good}x"),
		format!("[{good}]"),
		format!("[{good},{good}]"),
		format!("[{good},{notification}]"),
		format!("[{notification}]"),
		format!("[{notification},{notification}]"),
		format!("[{good},1,{{}},[{good}]]"),
		format!("[{good},"),
		format!("[{}]", [good.as_str(); 10].join(",")),
		format!("[{}]", [good.as_str(); 11].join(",")),
		format!("[{},{}]", call(0, "big"), call(1, "big")),
		format!("{}{good}", " ".repeat(200)),
		format!("{}{good}", " ".repeat(MIB)),
	]);
	messages
}

#[test]
fn answers_over_http_are_those_of_jsonrpsee() {
	let fixture = Fixture::new(Setup::default());
	fixture.run(async {
		let reference = ServerBuilder::new()
			.max_request_body_size(REQUEST_MIB * MIB as u32)
			.max_response_body_size(ANSWER_MIB * MIB as u32)
			.set_batch_request_config(BatchRequestConfig::Limit(10))
			.build((Ipv4Addr::LOCALHOST, 0))
			.await
			.expect("a port is free");
		let address = reference.local_addr().expect("it has one");
		let methods = list_itself(methods(Arc::default())).expect("new");
		let running = reference.start(methods);
		for message in messages() {
			let shown = &message[..message.len().min(120)];
			assert_eq!(
				post(fixture.address, &message).await,
				post(address, &message).await,
				"{shown:?}"
			);
		}
		drop(running);
	});
}

#[test]
fn answers_over_websocket_are_those_over_http() {
	let fixture = Fixture::new(Setup::default());
	fixture.run(async {
		let (mut writer, mut reader) = websocket(fixture.address).await;
		for message in messages() {
			let shown = &message[..message.len().min(120)];
			// Subscriptions are for WebSockets, and HTTP refuses other things of its own.
			let (status, over_http) = post(fixture.address, &message).await;
			if status != 200 || message.contains("count") || message.contains("stop") {
				continue;
			}
			assert!(ask(&mut writer, &message).await);
			if over_http.is_empty() {
				continue;
			}
			let over_http: serde_json::Value = serde_json::from_str(&over_http).expect("JSON");
			assert_eq!(hear(&mut reader).await, over_http, "{shown:?}");
		}
		// A message that is too large is refused, and the connection stays.
		assert!(ask(&mut writer, &" ".repeat(MIB + 1)).await);
		assert_eq!(hear(&mut reader).await["error"]["code"], -32007);
		assert!(ask(&mut writer, &call(0, "later")).await);
		assert_eq!(hear(&mut reader).await["result"], "now");
		fixture.wait_for_whole_room().await;
	});
}
