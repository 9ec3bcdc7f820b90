// SPDX-License-Identifier: Apache-2.0

//! Writes the bytes of a package in the order of its layout, and commits to them.

use crate::Error;
use atelier_referee::{
	commit::{Builder, Commitment, Kind},
	hash::{Digest, Portable},
	model::{CHUNK, Layout, Shape, Tensor},
};
use std::io::Write;

/// Gives the bytes of each tensor, asked for in the order of the layout.
pub trait Parts {
	fn shape(&self) -> Shape;

	fn bytes(&mut self, tensor: Tensor) -> Result<Vec<u8>, Error>;
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
	pub commitment: Commitment,
	pub bytes: u64,
	pub blake3: Digest,
}

/// Writes a package; `progress` hears how many chunks of how many are written.
pub fn write(
	parts: &mut impl Parts,
	to: &mut impl Write,
	progress: &mut dyn FnMut(u64, u64),
) -> Result<Written, Error> {
	let layout = Layout::new(parts.shape().checked()?);
	let all = layout.chunks();
	let mut tree = Builder::<Portable>::new(Kind::Weights);
	let mut hash = blake3::Hasher::new();
	let mut chunks = 0;
	for tensor in layout.tensors() {
		let place = layout.bytes(tensor);
		// A tied output matrix is where the embedding is, which is there already.
		if place.is_empty() || layout.first_chunk(tensor) < chunks {
			continue;
		}
		let mut bytes = parts.bytes(tensor)?;
		debug_assert_eq!(bytes.len() as u64, place.end - place.start, "{tensor:?}");
		bytes.resize(((place.end - place.start).next_multiple_of(CHUNK)) as usize, 0);
		to.write_all(&bytes).map_err(|source| Error::Write { source })?;
		hash.update(&bytes);
		for chunk in bytes.chunks(CHUNK as usize) {
			tree.push(chunk).map_err(|source| Error::Commitment { source })?;
			chunks += 1;
		}
		progress(chunks, all);
	}
	Ok(Written {
		commitment: tree.commitment(),
		bytes: chunks * CHUNK,
		blake3: *hash.finalize().as_bytes(),
	})
}

/// An exact model in memory.
#[derive(Clone, Debug)]
pub struct Exact {
	pub shape: Shape,
	pub package: Vec<u8>,
}

/// The exact model of some parts, in memory.
pub fn exact(mut parts: impl Parts) -> Result<Exact, Error> {
	let mut package = Vec::new();
	let shape = parts.shape();
	write(&mut parts, &mut package, &mut |_, _| ())?;
	Ok(Exact { shape, package })
}
