// SPDX-License-Identifier: Apache-2.0

//! Keys and values of what a model has read, in pages of sixteen positions that several sequences may share.

mod pages;

pub use pages::{Page, Pool};

use crate::{
	attention::POSITIONS,
	linear::cached::PAIRS,
	lines::{ROWS, WordLine},
};
use atelier_referee::model::Shape;
use std::{ops::Range, sync::Arc};

/// Where keys and values of a head lie in a page.
#[derive(Clone, Copy, Debug)]
pub struct Places {
	layers: usize,
	heads: usize,
	width: usize,
}

impl Places {
	/// Of a shape, for so many of its layers.
	pub fn new(shape: &Shape, layers: usize) -> Self {
		Self {
			layers,
			heads: shape.key_heads.into(),
			width: shape.head_width.into(),
		}
	}

	/// Lines of the keys of a head: one for two numbers of all positions.
	fn keys(self) -> usize {
		self.width.div_ceil(2)
	}

	/// Lines of the values of a head: one for sixteen numbers of two positions.
	fn values(self) -> usize {
		self.width.div_ceil(ROWS) * PAIRS
	}

	/// Lines of a layer.
	fn layer(self) -> usize {
		self.heads * (self.keys() + self.values())
	}

	/// Lines of a page.
	pub fn lines(self) -> usize {
		self.layers * self.layer()
	}

	/// Keys and values of a head in a page.
	pub fn of(self, layer: usize, head: usize) -> (Range<usize>, Range<usize>) {
		let start = layer * self.layer() + head * (self.keys() + self.values());
		let middle = start + self.keys();
		(start..middle, middle..middle + self.values())
	}
}

/// Writes a key or a value into its place in the lines of a head.
pub fn write(lines: &mut [WordLine], vector: &[i16], slot: usize, keys: bool) {
	if keys {
		for (line, two) in lines.iter_mut().zip(vector.as_chunks::<2>().0) {
			if let Some(to) = line.0.as_chunks_mut::<2>().0.get_mut(slot) {
				*to = *two;
			}
		}
		return;
	}
	let pairs = lines.iter_mut().skip(slot / 2).step_by(PAIRS);
	for (line, some) in pairs.zip(vector.chunks(ROWS)) {
		let pairs = line.0.as_chunks_mut::<2>().0.iter_mut().zip(some);
		if slot.is_multiple_of(2) {
			for ([to, _], number) in pairs {
				*to = *number;
			}
		} else {
			for ([_, to], number) in pairs {
				*to = *number;
			}
		}
	}
}

/// What is remembered of one sequence.
#[derive(Clone, Debug, Default)]
pub struct Cache {
	pub pages: Vec<Arc<Page>>,
	/// Positions.
	pub length: usize,
}

impl Cache {
	/// Pages that must be taken from the pool before so many positions more can be written: new ones, and a copy of the last
	/// one if somebody shares it.
	pub fn needs(&self, more: usize) -> usize {
		if more == 0 {
			return 0;
		}
		let all = (self.length + more).div_ceil(POSITIONS);
		let shared = !self.length.is_multiple_of(POSITIONS)
			&& self
				.pages
				.get(self.length / POSITIONS)
				.is_some_and(|page| Arc::strong_count(page) > 1);
		all.saturating_sub(self.pages.len()) + usize::from(shared)
	}

	/// Makes room for so many positions more, in pages that nobody shares. Or leaves everything as it is.
	pub fn grow(&mut self, more: usize, pool: &Pool) -> bool {
		if more == 0 {
			return true;
		}
		let mut taken = Vec::new();
		for _ in 0..self.needs(more) {
			match pool.take() {
				Some(page) => taken.push(page),
				None => return false,
			}
		}
		let first = self.length / POSITIONS;
		if !self.length.is_multiple_of(POSITIONS)
			&& let Some(last) = self.pages.get_mut(first)
			&& Arc::get_mut(last).is_none()
			&& let Some(mut copy) = taken.pop()
		{
			copy.copy_from(last);
			*last = Arc::new(copy);
		}
		self.pages.extend(taken.into_iter().map(Arc::new));
		true
	}

	/// Forgets all from a position on.
	pub fn truncate(&mut self, length: usize) {
		if length < self.length {
			self.length = length;
			self.pages.truncate(length.div_ceil(POSITIONS));
		}
	}
}
