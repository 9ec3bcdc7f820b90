// SPDX-License-Identifier: Apache-2.0

//! The decision: one value is computed again, and compared.

use super::{Case, Charge, Evidence, EvidenceError};
use crate::{
	checks::{Check, on},
	hash::Blake2b256,
	trace::{
		Leaf,
		step::{Missing, Part, Source, StepError, holds, joined, part_holds},
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

/// Whether what was committed to stands against a charge.
pub fn stands<S: Source>(
	case: &Case,
	source: &mut S,
	charge: Charge,
	in_parts: Option<InParts<'_>>,
) -> Result<bool, StepError> {
	let charge = charge.checked(case)?;
	let at = charge.at(case);
	match (charge, in_parts) {
		(Charge::Value(doubt), None) => holds(&case.graph, source, doubt),
		(Charge::Value(doubt), Some(InParts { parts, chosen })) => {
			let index = chosen as usize;
			let part = parts.get(index).copied().ok_or(StepError::NoValue)?;
			let right = part_holds(&case.graph, source, doubt, chosen, part)? || !on(Check::Part);
			let whole = joined(&case.graph, source, doubt, parts)? || !on(Check::Joined);
			Ok(whole && right)
		}
		(_, Some(_)) => Err(StepError::NoValue),
		(Charge::Token(number), None) => {
			let position = case.graph.counts().input.saturating_add(number);
			let token = source.token(position)?;
			match source.leaf(at)? {
				Leaf::Choice(choice) => Ok(choice.token == token),
				_ => Err(Missing::Leaf(at).into()),
			}
		}
		(Charge::Output(leaf), None) => Ok(source.output(leaf)? == source.leaf(at)?.write()),
	}
}

/// Whether evidence proves that what was committed to is wrong. A leaf of the answer or of the trace that does not hold
/// what its place asks for is wrong too: nobody honest commits to it.
pub fn is_fraud<H: Blake2b256>(
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
