// SPDX-License-Identifier: Apache-2.0

//! A version of a model with all that it was made from, as SPDX 3.0.1 (JSON-LD, profiles AI and Dataset), from the
//! chain's state alone.
//!
//! 1. A caller reads the views at one block into a [`Snapshot`].
//! 2. [`export`] checks that nothing is missing and writes the document. The same snapshot gives the same bytes.
//!
//! What the chain does not know is not in the document: when a dataset was made, what is in it, which licence somebody
//! found to apply. Where the profile wants a statement and has a word for having none, that word stands there.

mod elements;
mod graph;
mod names;
mod packages;
mod record;
mod snapshot;

pub use snapshot::{Block, Snapshot};

use crate::Error;
use std::fmt::Display;

/// The document about the snapshot's version, as JSON-LD that ends in a newline. `account` writes accounts, as SS58 say.
///
/// Left out are attestations of many at once, since a subject among many takes a proof, and those of what is not in the
/// document.
pub fn export<AccountId, Balance: Display>(
	snapshot: &Snapshot<AccountId, Balance>,
	account: impl Fn(&AccountId) -> String,
) -> Result<String, Error> {
	let index = snapshot.index()?;
	let document = packages::document(snapshot, &index, &account)?;
	let mut json = serde_json::to_string_pretty(&document).map_err(|source| Error::Unwritable { source })?;
	json.push('\n');
	Ok(json)
}
