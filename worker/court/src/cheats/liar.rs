// SPDX-License-Identifier: Apache-2.0

//! A worker that defends a claim with any leaves at all.

use crate::{Answered, Error, Model, holding::Holding, trace::Trail};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind, Tree},
	dispute::{Case, Charge, Game, InParts, Move},
	hash::{Digest, Portable},
	trace::step::all_parts,
};

/// How a worker behaves that is accused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conduct {
	/// The leaves of the trace that it commits to; none: it does not commit to any.
	pub leaves: Option<Vec<Vec<u8>>>,
	/// Whether it gives its trace away off the chain.
	pub serves: bool,
	/// After so many moves it makes none any more.
	pub moves: u32,
	/// Whether it names parts that give the value which its trace has.
	pub lies_in_parts: bool,
}

impl Conduct {
	/// Of a worker that plays as long as it can, with these leaves.
	pub fn of(leaves: Vec<Vec<u8>>) -> Self {
		Self {
			leaves: Some(leaves),
			serves: false,
			moves: u32::MAX,
			lies_in_parts: false,
		}
	}
}

/// A worker that defends a claim.
pub struct Liar<'m, 'a> {
	model: &'m Model<'a>,
	answered: &'m Answered,
	conduct: Conduct,
	tree: Tree,
	moved: u32,
}

struct Held<'h> {
	leaves: &'h [Vec<u8>],
	tree: &'h Tree,
}

impl Trail for Held<'_> {
	fn leaf(&mut self, number: u64) -> Result<Vec<u8>, Error> {
		let kind = Kind::Trace;
		let leaf = self.leaves.get(number as usize);
		leaf.cloned().ok_or(Error::NoLeaf { kind, number })
	}

	fn node(&mut self, level: u32, index: u64) -> Result<Digest, Error> {
		let (kind, number) = (Kind::Trace, index);
		self.tree.node(level, index).ok_or(Error::NoLeaf { kind, number })
	}
}

impl<'m, 'a> Liar<'m, 'a> {
	/// Who has claimed this, and behaves like that.
	pub fn new(model: &'m Model<'a>, answered: &'m Answered, conduct: Conduct) -> Self {
		let leaves = conduct.leaves.as_deref().unwrap_or_default();
		Self {
			model,
			answered,
			tree: Tree::from_leaves::<Portable>(Kind::Trace, leaves).expect("few"),
			conduct,
			moved: 0,
		}
	}

	/// What it commits to.
	pub fn commitment(&self) -> Option<Commitment> {
		self.conduct.leaves.as_ref().map(|_| self.tree.commitment())
	}

	/// The next move, if it makes one.
	pub fn play(&mut self, case: &Case, game: &Game) -> Option<Move> {
		if self.moved >= self.conduct.moves {
			return None;
		}
		self.moved += 1;
		let leaves = self.conduct.leaves.as_deref()?;
		let mut held = Held {
			leaves,
			tree: &self.tree,
		};
		let mut holding = Holding {
			model: self.model,
			answered: self.answered,
			case,
			trail: &mut held,
		};
		let mut open = |charge: Charge, in_parts: Option<InParts<'_>>| {
			let evidence = holding.evidence(charge, in_parts).ok()??;
			Some(Move::Open(Box::new(evidence)))
		};
		match game {
			Game::Top => self.tree.reveal_top().ok().map(Move::Reveal),
			Game::Below(node) => self.tree.reveal_below(node.level, node.index).ok().map(Move::Reveal),
			Game::Leaf(node) => {
				let leaf = leaves.get(node.index as usize)?.clone();
				Bounded::try_from(leaf).ok().map(Move::Leaf)
			}
			Game::Parts(Charge::Value(doubt)) => {
				let mut parts = all_parts(&case.graph, &mut holding, *doubt).ok()?;
				if self.conduct.lies_in_parts {
					// One part takes what the value has too much.
					let last = parts.last_mut()?;
					last.first += 1;
					last.second += 1;
				}
				Bounded::try_from(parts).ok().map(Move::Parts)
			}
			Game::Evidence(charge) => open(*charge, None),
			Game::PartEvidence(charge, parts, chosen) => {
				let in_parts = InParts { parts, chosen: *chosen };
				open(*charge, Some(in_parts))
			}
			_ => None,
		}
	}

	/// Its trace, if it gives it away.
	pub fn served(&self) -> Option<impl Trail + '_> {
		let leaves = self.conduct.leaves.as_deref().filter(|_| self.conduct.serves)?;
		Some(Held {
			leaves,
			tree: &self.tree,
		})
	}
}
