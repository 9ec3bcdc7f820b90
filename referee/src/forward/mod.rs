// SPDX-License-Identifier: Apache-2.0

//! The reference: the forward pass of an exact model, plain and slow. What anything faster computes must be this, bit for
//! bit.

mod block;
mod decoder;
mod encoder;

pub use decoder::Decoder;
pub use encoder::embed;

use crate::{
	model::{Limit, Package},
	ops::linear::Point,
	trace::{Place, Values},
};
use alloc::vec::Vec;
use block::{At, Cache};

/// Bits of fraction of what is not between the blocks.
pub const FRACTION: u8 = 16;

/// Sees every intermediate vector, in the order in which they come about.
pub trait Observer {
	/// A vector.
	fn see(&mut self, place: Place, values: Values<'_>);
}

/// Looks away.
pub struct Nobody;

impl Observer for Nobody {
	fn see(&mut self, _: Place, _: Values<'_>) {}
}

/// An input is not one for this model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputError {
	/// A token that the vocabulary does not have.
	UnknownToken { token: u32 },
	/// More positions than the model has.
	TooLong { limit: u32 },
	/// No tokens at all.
	Empty,
	/// The model answers with something else.
	WrongUse,
	/// The shape was not checked.
	Shape(Limit),
}

impl core::fmt::Display for InputError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::UnknownToken { token } => write!(f, "token {token} is not in the vocabulary"),
			Self::TooLong { limit } => write!(f, "the model has {limit} positions, the input needs more"),
			Self::Empty => write!(f, "there are no tokens"),
			Self::WrongUse => write!(f, "the model answers with something else"),
			Self::Shape(limit) => write!(f, "the shape is outside the limits of the spec: {limit:?}"),
		}
	}
}

impl core::error::Error for InputError {}

/// Activations, and where their binary point is.
struct Vector {
	activations: Vec<i16>,
	point: Point,
}

/// A layer for all of these positions: none begins its second half before all are through with the first.
fn layer<O: Observer>(
	package: &Package<'_>,
	layer: u16,
	first: u32,
	vectors: &mut [Vec<i32>],
	cache: &mut Cache,
	observer: &mut O,
) {
	let mut queries = Vec::with_capacity(vectors.len());
	for (position, numbers) in (first..).zip(vectors.iter()) {
		let mut at = At::new(package, position, observer);
		at.layer = layer;
		queries.push(at.project(numbers, cache));
	}
	for (position, (numbers, queries)) in (first..).zip(vectors.iter_mut().zip(queries)) {
		let mut at = At::new(package, position, observer);
		at.layer = layer;
		*numbers = at.attend(numbers, &queries, cache);
	}
}

fn check(package: &Package<'_>, token: u32, position: u32) -> Result<(), InputError> {
	let shape = package.shape();
	shape.checked().map_err(|error| InputError::Shape(error.0))?;
	if token >= shape.vocabulary {
		return Err(InputError::UnknownToken { token });
	}
	if position >= shape.positions {
		return Err(InputError::TooLong { limit: shape.positions });
	}
	Ok(())
}
