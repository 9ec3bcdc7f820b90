// SPDX-License-Identifier: Apache-2.0

//! Challengers who accuse an honest worker.

use atelier_referee::{
	dispute::{Case, Charge, Game, Move},
	ops::sampling::Choice,
	samples::Random,
	trace::{At, Place, Size, Stage, step::Doubt},
};

/// How somebody lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accuser {
	/// Any charge at once.
	AtOnce,
	/// Down to any leaf, then any charge about it.
	ToALeaf,
	/// Down to the last leaf, beside which there is only padding.
	ToTheEnd,
	/// A token of the answer.
	Token,
	/// The end of the answer, by a token or a string; or a leaf of the vector.
	End,
	/// A final state.
	State,
	/// A part of an attention.
	Part,
	/// Down, and then no move any more.
	GivesUp,
}

impl Accuser {
	/// All of them.
	pub const ALL: [Self; 8] = [
		Self::AtOnce,
		Self::ToALeaf,
		Self::ToTheEnd,
		Self::Token,
		Self::End,
		Self::State,
		Self::Part,
		Self::GivesUp,
	];

	/// The next move; none if it makes none. `seen` is the leaf that it looked at.
	pub fn play(self, case: &Case, game: &Game, seen: Option<u64>, random: &mut Random) -> Option<Move> {
		let below = |end: u32, random: &mut Random| random.between(0, i64::from(end) - 1) as u32;
		let counts = case.graph.counts();
		match (self, game) {
			(Self::ToALeaf | Self::GivesUp, Game::Nodes(nodes)) => {
				Some(Move::Descend(below(nodes.len() as u32, random)))
			}
			(Self::ToTheEnd, Game::Nodes(nodes)) => Some(Move::Descend(nodes.len() as u32 - 1)),
			(Self::GivesUp, Game::Seen) => None,
			(Self::Token, Game::Nodes(_)) if counts.output > 0 => {
				Some(Move::Accuse(Charge::Token(below(counts.output, random))))
			}
			(Self::End, Game::Nodes(_)) => Some(Move::Accuse(match counts.output {
				0 => Charge::Output(below(case.graph.size(Stage::Unit).leaves(), random)),
				output if case.stops.is_empty() || random.one_in(2) => Charge::End(below(output, random)),
				output => Charge::Stop(below(output, random)),
			})),
			(Self::State, Game::Nodes(_)) => Some(Move::Accuse(Charge::State(below(case.graph.positions(), random)))),
			(Self::Part, Game::Nodes(_)) => {
				let place = Place {
					position: case.graph.positions() - 1,
					layer: 0,
					stage: random.pick([Stage::Mixed, Stage::Largest]),
				};
				let at = At { place, leaf: 0 };
				let (value, rival) = (0, 0);
				Some(Move::Accuse(Charge::Value(Doubt { at, value, rival })))
			}
			(_, Game::Nodes(_)) => {
				let number = random.between(0, case.graph.leaves() as i64 - 1) as u64;
				Some(Move::Accuse(about(case, number, random)?))
			}
			(_, Game::Seen) => Some(Move::Accuse(about(case, seen?, random)?)),
			(_, Game::Part(_, parts)) => Some(Move::Part(below(parts.len() as u32, random))),
			_ => None,
		}
	}
}

/// Any charge about a leaf.
fn about(case: &Case, number: u64, random: &mut Random) -> Option<Charge> {
	let at = case.graph.at(number)?;
	let size = case.graph.size(at.place.stage);
	let below = |end: u32, random: &mut Random| random.between(0, i64::from(end) - 1) as u32;
	let value = match size {
		Size::Choice => below(Choice::FIELDS, random),
		size => below(size.values_in(at.leaf), random),
	};
	let rival = match size == Size::Choice && value == Choice::TOKEN {
		true => below(case.graph.shape().vocabulary, random),
		false => 0,
	};
	Some(Charge::Value(Doubt { at, value, rival }))
}
