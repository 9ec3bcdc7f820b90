// SPDX-License-Identifier: Apache-2.0

//! What a requester says.

use crate::{
	Kind, Malformed, Side,
	parts::{Balance, Key, MAX_INPUT, Signature, Source, Tokens},
};
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	work::{Work, draw::Lot, voucher::Voucher},
};
use atelier_referee::{claim::Request, hash::Digest};
use codec::{Decode, Encode, MaxEncodedLen};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Hello {
	pub genesis: Digest,
	pub protocol: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct QuoteWanted {
	pub version: VersionId,
	/// Who will open the session.
	pub payer: Key,
	/// Most that it wants to deposit.
	pub capacity: Balance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Attach {
	pub session: SessionId,
	/// By the voucher key, of [`Between::attach`](crate::proofs::Between::attach).
	pub signature: Signature,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Tokenize {
	pub version: VersionId,
	pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Ask {
	pub session: SessionId,
	pub request: Request,
	/// What the request commits to.
	pub input: Tokens<MAX_INPUT>,
	/// So many tokens of the answer are there already, from before.
	pub from: u32,
	/// Whether its text is wanted too.
	pub text: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Vouch {
	pub voucher: Voucher,
	/// By the voucher key.
	pub signature: Signature,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Resume {
	pub session: SessionId,
	/// So many receipts are known.
	pub after: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Recall {
	pub session: SessionId,
	pub index: u64,
	/// The first token of the answer that is wanted.
	pub from: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Audit {
	pub auditor: WorkerId,
	pub work: Work,
	pub lot: Lot,
	/// Which of its audits.
	pub number: u32,
	/// Whether states or fingerprint are wanted too.
	pub evidence: bool,
	/// By the key of its draws (sr25519), of [`Between::audit`](crate::proofs::Between::audit).
	pub signature: [u8; 64],
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Hand {
	pub job: JobId,
	pub request: Request,
	pub input: Tokens<MAX_INPUT>,
}

/// Who knows a request's salt may have its answer: the payer, and whoever it told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Collect {
	pub job: JobId,
	pub salt: Digest,
}

/// A message of a requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
	Hello(Hello),
	Models,
	Quote(QuoteWanted),
	Attach(Attach),
	Tokenize(Tokenize),
	Ask(Box<Ask>),
	Cancel,
	Voucher(Vouch),
	Resume(Resume),
	Recall(Recall),
	Audit(Audit),
	Hand(Box<Hand>),
	Collect(Collect),
}

impl Question {
	pub fn kind(&self) -> Kind {
		match self {
			Self::Hello(_) => Kind::Hello,
			Self::Models => Kind::Models,
			Self::Quote(_) => Kind::Quote,
			Self::Attach(_) => Kind::Attach,
			Self::Tokenize(_) => Kind::Tokenize,
			Self::Ask(_) => Kind::Ask,
			Self::Cancel => Kind::Cancel,
			Self::Voucher(_) => Kind::Voucher,
			Self::Resume(_) => Kind::Resume,
			Self::Recall(_) => Kind::Recall,
			Self::Audit(_) => Kind::Audit,
			Self::Hand(_) => Kind::Hand,
			Self::Collect(_) => Kind::Collect,
		}
	}

	pub fn body(&self) -> Vec<u8> {
		match self {
			Self::Models | Self::Cancel => Vec::new(),
			Self::Hello(body) => body.encode(),
			Self::Quote(body) => body.encode(),
			Self::Attach(body) => body.encode(),
			Self::Tokenize(body) => body.encode(),
			Self::Ask(body) => body.encode(),
			Self::Voucher(body) => body.encode(),
			Self::Resume(body) => body.encode(),
			Self::Recall(body) => body.encode(),
			Self::Audit(body) => body.encode(),
			Self::Hand(body) => body.encode(),
			Self::Collect(body) => body.encode(),
		}
	}

	/// Of a frame.
	pub fn read(kind: Kind, body: &[u8]) -> Result<Self, Malformed> {
		Ok(match kind {
			Kind::Models | Kind::Cancel => {
				whole::<()>(kind, body)?;
				match kind {
					Kind::Models => Self::Models,
					_ => Self::Cancel,
				}
			}
			Kind::Hello => Self::Hello(whole(kind, body)?),
			Kind::Quote => Self::Quote(whole(kind, body)?),
			Kind::Attach => Self::Attach(whole(kind, body)?),
			Kind::Tokenize => Self::Tokenize(whole(kind, body)?),
			Kind::Ask => Self::Ask(Box::new(whole(kind, body)?)),
			Kind::Voucher => Self::Voucher(whole(kind, body)?),
			Kind::Resume => Self::Resume(whole(kind, body)?),
			Kind::Recall => Self::Recall(whole(kind, body)?),
			Kind::Audit => Self::Audit(whole(kind, body)?),
			Kind::Hand => Self::Hand(Box::new(whole(kind, body)?)),
			Kind::Collect => Self::Collect(whole(kind, body)?),
			other => {
				debug_assert_eq!(other.side(), Side::Worker);
				return Err(Malformed::Side { kind });
			}
		})
	}
}

/// What all of these bytes are.
pub(crate) fn whole<T: Decode>(kind: Kind, body: &[u8]) -> Result<T, Malformed> {
	if body.len() > kind.limit() as usize {
		return Err(Malformed::TooLong {
			kind,
			found: body.len(),
			limit: kind.limit(),
		});
	}
	let mut rest = body;
	let value = T::decode(&mut rest).map_err(|_| Malformed::Body { kind })?;
	match rest.is_empty() {
		true => Ok(value),
		false => Err(Malformed::Rest { kind }),
	}
}
