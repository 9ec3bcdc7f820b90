// SPDX-License-Identifier: Apache-2.0

//! What is due when, done a bounded part at a time.
//!
//! A pallet keeps buckets of things, one for each block (or each tick of another clock), and where the oldest bucket that
//! is not done begins. Each bucket is bounded; what finds no room goes into one of the next. Work that does not fit into a
//! block's budget stays and comes first in the next; nothing is lost and no block is overfull, whatever is due at once.
//! Whatever a pallet puts here, it also lets anybody trigger by a call, so that a full agenda delays nobody who cares.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

#[cfg(test)]
mod tests;

use codec::FullCodec;
use core::marker::PhantomData;
use frame_support::{
	storage::{StorageMap, StorageValue, TryAppendMap},
	traits::Get,
	weights::{Weight, WeightMeter},
	BoundedVec,
};

/// In how many buckets after the wanted one room is looked for.
pub const SPILL: u32 = 32;

/// An agenda in two items of storage: `Buckets` by time, and `Next`, the oldest time that is not done.
pub struct Agenda<Buckets, Next, Item, Size>(PhantomData<(Buckets, Next, Item, Size)>);

/// What the steps of an agenda weigh.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
	/// To look at a bucket, and write it back.
	pub bucket: Weight,
	/// To do the dearest thing that can be due.
	pub item: Weight,
}

impl<Buckets, Next, Item, Size> Agenda<Buckets, Next, Item, Size>
where
	Buckets: StorageMap<u32, BoundedVec<Item, Size>, Query = BoundedVec<Item, Size>>
		+ TryAppendMap<u32, BoundedVec<Item, Size>, Item>,
	Next: StorageValue<u32, Query = u32>,
	Item: FullCodec,
	Size: Get<u32>,
{
	/// Notes what is due after `now`, at `at` or the first time after it with room. None: there is no room in any of the
	/// next [`SPILL`] buckets, and only a call will do it.
	pub fn note(now: u32, at: u32, item: Item) -> Option<u32> {
		Self::note_within(now, at, SPILL, item)
	}

	/// The same, in as many buckets after the wanted one as `spill` says. Of a full bucket only its length is read, and one
	/// with room is added to without decoding it: it costs the lengths of `spill` buckets, and one write.
	pub fn note_within(now: u32, at: u32, spill: u32, item: Item) -> Option<u32> {
		let first = at.max(now.saturating_add(1));
		(first..=first.saturating_add(spill)).find(|time| Buckets::try_append(time, &item).is_ok())
	}

	/// Does what is due up to `now`, the oldest first, as far as the meter allows. `act` may note new things, which are
	/// due later than now.
	pub fn serve(now: u32, meter: &mut WeightMeter, costs: Costs, mut act: impl FnMut(Item)) {
		let all = |item| {
			act(item);
			costs.item
		};
		Self::serve_weighed(now, meter, costs.bucket, |_| costs.item, all)
	}

	/// The same, where `act` says what it did weigh: no more than `most` says of the thing, for which there must be room.
	/// `bucket` is what it weighs to look at a bucket, and write it back.
	pub fn serve_weighed(
		now: u32,
		meter: &mut WeightMeter,
		bucket: Weight,
		most: impl Fn(&Item) -> Weight,
		mut act: impl FnMut(Item) -> Weight,
	) {
		let begin = Next::get();
		let mut time = begin;
		while time <= now && meter.try_consume(bucket).is_ok() {
			// A bucket is taken as a whole, so that whatever `act` does finds it consistent.
			let mut rest = Buckets::take(time).into_iter().peekable();
			while let Some(most) = rest.peek().map(&most).filter(|most| meter.can_consume(*most)) {
				let Some(item) = rest.next() else { break };
				meter.consume(act(item).min(most));
			}
			// No more than there were.
			let rest = BoundedVec::truncate_from(rest.collect());
			if !rest.is_empty() {
				Buckets::insert(time, rest);
				break;
			}
			time = time.saturating_add(1);
		}
		if time != begin {
			Next::put(time);
		}
	}

	/// How many buckets are behind.
	pub fn behind(now: u32) -> u32 {
		now.saturating_add(1).saturating_sub(Next::get())
	}
}
