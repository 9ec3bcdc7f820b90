// SPDX-License-Identifier: Apache-2.0

//! An auditor: it computes a drawn answer again, compares everything that the claim says, and reports; or has an accusation
//! that it has proved to itself.

use crate::{
	Accusation, Answered, Error, Model, Needs, Replay, Served, Torn,
	finding::{Computed, Finding, walkable},
	trace::Trace,
};
use atelier_primitives::{ids::WorkerId, work::draw};
use atelier_referee::{
	commit::Kind,
	dispute::{Case, ChargeError},
	hash::{Digest, Portable},
};

/// Which audit of an auditor it is: what its report's proof is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
	pub auditor: WorkerId,
	/// The output of its lot.
	pub output: Digest,
	/// The number of the audit among those of the lot.
	pub number: u32,
}

/// What an auditor says of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// It is right: the proof that it was computed again.
	Right(Digest),
	/// It is wrong: [`Accusation`] has the proof.
	Wrong(Finding),
	/// The claim is wrong by itself: the chain says so at once.
	WrongByItself(ChargeError),
	/// What the worker served is not what it has committed to: it owes that.
	NotServed(Kind),
	/// It has committed to leaves that hold something else than they should.
	Torn(Box<Torn>),
}

/// Computes answers of a model again.
pub struct Audit<'m, 'a> {
	pub model: &'m Model<'a>,
	/// Without it everything is computed plainly, as that of a model that embeds always is.
	pub replay: Option<Replay>,
	/// Most bytes of memory beside the package.
	pub budget: u64,
}

impl<'a> Audit<'_, 'a> {
	/// Looks at what a worker has served.
	pub fn look(&mut self, served: &Served, drawn: Drawn) -> Result<Verdict, Error> {
		let case = match case(self.model, served) {
			Ok(case) => case,
			Err(error) => return Ok(Verdict::WrongByItself(error)),
		};
		let answered = match Answered::new(served.clone()) {
			Ok(answered) => answered,
			Err(Error::NotCommitted(kind)) => return Ok(Verdict::NotServed(kind)),
			Err(error) => return Err(error),
		};
		if let Some(torn) = Torn::find(self.model, served, &answered.bare())? {
			return Ok(Verdict::Torn(Box::new(torn)));
		}
		if let Some(finding) = Finding::at_sight(self.model, &answered, &case)? {
			return Ok(Verdict::Wrong(finding));
		}
		let position = draw::position::<Portable>(&drawn.output, drawn.number, case.graph.positions());
		let tokens = walkable(&answered, case.graph.shape().vocabulary);
		let fast = match &mut self.replay {
			Some(replay) => Some(replay.run(&case.graph, &tokens, case.sampler, Some(position))?),
			None => None,
		};
		if let Some(replayed) = fast {
			let right = Computed {
				states: &replayed.states,
				choices: &replayed.choices,
				unit: &[],
			};
			return match Finding::by_comparison(&answered, &case.graph, &right) {
				None => Ok(Verdict::Right(report(drawn, &replayed.numbers))),
				Some(finding) => self.confirmed(&answered, &case, finding),
			};
		}
		let mut trace = self.trace(&case, &tokens)?;
		match Finding::of(self.model, &answered, &case, &trace)? {
			None => Ok(Verdict::Right(report(drawn, &trace.numbers(position)?))),
			Some(finding) => Ok(Verdict::Wrong(finding)),
		}
	}

	/// What the fast kernels found, if the plain computation finds it too.
	fn confirmed(&self, answered: &Answered, case: &Case, finding: Finding) -> Result<Verdict, Error> {
		let tokens = walkable(answered, case.graph.shape().vocabulary);
		let trace = self.trace(case, &tokens)?;
		match Finding::of(self.model, answered, case, &trace)? {
			Some(plain) if plain == finding => Ok(Verdict::Wrong(finding)),
			_ => Err(Error::EngineDiffers {
				position: finding.charge.at(case).place.position,
			}),
		}
	}

	fn trace(&self, case: &Case, tokens: &[u32]) -> Result<Trace<'a>, Error> {
		Trace::derive(self.model.package(), case.graph, case.sampler, tokens, self.budget)
	}

	/// What it would take to accuse such an answer.
	pub fn needs(case: &Case) -> Needs {
		Needs::of(&case.graph)
	}

	/// The accusation of an answer that was found wrong.
	pub fn accuse<'m>(model: &'m Model<'a>, answered: &'m Answered, budget: u64) -> Result<Accusation<'m, 'a>, Error> {
		Accusation::new(model, answered, budget)?.ok_or(Error::NoProof)
	}
}

/// The case about what was served, before there is a trace.
fn case(model: &Model<'_>, served: &Served) -> Result<Case, ChargeError> {
	crate::answered::case_without_trace(model, &served.claim, &served.request)
}

fn report(drawn: Drawn, numbers: &[i32]) -> Digest {
	draw::proof::<Portable>(drawn.auditor, &drawn.output, drawn.number, numbers)
}
