// SPDX-License-Identifier: Apache-2.0

//! An answer with all that its claim commits to: what a worker must be able to show until nobody can ask any more.

use crate::{
	Error,
	checks::{Check, on},
	store::{Draft, Key, Read, Store},
};
use atelier_primitives::work::price;
use atelier_referee::{
	claim::{Claim, Origin, Request, State, state_leaves, token_leaves},
	commit::{Commitment, Kind, Tree, mountain::Receipt},
	hash::{Digest, Portable},
};
use codec::{Decode, Encode};

/// Most bytes of an answer with its input and states: those of 2^20 positions are 38 MB.
pub const MAX_BYTES: u64 = 48 << 20;

/// Bytes of a record of an answer's tokens and states. With its key and sum it fills a page of the database. With a quarter of
/// that, long answers took a fifth more of the disk, since pages that are split are half empty, and short ones a seventh less.
const PART: usize = 3_968;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Answered {
	pub claim: Claim,
	pub request: Request,
	pub contents: Contents,
}

/// What stands behind the commitments of a claim and its request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Contents {
	/// The tokens of the input.
	pub input: Vec<u32>,
	pub output: Output,
	pub states: States,
	/// What was sent to the payer, if it was encrypted: the chain may ask for it.
	pub sent: Option<Vec<u8>>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Output {
	Tokens(Vec<u32>),
	/// The leaves of an answer that is not tokens.
	Leaves(Vec<Vec<u8>>),
}

/// What is known of the states.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum States {
	/// Of each position the hash of its final numbers. The tokens are those of input and answer.
	Numbers(Vec<Digest>),
	/// The leaves of a fingerprint.
	Leaves(Vec<Vec<u8>>),
	/// Nothing: a requester was not told.
	Unknown,
}

impl Contents {
	/// The leaves of one of the commitments: `Input`, `Tokens`, `Output` or `State`.
	pub fn leaves(&self, kind: Kind) -> Result<Vec<Vec<u8>>, Error> {
		match (kind, &self.output, &self.states) {
			(Kind::Input, ..) => Ok(token_leaves(&self.input).collect()),
			(Kind::Tokens, Output::Tokens(tokens), _) => Ok(token_leaves(tokens).collect()),
			(Kind::Output, Output::Leaves(leaves), _) => Ok(leaves.clone()),
			(Kind::State, _, States::Leaves(leaves)) => Ok(leaves.clone()),
			(Kind::State, output, States::Numbers(numbers)) => {
				let output: &[u32] = match output {
					Output::Tokens(tokens) => tokens,
					Output::Leaves(_) => &[],
				};
				// The last token of an answer is not a position.
				let positions = match output.len() {
					0 => self.input.len(),
					more => self.input.len().saturating_add(more).saturating_sub(1),
				};
				if numbers.len() != positions {
					return Err(Error::NotCommitted("the number of states"));
				}
				let tokens = self.input.iter().chain(output);
				let states = tokens.zip(numbers).map(|(&token, &numbers)| State { token, numbers });
				Ok(state_leaves(&states.collect::<Vec<_>>()).collect())
			}
			_ => Err(Error::NotCommitted("the kind")),
		}
	}

	/// The tree of one of the commitments.
	pub fn tree(&self, kind: Kind) -> Result<Tree, Error> {
		Ok(Tree::from_leaves::<Portable>(kind, self.leaves(kind)?)?)
	}

	fn is(&self, kind: Kind, commitment: &Commitment, what: &'static str) -> Result<(), Error> {
		if self.tree(kind)?.commitment() == *commitment {
			Ok(())
		} else {
			Err(Error::NotCommitted(what))
		}
	}
}

impl Answered {
	/// What it costs.
	pub fn units(&self) -> u64 {
		price::units(self.claim.input_count, self.claim.output_count)
	}

	/// What a session's root is made of.
	pub fn receipt(&self) -> Receipt {
		Receipt {
			claim: self.claim.leaf::<Portable>(),
			units: self.units(),
		}
	}

	/// Whether the claim is about the request, and commits to what is here. Where there are states, also to them.
	pub(crate) fn check(&self) -> Result<(), Error> {
		let (claim, request, contents) = (&self.claim, &self.request, &self.contents);
		if on(Check::Claim) && !claim.is_about::<Portable>(request) {
			return Err(Error::ClaimOfOtherRequest);
		}
		let (found, limit) = (claim.output_count, request.limit);
		if on(Check::Limit) && found > limit {
			return Err(Error::TooManyTokens { found, limit });
		}
		if !on(Check::Committed) {
			return Ok(());
		}
		let input = u32::try_from(contents.input.len());
		if input != Ok(claim.input_count) || input != Ok(request.input_count) {
			return Err(Error::NotCommitted("the number of tokens of the input"));
		}
		contents.is(Kind::Input, &request.input, "the input")?;
		match &contents.output {
			Output::Tokens(tokens) => {
				if u32::try_from(tokens.len()) != Ok(claim.output_count) {
					return Err(Error::NotCommitted("the number of tokens of the answer"));
				}
				contents.is(Kind::Tokens, &claim.answer, "the answer")?;
			}
			Output::Leaves(_) => {
				if claim.output_count != 0 {
					return Err(Error::NotCommitted("the number of tokens of the answer"));
				}
				contents.is(Kind::Output, &claim.answer, "the answer")?;
			}
		}
		match contents.states {
			States::Unknown => Ok(()),
			_ => contents.is(Kind::State, &claim.state, "the states"),
		}
	}
}

/// What stands under an answer's key.
#[derive(Clone, Debug, Encode, Decode)]
struct Head {
	claim: Claim,
	request: Request,
	/// Bytes of the contents.
	bytes: u64,
}

/// The contents as they will be written.
pub(crate) struct Packed {
	head: Head,
	contents: Vec<u8>,
}

impl Packed {
	pub(crate) fn new(answered: &Answered) -> Result<Self, Error> {
		let contents = answered.contents.encode();
		let bytes = contents.len() as u64;
		if bytes > MAX_BYTES {
			return Err(Error::TooLong {
				found: bytes,
				most: MAX_BYTES,
			});
		}
		Ok(Self {
			head: Head {
				claim: answered.claim,
				request: answered.request.clone(),
				bytes,
			},
			contents,
		})
	}

	pub(crate) fn write(&self, draft: &mut Draft<'_, '_>) {
		let origin = self.head.claim.origin;
		draft.put(Key::Answer(origin), &self.head);
		for (part, bytes) in (0_u32..).zip(self.contents.chunks(PART)) {
			draft.put_bytes(Key::Body(origin, part), bytes);
		}
	}
}

/// The claim made at a place, with its request.
pub(crate) fn claim(read: &impl Read, origin: Origin) -> Result<Option<(Claim, Request)>, Error> {
	let head: Option<Head> = read.get(Key::Answer(origin))?;
	Ok(head.map(|head| (head.claim, head.request)))
}

/// The whole answer.
pub(crate) fn whole(store: &Store, origin: Origin) -> Result<Option<Answered>, Error> {
	store.read(|view| {
		let Some(head) = view.get::<Head>(Key::Answer(origin))? else {
			return Ok(None);
		};
		let mut contents = Vec::new();
		for part in 0..parts(head.bytes) {
			let bytes = view.bytes(&Key::Body(origin, part).bytes())?;
			contents.extend_from_slice(&bytes.ok_or_else(|| missing(origin))?);
		}
		let mut rest = contents.as_slice();
		let contents = Contents::decode(&mut rest).map_err(|_| missing(origin))?;
		Ok(Some(Answered {
			claim: head.claim,
			request: head.request,
			contents,
		}))
	})
}

/// Forgets an answer and says how many records went.
pub(crate) fn remove(draft: &mut Draft<'_, '_>, origin: Origin) -> Result<u32, Error> {
	let Some(head) = draft.get::<Head>(Key::Answer(origin))? else {
		return Ok(0);
	};
	let parts = parts(head.bytes);
	for part in 0..parts {
		draft.remove(Key::Body(origin, part));
	}
	draft.remove(Key::Answer(origin));
	Ok(parts.saturating_add(1))
}

fn parts(bytes: u64) -> u32 {
	u32::try_from(bytes.div_ceil(PART as u64)).unwrap_or(u32::MAX)
}

fn missing(origin: Origin) -> Error {
	Error::Damaged(format!("a part of the answer of {origin:?} is missing"))
}
