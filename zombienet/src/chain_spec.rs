// SPDX-License-Identifier: Apache-2.0

//! The chain that a network starts from: the node's own `local`, with fewer validators or shorter epochs if asked.
//!
//! Zombienet gets the raw specification. Given a plain one, it would replace the session keys by its own and execute
//! the runtime inside the test process to compute the genesis state, where an unoptimised wasmtime needs over a minute;
//! the node does it in seconds. And so the keys under test are the ones that the preset ships: zombienet puts the same
//! keys (`//Alice` and so on) into the keystores.

use crate::{Error, node};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The chain's name, for the node and for zombienet.
pub const CHAIN: &str = "local";

/// What differs from the shipped specification.
#[derive(Clone, Copy, Debug)]
pub struct Changes {
	/// Only the first so many validators.
	pub validators: usize,
	/// Slots in an epoch, so that a short test crosses epoch boundaries.
	pub epoch_slots: u64,
}

/// Writes the raw specification into `folder` and returns its path.
pub async fn write(binary: &Path, folder: &Path, changes: Changes) -> Result<PathBuf, Error> {
	let plain = node::output(binary, &["export-chain-spec", "--chain", CHAIN]).await?;
	let plain = save(folder.join("changed-plain.json"), &apply(&plain, changes)?).await?;
	let plain_path = plain.to_string_lossy();
	let raw = node::output(binary, &["export-chain-spec", "--raw", "--chain", &plain_path]).await?;
	save(folder.join("changed-raw.json"), &raw).await
}

/// The plain specification with `changes` made.
pub fn apply(plain: &[u8], changes: Changes) -> Result<Vec<u8>, Error> {
	let mut spec: Value = serde_json::from_slice(plain)?;
	let genesis = spec
		.pointer_mut("/genesis/runtimeGenesis/patch")
		.ok_or(Error::SpecLacks("genesis patch"))?;
	genesis
		.pointer_mut("/session/keys")
		.and_then(Value::as_array_mut)
		.filter(|keys| keys.len() >= changes.validators)
		.ok_or(Error::SpecLacks("session keys for so many validators"))?
		.truncate(changes.validators);
	genesis
		.pointer_mut("/launch")
		.and_then(Value::as_object_mut)
		.ok_or(Error::SpecLacks("launch section"))?
		.insert("epochSlots".into(), changes.epoch_slots.into());
	Ok(serde_json::to_vec(&spec)?)
}

async fn save(path: PathBuf, contents: &[u8]) -> Result<PathBuf, Error> {
	match tokio::fs::write(&path, contents).await {
		Ok(()) => Ok(path),
		Err(source) => Err(Error::File {
			doing: "write",
			path,
			source,
		}),
	}
}
