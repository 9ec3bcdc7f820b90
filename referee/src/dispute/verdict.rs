// SPDX-License-Identifier: Apache-2.0

//! The decision: one value is computed again, and compared.

use super::{Case, Charge, Evidence, EvidenceError, Records};
use crate::{
	checks::{Check, on},
	claim::{State, StopReason},
	hash::Blake2b256,
	trace::{
		Leaf,
		step::{Missing, Part, Source, StepError, final_numbers, holds, joined, part_holds},
	},
};
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Nothing was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum VerdictError {
	/// The evidence is none.
	Evidence(EvidenceError),
	/// The charge cannot be decided, or not by this evidence.
	Step(StepError),
}

impl From<EvidenceError> for VerdictError {
	fn from(error: EvidenceError) -> Self {
		Self::Evidence(error)
	}
}

impl core::fmt::Display for VerdictError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Evidence(error) => error.fmt(f),
			Self::Step(error) => error.fmt(f),
		}
	}
}

impl core::error::Error for VerdictError {}

/// All parts of a value as they were named, and the one that is doubted.
#[derive(Clone, Copy, Debug)]
pub struct InParts<'a> {
	pub parts: &'a [Part],
	pub chosen: u32,
}

/// Whether what was committed to stands against a charge; `in_parts` exactly if the charge is decided in parts.
pub fn stands<S: Records>(
	case: &Case,
	source: &mut S,
	charge: Charge,
	in_parts: Option<InParts<'_>>,
) -> Result<bool, StepError> {
	let charge = charge.checked(case)?;
	let at = charge.at(case);
	if in_parts.is_some() != (charge.parts(case) > 1) {
		return Err(StepError::NeedsParts);
	}
	match (charge, in_parts) {
		(Charge::Value(doubt), None) => holds(&case.graph, source, doubt),
		(Charge::Value(doubt), Some(InParts { parts, chosen })) => {
			let index = chosen as usize;
			let part = parts.get(index).copied().ok_or(StepError::NoValue)?;
			let right = part_holds(&case.graph, source, doubt, chosen, part)? || !on(Check::Part);
			let whole = joined(&case.graph, source, doubt, parts)? || !on(Check::Joined);
			Ok(whole && right)
		}
		(_, Some(_)) => Err(StepError::NeedsParts),
		(Charge::Token(number), None) => {
			let token = source.token(case.position_of(number))?;
			match source.leaf(at)? {
				Leaf::Choice(choice) => Ok(choice.token == token),
				_ => Err(Missing::Leaf(at).into()),
			}
		}
		(Charge::End(number), None) => {
			let token = source.token(case.position_of(number))?;
			let last = number.saturating_add(1) == case.graph.counts().output;
			let ends = last && case.stop == StopReason::End;
			Ok(case.ends.contains(&token) == ends)
		}
		(Charge::Stop(number), None) => {
			let complete = case.stops.end_in(source, case.position_of(0), number)?;
			let last = number.saturating_add(1) == case.graph.counts().output;
			Ok(match case.stop {
				// Whether its token ends the answer is another charge; if it does, no string matters.
				StopReason::End if last => true,
				stop => complete == (last && stop == StopReason::Stop) || !on(Check::Stops),
			})
		}
		(Charge::State(position), None) => {
			let state = source.state(position)?;
			let token = source.token(position)?;
			let numbers = final_numbers(&case.graph, source, position)?;
			Ok(state == State::of::<S::Hash>(token, &numbers) || !on(Check::State))
		}
		(Charge::Output(leaf), None) => Ok(source.output(leaf)? == source.leaf(at)?.write()),
	}
}

/// Whether evidence proves in one step that what was committed to is wrong. A leaf of the answer or of the trace that does
/// not hold what its place asks for is wrong too: nobody honest commits to it.
///
/// Values that are computed in parts have no such proof, and neither has a leaf that is too long to be opened: they are
/// for the game, in which the holder has to speak.
pub fn is_fraud<H: Blake2b256>(case: &Case, charge: Charge, evidence: &Evidence) -> Result<bool, VerdictError> {
	decide::<H>(case, charge, None, evidence)
}

/// Whether evidence proves that a value or one of its parts is wrong. The parts must be those that the holder itself has
/// named: anybody else's prove nothing.
pub fn is_fraud_in_parts<H: Blake2b256>(
	case: &Case,
	charge: Charge,
	named: InParts<'_>,
	evidence: &Evidence,
) -> Result<bool, VerdictError> {
	decide::<H>(case, charge, Some(named), evidence)
}

fn decide<H: Blake2b256>(
	case: &Case,
	charge: Charge,
	in_parts: Option<InParts<'_>>,
	evidence: &Evidence,
) -> Result<bool, VerdictError> {
	let mut reading = evidence.verify::<H>(case)?;
	let stands = stands(case, &mut reading, charge, in_parts);
	if reading.malformed().is_some() && on(Check::Malformed) {
		return Ok(true);
	}
	let stands = stands.map_err(VerdictError::Step)?;
	reading.finish()?;
	Ok(!stands)
}

/// The first part that is not what it should be, for who has the right values before the doubted one. `source` must give the
/// leaf in doubt as its holder has it: the right parts of a choice depend on it.
pub fn wrong_part<S: Source>(
	case: &Case,
	source: &mut S,
	charge: Charge,
	named: &[Part],
) -> Result<Option<u32>, StepError> {
	let Charge::Value(doubt) = charge.checked(case)? else {
		return Ok(None);
	};
	for (number, part) in (0..).zip(named) {
		if !part_holds(&case.graph, source, doubt, number, *part)? {
			return Ok(Some(number));
		}
	}
	Ok(None)
}
