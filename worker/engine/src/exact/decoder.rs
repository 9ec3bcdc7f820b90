// SPDX-License-Identifier: Apache-2.0

//! Exact models that answer with tokens.

use super::prefixes::{Kept, Prefixes, common};
use crate::{
	Error,
	backend::{Admission, Admit, Answers, Backend, Class, Facts, Memory, Numbers, Outcome, Part, Sequence, Wanted},
};
use atelier_kernels::{
	Model, Threads,
	decoder::{self as kernels, Decoder, Race, Step},
};
use std::{collections::BTreeMap, sync::Arc};

/// An exact decoder.
pub struct ExactDecoder {
	facts: Facts,
	decoder: Decoder,
	bytes: u64,
	held: BTreeMap<Sequence, Held>,
	prefixes: Prefixes,
	next: u64,
}

/// A sequence that is being answered.
struct Held {
	sequence: kernels::Sequence,
	/// Pages that were promised to it.
	pages: u64,
	capacity: u64,
	scope: Option<u64>,
	/// All that it has taken in.
	tokens: Vec<u32>,
}

impl ExactDecoder {
	/// With so many bytes for the model and all sequences.
	pub fn new(model: Arc<Model>, threads: Arc<Threads>, memory: u64) -> Result<Self, Error> {
		let shape = *model.shape();
		let room = memory.saturating_sub(model.bytes());
		Ok(Self {
			facts: Facts {
				vocabulary: shape.vocabulary,
				positions: shape.positions,
				width: shape.width,
				answers: Answers::Tokens,
				class: Class::Exact,
			},
			decoder: Decoder::new(model, threads, room)?,
			bytes: memory,
			held: BTreeMap::new(),
			prefixes: Prefixes::default(),
			next: 0,
		})
	}

	fn all_pages(&self) -> u64 {
		self.decoder.pages().1 as u64
	}

	/// Pages that are promised or kept. Shared ones count for each that has them: so nobody ever runs out.
	fn taken(&self) -> u64 {
		let promised: u64 = self.held.values().map(|held| held.pages).sum();
		promised.saturating_add(self.prefixes.pages())
	}

	/// A sequence that has read the beginning of an input, but never all of it: its last token must be computed.
	fn begin(&mut self, scope: Option<u64>, input: &[u32]) -> Result<(kernels::Sequence, usize), Error> {
		let but_last = input.get(..input.len().saturating_sub(1)).unwrap_or_default();
		let found = scope.and_then(|scope| {
			let running = self
				.held
				.values()
				.filter(|held| held.scope == Some(scope))
				.map(|held| (held.sequence, common(&held.tokens, but_last)))
				.max_by_key(|(_, common)| *common)
				.filter(|(_, common)| *common > 0);
			let kept = self.prefixes.find(scope, but_last);
			[running, kept].into_iter().flatten().max_by_key(|(_, common)| *common)
		});
		match found {
			None => Ok((self.decoder.open(), 0)),
			Some((sequence, known)) => {
				let sequence = self.decoder.fork(sequence)?;
				self.decoder.truncate(sequence, known)?;
				Ok((sequence, known))
			}
		}
	}

	/// Gives up what is kept until so many pages are free. False if that is not enough.
	fn make_room(&mut self, pages: u64) -> Result<bool, Error> {
		while self.taken().saturating_add(pages) > self.all_pages() {
			let Some(kept) = self.prefixes.give_up() else {
				return Ok(false);
			};
			self.decoder.close(kept.sequence)?;
		}
		Ok(true)
	}

	/// What the kernels are asked for a part.
	fn step_of<'a>(&self, part: &Part<'a>) -> Result<Step<'a>, Error> {
		let held = self.held.get(&part.sequence).ok_or(Error::NoRoom)?;
		if (held.tokens.len() as u64).saturating_add(part.tokens.len() as u64) > held.capacity {
			return Err(Error::NoRoom);
		}
		Ok(Step {
			sequence: held.sequence,
			tokens: part.tokens,
			logits: match part.wanted {
				Wanted::Nothing => kernels::Wanted::None,
				Wanted::Token(_) | Wanted::Logits => kernels::Wanted::Last,
				Wanted::AllLogits => kernels::Wanted::All,
			},
			states: match part.states {
				true => kernels::Wanted::All,
				false => kernels::Wanted::None,
			},
		})
	}

	/// The tokens that are wanted, of the parts that were computed.
	fn choose(&self, parts: &[Part<'_>], computed: &[Result<kernels::Outcome, Error>]) -> Vec<Option<u32>> {
		let mut races = Vec::new();
		let mut places = Vec::new();
		for (place, (part, outcome)) in parts.iter().zip(computed).enumerate() {
			let (Wanted::Token(sampler), Ok(outcome)) = (part.wanted, outcome) else {
				continue;
			};
			let read = self.held.get(&part.sequence).map_or(0, |held| held.tokens.len());
			races.push(Race {
				sampler,
				logits: &outcome.logits,
				position: read.saturating_sub(1) as u32,
			});
			places.push(place);
		}
		let mut tokens = vec![None; parts.len()];
		for (place, choice) in places.into_iter().zip(self.decoder.choose(&races)) {
			if let Some(token) = tokens.get_mut(place) {
				*token = Some(choice.token);
			}
		}
		tokens
	}
}

impl Backend for ExactDecoder {
	fn facts(&self) -> Facts {
		self.facts
	}

	fn memory(&self) -> Memory {
		let small = |pages: u64| u32::try_from(pages).unwrap_or(u32::MAX);
		let promised: u64 = self.held.values().map(|held| held.pages).sum();
		Memory {
			page_tokens: kernels::PAGE as u32,
			pages: small(self.all_pages()),
			free: small(self.all_pages().saturating_sub(promised)),
			bytes: self.bytes,
		}
	}

	fn admit(&mut self, admit: &Admit<'_>) -> Result<Admission, Error> {
		self.facts.check(admit.input, admit.limit)?;
		let capacity = (admit.input.len() as u64).saturating_add(admit.limit.into());
		let pages = capacity.div_ceil(kernels::PAGE as u64);
		if pages > self.all_pages() {
			return Err(Error::NeverFits {
				pages,
				all: self.all_pages(),
			});
		}
		// Begun first, so that what is given up to make room may be its own beginning.
		let (sequence, known) = self.begin(admit.scope, admit.input)?;
		if !self.make_room(pages)? {
			self.decoder.close(sequence)?;
			return Ok(Admission::Later);
		}
		self.next += 1;
		let held = Held {
			sequence,
			pages,
			capacity,
			scope: admit.scope,
			tokens: admit.input.get(..known).unwrap_or_default().to_vec(),
		};
		self.held.insert(Sequence(self.next), held);
		Ok(Admission::Now {
			sequence: Sequence(self.next),
			known: known as u32,
		})
	}

	fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
		let steps: Vec<_> = parts.iter().map(|part| self.step_of(part)).collect();
		let taken: Vec<_> = steps.iter().filter_map(|step| step.as_ref().ok().copied()).collect();
		let mut ran = self.decoder.run(&taken).into_iter();
		let computed: Vec<_> = steps
			.into_iter()
			.map(|step| step.and_then(|_| Ok(ran.next().unwrap_or(Err(atelier_kernels::Error::UnknownSequence))?)))
			.collect();
		for (part, outcome) in parts.iter().zip(&computed) {
			if let (Ok(_), Some(held)) = (outcome, self.held.get_mut(&part.sequence)) {
				held.tokens.extend(part.tokens);
			}
		}
		let tokens = self.choose(parts, &computed);
		let outcomes = parts.iter().zip(computed).zip(tokens);
		Ok(outcomes
			.map(|((part, outcome), token)| {
				let kernels::Outcome { logits, states } = outcome?;
				Ok(Outcome {
					token,
					logits: matches!(part.wanted, Wanted::Logits | Wanted::AllLogits).then_some(logits),
					states: part.states.then_some(Numbers::Exact(states)),
				})
			})
			.collect())
	}

	fn release(&mut self, sequence: Sequence) {
		let Some(held) = self.held.remove(&sequence) else {
			return;
		};
		let pages = (held.tokens.len() as u64).div_ceil(kernels::PAGE as u64);
		let gone = match held.scope.filter(|_| pages > 0) {
			Some(scope) => {
				let kept = Kept {
					sequence: held.sequence,
					scope,
					tokens: held.tokens,
					pages,
				};
				self.prefixes.keep(kept).map(|gone| gone.sequence)
			}
			None => Some(held.sequence),
		};
		if let Some(gone) = gone {
			// It was there until now.
			let _ = self.decoder.close(gone);
		}
	}

	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		inputs.iter().map(|_| Err(Error::WrongUse)).collect()
	}
}
