// SPDX-License-Identifier: Apache-2.0

//! What a worker must not forget, as far as serving needs it. The worker's book keeps it on disk; [`Memory`] does not.

mod memory;

pub use memory::Memory;

use crate::Terms;
use atelier_primitives::{
	ids::{JobId, SessionId},
	work::voucher::Voucher,
};
use atelier_referee::{
	claim::{Claim, Request, State},
	commit::mountain::{Inclusion, Root},
};
use atelier_wire::{Quote, Signature, Vector};
use futures::future::BoxFuture;
use std::sync::Arc;

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
	/// Of all receipts.
	pub root: Root,
	/// Of those that the newest voucher pays for, and its sequence.
	pub signed: Root,
	pub sequence: u64,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
	Tokens(Vec<u32>),
	Vector(Vector),
}

/// By what an auditor sees where it went another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
	Nothing,
	States(Vec<State>),
	Fingerprint(Vec<u8>),
}

/// An answer with all that its worker may have to show.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered {
	pub claim: Claim,
	/// What the claim is about: of a cut answer the request with another limit than the one that came.
	pub request: Request,
	pub input: Vec<u32>,
	pub output: Output,
	pub evidence: Evidence,
}

impl std::fmt::Debug for Answered {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Answered({:?})", self.claim.origin)
	}
}

/// Where a receipt is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
	pub index: u64,
	pub units: u64,
	pub inclusion: Inclusion,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
	#[error("the last voucher has the sequence {last}")]
	OldSequence { last: u64 },
	#[error("{receipts} receipts are signed already")]
	NothingNew { receipts: u64 },
	#[error("that is not the root of the first {receipts} receipts")]
	UnknownRoot { receipts: u64 },
	#[error("there is no such receipt")]
	NoSuchReceipt,
	#[error("it was deleted")]
	Gone,
	#[error("the session is not in the book")]
	NoSession,
	#[error("the receipt is for place {found}, and {next} is next")]
	NotNext { found: u64, next: u64 },
	#[error("the book cannot be written or read: {reason}")]
	Failed { reason: String },
}

/// A worker's book. Whatever it returns as done is done for good: after a crash too.
pub trait Ledger: Send + Sync {
	/// Begins a session, or says how far it is. What the chain says of it may have changed.
	fn open(&self, terms: &Terms) -> BoxFuture<'_, Result<Kept, LedgerError>>;

	/// Adds an answer, whose claim names the next place. Returns the root with it.
	fn append(&self, session: SessionId, answered: Answered) -> BoxFuture<'_, Result<Root, LedgerError>>;

	/// Keeps a voucher whose signature is good, if its sequence and its number of receipts are higher than before and its root
	/// is the one of so many receipts.
	fn voucher(&self, voucher: Voucher, signature: Signature) -> BoxFuture<'_, Result<Kept, LedgerError>>;

	/// Claims of the receipts from the first on, at most so many.
	fn claims(&self, session: SessionId, first: u64, most: usize) -> BoxFuture<'_, Result<Vec<Claim>, LedgerError>>;

	fn answered(&self, session: SessionId, index: u64) -> BoxFuture<'_, Result<Arc<Answered>, LedgerError>>;

	/// The root when there were so many receipts. None: what it is computed from is gone.
	fn root_of_first(&self, session: SessionId, receipts: u64) -> BoxFuture<'_, Result<Option<Root>, LedgerError>>;

	/// The receipt that covers a unit, among the first so many.
	fn covering(
		&self,
		session: SessionId,
		receipts: u64,
		unit: u64,
	) -> BoxFuture<'_, Result<Option<Located>, LedgerError>>;

	/// Gives a quote a number that none had.
	fn quote(&self, quote: Quote) -> BoxFuture<'_, Result<Quote, LedgerError>>;

	/// Keeps what a job asks. The same again changes nothing.
	fn hand(&self, job: JobId, request: Request, input: Vec<u32>) -> BoxFuture<'_, Result<(), LedgerError>>;

	/// What was answered in a job, if it was.
	fn job(&self, job: JobId) -> BoxFuture<'_, Result<Option<Arc<Answered>>, LedgerError>>;
}
