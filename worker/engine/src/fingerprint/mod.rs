// SPDX-License-Identifier: Apache-2.0

//! What a float answer commits to: of its final states the largest numbers, coarsely, so that whoever computes the answer
//! again, with other sums on another machine, finds nearly the same ones.
//!
//! The idea is TOPLOC's (Ong et al., 2025): of each group of 32 positions some of the largest numbers by magnitude, stored so
//! that they can be asked for by their places while no place is stored. Where TOPLOC has a polynomial over a prime field, a
//! table is here of which each place takes the sum of some rows modulo 2 ([`table`]): it holds codes of any number of bits,
//! and only those bits are stored that the verifier cannot know ([`Layout`]).
//!
//! 1. [`pick`] finds the largest numbers of a group;
//! 2. [`table`] stores their codes;
//! 3. [`wire`] is a fingerprint as bytes, which come from strangers;
//! 4. [`Prints`] makes it while an answer is made;
//! 5. [`compare`] gives the difference as numbers. What they may be is not decided here ([`crate::verify`]).
//!
//! docs/float-class.md defines the format.

pub mod compare;
mod layout;
pub mod pick;
mod prints;
pub mod table;
pub mod wire;

pub use compare::Difference;
pub use layout::{Choice, Layout};
pub use prints::{Picks, Prints};
pub use wire::Broken;

use atelier_referee::{
	commit::{Commitment, Error, Kind, Tree},
	hash::Portable,
};
use table::Table;

/// Positions of a group. The last one of an answer may have fewer.
pub const GROUP: u32 = 32;

/// Most positions of an answer with its input.
pub const MAX_POSITIONS: u32 = 1 << 20;

/// Most numbers of a state.
pub const MAX_WIDTH: u32 = 1 << 16;

/// What a worker says about the states of an answer and its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
	layout: Layout,
	positions: u32,
	groups: Vec<Table>,
}

impl Fingerprint {
	pub fn layout(&self) -> Layout {
		self.layout
	}

	/// How many positions it is of.
	pub fn positions(&self) -> u32 {
		self.positions
	}

	pub fn groups(&self) -> &[Table] {
		&self.groups
	}

	/// What a claim commits to: a tree of states with a leaf for each group, so that one of them can be shown alone.
	pub fn commitment(&self) -> Result<Commitment, Error> {
		let head = self.head();
		let leaves = self.groups.iter().map(|group| {
			let mut leaf = head.to_vec();
			group.write(self.layout, &mut leaf);
			leaf
		});
		Ok(Tree::from_leaves::<Portable>(Kind::State, leaves)?.commitment())
	}
}

/// How many positions each group has.
fn sizes(positions: u32) -> impl Iterator<Item = u32> {
	(0..positions.div_ceil(GROUP)).map(move |group| positions.saturating_sub(group * GROUP).min(GROUP))
}
