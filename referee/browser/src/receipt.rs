// SPDX-License-Identifier: Apache-2.0

//! Whether an answer is among those for which there is one root, and whose question and answer it is.

use crate::{
	error::Error,
	fields::{Field, Fields},
};
use alloc::vec::Vec;
use atelier_referee::{
	claim::{Claim, Request, token_tree},
	commit::{
		Commitment, Kind, Tree,
		mountain::{Inclusion, Interval, Receipt, Root},
	},
	hash::Portable,
	trace::{Leaf, Values},
};

/// Most tokens of an input or an answer: the most positions of a model.
pub const MAX_TOKENS: usize = 131_072;

/// Most numbers of an answer that is a vector: the most that a model has between its blocks.
pub const MAX_NUMBERS: usize = 16_384;

/// A claim's receipt and, where they are given, what it must be about.
pub struct Question<'a> {
	pub claim: Claim,
	pub units: u64,
	pub index: u64,
	pub root: Root,
	pub inclusion: Inclusion,
	pub request: Option<Request>,
	/// Tokens of the input. They belong to a request.
	pub input: Option<&'a [[u8; 4]]>,
	/// Tokens of the answer.
	pub answer: Option<&'a [[u8; 4]]>,
	/// The numbers of an answer that is a vector.
	pub vector: Option<&'a [[u8; 2]]>,
}

impl<'a> Question<'a> {
	/// Reads a question: the fields in the order of this struct.
	pub fn read(question: &'a [u8]) -> Result<Self, Error> {
		let mut fields = Fields::of(question)?;
		let question = Self {
			claim: fields.read(Field::Claim)?,
			units: fields.read(Field::Units)?,
			index: fields.read(Field::Index)?,
			root: fields.read(Field::Root)?,
			inclusion: fields.read(Field::Inclusion)?,
			request: fields.read_optional(Field::Request)?,
			input: fields.read_numbers(Field::Input, MAX_TOKENS)?,
			answer: fields.read_numbers(Field::Answer, MAX_TOKENS)?,
			vector: fields.read_numbers(Field::Vector, MAX_NUMBERS)?,
		};
		fields.end()?;
		Ok(question)
	}

	/// The units that the answer covers, if everything that is given belongs together.
	pub fn verify(&self) -> Result<Interval, Error> {
		let Self { claim, request, .. } = self;
		if request
			.as_ref()
			.is_some_and(|request| !claim.is_about::<Portable>(request))
		{
			return Err(Error::AnotherRequest);
		}
		if let Some(tokens) = self.input {
			let request = request.as_ref().ok_or(Error::Absent(Field::Request))?;
			let counted = count(tokens) == request.input_count && request.input_count == claim.input_count;
			if !counted || of_tokens(Kind::Input, tokens) != Some(request.input) {
				return Err(Error::AnotherInput);
			}
		}
		if let Some(tokens) = self.answer
			&& (count(tokens) != claim.output_count || of_tokens(Kind::Tokens, tokens) != Some(claim.answer))
		{
			return Err(Error::AnotherAnswer);
		}
		if let Some(numbers) = self.vector
			&& (claim.output_count != 0 || of_vector(numbers) != Some(claim.answer))
		{
			return Err(Error::AnotherAnswer);
		}
		let receipt = Receipt {
			claim: claim.leaf::<Portable>(),
			units: self.units,
		};
		self.inclusion
			.verify::<Portable>(&self.root, self.index, &receipt)
			.map_err(Error::Receipt)
	}
}

fn count<const N: usize>(numbers: &[[u8; N]]) -> u32 {
	u32::try_from(numbers.len()).unwrap_or(u32::MAX)
}

/// The commitment to tokens.
fn of_tokens(kind: Kind, tokens: &[[u8; 4]]) -> Option<Commitment> {
	let tokens: Vec<_> = tokens.iter().map(|token| u32::from_le_bytes(*token)).collect();
	let tree = token_tree::<Portable>(kind, &tokens).ok()?;
	Some(tree.commitment())
}

/// The commitment to a vector.
fn of_vector(numbers: &[[u8; 2]]) -> Option<Commitment> {
	let numbers: Vec<_> = numbers.iter().map(|number| i16::from_le_bytes(*number)).collect();
	let leaves = Leaf::of(Values::Activations(&numbers));
	let tree = Tree::from_leaves::<Portable>(Kind::Output, leaves.iter().map(Leaf::write)).ok()?;
	Some(tree.commitment())
}
