// SPDX-License-Identifier: Apache-2.0

//! Under which key everything is. Numbers stand highest byte first, so that the order of keys is the order of numbers.

use atelier_primitives::{
	BlockNumber,
	ids::{DisputeId, JobId, SessionId},
	work::Work,
};
use atelier_referee::{claim::Origin, hash::Digest};

/// What is kept. The tag is the first byte; one that has been used is never given to another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
	/// Format, chain and owner.
	Mark,
	Session(SessionId),
	/// An answer without its tokens and states.
	Answer(Origin),
	/// A part of the tokens and states.
	Body(Origin, u32),
	/// A digest over receipts.
	Node(SessionId, u32, u64),
	Settlement(SessionId, u32),
	/// What a session would bring if it were settled.
	DueValue(u128, SessionId),
	/// Since when something of a session could be settled.
	DueAge(BlockNumber, SessionId),
	/// A session of which something can go.
	Idle(SessionId),
	/// What a requester waits for.
	Asked(SessionId, Digest),
	Audit(Work),
	Dispute(DisputeId),
	Ballot(DisputeId, u8),
	/// The number of the next quote, and how many are outstanding.
	Quotes,
	Quote(u64),
}

/// Where kinds of keys begin.
pub(crate) mod tag {
	pub(crate) const MARK: u8 = 0;
	pub(crate) const SESSION: u8 = 1;
	pub(crate) const ANSWER: u8 = 2;
	pub(crate) const BODY: u8 = 3;
	pub(crate) const NODE: u8 = 4;
	pub(crate) const SETTLEMENT: u8 = 5;
	pub(crate) const DUE_VALUE: u8 = 6;
	pub(crate) const DUE_AGE: u8 = 7;
	pub(crate) const IDLE: u8 = 8;
	pub(crate) const ASKED: u8 = 9;
	pub(crate) const AUDIT: u8 = 10;
	pub(crate) const DISPUTE: u8 = 11;
	pub(crate) const BALLOT: u8 = 12;
	pub(crate) const QUOTES: u8 = 13;
	pub(crate) const QUOTE: u8 = 14;
}

impl Key {
	pub(crate) fn bytes(self) -> Vec<u8> {
		match self {
			Self::Mark => vec![tag::MARK],
			Self::Session(session) => with(tag::SESSION, &[&session.0.to_be_bytes()]),
			Self::Answer(origin) => with(tag::ANSWER, &[&of_origin(origin)]),
			Self::Body(origin, part) => with(tag::BODY, &[&of_origin(origin), &part.to_be_bytes()]),
			Self::Node(session, height, index) => with(
				tag::NODE,
				&[&session.0.to_be_bytes(), &height.to_be_bytes(), &index.to_be_bytes()],
			),
			Self::Settlement(session, number) => {
				with(tag::SETTLEMENT, &[&session.0.to_be_bytes(), &number.to_be_bytes()])
			}
			Self::DueValue(value, session) => with(tag::DUE_VALUE, &[&value.to_be_bytes(), &session.0.to_be_bytes()]),
			Self::DueAge(since, session) => with(tag::DUE_AGE, &[&since.to_be_bytes(), &session.0.to_be_bytes()]),
			Self::Idle(session) => with(tag::IDLE, &[&session.0.to_be_bytes()]),
			Self::Asked(session, request) => with(tag::ASKED, &[&session.0.to_be_bytes(), &request]),
			Self::Audit(work) => with(tag::AUDIT, &[&of_work(work)]),
			Self::Dispute(dispute) => with(tag::DISPUTE, &[&dispute.0.to_be_bytes()]),
			Self::Ballot(dispute, round) => with(tag::BALLOT, &[&dispute.0.to_be_bytes(), &[round]]),
			Self::Quotes => vec![tag::QUOTES],
			Self::Quote(number) => with(tag::QUOTE, &[&number.to_be_bytes()]),
		}
	}

	/// What all settlements of a session begin with.
	pub(crate) fn settlements(session: SessionId) -> Vec<u8> {
		with(tag::SETTLEMENT, &[&session.0.to_be_bytes()])
	}

	/// What everything that was asked in a session begins with.
	pub(crate) fn all_asked(session: SessionId) -> Vec<u8> {
		with(tag::ASKED, &[&session.0.to_be_bytes()])
	}

	/// What all digests over a session's receipts begin with.
	pub(crate) fn nodes(session: SessionId) -> Vec<u8> {
		with(tag::NODE, &[&session.0.to_be_bytes()])
	}
}

fn with(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
	let mut key = vec![tag];
	for part in parts {
		key.extend_from_slice(part);
	}
	key
}

fn of_origin(origin: Origin) -> Vec<u8> {
	match origin {
		Origin::Job(job) => with(0, &[&job.to_be_bytes()]),
		Origin::Session { session, index } => with(1, &[&session.to_be_bytes(), &index.to_be_bytes()]),
	}
}

fn of_work(work: Work) -> Vec<u8> {
	match work {
		Work::Job(JobId(job)) => with(0, &[&job.to_be_bytes()]),
		Work::Settlement { session, number } => with(1, &[&session.0.to_be_bytes(), &number.to_be_bytes()]),
	}
}
