// SPDX-License-Identifier: Apache-2.0

//! Models that answer with tokens: many sequences at once, each with its cache.
//!
//! A batch takes tokens of any number of sequences: the whole input of one, the next token of others. All go through a layer
//! together, so its weights are read once; no value depends on what else is in the batch.

use crate::{
	Error, Path, Threads,
	cache::{Cache, Places, Pool},
	lines::WordLine,
	model::Model,
	pass::{Group, Pass},
	sampling,
};
use atelier_referee::{
	forward::InputError,
	model::Use,
	ops::sampling::{Choice, Sampler},
};
use rayon::prelude::*;
use std::{
	collections::{BTreeMap, BTreeSet},
	ops::Range,
	sync::Arc,
};

/// Positions of a page of a sequence's memory.
pub const PAGE: usize = crate::attention::POSITIONS;

/// Positions that go through the layers together: what a product gives for them stays in a core's cache until it is used, and
/// weights are still read for many.
const POSITIONS_AT_ONCE: usize = 128;

/// Positions whose logits are computed together.
const LOGITS_AT_ONCE: usize = 64;

/// A sequence of a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u64);

/// For which of its tokens a step wants something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
	#[default]
	None,
	Last,
	All,
}

impl Wanted {
	/// Of so many tokens.
	fn of(self, count: usize) -> Range<usize> {
		match self {
			Self::None => count..count,
			Self::Last => count.saturating_sub(1)..count,
			Self::All => 0..count,
		}
	}
}

/// Tokens that a sequence takes in.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
	pub sequence: Sequence,
	pub tokens: &'a [u32],
	pub logits: Wanted,
	/// The final states, which claims commit to.
	pub states: Wanted,
}

/// What a step gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
	/// A value for each token of the vocabulary, of one position after another.
	pub logits: Vec<i32>,
	/// What leaves the last layer, of one position after another.
	pub states: Vec<i32>,
}

/// What a token is chosen by.
#[derive(Clone, Copy, Debug)]
pub struct Race<'a> {
	pub sampler: Sampler,
	pub logits: &'a [i32],
	/// The position after which the token comes.
	pub position: u32,
}

/// A model, its sequences and the memory for them.
#[derive(Debug)]
pub struct Decoder {
	model: Arc<Model>,
	threads: Arc<Threads>,
	pool: Pool,
	sequences: BTreeMap<Sequence, Cache>,
	next: u64,
}

impl Decoder {
	/// Without sequences; `budget` are the most bytes that all of them may take.
	pub fn new(model: Arc<Model>, threads: Arc<Threads>, budget: u64) -> Result<Self, Error> {
		if model.shape().answers != Use::Tokens {
			return Err(InputError::WrongUse.into());
		}
		let lines = Places::new(model.shape(), model.shape().layers.into()).lines();
		let page = lines.saturating_mul(size_of::<WordLine>()) as u64;
		let limit = budget.checked_div(page).unwrap_or(0);
		if limit == 0 {
			return Err(Error::BudgetTooSmall { page, budget });
		}
		Ok(Self {
			pool: Pool::new(lines, usize::try_from(limit).unwrap_or(usize::MAX)),
			model,
			threads,
			sequences: BTreeMap::new(),
			next: 0,
		})
	}

	/// A sequence without tokens.
	pub fn open(&mut self) -> Sequence {
		self.insert(Cache::default())
	}

	/// A sequence that begins as another one is now. They share their pages until one writes.
	pub fn fork(&mut self, sequence: Sequence) -> Result<Sequence, Error> {
		let cache = self.sequences.get(&sequence).ok_or(Error::UnknownSequence)?.clone();
		Ok(self.insert(cache))
	}

	fn insert(&mut self, cache: Cache) -> Sequence {
		let sequence = Sequence(self.next);
		self.next = self.next.saturating_add(1);
		self.sequences.insert(sequence, cache);
		sequence
	}

	/// Forgets a sequence.
	pub fn close(&mut self, sequence: Sequence) -> Result<(), Error> {
		self.sequences.remove(&sequence).map(drop).ok_or(Error::UnknownSequence)
	}

	/// Forgets all tokens of a sequence from a position on.
	pub fn truncate(&mut self, sequence: Sequence, length: usize) -> Result<(), Error> {
		let cache = self.sequences.get_mut(&sequence).ok_or(Error::UnknownSequence)?;
		cache.truncate(length);
		Ok(())
	}

	/// Tokens that a sequence has taken in.
	pub fn length(&self, sequence: Sequence) -> Result<usize, Error> {
		let cache = self.sequences.get(&sequence).ok_or(Error::UnknownSequence)?;
		Ok(cache.length)
	}

	/// Pages that sequences have, and the most that they may have.
	pub fn pages(&self) -> (usize, usize) {
		(self.pool.used(), self.pool.limit())
	}

	/// The model.
	pub fn model(&self) -> &Model {
		&self.model
	}

	/// Takes tokens in. A step that cannot be taken changes nothing, and nothing of the others.
	pub fn run(&mut self, steps: &[Step<'_>]) -> Vec<Result<Outcome, Error>> {
		let mut taken = BTreeSet::new();
		let mut caches = Vec::new();
		let mut results = Vec::with_capacity(steps.len());
		let mut accepted = Vec::new();
		for step in steps {
			let result = self.accept(step, &mut taken);
			if result.is_ok()
				&& let Some(cache) = self.sequences.remove(&step.sequence)
			{
				caches.push(cache);
				accepted.push(*step);
			}
			results.push(result.map(|()| Outcome::default()));
		}
		if !accepted.is_empty() {
			let (model, threads) = (self.model.clone(), self.threads.clone());
			let outcomes = threads.run(|| forward(&model, threads.count(), &accepted, &mut caches));
			let mut outcomes = outcomes.into_iter();
			for result in results.iter_mut().filter(|result| result.is_ok()) {
				*result = Ok(outcomes.next().unwrap_or_default());
			}
		}
		for (step, cache) in accepted.iter().zip(caches) {
			self.sequences.insert(step.sequence, cache);
		}
		results
	}

	/// Takes the tokens of one sequence in; logits of the last.
	pub fn prefill(&mut self, sequence: Sequence, tokens: &[u32]) -> Result<Vec<i32>, Error> {
		let step = Step {
			sequence,
			tokens,
			logits: Wanted::Last,
			states: Wanted::None,
		};
		let result = self.run(&[step]).pop().unwrap_or(Err(Error::UnknownSequence));
		result.map(|outcome| outcome.logits)
	}

	/// Takes one token of each of these sequences in; logits of each.
	pub fn decode(&mut self, next: &[(Sequence, u32)]) -> Vec<Result<Vec<i32>, Error>> {
		let steps: Vec<_> = next
			.iter()
			.map(|(sequence, token)| Step {
				sequence: *sequence,
				tokens: core::slice::from_ref(token),
				logits: Wanted::Last,
				states: Wanted::None,
			})
			.collect();
		let results = self.run(&steps).into_iter();
		results.map(|result| result.map(|outcome| outcome.logits)).collect()
	}

	/// Chooses a token for each of these.
	pub fn choose(&self, races: &[Race<'_>]) -> Vec<Choice> {
		choose(self.model.kernels.path(), &self.threads, races)
	}

	/// Checks a step and makes room for it.
	fn accept(&mut self, step: &Step<'_>, taken: &mut BTreeSet<Sequence>) -> Result<(), Error> {
		if taken.contains(&step.sequence) {
			return Err(Error::RepeatedSequence);
		}
		let shape = self.model.shape();
		let cache = self.sequences.get_mut(&step.sequence).ok_or(Error::UnknownSequence)?;
		if step.tokens.is_empty() {
			return Err(InputError::Empty.into());
		}
		if let Some(token) = step.tokens.iter().find(|token| **token >= shape.vocabulary) {
			return Err(InputError::UnknownToken { token: *token }.into());
		}
		let limit = shape.positions;
		if step.tokens.len() > (limit as usize).saturating_sub(cache.length) {
			return Err(InputError::TooLong { limit }.into());
		}
		let needed = cache.needs(step.tokens.len());
		if !cache.grow(step.tokens.len(), &self.pool) {
			let free = self.pool.limit().saturating_sub(self.pool.used());
			return Err(Error::OutOfPages { needed, free });
		}
		taken.insert(step.sequence);
		Ok(())
	}
}

/// Chooses a token for each of these, by these threads.
pub fn choose(path: Path, threads: &Threads, races: &[Race<'_>]) -> Vec<Choice> {
	let one = |race: &Race<'_>| sampling::choose(path, race.sampler, race.logits, race.position);
	threads.run(|| races.par_iter().map(one).collect())
}

/// All steps, so many positions at a time.
fn forward(model: &Model, threads: usize, steps: &[Step<'_>], caches: &mut [Cache]) -> Vec<Outcome> {
	let mut outcomes = vec![Outcome::default(); steps.len()];
	let mut pass = Pass::new(model, threads, model.layers.len());
	let (mut step, mut token) = (0, 0);
	while step < steps.len() {
		let mut tokens = Vec::new();
		let mut groups = Vec::new();
		let mut parts = Vec::new();
		while tokens.len() < POSITIONS_AT_ONCE
			&& let (Some(of), Some(cache)) = (steps.get(step), caches.get_mut(step))
		{
			let count = (of.tokens.len() - token).min(POSITIONS_AT_ONCE - tokens.len());
			let first = tokens.len();
			let some = of.tokens.iter().skip(token).take(count);
			tokens.extend(some.copied().zip(cache.length..));
			groups.push(Group {
				cache: step,
				position: cache.length,
				rows: first..first + count,
			});
			parts.push((step, token, first, count));
			cache.length += count;
			token += count;
			if token == of.tokens.len() {
				(step, token) = (step + 1, 0);
			}
		}
		pass.embed(&tokens);
		for layer in 0..model.layers.len() {
			pass.project(layer, layer, &groups, caches);
			pass.attend(layer, layer, &groups, caches);
		}
		read(&mut pass, steps, &parts, &mut outcomes);
	}
	outcomes
}

/// What the steps want of a pass. A part is of a step, from one of its tokens on, in the pass from a row on, so many.
fn read(pass: &mut Pass<'_>, steps: &[Step<'_>], parts: &[(usize, usize, usize, usize)], outcomes: &mut [Outcome]) {
	let mut rows = Vec::new();
	for (step, token, first, count) in parts.iter().copied() {
		let (Some(of), Some(outcome)) = (steps.get(step), outcomes.get_mut(step)) else {
			continue;
		};
		let wanted = |wanted: Wanted| {
			let all = wanted.of(of.tokens.len());
			let inside = |at: usize| at.clamp(token, token + count) - token + first;
			inside(all.start)..inside(all.end)
		};
		for row in wanted(of.states) {
			outcome.states.extend_from_slice(pass.vector(row));
		}
		rows.extend(wanted(of.logits).map(|row| (step, row)));
	}
	// Rows that follow each other are computed together; of a batch of last tokens that is made so.
	let only: Vec<usize> = rows.iter().map(|(_, row)| *row).collect();
	pass.keep(&only);
	for (number, some) in rows.chunks(LOGITS_AT_ONCE).enumerate() {
		let first = number * LOGITS_AT_ONCE;
		let logits = pass.logits(first..first + some.len());
		let each = logits.len().checked_div(some.len()).unwrap_or(0).max(1);
		for ((step, _), logits) in some.iter().zip(logits.chunks(each)) {
			if let Some(outcome) = outcomes.get_mut(*step) {
				outcome.logits.extend_from_slice(logits);
			}
		}
	}
}
