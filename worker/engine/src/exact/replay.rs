// SPDX-License-Identifier: Apache-2.0

//! An answer computed again by who checks it: one pass over its input and its tokens, as it says they were. That takes less
//! than answering, where each token waits for the one before.

use super::{Plan, model};
use crate::{
	Error,
	backend::{Answers, Class, Facts, Numbers},
	claim::{Committed, States},
};
use atelier_kernels::{
	Model, Threads,
	decoder::{Decoder, Race, Sequence, Step, Wanted},
};
use atelier_models::exact::ExactFolder;
use atelier_referee::ops::sampling::Sampler;
use std::sync::Arc;

/// Tokens of an answer that are taken in at once: as many logits are in memory.
const AT_ONCE: usize = 128;

/// A model that computes answers again.
pub struct Replay {
	facts: Facts,
	decoder: Decoder,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
	/// The place of the first token of the answer that the model would not have chosen.
	pub wrong: Option<usize>,
	/// What an honest claim of these tokens commits to.
	pub committed: Committed,
}

impl Replay {
	/// With the model of a folder.
	pub fn load(folder: &ExactFolder, plan: &Plan) -> Result<Self, Error> {
		let (model, threads) = model(folder, plan)?;
		Self::new(model, threads, plan.memory)
	}

	/// With so many bytes for the model and the sequence.
	pub fn new(model: Arc<Model>, threads: Arc<Threads>, memory: u64) -> Result<Self, Error> {
		let shape = *model.shape();
		Ok(Self {
			facts: Facts {
				vocabulary: shape.vocabulary,
				positions: shape.positions,
				width: shape.width,
				answers: Answers::Tokens,
				class: Class::Exact,
			},
			decoder: Decoder::new(model.clone(), threads, memory.saturating_sub(model.bytes()))?,
		})
	}

	/// Computes an answer again.
	pub fn run(&mut self, input: &[u32], answer: &[u32], sampler: Sampler) -> Result<Replayed, Error> {
		self.facts.check(input, answer.len() as u32)?;
		if answer.is_empty() {
			return Err(Error::NoAnswerWanted);
		}
		let sequence = self.decoder.open();
		let replayed = self.read(sequence, input, answer, sampler);
		self.decoder.close(sequence)?;
		replayed
	}

	fn read(&mut self, sequence: Sequence, input: &[u32], answer: &[u32], sampler: Sampler) -> Result<Replayed, Error> {
		let states = States::of(&self.facts);
		let mut watch = states.watch();
		let mut position = 0;
		let mut step = |decoder: &mut Decoder, tokens: &[u32], logits: Wanted| -> Result<_, Error> {
			let step = Step {
				sequence,
				tokens,
				logits,
				states: Wanted::All,
			};
			let outcome = decoder
				.run(&[step])
				.pop()
				.unwrap_or(Err(atelier_kernels::Error::UnknownSequence))?;
			watch(position, &Numbers::Exact(outcome.states));
			position += tokens.len() as u32;
			Ok((outcome.logits, position))
		};

		// The last token of the input is the first after which something was chosen; nothing was after the answer's last.
		let (choosing, before) = input.split_last().ok_or(Error::EmptyInput)?;
		if !before.is_empty() {
			step(&mut self.decoder, before, Wanted::None)?;
		}
		let (_, taken) = answer.split_last().ok_or(Error::NoAnswerWanted)?;
		let choosing: Vec<u32> = [*choosing].iter().chain(taken).copied().collect();
		let mut wrong = None;
		for (number, (tokens, chosen)) in choosing.chunks(AT_ONCE).zip(answer.chunks(AT_ONCE)).enumerate() {
			let (logits, after) = step(&mut self.decoder, tokens, Wanted::All)?;
			if wrong.is_some() {
				continue;
			}
			let first = after - tokens.len() as u32;
			let logits = logits.chunks(self.facts.vocabulary.max(1) as usize);
			let races: Vec<_> = (first..)
				.zip(logits)
				.map(|(position, logits)| Race {
					sampler,
					logits,
					position,
				})
				.collect();
			let choices = self.decoder.choose(&races);
			let differs = choices
				.iter()
				.zip(chosen)
				.position(|(choice, token)| choice.token != *token);
			wrong = differs.map(|place| number * AT_ONCE + place);
		}
		Ok(Replayed {
			wrong,
			committed: states.committed_to(input, answer)?,
		})
	}
}
