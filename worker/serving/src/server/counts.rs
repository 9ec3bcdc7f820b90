// SPDX-License-Identifier: Apache-2.0

//! How often what happened: every refusal by its name, and what is not a refusal. Nothing here says what anybody asked.

use atelier_wire::{REFUSALS, Refusal};
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counted {
	($($what:ident $name:literal;)*) => {
		/// What is counted beside refusals.
		#[derive(Clone, Copy, Debug, PartialEq, Eq)]
		pub enum Counted {
			$($what,)*
		}

		const NAMES: &[&str] = &[$($name),*];
	};
}

counted! {
	Connections "connections";
	Streams "streams";
	Attached "sessions attached";
	Begun "answers begun";
	Done "answers done";
	Cut "answers cut";
	Rejoined "answers rejoined";
	Vouchers "vouchers kept";
	Overloaded "put off";
	Audits "audits served";
	Lost "streams lost in an answer";
}

/// Counters that only go up.
#[derive(Debug)]
pub struct Counts {
	refused: Vec<AtomicU64>,
	counted: Vec<AtomicU64>,
}

impl Default for Counts {
	fn default() -> Self {
		Self {
			refused: REFUSALS.iter().map(|_| AtomicU64::new(0)).collect(),
			counted: NAMES.iter().map(|_| AtomicU64::new(0)).collect(),
		}
	}
}

impl Counts {
	pub(super) fn count(&self, what: Counted) {
		if let Some(count) = self.counted.get(what as usize) {
			count.fetch_add(1, Ordering::Relaxed);
		}
	}

	pub(super) fn refuse(&self, refusal: Refusal) {
		let place = REFUSALS.iter().position(|other| *other == refusal);
		if let Some(count) = place.and_then(|place| self.refused.get(place)) {
			count.fetch_add(1, Ordering::Relaxed);
		}
	}

	pub fn of(&self, what: Counted) -> u64 {
		self.counted
			.get(what as usize)
			.map_or(0, |count| count.load(Ordering::Relaxed))
	}

	pub fn refused(&self, refusal: Refusal) -> u64 {
		let place = REFUSALS.iter().position(|other| *other == refusal);
		let count = place.and_then(|place| self.refused.get(place));
		count.map_or(0, |count| count.load(Ordering::Relaxed))
	}

	/// All of them, by their names.
	pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
		let refused = REFUSALS.iter().map(|refusal| refusal.name()).zip(&self.refused);
		let counted = NAMES.iter().copied().zip(&self.counted);
		counted
			.chain(refused)
			.map(|(name, count)| (name, count.load(Ordering::Relaxed)))
	}
}
