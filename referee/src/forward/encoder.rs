// SPDX-License-Identifier: Apache-2.0

//! A model that answers with one vector: all positions see each other, the result is their mean, of length 1.

use super::{
	InputError, Observer,
	block::{At, Cache},
	check,
};
use crate::{
	model::{Package, Use},
	ops::{norm::Length, pooling::mean},
	trace::{Place, Stage, Values},
};
use alloc::vec::Vec;

/// The embedding of some tokens, each number with 15 bits of fraction.
pub fn embed<O: Observer>(package: &Package<'_>, tokens: &[u32], observer: &mut O) -> Result<Vec<i16>, InputError> {
	let shape = *package.shape();
	if shape.answers != Use::Embedding {
		return Err(InputError::WrongUse);
	}
	if tokens.is_empty() {
		return Err(InputError::Empty);
	}
	for (position, token) in (0..).zip(tokens) {
		check(package, *token, position)?;
	}

	let mut vectors: Vec<_> = (0..)
		.zip(tokens)
		.map(|(position, token)| At::new(package, position, observer).embed(*token))
		.collect();
	for layer in 0..shape.layers {
		super::layer(package, layer, 0, &mut vectors, &mut Cache::default(), observer);
	}

	let pooled: Vec<_> = (0..shape.width as usize)
		.map(|place| {
			let at = |vector: &Vec<i32>| i64::from(vector.get(place).copied().unwrap_or(0));
			let sum = vectors.iter().fold(0_i64, |sum, vector| sum.saturating_add(at(vector)));
			mean(sum, tokens.len() as u32)
		})
		.collect();
	let place = |stage| Place {
		position: 0,
		layer: 0,
		stage,
	};
	observer.see(place(Stage::Pooled), Values::Numbers(&pooled));
	let length = Length::of(&pooled);
	let unit: Vec<_> = pooled.iter().map(|number| length.unit(*number)).collect();
	observer.see(place(Stage::Unit), Values::Activations(&unit));
	Ok(unit)
}
