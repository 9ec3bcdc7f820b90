// SPDX-License-Identifier: Apache-2.0

//! Whether evidence proves that what a worker has committed to is wrong.

use crate::{
	error::Error,
	fields::{Field, Fields},
};
use atelier_referee::{
	claim::{Claim, Request},
	commit::Commitment,
	dispute::{Case, Charge, Evidence, Registered, is_fraud},
	hash::Portable,
};

/// A charge about a claim, and the evidence.
pub struct Question {
	pub case: Case,
	pub charge: Charge,
	pub evidence: Evidence,
}

impl Question {
	/// Reads a question: what a case is made of, then the charge and the evidence.
	pub fn read(question: &[u8]) -> Result<Self, Error> {
		let mut fields = Fields::of(question)?;
		let question = Self::read_from(&mut fields)?;
		fields.end()?;
		Ok(question)
	}

	/// Reads the fields of a question, after which there may be others.
	pub(crate) fn read_from(fields: &mut Fields<'_>) -> Result<Self, Error> {
		let claim: Claim = fields.read(Field::Claim)?;
		let request: Request = fields.read(Field::Request)?;
		let model = Registered {
			shape: fields.read(Field::Shape)?,
			weights: fields.read(Field::Weights)?,
			vocabulary: fields.read_optional(Field::Vocabulary)?,
		};
		let trace: Commitment = fields.read(Field::Trace)?;
		let charge = fields.read(Field::Charge)?;
		let evidence = fields.read(Field::Evidence)?;
		let case = Case::of::<Portable>(&claim, &request, model, trace).map_err(Error::Case)?;
		Ok(Self { case, charge, evidence })
	}

	/// Whether it is a fraud.
	pub fn verify(&self) -> Result<bool, Error> {
		is_fraud::<Portable>(&self.case, self.charge, &self.evidence).map_err(Error::Verdict)
	}
}
