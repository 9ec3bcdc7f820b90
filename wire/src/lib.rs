// SPDX-License-Identifier: Apache-2.0

//! How a requester asks a worker for answers: the serving protocol, version 1.
//!
//! 1. A **connection** is between two endpoints that know each other's names. The transport sees to that, and to encryption.
//!    It has any number of **streams**, each of which the requester begins.
//! 2. On a stream go **frames**: a kind, a length, a body ([`FrameReader`]). Each kind has a limit, which is looked at before
//!    anything is allocated.
//! 3. A body is a **message**: a [`Question`] of the requester or a [`Reply`] of the worker. Everything in them is bounded.
//! 4. What is refused has a stable code ([`Refusal`]).
//! 5. What is signed for a connection is worth nothing on another one ([`proofs`]).
//!
//! Nothing here decides anything: `atelier-serving` does, on both sides. docs/serving-protocol.md has the rules and the tables;
//! a test holds them against this crate.

mod frame;
mod kind;
mod parts;
pub mod proofs;
mod question;
mod refusal;
mod reply;

pub use frame::{FrameError, FrameReader, HEADER, Header, WriteError, write_frame, write_question, write_reply};
pub use kind::{KINDS, Kind, Side};
pub use parts::{
	Balance, EVIDENCE_PAGE, Key, Lump, MAX_CHAT, MAX_CLAIMS, MAX_EVIDENCE, MAX_FACT, MAX_INPUT, MAX_OUTPUT, MAX_PIECE,
	MAX_PIECE_TEXT, MAX_TEXT, MAX_VECTOR, PAGE, Quote, Said, Signature, Source, Text, Tokens, Vector,
};
pub use question::{Ask, Attach, Audit, Collect, Hand, Hello, Question, QuoteWanted, Recall, Resume, Tokenize, Vouch};
pub use refusal::{REFUSALS, Refusal};
pub use reply::{
	Attached, Begun, Claims, Done, EvidenceKind, EvidencePage, Fact, JobAnswer, MAX_OFFERS, Of, Offered, Offers,
	Overloaded, Page, Piece, Place, Quoted, Recalled, Refused, Reply, Shown, Tokenized, Vouched, Welcome,
};

/// By what name endpoints agree to speak it.
pub const ALPN: &[u8] = b"atelier/serve/1";

/// What a requester says that it speaks.
pub const VERSION: u16 = 1;

/// Bytes that are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
	#[error("{kind} is no kind of message")]
	Kind { kind: u8 },
	#[error("a message {} is one of the other side", kind.name())]
	Side { kind: Kind },
	#[error("{found} bytes are more than the {limit} of a message {}", kind.name())]
	TooLong { kind: Kind, found: usize, limit: u32 },
	#[error("these bytes are no message {}", kind.name())]
	Body { kind: Kind },
	#[error("bytes are left after a message {}", kind.name())]
	Rest { kind: Kind },
}
