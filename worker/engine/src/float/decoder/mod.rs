// SPDX-License-Identifier: Apache-2.0

//! Decoders: Llama and its relatives.

mod layer;
pub(in crate::float) mod model;
pub(crate) mod parts;
mod room;
#[cfg(test)]
mod tests;

use super::{
	Plan,
	cache::Cache,
	device::{Doing, kind},
	weights::Weights,
};
use crate::{
	Error,
	backend::{
		Admission, Admit, Answers, Backend, Class, Facts, Memory, Numbers, Outcome, Part, Sequence, Wanted,
		pages::Pages,
	},
	load::{Folder, config::DecoderConfig},
};
use model::Model;
use room::Room;
use std::collections::BTreeSet;

/// A decoder, computed in floats.
pub struct FloatDecoder {
	facts: Facts,
	room: Room,
	model: Model,
	cache: Cache,
	pages: Pages,
	/// Their pages may hold what is no number.
	spoilt: BTreeSet<Sequence>,
	/// The defence that a test does without.
	#[cfg(test)]
	leaves_spoilt: bool,
}

impl FloatDecoder {
	pub fn load(folder: &Folder, config: DecoderConfig, plan: &Plan) -> Result<Self, Error> {
		let device = plan.device.torch()?;
		let checkpoint = folder.checkpoint()?;
		let room = Room::of(&config, checkpoint.bytes_as(plan.float), plan, device)?;
		let mut weights = Weights::new(checkpoint, device, plan.float);
		let facts = Facts {
			vocabulary: config.vocabulary,
			positions: config.positions,
			width: config.hidden,
			answers: Answers::Tokens,
			class: Class::Float(plan.float),
		};
		let cache = Cache::new(&config, room.pages, (kind(plan.float), device))?;
		let model = Model::read(&mut weights, config)?;
		weights.finish(|name| useless(name, model.config().tied))?;
		Ok(Self {
			facts,
			room,
			model,
			cache,
			pages: Pages::new(room.pages, super::cache::PAGE),
			spoilt: BTreeSet::new(),
			#[cfg(test)]
			leaves_spoilt: false,
		})
	}
}

impl Backend for FloatDecoder {
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

	fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
		let (order, wrong) = self.pages.in_order(parts, self.facts.vocabulary);
		let mut outcomes: Vec<_> = wrong.into_iter().map(|(place, error)| (place, Err(error))).collect();
		if !order.is_empty() {
			let tokens: Vec<_> = order
				.iter()
				.flat_map(|(_, part, _)| part.tokens.iter().copied())
				.collect();
			let spans: Vec<_> = order.iter().map(|(_, _, span)| span.clone()).collect();
			let wanted: Vec<_> = order
				.iter()
				.map(|(_, part, _)| match part.wanted {
					Wanted::Nothing => 0,
					Wanted::Token(_) | Wanted::Logits => 1,
					Wanted::AllLogits => part.tokens.len(),
				})
				.collect();
			let states = order.iter().any(|(_, part, _)| part.states);
			let computed = self.model.step(&self.cache, &tokens, &spans, &wanted, states);
			if computed.is_err() {
				// Nobody knows how far it came.
				self.spoilt.extend(order.iter().map(|(_, part, _)| part.sequence));
			}
			let mut computed = computed.doing("computing a step")?;
			let mut first = 0;
			for (number, (place, part, span)) in order.iter().enumerate() {
				let rows = first..first + part.tokens.len();
				first = rows.end;
				let outcome = computed.outcome(number, rows, part, span);
				if outcome.is_ok() {
					self.pages.computed(part.sequence, part.tokens);
				} else {
					self.spoilt.insert(part.sequence);
				}
				outcomes.push((*place, outcome));
			}
		}
		outcomes.sort_by_key(|(place, _)| *place);
		Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
	}

	fn release(&mut self, sequence: Sequence) {
		let spoilt = self.spoilt.remove(&sequence);
		#[cfg(test)]
		let spoilt = spoilt && !self.leaves_spoilt;
		if spoilt {
			let own = self.pages.forget_own(sequence);
			if self.cache.scrub(&own).is_err() {
				// They would spoil others: better to have fewer.
				return;
			}
		}
		self.pages.release(sequence);
	}

	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		inputs.iter().map(|_| Err(Error::WrongUse)).collect()
	}
}

/// Tensors of older files that are computed here, and a copy of the embedding.
pub(crate) fn useless(name: &str, tied: bool) -> bool {
	name.ends_with(".rotary_emb.inv_freq") || tied && name == "lm_head.weight"
}
