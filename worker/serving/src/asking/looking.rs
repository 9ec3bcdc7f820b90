// SPDX-License-Identifier: Apache-2.0

//! Whether a claim is what was asked for and what was sent. Whether it is also what the model says, an audit finds out.

use super::Wrong;
use crate::{
	Terms,
	checks::{Check, on},
	ledger::Output,
};
use atelier_primitives::work::{Tier, named, named_version};
use atelier_referee::{
	claim::{Claim, Origin, Request, STATES_OF_LEAF, StopReason, token_tree},
	commit::{Commitment, Kind, Tree},
	hash::{Digest, Portable},
};
use atelier_wire::Vector;

/// The place that a claim of this session says.
pub(super) fn place(claim: &Claim, terms: &Terms, genesis: &Digest) -> Result<u64, Wrong> {
	match claim.origin {
		Origin::Session { session, index }
			if session == terms.session.0
				&& claim.genesis == *genesis
				&& claim.worker == named(terms.worker)
				&& claim.version == named_version(terms.version) =>
		{
			Ok(index)
		}
		_ => Err(Wrong::AnotherOrigin),
	}
}

/// What a claim is about, if it is about a request, or about one that was cut: the same with a lower limit.
pub(super) fn about(claim: &Claim, request: &Request) -> Option<Request> {
	if claim.is_about::<Portable>(request) {
		return Some(request.clone());
	}
	let cut = Request {
		limit: claim.output_count,
		..request.clone()
	};
	let shorter = claim.output_count > 0 && claim.output_count < request.limit;
	(shorter && claim.stop == StopReason::Limit && claim.is_about::<Portable>(&cut)).then_some(cut)
}

/// Looks at a claim about a request, with what was sent. Returns what it is about. `tier` says whether its states can be counted.
pub(super) fn check(claim: &Claim, request: &Request, output: &Output, tier: Tier) -> Result<Request, Wrong> {
	let cut = about(claim, request);
	if cut.is_none() && on(Check::About) {
		return Err(Wrong::AnotherRequest);
	}
	let request = cut.unwrap_or_else(|| request.clone());
	if claim.input_count != request.input_count {
		return Err(Wrong::InputCount);
	}
	match output {
		Output::Tokens(tokens) => check_tokens(claim, &request, tokens)?,
		Output::Vector(vector) => {
			if claim.stop != StopReason::Embedded || claim.output_count != 0 {
				return Err(Wrong::WrongEnd);
			}
			if vector_commitment(vector)? != claim.answer {
				return Err(Wrong::OtherTokens);
			}
		}
	}
	let positions = match claim.stop {
		StopReason::Embedded => claim.input_count,
		_ => claim.input_count.saturating_add(claim.output_count).saturating_sub(1),
	};
	let leaves = u64::from(positions).div_ceil(STATES_OF_LEAF as u64);
	let states = claim.state.kind == Kind::State && (tier == Tier::Float || claim.state.count == leaves);
	states.then_some(request).ok_or(Wrong::States)
}

fn check_tokens(claim: &Claim, request: &Request, tokens: &[u32]) -> Result<(), Wrong> {
	let right = token_tree::<Portable>(Kind::Tokens, tokens)?.commitment() == claim.answer;
	if (!right || tokens.len() != claim.output_count as usize) && on(Check::Tokens) {
		return Err(Wrong::OtherTokens);
	}
	let Some((last, before)) = tokens.split_last() else {
		return Err(Wrong::WrongEnd);
	};
	let ends = |token: &u32| request.ends.contains(token);
	let full = tokens.len() == request.limit as usize;
	let right = match claim.stop {
		StopReason::End => ends(last),
		StopReason::Limit => full && !ends(last),
		StopReason::Stop => !request.stops.is_empty() && !ends(last),
		StopReason::Embedded => false,
	};
	let right = right && tokens.len() <= request.limit as usize && !before.iter().any(ends);
	(right || !on(Check::Tokens)).then_some(()).ok_or(Wrong::WrongEnd)
}

/// 256 numbers a leaf, little-endian.
fn vector_commitment(vector: &Vector) -> Result<Commitment, Wrong> {
	let leaves: Vec<Vec<u8>> = match vector {
		Vector::Exact(numbers) => numbers
			.chunks(256)
			.map(|numbers| numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
			.collect(),
		Vector::Float(bits) => bits
			.chunks(256)
			.map(|bits| bits.iter().flat_map(|bits| bits.to_le_bytes()).collect())
			.collect(),
	};
	Ok(Tree::from_leaves::<Portable>(Kind::Output, leaves)?.commitment())
}
