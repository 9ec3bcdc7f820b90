// SPDX-License-Identifier: Apache-2.0

//! How far a fingerprint is from states that were computed again, as numbers.

use super::{Layout, pick::Pick, table::Table};

/// What was found where the verifier's own largest numbers are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
	/// Numbers that were asked for.
	pub asked: u32,
	/// Those that are not near: another sign, another exponent, or the worker had picked another number.
	pub strays: u32,
	/// Of each of the others how many steps it is away, sorted.
	pub steps: Vec<u16>,
	/// How far a number can be and still be near.
	pub reach: u16,
}

impl Difference {
	/// Of a group.
	pub fn of(layout: Layout, claimed: &Table, own: &[Pick]) -> Self {
		let mut steps: Vec<_> = own
			.iter()
			.filter_map(|pick| layout.steps(pick.code, claimed.code(pick.place)))
			.collect();
		steps.sort_unstable();
		Self {
			asked: own.len() as u32,
			strays: (own.len() - steps.len()) as u32,
			steps,
			reach: layout.reach(),
		}
	}

	/// Of all groups together.
	pub fn together<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
		let mut all = Self::default();
		for part in parts {
			all.asked = all.asked.saturating_add(part.asked);
			all.strays = all.strays.saturating_add(part.strays);
			all.reach = part.reach;
			all.steps.extend(&part.steps);
		}
		all.steps.sort_unstable();
		all
	}

	/// Part of the numbers that are not near.
	pub fn stray(&self) -> f64 {
		f64::from(self.strays) / f64::from(self.asked.max(1))
	}

	/// Mean of the steps; as large as it can be where nothing is near.
	pub fn mean(&self) -> f64 {
		match self.steps.len() {
			0 => self.reach.into(),
			count => self.steps.iter().map(|steps| f64::from(*steps)).sum::<f64>() / count as f64,
		}
	}

	/// The middle one of the steps.
	pub fn median(&self) -> f64 {
		self.steps
			.get(self.steps.len() / 2)
			.copied()
			.unwrap_or(self.reach)
			.into()
	}
}
