// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! One WebSocket: reads a message when there is room for its answer, writes answers and notifications.

use super::{
	calls::{self, BatchLimits},
	room::{Reservation, Room},
};
use crate::rpc::limits::SILENCE;
use futures::io::{BufReader, BufWriter};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use jsonrpsee::{
	Extensions, MethodResponse,
	core::server::MethodResponseNotifyTx,
	server::middleware::rpc::RpcServiceT,
	types::{Id, error::reject_too_big_request},
};
use soketto::{Incoming, connection::Error as SocketError, data::ByteSlice125, handshake::http::Server as Handshake};
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::mpsc,
	time::{interval, timeout},
};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

type Socket = BufReader<BufWriter<Compat<TokioIo<Upgraded>>>>;

/// How often a client is asked for a sign of life.
const PING: Duration = Duration::from_secs(30);

/// Answers that wait in the queue; calls of further ones wait with theirs. All of them have their room.
const QUEUED_ANSWERS: usize = 64;

/// What a session works with.
pub struct Session<S> {
	pub service: S,
	pub room: Room,
	/// What subscriptions notify.
	pub notifications: mpsc::Receiver<String>,
	pub batches: BatchLimits,
	/// Most bytes of a message.
	pub max_message: u32,
	/// What methods are told about the connection.
	pub extensions: Extensions,
}

/// An answer on its way, with the room that it takes.
struct Answer {
	text: String,
	success: bool,
	/// Whom to tell that it has left: who notifies only after that.
	sent: Option<MethodResponseNotifyTx>,
	room: Reservation,
}

impl<S> Session<S>
where
	for<'a> S: RpcServiceT<'a> + Send + Sync + 'static,
{
	/// Serves the client until it leaves, or has to.
	pub async fn run(self, socket: Upgraded, handshake: Handshake) {
		let stream = BufReader::new(BufWriter::new(TokioIo::new(socket).compat()));
		let mut builder = handshake.into_builder(stream);
		builder.set_max_message_size(self.max_message as usize);
		let (sender, receiver) = builder.finish();

		let (queue, answers) = mpsc::channel(QUEUED_ANSWERS);
		let Self {
			service,
			room,
			notifications,
			batches,
			max_message,
			extensions,
		} = self;
		let reader = Reader {
			service: Arc::new(service),
			room,
			batches,
			max_message,
			extensions,
			queue,
		};
		// When one ends the other has nothing more to do.
		tokio::select! {
			() = reader.read(receiver) => (),
			() = write(sender, answers, notifications) => (),
		}
	}
}

struct Reader<S> {
	service: Arc<S>,
	room: Room,
	batches: BatchLimits,
	max_message: u32,
	extensions: Extensions,
	queue: mpsc::Sender<Answer>,
}

impl<S> Reader<S>
where
	for<'a> S: RpcServiceT<'a> + Send + Sync + 'static,
{
	async fn read(self, mut receiver: soketto::Receiver<Socket>) {
		loop {
			let mut message = Vec::new();
			match timeout(SILENCE, receiver.receive(&mut message)).await {
				Ok(Ok(Incoming::Data(_))) => {
					let room = self.room.reserve(message.len()).await;
					self.start(message, room);
				}
				Ok(Ok(Incoming::Pong(_))) => (),
				Ok(Err(SocketError::MessageTooLarge { .. })) => {
					let room = self.room.reserve(0).await;
					let refusal = MethodResponse::error(Id::Null, reject_too_big_request(self.max_message));
					if self.queue.send(Answer::new(refusal, room)).await.is_err() {
						return;
					}
				}
				Ok(Ok(Incoming::Closed(_)) | Err(_)) | Err(_) => return,
			}
		}
	}

	fn start(&self, message: Vec<u8>, room: Reservation) {
		let service = self.service.clone();
		let queue = self.queue.clone();
		let batches = self.batches;
		let extensions = self.extensions.clone();
		tokio::spawn(async move {
			// A subscription answers by itself, ahead of what it notifies.
			if let Some(answer) = calls::answer(&*service, &message, batches, extensions).await
				&& !answer.is_subscription()
			{
				drop(message);
				// The client may have left.
				let _ = queue.send(Answer::new(answer, room)).await;
			}
		});
	}
}

impl Answer {
	fn new(answer: MethodResponse, mut room: Reservation) -> Self {
		let success = answer.is_success();
		let (text, sent) = answer.into_parts();
		room.answered(text.len());
		Self {
			text,
			success,
			sent,
			room,
		}
	}
}

/// Writes what comes until the client takes no more.
async fn write(
	mut sender: soketto::Sender<Socket>,
	mut answers: mpsc::Receiver<Answer>,
	mut notifications: mpsc::Receiver<String>,
) {
	let mut pings = interval(PING);
	loop {
		let written = tokio::select! {
			Some(Answer { text, success, sent, room }) = answers.recv() => {
				let written = send(&mut sender, text).await;
				if let (Ok(()), Some(sent)) = (&written, sent) {
					sent.notify(success);
				}
				drop(room);
				written
			}
			Some(notification) = notifications.recv() => send(&mut sender, notification).await,
			_ = pings.tick() => ping(&mut sender).await,
		};
		if let Err(error) = written {
			log::debug!(target: "rpc", "a WebSocket ends: {error}");
			let _ = sender.close().await;
			return;
		}
	}
}

async fn send(sender: &mut soketto::Sender<Socket>, text: String) -> Result<(), SocketError> {
	sender.send_text_owned(text).await?;
	sender.flush().await
}

async fn ping(sender: &mut soketto::Sender<Socket>) -> Result<(), SocketError> {
	if let Ok(nothing) = ByteSlice125::try_from(&[][..]) {
		sender.send_ping(nothing).await?;
	}
	sender.flush().await
}
