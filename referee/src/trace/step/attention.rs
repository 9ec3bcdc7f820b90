// SPDX-License-Identifier: Apache-2.0

//! Scores and weighted sums of one head over some of the positions that a position sees.

use super::{
	block::head_of,
	reader::{Missing, Reader, Source},
};
use crate::{
	ops::attention::{Head, WeightedSum, weight},
	trace::{Place, Stage},
};
use alloc::vec::Vec;
use core::ops::Range;

/// A head at a position.
pub struct HeadAt {
	place: Place,
	number: u32,
	head: Head,
	query: Vec<i16>,
}

impl HeadAt {
	/// Reads the head's record and its query.
	pub fn read<R: Source>(reader: &mut Reader<'_, R>, place: Place, number: u32) -> Result<Self, Missing> {
		let shape = *reader.graph.shape();
		let width = u32::from(shape.head_width);
		let start = number.saturating_mul(width);
		let turned = Place {
			stage: Stage::QueryTurned,
			..place
		};
		Ok(Self {
			place,
			number,
			head: reader.head(place.layer, number)?,
			query: reader.activations(turned, start..start.saturating_add(width))?,
		})
	}

	/// The score of a position.
	fn score<R: Source>(&self, reader: &mut Reader<'_, R>, position: u32) -> Result<i32, Missing> {
		let range = self.of_key(reader);
		let place = Place {
			position,
			stage: Stage::KeyTurned,
			..self.place
		};
		let key = reader.activations(place, range)?;
		Ok(self.head.score(&self.query, &key))
	}

	/// The values of its head of keys.
	fn of_key<R>(&self, reader: &Reader<'_, R>) -> Range<u32> {
		let shape = reader.graph.shape();
		let width = u32::from(shape.head_width);
		let start = shape.key_head(self.number).saturating_mul(width);
		start..start.saturating_add(width)
	}

	/// The largest score of some positions.
	pub fn largest<R: Source>(&self, reader: &mut Reader<'_, R>, positions: Range<u32>) -> Result<i32, Missing> {
		let mut largest = i32::MIN;
		for position in positions {
			largest = largest.max(self.score(reader, position)?);
		}
		Ok(largest)
	}

	/// The sum of a value over some positions.
	pub fn sum<R: Source>(
		&self,
		reader: &mut Reader<'_, R>,
		positions: Range<u32>,
		index: u32,
	) -> Result<WeightedSum, Missing> {
		let width = u32::from(reader.graph.shape().head_width);
		let in_head = index.saturating_sub(head_of(reader.graph.shape(), index).saturating_mul(width));
		let largest = reader.number(
			Place {
				stage: Stage::Largest,
				..self.place
			},
			self.number,
		)?;
		let at = self.of_key(reader).start.saturating_add(in_head);
		let mut sum = WeightedSum::default();
		for position in positions {
			let weight = weight(largest, self.score(reader, position)?);
			let place = Place {
				position,
				stage: Stage::ValueStored,
				..self.place
			};
			let value = reader.activations(place, at..at.saturating_add(1))?;
			sum.add(weight, value.first().copied().unwrap_or(0));
		}
		Ok(sum)
	}
}
