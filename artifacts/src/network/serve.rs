// SPDX-License-Identifier: Apache-2.0

//! Serving blobs to whoever may read them.
//!
//! The transfer is iroh-blobs' own. Each request is decided on before the store is asked anything, and what is refused looks the
//! same for a blob that is not here and for one that the asker may not read. Only one blob may be asked for at a time, as bytes:
//! the protocol could also take a blob for a list of others and send those, which would give whoever wrote the list all that it
//! names.

use super::{
	Limits,
	pace::Pace,
	stream::{Answered, Asked},
};
use crate::{Check, Checks, store::Store};
use iroh::{
	EndpointId,
	endpoint::{Connection, RecvStream, SendStream},
	protocol::{AcceptError, ProtocolHandler},
};
use iroh_blobs::{
	protocol::{ERR_LIMIT, GetRequest, MAX_MESSAGE_SIZE},
	provider::{
		StreamPair,
		events::{
			AbortReason, ConnectMode, EventMask, EventSender, ObserveMode, ProviderMessage, RequestMode, ThrottleMode,
		},
		handle_stream,
	},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

/// Serves what is in a store.
#[derive(Clone, Debug)]
pub(crate) struct Blobs {
	pub store: Store,
	pub limits: Limits,
	pub pace: Option<Arc<Pace>>,
	pub checks: Checks,
	pub stopping: CancellationToken,
}

impl ProtocolHandler for Blobs {
	async fn accept(&self, connection: Connection) -> Result<(), AcceptError> {
		let (events, decisions) = EventSender::channel(self.limits.streams as usize, self.asked_about());
		tokio::select! {
			() = self.serve(&connection, events) => {}
			() = self.decide(connection.remote_id(), decisions) => {}
		}
		Ok(())
	}
}

impl Blobs {
	/// What of the protocol is answered, and asked about first. Nobody writes here, and nobody gets many blobs at once.
	fn asked_about(&self) -> EventMask {
		EventMask {
			connected: ConnectMode::None,
			get: RequestMode::Intercept,
			get_many: RequestMode::Disabled,
			push: RequestMode::Disabled,
			observe: match self.checks.on(Check::Observing) {
				true => ObserveMode::Intercept,
				false => ObserveMode::None,
			},
			throttle: match self.pace {
				Some(_) => ThrottleMode::Intercept,
				None => ThrottleMode::None,
			},
		}
	}

	/// Takes requests of a connection until it ends, asks for nothing any more, or asks too often.
	async fn serve(&self, connection: &Connection, events: EventSender) {
		let mut streams = JoinSet::new();
		let mut left = self.limits.requests;
		loop {
			tokio::select! {
				accepted = connection.accept_bi(), if !self.stopping.is_cancelled() => {
					let Ok((send, receive)) = accepted else { break };
					if left == 0 && self.checks.on(Check::Requests) {
						connection.close(ERR_LIMIT, b"too many requests");
						break;
					}
					left = left.saturating_sub(1);
					let pair = self.pair(connection, send, receive, events.clone());
					// Why a request failed is logged there.
					streams.spawn(handle_stream(pair, self.store.blobs().clone()));
				}
				Some(_) = streams.join_next() => {}
				() = sleep(self.limits.idle), if streams.is_empty() => {
					connection.close(0_u32.into(), b"idle");
					break;
				}
				() = self.stopping.cancelled(), if streams.is_empty() => break,
			}
		}
		streams.shutdown().await;
	}

	fn pair(
		&self,
		connection: &Connection,
		send: SendStream,
		receive: RecvStream,
		events: EventSender,
	) -> StreamPair<Asked<RecvStream>, Answered> {
		let Limits {
			request_bytes,
			request_time,
			least,
			stall,
			send_window,
			..
		} = self.limits;
		// Without their defences: what the protocol allows, and a time in which no test ends.
		let ages = Duration::from_secs(3_600);
		let asked = match self.checks.on(Check::RequestSize) {
			true => Asked::new(receive, request_bytes, request_time),
			false => Asked::new(receive, MAX_MESSAGE_SIZE, ages),
		};
		let stall = if self.checks.on(Check::SlowReader) { stall } else { ages };
		let answered = Answered::new(send, least, stall, send_window);
		StreamPair::new(connection.stable_id() as u64, asked, answered, events)
	}

	/// Answers what iroh-blobs asks before it serves.
	async fn decide(&self, asker: EndpointId, mut decisions: mpsc::Receiver<ProviderMessage>) {
		while let Some(message) = decisions.recv().await {
			// If nobody waits for the answer any more, the request has ended.
			match message {
				ProviderMessage::GetRequestReceived(message) => {
					let decision = self.may(&message.inner.request, &asker);
					let _ = message.tx.send(decision).await;
				}
				ProviderMessage::ObserveRequestReceived(message) => {
					let _ = message.tx.send(Err(AbortReason::Permission)).await;
				}
				ProviderMessage::Throttle(message) => {
					if let Some(pace) = &self.pace {
						pace.take(message.inner.size).await;
					}
					let _ = message.tx.send(Ok(())).await;
				}
				_ => {}
			}
		}
	}

	fn may(&self, request: &GetRequest, asker: &EndpointId) -> Result<(), AbortReason> {
		let one = request.ranges.is_blob() || !self.checks.on(Check::Children);
		if one && self.store.may_read(&request.hash, asker) {
			return Ok(());
		}
		tracing::debug!(hash = %request.hash, asker = %asker.fmt_short(), "refused");
		Err(AbortReason::Permission)
	}
}
