// SPDX-License-Identifier: Apache-2.0

//! Models that answer with one vector: texts of different lengths at once.

use crate::{
	Error, Threads,
	attention::POSITIONS,
	cache::{Cache, Places, Pool},
	model::Model,
	pass::{Group, Pass},
};
use atelier_referee::{
	forward::InputError,
	model::Use,
	ops::{norm::Length, pooling::mean},
};
use std::sync::Arc;

/// Positions that go through a layer together. A longer text goes alone.
const POSITIONS_AT_ONCE: usize = 2_048;

/// Positions that a product takes at once.
const ROWS_AT_ONCE: usize = 128;

/// A model that answers with a vector.
#[derive(Debug)]
pub struct Encoder {
	model: Arc<Model>,
	threads: Arc<Threads>,
}

impl Encoder {
	/// Of a model.
	pub fn new(model: Arc<Model>, threads: Arc<Threads>) -> Result<Self, Error> {
		match model.shape().answers {
			Use::Embedding => Ok(Self { model, threads }),
			Use::Tokens => Err(InputError::WrongUse.into()),
		}
	}

	/// The model.
	pub fn model(&self) -> &Model {
		&self.model
	}

	/// The embedding of each text, its numbers with 15 bits of fraction.
	pub fn embed(&self, texts: &[&[u32]]) -> Vec<Result<Vec<i16>, Error>> {
		let checked: Vec<_> = texts.iter().map(|tokens| self.check(tokens)).collect();
		let good = texts.iter().zip(&checked).filter(|(_, result)| result.is_ok());
		let mut batches: Vec<Vec<&[u32]>> = Vec::new();
		let mut room = 0;
		for (tokens, _) in good {
			match batches.last_mut().filter(|_| tokens.len() <= room) {
				Some(batch) => {
					batch.push(tokens);
					room -= tokens.len();
				}
				None => {
					batches.push(vec![tokens]);
					room = POSITIONS_AT_ONCE.saturating_sub(tokens.len());
				}
			}
		}
		let mut vectors = batches
			.into_iter()
			.flat_map(|batch| self.threads.run(|| forward(&self.model, self.threads.count(), &batch)));
		checked
			.into_iter()
			.map(|result| result.and_then(|()| vectors.next().ok_or_else(|| InputError::Empty.into())))
			.collect()
	}

	fn check(&self, tokens: &[u32]) -> Result<(), Error> {
		let shape = self.model.shape();
		if tokens.is_empty() {
			return Err(InputError::Empty.into());
		}
		// As the referee: the first position that is wrong says how.
		for (position, token) in tokens.iter().enumerate() {
			if *token >= shape.vocabulary {
				return Err(InputError::UnknownToken { token: *token }.into());
			}
			if position >= shape.positions as usize {
				return Err(InputError::TooLong { limit: shape.positions }.into());
			}
		}
		Ok(())
	}
}

fn forward(model: &Model, threads: usize, texts: &[&[u32]]) -> Vec<Vec<i16>> {
	let pages: usize = texts.iter().map(|tokens| tokens.len().div_ceil(POSITIONS)).sum();
	// Each layer writes its keys and values over those of the layer before.
	let pool = Pool::new(Places::new(model.shape(), 1).lines(), pages);
	let mut pass = Pass::new(model, threads, 1);
	let mut caches = Vec::with_capacity(texts.len());
	let mut all = Vec::new();
	let mut groups: Vec<Group> = Vec::new();
	for (number, tokens) in texts.iter().enumerate() {
		let mut cache = Cache::default();
		cache.grow(tokens.len(), &pool);
		cache.length = tokens.len();
		caches.push(cache);
		for (part, some) in tokens.chunks(ROWS_AT_ONCE).enumerate() {
			groups.push(Group {
				cache: number,
				position: part * ROWS_AT_ONCE,
				rows: all.len()..all.len() + some.len(),
			});
			all.extend(some.iter().copied().zip(part * ROWS_AT_ONCE..));
		}
	}
	pass.embed(&all);
	// Groups of a product follow each other and have different caches.
	let mut products: Vec<&[Group]> = Vec::new();
	let mut rest = groups.as_slice();
	while let [first, ..] = rest {
		let mut rows = first.rows.len();
		let mut count = 1;
		while let Some(next) = rest.get(count)
			&& rows + next.rows.len() <= ROWS_AT_ONCE
			&& rest.get(count - 1).is_some_and(|last| last.cache != next.cache)
		{
			rows += next.rows.len();
			count += 1;
		}
		let (some, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
		products.push(some);
		rest = others;
	}
	for layer in 0..model.layers.len() {
		for groups in &products {
			pass.project(layer, 0, groups, &mut caches);
		}
		for groups in &products {
			pass.attend(layer, 0, groups, &caches);
		}
	}

	let mut first = 0;
	let mut vectors = Vec::with_capacity(texts.len());
	for tokens in texts {
		let mut sums = vec![0_i64; model.shape().width as usize];
		for row in first..first + tokens.len() {
			for (sum, number) in sums.iter_mut().zip(pass.vector(row)) {
				*sum += i64::from(*number);
			}
		}
		first += tokens.len();
		let pooled: Vec<_> = sums.iter().map(|sum| mean(*sum, tokens.len() as u32)).collect();
		let length = Length::of(&pooled);
		vectors.push(pooled.iter().map(|number| length.unit(*number)).collect());
	}
	vectors
}
