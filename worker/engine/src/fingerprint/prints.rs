// SPDX-License-Identifier: Apache-2.0

//! Sees the states of an answer while it is made. What a worker does to commit to them, and what a verifier does to compare.

use super::{
	Fingerprint, GROUP, Layout, MAX_POSITIONS, MAX_WIDTH,
	pick::{Open, Pick},
	table::Table,
};
use crate::{
	Error,
	backend::{Facts, Numbers},
	serve::Watch,
};
use std::sync::{Arc, Mutex, PoisonError};

/// The largest numbers of every group so far.
#[derive(Clone, Debug)]
pub struct Picks {
	layout: Layout,
	width: usize,
	open: Open,
	groups: Vec<Vec<Pick>>,
	/// Positions did not come one after the other.
	lost: bool,
}

impl Picks {
	pub fn new(layout: Layout, facts: &Facts) -> Result<Self, Error> {
		let layout = layout.checked()?;
		if !(u32::from(layout.values)..=MAX_WIDTH).contains(&facts.width) {
			return Err(Error::NoFingerprint { width: facts.width });
		}
		Ok(Self {
			layout,
			width: facts.width as usize,
			open: Open::new(layout),
			groups: Vec::new(),
			lost: false,
		})
	}

	fn positions(&self) -> usize {
		self.groups.len() * GROUP as usize + self.open.positions() as usize
	}

	/// The states of some positions from this one on.
	pub fn see(&mut self, first: u32, numbers: &Numbers) {
		// Exact states are committed to as they are: `crate::claim`.
		let Numbers::Float(numbers) = numbers else { return };
		self.lost |= first as usize != self.positions();
		for state in numbers.chunks_exact(self.width) {
			if self.positions() >= MAX_POSITIONS as usize {
				self.lost = true;
				return;
			}
			self.open.push(state);
			if self.open.positions() == GROUP {
				self.close();
			}
		}
	}

	fn close(&mut self) {
		let open = std::mem::replace(&mut self.open, Open::new(self.layout));
		self.groups.push(open.finish());
	}

	/// Those of so many positions, if they were seen.
	pub fn finish(mut self, positions: usize) -> Result<Vec<Vec<Pick>>, Error> {
		if self.lost || self.positions() != positions {
			return Err(Error::StatesMissing {
				found: if self.lost { 0 } else { self.positions() },
				positions,
			});
		}
		if self.open.positions() > 0 {
			self.close();
		}
		Ok(self.groups)
	}
}

/// Makes the fingerprint of one answer. While it is made only the largest numbers are picked, on the engine's thread;
/// their tables are made by whoever asks for the fingerprint.
#[derive(Clone)]
pub struct Prints(Arc<Mutex<Picks>>);

impl Prints {
	/// Of a model.
	pub fn of(layout: Layout, facts: &Facts) -> Result<Self, Error> {
		Ok(Self(Arc::new(Mutex::new(Picks::new(layout, facts)?))))
	}

	/// For the request.
	pub fn watch(&self) -> Watch {
		let prints = self.clone();
		Box::new(move |first, numbers| {
			let mut picks = prints.0.lock().unwrap_or_else(PoisonError::into_inner);
			picks.see(first, numbers);
		})
	}

	/// The fingerprint of the complete answer, whose last token is not a position.
	pub fn fingerprint(&self, input: usize, answer: usize) -> Result<Fingerprint, Error> {
		let picks = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
		let positions = (input + answer).saturating_sub(1);
		let layout = picks.layout;
		let groups = picks.finish(positions)?;
		if groups.is_empty() {
			return Err(Error::StatesMissing { found: 0, positions });
		}
		let tables = groups.iter().map(|picks| Table::of(picks).ok_or(Error::NoTable));
		Ok(Fingerprint {
			layout,
			positions: positions as u32,
			groups: tables.collect::<Result<_, _>>()?,
		})
	}
}
