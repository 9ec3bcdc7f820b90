// SPDX-License-Identifier: Apache-2.0

//! An answer computed again in one pass over its own tokens, by the fast kernels. What they find is never brought before the
//! chain without the plain computation having found it too.

use crate::{Error, finding::state};
use atelier_kernels::{
	Model, Threads,
	decoder::{Decoder, Race, Sequence, Step, Wanted},
};
use atelier_referee::{
	claim::State,
	ops::sampling::{Choice, Sampler},
	trace::Graph,
};
use std::sync::Arc;

/// Positions that are taken in at once: so many logits are in memory.
const AT_ONCE: usize = 64;

/// A model of tokens that computes answers again. Who serves it shares it.
pub struct Replay {
	decoder: Decoder,
}

/// What the model says about an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
	pub states: Vec<State>,
	/// After the positions from the last of the input on.
	pub choices: Vec<Choice>,
	/// The numbers that leave the last layer at the position that was asked for.
	pub numbers: Vec<i32>,
}

impl Replay {
	/// With at most so many bytes for keys and values.
	pub fn new(model: Arc<Model>, threads: Arc<Threads>, budget: u64) -> Result<Self, Error> {
		Ok(Self {
			decoder: Decoder::new(model, threads, budget)?,
		})
	}

	/// Takes in the tokens of all positions; `drawn` is the position whose numbers are kept.
	pub fn run(
		&mut self,
		graph: &Graph,
		tokens: &[u32],
		sampler: Sampler,
		drawn: Option<u32>,
	) -> Result<Replayed, Error> {
		let sequence = self.decoder.open();
		let replayed = self.read(sequence, graph, tokens, sampler, drawn);
		self.decoder.close(sequence)?;
		replayed
	}

	fn read(
		&mut self,
		sequence: Sequence,
		graph: &Graph,
		tokens: &[u32],
		sampler: Sampler,
		drawn: Option<u32>,
	) -> Result<Replayed, Error> {
		let width = (graph.shape().width as usize).max(1);
		let vocabulary = (graph.shape().vocabulary as usize).max(1);
		let mut replayed = Replayed::default();
		// Before the last token of the input nothing is chosen.
		let (silent, choosing) = tokens.split_at((graph.first_choice() as usize).min(tokens.len()));
		let parts = silent.chunks(AT_ONCE).map(|some| (some, Wanted::None));
		let parts = parts.chain(choosing.chunks(AT_ONCE).map(|some| (some, Wanted::All)));
		let mut position = 0_u32;
		for (some, logits) in parts {
			let step = Step {
				sequence,
				tokens: some,
				logits,
				states: Wanted::All,
			};
			let outcome = self.decoder.run(&[step]).pop();
			let outcome = outcome.unwrap_or(Err(atelier_kernels::Error::UnknownSequence))?;
			let rows = (position..).zip(some).zip(outcome.states.chunks(width));
			for ((position, token), numbers) in rows {
				replayed.states.push(state(*token, numbers));
				if drawn == Some(position) {
					replayed.numbers = numbers.to_vec();
				}
			}
			let races: Vec<_> = (position..)
				.zip(outcome.logits.chunks(vocabulary))
				.map(|(position, logits)| Race {
					sampler,
					logits,
					position,
				})
				.collect();
			replayed.choices.extend(self.decoder.choose(&races));
			position = position.saturating_add(some.len() as u32);
		}
		Ok(replayed)
	}
}
