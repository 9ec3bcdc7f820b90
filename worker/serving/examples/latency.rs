// SPDX-License-Identifier: Apache-2.0

//! What serving adds to an answer: requests over loopback with an engine that says nothing, against asking it directly; and
//! whether memory grows with requests.
//! usage: latency [REQUESTS] [AT_ONCE]

use atelier_primitives::{
	BlockNumber,
	ids::{JobId, SessionId, VersionId, WorkerId},
	work::{Tier, Work, named_version, price::Rates, workers::Standing},
};
use atelier_referee::{
	claim::{Request, token_tree},
	commit::{Bounded, Kind, mountain::Root},
	hash::Portable,
	ops::sampling::Sampler,
};
use atelier_serving::{
	Desk, Limits, Server, Sessions, Terms, Worker,
	asking::{Asker, Ends, Jotter, Opener, Read, Session, Write},
	chain::{Drawn, Ordered, Unknown},
	desk::{Event, Nothing, Order},
	ledger::Memory,
	server::{Rate, Tariff},
};
use atelier_wire::{Balance, Key};
use futures::{FutureExt, future::BoxFuture};
use sp_core::{Pair as _, sr25519::Pair};
use std::{
	future::{poll_fn, ready},
	io,
	net::SocketAddr,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::net::{TcpListener, TcpStream};

const WORKER: WorkerId = WorkerId(1);
const VERSION: VersionId = VersionId(1);
const GENESIS: [u8; 32] = [1; 32];
const INPUT: usize = 128;
const OUTPUT: u32 = 16;

/// A chain with sessions that have no end.
struct Chain(Key);

fn terms(session: SessionId, voucher_key: Key) -> Terms {
	Terms {
		session,
		payer: [2; 32],
		worker: WORKER,
		version: VERSION,
		tier: Tier::Exact,
		voucher_key,
		rates: Rates {
			worker: 1,
			..Rates::default()
		},
		sealed: false,
		window: 1_000_000,
		deposit: Balance::MAX,
		settled: Root::empty::<Portable>(),
		serves: true,
	}
}

impl Sessions for Chain {
	fn now(&self) -> BlockNumber {
		1
	}

	fn session(&self, session: SessionId) -> BoxFuture<'_, Result<Option<Terms>, Unknown>> {
		ready(Ok(Some(terms(session, self.0)))).boxed()
	}

	fn work(&self, _: Work) -> BoxFuture<'_, Result<Option<Drawn>, Unknown>> {
		ready(Ok(None)).boxed()
	}

	fn standing(&self, _: WorkerId, _: BlockNumber) -> BoxFuture<'_, Result<Option<Standing<Balance>>, Unknown>> {
		ready(Ok(None)).boxed()
	}

	fn job(&self, _: JobId) -> BoxFuture<'_, Result<Option<Ordered>, Unknown>> {
		ready(Ok(None)).boxed()
	}
}

struct Sockets(SocketAddr);

impl Opener for Sockets {
	fn open(&self) -> BoxFuture<'_, io::Result<(Read, Write)>> {
		Box::pin(async move {
			let stream = TcpStream::connect(self.0).await?;
			stream.set_nodelay(true)?;
			let (read, write) = stream.into_split();
			Ok((Box::new(read) as Read, Box::new(write) as Write))
		})
	}
}

fn request(input: &[u32], number: u64) -> Request {
	let mut salt = [0; 32];
	salt[..8].copy_from_slice(&number.to_le_bytes());
	Request {
		genesis: GENESIS,
		version: named_version(VERSION),
		input: token_tree::<Portable>(Kind::Input, input).expect("short").commitment(),
		input_count: input.len() as u32,
		sampler: Sampler::Greedy,
		limit: OUTPUT,
		ends: Bounded::new(),
		stops: Bounded::new(),
		sealed: None,
		salt,
	}
}

fn resident() -> u64 {
	let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
	let line = status.lines().find(|line| line.starts_with("VmRSS:"));
	line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
		.unwrap_or(0)
}

fn shown(name: &str, mut times: Vec<Duration>) {
	times.sort_unstable();
	let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
	println!("| {name} | {:.3} | {:.3} | {:.3} |", at(0.5), at(0.99), at(1.0));
}

async fn direct(requests: u64) -> Vec<Duration> {
	let desk = Nothing(VERSION);
	let input: Vec<u32> = (0..INPUT as u32).collect();
	let mut times = Vec::new();
	for number in 0..requests.min(10_000) {
		let begun = Instant::now();
		let order = Order {
			version: VERSION,
			request: request(&input, number),
			input: input.clone(),
		};
		let mut making = desk.answer(&order).expect("it answers");
		let mut tokens = Vec::new();
		while let Ok(Event::Token { token, .. }) = poll_fn(|context| making.poll_event(context)).await {
			tokens.push(token);
		}
		making.finish(&input, &tokens).expect("few tokens");
		times.push(begun.elapsed());
	}
	times
}

/// One after the other: until the first token, and until all is paid.
async fn asked(session: &Arc<Session>, from: u64, to: u64) -> (Vec<Duration>, Vec<Duration>) {
	let input: Vec<u32> = (0..INPUT as u32).collect();
	let (mut first, mut whole) = (Vec::new(), Vec::new());
	for number in from..to {
		let begun = Instant::now();
		let request = request(&input, number);
		let mut answer = session.ask(request, input.clone(), true).await.expect("it is asked");
		answer.next().await.expect("a piece");
		first.push(begun.elapsed());
		answer.all().await.expect("an answer");
		whole.push(begun.elapsed());
	}
	(first, whole)
}

#[tokio::main]
async fn main() {
	let mut arguments = std::env::args()
		.skip(1)
		.map(|argument| argument.parse().expect("a number"));
	let requests: u64 = arguments.next().unwrap_or(100_000);
	let at_once: u64 = arguments.next().unwrap_or(16);
	let pair = Pair::from_seed(&[7; 32]);
	let key = pair.public().0;
	let signer = Arc::new(pair);
	let endless = Rate {
		a_second: 1_000_000,
		at_once: 1_000_000,
	};
	let limits = Limits {
		peer: endless,
		session: endless,
		..Limits::default()
	};
	let worker = Worker {
		genesis: GENESIS,
		number: WORKER,
		endpoint: [3; 32],
	};
	let tariff = Tariff {
		genesis: GENESIS,
		worker: WORKER,
		signer: signer.clone(),
		capacity: 1,
		window: 1,
		reservation: 0,
		lasts: 1,
	};
	let server = Server::new(
		worker,
		Arc::new(Nothing(VERSION)),
		Arc::new(Memory::forgetful()),
		Arc::new(Chain(key)),
		Arc::new(tariff),
		limits,
	);
	let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
	let address = listener.local_addr().expect("a port");
	let connection = server.connect([4; 32]).expect("there is room");
	tokio::spawn(async move {
		while let Ok((stream, _)) = listener.accept().await {
			let connection = connection.clone();
			let _ = stream.set_nodelay(true);
			tokio::spawn(async move {
				let (read, write) = stream.into_split();
				connection.serve(read, write).await;
			});
		}
	});
	let ends = Ends {
		genesis: GENESIS,
		worker: WORKER,
		requester_endpoint: [4; 32],
		worker_endpoint: [3; 32],
	};
	let asker = Asker::connect(Arc::new(Sockets(address)), ends, Duration::from_secs(30))
		.await
		.expect("a welcome");
	let mut sessions = Vec::new();
	for number in 0..at_once {
		let terms = terms(SessionId(number), key);
		let session = asker.attach(terms, signer.clone(), Arc::new(Jotter::forgetful())).await;
		sessions.push(session.expect("attached"));
	}

	println!("{INPUT} tokens in, {OUTPUT} out; a new TCP stream, a receipt and a voucher for each\n");
	println!("| | p50, ms | p99, ms | most, ms |\n| --- | --- | --- | --- |");
	shown("the engine alone", direct(requests).await);
	asked(&sessions[0], 0, 200).await;
	let (first, whole) = asked(&sessions[0], 200, 200 + requests.min(5_000)).await;
	shown("first tokens", first);
	shown("answer, receipt and voucher", whole);

	let before = resident();
	let begun = Instant::now();
	let each = requests / at_once;
	let tasks: Vec<_> = sessions
		.into_iter()
		.map(|session| tokio::spawn(async move { asked(&session, 1_000_000, 1_000_000 + each).await }))
		.collect();
	let (mut first, mut whole) = (Vec::new(), Vec::new());
	let mut half = 0;
	for task in tasks {
		let (some, others) = task.await.expect("it ran");
		first.extend(some);
		whole.extend(others);
		half = resident();
	}
	let took = begun.elapsed();
	shown(&format!("first tokens, {at_once} at once"), first);
	shown(&format!("all of it, {at_once} at once"), whole);
	println!(
		"\n{:.0} requests a second; resident memory {} MiB before, {} MiB after {} requests",
		(each * at_once) as f64 / took.as_secs_f64(),
		before >> 10,
		half >> 10,
		each * at_once,
	);
}
