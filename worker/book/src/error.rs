// SPDX-License-Identifier: Apache-2.0

//! What can be wrong: with the disk, with the book, or with what it is told.

use atelier_primitives::{
	ids::{DisputeId, JobId, SessionId},
	work::Work,
};
use atelier_referee::commit;
use std::path::PathBuf;

/// The fact that is wrong. Nothing is in the book of what was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
	// The folder.
	#[error("there is no book in {0}")]
	NoBook(PathBuf),
	#[error("there is a book in {0} already")]
	BookExists(PathBuf),
	#[error("the book in {folder} is open in process {by}")]
	InUse { folder: PathBuf, by: String },
	#[error("the book has format {found}; this program reads and writes format {known}")]
	OtherFormat { found: u32, known: u32 },
	#[error("the book is of another chain")]
	OtherChain,
	#[error("the book is of another worker or account")]
	OtherOwner,

	// The disk.
	#[error("the disk is full: nothing of this is in the book")]
	DiskFull,
	#[error("the disk: {0}")]
	Disk(String),
	#[error("the disk lost what was written to it ({0}): the book says nothing more until it is opened again")]
	DiskLost(String),
	#[error("the book is damaged: {0}")]
	Damaged(String),
	#[error("the book is closed")]
	Closed,

	// What somebody asks of the wrong book.
	#[error("that is the business of a worker's book")]
	NotAWorkers,
	#[error("that is the business of a requester's book")]
	NotARequesters,

	// Answers.
	#[error("the claim is of another chain")]
	ClaimOfOtherChain,
	#[error("the claim is of another session or job")]
	ClaimOfOtherOrigin,
	#[error("the claim is of another worker")]
	ClaimOfOtherWorker,
	#[error("the claim or the request is of another version")]
	ClaimOfOtherVersion,
	#[error("the claim is about another request")]
	ClaimOfOtherRequest,
	#[error("the answer has {found} tokens, the request allows {limit}")]
	TooManyTokens { found: u32, limit: u32 },
	#[error("{0} is not what the claim or the request commits to")]
	NotCommitted(&'static str),
	#[error("the answer has index {found}, the next is {next}")]
	WrongIndex { found: u64, next: u64 },
	#[error("an answer with its states is {found} bytes long, more than {most}")]
	TooLong { found: u64, most: u64 },
	#[error("commitment: {0}")]
	Commitment(commit::Error),

	// Sessions.
	#[error("session {0} is not in the book")]
	UnknownSession(SessionId),
	#[error("session {0} is in the book with other terms")]
	OtherTerms(SessionId),
	#[error("session {0} is closing: it serves no more")]
	Closing(SessionId),
	#[error("{unsigned} units would be unsigned, more than the window of {window}")]
	WindowExceeded { unsigned: u64, window: u64 },
	#[error("{units} units cost more than what is deposited")]
	DepositExceeded { units: u64 },
	#[error("the voucher is of another session")]
	VoucherOfOtherSession,
	#[error("sequence {found} is not larger than {newest}")]
	SequenceNotLarger { found: u64, newest: u64 },
	#[error("the voucher is for {found} receipts, not for more than {newest}")]
	ReceiptsNotMore { found: u64, newest: u64 },
	#[error("the root is not that of the book's first {receipts} receipts")]
	OtherRoot { receipts: u64 },
	#[error("the root has {found} receipts, the book {known}")]
	MoreReceipts { found: u64, known: u64 },
	#[error("the signature is not that of the session's key")]
	WrongSignature,
	#[error("settlement {number} of session {session} has another root")]
	OtherSettlement { session: SessionId, number: u32 },
	#[error("settlement {number} of session {session} is not in the book")]
	UnknownSettlement { session: SessionId, number: u32 },
	#[error("receipt {0} is not in the book any more")]
	Released(u64),
	#[error("there is no receipt {0}")]
	UnknownReceipt(u64),
	#[error("no receipt covers unit {0}")]
	UnknownUnit(u64),
	#[error("dispute {0} is about it")]
	Disputed(DisputeId),
	#[error("session {0} was settled: it is not one of a fork")]
	WasSettled(SessionId),
	#[error("session {0} has ended: nothing of it can be settled")]
	Ended(SessionId),
	#[error("{0} questions wait for their answers already")]
	TooManyAsked(usize),
	#[error("it was never asked")]
	NeverAsked,
	#[error("nothing was signed")]
	NothingSigned,

	// Jobs, audits, disputes, quotes.
	#[error("job {0} is not in the book")]
	UnknownJob(JobId),
	#[error("another claim was made for job {0}")]
	OtherClaim(JobId),
	#[error("{0:?} is not in the book as an audit")]
	UnknownAudit(Work),
	#[error("{0:?} is in the book with another lot")]
	OtherLot(Work),
	#[error("another report about {0:?} is sealed")]
	OtherReport(Work),
	#[error("nothing is sealed about {0:?}")]
	NothingSealed(Work),
	#[error("a report has {found} proofs, not {wanted}")]
	WrongProofs { found: usize, wanted: u32 },
	#[error("dispute {0} is not in the book")]
	UnknownDispute(DisputeId),
	#[error("dispute {0} is in the book as another")]
	OtherDispute(DisputeId),
	#[error("another trace was posted in dispute {0}")]
	OtherTrace(DisputeId),
	#[error("another vote was sealed in round {round} of dispute {dispute}")]
	OtherVote { dispute: DisputeId, round: u8 },
	#[error("quote {0} is not in the book")]
	UnknownQuote(u64),
	#[error("the quote is of another worker")]
	QuoteOfOtherWorker,
	#[error("{0} quotes are outstanding already")]
	TooManyQuotes(u64),
	#[error("there are no numbers left")]
	NoNumbersLeft,
}

impl Error {
	/// Whether the book could not be read or written: then nobody knows what else holds.
	pub(crate) fn is_of_storage(&self) -> bool {
		matches!(
			self,
			Self::DiskFull | Self::Disk(_) | Self::DiskLost(_) | Self::Damaged(_) | Self::Closed
		)
	}
}

impl From<commit::Error> for Error {
	fn from(error: commit::Error) -> Self {
		Self::Commitment(error)
	}
}

impl From<redb::Error> for Error {
	fn from(error: redb::Error) -> Self {
		match error {
			redb::Error::Io(error) => error.into(),
			redb::Error::PreviousIo => Self::Disk("writing has failed before".into()),
			redb::Error::Corrupted(what) => Self::Damaged(what),
			redb::Error::UpgradeRequired(version) => Self::Damaged(format!("its file is of version {version}")),
			redb::Error::RepairAborted => Self::Damaged("it was not repaired".into()),
			redb::Error::DatabaseClosed => Self::Closed,
			other => Self::Damaged(other.to_string()),
		}
	}
}

impl From<std::io::Error> for Error {
	fn from(error: std::io::Error) -> Self {
		use std::io::ErrorKind::{InvalidData, QuotaExceeded, StorageFull, UnexpectedEof};
		match error.kind() {
			StorageFull | QuotaExceeded => Self::DiskFull,
			// What the file says of itself is not what it is.
			InvalidData | UnexpectedEof => Self::Damaged(error.to_string()),
			_ => Self::Disk(error.to_string()),
		}
	}
}

macro_rules! from_storage {
	($($error:ident),*) => {$(
		impl From<redb::$error> for Error {
			fn from(error: redb::$error) -> Self {
				redb::Error::from(error).into()
			}
		}
	)*};
}

from_storage!(CommitError, DatabaseError, StorageError, TableError, TransactionError);
