// SPDX-License-Identifier: Apache-2.0

//! A model that answers with tokens, position after position. Whether the tokens come at once or one by one makes no
//! difference to any value.

use super::{
	InputError, Observer,
	block::{At, Cache},
	check,
};
use crate::model::{Package, Use};
use alloc::{vec, vec::Vec};

/// A model and what it remembers of the tokens so far.
pub struct Decoder<'a> {
	package: Package<'a>,
	layers: Vec<Cache>,
	position: u32,
	last: Vec<i32>,
}

impl<'a> Decoder<'a> {
	/// Before the first token.
	pub fn new(package: Package<'a>) -> Result<Self, InputError> {
		if package.shape().answers != Use::Tokens {
			return Err(InputError::WrongUse);
		}
		Ok(Self {
			layers: vec![Cache::default(); package.shape().layers.into()],
			package,
			position: 0,
			last: Vec::new(),
		})
	}

	/// Takes a token in.
	pub fn push<O: Observer>(&mut self, token: u32, observer: &mut O) -> Result<(), InputError> {
		check(&self.package, token, self.position)?;
		let mut at = At::new(&self.package, self.position, observer);
		let mut numbers = at.embed(token);
		for (layer, cache) in (0..).zip(&mut self.layers) {
			at.layer = layer;
			let queries = at.project(&numbers, cache);
			numbers = at.attend(&numbers, &queries, cache);
		}
		self.last = numbers;
		self.position = self.position.saturating_add(1);
		Ok(())
	}

	/// Takes tokens in, layer by layer instead of token by token.
	pub fn push_all<O: Observer>(&mut self, tokens: &[u32], observer: &mut O) -> Result<(), InputError> {
		for (position, token) in (self.position..).zip(tokens) {
			check(&self.package, *token, position)?;
		}
		let first = self.position;
		let mut vectors: Vec<_> = (first..)
			.zip(tokens)
			.map(|(position, token)| At::new(&self.package, position, observer).embed(*token))
			.collect();
		for (layer, cache) in (0..).zip(&mut self.layers) {
			super::layer(&self.package, layer, first, &mut vectors, cache, observer);
		}
		if let Some(last) = vectors.pop() {
			self.last = last;
		}
		self.position = first.saturating_add(tokens.len() as u32);
		Ok(())
	}

	/// The value of each token of the vocabulary as the next one.
	pub fn logits<O: Observer>(&self, observer: &mut O) -> Result<Vec<i32>, InputError> {
		let position = self.position.checked_sub(1).ok_or(InputError::Empty)?;
		Ok(At::new(&self.package, position, observer).logits(&self.last))
	}

	/// How many tokens it has taken in.
	pub fn position(&self) -> u32 {
		self.position
	}

	/// The final state of the last position.
	pub fn state(&self) -> &[i32] {
		&self.last
	}
}
