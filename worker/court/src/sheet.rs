// SPDX-License-Identifier: Apache-2.0

//! The vectors of one position, in the order of the trace, and their leaves.

use atelier_referee::{
	commit::{Kind, leaf_digest},
	hash::{Digest, Portable},
	ops::{norm::Statistics, sampling::Choice},
	trace::{Leaf, NUMBERS_OF_LEAF, Stage, Values},
};

/// A vector of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vector {
	Numbers(Vec<i32>),
	Activations(Vec<i16>),
	Exponent(u8),
	Statistics(Vec<Statistics>),
	Choice(Choice),
}

impl Vector {
	fn values(&self) -> Values<'_> {
		match self {
			Self::Numbers(numbers) => Values::Numbers(numbers),
			Self::Activations(numbers) => Values::Activations(numbers),
			Self::Exponent(exponent) => Values::Exponent(*exponent),
			Self::Statistics(all) => Values::Statistics(all),
			Self::Choice(choice) => Values::Choice(*choice),
		}
	}

	/// One of its leaves.
	fn leaf(&self, number: usize) -> Option<Leaf> {
		let some = match self {
			Self::Numbers(numbers) => Values::Numbers(numbers.chunks(NUMBERS_OF_LEAF as usize).nth(number)?),
			Self::Activations(numbers) => Values::Activations(numbers.chunks(NUMBERS_OF_LEAF as usize).nth(number)?),
			_ => return Leaf::of(self.values()).into_iter().nth(number),
		};
		Leaf::of(some).pop()
	}

	/// Bytes of memory.
	fn bytes(&self) -> usize {
		match self {
			Self::Numbers(numbers) => size_of_val(numbers.as_slice()),
			Self::Activations(numbers) => size_of_val(numbers.as_slice()),
			Self::Statistics(all) => size_of_val(all.as_slice()),
			Self::Exponent(_) | Self::Choice(_) => size_of::<Self>(),
		}
	}
}

/// Vectors of a position in the order in which they come about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet(Vec<(Stage, Vector)>);

impl Sheet {
	/// Writes a vector down.
	pub fn see(&mut self, stage: Stage, vector: Vector) {
		self.0.push((stage, vector));
	}

	/// A vector.
	pub fn get(&self, stage: Stage) -> Option<&Vector> {
		self.0
			.iter()
			.find(|(other, _)| *other == stage)
			.map(|(_, vector)| vector)
	}

	/// The stage of the first vector.
	pub fn first(&self) -> Option<Stage> {
		self.0.first().map(|(stage, _)| *stage)
	}

	/// A leaf of a vector.
	pub fn leaf(&self, stage: Stage, leaf: u32) -> Option<Leaf> {
		self.get(stage)?.leaf(leaf as usize)
	}

	/// The digests of all leaves, of which the first has this number in the trace.
	pub fn digests(&self, first: u64) -> Vec<Digest> {
		let leaves = self.0.iter().flat_map(|(_, vector)| Leaf::of(vector.values()));
		(first..)
			.zip(leaves)
			.map(|(number, leaf)| leaf_digest::<Portable>(Kind::Trace, number, &leaf.write()))
			.collect()
	}

	/// The bytes of all leaves.
	#[cfg(feature = "cheats")]
	pub fn leaves(&self) -> Vec<Vec<u8>> {
		let leaves = self.0.iter().flat_map(|(_, vector)| Leaf::of(vector.values()));
		leaves.map(|leaf| leaf.write()).collect()
	}

	/// Writes the last vector of a stage over.
	#[cfg(feature = "cheats")]
	pub fn set(&mut self, stage: Stage, vector: Vector) {
		if let Some((_, old)) = self.0.iter_mut().rev().find(|(other, _)| *other == stage) {
			*old = vector;
		}
	}

	/// Bytes of memory.
	pub fn bytes(&self) -> usize {
		self.0.iter().map(|(_, vector)| vector.bytes()).sum()
	}
}
