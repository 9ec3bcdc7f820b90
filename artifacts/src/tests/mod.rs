// SPDX-License-Identifier: Apache-2.0

mod network;
mod rules;
mod sealed;
mod store;

use crate::store::{Options, Store};
use tempfile::TempDir;

/// Bytes that no two seeds have in common.
pub fn bytes(seed: u64, length: usize) -> Vec<u8> {
	let mut output = vec![0; length];
	let mut hasher = blake3::Hasher::new();
	hasher.update(&seed.to_le_bytes());
	hasher.finalize_xof().fill(&mut output);
	output
}

pub fn hash(bytes: &[u8]) -> crate::Hash {
	crate::Hash::new(bytes)
}

pub fn folder() -> TempDir {
	TempDir::with_prefix("artifacts").unwrap()
}

/// Without a margin on the disk: the machine of a test may be full.
pub fn options(folder: &TempDir, quota: u64) -> Options {
	Options {
		spare: 0,
		..Options::new(folder.path().join("store"), quota)
	}
}

pub async fn store(folder: &TempDir, quota: u64) -> Store {
	Store::open(options(folder, quota)).await.unwrap()
}

pub const MB: u64 = 1024 * 1024;
