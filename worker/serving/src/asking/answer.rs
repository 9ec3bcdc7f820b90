// SPDX-License-Identifier: Apache-2.0

//! An answer that comes.

use super::{Error, Wrong, line::Line, session::Session};
use crate::ledger::Output;
use atelier_primitives::work::price::units;
use atelier_referee::claim::{Claim, Origin, Request};
use atelier_wire::{Question, Reply, Vector};
use std::{collections::VecDeque, sync::Arc};

/// A receipt that was looked at, noted and signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
	pub index: u64,
	pub units: u64,
	pub claim: Claim,
}

/// What is new of an answer.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
	/// Tokens, and the bytes of their text if it was wanted; both may be empty, but not at once.
	Tokens {
		tokens: Vec<u32>,
		text: Vec<u8>,
	},
	Vector(Vector),
	/// It has ended.
	Done(Received),
}

impl std::fmt::Debug for Step {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Tokens { tokens, .. } => write!(f, "{} tokens", tokens.len()),
			Self::Vector(_) => f.write_str("a vector"),
			Self::Done(received) => received.fmt(f),
		}
	}
}

/// An answer. When it is dropped, the worker goes on for a while, so that it can be asked for again; then it is cut and is to be
/// paid as far as it came.
pub struct Answer {
	session: Arc<Session>,
	/// None: it was recalled.
	line: Option<Line>,
	request: Request,
	tokens: Vec<u32>,
	vector: Option<Vector>,
	/// What is left of one that was recalled.
	rest: VecDeque<Step>,
	ended: bool,
}

impl Answer {
	pub(super) fn new(session: Arc<Session>, line: Line, request: Request, tokens: Vec<u32>) -> Self {
		Self {
			session,
			line: Some(line),
			request,
			tokens,
			vector: None,
			rest: VecDeque::new(),
			ended: false,
		}
	}

	pub(super) fn recalled(
		session: Arc<Session>,
		request: Request,
		tokens: Vec<u32>,
		claim: Claim,
		output: Output,
	) -> Self {
		let index = match claim.origin {
			Origin::Session { index, .. } => index,
			Origin::Job(_) => 0,
		};
		let step = match output {
			Output::Tokens(tokens) => Step::Tokens {
				tokens,
				text: Vec::new(),
			},
			Output::Vector(vector) => Step::Vector(vector),
		};
		let received = Received {
			index,
			units: units(claim.input_count, claim.output_count),
			claim,
		};
		Self {
			session,
			line: None,
			request,
			tokens,
			vector: None,
			rest: [step, Step::Done(received)].into(),
			ended: false,
		}
	}

	/// All tokens so far.
	pub fn tokens(&self) -> &[u32] {
		&self.tokens
	}

	/// Asks the worker to end it with the tokens that there are: they are paid, and no more.
	pub async fn cancel(&mut self) -> Result<(), Error> {
		match &mut self.line {
			Some(line) => line.say(&Question::Cancel).await,
			None => Ok(()),
		}
	}

	/// What comes next; none after its end.
	pub async fn next(&mut self) -> Result<Option<Step>, Error> {
		if self.ended {
			return Ok(None);
		}
		let Some(line) = &mut self.line else {
			let step = self.rest.pop_front();
			match &step {
				Some(Step::Tokens { tokens, .. }) => self.tokens.extend_from_slice(tokens),
				Some(Step::Vector(_)) => (),
				Some(Step::Done(_)) | None => self.ended = true,
			}
			return Ok(step);
		};
		let heard = match line.hear().await {
			Ok(reply) => reply,
			Err(error) => return Err(self.session.failed(&self.request, error).await),
		};
		match heard {
			Reply::Piece(piece) => {
				let fits = self.tokens.len().saturating_add(piece.tokens.len()) <= self.request.limit as usize;
				if piece.first as usize != self.tokens.len() || !fits {
					return Err(Wrong::OutOfOrder.into());
				}
				self.tokens.extend_from_slice(&piece.tokens);
				Ok(Some(Step::Tokens {
					tokens: piece.tokens.to_vec(),
					text: piece.text.to_vec(),
				}))
			}
			Reply::Vector(vector) => {
				self.vector = Some(vector.clone());
				Ok(Some(Step::Vector(vector)))
			}
			Reply::Done(done) => {
				let output = match self.vector.take() {
					Some(vector) => Output::Vector(vector),
					None => Output::Tokens(self.tokens.clone()),
				};
				let received = self.session.received(line, &self.request, &done, &output).await?;
				self.ended = true;
				Ok(Some(Step::Done(received)))
			}
			_ => Err(Error::OutOfTurn),
		}
	}

	/// All that is still to come.
	pub async fn all(mut self) -> Result<(Vec<u32>, Received), Error> {
		loop {
			match self.next().await? {
				Some(Step::Done(received)) => return Ok((std::mem::take(&mut self.tokens), received)),
				Some(_) => (),
				None => return Err(Error::Ended),
			}
		}
	}
}
