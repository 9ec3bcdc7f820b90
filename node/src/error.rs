// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Why the node did not start or had to stop, in words that an operator can act on.

use crate::service::Hash;
use std::{io, net::SocketAddr, path::PathBuf};

/// Everything that ends the process with exit code 1.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The chain specification was readable but its genesis cannot be built.
	#[error("chain specification '{id}' is not usable: {reason}")]
	ChainSpecUnusable {
		/// Id that the specification states.
		id: String,
		/// What the genesis builder said.
		reason: String,
	},

	/// The database was made for another chain.
	#[error(
		"wrong chain specification: its genesis is {spec:?}, the database at {path} was made for genesis {database:?}; \
         use the specification that the database was made with, another --base-path, or remove the data with purge-chain"
	)]
	GenesisMismatch {
		/// Genesis hash in the database.
		database: Hash,
		/// Genesis hash of the chain specification.
		spec: Hash,
		/// Where the database is.
		path: PathBuf,
	},

	/// Another process has the database open.
	#[error(
        "database is locked: the one at {} is in use by another process; stop that process or use another --base-path",
        .path.display()
    )]
	DatabaseLocked {
		/// Where the database is.
		path: PathBuf,
	},

	/// Another process listens where the node should.
	#[error(
		"port in use: {service} cannot listen on {address} because another process does; \
         stop that process or choose another port with {option}"
	)]
	PortInUse {
		/// What would have listened.
		service: &'static str,
		/// Where.
		address: SocketAddr,
		/// The option that moves it.
		option: &'static str,
	},

	/// The node may not listen, or the address is not one of this machine's.
	#[error("{service} cannot listen on {address}: {reason}; see {option}")]
	CannotListen {
		/// What would have listened.
		service: &'static str,
		/// Where.
		address: SocketAddr,
		/// The option that moves it.
		option: &'static str,
		/// What the operating system said.
		reason: io::Error,
	},

	/// Too little space for the database.
	#[error(
        "disk full: {available} MiB are free for the database at {}, the node needs {required} MiB; \
         free some space or lower --db-storage-threshold",
        .path.display()
    )]
	DiskFull {
		/// Where the database is.
		path: PathBuf,
		/// Free space in MiB.
		available: u64,
		/// Required space in MiB.
		required: u64,
	},

	/// The free space could not be asked for.
	#[error("cannot tell how much space is free for the database at {}: {reason}", .path.display())]
	DiskUnreadable {
		/// Where the database is.
		path: PathBuf,
		/// What the operating system said.
		reason: io::Error,
	},

	/// An option's value, or the file that it names, cannot be used.
	#[error("{0}")]
	Input(String),

	/// Key, file and logging errors.
	#[error(transparent)]
	Cli(Box<sc_cli::Error>),

	/// Errors while building or running the service.
	#[error(transparent)]
	Service(Box<sc_service::Error>),

	/// Clients cannot be served.
	#[error(transparent)]
	Rpc(#[from] crate::rpc::server::Error),

	/// A task without which the node is of no use has ended.
	#[error("an essential task ended; the log above names it")]
	EssentialTask,
}

impl From<sc_cli::Error> for Error {
	fn from(error: sc_cli::Error) -> Self {
		match error {
			sc_cli::Error::Service(error) => error.into(),
			sc_cli::Error::Input(text) => Self::Input(text),
			error => Self::Cli(Box::new(error)),
		}
	}
}

impl From<sc_service::Error> for Error {
	fn from(error: sc_service::Error) -> Self {
		Self::Service(Box::new(error))
	}
}

impl From<sp_blockchain::Error> for Error {
	fn from(error: sp_blockchain::Error) -> Self {
		sc_service::Error::Client(error).into()
	}
}

impl From<sc_telemetry::Error> for Error {
	fn from(error: sc_telemetry::Error) -> Self {
		sc_service::Error::Telemetry(error).into()
	}
}

/// The error and what caused it, without saying anything twice.
pub fn describe(error: &dyn std::error::Error) -> String {
	let mut text = error.to_string();
	let mut cause = error.source();
	while let Some(error) = cause {
		let reason = error.to_string();
		if !text.contains(&reason) {
			text.push_str(": ");
			text.push_str(&reason);
		}
		cause = error.source();
	}
	text
}
