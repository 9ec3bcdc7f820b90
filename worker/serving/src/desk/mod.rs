// SPDX-License-Identifier: Apache-2.0

//! Where answers are made. [`Engines`] makes them with models; [`Nothing`] says nothing, quickly, to measure what is around it.

mod engines;
mod nothing;

pub use engines::{Engines, Hosted};
pub use nothing::Nothing;

use crate::ledger::Evidence;
use atelier_primitives::ids::VersionId;
use atelier_referee::{
	claim::{Request, StopReason},
	commit::Commitment,
};
use atelier_wire::{Offered, Refusal, Source, Vector};
use futures::future::BoxFuture;
use std::task::{Context, Poll};

/// What an answer is wanted to. The request was found to be about this input.
#[derive(Clone)]
pub struct Order {
	pub version: VersionId,
	pub request: Request,
	pub input: Vec<u32>,
}

/// Something new about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
	Token { token: u32, text: String },
	Done(StopReason),
}

/// What the claim of an answer commits to, and by what it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
	pub answer: Commitment,
	pub state: Commitment,
	pub evidence: Evidence,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
	/// The request is wrong.
	#[error("{fact}")]
	Refused { refusal: Refusal, fact: String },
	#[error("as many answers wait as may")]
	Full,
	#[error("the answer was cancelled")]
	Cancelled,
	/// What went wrong may have something of the input in it, so it is said to nobody else.
	#[error("the model failed")]
	Failed,
}

/// An answer that is being made.
pub trait Making: Send {
	fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Result<Event, DeskError>>;

	/// Ends it soon: events go on until `Cancelled`, or until it was done anyway.
	fn cancel(&mut self);

	/// What a claim of these tokens commits to, when no more events come.
	fn finish(self: Box<Self>, input: &[u32], tokens: &[u32]) -> Result<Committed, DeskError>;
}

/// A vector, with what its claim commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
	pub vector: Vector,
	pub committed: Committed,
}

pub trait Desk: Send + Sync {
	/// All that is offered.
	fn offers(&self) -> Vec<Offered>;

	fn offer(&self, version: VersionId) -> Option<Offered>;

	/// The tokens of a text.
	fn tokenize(&self, version: VersionId, source: Source) -> BoxFuture<'_, Result<Vec<u32>, DeskError>>;

	/// Begins an answer.
	fn answer(&self, order: &Order) -> Result<Box<dyn Making>, DeskError>;

	/// The vector of an input.
	fn embed(&self, order: &Order) -> BoxFuture<'_, Result<Embedded, DeskError>>;
}
