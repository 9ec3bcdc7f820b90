// SPDX-License-Identifier: Apache-2.0

//! What can go wrong for a requester. Where it is the worker's fault it says so: then nothing more is signed.

use super::notes::NotesError;
use atelier_referee::commit;
use atelier_wire::{FrameError, Refusal, WriteError};
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error("no stream could be opened")]
	Stream(#[from] std::io::Error),
	#[error(transparent)]
	Frame(#[from] FrameError),
	#[error(transparent)]
	Write(#[from] WriteError),
	#[error("the worker ended the stream")]
	Ended,
	#[error("the worker said nothing in time")]
	Silent,
	#[error("the worker refused: {refusal} {fact}")]
	Refused { refusal: Refusal, fact: String },
	#[error("the worker has too much to do; it may be tried again in {after:?}")]
	Overloaded { after: Duration },
	#[error("the worker said something else than what was asked")]
	OutOfTurn,
	#[error(transparent)]
	Wrong(#[from] Wrong),
	#[error(transparent)]
	Notes(#[from] NotesError),
	#[error("input and request are not about the same")]
	NotTheInput,
}

/// What a worker said that is not so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
	#[error("it is another worker, or of another session, chain or version")]
	AnotherOrigin,
	#[error("the claim is about something that was not asked")]
	AnotherRequest,
	#[error("the claim counts other tokens of the input")]
	InputCount,
	#[error("the claim is not about the tokens that were sent")]
	OtherTokens,
	#[error("tokens do not follow those before them, or are more than were wanted")]
	OutOfOrder,
	#[error("no answer ends like this")]
	WrongEnd,
	#[error("the claim's states are not as many as there are positions")]
	States,
	#[error("it costs other units than its tokens")]
	Units,
	#[error("it forgot receipts")]
	Forgot,
	#[error("its receipts are not those that were received")]
	AnotherRoot,
	#[error("the quote is not what was asked for, or not signed by the worker")]
	Quote,
	#[error(transparent)]
	Tree(#[from] commit::Error),
}
