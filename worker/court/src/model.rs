// SPDX-License-Identifier: Apache-2.0

//! A registered model: its package, mapped or in memory, with what opens its chunks.

use crate::{
	Error,
	tree::{Pruned, prove},
};
use atelier_referee::{
	claim::vocabulary_tree,
	commit::{Kind, Ranges, RangesProof, Tree, leaf_digest},
	dispute::Registered,
	hash::Portable,
	model::{CHUNK, Package},
};

/// A model as it is registered, with all of its bytes.
pub struct Model<'a> {
	registered: Registered,
	package: Package<'a>,
	bytes: &'a [u8],
	weights: Pruned,
	texts: Option<Texts>,
}

struct Texts {
	texts: Vec<Vec<u8>>,
	tree: Tree,
}

impl<'a> Model<'a> {
	/// Reads all bytes once: they must be those that were registered, and so must be the texts if there are any.
	pub fn open(registered: Registered, bytes: &'a [u8], texts: Option<Vec<Vec<u8>>>) -> Result<Self, Error> {
		let shape = registered.shape.checked()?;
		let package = Package::new(shape, bytes)?;
		let weights = Pruned::of_bytes(Kind::Weights, bytes, CHUNK as usize)?;
		if weights.commitment() != registered.weights {
			return Err(Error::AnotherPackage);
		}
		let texts = match (registered.vocabulary, texts) {
			(None, _) => None,
			(Some(vocabulary), Some(texts)) => {
				let tree = vocabulary_tree::<Portable>(texts.iter().cloned())?;
				if tree.commitment() != vocabulary {
					return Err(Error::AnotherVocabulary);
				}
				Some(Texts { texts, tree })
			}
			(Some(_), None) => return Err(Error::AnotherVocabulary),
		};
		Ok(Self {
			registered,
			package,
			bytes,
			weights,
			texts,
		})
	}

	/// What the chain knows of it.
	pub fn registered(&self) -> Registered {
		self.registered
	}

	/// Its package.
	pub fn package(&self) -> Package<'a> {
		self.package
	}

	/// The text of a token.
	pub fn text(&self, token: u32) -> Option<&[u8]> {
		self.texts.as_ref()?.texts.get(token as usize).map(Vec::as_slice)
	}

	/// A chunk of the package.
	pub fn chunk(&self, number: u64) -> Option<&[u8]> {
		let start = number.checked_mul(CHUNK)?;
		self.slice(start, start.checked_add(CHUNK)?)
	}

	/// Some bytes of the package.
	pub fn slice(&self, start: u64, end: u64) -> Option<&[u8]> {
		self.bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
	}

	/// The proof of some chunks.
	pub fn prove_weights(&self, ranges: &Ranges) -> Result<RangesProof, Error> {
		let mut below = |number| {
			let kind = Kind::Weights;
			let chunk = self.chunk(number).ok_or(Error::NoLeaf { kind, number })?;
			Ok(leaf_digest::<Portable>(kind, number, chunk))
		};
		prove(self.weights.commitment().count, ranges, |level, index| {
			self.weights.node(level, index, &mut below)
		})
	}

	/// The proof of some texts.
	pub fn prove_texts(&self, ranges: &Ranges) -> Option<RangesProof> {
		self.texts.as_ref()?.tree.prove(ranges).ok()
	}
}
