// SPDX-License-Identifier: Apache-2.0

//! Values that depend on many positions, or on the whole vocabulary: computed in parts, each of which fits into a block.
//!
//! Who answers for the trace names all parts of a doubted value. They must give the value that the trace has; then one of
//! them is wrong, and the doubter names it.

use super::{
	Doubt, StepError, Value,
	attention::HeadAt,
	block::{head_of, stream},
	choice::{self, Tally},
	reader::{Reader, Source},
};
use crate::{
	ops::{attention::WeightedSum, pooling::mean, sampling::Choice},
	trace::{Graph, Place, Stage, leaf::NUMBERS_OF_LEAF},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::Range;
use scale_info::TypeInfo;

/// Positions of a part: the keys and values of a head are two times 16 leaves of half a KiB, or a few more.
const POSITIONS: u32 = 16;

/// Tokens of a part: 16 leaves of 1 KiB.
const TOKENS: u32 = 16 * NUMBERS_OF_LEAF;

/// A part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Part {
	/// The largest score; or a sum of values, or of numbers; or of what is above a threshold.
	pub first: i64,
	/// The sum of weights; or of what reaches the threshold; otherwise 0.
	pub second: i64,
}

/// Parts do not answer a doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum PartError {
	/// Not as many as there are.
	WrongNumber,
}

/// In how many parts a value is computed.
pub fn parts(graph: &Graph, doubt: Doubt) -> u32 {
	let place = doubt.at.place;
	match place.stage {
		Stage::Largest | Stage::Mixed => {
			let seen = graph.shape().seen(place.position, graph.positions());
			seen.end.saturating_sub(seen.start).div_ceil(POSITIONS)
		}
		Stage::Pooled => graph.positions().div_ceil(POSITIONS),
		Stage::Choice if doubt.value != Choice::TOKEN => graph.shape().vocabulary.div_ceil(TOKENS),
		_ => 1,
	}
}

/// The positions or tokens of a part.
fn range(whole: Range<u32>, size: u32, part: u32) -> Range<u32> {
	let start = whole.start.saturating_add(part.saturating_mul(size)).min(whole.end);
	start..start.saturating_add(size).min(whole.end)
}

/// The right part, given that everything before the value is right.
pub fn compute<R: Source>(reader: &mut Reader<'_, R>, doubt: Doubt, part: u32) -> Result<Part, StepError> {
	let place = doubt.at.place;
	let shape = *reader.graph.shape();
	let positions = reader.graph.positions();
	let seen = || range(shape.seen(place.position, positions), POSITIONS, part);
	let index = doubt.index(reader.graph);
	let single = |first: i64| Part { first, second: 0 };
	Ok(match place.stage {
		Stage::Largest => single(HeadAt::read(reader, place, index)?.largest(reader, seen())?.into()),
		Stage::Mixed => {
			let head = head_of(&shape, index);
			let sum = HeadAt::read(reader, place, head)?.sum(reader, seen(), index)?;
			Part {
				first: sum.values,
				second: sum.weights,
			}
		}
		Stage::Pooled => {
			let mut sum = 0_i64;
			for position in range(0..positions, POSITIONS, part) {
				let number = reader.number(stream(&shape, position, shape.layers), index)?;
				sum = sum.saturating_add(number.into());
			}
			single(sum)
		}
		Stage::Choice => {
			let tokens = range(0..shape.vocabulary, TOKENS, part);
			let tally = choice::tally(reader, place, doubt.value, tokens)?;
			Part {
				first: tally.above,
				second: tally.reaching,
			}
		}
		_ => return Err(StepError::NoValue),
	})
}

/// The value that parts give.
pub fn join<R: Source>(reader: &mut Reader<'_, R>, doubt: Doubt, parts: &[Part]) -> Result<Value, StepError> {
	let place: Place = doubt.at.place;
	let index = doubt.index(reader.graph);
	let number = match place.stage {
		Stage::Largest => {
			let largest = parts.iter().map(|part| part.first).max().unwrap_or(0);
			crate::arith::sat32(largest)
		}
		Stage::Mixed => {
			let mut sum = WeightedSum::default();
			for Part { first, second } in parts {
				sum.join(WeightedSum {
					values: *first,
					weights: *second,
				});
			}
			let head = reader.head(place.layer, head_of(reader.graph.shape(), index))?;
			head.output(sum)
		}
		Stage::Pooled => {
			let sum = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(part.first));
			mean(sum, reader.graph.positions())
		}
		_ => return Err(StepError::NoValue),
	};
	Ok(Value::Number(number))
}

/// Whether a field of a choice is what parts ask for.
pub fn choice_holds<R: Source>(reader: &mut Reader<'_, R>, doubt: Doubt, parts: &[Part]) -> Result<bool, StepError> {
	let choice = reader.choice(doubt.at.place)?;
	let tallies = parts.iter().map(|part| Tally {
		above: part.first,
		reaching: part.second,
	});
	let tally = choice::join(doubt.value, tallies);
	let vocabulary = reader.graph.shape().vocabulary;
	Ok(choice::is_tallied(
		choice,
		reader.source.sampler(),
		vocabulary,
		doubt.value,
		tally,
	))
}

/// Whether all parts together give the value that the trace has.
pub fn joined<S: Source>(graph: &Graph, source: &mut S, doubt: Doubt, parts: &[Part]) -> Result<bool, StepError> {
	let doubt = doubt.checked(graph)?;
	let mut reader = Reader { graph, source };
	if parts.len() != self::parts(graph, doubt) as usize {
		return Err(StepError::Parts(PartError::WrongNumber));
	}
	if doubt.at.place.stage == Stage::Choice {
		return choice_holds(&mut reader, doubt, parts);
	}
	let leaf = reader.leaf(doubt.at)?;
	let committed = super::value_of(&leaf, doubt.value).ok_or(StepError::NoValue)?;
	Ok(join(&mut reader, doubt, parts)? == committed)
}

/// Whether a part is right.
pub fn part_holds<S: Source>(
	graph: &Graph,
	source: &mut S,
	doubt: Doubt,
	number: u32,
	part: Part,
) -> Result<bool, StepError> {
	let doubt = doubt.checked(graph)?;
	if number >= parts(graph, doubt) {
		return Err(StepError::Parts(PartError::WrongNumber));
	}
	Ok(compute(&mut Reader { graph, source }, doubt, number)? == part)
}

/// The right parts of a value.
pub fn all<S: Source>(graph: &Graph, source: &mut S, doubt: Doubt) -> Result<alloc::vec::Vec<Part>, StepError> {
	let doubt = doubt.checked(graph)?;
	(0..parts(graph, doubt))
		.map(|number| {
			compute(
				&mut Reader {
					graph,
					source: &mut *source,
				},
				doubt,
				number,
			)
		})
		.collect()
}
