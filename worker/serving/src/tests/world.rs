// SPDX-License-Identifier: Apache-2.0

//! A worker with models, a chain that says what it is told to, and requesters.

use crate::{
	Connection, Desk, Limits, Server, Sessions, Signer, Terms, Worker,
	asking::{Asker, Ends, Jotter, Notes, Opener, Read, Session, Write},
	chain::{Drawn, Ordered, Unknown},
	desk::{Committed, DeskError, Embedded, Engines, Event, Hosted, Making, Nothing, Order},
	ledger::Memory,
	locked,
	server::Tariff,
};
use atelier_engine::{
	backend::{Backend, double::Double},
	exact,
	serve::{Engine, Words},
};
use atelier_kernels::Kernels;
use atelier_primitives::{
	BlockNumber,
	ids::{JobId, SessionId, VersionId, WorkerId},
	work::{Tier, Work, named_version, price::Rates, workers::Standing},
};
use atelier_referee::{
	claim::{Request, token_tree},
	commit::{Bounded, Kind, mountain::Root},
	hash::{Digest, Portable},
	model::{Shape, Use},
	ops::sampling::{Race, Sampler},
	samples::{self, Random, Values},
};
use atelier_wire::{Balance, Offered, Refusal, Source};
use futures::{FutureExt, future::BoxFuture};
use sp_arithmetic::Permill;
use sp_core::{Pair as _, sr25519};
use std::{
	collections::{BTreeMap, HashMap},
	future::{Future, ready},
	io,
	pin::Pin,
	sync::{Arc, Mutex},
	task::{Context, Poll},
	time::Duration,
};
use tokio::{io::duplex, sync::watch};

pub const GENESIS: Digest = [1; 32];
pub const WORKER: WorkerId = WorkerId(4);
pub const SESSION: SessionId = SessionId(7);
/// An exact model, one in floats, and one that embeds.
pub const EXACT: VersionId = VersionId(10);
pub const FLOAT: VersionId = VersionId(11);
pub const EMBEDS: VersionId = VersionId(12);
/// Says what it is let say.
pub const PACED: VersionId = VersionId(13);
pub const POSITIONS: u32 = 64;
pub const WINDOW: u64 = 1_000;
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn pair(seed: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[seed; 32])
}

/// Who holds a session's voucher key.
pub fn voucher_key() -> sr25519::Pair {
	pair(1)
}

pub const RATES: Rates<Balance> = Rates {
	worker: 10,
	version: 2,
	levy: Permill::from_parts(20_000),
	treasury: Permill::from_parts(50_000),
};

pub fn terms(session: SessionId, version: VersionId) -> Terms {
	Terms {
		session,
		payer: [9; 32],
		worker: WORKER,
		version,
		tier: if version == EXACT || version == PACED {
			Tier::Exact
		} else {
			Tier::Float
		},
		voucher_key: voucher_key().key(),
		rates: RATES,
		sealed: false,
		window: WINDOW,
		deposit: 1_000_000,
		settled: Root::empty::<Portable>(),
		serves: true,
	}
}

/// A chain that says what it is told.
#[derive(Default)]
pub struct Chain {
	pub sessions: Mutex<HashMap<SessionId, Terms>>,
	pub works: Mutex<BTreeMap<Work, Drawn>>,
	pub standings: Mutex<HashMap<WorkerId, Standing<Balance>>>,
	pub jobs: Mutex<HashMap<JobId, Ordered>>,
}

impl Sessions for Chain {
	fn now(&self) -> BlockNumber {
		100
	}

	fn session(&self, session: SessionId) -> BoxFuture<'_, Result<Option<Terms>, Unknown>> {
		ready(Ok(locked(&self.sessions).get(&session).cloned())).boxed()
	}

	fn work(&self, work: Work) -> BoxFuture<'_, Result<Option<Drawn>, Unknown>> {
		let works = locked(&self.works);
		ready(Ok(works.get(&work).cloned())).boxed()
	}

	fn standing(&self, auditor: WorkerId, _: BlockNumber) -> BoxFuture<'_, Result<Option<Standing<Balance>>, Unknown>> {
		ready(Ok(locked(&self.standings).get(&auditor).copied())).boxed()
	}

	fn job(&self, job: JobId) -> BoxFuture<'_, Result<Option<Ordered>, Unknown>> {
		ready(Ok(locked(&self.jobs).get(&job).copied())).boxed()
	}
}

/// The engines, and a desk that waits for whoever tests.
pub struct House {
	engines: Engines,
	pub allowed: watch::Sender<u32>,
	pub begun: watch::Sender<u32>,
}

struct Paced {
	allowed: watch::Receiver<u32>,
	waiting: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
	next: u32,
	limit: u32,
	cancelled: bool,
}

impl Making for Paced {
	fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Result<Event, DeskError>> {
		loop {
			if self.next == self.limit {
				return Poll::Ready(Ok(Event::Done(atelier_referee::claim::StopReason::Limit)));
			}
			if self.cancelled {
				return Poll::Ready(Err(DeskError::Cancelled));
			}
			if self.next < *self.allowed.borrow() {
				self.next += 1;
				return Poll::Ready(Ok(Event::Token {
					token: 1_000 + self.next,
					text: format!(" {}", self.next),
				}));
			}
			let next = self.next;
			let mut allowed = self.allowed.clone();
			let waiting = self.waiting.get_or_insert_with(|| {
				Box::pin(async move {
					let _ = allowed.wait_for(|allowed| *allowed > next).await;
				})
			});
			match waiting.as_mut().poll(context) {
				Poll::Pending => return Poll::Pending,
				Poll::Ready(()) => self.waiting = None,
			}
		}
	}

	fn cancel(&mut self) {
		self.cancelled = true;
	}

	fn finish(self: Box<Self>, input: &[u32], tokens: &[u32]) -> Result<Committed, DeskError> {
		let order = Order {
			version: PACED,
			request: request(PACED, input, self.limit, 0),
			input: input.to_vec(),
		};
		Nothing(PACED).answer(&order)?.finish(input, tokens)
	}
}

impl Desk for House {
	fn offers(&self) -> Vec<Offered> {
		let mut offers = self.engines.offers();
		offers.extend(Nothing(PACED).offers());
		offers
	}

	fn offer(&self, version: VersionId) -> Option<Offered> {
		match version {
			PACED => Nothing(PACED).offer(PACED),
			other => self.engines.offer(other),
		}
	}

	fn tokenize(&self, version: VersionId, source: Source) -> BoxFuture<'_, Result<Vec<u32>, DeskError>> {
		self.engines.tokenize(version, source)
	}

	fn answer(&self, order: &Order) -> Result<Box<dyn Making>, DeskError> {
		if order.version != PACED {
			return self.engines.answer(order);
		}
		self.begun.send_modify(|begun| *begun += 1);
		Ok(Box::new(Paced {
			allowed: self.allowed.subscribe(),
			waiting: None,
			next: 0,
			limit: order.request.limit,
			cancelled: false,
		}))
	}

	fn embed(&self, order: &Order) -> BoxFuture<'_, Result<Embedded, DeskError>> {
		self.engines.embed(order)
	}
}

/// An exact model that nobody trained.
pub fn exact_backend(random: &mut Random) -> Box<dyn Backend> {
	let shape = loop {
		let shape = samples::shape(random);
		if shape.answers == Use::Tokens {
			break shape;
		}
	};
	let shape = Shape {
		vocabulary: 257,
		positions: POSITIONS,
		window: 0,
		..shape
	};
	let bytes = samples::package(shape, Values::Ordinary, random);
	let plan = exact::Plan {
		threads: 1,
		memory: 64 << 20,
		limits: Default::default(),
	};
	exact::load_bytes(shape, &bytes, Kernels::detect().unwrap(), &plan).unwrap()
}

fn hosted(backend: Box<dyn Backend>) -> Hosted {
	let words = Words {
		text: Double::text(POSITIONS).unwrap(),
		chat: None,
		ends: vec![256],
		texts: None,
	};
	Hosted {
		engine: Arc::new(Engine::start(backend, words, Default::default()).unwrap()),
		price: 10,
		ends: vec![256],
		chat: false,
		stops: false,
	}
}

pub struct World {
	pub server: Server,
	pub house: Arc<House>,
	pub chain: Arc<Chain>,
	pub ledger: Arc<Memory>,
}

impl World {
	pub fn new() -> Self {
		Self::with(Limits {
			linger: Duration::from_millis(300),
			..Limits::default()
		})
	}

	pub fn with(limits: Limits) -> Self {
		Self::over(limits, Arc::new(Memory::default()))
	}

	/// With a book from before.
	pub fn over(limits: Limits, ledger: Arc<Memory>) -> Self {
		let versions = [
			(EXACT, exact_backend(&mut Random(5))),
			(FLOAT, Box::new(Double::new(256, POSITIONS)) as Box<dyn Backend>),
			(EMBEDS, Box::new(Double::encoder(POSITIONS))),
		];
		let hosted: BTreeMap<_, _> = versions
			.into_iter()
			.map(|(version, backend)| (version, hosted(backend)))
			.collect();
		let house = Arc::new(House {
			engines: Engines::new(hosted),
			allowed: watch::Sender::new(0),
			begun: watch::Sender::new(0),
		});
		let chain = Arc::new(Chain::default());
		for (number, version) in [EXACT, FLOAT, EMBEDS, PACED].into_iter().enumerate() {
			let session = SessionId(SESSION.0 + number as u64);
			locked(&chain.sessions).insert(session, terms(session, version));
		}
		let tariff = Tariff {
			genesis: GENESIS,
			worker: WORKER,
			signer: Arc::new(pair(8)),
			capacity: 1_000,
			window: WINDOW,
			reservation: 3,
			lasts: 50,
		};
		let worker = Worker {
			genesis: GENESIS,
			number: WORKER,
			endpoint: [200; 32],
		};
		Self {
			server: Server::new(
				worker,
				house.clone(),
				ledger.clone(),
				chain.clone(),
				Arc::new(tariff),
				limits,
			),
			house,
			chain,
			ledger,
		}
	}

	/// A requester's connection, by the number of its endpoint.
	pub async fn asker(&self, endpoint: u8) -> (Arc<Asker>, Arc<Wires>) {
		let wires = Wires::new(self.server.connect([endpoint; 32]).unwrap());
		let asker = Asker::connect(wires.clone(), ends(endpoint), PATIENCE).await.unwrap();
		(asker, wires)
	}

	/// A session of a version, attached by its key, with notes that are new.
	pub async fn session(&self, endpoint: u8, version: VersionId) -> Arc<Session> {
		self.session_with(endpoint, version, Arc::new(Jotter::default())).await
	}

	pub async fn session_with(&self, endpoint: u8, version: VersionId, notes: Arc<dyn Notes>) -> Arc<Session> {
		let (asker, _) = self.asker(endpoint).await;
		let id = id_of(version);
		let signer = Arc::new(voucher_key());
		asker.attach(terms(id, version), signer, notes).await.unwrap()
	}

	pub fn allow(&self, tokens: u32) {
		self.house.allowed.send_replace(tokens);
	}

	pub fn change(&self, session: SessionId, change: impl FnOnce(&mut Terms)) {
		change(locked(&self.chain.sessions).get_mut(&session).unwrap());
	}

	pub fn refused(&self, refusal: Refusal) -> u64 {
		self.server.counts().refused(refusal)
	}

	/// Waits until something is so.
	pub async fn until(&self, so: impl Fn(&Self) -> bool) {
		for _ in 0..2_000 {
			if so(self) {
				return;
			}
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
		panic!("it never is");
	}
}

pub fn id_of(version: VersionId) -> SessionId {
	SessionId(SESSION.0 + u64::from(version.0 - EXACT.0))
}

pub fn ends(endpoint: u8) -> Ends {
	Ends {
		genesis: GENESIS,
		worker: WORKER,
		requester_endpoint: [endpoint; 32],
		worker_endpoint: [200; 32],
	}
}

/// Streams of one connection, without a transport; they can be cut.
pub struct Wires {
	pub connection: Mutex<Option<Arc<Connection>>>,
	tasks: Mutex<Vec<tokio::task::JoinHandle<()>>>,
}

impl Wires {
	pub fn new(connection: Arc<Connection>) -> Arc<Self> {
		Arc::new(Self {
			connection: Mutex::new(Some(connection)),
			tasks: Mutex::default(),
		})
	}

	/// As if the network were gone.
	pub fn cut(&self) {
		locked(&self.connection).take();
		for task in locked(&self.tasks).drain(..) {
			task.abort();
		}
	}

	pub fn stream(&self, room: usize) -> io::Result<tokio::io::DuplexStream> {
		let connection = locked(&self.connection).clone();
		let connection = connection.ok_or(io::ErrorKind::NotConnected)?;
		let (here, there) = duplex(room);
		let (read, write) = tokio::io::split(there);
		let task = tokio::spawn(async move { connection.serve(read, write).await });
		locked(&self.tasks).push(task);
		Ok(here)
	}
}

impl Opener for Wires {
	fn open(&self) -> BoxFuture<'_, io::Result<(Read, Write)>> {
		let opened = self.stream(64 << 10).map(|stream| {
			let (read, write) = tokio::io::split(stream);
			(Box::new(read) as Read, Box::new(write) as Write)
		});
		ready(opened).boxed()
	}
}

/// A request whose salt is a number.
pub fn request(version: VersionId, input: &[u32], limit: u32, salt: u64) -> Request {
	let mut random = Random(salt);
	let mut bytes = Digest::default();
	bytes.fill_with(|| random.bits() as u8);
	Request {
		genesis: GENESIS,
		version: named_version(version),
		input: token_tree::<Portable>(Kind::Input, input).unwrap().commitment(),
		input_count: input.len() as u32,
		sampler: Sampler::Race(Race {
			inverse: 1 << 20,
			top: 40,
			mass: 60_000,
			seed: salt,
		}),
		limit,
		ends: Bounded::try_from(vec![256]).unwrap(),
		stops: Bounded::new(),
		sealed: None,
		salt: bytes,
	}
}

/// What a worker refused, by its name.
pub fn refusal<T>(result: Result<T, crate::asking::Error>) -> Refusal {
	match result {
		Err(crate::asking::Error::Refused { refusal, .. }) => refusal,
		Err(other) => panic!("{other}"),
		Ok(_) => panic!("it was not refused"),
	}
}
