// SPDX-License-Identifier: Apache-2.0

//! What the chain divides by itself: first come first served, each pot at most once in the queue, a part of each block.
//!
//! However much others give to their own pots, a pot waits for at most one division of each pot that was queued before.

use crate::{division::QUANTUM, BalanceOf, Config, Error, Event, Ledgers, Pallet, Queue, QueueEnds, WeightInfo};
use atelier_primitives::pots::{Pot, MAX_SHARES};
use frame_support::{
	defensive,
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Zero;

impl<T: Config> Pallet<T> {
	/// The least with which a pot is queued.
	fn least() -> BalanceOf<T> {
		T::MinDistribution::get().max(QUANTUM.into())
	}

	/// Queues a pot with enough in it, unless it is queued. Whether it did.
	pub(crate) fn enqueue_if_due(pot: Pot) -> bool {
		Ledgers::<T>::mutate(pot, |ledger| {
			let Some(ledger) = ledger.as_mut() else {
				return false;
			};
			if ledger.queued.is_some() || ledger.held < Self::least() {
				return false;
			}
			let mut ends = QueueEnds::<T>::get();
			let Some(end) = ends.end.checked_add(1) else {
				defensive!("a queue does not get so far");
				return false;
			};
			Queue::<T>::insert(ends.end, pot);
			ledger.queued = Some(ends.end);
			ends.end = end;
			QueueEnds::<T>::put(ends);
			true
		})
	}

	/// Each block: a new era if one is due, some of the old ones forgotten, and pots divided.
	pub(crate) fn poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::on_poll()).is_err() {
			return;
		}
		Self::begin_era_if_due(now);
		let share = T::QueueShare::get();
		if share.is_zero() {
			return;
		}
		let block = T::BlockWeights::get().max_block;
		let part = Weight::from_parts(share.mul_floor(block.ref_time()), share.mul_floor(block.proof_size()));
		let step = T::WeightInfo::serve(MAX_SHARES);
		let budget = part.max(step).min(meter.remaining());
		// Records are dearer to write than to forget, so half of what is left beyond one division keeps up with the rest.
		let half = budget.saturating_sub(step).saturating_div(2);
		let mut forgetting = WeightMeter::with_limit(half);
		Self::forget(&mut forgetting);
		let mut serving = WeightMeter::with_limit(budget.saturating_sub(forgetting.consumed()));
		Self::serve(&mut serving);
		meter.consume(forgetting.consumed());
		meter.consume(serving.consumed());
	}

	/// Divides pots of the queue while there is weight for the dearest. Each step weighs something, so it ends.
	pub(crate) fn serve(meter: &mut WeightMeter) {
		let dearest = T::WeightInfo::serve(MAX_SHARES);
		let mut ends = QueueEnds::<T>::get();
		while ends.first < ends.end && meter.can_consume(dearest) {
			let pot = Queue::<T>::take(ends.first);
			ends.first = ends.first.saturating_add(1);
			QueueEnds::<T>::put(ends);
			let shares = pot.map_or(0, Self::serve_one);
			meter.consume(T::WeightInfo::serve(shares));
			// Pots that just got shares stand at its end.
			ends = QueueEnds::<T>::get();
		}
	}

	/// Divides a pot that left the queue. Returns how many shares to charge for.
	fn serve_one(pot: Pot) -> u32 {
		let held = Ledgers::<T>::mutate(pot, |ledger| {
			let Some(ledger) = ledger.as_mut() else {
				return BalanceOf::<T>::zero();
			};
			ledger.queued = None;
			ledger.held
		});
		if held < Self::least() {
			return 0; // Somebody had it divided before its turn.
		}
		match with_storage_layer(|| Self::do_distribute(pot)) {
			Ok(shares) => shares,
			Err(why) => {
				Self::deposit_event(Event::Skipped { pot, why });
				if why == Error::<T>::Frozen.into() {
					0
				} else {
					MAX_SHARES
				}
			}
		}
	}
}
