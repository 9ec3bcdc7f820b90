// SPDX-License-Identifier: Apache-2.0

//! Beginnings that may come again: sequences that were answered, and what they have read.

use atelier_kernels::decoder::Sequence;
use std::collections::VecDeque;

/// Most sequences that are kept. Each is compared with every input.
const MOST: usize = 64;

/// A sequence that nobody uses any more.
pub struct Kept {
	pub sequence: Sequence,
	pub scope: u64,
	/// All that it has taken in.
	pub tokens: Vec<u32>,
	pub pages: u64,
}

/// Those that are kept, the one unused for the longest first.
#[derive(Default)]
pub struct Prefixes(VecDeque<Kept>);

impl Prefixes {
	/// Keeps one; what has to go for it.
	pub fn keep(&mut self, kept: Kept) -> Option<Kept> {
		self.0.push_back(kept);
		(self.0.len() > MOST).then(|| self.0.pop_front()).flatten()
	}

	/// The one that begins most like an input, and how many tokens of the input it has. It counts as used.
	pub fn find(&mut self, scope: u64, input: &[u32]) -> Option<(Sequence, usize)> {
		let (place, common) = self
			.0
			.iter()
			.enumerate()
			.filter(|(_, kept)| kept.scope == scope)
			.map(|(place, kept)| (place, common(&kept.tokens, input)))
			.max_by_key(|(_, common)| *common)
			.filter(|(_, common)| *common > 0)?;
		let kept = self.0.remove(place)?;
		let sequence = kept.sequence;
		self.0.push_back(kept);
		Some((sequence, common))
	}

	/// Gives up the one unused for the longest.
	pub fn give_up(&mut self) -> Option<Kept> {
		self.0.pop_front()
	}

	/// Pages that all of them may have.
	pub fn pages(&self) -> u64 {
		self.0.iter().map(|kept| kept.pages).sum()
	}
}

/// How many tokens two sequences begin with together.
pub fn common(one: &[u32], other: &[u32]) -> usize {
	one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_kernels::{Kernels, Model, Threads, decoder::Decoder};
	use atelier_referee::{
		model::{Package, Use},
		samples::{self, Random, Values},
	};
	use std::sync::Arc;

	/// Real sequences, since nobody else can make one.
	fn sequences(count: usize) -> Vec<Sequence> {
		let mut random = Random(3);
		let shape = (0..)
			.map(|_| samples::shape(&mut random))
			.find(|shape| shape.answers == Use::Tokens)
			.expect("there is one");
		let bytes = samples::package(shape, Values::Ordinary, &mut random);
		let package = Package::new(shape, &bytes).expect("as long as its shape asks for");
		let kernels = Kernels::detect().expect("some are right");
		let model = Arc::new(Model::new(&package, kernels).expect("within the limits"));
		let threads = Arc::new(Threads::new(1).expect("a thread"));
		let mut decoder = Decoder::new(model, threads, 1 << 24).expect("room");
		(0..count).map(|_| decoder.open()).collect()
	}

	fn kept(sequence: Sequence, scope: u64, tokens: &[u32]) -> Kept {
		Kept {
			sequence,
			scope,
			tokens: tokens.to_vec(),
			pages: 1,
		}
	}

	#[test]
	fn the_most_alike_of_the_scope_is_found() {
		let all = sequences(4);
		let mut prefixes = Prefixes::default();
		for (sequence, scope, tokens) in [
			(all[0], 1, &[1, 2, 3][..]),
			(all[1], 1, &[1, 2, 4, 5]),
			(all[2], 2, &[1, 2, 4, 5, 6]),
			(all[3], 1, &[9]),
		] {
			assert!(prefixes.keep(kept(sequence, scope, tokens)).is_none());
		}
		assert_eq!(prefixes.find(1, &[1, 2, 4, 5, 6]), Some((all[1], 4)));
		assert_eq!(prefixes.find(1, &[7]), None);
		assert_eq!(prefixes.find(3, &[1, 2]), None);
		assert_eq!(prefixes.pages(), 4);
		// What was used last goes last.
		assert_eq!(prefixes.give_up().map(|kept| kept.sequence), Some(all[0]));
		assert_eq!(prefixes.give_up().map(|kept| kept.sequence), Some(all[2]));
	}

	#[test]
	fn only_so_many_are_kept() {
		let all = sequences(MOST + 1);
		let mut prefixes = Prefixes::default();
		for sequence in &all[..MOST] {
			assert!(prefixes.keep(kept(*sequence, 0, &[1])).is_none());
		}
		let gone = prefixes.keep(kept(all[MOST], 0, &[1]));
		assert_eq!(gone.map(|kept| kept.sequence), Some(all[0]));
	}
}
