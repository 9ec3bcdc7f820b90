// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Serves clients: the methods, behind our server.

use crate::{
	error::Error,
	rpc::{
		methods::{self, Sources},
		server::Server,
	},
};
use sc_service::Configuration;

/// Starts to serve; whoever drops the server ends it.
pub fn serve(config: &Configuration, sources: Sources) -> Result<Server, Error> {
	let server = Server::new(config.rpc.max_connections)?;
	let methods = methods::all(sources, server.spawner()).map_err(sc_service::Error::Application)?;
	let endpoints = config.rpc.addr.clone().unwrap_or_default();
	server.serve(
		endpoints,
		methods,
		config.prometheus_registry(),
		config.rpc.request_logger_limit,
	)?;
	Ok(server)
}
