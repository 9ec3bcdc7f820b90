// SPDX-License-Identifier: Apache-2.0

//! The decisive step many times over, with and without hashing: for referee/benches.

use crate::{
	error::Error,
	fields::{Field, Fields},
	fraud,
};
use atelier_referee::{
	commit::Commitment,
	dispute::{Case, InParts, Parts, VerdictError, is_fraud, is_fraud_in_parts},
	hash::{Blake2b256, Digest, Portable},
};
use core::hint::black_box;

/// A hash that costs nothing: all hashes are the same. The message is made as for any other.
struct Free;

impl Blake2b256 for Free {
	fn hash(message: &[u8]) -> Digest {
		black_box(message);
		Digest::default()
	}
}

/// A charge about a claim, in parts if it is decided so.
pub struct Question {
	fraud: fraud::Question,
	/// The same case where all hashes are the same.
	rootless: Case,
	named: Option<(Parts, u32)>,
}

impl Question {
	/// Reads a question: that of a fraud, and the parts with the number of the doubted one.
	pub fn read(question: &[u8]) -> Result<Self, Error> {
		let mut fields = Fields::of(question)?;
		let fraud = fraud::Question::read_from(&mut fields)?;
		let parts = fields.read_optional(Field::Parts)?;
		let chosen = fields.read_optional(Field::Chosen)?;
		fields.end()?;
		let without_root = |commitment: Commitment| Commitment {
			root: Digest::default(),
			..commitment
		};
		let case = fraud.case;
		let rootless = Case {
			weights: without_root(case.weights),
			input: without_root(case.input),
			answer: without_root(case.answer),
			trace: without_root(case.trace),
			state: without_root(case.state),
			vocabulary: case.vocabulary.map(without_root),
			..case
		};
		Ok(Self {
			fraud,
			rootless,
			named: parts.zip(chosen),
		})
	}

	/// The case.
	pub fn case(&self) -> Case {
		self.fraud.case
	}

	/// Decides so many times; whether there was a verdict each time.
	pub fn repeat(&self, hashing: bool, times: u32) -> bool {
		(0..times).all(|_| if hashing { self.hashing() } else { self.free() }.is_ok())
	}

	/// Decides.
	#[inline(never)]
	pub fn hashing(&self) -> Result<bool, VerdictError> {
		self.decide::<Portable>(&self.fraud.case)
	}

	/// Decides without hashing.
	#[inline(never)]
	pub fn free(&self) -> Result<bool, VerdictError> {
		self.decide::<Free>(&self.rootless)
	}

	fn decide<H: Blake2b256>(&self, case: &Case) -> Result<bool, VerdictError> {
		let fraud::Question { charge, evidence, .. } = black_box(&self.fraud);
		match &self.named {
			None => is_fraud::<H>(case, *charge, evidence),
			Some((parts, chosen)) => {
				let named = InParts { parts, chosen: *chosen };
				is_fraud_in_parts::<H>(case, *charge, named, evidence)
			}
		}
	}
}
