// SPDX-License-Identifier: Apache-2.0

//! The thread of an engine: who runs, who waits, and what the next step computes.

use super::{
	Limits,
	answering::{Asked, Embeds, Job},
	sequence::{Growing, Texts},
};
use crate::{
	Error,
	backend::{Admission, Admit, Backend, Memory, Outcome, Part},
	text::Text,
};
use std::{
	collections::VecDeque,
	sync::{
		Arc, Mutex, PoisonError,
		atomic::{AtomicBool, Ordering},
		mpsc::{Receiver, TryRecvError},
	},
};

/// How much an engine has to do, and has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
	pub waiting: usize,
	pub running: usize,
	pub memory: Memory,
	/// Steps of the model, and tokens that they took in, since the start.
	pub steps: u64,
	pub tokens: u64,
}

impl Status {
	pub(super) fn new(memory: Memory) -> Self {
		Self {
			waiting: 0,
			running: 0,
			memory,
			steps: 0,
			tokens: 0,
		}
	}
}

pub(super) struct Scheduler {
	backend: Box<dyn Backend>,
	text: Text,
	texts: Option<Texts>,
	limits: Limits,
	stopping: Arc<AtomicBool>,
	status: Arc<Mutex<Status>>,
	waiting: VecDeque<Asked>,
	embeds: VecDeque<Embeds>,
	running: Vec<Growing>,
	steps: u64,
	tokens: u64,
}

impl Scheduler {
	pub fn new(
		backend: Box<dyn Backend>,
		text: Text,
		texts: Option<Texts>,
		limits: Limits,
		stopping: Arc<AtomicBool>,
		status: Arc<Mutex<Status>>,
	) -> Self {
		Self {
			backend,
			text,
			texts,
			limits,
			stopping,
			status,
			waiting: VecDeque::new(),
			embeds: VecDeque::new(),
			running: Vec::new(),
			steps: 0,
			tokens: 0,
		}
	}

	/// Until the engine is dropped.
	pub fn run(mut self, jobs: Receiver<Job>) {
		while self.listen(&jobs) && !self.stopping.load(Ordering::Relaxed) {
			self.drop_cancelled();
			self.admit();
			self.embed();
			self.step();
			self.report();
		}
		for asked in &self.waiting {
			asked.line.send(Err(Error::Stopped));
		}
		for growing in &self.running {
			growing.line().send(Err(Error::Stopped));
		}
	}

	/// Takes what was asked meanwhile; waits for something if there is nothing else to do. False when nobody can ask.
	fn listen(&mut self, jobs: &Receiver<Job>) -> bool {
		loop {
			let idle = self.waiting.is_empty() && self.embeds.is_empty() && self.running.is_empty();
			let job = match idle {
				true => jobs.recv().map_err(|_| TryRecvError::Disconnected),
				false if self.waiting.len() + self.embeds.len() >= self.limits.waiting.max(1) => return true,
				false => jobs.try_recv(),
			};
			match job {
				Ok(Job::Answer(asked)) => self.waiting.push_back(*asked),
				Ok(Job::Embed(embeds)) => self.embeds.push_back(embeds),
				Err(TryRecvError::Empty) => return true,
				Err(TryRecvError::Disconnected) => return false,
			}
		}
	}

	fn drop_cancelled(&mut self) {
		self.waiting.retain(|asked| {
			let cancelled = asked.line.cancelled();
			if cancelled {
				asked.line.send(Err(Error::Cancelled));
			}
			!cancelled
		});
		let backend = &mut self.backend;
		self.running.retain(|growing| {
			let cancelled = growing.line().cancelled();
			if cancelled {
				backend.release(growing.sequence());
				growing.line().send(Err(Error::Cancelled));
			}
			!cancelled
		});
	}

	/// First come, first served: who does not fit holds up those behind, so that a large request is never starved.
	fn admit(&mut self) {
		while self.running.len() < self.limits.running.max(1) {
			let Some(asked) = self.waiting.pop_front() else { return };
			let admit = Admit {
				input: &asked.input,
				limit: asked.limit,
				scope: asked.scope,
			};
			match self.backend.admit(&admit) {
				Ok(Admission::Now { sequence, known }) => {
					self.running
						.push(Growing::new(asked, sequence, known, &self.text, self.texts.as_ref()));
				}
				// With nobody running, nobody will ever make room.
				Ok(Admission::Later) if self.running.is_empty() => {
					asked.line.send(Err(Error::NoRoom));
				}
				Ok(Admission::Later) => {
					self.waiting.push_front(asked);
					return;
				}
				Err(error) => asked.line.send(Err(error)),
			}
		}
	}

	/// All that wait, as far as they fit into one request's limit, at once.
	fn embed(&mut self) {
		let mut batch = Vec::new();
		let mut count = 0;
		while let Some(next) = self.embeds.front() {
			count += next.inputs.len();
			if count > self.limits.inputs && !batch.is_empty() {
				break;
			}
			batch.extend(self.embeds.pop_front().filter(|next| !next.reply.is_canceled()));
		}
		let inputs: Vec<&[u32]> = batch
			.iter()
			.flat_map(|embeds| &embeds.inputs)
			.map(Vec::as_slice)
			.collect();
		if inputs.is_empty() {
			return;
		}
		self.steps += 1;
		self.tokens += inputs.iter().map(|input| input.len() as u64).sum::<u64>();
		let mut vectors = self.backend.embed(&inputs).into_iter();
		for embeds in batch {
			let own = (0..embeds.inputs.len()).map(|_| vectors.next().unwrap_or(Err(Error::NoRoom)));
			// All are taken from the iterator, also after an error: the rest belongs to others.
			let own: Vec<_> = own.collect();
			let _ = embeds.reply.send(own.into_iter().collect());
		}
	}

	/// One step of the model: the next token of each answer, and of the inputs what fits beside them.
	fn step(&mut self) {
		let answering = self.running.iter().filter(|growing| growing.answers()).count();
		let least = (self.limits.step_tokens / 4).max(1);
		let mut room = self.limits.step_tokens.saturating_sub(answering).max(least);
		for growing in &mut self.running {
			room -= growing.plan(room);
		}
		let parts: Vec<(usize, Part<'_>)> = (0..)
			.zip(&self.running)
			.filter_map(|(place, growing)| Some((place, growing.part()?)))
			.collect();
		if parts.is_empty() {
			return;
		}
		self.steps += 1;
		self.tokens += parts.iter().map(|(_, part)| part.tokens.len() as u64).sum::<u64>();
		let batch: Vec<_> = parts.iter().map(|(_, part)| *part).collect();
		let outcomes = compute(&mut *self.backend, &batch);
		let places: Vec<_> = parts.iter().map(|(place, _)| *place).collect();
		let mut ended = vec![false; self.running.len()];
		for (place, outcome) in places.into_iter().zip(outcomes) {
			let (Some(growing), Some(ended)) = (self.running.get_mut(place), ended.get_mut(place)) else {
				continue;
			};
			*ended = match outcome.and_then(|outcome| growing.take(outcome)) {
				Ok(ended) => ended,
				Err(error) => {
					growing.line().send(Err(error));
					true
				}
			};
		}
		let mut ended = ended.into_iter();
		let backend = &mut self.backend;
		self.running.retain(|growing| {
			let over = ended.next().unwrap_or(false);
			if over {
				backend.release(growing.sequence());
			}
			!over
		});
	}

	fn report(&self) {
		*self.status.lock().unwrap_or_else(PoisonError::into_inner) = Status {
			waiting: self.waiting.len() + self.embeds.len(),
			running: self.running.len(),
			memory: self.backend.memory(),
			steps: self.steps,
			tokens: self.tokens,
		};
	}
}

/// A batch that fails as a whole is computed again one by one, so that only those fail who must.
fn compute(backend: &mut dyn Backend, parts: &[Part<'_>]) -> Vec<Result<Outcome, Error>> {
	match backend.step(parts) {
		Ok(outcomes) => outcomes,
		Err(error) if parts.len() == 1 => vec![Err(error)],
		Err(_) => parts
			.iter()
			.flat_map(|part| compute(backend, std::slice::from_ref(part)))
			.collect(),
	}
}
