// SPDX-License-Identifier: Apache-2.0

//! The line between who asked and the thread that answers.

use super::Watch;
use crate::{Error, backend::Numbers, text::Stops};
use atelier_referee::{claim::StopReason, ops::sampling::Sampler};
use futures::{
	Stream, StreamExt,
	channel::{
		mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
		oneshot,
	},
	executor::block_on,
};
use std::{
	future::Future,
	pin::Pin,
	sync::{
		Arc,
		atomic::{AtomicBool, Ordering},
	},
	task::{Context, Poll},
};

/// Something new about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
	/// Its next token, and what can be read now; often nothing, since a character may take several tokens.
	Token { token: u32, text: String },
	/// It is complete.
	Done(Answer),
}

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
	/// With the token that ended it.
	pub tokens: Vec<u32>,
	/// Without the token or string that ended it.
	pub text: String,
	pub stop: StopReason,
	pub input_count: u32,
	/// So many tokens of the input were known from before.
	pub known: u32,
}

/// An answer that is being made: a stream of events that ends with the answer or an error. Dropping it cancels it.
///
/// What is not read waits; that is at most one event for each token that was asked for.
pub struct Answering {
	events: UnboundedReceiver<Result<Event, Error>>,
	cancelled: Arc<AtomicBool>,
	input_count: u32,
	ended: bool,
}

/// The other end.
pub(super) struct Line {
	events: UnboundedSender<Result<Event, Error>>,
	cancelled: Arc<AtomicBool>,
}

/// A request that was found to be one.
pub(super) struct Asked {
	pub input: Vec<u32>,
	pub sampler: Sampler,
	pub limit: u32,
	pub ends: Vec<u32>,
	pub stops: Stops,
	pub scope: Option<u64>,
	pub watch: Option<Watch>,
	pub line: Line,
}

/// Inputs whose vectors are wanted.
pub(super) struct Embeds {
	pub inputs: Vec<Vec<u32>>,
	pub reply: oneshot::Sender<Result<Vec<Numbers>, Error>>,
}

pub(super) enum Job {
	Answer(Box<Asked>),
	Embed(Embeds),
}

pub(super) fn pair(input_count: u32) -> (Answering, Line) {
	let (sender, events) = unbounded();
	let cancelled = Arc::new(AtomicBool::new(false));
	let line = Line {
		events: sender,
		cancelled: cancelled.clone(),
	};
	let answering = Answering {
		events,
		cancelled,
		input_count,
		ended: false,
	};
	(answering, line)
}

pub(super) fn embedding(inputs: Vec<Vec<u32>>) -> (Embedding, Embeds) {
	let (reply, result) = oneshot::channel();
	(Embedding { result }, Embeds { inputs, reply })
}

impl Answering {
	/// Ends it as soon as the step that is being computed has ended.
	pub fn cancel(&self) {
		self.cancelled.store(true, Ordering::Relaxed);
	}

	/// How many tokens the input has.
	pub fn input_count(&self) -> u32 {
		self.input_count
	}

	/// Waits for the next event, in a thread that may.
	pub fn next_event(&mut self) -> Option<Result<Event, Error>> {
		block_on(self.next())
	}

	/// Waits for the whole answer, in a thread that may.
	pub fn wait(mut self) -> Result<Answer, Error> {
		while let Some(event) = self.next_event() {
			if let Event::Done(answer) = event? {
				return Ok(answer);
			}
		}
		Err(Error::Stopped)
	}
}

impl Stream for Answering {
	type Item = Result<Event, Error>;

	fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
		if self.ended {
			return Poll::Ready(None);
		}
		let event = match self.events.poll_next_unpin(context) {
			Poll::Pending => return Poll::Pending,
			// The thread is gone, and has not said why.
			Poll::Ready(None) => Err(Error::Stopped),
			Poll::Ready(Some(event)) => event,
		};
		self.ended = !matches!(event, Ok(Event::Token { .. }));
		Poll::Ready(Some(event))
	}
}

impl Drop for Answering {
	fn drop(&mut self) {
		self.cancel();
	}
}

impl Line {
	pub fn cancelled(&self) -> bool {
		self.cancelled.load(Ordering::Relaxed)
	}

	pub fn send(&self, event: Result<Event, Error>) {
		// Nobody listens any more: then it is cancelled too, and ends with the next step.
		let _ = self.events.unbounded_send(event);
	}
}

/// Vectors that are being computed, one for each input.
pub struct Embedding {
	result: oneshot::Receiver<Result<Vec<Numbers>, Error>>,
}

impl Embedding {
	/// Waits for them, in a thread that may.
	pub fn wait(self) -> Result<Vec<Numbers>, Error> {
		block_on(self)
	}
}

impl Future for Embedding {
	type Output = Result<Vec<Numbers>, Error>;

	fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
		Pin::new(&mut self.result)
			.poll(context)
			.map(|result| result.unwrap_or(Err(Error::Stopped)))
	}
}
