// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a snapshot, with a Croissant file, or with files on disk.

use atelier_primitives::{
	BlockNumber,
	ids::{AttestationId, DatasetId, ModelId, SchemaId, VersionId},
};
use std::{fmt, path::PathBuf};

/// Something on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
	Model(ModelId),
	Version(VersionId),
	Dataset(DatasetId),
	Schema(SchemaId),
	Attestation(AttestationId),
}

impl fmt::Display for Thing {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Model(id) => write!(f, "model {id}"),
			Self::Version(id) => write!(f, "version {id}"),
			Self::Dataset(id) => write!(f, "dataset {id}"),
			Self::Schema(id) => write!(f, "schema {id}"),
			Self::Attestation(id) => write!(f, "attestation {id}"),
		}
	}
}

/// Every failure names the thing, file, field or number that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	// A snapshot of the chain.
	#[error("the snapshot lacks {0}")]
	Missing(Thing),
	#[error("the snapshot has {0} twice")]
	Twice(Thing),
	#[error("the licence of {0} is no SPDX expression")]
	BrokenLicence(Thing),
	#[error("{milliseconds} ms after 1970 is no time of block {block} that can be written")]
	ImpossibleTime { block: BlockNumber, milliseconds: u64 },
	#[error("{written:?} is no way to write an account: letters and digits, at most {limit}")]
	BrokenAccount { written: String, limit: usize },
	#[error("the document cannot be written")]
	Unwritable { source: serde_json::Error },

	// A Croissant file.
	#[error("a description of {bytes} bytes is longer than {limit}")]
	DescriptionTooLong { bytes: u64, limit: usize },
	#[error("the description has objects and lists in each other more than {limit} deep")]
	DescriptionTooDeep { limit: usize },
	#[error("the description is not a JSON object that can be read")]
	BrokenDescription { source: serde_json::Error },
	#[error("the description states {field} twice")]
	FieldTwice { field: String },
	#[error("the description's {field} has more than {limit} values")]
	TooManyValues { field: String, limit: usize },
	#[error("the description is of a {found:?}, not of a Dataset")]
	NotADataset { found: String },
	#[error("the description conforms to {found:?}, and only {known} is known here")]
	NotCroissant { found: String, known: &'static str },
	#[error("the description states no licence: pass --licence with an SPDX expression")]
	NoLicence,
	#[error("the description's licence {found:?} is not on the SPDX list: pass --licence with an SPDX expression")]
	UnknownLicence { found: String },
	#[error("{found:?} is no SPDX expression")]
	NotAnExpression { found: String },
	#[error("the licence expression has {bytes} bytes, more than {limit}")]
	LicenceTooLong { bytes: usize, limit: u32 },
	#[error("the description does not say, and nobody else did: {}", .0.join(", "))]
	Unanswered(Vec<&'static str>),

	// Files on disk.
	#[error("{path} cannot be read")]
	Unreadable { path: PathBuf, source: std::io::Error },
	#[error("{path} is a link: what it leads to is not in the folder")]
	Link { path: PathBuf },
	#[error("{path} is neither a file nor a folder")]
	NotAFile { path: PathBuf },
	#[error("{path} has a name that cannot be listed: UTF-8 without control characters or \\, and not - alone")]
	UnlistableName { path: PathBuf },
	#[error("{path} changed while it was read")]
	Changed { path: PathBuf },
	#[error("{path} has more than {limit} files")]
	TooManyFiles { path: PathBuf, limit: usize },
	#[error("{path} lies more than {limit} folders deep")]
	TooDeep { path: PathBuf, limit: usize },
	#[error("the names in {path} have more than {limit} bytes")]
	NamesTooLong { path: PathBuf, limit: usize },
	#[error("there is no file in {path}")]
	NoFiles { path: PathBuf },
}
