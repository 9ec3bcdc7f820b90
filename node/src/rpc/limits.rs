// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! What one RPC client may ask of the node: every limit, once, with its reason.
//!
//! The first ones are the defaults of the usual `--rpc-*` options, and `--help` shows them. The others no option changes.
//!
//! The rate holds for each WebSocket connection. An HTTP request is its own connection to the limiter, so over HTTP it
//! bounds what one batch does, and `MAX_CONNECTIONS` is what bounds HTTP clients.

use atelier_runtime::configs::MAXIMUM_BLOCK_LENGTH;
use clap::Command;
use sc_service::config::{RpcBatchRequestConfig, RpcConfiguration};
use std::{num::NonZeroU32, time::Duration};

/// Largest request in MiB. A normal extrinsic takes at most three quarters of a 5 MiB block, 3.75 MiB; written as hex
/// that is 7.5 MiB, and the rest is for the JSON around it. No useful request is larger.
pub const MAX_REQUEST_MIB: u32 = 8;

/// Largest response in MiB, a batch counting as one. A full block of 5 MiB is 10 MiB of hex; the runtime's code, even
/// uncompressed as in a development build, is 8 MiB of hex, and metadata is far smaller.
pub const MAX_RESPONSE_MIB: u32 = 16;

/// Most requests in one batch. Wallets and libraries send tens; without a limit, one 8 MiB request could hold some
/// 150,000 calls.
pub const MAX_BATCH_LEN: u32 = 100;

/// Most connections at a time, HTTP and WebSocket together. It is also the number of threads that may block on RPC work.
pub const MAX_CONNECTIONS: u32 = 100;

/// Most subscriptions of one connection. A wallet that watches blocks, its accounts and its transactions holds fewer
/// than twenty.
pub const MAX_SUBSCRIPTIONS: u32 = 128;

/// Notifications in the queue of a slow reader; what would notify more waits, or ends the subscription.
pub const MESSAGE_BUFFER: u32 = 64;

/// Calls a minute: all of them may come at once, afterwards 100 a second. Our worker and gateway stay below 20 a second.
/// A call over the limit waits for its turn and is refused (-32999) when ten turns in a row went to others.
pub const CALLS_PER_MINUTE: NonZeroU32 = match NonZeroU32::new(6_000) {
	Some(calls) => calls,
	None => NonZeroU32::MIN,
};

/// Calls with the largest request and answer that have room at once on one connection. A client that sends more waits.
pub const CALLS_OF_CONNECTION: u32 = 4;

/// Calls with the largest request and answer that have room at once on the node: with the usual limits of 8 and 16 MiB,
/// 1.5 GiB, which 16 connections can fill. Those that do not read lose what they hold when patience ends.
pub const CALLS_OF_NODE: u32 = 64;

/// How long a client may take.
#[derive(Clone, Copy)]
pub struct Patience {
	/// So long it may read nothing.
	pub grace: Duration,
	/// And so many bytes a second it must read beyond that. What its socket takes counts as read.
	pub rate: u64,
}

/// Half a minute without reading covers a pause of a browser or of a mobile network. Who then reads less than half a
/// Mbit/s holds memory for its own sake; the largest answer of 16 MiB may take about five minutes.
pub const PATIENCE: Patience = Patience {
	grace: Duration::from_secs(30),
	rate: 64 * 1024,
};

/// How long the head of a request may take to come; a connection that is kept alive closes after this time without one.
pub const HEAD: Duration = Duration::from_secs(30);

/// How long a client may take to send a request: the largest of 8 MiB in a bit more than half a Mbit/s.
pub const SENDING: Duration = Duration::from_secs(120);

/// Without a message or a sign of life for this long, four pings, a WebSocket's client is gone. A message must be through
/// in this time.
pub const SILENCE: Duration = Duration::from_secs(120);

/// Connections that may be open without having asked for anything, each of them for `HEAD`: they take a file descriptor and
/// little memory, and who only opens them must not keep out those who ask. Further ones are closed at once.
pub const IDLE_CONNECTIONS: usize = 1_000;

const MIB: u32 = 1024 * 1024;
// In hex, the largest transactions of users must fit into a request, and any block into a response.
const _: () = assert!(MAX_REQUEST_MIB * MIB > MAXIMUM_BLOCK_LENGTH / 4 * 3 * 2);
const _: () = assert!(MAX_RESPONSE_MIB * MIB > MAXIMUM_BLOCK_LENGTH * 2);

/// Makes the limits the defaults of the command line.
pub fn apply(command: Command) -> Command {
	[
		("rpc_max_request_size", MAX_REQUEST_MIB),
		("rpc_max_response_size", MAX_RESPONSE_MIB),
		("rpc_max_batch_request_len", MAX_BATCH_LEN),
		("rpc_max_connections", MAX_CONNECTIONS),
		("rpc_max_subscriptions_per_connection", MAX_SUBSCRIPTIONS),
		("rpc_message_buffer_capacity_per_connection", MESSAGE_BUFFER),
		("rpc_rate_limit", CALLS_PER_MINUTE.get()),
	]
	.into_iter()
	.fold(command, |command, (option, limit)| {
		command.mut_arg(option, |arg| arg.default_value(limit.to_string()))
	})
	// The SDK's text says that there is no limit by default.
	.mut_arg("rpc_rate_limit", |arg| {
		arg.help("Most RPC calls a minute of one connection; over HTTP, of one request")
			.long_help(
				"Most RPC calls a minute of one WebSocket connection; over HTTP, where each request counts by itself, \
                 of one batch",
			)
	})
}

/// Corrects what the command line cannot express.
///
/// A taken RPC port is an error instead of a silent move to a random one, unless `--experimental-rpc-endpoint` asks for
/// it; and an endpoint of that kind that names no batch or rate limit gets ours instead of none.
pub fn enforce(rpc: &mut RpcConfiguration, own_endpoints: bool) {
	for endpoint in rpc.addr.iter_mut().flatten() {
		if own_endpoints {
			if matches!(endpoint.batch_config, RpcBatchRequestConfig::Unlimited) {
				endpoint.batch_config = RpcBatchRequestConfig::Limit(MAX_BATCH_LEN);
			}
			endpoint.rate_limit = endpoint.rate_limit.or(Some(CALLS_PER_MINUTE));
		} else {
			endpoint.retry_random_port = false;
		}
	}
}
