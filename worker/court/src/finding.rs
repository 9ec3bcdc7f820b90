// SPDX-License-Identifier: Apache-2.0

//! What is wrong with an answer, and how far the right trace is known then.

use crate::{Answered, Error, Model, NoTrail, holding::Holding, trace::Trace};
use atelier_referee::{
	claim::State,
	dispute::{Case, Charge, stands},
	hash::Portable,
	model::Use,
	ops::sampling::Choice,
	trace::{
		At, Graph, Leaf, Place, Stage, Values,
		step::{Doubt, final_numbers_at},
	},
};

/// What is wrong. A trace whose first `known` leaves are the right ones is convicted by the charge; any other has its first
/// wrong value among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
	pub charge: Charge,
	pub known: u64,
}

/// What an honest computation on the tokens of an answer gave.
pub struct Computed<'c> {
	pub states: &'c [State],
	pub choices: &'c [Choice],
	/// Of a model that embeds.
	pub unit: &'c [i16],
}

impl Finding {
	/// What can be seen to be wrong without computing anything: tokens that nobody has, or an end that is none.
	pub fn at_sight(model: &Model<'_>, answered: &Answered, case: &Case) -> Result<Option<Self>, Error> {
		let shape = case.graph.shape();
		let alone = |charge| Some(Self { charge, known: 0 });
		let served = answered.served();
		let unknown = (0..).zip(&served.input).find(|(_, token)| **token >= shape.vocabulary);
		if let Some((position, _)) = unknown {
			let place = Place {
				position,
				layer: 0,
				stage: Stage::Embedded,
			};
			let at = At { place, leaf: 0 };
			let (value, rival) = (0, 0);
			return Ok(alone(Charge::Value(Doubt { at, value, rival })));
		}
		let mut holding = Holding {
			model,
			answered,
			case,
			trail: &mut NoTrail,
		};
		// A token that the model does not have has no text; that it was not chosen is found later.
		let known = answered
			.tokens()
			.iter()
			.position(|token| *token >= shape.vocabulary)
			.unwrap_or(answered.tokens().len());
		for number in 0..known as u32 {
			if !stands(case, &mut holding, Charge::End(number), None)? {
				return Ok(alone(Charge::End(number)));
			}
			if !case.stops.is_empty() && !stands(case, &mut holding, Charge::Stop(number), None)? {
				return Ok(alone(Charge::Stop(number)));
			}
		}
		Ok(None)
	}

	/// The first thing in which an answer is not what was computed on its own tokens.
	pub fn by_comparison(answered: &Answered, graph: &Graph, right: &Computed<'_>) -> Option<Self> {
		let states = &answered.served().states;
		let first_choice = match graph.shape().answers {
			Use::Tokens => graph.first_choice(),
			Use::Embedding => u32::MAX,
		};
		for position in 0..graph.positions() {
			let place = final_numbers_at(graph, position);
			if states.get(position as usize) != right.states.get(position as usize) {
				return Some(Self {
					charge: Charge::State(position),
					known: after(graph, place),
				});
			}
			let Some(number) = position.checked_sub(first_choice) else {
				continue;
			};
			let chosen = right.choices.get(number as usize).map(|choice| choice.token);
			if answered.tokens().get(number as usize).copied() != chosen {
				let place = Place {
					position,
					layer: 0,
					stage: Stage::Choice,
				};
				return Some(Self {
					charge: Charge::Token(number),
					known: after(graph, place),
				});
			}
		}
		let leaves = Leaf::of(Values::Activations(right.unit));
		let wrong = (0..).zip(leaves).find(|(number, leaf)| {
			let given = answered.leaf(atelier_referee::commit::Kind::Output, *number);
			given != Some(leaf.write())
		});
		wrong.map(|(number, _)| Self {
			charge: Charge::Output(number as u32),
			known: graph.leaves(),
		})
	}

	/// What is wrong with an answer, by the trace of its own tokens.
	pub fn of(model: &Model<'_>, answered: &Answered, case: &Case, trace: &Trace<'_>) -> Result<Option<Self>, Error> {
		if let Some(finding) = Self::at_sight(model, answered, case)? {
			return Ok(Some(finding));
		}
		let right = Computed {
			states: trace.states(),
			choices: trace.choices(),
			unit: trace.unit(),
		};
		Ok(Self::by_comparison(answered, &case.graph, &right))
	}
}

/// The tokens of an answer's positions, as far as the model has them: behind one that it has not, nothing is right anyway.
pub fn walkable(answered: &Answered, vocabulary: u32) -> Vec<u32> {
	let known = |token: u32| if token < vocabulary { token } else { 0 };
	answered.walked().into_iter().map(known).collect()
}

/// The state of a position that takes in a token.
pub fn state(token: u32, numbers: &[i32]) -> State {
	State::of::<Portable>(token, numbers)
}

/// The number of the leaf after a vector.
fn after(graph: &Graph, place: Place) -> u64 {
	let last = graph.size(place.stage).leaves().saturating_sub(1);
	let number = graph.number(At { place, leaf: last });
	number.map_or_else(|| graph.leaves(), |number| number.saturating_add(1))
}
