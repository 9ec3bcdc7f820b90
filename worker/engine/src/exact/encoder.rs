// SPDX-License-Identifier: Apache-2.0

//! Exact models that answer with a vector.

use crate::{
	Error,
	backend::{Admission, Admit, Answers, Backend, Class, Facts, Memory, Numbers, Outcome, Part, Sequence},
};
use atelier_kernels::{Model, Threads, encoder::Encoder};
use std::sync::Arc;

/// An exact encoder.
pub struct ExactEncoder {
	facts: Facts,
	encoder: Encoder,
	bytes: u64,
}

impl ExactEncoder {
	pub fn new(model: Arc<Model>, threads: Arc<Threads>) -> Result<Self, Error> {
		let shape = *model.shape();
		Ok(Self {
			facts: Facts {
				vocabulary: shape.vocabulary,
				positions: shape.positions,
				width: shape.width,
				answers: Answers::Embedding,
				class: Class::Exact,
			},
			bytes: model.bytes(),
			encoder: Encoder::new(model, threads)?,
		})
	}
}

impl Backend for ExactEncoder {
	fn facts(&self) -> Facts {
		self.facts
	}

	fn memory(&self) -> Memory {
		Memory {
			page_tokens: 1,
			pages: 0,
			free: 0,
			bytes: self.bytes,
		}
	}

	fn admit(&mut self, _: &Admit<'_>) -> Result<Admission, Error> {
		Err(Error::WrongUse)
	}

	fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
		Ok(parts.iter().map(|_| Err(Error::WrongUse)).collect())
	}

	fn release(&mut self, _: Sequence) {}

	/// The numbers of a vector of length 1 have 15 bits of fraction.
	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		let vectors = self.encoder.embed(inputs).into_iter();
		vectors
			.map(|vector| Ok(Numbers::Exact(vector?.into_iter().map(i32::from).collect())))
			.collect()
	}
}
