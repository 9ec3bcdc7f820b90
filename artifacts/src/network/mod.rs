// SPDX-License-Identifier: Apache-2.0

//! Where others reach this machine: an endpoint of iroh, known by its key, with limits on what strangers can take of it.
//!
//! No relay, no discovery and no measuring service of anybody is used, unless the operator names a relay. Who is where is on the
//! chain: the record of a worker's endpoint has its key and its addresses.
//!
//! Blobs are served from the start. A program that answers other protocols adds them before ([`Setup::accept`]): they share the
//! endpoint, the key and the limits on connections.

pub(crate) mod gate;
pub(crate) mod host;
pub(crate) mod identity;
mod pace;
mod serve;
mod stream;

pub use host::Host;
pub use iroh::protocol::{AcceptError, DynProtocolHandler, ProtocolHandler};

use crate::{Checks, Error, store::Store};
use gate::{Gate, Pass, Place};
use host::Reach;
use iroh::{
	Endpoint, EndpointId, RelayMode, RelayUrl,
	endpoint::{Incoming, QuicTransportConfig, VarInt, presets},
};
use pace::Pace;
use serve::Blobs;
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
	sync::Mutex,
	task::{JoinHandle, JoinSet},
	time::timeout,
};
use tokio_util::sync::CancellationToken;

/// What strangers can take of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Connections in all, and from one address (of IPv6, one network of 64 bits).
	pub connections: usize,
	pub connections_from: usize,
	/// Requests of one connection for blobs, one after the other, and at the same time.
	pub requests: u32,
	pub streams: u32,
	/// Longest request for a blob, and longest time until all of it is here.
	pub request_bytes: usize,
	pub request_time: Duration,
	/// Longest time for the greetings of a connection, and without any request for a blob.
	pub handshake: Duration,
	pub idle: Duration,
	/// Who reads or sends has to move at least so many bytes in so much time.
	pub least: u64,
	pub stall: Duration,
	/// Bytes on their way to one connection: memory that a slow reader holds.
	pub send_window: u64,
	/// Bytes that go out in a second, to all who fetch together.
	pub each_second: Option<u64>,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			connections: 128,
			connections_from: 16,
			requests: 4_096,
			streams: 16,
			request_bytes: 16 * 1024,
			request_time: Duration::from_secs(10),
			handshake: Duration::from_secs(10),
			idle: Duration::from_secs(30),
			// 17 kB a second: who is slower holds a place for days.
			least: 512 * 1024,
			stall: Duration::from_secs(30),
			send_window: 4 * 1024 * 1024,
			each_second: None,
		}
	}
}

/// Windows of a connection: what strangers send is short, what is fetched is not.
const SERVING_STREAM: u32 = 256 * 1024;
const SERVING: u32 = 1024 * 1024;
/// 1 MiB: noq ends a connection that has more than 1,024 packets of one stream unread (`TooManyChunks`), which a disk that is slow
/// for a moment would bring about. So a round trip of 100 ms leaves 10 MB a second.
const FETCHING: u32 = 1024 * 1024;

/// Where and as whom this machine is reached.
#[derive(Clone, Debug)]
pub struct Options {
	/// The file of the secret key. It is made if there is none.
	pub key: PathBuf,
	/// Where it listens (UDP): at most one address of each family. Port 0 is any that is free.
	pub listen: Vec<SocketAddr>,
	/// Relays, by their URLs. Without any, others must be able to reach the address itself.
	pub relays: Vec<RelayUrl>,
	/// Whether hosts of private networks are fetched from.
	pub private: bool,
	pub limits: Limits,
	pub checks: Checks,
}

impl Options {
	pub fn new(key: impl Into<PathBuf>, listen: Vec<SocketAddr>) -> Self {
		Self {
			key: key.into(),
			listen,
			relays: Vec::new(),
			private: false,
			limits: Limits::default(),
			checks: Checks::default(),
		}
	}
}

/// An endpoint that does not answer yet.
#[derive(Debug)]
pub struct Setup {
	network: Network,
	protocols: BTreeMap<Vec<u8>, Box<dyn DynProtocolHandler>>,
}

impl Setup {
	/// Who this machine is.
	pub fn id(&self) -> EndpointId {
		self.network.id()
	}

	/// Answers another protocol too.
	pub fn accept(mut self, alpn: &[u8], handler: impl Into<Box<dyn DynProtocolHandler>>) -> Result<Self, Error> {
		if self.protocols.insert(alpn.to_vec(), handler.into()).is_some() {
			return Err(Error::ProtocolTwice {
				alpn: String::from_utf8_lossy(alpn).into_owned(),
			});
		}
		Ok(self)
	}

	/// Begins to answer.
	pub async fn start(self) -> Network {
		let Self { network, protocols } = self;
		network.0.endpoint.set_alpns(protocols.keys().cloned().collect());
		let accepting = tokio::spawn(accept(network.clone(), Arc::new(protocols)));
		*network.0.accepting.lock().await = Some(accepting);
		network
	}
}

/// An endpoint that answers.
#[derive(Clone, Debug)]
pub struct Network(Arc<Inner>);

#[derive(Debug)]
struct Inner {
	endpoint: Endpoint,
	gate: Gate,
	limits: Limits,
	reach: Reach,
	/// How connections to hosts are made.
	fetching: QuicTransportConfig,
	stopping: CancellationToken,
	/// Until when connections may end by themselves.
	ended: CancellationToken,
	accepting: Mutex<Option<JoinHandle<()>>>,
}

impl Network {
	/// Makes the endpoint of a machine that serves what is in a store.
	pub async fn open(options: Options, store: Store) -> Result<Setup, Error> {
		let Options {
			key,
			listen,
			relays,
			private,
			limits,
			checks,
		} = options;
		let key = tokio::task::spawn_blocking(move || identity::read_or_make(&key))
			.await
			.map_err(|_| Error::Closed)??;
		let failed = |error: &dyn std::fmt::Display| Error::NoEndpoint {
			told: error.to_string(),
		};
		let relay_mode = match relays.is_empty() {
			true => RelayMode::Disabled,
			false => RelayMode::custom(relays.iter().cloned()),
		};
		let mut builder = Endpoint::builder(presets::Minimal)
			.secret_key(key)
			.relay_mode(relay_mode)
			.clear_address_lookup()
			.clear_ip_transports()
			.transport_config(serving(&limits));
		for address in &listen {
			builder = builder.bind_addr(*address).map_err(|error| failed(&error))?;
		}
		let endpoint = builder.bind().await.map_err(|error| failed(&error))?;
		let stopping = CancellationToken::new();
		let blobs = Blobs {
			store,
			limits,
			pace: limits.each_second.map(Pace::new).map(Arc::new),
			checks,
			stopping: stopping.clone(),
		};
		let network = Self(Arc::new(Inner {
			endpoint,
			gate: Gate::new(limits.connections, limits.connections_from, checks),
			limits,
			reach: Reach {
				private,
				relays,
				checks,
			},
			fetching: fetching(),
			stopping,
			ended: CancellationToken::new(),
			accepting: Mutex::default(),
		}));
		Setup {
			network,
			protocols: BTreeMap::new(),
		}
		.accept(iroh_blobs::ALPN, blobs)
	}

	/// Who this machine is.
	pub fn id(&self) -> EndpointId {
		self.0.endpoint.id()
	}

	/// The endpoint itself, to connect by other protocols.
	pub fn endpoint(&self) -> &Endpoint {
		&self.0.endpoint
	}

	/// Where it listens.
	pub fn listens(&self) -> Vec<SocketAddr> {
		self.0.endpoint.bound_sockets()
	}

	pub(crate) fn limits(&self) -> &Limits {
		&self.0.limits
	}

	#[cfg(test)]
	pub(crate) fn gate(&self) -> &Gate {
		&self.0.gate
	}

	/// Connects to a host, by any protocol.
	pub async fn connect(&self, host: &Host, alpn: &[u8]) -> Result<iroh::endpoint::Connection, Error> {
		let options = iroh::endpoint::ConnectOptions::new().with_transport_config(self.0.fetching.clone());
		let told = |error: &dyn std::fmt::Display| Error::NoEndpoint {
			told: error.to_string(),
		};
		let connect = async {
			let address = self.0.reach.find(host).await;
			if address.is_empty() {
				return Err(Error::BadEndpoint {
					told: "none of its addresses can be reached from here",
				});
			}
			let connecting = self
				.0
				.endpoint
				.connect_with_opts(address, alpn, options)
				.await
				.map_err(|error| told(&error))?;
			connecting.await.map_err(|error| told(&error))
		};
		timeout(self.0.limits.handshake, connect)
			.await
			.map_err(|late| told(&late))?
	}

	/// Takes no more requests, lets those that are being answered end for so long, and closes. The store stays open.
	pub async fn shutdown(&self, grace: Duration) {
		self.0.stopping.cancel();
		let ended = self.0.ended.clone();
		let timer = tokio::spawn(async move {
			tokio::time::sleep(grace).await;
			ended.cancel();
		});
		if let Some(accepting) = self.0.accepting.lock().await.take() {
			// It ends by itself; a panic of a protocol is no reason not to close.
			let _ = accepting.await;
		}
		timer.abort();
		self.0.endpoint.close().await;
	}
}

/// How strangers' connections are.
fn serving(limits: &Limits) -> QuicTransportConfig {
	QuicTransportConfig::builder()
		.max_concurrent_bidi_streams(VarInt::from_u32(limits.streams))
		.max_concurrent_uni_streams(VarInt::from_u32(limits.streams))
		.stream_receive_window(VarInt::from_u32(SERVING_STREAM))
		.receive_window(VarInt::from_u32(SERVING))
		.send_window(limits.send_window)
		.build()
}

/// How connections to hosts are. They open no streams here.
fn fetching() -> QuicTransportConfig {
	QuicTransportConfig::builder()
		.max_concurrent_bidi_streams(VarInt::from_u32(0))
		.max_concurrent_uni_streams(VarInt::from_u32(0))
		.stream_receive_window(VarInt::from_u32(FETCHING))
		.receive_window(VarInt::from_u32(FETCHING))
		.build()
}

type Protocols = BTreeMap<Vec<u8>, Box<dyn DynProtocolHandler>>;

async fn accept(network: Network, protocols: Arc<Protocols>) {
	let inner = &network.0;
	let mut connections = JoinSet::new();
	loop {
		let incoming = tokio::select! {
			biased;
			() = inner.stopping.cancelled() => break,
			// What ended is forgotten; a panic ends its connection only.
			Some(_) = connections.join_next() => continue,
			incoming = inner.endpoint.accept() => incoming,
		};
		let Some(incoming) = incoming else { break };
		if inner.gate.is_crowded() && !incoming.remote_addr_validated() {
			if let Err(error) = incoming.retry() {
				error.into_incoming().refuse();
			}
			continue;
		}
		let Some(pass) = inner.gate.enter(Place::of(&incoming.remote_addr())) else {
			incoming.refuse();
			continue;
		};
		connections.spawn(connection(incoming, protocols.clone(), inner.limits.handshake, pass));
	}
	futures::future::join_all(protocols.values().map(|protocol| protocol.shutdown())).await;
	tokio::select! {
		() = inner.ended.cancelled() => {}
		() = async { while connections.join_next().await.is_some() {} } => {}
	}
	connections.shutdown().await;
}

/// One connection, from its first packet to its end.
async fn connection(incoming: Incoming, protocols: Arc<Protocols>, handshake: Duration, _pass: Pass) {
	let greet = async {
		let mut accepting = incoming.accept().ok()?;
		let alpn = accepting.alpn().await.ok()?;
		let protocol = protocols.get(&alpn)?;
		let connection = protocol.on_accepting(accepting).await.ok()?;
		Some((protocol, connection))
	};
	// Anybody can send anything to a port: it is worth no word in a log.
	let Ok(Some((protocol, connection))) = timeout(handshake, greet).await else {
		return;
	};
	let remote = connection.remote_id();
	if let Err(error) = protocol.accept(connection).await {
		tracing::debug!(remote = %remote.fmt_short(), %error, "a connection ended");
	}
}
