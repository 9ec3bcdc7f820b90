// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a request to this crate.

use atelier_referee::{forward::InputError, model::ShapeError};

/// A request cannot be met. Nothing changed for the sequence that it was about, or for any other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
	/// Tokens that are none of this model, too many, none at all, or a model with another use.
	#[error(transparent)]
	Input(#[from] InputError),
	/// The shape is outside the limits of the spec.
	#[error(transparent)]
	Shape(#[from] ShapeError),
	/// The pool has too few pages left.
	#[error("{needed} pages of the cache are needed, {free} are free")]
	OutOfPages { needed: usize, free: usize },
	/// The memory for the cache does not hold one page.
	#[error("a page of the cache takes {page} bytes, the budget is {budget}")]
	BudgetTooSmall { page: u64, budget: u64 },
	/// No such sequence, or not any more.
	#[error("there is no such sequence")]
	UnknownSequence,
	/// A sequence stands twice in one batch.
	#[error("a sequence stands twice in one batch")]
	RepeatedSequence,
	/// The system gave no threads.
	#[error("no pool of {threads} threads: {reason}")]
	Threads { threads: usize, reason: String },
}
