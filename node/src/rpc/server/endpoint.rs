// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! One address on which clients are served: who may come in, how many, and what all of their requests pass through.

use super::{
	Error, Shared,
	calls::{BatchLimits, Calls, Subscriptions},
	http,
	patience::Patient,
	room::{self, Room},
	session::Session,
};
use crate::rpc::limits::{HEAD, IDLE_CONNECTIONS};
use forwarded_header_value::ForwardedHeaderValue;
use hyper::{
	body::Incoming,
	header::{FORWARDED, HeaderMap, HeaderName, HeaderValue},
	server::conn::http1,
	service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use jsonrpsee::{
	ConnectionId, MethodSink,
	core::{server::BoundedSubscriptions, traits::IdProvider},
	server::{
		HttpBody, HttpRequest, HttpResponse, RandomStringIdProvider,
		http::response,
		middleware::{
			http::HostFilterLayer,
			rpc::{RpcLogger, RpcLoggerLayer},
		},
		ws::is_upgrade_request,
	},
};
use sc_rpc_server::{
	Metrics, MiddlewareLayer, NodeHealthProxyLayer, RpcEndpoint, middleware::Middleware, utils::deny_unsafe,
};
use std::{
	convert::Infallible,
	io,
	net::{IpAddr, SocketAddr},
	sync::{Arc, atomic::Ordering},
	time::{Duration, Instant},
};
use tokio::{
	net::{TcpListener, TcpStream},
	sync::{OwnedSemaphorePermit, Semaphore, mpsc},
	time::sleep,
};
use tower::{Layer, Service, ServiceBuilder, service_fn as tower_service};
use tower_http::cors::{AllowOrigin, CorsLayer};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// When no connection can be accepted, usually for want of file descriptors, waiting helps; trying at once does not.
const PAUSE: Duration = Duration::from_millis(100);

const BYTES_OF_MIB: u32 = 1024 * 1024;

/// Characters of a subscription's name.
const ID_LENGTH: usize = 16;

/// An address that is listened on.
pub struct Endpoint {
	listener: TcpListener,
	address: SocketAddr,
	open: Arc<Semaphore>,
	door: Arc<Door>,
}

/// What every connection of an endpoint has in common.
struct Door {
	settings: RpcEndpoint,
	shared: Shared,
	address: SocketAddr,
	/// For those who ask.
	slots: Arc<Semaphore>,
	hosts: Option<HostFilterLayer>,
	origins: CorsLayer,
	ids: Arc<dyn IdProvider>,
}

impl Endpoint {
	/// Takes the address. None if it cannot be had and the endpoint is optional: not every machine has IPv6.
	pub fn bind(settings: RpcEndpoint, shared: &Shared) -> Result<Option<Self>, Error> {
		let wanted = settings.listen_addr;
		let taken = listen(wanted).or_else(|reason| match settings.retry_random_port {
			true => listen(SocketAddr::new(wanted.ip(), 0)),
			false => Err(reason),
		});
		let listener = match taken {
			Ok(listener) => listener,
			Err(reason) if settings.is_optional => {
				log::debug!(target: "rpc", "the optional RPC address {wanted} cannot be had: {reason}");
				return Ok(None);
			}
			Err(reason) => {
				return Err(Error::CannotListen {
					address: wanted,
					reason,
				});
			}
		};
		let address = listener.local_addr().map_err(|reason| Error::CannotListen {
			address: wanted,
			reason,
		})?;
		let slots = (settings.max_connections as usize).min(Semaphore::MAX_PERMITS - IDLE_CONNECTIONS);
		let door = Door {
			hosts: hosts(&settings, address),
			origins: origins(settings.cors.as_deref())?,
			ids: Arc::new(RandomStringIdProvider::new(ID_LENGTH)),
			slots: Arc::new(Semaphore::new(slots)),
			shared: shared.clone(),
			settings,
			address,
		};
		Ok(Some(Self {
			listener,
			address,
			open: Arc::new(Semaphore::new(slots + IDLE_CONNECTIONS)),
			door: Arc::new(door),
		}))
	}

	/// Where it listens.
	pub fn address(&self) -> SocketAddr {
		self.address
	}

	/// Lets clients in.
	pub async fn serve(self) {
		loop {
			let (socket, client) = match self.listener.accept().await {
				Ok(accepted) => accepted,
				Err(reason) => {
					log::debug!(target: "rpc", "a connection could not be accepted: {reason}");
					sleep(PAUSE).await;
					continue;
				}
			};
			// Answers are written whole; waiting for more to send only delays them.
			let _ = socket.set_nodelay(true);
			if let Ok(open) = self.open.clone().try_acquire_owned() {
				tokio::spawn(self.door.clone().admit(socket, client.ip(), open));
			}
		}
	}
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
	let listener = std::net::TcpListener::bind(address)?;
	listener.set_nonblocking(true)?;
	TcpListener::from_std(listener)
}

/// The names by which a browser may call an endpoint that is for some origins only: a page of elsewhere that has its
/// own name point to this machine is refused.
fn hosts(settings: &RpcEndpoint, address: SocketAddr) -> Option<HostFilterLayer> {
	settings.cors.as_ref()?;
	let port = address.port();
	let names = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}"));
	// These names are well-formed.
	HostFilterLayer::new(names).ok()
}

/// The pages of which origins may read answers.
fn origins(named: Option<&[String]>) -> Result<CorsLayer, Error> {
	let Some(named) = named else {
		return Ok(CorsLayer::permissive());
	};
	let origins: Result<Vec<_>, _> = named
		.iter()
		.map(|origin| HeaderValue::from_str(origin).map_err(|_| Error::BadOrigin(origin.clone())))
		.collect();
	Ok(CorsLayer::new().allow_origin(AllowOrigin::list(origins?)))
}

impl Door {
	/// Serves a client until it leaves.
	async fn admit(self: Arc<Self>, socket: TcpStream, client: IpAddr, open: OwnedSemaphorePermit) {
		let number = self.shared.connections.fetch_add(1, Ordering::Relaxed);
		let connection = Connection {
			number: ConnectionId(number),
			client,
			room: self.shared.room.connection(room::largest(&self.settings)),
			_open: Arc::new(open),
			door: self.clone(),
		};
		let patience = self.shared.patience;
		let service = service_fn(move |request: HttpRequest<Incoming>| {
			let connection = connection.clone();
			let answer = tower_service(move |request| {
				let connection = connection.clone();
				async move { Ok::<_, Infallible>(connection.answer(request).await) }
			});
			let answered = ServiceBuilder::new()
				.option_layer(self.hosts.clone())
				// `GET /health` and `/health/readiness`.
				.layer(NodeHealthProxyLayer)
				.layer(self.origins.clone())
				.service(answer)
				.call(request);
			// Under a name of its own: the compiler cannot see that a boxed error lives long enough.
			async move { answered.await.map_err(io::Error::other) }
		});
		let served = http1::Builder::new()
			.timer(TokioTimer::new())
			.header_read_timeout(HEAD)
			.serve_connection(TokioIo::new(Patient::new(socket, patience)), service)
			.with_upgrades()
			.await;
		if let Err(reason) = served {
			log::debug!(target: "rpc", "a connection of {client} ended: {reason}");
		}
	}
}

/// A client that was let in.
#[derive(Clone)]
struct Connection {
	number: ConnectionId,
	client: IpAddr,
	room: Room,
	/// Closed when the last clone of this is gone.
	_open: Arc<OwnedSemaphorePermit>,
	door: Arc<Door>,
}

impl Connection {
	async fn answer(self, mut request: HttpRequest) -> HttpResponse {
		let Ok(slot) = self.door.slots.clone().try_acquire_owned() else {
			return response::too_many_requests();
		};
		let settings = &self.door.settings;
		request
			.extensions_mut()
			.insert(deny_unsafe(&self.door.address, &settings.rpc_methods));
		request.extensions_mut().insert(self.number);
		if is_upgrade_request(&request) {
			return self.upgrade(request, slot);
		}
		let service = self.calls(&self.middleware(&request, "http"), None);
		let max_request = settings.max_payload_in_mb.saturating_mul(BYTES_OF_MIB);
		http::answer(
			request,
			&service,
			http::Place { slot, room: &self.room },
			self.batches(),
			max_request,
		)
		.await
	}

	/// Makes a WebSocket of the connection.
	fn upgrade(self, request: HttpRequest, slot: OwnedSemaphorePermit) -> HttpResponse {
		let mut handshake = soketto::handshake::http::Server::new();
		let agreed = match handshake.receive_request(&request) {
			Ok(agreed) => agreed,
			Err(reason) => {
				log::debug!(target: "rpc", "no WebSocket for {}: {reason}", self.client);
				return response::malformed();
			}
		};
		let settings = &self.door.settings;
		let (sink, notifications) = mpsc::channel(settings.max_buffer_capacity_per_connection.max(1) as usize);
		let subscriptions = Subscriptions {
			limit: BoundedSubscriptions::new(settings.max_subscriptions_per_connection),
			sink: MethodSink::new(sink),
			ids: self.door.ids.clone(),
		};
		let middleware = self.middleware(&request, "ws");
		let session = Session {
			service: self.calls(&middleware, Some(subscriptions)),
			room: self.room.clone(),
			notifications,
			batches: self.batches(),
			max_message: settings.max_payload_in_mb.saturating_mul(BYTES_OF_MIB),
			extensions: request.extensions().clone(),
		};
		tokio::spawn(async move {
			let _slot = slot;
			match hyper::upgrade::on(request).await {
				Ok(socket) => {
					let since = Instant::now();
					middleware.ws_connect();
					session.run(socket, handshake).await;
					middleware.ws_disconnect(since);
				}
				Err(reason) => log::debug!(target: "rpc", "no WebSocket for {}: {reason}", self.client),
			}
		});
		agreed.map(|()| HttpBody::empty())
	}

	fn calls(
		&self,
		middleware: &MiddlewareLayer,
		subscriptions: Option<Subscriptions>,
	) -> RpcLogger<Middleware<Calls>> {
		let calls = Calls {
			methods: self.door.shared.methods.clone(),
			connection: self.number,
			max_answer: self.max_answer(),
			subscriptions,
		};
		RpcLoggerLayer::new(self.door.shared.logged).layer(middleware.layer(calls))
	}

	fn batches(&self) -> BatchLimits {
		BatchLimits {
			calls: self.door.settings.batch_config,
			max_answer: self.max_answer(),
		}
	}

	fn max_answer(&self) -> usize {
		self.door.settings.max_payload_out_mb.saturating_mul(BYTES_OF_MIB) as usize
	}

	/// Counts calls, and slows a client that makes too many.
	fn middleware(&self, request: &HttpRequest, transport: &'static str) -> MiddlewareLayer {
		let settings = &self.door.settings;
		let mut layer = MiddlewareLayer::new();
		if let Some(metrics) = &self.door.shared.metrics {
			layer = layer.with_metrics(Metrics::new(metrics.clone(), transport));
		}
		let client = match settings.rate_limit_trust_proxy_headers {
			true => behind_proxy(request.headers()).unwrap_or(self.client),
			false => self.client,
		};
		let trusted = settings
			.rate_limit_whitelisted_ips
			.iter()
			.any(|network| network.contains(client));
		match settings.rate_limit {
			Some(limit) if !trusted => layer.with_rate_limit_per_minute(limit),
			_ => layer,
		}
	}
}

/// The client for whom a proxy asks, as the proxy says.
fn behind_proxy(headers: &HeaderMap) -> Option<IpAddr> {
	let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
	let farthest = |list: ForwardedHeaderValue| list.remotest_forwarded_for_ip();
	let forwarded = || {
		ForwardedHeaderValue::from_forwarded(text(FORWARDED)?)
			.ok()
			.and_then(farthest)
	};
	let forwarded_for = || {
		ForwardedHeaderValue::from_x_forwarded_for(text(X_FORWARDED_FOR)?)
			.ok()
			.and_then(farthest)
	};
	let real = || text(X_REAL_IP)?.parse().ok();
	forwarded().or_else(forwarded_for).or_else(real)
}
