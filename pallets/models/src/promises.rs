// SPDX-License-Identifier: Apache-2.0

//! Promises to publish. They are made before the roots are known to anybody else, so a copy of what is seen in the pool
//! comes too late. Those that nobody keeps leave by themselves.

use crate::{
	ownership::footprint, Config, Error, Event, Open, Pallet, Promise, PromiseOf, Promises, Queue, QueueEnds,
	WeightInfo, ITEM_BYTES,
};
use atelier_referee::hash::Digest;
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{Consideration, Defensive, Footprint, Get},
	weights::WeightMeter,
};
use sp_runtime::{traits::SaturatedConversion, DispatchResult};

impl<T: Config> Pallet<T> {
	/// What a promise takes: its record, its place in the queue, and its owner's count.
	pub(crate) fn promise_footprint() -> Footprint {
		let entry = <(T::AccountId, Digest, u32)>::max_encoded_len();
		let bytes = PromiseOf::<T>::max_encoded_len()
			.saturating_add(entry)
			.saturating_add(4);
		footprint(ITEM_BYTES.saturating_mul(3).saturating_add(bytes.saturated_into()))
	}

	pub(crate) fn do_commit_version(owner: T::AccountId, promise: Digest) -> DispatchResult {
		ensure!(
			!Promises::<T>::contains_key(&owner, promise),
			Error::<T>::AlreadyPromised
		);
		let open = Open::<T>::get(&owner);
		ensure!(open < T::MaxPromises::get(), Error::<T>::TooManyPromises);
		let made = Self::now();
		// Not in the same block, whatever the parameter says.
		let delay = T::RevealDelay::get().max(1);
		let from = made.checked_add(delay).ok_or(Error::<T>::NoMoreNumbers)?;
		let until = made
			.checked_add(T::RevealWindow::get())
			.ok_or(Error::<T>::NoMoreNumbers)?;
		let (first, place) = QueueEnds::<T>::get();
		let next = place.checked_add(1).ok_or(Error::<T>::NoMoreNumbers)?;
		let ticket = T::Consideration::new(&owner, Self::promise_footprint())?;
		QueueEnds::<T>::put((first, next));
		Queue::<T>::insert(place, (&owner, promise, until));
		Open::<T>::insert(&owner, open.saturating_add(1));
		let record = Promise {
			made,
			from,
			until,
			place,
			ticket,
		};
		Promises::<T>::insert(&owner, promise, record);
		Self::deposit_event(Event::VersionCommitted { owner, promise, until });
		Ok(())
	}

	/// A promise leaves: kept, or too late. Its deposit returns either way, since its bytes are gone; what it cost was fees.
	pub(crate) fn leave(owner: &T::AccountId, promise: Digest) -> DispatchResult {
		let Some(record) = Promises::<T>::take(owner, promise) else {
			return Ok(());
		};
		Queue::<T>::remove(record.place);
		Open::<T>::mutate_exists(owner, |open| {
			*open = open.unwrap_or(0).checked_sub(1).filter(|open| *open > 0);
		});
		record.ticket.drop(owner)
	}

	/// Takes promises that came too late from the front of the queue, and gaps that kept ones left there, as many as fit.
	/// Returns how many places it looked at.
	///
	/// They stand in the order in which they were made. If governance shortens the window, later ones wait for those before.
	pub(crate) fn expire(meter: &mut WeightMeter, most: u32) -> u32 {
		let now = Self::now();
		let (mut first, end) = QueueEnds::<T>::get();
		let begin = first;
		let mut looked = 0_u32;
		while first < end && looked < most && meter.try_consume(T::WeightInfo::expire()).is_ok() {
			if let Some((owner, promise, until)) = Queue::<T>::get(first) {
				if until >= now {
					break;
				}
				if Self::leave(&owner, promise).defensive().is_ok() {
					Self::deposit_event(Event::PromiseExpired { owner, promise });
				}
				Queue::<T>::remove(first);
			}
			first = first.saturating_add(1);
			looked = looked.saturating_add(1);
		}
		if first != begin {
			QueueEnds::<T>::put((first, end));
		}
		looked
	}
}
