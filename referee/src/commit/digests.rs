// SPDX-License-Identifier: Apache-2.0

//! The four messages of a tree, which no two different things share: the first byte says which it is.
//!
//! - a leaf: `0 ‖ kind ‖ index ‖ bytes`
//! - a node: `1 ‖ left ‖ right`
//! - padding, which fills the lowest level up to a power of two: `2`
//! - the root: `3 ‖ kind ‖ count ‖ top`
//!
//! A kind is one byte; index and count are eight, the least significant first.

use super::kind::Kind;
use crate::{
	checks::{Check, on},
	hash::{Blake2b256, Digest},
};
use alloc::vec::Vec;
use core::marker::PhantomData;

const LEAF: u8 = 0;
const NODE: u8 = 1;
const PADDING: u8 = 2;
const ROOT: u8 = 3;

/// The digest of a leaf.
pub fn leaf<H: Blake2b256>(kind: Kind, index: u64, bytes: &[u8]) -> Digest {
	// The tag, the kind and the index are ten bytes.
	let mut message = Vec::with_capacity(bytes.len().saturating_add(10));
	message.push(LEAF);
	if on(Check::Kind) {
		message.push(kind.byte());
	}
	if on(Check::Index) {
		message.extend_from_slice(&index.to_le_bytes());
	}
	message.extend_from_slice(bytes);
	tagged::<H>(&message)
}

/// The digest of a node.
pub(super) fn node<H: Blake2b256>(left: &Digest, right: &Digest) -> Digest {
	let mut message = [NODE; 65];
	let [_, children @ ..] = &mut message;
	children.copy_from_slice([*left, *right].as_flattened());
	tagged::<H>(&message)
}

/// The root: what the top stands for.
pub(super) fn root<H: Blake2b256>(kind: Kind, count: u64, top: &Digest) -> Digest {
	let mut message = Vec::with_capacity(42);
	message.push(ROOT);
	if on(Check::Kind) {
		message.push(kind.byte());
	}
	if on(Check::Count) {
		message.extend_from_slice(&count.to_le_bytes());
	}
	message.extend_from_slice(top);
	tagged::<H>(&message)
}

fn tagged<H: Blake2b256>(message: &[u8]) -> Digest {
	match message {
		[_, untagged @ ..] if !on(Check::Tags) => H::hash(untagged),
		_ => H::hash(message),
	}
}

/// The digests of nodes below which there is only padding, computed up to the highest level that was asked for.
pub(super) struct Padding<H> {
	level: u32,
	digest: Option<Digest>,
	hash: PhantomData<H>,
}

impl<H: Blake2b256> Padding<H> {
	pub(super) const fn new() -> Self {
		Self {
			level: 0,
			digest: None,
			hash: PhantomData,
		}
	}

	/// The digest at a level, which is not below the one asked for before.
	pub(super) fn at(&mut self, level: u32) -> Digest {
		let mut digest = self.digest.unwrap_or_else(|| tagged::<H>(&[PADDING]));
		while self.level < level {
			digest = node::<H>(&digest, &digest);
			self.level = self.level.saturating_add(1);
		}
		self.digest = Some(digest);
		digest
	}
}
