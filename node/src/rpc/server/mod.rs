// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Serves JSON-RPC over HTTP and WebSocket, in memory that clients cannot make it exceed.
//!
//! The SDK's server starts every call that it has read and keeps the answers until they are read, so one client that
//! reads nothing takes any amount of memory (docs/decisions/0006). Here a call is read only while there is room for its
//! answer:
//!
//! 1. `endpoint` lets a client in while a slot is free, and keeps one that does not read no longer than `patience` allows.
//! 2. `http` reads one request, `session` the messages of a WebSocket.
//! 3. Before a message is carried out, `room` is reserved for it and for the largest answer. What the answer does not
//!    need is given back at once, the rest when the answer has left.
//! 4. `calls` carries it out.

mod calls;
mod endpoint;
mod http;
mod patience;
mod room;
mod session;
#[cfg(test)]
mod tests;

use super::limits::{self, Patience};
use jsonrpsee::{Methods, RpcModule};

use prometheus_endpoint::{PrometheusError, Registry};
use room::NodeRoom;
use sc_rpc_server::{RpcEndpoint, RpcMetrics, RpcSpawnHandle};
use sp_core::traits::SpawnNamed;
use std::{
	io,
	net::SocketAddr,
	sync::{Arc, atomic::AtomicUsize},
};
use tokio::runtime::{Handle, Runtime};

/// Why no RPC is served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The threads could not be started.
	#[error("cannot start the threads of the RPC server: {0}")]
	Threads(io::Error),
	/// An address cannot be listened on.
	#[error("the RPC server cannot listen on {address}: {reason}; see --rpc-port")]
	CannotListen {
		/// Where it would have listened.
		address: SocketAddr,
		/// What the operating system said.
		reason: io::Error,
	},
	/// Every address was optional, and none could be had.
	#[error("the RPC server has no address to listen on; see --rpc-port")]
	NoAddress,
	/// An origin in `--rpc-cors` cannot stand in a header.
	#[error("--rpc-cors: '{0}' is not an origin")]
	BadOrigin(String),
	/// The methods contradict each other.
	#[error("two RPC methods have the same name: {0}")]
	Methods(#[from] jsonrpsee::core::RegisterMethodError),
	/// The metrics could not be registered.
	#[error("the metrics of the RPC server cannot be registered: {0}")]
	Metrics(#[from] PrometheusError),
}

/// What all endpoints share.
#[derive(Clone)]
struct Shared {
	methods: Methods,
	metrics: Option<RpcMetrics>,
	room: NodeRoom,
	patience: Patience,
	/// Of each call and answer, so many characters are logged.
	logged: u32,
	/// Numbers the connections: subscriptions of one are no business of another.
	connections: Arc<AtomicUsize>,
}

/// The threads that answer, apart from those of the node: RPC work that blocks delays no block.
pub struct Server {
	/// Until it is dropped.
	threads: Option<Runtime>,
	handle: Handle,
}

impl Server {
	/// Starts the threads, of which as many may block as there may be connections.
	pub fn new(max_connections: u32) -> Result<Self, Error> {
		let threads = sc_rpc_server::create_rpc_runtime(max_connections).map_err(Error::Threads)?;
		Ok(Self {
			handle: threads.handle().clone(),
			threads: Some(threads),
		})
	}

	/// Runs what methods start.
	pub fn spawner(&self) -> Arc<dyn SpawnNamed> {
		Arc::new(RpcSpawnHandle::new(self.handle.clone()))
	}

	/// Answers on these endpoints until it is dropped.
	pub fn serve(
		&self,
		endpoints: Vec<RpcEndpoint>,
		methods: RpcModule<()>,
		registry: Option<&Registry>,
		logged: u32,
	) -> Result<Vec<SocketAddr>, Error> {
		let methods = list_itself(methods)?;
		let names: Vec<_> = methods.method_names().collect();
		let shared = Shared {
			metrics: RpcMetrics::new(registry)?.map(|metrics| metrics.with_known_methods(names)),
			methods: methods.into(),
			room: NodeRoom::for_endpoints(&endpoints),
			patience: limits::PATIENCE,
			logged,
			connections: Arc::default(),
		};
		self.listen(endpoints, &shared)
	}

	fn listen(&self, endpoints: Vec<RpcEndpoint>, shared: &Shared) -> Result<Vec<SocketAddr>, Error> {
		// Sockets belong to the threads that wait for them.
		let _threads = self.handle.enter();
		let mut addresses = Vec::new();
		for settings in endpoints {
			if let Some(endpoint) = endpoint::Endpoint::bind(settings, shared)? {
				addresses.push(endpoint.address());
				self.handle.spawn(endpoint.serve());
			}
		}
		if addresses.is_empty() {
			return Err(Error::NoAddress);
		}
		let listed: Vec<_> = addresses.iter().map(ToString::to_string).collect();
		log::info!("Running JSON-RPC server: addr={}", listed.join(","));
		Ok(addresses)
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		// The node's own threads drop it, and those may not wait for others to end.
		if let Some(threads) = self.threads.take() {
			threads.shutdown_background();
		}
	}
}

/// Adds `rpc_methods`, which lists all methods.
fn list_itself(mut methods: RpcModule<()>) -> Result<RpcModule<()>, Error> {
	let mut names: Vec<_> = methods.method_names().chain(["rpc_methods"]).collect();
	names.sort_unstable();
	let list = serde_json::json!({ "methods": names });
	methods.register_method("rpc_methods", move |_, _, _| list.clone())?;
	Ok(methods)
}
