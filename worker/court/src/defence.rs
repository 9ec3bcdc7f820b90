// SPDX-License-Identifier: Apache-2.0

//! A worker that is accused: it derives the trace of its answer, commits to it, and gives what the game asks for.

use crate::{
	Answered, Error, Model,
	finding::{Finding, walkable},
	holding::Holding,
	trace::{Trace, Trail},
};
use atelier_referee::{
	commit::{Bounded, Commitment},
	dispute::{Case, Charge, Game, InParts, Move, Parts},
	hash::Digest,
	trace::step::all_parts,
};

/// An answer that is defended.
pub struct Defence<'m, 'a> {
	model: &'m Model<'a>,
	answered: &'m Answered,
	case: Case,
	trace: Trace<'a>,
	wrong: Option<Finding>,
}

impl<'m, 'a> Defence<'m, 'a> {
	/// Derives the trace, with at most so many bytes of memory beside the package, on the threads of the current pool.
	pub fn derive(model: &'m Model<'a>, answered: &'m Answered, budget: u64) -> Result<Self, Error> {
		let before = answered.case_without_trace(model)?;
		let tokens = walkable(answered, before.graph.shape().vocabulary);
		let trace = Trace::derive(model.package(), before.graph, before.sampler, &tokens, budget)?;
		let case = answered.case(model, trace.commitment())?;
		let wrong = Finding::of(model, answered, &case, &trace)?;
		Ok(Self {
			model,
			answered,
			case,
			trace,
			wrong,
		})
	}

	/// What the worker itself finds wrong with its answer. Then nothing can be won: `concede` costs least.
	pub fn wrong(&self) -> Option<Charge> {
		self.wrong.map(|finding| finding.charge)
	}

	/// What is posted.
	pub fn commitment(&self) -> Commitment {
		self.trace.commitment()
	}

	/// The case.
	pub fn case(&self) -> &Case {
		&self.case
	}

	/// The trace, to serve it off the chain.
	pub fn trace(&mut self) -> &mut Trace<'a> {
		&mut self.trace
	}

	/// The numbers that leave the last layer at a position: with them a false report is exposed.
	pub fn numbers(&mut self, position: u32) -> Result<Vec<i32>, Error> {
		self.trace.numbers(position)
	}

	/// The worker's next move.
	pub fn play(&mut self, game: &Game) -> Result<Move, Error> {
		match game {
			Game::Top => self.trace.reveal_top().map(Move::Reveal),
			Game::Below(node) => self.trace.reveal_below(node.level, node.index).map(Move::Reveal),
			Game::Leaf(node) => Ok(Move::Leaf(Bounded::try_from(self.trace.leaf(node.index)?)?)),
			Game::Parts(charge) => self.parts(*charge).map(Move::Parts),
			Game::Evidence(charge) => self.open(*charge, None),
			Game::PartEvidence(charge, parts, chosen) => {
				let in_parts = InParts { parts, chosen: *chosen };
				self.open(*charge, Some(in_parts))
			}
			Game::Nodes(_) | Game::Seen | Game::Part(..) => Err(Error::NotOurTurn),
		}
	}

	fn holding(&mut self) -> Holding<'_, 'a, Trace<'a>> {
		Holding {
			model: self.model,
			answered: self.answered,
			case: &self.case,
			trail: &mut self.trace,
		}
	}

	fn parts(&mut self, charge: Charge) -> Result<Parts, Error> {
		let Charge::Value(doubt) = charge else {
			return Err(Error::NotOurTurn);
		};
		let graph = self.case.graph;
		let parts = all_parts(&graph, &mut self.holding(), doubt)?;
		Ok(Bounded::try_from(parts)?)
	}

	fn open(&mut self, charge: Charge, in_parts: Option<InParts<'_>>) -> Result<Move, Error> {
		let (evidence, _) = self.holding().opened(charge, in_parts)?;
		Ok(Move::Open(Box::new(evidence)))
	}
}

impl Trail for Defence<'_, '_> {
	fn leaf(&mut self, number: u64) -> Result<Vec<u8>, Error> {
		self.trace.leaf(number)
	}

	fn node(&mut self, level: u32, index: u64) -> Result<Digest, Error> {
		self.trace.node(level, index)
	}
}
