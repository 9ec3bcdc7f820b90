// SPDX-License-Identifier: Apache-2.0

//! The choice of a token: whether a field of it is right.

use super::{
	Doubt, StepError,
	reader::{Missing, Reader, Source},
};
use crate::{
	ops::sampling::{Choice, Race, Sampler, heat, lead, random, weight},
	trace::{Place, Stage},
};
use core::{cmp::Reverse, ops::Range};

/// Sums over some tokens of the vocabulary, for one field of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
	/// The largest heat, or the weight of those that are above a threshold, or their number.
	pub above: i64,
	/// The same of those that reach it.
	pub reaching: i64,
}

/// Whether a field is right that takes only the choice itself, or two logits.
pub fn holds<R: Source>(reader: &mut Reader<'_, R>, doubt: Doubt) -> Result<bool, StepError> {
	let place = doubt.at.place;
	let choice = reader.choice(place)?;
	match (reader.source.sampler(), doubt.value) {
		(_, Choice::TOKEN) => token_holds(reader, place, choice, doubt.rival).map_err(Into::into),
		// A greedy choice repeats the largest logit, and weighs nothing.
		(Sampler::Greedy, Choice::TOP) => Ok(choice.top == choice.largest),
		(Sampler::Greedy, Choice::LEAST) => Ok(choice.least == choice.largest),
		(Sampler::Greedy, Choice::WEIGHT) => Ok(choice.weight == 0),
		// The others are decided in parts, even if there is one only.
		_ => Err(StepError::NeedsParts),
	}
}

/// Whether a doubt takes only what the choice itself has, or two logits, however large the vocabulary is.
pub fn is_plain(sampler: Sampler, doubt: Doubt) -> bool {
	let greedy = sampler == Sampler::Greedy && doubt.value != Choice::LARGEST;
	doubt.at.place.stage == Stage::Choice && (doubt.value == Choice::TOKEN || greedy)
}

/// Whether the chosen token runs, and the rival does not beat it.
fn token_holds<R: Source>(
	reader: &mut Reader<'_, R>,
	place: Place,
	choice: Choice,
	rival: u32,
) -> Result<bool, Missing> {
	if choice.token >= reader.graph.shape().vocabulary {
		return Ok(false);
	}
	let chosen = standing(reader, place, choice, choice.token)?;
	if rival == choice.token {
		return Ok(chosen.is_some());
	}
	let rival = standing(reader, place, choice, rival)?;
	Ok(match (chosen, rival) {
		(Some(chosen), Some(rival)) => chosen > rival,
		// That it does not run itself is another doubt.
		_ => true,
	})
}

/// What a token has in the choice, if it runs.
fn standing<R: Source>(
	reader: &mut Reader<'_, R>,
	place: Place,
	choice: Choice,
	token: u32,
) -> Result<Option<(i64, Reverse<u32>)>, Missing> {
	let logit = reader.number(
		Place {
			stage: Stage::Logits,
			..place
		},
		token,
	)?;
	Ok(match reader.source.sampler() {
		Sampler::Greedy => Some((logit.into(), Reverse(token))),
		Sampler::Race(race) => {
			let heat = heat(logit, race.inverse);
			let lead = lead(heat, random(race.seed, place.position, token));
			(heat >= choice.least).then_some((lead, Reverse(token)))
		}
	})
}

/// The tally of some tokens for a field.
pub fn tally<R: Source>(
	reader: &mut Reader<'_, R>,
	place: Place,
	field: u32,
	tokens: Range<u32>,
) -> Result<Tally, Missing> {
	let choice = reader.choice(place)?;
	let sampler = reader.source.sampler();
	let logits = reader.numbers(
		Place {
			stage: Stage::Logits,
			..place
		},
		tokens,
	)?;
	let heat = |logit: i32| match sampler {
		Sampler::Greedy => logit.into(),
		Sampler::Race(race) => heat(logit, race.inverse),
	};
	let mut tally = Tally {
		above: if field == Choice::LARGEST { i64::MIN } else { 0 },
		reaching: 0,
	};
	for logit in logits {
		let heat = heat(logit);
		let weight = || i64::from(weight(choice.largest, heat));
		let (above, reaching) = match field {
			Choice::LARGEST => {
				tally.above = tally.above.max(heat);
				continue;
			}
			Choice::TOP => ((heat > choice.top).into(), (heat >= choice.top).into()),
			Choice::WEIGHT if heat >= choice.top => (0, weight()),
			Choice::LEAST if heat >= choice.top => {
				let weight = weight();
				(
					if heat > choice.least { weight } else { 0 },
					if heat >= choice.least { weight } else { 0 },
				)
			}
			_ => (0, 0),
		};
		tally.above = tally.above.saturating_add(above);
		tally.reaching = tally.reaching.saturating_add(reaching);
	}
	Ok(tally)
}

/// The tally of all tokens from those of its parts.
pub fn join(field: u32, tallies: impl IntoIterator<Item = Tally>) -> Tally {
	let start = Tally {
		above: if field == Choice::LARGEST { i64::MIN } else { 0 },
		reaching: 0,
	};
	tallies.into_iter().fold(start, |sum, tally| Tally {
		above: match field {
			Choice::LARGEST => sum.above.max(tally.above),
			_ => sum.above.saturating_add(tally.above),
		},
		reaching: sum.reaching.saturating_add(tally.reaching),
	})
}

/// Whether a field of a choice is what the tally of all tokens asks for.
pub fn is_tallied(choice: Choice, sampler: Sampler, vocabulary: u32, field: u32, tally: Tally) -> bool {
	let Tally { above, reaching } = tally;
	match (sampler, field) {
		(_, Choice::LARGEST) => choice.largest == above,
		(Sampler::Race(Race { top, .. }), Choice::TOP) => {
			let wanted = i64::from(if top == 0 { vocabulary } else { top.min(vocabulary) });
			above < wanted && wanted <= reaching
		}
		(Sampler::Race(_), Choice::WEIGHT) => choice.weight == reaching,
		(Sampler::Race(Race { mass, .. }), Choice::LEAST) => {
			let wanted = crate::ops::sampling::part(choice.weight, mass);
			above < wanted && wanted <= reaching && choice.least >= choice.top
		}
		_ => false,
	}
}
