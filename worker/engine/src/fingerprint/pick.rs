// SPDX-License-Identifier: Apache-2.0

//! The largest numbers of a group, found while its positions come.

use super::{Choice, Layout};
use std::cmp::Reverse;

/// A number that was picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
	/// Position in the group by 65,536, and place in the state.
	pub place: u32,
	pub code: u16,
}

/// The largest so far.
#[derive(Clone, Debug)]
pub struct Largest {
	limit: usize,
	/// What is no larger does not count any more.
	least: f32,
	kept: Vec<(f32, u32)>,
}

/// Numbers that are looked at together. Nearly all of them are too small once some were seen.
const BLOCK: usize = 64;
/// Numbers that an instruction compares.
const LANES: usize = 8;

impl Largest {
	pub fn new(limit: usize) -> Self {
		Self {
			limit: limit.max(1),
			least: -1.0,
			kept: Vec::new(),
		}
	}

	/// Takes numbers in that have places from this one on.
	pub fn offer(&mut self, first: u32, numbers: &[f32]) {
		for (place, block) in (first..).step_by(BLOCK).zip(numbers.chunks(BLOCK)) {
			if largest(block) > self.least {
				self.look(place, block);
			}
		}
	}

	fn look(&mut self, first: u32, block: &[f32]) {
		for (place, number) in (first..).zip(block) {
			if number.abs() > self.least {
				self.kept.push((*number, place));
				if self.kept.len() >= 2 * self.limit {
					self.shrink();
				}
			}
		}
	}

	/// Keeps as many as are wanted.
	fn shrink(&mut self) {
		if self.kept.len() > self.limit {
			self.kept.select_nth_unstable_by_key(self.limit - 1, order);
			self.kept.truncate(self.limit);
			self.least = self.kept.last().map_or(self.least, |(number, _)| number.abs());
		}
	}

	/// So many of the largest, of equal ones the first, the largest first.
	pub fn finish(mut self, count: usize, layout: Layout) -> Vec<Pick> {
		self.kept.sort_unstable_by_key(order);
		self.kept.truncate(count);
		let pick = |(number, place): (f32, u32)| Pick {
			place,
			code: layout.code(number),
		};
		self.kept.into_iter().map(pick).collect()
	}
}

/// Magnitudes have the order of their bits.
fn order((number, place): &(f32, u32)) -> (Reverse<u32>, u32) {
	(Reverse(number.abs().to_bits()), *place)
}

/// Written so that the compiler makes vector instructions of it.
fn largest(block: &[f32]) -> f32 {
	let mut lanes = [-1.0_f32; LANES];
	let (chunks, rest) = block.as_chunks::<LANES>();
	let take = |most: &mut f32, number: &f32| {
		let number = number.abs();
		*most = if number > *most { number } else { *most };
	};
	for chunk in chunks {
		lanes
			.iter_mut()
			.zip(chunk)
			.for_each(|(most, number)| take(most, number));
	}
	lanes.iter_mut().zip(rest).for_each(|(most, number)| take(most, number));
	lanes.into_iter().fold(-1.0, f32::max)
}

/// The picks of a group that still grows.
#[derive(Clone, Debug)]
pub struct Open {
	layout: Layout,
	positions: u32,
	group: Largest,
	/// Of the positions so far, if each has its own.
	own: Vec<Pick>,
}

impl Open {
	pub fn new(layout: Layout) -> Self {
		let all = layout.count(super::GROUP);
		Self {
			layout,
			positions: 0,
			group: Largest::new(all),
			own: Vec::new(),
		}
	}

	pub fn positions(&self) -> u32 {
		self.positions
	}

	/// The state of the next position.
	pub fn push(&mut self, state: &[f32]) {
		let first = self.positions * super::MAX_WIDTH;
		match self.layout.choice {
			Choice::Group => self.group.offer(first, state),
			Choice::Position => {
				let count = usize::from(self.layout.values);
				let mut own = Largest::new(count);
				own.offer(first, state);
				self.own.extend(own.finish(count, self.layout));
			}
		}
		self.positions = self.positions.saturating_add(1);
	}

	pub fn finish(self) -> Vec<Pick> {
		match self.layout.choice {
			Choice::Group => self.group.finish(self.layout.count(self.positions), self.layout),
			Choice::Position => self.own,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn layout(choice: Choice, values: u8) -> Layout {
		Layout {
			choice,
			values,
			..Layout::PUBLISHED
		}
	}

	/// By sorting everything.
	fn plainly(numbers: &[f32], first: u32, count: usize) -> Vec<u32> {
		let mut all: Vec<_> = numbers.iter().copied().zip(first..).collect();
		all.sort_by_key(order);
		all.into_iter().take(count).map(|(_, place)| place).collect()
	}

	proptest! {
		#[test]
		fn the_largest_are_found(
			numbers in proptest::collection::vec(
				prop_oneof![-9.0_f32..9.0, (0..3_u8).prop_map(f32::from), any::<f32>().prop_filter("no NaN", |n| !n.is_nan())],
				8..400,
			),
			limit in 1..40_usize,
		) {
			let mut largest = Largest::new(limit);
			let (one, other) = numbers.split_at(numbers.len() / 3);
			largest.offer(0, one);
			largest.offer(one.len() as u32, other);
			let found: Vec<_> = largest.finish(limit, Layout::PUBLISHED).iter().map(|pick| pick.place).collect();
			prop_assert_eq!(found, plainly(&numbers, 0, limit));
		}
	}

	#[test]
	fn a_group_has_its_largest_and_a_position_its_own() {
		let mut loud = Open::new(layout(Choice::Group, 2));
		let mut own = Open::new(layout(Choice::Position, 2));
		for state in [[1.0, -2.0, 0.5, 0.0], [10.0, 30.0, -20.0, 40.0]] {
			loud.push(&state);
			own.push(&state);
		}
		let places = |open: Open| -> Vec<u32> { open.finish().iter().map(|pick| pick.place).collect() };
		assert_eq!(places(loud), [65_539, 65_537, 65_538, 65_536]);
		assert_eq!(places(own), [1, 0, 65_539, 65_537]);
	}

	#[test]
	fn numbers_that_are_none_harm_nobody() {
		let mut open = Open::new(layout(Choice::Group, 1));
		open.push(&[f32::NAN, 1.0, f32::INFINITY, -0.0]);
		assert_eq!(open.finish().first().map(|pick| pick.place), Some(2));
		let mut open = Open::new(layout(Choice::Group, 4));
		open.push(&[0.0; 4]);
		assert_eq!(open.finish().len(), 4);
	}
}
