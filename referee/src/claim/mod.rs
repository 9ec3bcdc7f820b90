// SPDX-License-Identifier: Apache-2.0

//! What a payer asks for, and what a worker says it answered. Together they leave exactly one right answer.

mod leaves;

pub use leaves::{
	STATES_OF_LEAF, State, TOKENS_OF_LEAF, state_leaves, state_tree, token_leaves, token_tree, vocabulary_tree,
};

use crate::{
	commit::{Bounded, Commitment},
	hash::{Blake2b256, Digest},
	ops::sampling::Sampler,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most bytes of a string that ends an answer, and most such strings.
pub const MAX_STOP: usize = 64;
pub const MAX_STOPS: usize = 4;

/// Most tokens whose texts a string that ends an answer may span.
pub const STOP_WINDOW: u32 = 64;

/// Most tokens that end an answer.
pub const MAX_END_TOKENS: usize = 8;

/// First bytes of what is hashed, so that none of it is ever taken for a part of a tree.
const REQUEST: &[u8] = b"atelier request x1";
const CLAIM: &[u8] = b"atelier claim x1";

/// What a payer asks for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Request {
	/// The chain, by the hash of its genesis.
	pub genesis: Digest,
	/// The version of the model.
	pub version: Digest,
	/// The tokens of the input, and how many they are.
	pub input: Commitment,
	pub input_count: u32,
	pub sampler: Sampler,
	/// Most tokens of the answer.
	pub limit: u32,
	/// Tokens that end the answer. They belong to it.
	pub ends: Bounded<u32, MAX_END_TOKENS>,
	/// Strings that end the answer: with the first token in whose text one of them ends.
	pub stops: Bounded<Bounded<u8, MAX_STOP>, MAX_STOPS>,
	/// The hash of the key under which input and answer travel, if they are encrypted.
	pub sealed: Option<Digest>,
	/// Random, so that nobody finds a short input by trying.
	pub salt: Digest,
}

impl Request {
	/// What a claim and a signature refer to.
	pub fn root<H: Blake2b256>(&self) -> Digest {
		H::hash(&[REQUEST, &self.encode()].concat())
	}
}

/// Where a claim belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Origin {
	/// A job of the chain.
	Job(u64),
	/// An answer of a session.
	Session { session: u64, index: u64 },
}

/// Why an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum StopReason {
	/// It has as many tokens as the request or the model allows.
	Limit,
	/// Its last token is one that ends answers.
	End,
	/// In its last token a string that ends it is complete.
	Stop,
	/// The model answers with one vector.
	Embedded,
}

/// What a worker says it answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Claim {
	/// The chain, by the hash of its genesis.
	pub genesis: Digest,
	pub origin: Origin,
	/// The worker, by the name that it keeps whatever keys it has.
	pub worker: Digest,
	/// The version of the model.
	pub version: Digest,
	/// The request.
	pub request: Digest,
	/// The tokens of the answer, or the vector.
	pub answer: Commitment,
	/// The final state of each position, with its token.
	pub state: Commitment,
	pub input_count: u32,
	pub output_count: u32,
	pub stop: StopReason,
}

impl Claim {
	/// Whether it answers a request.
	pub fn is_about<H: Blake2b256>(&self, request: &Request) -> bool {
		let same = self.genesis == request.genesis && self.version == request.version;
		same && self.request == request.root::<H>()
	}

	/// The leaf of a receipt.
	pub fn leaf<H: Blake2b256>(&self) -> Digest {
		H::hash(&[CLAIM, &self.encode()].concat())
	}
}
