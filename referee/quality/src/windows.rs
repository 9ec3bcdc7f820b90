// SPDX-License-Identifier: Apache-2.0

//! Pieces of a token stream, each of which a decoder is asked about on its own.

use crate::Error;
use std::path::Path;

/// The decoder here is asked about 256 tokens at a time; one more is the last one's answer.
pub const WINDOW: usize = 257;

/// Windows as they are stored: ids of 16 bits, the low byte first, without a header.
pub fn read(path: &Path) -> Result<Vec<Vec<u32>>, Error> {
	let bytes = std::fs::read(path).map_err(|source| Error::Unreadable {
		path: path.into(),
		source,
	})?;
	if bytes.is_empty() || !bytes.len().is_multiple_of(2 * WINDOW) {
		return Err(Error::BrokenSlice {
			path: path.into(),
			window: WINDOW,
		});
	}
	let ids: Vec<_> = bytes
		.as_chunks()
		.0
		.iter()
		.map(|&id| u32::from(u16::from_le_bytes(id)))
		.collect();
	Ok(ids.chunks(WINDOW).map(<[u32]>::to_vec).collect())
}
