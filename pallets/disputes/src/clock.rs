// SPDX-License-Identifier: Apache-2.0

//! The court's clock.
//!
//! It counts only blocks in which the court had room for a move, by weight and by length, so that nobody loses by silence who
//! was not let speak. Who
//! fills the ordinary part of blocks does not stop it: the rest is kept for those whose turn it is (`admission`). It
//! stands still in safe mode, during migrations, and under a pause, which ends by itself.

use crate::{
	checks::{on, Check},
	weights, Agenda, Clock, Config, Due, Error, Event, Pallet, PausedUntil, WeightInfo, FRAME_BYTES, MOST_BYTES,
};
use atelier_agenda::Costs;
use atelier_primitives::BlockNumber;
use frame_support::{
	dispatch::DispatchClass,
	ensure,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::ConsumedWeight;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Whether governance has stopped the court.
	pub fn paused(now: BlockNumber) -> bool {
		PausedUntil::<T>::get().is_some_and(|until| now <= until)
	}

	/// Whether a block with this weight and length had room for the largest move, as `CheckWeight` sees it.
	pub(crate) fn had_room(used: &ConsumedWeight, length: u32) -> bool {
		(Self::fits_weight(used) && Self::fits_length(length)) || !on(Check::Capacity)
	}

	fn fits_weight(used: &ConsumedWeight) -> bool {
		let limits = T::BlockWeights::get();
		let class = limits.get(DispatchClass::Operational);
		let beside = match on(Check::Overhead) {
			true => T::MoveOverhead::get(),
			false => Weight::zero(),
		};
		let largest = weights::most::<T::WeightInfo>()
			.saturating_add(beside)
			.saturating_add(class.base_extrinsic);
		let own = used.get(DispatchClass::Operational).saturating_add(largest);
		let fits = |most: Option<Weight>| most.is_none_or(|most| own.all_lte(most));
		// Were the rest of the block full, what is reserved for the class would still be there.
		let all = used.total().saturating_add(largest);
		fits(class.max_total) && (all.all_lte(limits.max_block) || fits(class.reserved))
	}

	fn fits_length(length: u32) -> bool {
		let most = *T::BlockLength::get().max.get(DispatchClass::Operational);
		length.saturating_add(MOST_BYTES).saturating_add(FRAME_BYTES) <= most || !on(Check::Length)
	}

	/// Ends a block. What it weighs and how long it is are there until the system finalizes it, after all hooks.
	pub(crate) fn tick(now: BlockNumber) {
		let used = frame_system::Pallet::<T>::block_weight();
		let length = frame_system::Pallet::<T>::block_size();
		if !Self::paused(now) && !T::Suspended::get() && Self::had_room(&used, length) {
			Clock::<T>::mutate(|clock| *clock = clock.saturating_add(1));
		}
	}

	/// Notes when something is due: after its last tick, or somewhat later. None: there is no room, and nothing does it by
	/// itself; anybody can.
	pub(crate) fn note(until: u32, due: Due) -> Option<u32> {
		Agenda::<T>::note(Clock::<T>::get(), until.saturating_add(1), due)
	}

	/// Does what is due.
	pub(crate) fn do_due(meter: &mut WeightMeter) {
		let block = T::BlockWeights::get().max_block;
		let share = T::AgendaShare::get();
		let least = T::WeightInfo::bucket().saturating_add(T::WeightInfo::expire());
		let part = Weight::from_parts(share.mul_floor(block.ref_time()), share.mul_floor(block.proof_size()));
		// So that a small share cannot stop it.
		let most = part.max(least).min(meter.remaining());
		let mut own = WeightMeter::with_limit(most);
		let costs = Costs {
			bucket: T::WeightInfo::bucket(),
			item: T::WeightInfo::expire(),
		};
		Agenda::<T>::serve(Clock::<T>::get(), &mut own, costs, |due| match due {
			Due::Dispute(dispute) => Self::look(dispute),
			Due::Others { worker, from } => Self::dismiss(worker, from),
			Due::Duty(duty) => {
				let _ = Self::do_expire_duty(duty);
			}
		});
		meter.consume(own.consumed());
	}

	pub(crate) fn do_pause(now: BlockNumber) -> DispatchResult {
		ensure!(!Self::paused(now), Error::<T>::Paused);
		let until = now.saturating_add(T::LongestPause::get());
		PausedUntil::<T>::put(until);
		Self::deposit_event(Event::Paused { until });
		Ok(())
	}

	pub(crate) fn do_resume(now: BlockNumber) -> DispatchResult {
		ensure!(Self::paused(now), Error::<T>::NotPaused);
		PausedUntil::<T>::kill();
		Self::deposit_event(Event::Resumed);
		Ok(())
	}
}
