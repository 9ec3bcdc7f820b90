// SPDX-License-Identifier: Apache-2.0

//! The serving core: many requests at once on one model, each as if it were alone.
//!
//! An [`Engine`] is a handle to a thread that owns a [`Backend`]. Requests wait in a bounded queue until there is room for
//! all of their tokens; then each step of the model takes the next token of every answer, and as much of the inputs that
//! are still to be read as fits beside them. So an answer never waits for another one to end, and a long input delays
//! others by a bounded amount. An error is of its request alone.

mod answering;
mod request;
mod sampling;
mod scheduler;
mod sequence;

pub use answering::{Answer, Answering, Embedding, Event};
pub use request::{Input, Request, Watch};
pub use sampling::sampler;
pub use scheduler::Status;

use crate::{
	Error,
	backend::{Answers, Backend, Facts},
	text::{Chat, Text},
};
use answering::{Asked, Job};
use atelier_referee::claim::MAX_END_TOKENS;
use scheduler::Scheduler;
use std::sync::{
	Arc, Mutex, PoisonError,
	atomic::{AtomicBool, Ordering},
	mpsc::{SyncSender, TrySendError, sync_channel},
};
use std::thread::{Builder, JoinHandle};

/// How much an engine does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Requests that wait for the thread to look at them, and as many again for room.
	pub waiting: usize,
	/// Answers that grow at the same time.
	pub running: usize,
	/// Tokens of a step, which bound its time and the memory between the layers.
	pub step_tokens: usize,
	/// Inputs of one request for embeddings.
	pub inputs: usize,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			waiting: 256,
			running: 64,
			step_tokens: 512,
			inputs: 256,
		}
	}
}

/// A model that serves.
pub struct Engine {
	facts: Facts,
	text: Text,
	chat: Option<Chat>,
	ends: Vec<u32>,
	limits: Limits,
	intake: Option<SyncSender<Job>>,
	stopping: Arc<AtomicBool>,
	status: Arc<Mutex<Status>>,
	thread: Option<JoinHandle<()>>,
}

/// What belongs to a model beside what computes it.
pub struct Words {
	pub text: Text,
	pub chat: Option<Chat>,
	/// Tokens that end an answer where a request does not name its own.
	pub ends: Vec<u32>,
	/// Of an exact model: the texts of its tokens, in which the chain looks for strings that end an answer.
	pub texts: Option<Vec<Vec<u8>>>,
}

impl Engine {
	/// Starts a thread for a model.
	pub fn start(backend: Box<dyn Backend>, words: Words, limits: Limits) -> Result<Self, Error> {
		let facts = backend.facts();
		let (intake, jobs) = sync_channel(limits.waiting.max(1));
		let stopping = Arc::new(AtomicBool::new(false));
		let status = Arc::new(Mutex::new(Status::new(backend.memory())));
		let scheduler = Scheduler::new(
			backend,
			words.text.clone(),
			words.texts.map(Arc::new),
			limits,
			stopping.clone(),
			status.clone(),
		);
		let thread = Builder::new()
			.name("engine".into())
			.spawn(move || scheduler.run(jobs))
			.map_err(|source| Error::NoThread { source })?;
		Ok(Self {
			facts,
			text: words.text,
			chat: words.chat,
			ends: words.ends,
			limits,
			intake: Some(intake),
			stopping,
			status,
			thread: Some(thread),
		})
	}

	pub fn facts(&self) -> Facts {
		self.facts
	}

	pub fn text(&self) -> &Text {
		&self.text
	}

	/// How much it has to do now.
	pub fn status(&self) -> Status {
		*self.status.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Asks for an answer. What is wrong with the request itself is said at once.
	pub fn answer(&self, request: Request) -> Result<Answering, Error> {
		if self.facts.answers != Answers::Tokens {
			return Err(Error::WrongUse);
		}
		if request.limit == 0 {
			return Err(Error::NoAnswerWanted);
		}
		let stops = request.checked_stops()?;
		let ends = request.ends.unwrap_or_else(|| self.ends.clone());
		if ends.len() > MAX_END_TOKENS {
			let wrong = atelier_models::Error::TooManyEnds {
				found: ends.len(),
				limit: MAX_END_TOKENS,
			};
			return Err(wrong.into());
		}
		let input = self.tokens(request.input)?;
		self.facts.check(&input, request.limit)?;
		let (answering, line) = answering::pair(input.len() as u32);
		self.send(Job::Answer(Box::new(Asked {
			input,
			sampler: request.sampler,
			limit: request.limit,
			ends,
			stops,
			// Who wants every state has every token computed.
			scope: request.scope.filter(|_| request.watch.is_none()),
			watch: request.watch,
			line,
		})))?;
		Ok(answering)
	}

	/// Asks for the vectors of some inputs.
	pub fn embed(&self, inputs: Vec<Input>) -> Result<Embedding, Error> {
		if self.facts.answers != Answers::Embedding {
			return Err(Error::WrongUse);
		}
		if inputs.is_empty() {
			return Err(Error::EmptyInput);
		}
		if inputs.len() > self.limits.inputs {
			return Err(Error::TooManyInputs {
				found: inputs.len(),
				limit: self.limits.inputs,
			});
		}
		let inputs = inputs.into_iter().map(|input| {
			let tokens = self.tokens(input)?;
			self.facts.check(&tokens, 0)?;
			Ok(tokens)
		});
		let inputs = inputs.collect::<Result<Vec<_>, Error>>()?;
		let (embedding, job) = answering::embedding(inputs);
		self.send(Job::Embed(job))?;
		Ok(embedding)
	}

	/// The tokens of an input.
	pub fn tokens(&self, input: Input) -> Result<Vec<u32>, Error> {
		match input {
			// What the tokenizer puts around nothing is no question.
			Input::Text(text) if text.is_empty() => Err(Error::EmptyInput),
			Input::Text(text) => Ok(self.text.encode(&text)?),
			Input::Chat(messages) if messages.is_empty() => Err(Error::EmptyInput),
			Input::Chat(messages) => {
				let chat = self.chat.as_ref().ok_or(Error::NoTemplate)?;
				Ok(self.text.encode_chat(&chat.write(&messages)?)?)
			}
			Input::Tokens(tokens) => Ok(tokens),
		}
	}

	fn send(&self, job: Job) -> Result<(), Error> {
		let intake = self.intake.as_ref().ok_or(Error::Stopped)?;
		intake.try_send(job).map_err(|error| match error {
			TrySendError::Full(_) => Error::QueueFull {
				limit: self.limits.waiting,
			},
			TrySendError::Disconnected(_) => Error::Stopped,
		})
	}
}

impl Drop for Engine {
	/// Ends what is running, and waits for the thread.
	fn drop(&mut self) {
		self.stopping.store(true, Ordering::Relaxed);
		self.intake = None;
		if let Some(thread) = self.thread.take() {
			// A panic of the thread has been reported by itself.
			let _ = thread.join();
		}
	}
}
