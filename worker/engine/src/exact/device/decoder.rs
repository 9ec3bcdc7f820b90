// SPDX-License-Identifier: Apache-2.0

//! Exact models that answer with tokens, on a device.

use super::{
	arith::Computed,
	cache::{self, Cache},
	model::{Model, host},
	room::Room,
};
use crate::{
	Error,
	backend::{
		Admission, Admit, Backend, Facts, Memory, Numbers, Outcome, Part, Sequence, Wanted,
		pages::{Pages, Placed, Span},
	},
	float::device::Doing,
};
use atelier_kernels::{
	Path, Threads,
	decoder::{Race, choose},
};
use tch::Tensor;

pub struct DeviceDecoder {
	facts: Facts,
	model: Model,
	cache: Cache,
	pages: Pages,
	room: Room,
	/// Tokens are chosen on the CPU.
	path: Path,
	threads: Threads,
	/// For tests: what libtorch says in the middle of the next steps.
	#[cfg(test)]
	pub fails: Vec<&'static str>,
}

/// What a step computed, on the host.
struct Rows {
	/// Of each part that wanted some.
	logits: Vec<Option<Vec<i32>>>,
	/// A row for each token.
	states: Option<Vec<i32>>,
}

impl DeviceDecoder {
	pub fn new(model: Model, room: Room, path: Path, threads: Threads) -> Result<Self, Error> {
		let facts = super::facts(&model.shape);
		let cache = Cache::new(&model.ops, &model.shape, room.pages).doing("setting pages aside")?;
		Ok(Self {
			facts,
			pages: Pages::new(room.pages, cache::PAGE),
			model,
			cache,
			room,
			path,
			threads,
			#[cfg(test)]
			fails: Vec::new(),
		})
	}

	fn compute(&mut self, order: &[Placed<'_>]) -> Computed<Rows> {
		let _no_gradients = tch::no_grad_guard();
		let (model, ops) = (&self.model, &self.model.ops);
		let tokens: Vec<u32> = order
			.iter()
			.flat_map(|(_, part, _)| part.tokens.iter().copied())
			.collect();
		let spans: Vec<Span> = order.iter().map(|(_, _, span)| span.clone()).collect();
		let positions: Vec<i64> = spans.iter().flat_map(Span::positions).map(i64::from).collect();
		let places = model.places(&positions)?;
		let slots = cache::slots(ops, &spans)?;
		let looks = cache::looks(ops, &model.shape, &spans)?;
		let mut x = model.embed(&tokens, &places)?;
		for layer in 0..model.layers() {
			let store = |keys: Tensor, values: Tensor| self.cache.write(layer, &slots, &keys, &values);
			x = model.layer(layer, &x, &places, &looks, store)?;
		}
		#[cfg(test)]
		if let Some(says) = self.fails.pop() {
			return Err(tch::TchError::Torch(says.into()));
		}
		let states = order.iter().any(|(_, part, _)| part.states);
		Ok(Rows {
			logits: self.logits(&x, order)?,
			states: states.then(|| host(&x)).transpose()?,
		})
	}

	/// The tokens that are wanted.
	fn choose(&self, order: &[Placed<'_>], logits: &[Option<Vec<i32>>]) -> Vec<Option<u32>> {
		let race = |((_, part, span), logits): (&Placed<'_>, &'_ Option<Vec<i32>>)| match (part.wanted, logits) {
			(Wanted::Token(sampler), Some(_)) => Some((sampler, span.positions().end.saturating_sub(1))),
			_ => None,
		};
		let wanted: Vec<_> = order.iter().zip(logits).map(race).collect();
		let races: Vec<_> = wanted
			.iter()
			.zip(logits)
			.filter_map(|(wanted, logits)| {
				let (sampler, position) = (*wanted)?;
				Some(Race {
					sampler,
					logits: logits.as_deref()?,
					position,
				})
			})
			.collect();
		let mut chosen = choose(self.path, &self.threads, &races).into_iter();
		let token = |wanted: &Option<_>| wanted.as_ref().and_then(|_| chosen.next()).map(|choice| choice.token);
		wanted.iter().map(token).collect()
	}

	/// Only of last tokens after which something is wanted.
	fn logits(&self, x: &Tensor, order: &[Placed<'_>]) -> Computed<Vec<Option<Vec<i32>>>> {
		let mut end = 0_i64;
		let ends = order.iter().map(|(_, part, _)| {
			end += part.tokens.len() as i64;
			(end - 1, part.wanted != Wanted::Nothing)
		});
		let ends: Vec<_> = ends.collect();
		let last: Vec<i64> = ends.iter().filter(|(_, wanted)| *wanted).map(|(end, _)| *end).collect();
		let mut rows = Vec::new();
		if !last.is_empty() {
			let last = x.f_index_select(0, &self.model.ops.numbers(&last)?)?;
			let all = host(&self.model.logits(&last)?)?;
			let vocabulary = (self.facts.vocabulary as usize).max(1);
			rows = all.chunks_exact(vocabulary).map(<[i32]>::to_vec).collect();
		}
		let mut rows = rows.into_iter();
		Ok(ends
			.into_iter()
			.map(|(_, wanted)| if wanted { rows.next() } else { None })
			.collect())
	}
}

impl Backend for DeviceDecoder {
	fn facts(&self) -> Facts {
		self.facts
	}

	fn memory(&self) -> Memory {
		self.pages.memory(self.room.bytes)
	}

	fn admit(&mut self, admit: &Admit<'_>) -> Result<Admission, Error> {
		self.facts.check(admit.input, admit.limit)?;
		self.pages.admit(admit)
	}

	/// If the device fails, no token of the batch counts as computed: whatever was written to its slots is written again
	/// before anybody looks at it.
	fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
		let (order, wrong) = self.pages.in_order(parts, self.facts.vocabulary);
		let mut outcomes: Vec<_> = wrong.into_iter().map(|(place, error)| (place, Err(error))).collect();
		if !order.is_empty() {
			let computed = self.compute(&order).doing("computing an exact step")?;
			let tokens = self.choose(&order, &computed.logits);
			let width = self.facts.width as usize;
			let mut first = 0;
			let each = order.iter().zip(computed.logits).zip(tokens);
			for (((place, part, _), logits), token) in each {
				let rows = first..first + part.tokens.len();
				first = rows.end;
				self.pages.computed(part.sequence, part.tokens);
				let states = computed.states.as_ref().filter(|_| part.states);
				let states = states.and_then(|states| states.get(rows.start * width..rows.end * width));
				let outcome = Outcome {
					token,
					logits: logits.filter(|_| part.wanted == Wanted::Logits),
					states: states.map(|states| Numbers::Exact(states.to_vec())),
				};
				outcomes.push((*place, Ok(outcome)));
			}
		}
		outcomes.sort_by_key(|(place, _)| *place);
		Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
	}

	fn release(&mut self, sequence: Sequence) {
		self.pages.release(sequence);
	}

	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		inputs.iter().map(|_| Err(Error::WrongUse)).collect()
	}
}
