// SPDX-License-Identifier: Apache-2.0

//! Whether an answer in floats can be what its worker says.
//!
//! The verifier reads input and answer once, as one input whose tokens are all known, which costs a fraction of making the
//! answer. Of every position it then has
//!
//! 1. its own state, and compares the largest numbers with the fingerprint ([`crate::fingerprint`]): was it this model, in
//!    these floats, with this input?
//! 2. its own logits, and replays the seeded choice ([`change`]): was each token chosen as the request says?
//!
//! Neither is enough alone. A worker that lets a small model write and the right model read has the right fingerprint; one
//! with a worse model can have chosen the same tokens.
//!
//! What comes out are numbers ([`Report`]). What they may be was measured ([`crate::tolerance`]) and stands in [`Limits`].

pub mod change;
mod limits;

pub use limits::{Excess, Limits, Measure};

use crate::{
	Error,
	backend::{Admission, Admit, Backend, Part, Sequence, Wanted},
	fingerprint::{Difference, Fingerprint, Picks},
};
use atelier_referee::ops::sampling::Sampler;

/// What a worker says it answered, and to what.
#[derive(Clone, Copy, Debug)]
pub struct Claimed<'a> {
	pub input: &'a [u32],
	pub answer: &'a [u32],
	pub sampler: Sampler,
	pub fingerprint: &'a Fingerprint,
}

/// How much is computed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pieces {
	/// Tokens of the input.
	pub input: usize,
	/// Tokens of the answer: each has a row of logits in memory.
	pub answer: usize,
}

impl Default for Pieces {
	/// Those that a backend with the default limits has set memory aside for.
	fn default() -> Self {
		let limits = crate::serve::Limits::default();
		Self {
			input: limits.step_tokens,
			answer: limits.running,
		}
	}
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
	/// Of each group of positions.
	pub groups: Vec<Difference>,
	pub choices: Vec<Chosen>,
}

/// A token of the answer beside the verifier's own choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
	pub claimed: u32,
	pub own: u32,
	/// The least change of each logit with which the claimed token could have been chosen; 0 if they are the same.
	pub change: f64,
}

impl Report {
	/// Of all groups together.
	pub fn whole(&self) -> Difference {
		Difference::together(&self.groups)
	}

	/// Tokens that the verifier would not have chosen.
	pub fn others(&self) -> usize {
		self.choices
			.iter()
			.filter(|chosen| chosen.own != chosen.claimed)
			.count()
	}

	/// The place of the choice that needs the largest change, and that change.
	pub fn worst(&self) -> (usize, f64) {
		let changes = self.choices.iter().map(|chosen| chosen.change).enumerate();
		changes.fold((0, 0.0), |worst, next| if next.1 > worst.1 { next } else { worst })
	}
}

/// Computes an answer again.
pub fn verify(backend: &mut dyn Backend, claimed: &Claimed<'_>, pieces: Pieces) -> Result<Report, Error> {
	let wanted = (claimed.input.len() + claimed.answer.len()).saturating_sub(1);
	let found = claimed.fingerprint.positions();
	if found as usize != wanted || claimed.answer.is_empty() {
		return Err(Error::OtherPositions { found, wanted });
	}
	let admit = Admit {
		input: claimed.input,
		limit: claimed.answer.len() as u32,
		scope: None,
	};
	let sequence = match backend.admit(&admit)? {
		Admission::Now { sequence, .. } => sequence,
		Admission::Later => return Err(Error::NoRoom),
	};
	let report = read(backend, sequence, claimed, pieces);
	backend.release(sequence);
	report
}

fn read(backend: &mut dyn Backend, sequence: Sequence, claimed: &Claimed<'_>, pieces: Pieces) -> Result<Report, Error> {
	let facts = backend.facts();
	let layout = claimed.fingerprint.layout();
	let mut picks = Picks::new(layout, &facts)?;
	let mut choices = Vec::with_capacity(claimed.answer.len());
	let but_last = claimed.input.len().saturating_sub(1);
	let (before, last) = claimed.input.split_at_checked(but_last).ok_or(Error::EmptyInput)?;
	// What comes after the answer's last token was not computed.
	let said = claimed.answer.split_last().map_or(&[][..], |(_, said)| said);
	let replayed: Vec<_> = last.iter().chain(said).copied().collect();
	let parts = before
		.chunks(pieces.input.max(1))
		.map(|tokens| (tokens, Wanted::Nothing));
	let parts = parts.chain(
		replayed
			.chunks(pieces.answer.max(1))
			.map(|tokens| (tokens, Wanted::AllLogits)),
	);
	let mut position = 0_u32;
	for (tokens, wanted) in parts {
		let part = Part {
			sequence,
			tokens,
			wanted,
			states: true,
		};
		let outcome = backend.step(&[part])?.pop().ok_or(Error::NoRoom)??;
		picks.see(position, &outcome.states.ok_or(Error::WrongUse)?);
		let logits = outcome.logits.unwrap_or_default();
		for (place, row) in (position..).zip(logits.chunks_exact((facts.vocabulary as usize).max(1))) {
			let Some(&token) = claimed.answer.get(choices.len()) else {
				break;
			};
			let own = claimed.sampler.choose(row, place).token;
			choices.push(Chosen {
				claimed: token,
				own,
				change: match own == token {
					true => 0.0,
					false => change::least(claimed.sampler, row, place, token),
				},
			});
		}
		position = position.saturating_add(tokens.len() as u32);
	}
	if choices.len() != claimed.answer.len() {
		return Err(Error::WrongUse);
	}
	let own = picks.finish(position as usize)?;
	let groups = claimed.fingerprint.groups().iter().zip(&own);
	Ok(Report {
		groups: groups
			.map(|(claimed, own)| Difference::of(layout, claimed, own))
			.collect(),
		choices,
	})
}
