// SPDX-License-Identifier: Apache-2.0

//! What people call versions and models: a version's number, or `alias/slug` and `alias/slug@number`.

use anyhow::{Result, bail};
use atelier_client::Models;
use atelier_primitives::ids::{DatasetId, ModelId, VersionId};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
	Version(VersionId),
	Name(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
	Model(ModelId),
	Version(VersionId),
}

impl fmt::Display for Wanted {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Version(version) => version.fmt(f),
			Self::Name(name) => name.fmt(f),
		}
	}
}

/// A version or a model of a command line.
pub fn wanted(text: &str) -> Result<Wanted, String> {
	if text.contains('/') {
		return Ok(Wanted::Name(text.into()));
	}
	let number = text.parse().map_err(|_| "a version's number, or alias/slug@number")?;
	Ok(Wanted::Version(VersionId(number)))
}

/// A dataset of a command line.
pub fn dataset(text: &str) -> Result<DatasetId, String> {
	text.parse().map(DatasetId).map_err(|_| "a dataset's number".into())
}

impl Wanted {
	/// What the chain has under this name.
	pub async fn find(&self, models: Models<'_>) -> Result<Found> {
		match self {
			Self::Version(version) => Ok(Found::Version(*version)),
			Self::Name(name) => match models.resolve(name).await? {
				Some((_, Some(version))) => Ok(Found::Version(version)),
				Some((model, None)) => Ok(Found::Model(model)),
				None => bail!("nothing is called {name}"),
			},
		}
	}

	/// The version that is meant.
	pub async fn version(&self, models: Models<'_>) -> Result<VersionId> {
		match self.find(models).await? {
			Found::Version(version) => Ok(version),
			Found::Model(_) => bail!("{self} is a model; say which version, as in {self}@0"),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_and_names_are_told_apart() {
		assert_eq!(wanted("3"), Ok(Wanted::Version(VersionId(3))));
		assert_eq!(wanted("me/tiny@2"), Ok(Wanted::Name("me/tiny@2".into())));
		for text in ["", "tiny", "-1", "4294967296", "3.0"] {
			assert!(wanted(text).is_err(), "{text}");
			assert!(dataset(text).is_err(), "{text}");
		}
	}
}
