// SPDX-License-Identifier: Apache-2.0

//! Somebody who has everything that a charge is decided from: the model, the answer, and a trail of the trace.

use crate::{Answered, Error, Model, trace::Trail, tree::prove};
use atelier_referee::{
	claim::State,
	commit::{Kind, Ranges, RangesProof},
	dispute::{Case, Charge, Evidence, Holder, InParts, Records, gather, is_fraud, is_fraud_in_parts},
	hash::{Digest, Portable},
	ops::sampling::Sampler,
	trace::{
		At, Leaf,
		step::{Missing, Source},
	},
};
use std::ops::Range;

/// What is read when a charge is decided.
pub struct Holding<'h, 'a, T> {
	pub model: &'h Model<'a>,
	pub answered: &'h Answered,
	pub case: &'h Case,
	pub trail: &'h mut T,
}

impl<T: Trail> Holding<'_, '_, T> {
	/// What decides a charge, if there is no more of it than may be opened; and whether that proves it.
	pub fn evidence(&mut self, charge: Charge, in_parts: Option<InParts<'_>>) -> Result<Option<Evidence>, Error> {
		let case = self.case;
		Ok(gather(case, self, charge, in_parts)?)
	}

	/// What proves a charge, if it can be proved in one step.
	pub fn proof(&mut self, charge: Charge) -> Result<Option<Evidence>, Error> {
		if charge.parts(self.case) > 1 {
			return Ok(None);
		}
		let Some(evidence) = self.evidence(charge, None)? else {
			return Ok(None);
		};
		let fraud = is_fraud::<Portable>(self.case, charge, &evidence).map_err(Error::Verdict)?;
		Ok(fraud.then_some(evidence))
	}

	/// What the holder of a trace opens at the end of a game, checked as the chain does.
	pub fn opened(&mut self, charge: Charge, in_parts: Option<InParts<'_>>) -> Result<(Evidence, bool), Error> {
		let evidence = self.evidence(charge, in_parts)?.ok_or(Error::NoProof)?;
		let fraud = match in_parts {
			None => is_fraud::<Portable>(self.case, charge, &evidence),
			Some(named) => is_fraud_in_parts::<Portable>(self.case, charge, named, &evidence),
		};
		Ok((evidence, fraud.map_err(Error::Verdict)?))
	}
}

impl<T: Trail> Source for Holding<'_, '_, T> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		let missing = Missing::Leaf(at);
		let number = self.case.graph.number(at).ok_or(missing)?;
		let bytes = self.trail.leaf(number).map_err(|_| missing)?;
		Leaf::read(self.case.graph.size(at.place.stage), at.leaf, &bytes).map_err(|_| missing)
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		let found = self.model.slice(bytes.start, bytes.end);
		found.map(<[u8]>::to_vec).ok_or(Missing::Package(bytes.start))
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		self.answered.token(position).ok_or(Missing::Token(position))
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		let found = self.answered.leaf(Kind::Output, leaf.into());
		found.ok_or(Missing::Output(leaf))
	}

	fn sampler(&mut self) -> Sampler {
		self.case.sampler
	}
}

impl<T: Trail> Records for Holding<'_, '_, T> {
	type Hash = Portable;

	fn state(&mut self, position: u32) -> Result<State, Missing> {
		let states = &self.answered.served().states;
		states.get(position as usize).copied().ok_or(Missing::State(position))
	}

	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing> {
		self.model.text(token).map(<[u8]>::to_vec).ok_or(Missing::Text(token))
	}
}

impl<T: Trail> Holder for Holding<'_, '_, T> {
	fn bytes(&mut self, kind: Kind, number: u64) -> Option<Vec<u8>> {
		match kind {
			Kind::Trace => self.trail.leaf(number).ok(),
			Kind::Weights => self.model.chunk(number).map(<[u8]>::to_vec),
			Kind::Vocabulary => self.model.text(u32::try_from(number).ok()?).map(<[u8]>::to_vec),
			kind => self.answered.leaf(kind, number),
		}
	}

	fn prove(&mut self, kind: Kind, ranges: &Ranges) -> Option<RangesProof> {
		match kind {
			Kind::Trace => prove(self.case.trace.count, ranges, |level, index| {
				self.trail.node(level, index)
			})
			.ok(),
			Kind::Weights => self.model.prove_weights(ranges).ok(),
			Kind::Vocabulary => self.model.prove_texts(ranges),
			kind => self.answered.prove(kind, ranges),
		}
	}
}

/// Who has no trace at all: for charges that none is needed for.
pub struct NoTrail;

impl Trail for NoTrail {
	fn leaf(&mut self, number: u64) -> Result<Vec<u8>, Error> {
		let kind = Kind::Trace;
		Err(Error::NoLeaf { kind, number })
	}

	fn node(&mut self, _: u32, index: u64) -> Result<Digest, Error> {
		let (kind, number) = (Kind::Trace, index);
		Err(Error::NoLeaf { kind, number })
	}
}
