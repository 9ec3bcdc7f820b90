// SPDX-License-Identifier: Apache-2.0

//! What can go wrong between here and the chain, by whose fault it is.

use crate::Hash;
use std::{io, path::PathBuf};
use subxt::error::DispatchError;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum Error {
	#[error("no node can be reached at {url}: {told}")]
	Unreachable { url: String, told: String },
	#[error("the node at {url} does not answer")]
	Silent { url: String },
	#[error("from one to {most} nodes can be named")]
	NodeCount { most: usize },
	#[error("no node can be used: {told}")]
	NoNode { told: String },
	#[error("the node at {url} is of the chain {found:?}, not of {wanted:?}")]
	OtherChain { url: String, found: Hash, wanted: Hash },
	#[error("block {number} was final as {known:?}, and the node's chain has {found:?} there")]
	NotTheChain { number: u64, known: Hash, found: Hash },
	#[error("the node has no block {number}")]
	NoBlock { number: u64 },
	#[error("the node makes no sense: {told}")]
	Nonsense { told: String },
	#[error(
		"the node runs another version of the chain than this program was made for; use a newer program, or another node"
	)]
	OtherRuntime,
	/// The chain looked at the call and refused it. Its fee is gone.
	#[error("the chain refused {call}: {reason}")]
	Refused { call: String, reason: Refusal },
	#[error("no block takes {call}: {told}")]
	NotIncluded { call: String, told: String },
	#[error("{call} was sent, and is in no block after {seconds} s; it may still get into one")]
	Late { call: String, seconds: u64 },
	#[error("somebody else signs for this account: {call} lost its transaction number again and again")]
	NumbersTaken { call: String },
	#[error(
		"{call} may have been carried out in the blocks {first} to {last}, which no node can be asked about any more"
	)]
	Unseen { call: String, first: u64, last: u64 },
	#[error("{call} was sent, and whether it was carried out is not known: {told}")]
	Uncertain { call: String, told: String },
	#[error("the task that sends calls has ended")]
	OutboxClosed,
	#[error("the chain carried {call} out, and did not report {event}")]
	NoEvent { call: String, event: &'static str },
	#[error("the runtime does not answer {view}: {told}")]
	NotAnswered { view: String, told: String },
	#[error("there is no version {version}")]
	NoVersion { version: u32 },
	#[error("the promise could be kept until block {until}; once the chain has cleared it, it can be made again")]
	PromiseExpired { until: u32 },
	#[error("the promise is not on the chain, although the chain took it")]
	PromiseGone,
	#[error("no block after {block} became final within {seconds} s")]
	Stalled { block: u32, seconds: u64 },
	#[error("the key file {path} cannot be read")]
	KeyFile { path: PathBuf, source: io::Error },
	#[error("others may read the key file {path}: chmod 600 it")]
	KeyExposed { path: PathBuf },
	#[error("the key file {path} holds no secret phrase or 0x and 64 digits of a seed")]
	KeyUnreadable { path: PathBuf },
	#[error("a development key is written //Name, as in //Alice")]
	NotDevelopmentKey,
	#[error("the node: {0}")]
	Node(Box<subxt::Error>),
}

impl Error {
	/// Whether another node would say the same.
	pub(crate) fn is_about_the_chain(&self) -> bool {
		matches!(self, Self::NotTheChain { .. } | Self::OtherRuntime)
	}
}

/// Why the chain refused a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
	/// An error of a pallet, by their names.
	Pallet { pallet: String, error: String },
	/// Any other.
	Other(String),
}

impl std::fmt::Display for Refusal {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Pallet { pallet, error } => write!(f, "{pallet}::{error}"),
			Self::Other(reason) => reason.fmt(f),
		}
	}
}

impl From<&DispatchError> for Refusal {
	fn from(error: &DispatchError) -> Self {
		match error {
			DispatchError::Module(module) => match module.details() {
				Ok(details) => Self::Pallet {
					pallet: details.pallet.name().into(),
					error: details.variant.name.clone(),
				},
				Err(_) => Self::Other(error.to_string()),
			},
			other => Self::Other(other.to_string()),
		}
	}
}

impl<E: Into<subxt::Error>> From<E> for Error {
	fn from(error: E) -> Self {
		Self::Node(Box::new(error.into()))
	}
}

/// An error with all its causes, in one line.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
	let mut line = error.to_string();
	let mut cause = error.source();
	while let Some(error) = cause {
		let text = error.to_string();
		// Most errors of libraries say what their cause says.
		if !line.contains(&text) {
			line = format!("{line}: {text}");
		}
		cause = error.source();
	}
	line
}
