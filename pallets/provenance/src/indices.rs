// SPDX-License-Identifier: Apache-2.0

//! Pages of what an index leads to.
//!
//! An entry is a key of two parts, the last of them the id, so adding and removing one costs the same however many there
//! are, and a page costs what it looks at.

use alloc::vec::Vec;
use atelier_primitives::{
	ids::{AttestationId, DatasetId},
	views::{Page, MAX_PAGE},
};
use codec::FullCodec;
use frame_support::storage::IterableStorageDoubleMap;

/// An id as the last part of a key: the largest byte first, so that an index runs in the order of the ids.
pub trait Ordered: Copy {
	type Key: FullCodec;
	fn key(self) -> Self::Key;
	fn of(key: Self::Key) -> Self;
}

/// See [`Ordered`].
pub type DatasetKey = [u8; 4];
/// See [`Ordered`].
pub type AttestationKey = [u8; 8];

impl Ordered for DatasetId {
	type Key = DatasetKey;
	fn key(self) -> DatasetKey {
		self.0.to_be_bytes()
	}
	fn of(key: DatasetKey) -> Self {
		Self(u32::from_be_bytes(key))
	}
}

impl Ordered for AttestationId {
	type Key = AttestationKey;
	fn key(self) -> AttestationKey {
		self.0.to_be_bytes()
	}
	fn of(key: AttestationKey) -> Self {
		Self(u64::from_be_bytes(key))
	}
}

/// The ids to which an index leads, in order, beginning after one of them.
pub(crate) fn ids<Index, Who, Id>(who: &Who, after: Option<Id>) -> impl Iterator<Item = Id>
where
	Index: IterableStorageDoubleMap<Who, Id::Key, ()>,
	Who: FullCodec,
	Id: Ordered,
{
	let keys = match after {
		Some(id) => Index::iter_key_prefix_from(who, Index::hashed_key_for(who, id.key())),
		None => Index::iter_key_prefix(who),
	};
	keys.map(Id::of)
}

/// The next of these, at most so many, and of them what the view shows.
pub(crate) fn page<Item, Id: Copy>(
	ids: impl Iterator<Item = Id>,
	limit: u32,
	view: impl Fn(Id) -> Option<Item>,
) -> Page<Item, Id> {
	let limit = limit.clamp(1, MAX_PAGE) as usize;
	let seen: Vec<Id> = ids.take(limit).collect();
	Page {
		items: seen.iter().filter_map(|id| view(*id)).collect(),
		next: seen.last().copied().filter(|_| seen.len() == limit),
	}
}
