// SPDX-License-Identifier: Apache-2.0

//! What the numbers of a report may be.

use super::Report;
use crate::fingerprint::GROUP;
use std::fmt;

/// A number of a report that has a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
	/// Numbers of a group that are not near, as a part of those that were asked for.
	GroupStray,
	/// Mean of the steps of a group.
	GroupMean,
	GroupMedian,
	/// The same of the whole answer.
	Stray,
	Mean,
	/// The largest change of the logits that a choice needs.
	Change,
	/// Tokens that the verifier would not have chosen, as a part of all.
	Others,
}

/// The largest that each number may be. What has no limit is not looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits([f64; Measure::ALL.len()]);

/// A number that is too large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excess {
	pub measure: Measure,
	pub found: f64,
	pub limit: f64,
}

impl Measure {
	pub const ALL: [Self; 7] = [
		Self::GroupStray,
		Self::GroupMean,
		Self::GroupMedian,
		Self::Stray,
		Self::Mean,
		Self::Change,
		Self::Others,
	];

	/// Those that say something of several answers together.
	pub fn of_several(self) -> bool {
		matches!(self, Self::Stray | Self::Mean | Self::Others)
	}

	pub fn name(self) -> &'static str {
		match self {
			Self::GroupStray => "group_stray",
			Self::GroupMean => "group_mean",
			Self::GroupMedian => "group_median",
			Self::Stray => "stray",
			Self::Mean => "mean",
			Self::Change => "change",
			Self::Others => "others",
		}
	}

	/// Whether it is about the fingerprint, and not about choices.
	pub fn of_fingerprint(self) -> bool {
		!matches!(self, Self::Change | Self::Others)
	}
}

impl fmt::Display for Measure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.name())
	}
}

impl Default for Limits {
	/// None.
	fn default() -> Self {
		Self([f64::INFINITY; Measure::ALL.len()])
	}
}

impl Limits {
	pub fn get(&self, measure: Measure) -> f64 {
		self.0.get(measure as usize).copied().unwrap_or(f64::INFINITY)
	}

	/// With another limit.
	pub fn with(mut self, measure: Measure, limit: f64) -> Self {
		if let Some(place) = self.0.get_mut(measure as usize) {
			*place = limit;
		}
		self
	}

	/// Those of these measures only.
	pub fn only(self, wanted: impl Fn(Measure) -> bool) -> Self {
		let off = Measure::ALL.into_iter().filter(|measure| !wanted(*measure));
		off.fold(self, |limits, measure| limits.with(measure, f64::INFINITY))
	}
}

impl Report {
	/// Several answers of one worker as if they were one: what is small in each, and always there, shows in all together.
	pub fn pooled<'a>(reports: impl IntoIterator<Item = &'a Self>) -> Self {
		let mut all = Self {
			groups: Vec::new(),
			choices: Vec::new(),
		};
		for report in reports {
			all.groups.extend_from_slice(&report.groups);
			all.choices.extend_from_slice(&report.choices);
		}
		all
	}

	/// A number; of those that each group has, the largest. A group with less than half of its positions counts only in the
	/// whole: the mean of a few numbers says little. So does the only one of a short answer.
	pub fn measured(&self, measure: Measure) -> f64 {
		let full = self.groups.iter().filter(|group| self.is_full(group.asked));
		let largest = |of: fn(&crate::fingerprint::Difference) -> f64| full.map(of).fold(0.0, f64::max);
		match measure {
			Measure::GroupStray => largest(|group| group.stray()),
			Measure::GroupMean => largest(|group| group.mean()),
			Measure::GroupMedian => largest(|group| group.median()),
			Measure::Stray => self.whole().stray(),
			Measure::Mean => self.whole().mean(),
			Measure::Change => self.worst().1,
			Measure::Others => self.others() as f64 / self.choices.len().max(1) as f64,
		}
	}

	fn is_full(&self, asked: u32) -> bool {
		let most = self.groups.first().map_or(0, |group| group.asked);
		self.groups.len() == 1 || asked * GROUP >= most * (GROUP / 2)
	}

	/// What is above its limit: nothing if the answer can be what is said of it.
	pub fn excesses(&self, limits: &Limits) -> Vec<Excess> {
		let found = Measure::ALL.into_iter().map(|measure| Excess {
			measure,
			found: self.measured(measure),
			limit: limits.get(measure),
		});
		found.filter(|excess| excess.found > excess.limit).collect()
	}
}
