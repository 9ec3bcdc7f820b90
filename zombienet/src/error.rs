// SPDX-License-Identifier: Apache-2.0

//! What can go wrong between a test and its network.

use crate::rpc::Block;
use std::{path::PathBuf, time::Duration};
use zombienet_sdk::subxt;

/// Every failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	#[error("{variable} is not set: it must hold the absolute path of {what}")]
	NotSet { variable: &'static str, what: &'static str },
	#[error("{variable} must hold the absolute path of {what}, but {} is not a file there", path.display())]
	NoSuchFile {
		variable: &'static str,
		what: &'static str,
		path: PathBuf,
	},
	#[error("cannot {doing} {}: {source}", path.display())]
	File {
		doing: &'static str,
		path: PathBuf,
		source: std::io::Error,
	},
	#[error("`{command}` failed: {reason}")]
	Command { command: String, reason: String },
	#[error("the chain specification has no {0}")]
	SpecLacks(&'static str),
	#[error("the chain specification is not JSON: {0}")]
	SpecMalformed(#[from] serde_json::Error),
	#[error("zombienet: {0}")]
	Zombienet(String),
	#[error("{node}: zombienet knows no process of it")]
	NoProcess { node: String },
	#[error("{node}: cannot kill process {pid}: {reason}")]
	Kill { node: String, pid: i32, reason: nix::Error },
	#[error("{method} at {node}: {reason}")]
	Rpc {
		node: String,
		method: &'static str,
		reason: String,
	},
	#[error("{method} at {node} answered something else than {expected}: {answer}")]
	UnexpectedAnswer {
		node: String,
		method: &'static str,
		expected: &'static str,
		answer: String,
	},
	#[error("{node} calls {now} final, but block {} was already final as {:?} (seen by {witnesses})", now.number, before.hash)]
	FinalityContradicted {
		node: String,
		now: Block,
		before: Block,
		witnesses: String,
	},
	#[error("{node} once called {block} final, and the chain now has {canonical} there")]
	FinalityLost {
		node: String,
		block: Block,
		canonical: String,
	},
	#[error("waited {} s for {what}; last seen: {last}", waited.as_secs())]
	Timeout {
		what: String,
		waited: Duration,
		last: String,
	},
	#[error("the runtime code exceeds what the chain accepts when decompressed")]
	CodeTooLarge,
	#[error("the transaction left the pool without entering a block: {0}")]
	TransactionDropped(String),
	#[error("no {0} in the block's events")]
	NoEvent(&'static str),
	#[error("referendum {index} of {chamber} ended as {outcome}")]
	ReferendumFailed {
		chamber: &'static str,
		index: u32,
		outcome: String,
	},
	#[error(transparent)]
	Subxt(Box<subxt::Error>),
}

impl From<subxt::Error> for Error {
	fn from(error: subxt::Error) -> Self {
		Self::Subxt(Box::new(error))
	}
}
