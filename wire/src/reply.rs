// SPDX-License-Identifier: Apache-2.0

//! What a worker says.

use crate::{
	Kind, Malformed, Refusal,
	parts::{
		Balance, EVIDENCE_PAGE, MAX_CLAIMS, MAX_FACT, MAX_INPUT, MAX_PIECE, MAX_PIECE_TEXT, PAGE, Quote, Signature,
		Text, Tokens, Vector,
	},
	question::whole,
};
use atelier_primitives::{
	ids::{SessionId, VersionId, WorkerId},
	work::Tier,
};
use atelier_referee::{
	claim::{Claim, MAX_END_TOKENS, Request},
	commit::{
		Bounded,
		mountain::{Inclusion, Root},
	},
	hash::Digest,
};
use codec::{Decode, Encode, MaxEncodedLen};

/// Most versions of a worker.
pub const MAX_OFFERS: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Welcome {
	pub worker: WorkerId,
	/// For what is signed on this connection.
	pub nonce: Digest,
	/// Most streams of the connection, and answers of a session, at once.
	pub streams: u32,
	pub answers: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Offered {
	pub version: VersionId,
	pub tier: Tier,
	/// The worker's, for each unit. What a session costs its rates say.
	pub price: Balance,
	/// Whether it answers with a vector.
	pub embeds: bool,
	pub vocabulary: u32,
	/// Most tokens of input and answer together.
	pub positions: u32,
	/// Whether it has a way of writing a chat.
	pub chat: bool,
	/// Whether a request may have strings that end its answer.
	pub stops: bool,
	/// The tokens that end its answers, which a request names.
	pub ends: Bounded<u32, MAX_END_TOKENS>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Offers(pub Bounded<Offered, MAX_OFFERS>);

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Quoted {
	pub quote: Quote,
	pub signature: Signature,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Attached {
	pub session: SessionId,
	/// Of all receipts.
	pub root: Root,
	/// Of those that the last voucher pays for, with its sequence.
	pub signed: Root,
	pub sequence: u64,
	/// Most units that are served unsigned.
	pub window: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Tokenized {
	pub tokens: Tokens<MAX_INPUT>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Begun {
	/// So many tokens of it are there now.
	pub made: u32,
	/// Most units that it can cost. None if its receipt is there.
	pub kept: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Piece {
	/// Which token of the answer is the first of these.
	pub first: u32,
	pub tokens: Tokens<MAX_PIECE>,
	pub text: Text<MAX_PIECE_TEXT>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Done {
	/// Its origin has the index.
	pub claim: Claim,
	pub units: u64,
	/// Of the receipts up to this one.
	pub root: Root,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Vouched {
	pub session: SessionId,
	pub sequence: u64,
	pub unsigned: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Claims {
	pub first: u64,
	/// Of the receipts from the first on; fewer than there are if there are many.
	pub claims: Bounded<Claim, MAX_CLAIMS>,
	/// Of all receipts.
	pub root: Root,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Recalled {
	pub claim: Claim,
	/// Of the receipts up to this one. None: that is not kept any more.
	pub root: Option<Root>,
}

/// How evidence reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum EvidenceKind {
	/// There is none.
	#[codec(index = 0)]
	Nothing,
	/// Of each position token and digest, as in the leaves of states.
	#[codec(index = 1)]
	States,
	/// docs/float-class.md has the format.
	#[codec(index = 2)]
	Fingerprint,
}

/// Where a claim is in a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum Place {
	#[codec(index = 0)]
	Job,
	#[codec(index = 1)]
	Receipt {
		index: u64,
		units: u64,
		inclusion: Inclusion,
	},
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Shown {
	pub claim: Claim,
	pub request: Request,
	pub place: Place,
	/// The drawn unit, as the worker reads the lot.
	pub unit: u64,
	pub evidence: EvidenceKind,
	/// Bytes of it.
	pub bytes: u32,
}

/// What a page is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum Of {
	#[codec(index = 0)]
	Input,
	#[codec(index = 1)]
	Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Page {
	pub of: Of,
	pub first: u32,
	pub tokens: Tokens<PAGE>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct EvidencePage {
	pub first: u32,
	pub bytes: Text<EVIDENCE_PAGE>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct JobAnswer {
	pub claim: Claim,
}

/// What a refusal is about, in words and numbers. It never has anything of a prompt or an answer in it.
#[derive(Clone, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen)]
pub struct Fact(Bounded<u8, MAX_FACT>);

impl Fact {
	/// As much of it as has room.
	pub fn new(text: &str) -> Self {
		let end = text.floor_char_boundary(MAX_FACT);
		let bytes = text.get(..end).unwrap_or_default().as_bytes().to_vec();
		Self(Bounded::try_from(bytes).unwrap_or_default())
	}

	pub fn text(&self) -> String {
		String::from_utf8_lossy(&self.0)
			.chars()
			.filter(|c| !c.is_control())
			.collect()
	}
}

impl std::fmt::Debug for Fact {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(&self.text())
	}
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Refused {
	pub refusal: Refusal,
	pub fact: Fact,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Overloaded {
	/// Milliseconds.
	pub after: u32,
}

/// A message of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
	Welcome(Welcome),
	Offers(Offers),
	Quoted(Quoted),
	Attached(Attached),
	Tokenized(Tokenized),
	Begun(Begun),
	Piece(Piece),
	Vector(Vector),
	Done(Box<Done>),
	Vouched(Vouched),
	Claims(Claims),
	Recalled(Box<Recalled>),
	Shown(Box<Shown>),
	Page(Page),
	Evidence(EvidencePage),
	Handed,
	JobAnswer(Box<JobAnswer>),
	Refused(Refused),
	Overloaded(Overloaded),
}

impl Reply {
	pub fn kind(&self) -> Kind {
		match self {
			Self::Welcome(_) => Kind::Welcome,
			Self::Offers(_) => Kind::Offers,
			Self::Quoted(_) => Kind::Quoted,
			Self::Attached(_) => Kind::Attached,
			Self::Tokenized(_) => Kind::Tokenized,
			Self::Begun(_) => Kind::Begun,
			Self::Piece(_) => Kind::Piece,
			Self::Vector(_) => Kind::Vector,
			Self::Done(_) => Kind::Done,
			Self::Vouched(_) => Kind::Vouched,
			Self::Claims(_) => Kind::Claims,
			Self::Recalled(_) => Kind::Recalled,
			Self::Shown(_) => Kind::Shown,
			Self::Page(_) => Kind::Page,
			Self::Evidence(_) => Kind::Evidence,
			Self::Handed => Kind::Handed,
			Self::JobAnswer(_) => Kind::JobAnswer,
			Self::Refused(_) => Kind::Refused,
			Self::Overloaded(_) => Kind::Overloaded,
		}
	}

	pub fn body(&self) -> Vec<u8> {
		match self {
			Self::Welcome(body) => body.encode(),
			Self::Offers(body) => body.encode(),
			Self::Quoted(body) => body.encode(),
			Self::Attached(body) => body.encode(),
			Self::Tokenized(body) => body.encode(),
			Self::Begun(body) => body.encode(),
			Self::Piece(body) => body.encode(),
			Self::Vector(body) => body.encode(),
			Self::Done(body) => body.encode(),
			Self::Vouched(body) => body.encode(),
			Self::Claims(body) => body.encode(),
			Self::Recalled(body) => body.encode(),
			Self::Shown(body) => body.encode(),
			Self::Page(body) => body.encode(),
			Self::Evidence(body) => body.encode(),
			Self::Handed => Vec::new(),
			Self::JobAnswer(body) => body.encode(),
			Self::Refused(body) => body.encode(),
			Self::Overloaded(body) => body.encode(),
		}
	}

	/// Of a frame.
	pub fn read(kind: Kind, body: &[u8]) -> Result<Self, Malformed> {
		Ok(match kind {
			Kind::Welcome => Self::Welcome(whole(kind, body)?),
			Kind::Offers => Self::Offers(whole(kind, body)?),
			Kind::Quoted => Self::Quoted(whole(kind, body)?),
			Kind::Attached => Self::Attached(whole(kind, body)?),
			Kind::Tokenized => Self::Tokenized(whole(kind, body)?),
			Kind::Begun => Self::Begun(whole(kind, body)?),
			Kind::Piece => Self::Piece(whole(kind, body)?),
			Kind::Vector => Self::Vector(whole(kind, body)?),
			Kind::Done => Self::Done(Box::new(whole(kind, body)?)),
			Kind::Vouched => Self::Vouched(whole(kind, body)?),
			Kind::Claims => Self::Claims(whole(kind, body)?),
			Kind::Recalled => Self::Recalled(Box::new(whole(kind, body)?)),
			Kind::Shown => Self::Shown(Box::new(whole(kind, body)?)),
			Kind::Page => Self::Page(whole(kind, body)?),
			Kind::Evidence => Self::Evidence(whole(kind, body)?),
			Kind::Handed => {
				whole::<()>(kind, body)?;
				Self::Handed
			}
			Kind::JobAnswer => Self::JobAnswer(Box::new(whole(kind, body)?)),
			Kind::Refused => Self::Refused(whole(kind, body)?),
			Kind::Overloaded => Self::Overloaded(whole(kind, body)?),
			_ => return Err(Malformed::Side { kind }),
		})
	}

	/// A refusal with its fact.
	pub fn refused(refusal: Refusal, fact: &str) -> Self {
		Self::Refused(Refused {
			refusal,
			fact: Fact::new(fact),
		})
	}
}
