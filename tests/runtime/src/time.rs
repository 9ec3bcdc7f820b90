// SPDX-License-Identifier: Apache-2.0

//! Hours and weeks without all of their blocks: only the first of each epoch and the last one run, by the chain's own
//! hooks. Between them nothing happens but that the court's clock counts, as it does in blocks with room.

use crate::{R, begin_block, next_block};
use atelier_primitives::work::{Work, audits::Works};
use atelier_runtime::{
	AccountId, AllPalletsWithSystem, Balance, BlockNumber, Disputes, Jobs, System, launch::EpochDuration,
};
use frame_support::traits::{Get, OnFinalize};

/// Goes on by so many blocks.
pub fn pass(blocks: BlockNumber) {
	let until = System::block_number() + blocks;
	let epoch = EpochDuration::get() as BlockNumber;
	while System::block_number() < until {
		// The first block of the chain begins the first epoch.
		let first = (System::block_number() - 1) / epoch * epoch + epoch + 1;
		leap(first.min(until));
	}
}

/// Goes on by so many blocks at once. New randomness is not kept meanwhile.
pub fn sleep(blocks: BlockNumber) {
	leap(System::block_number() + blocks);
}

fn leap(to: BlockNumber) {
	let now = System::block_number();
	if to <= now {
		return;
	}
	if to == now + 1 {
		return next_block();
	}
	AllPalletsWithSystem::on_finalize(now);
	pallet_disputes::Clock::<R>::mutate(|clock| *clock += to - now - 1);
	System::set_block_number(to - 1);
	look_on();
	begin_block(to);
}

/// Agendas do not look through all that is empty before the next thing that is due.
fn look_on() {
	let least =
		|keys: &mut dyn Iterator<Item = u32>, next: u32, now: u32| keys.filter(|due| *due >= next).fold(now, u32::min);
	let now = System::block_number();
	pallet_jobs::NextDue::<R>::mutate(|next| {
		*next = least(&mut pallet_jobs::Buckets::<R>::iter_keys(), *next, now).max(*next);
	});
	pallet_workers::NextDue::<R>::mutate(|next| {
		*next = least(&mut pallet_workers::SlashesDue::<R>::iter_keys(), *next, now).max(*next);
	});
	let clock = pallet_disputes::Clock::<R>::get();
	pallet_disputes::NextDue::<R>::mutate(|next| {
		*next = least(&mut pallet_disputes::Dues::<R>::iter_keys(), *next, clock).max(*next);
	});
}

/// Until the randomness is there that draws this work.
pub fn until_drawn(work: Work) {
	while Disputes::audit(work).is_some_and(|view| view.seed.is_none()) {
		pass(EpochDuration::get() as BlockNumber);
	}
}

/// Until a tick of the court's clock has passed.
pub fn until_tick(tick: u32) {
	let clock = pallet_disputes::Clock::<R>::get();
	sleep((tick + 1).saturating_sub(clock));
}

/// Until nobody can say anything about this work.
pub fn until_final(work: Work) {
	while let Some(pending) = <Jobs as Works<AccountId, Balance>>::pending(work) {
		let left = pending.until.saturating_sub(System::block_number());
		sleep(left + 1);
		if left == 0 {
			return;
		}
	}
}
