// SPDX-License-Identifier: Apache-2.0

//! The court's clock.
//!
//! It counts only blocks in which the court had room for a move, so that nobody loses by silence who was not let speak. Who
//! fills the ordinary part of blocks does not stop it: the rest is kept for those whose turn it is (`admission`). It
//! stands still in safe mode, during migrations, and under a pause, which ends by itself.

use crate::{
	checks::{on, Check},
	weights, Agenda, Clock, Config, Due, Error, Event, Pallet, PausedUntil, WeightInfo,
};
use atelier_agenda::Costs;
use atelier_primitives::BlockNumber;
use frame_support::{
	dispatch::DispatchClass,
	ensure,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Whether governance has stopped the court.
	pub fn paused(now: BlockNumber) -> bool {
		PausedUntil::<T>::get().is_some_and(|until| now <= until)
	}

	/// Whether a block that has used so much had room for the largest move.
	pub(crate) fn had_room(used: Weight) -> bool {
		let limits = T::BlockWeights::get();
		let class = limits.get(DispatchClass::Operational);
		let most = class.max_total.unwrap_or(limits.max_block).min(limits.max_block);
		let move_weight = weights::most::<T::WeightInfo>().saturating_add(class.base_extrinsic);
		used.saturating_add(move_weight).all_lte(most) || !on(Check::Capacity)
	}

	/// Ends a block.
	pub(crate) fn tick(now: BlockNumber) {
		let used = frame_system::Pallet::<T>::block_weight().total();
		if !Self::paused(now) && !T::Suspended::get() && Self::had_room(used) {
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
