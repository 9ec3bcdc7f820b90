// SPDX-License-Identifier: Apache-2.0

//! Who is heard in the part of blocks that is kept for the court.
//!
//! Moves are operational, so that nobody loses by silence since blocks are full. The runtime admits such a transaction only
//! if this says that its signer may make the move now. About a matter one move is heard in a block. It counts as one that
//! fails until it has been made, and after one that failed none is heard for [`QUIET`] blocks: a party that fails on purpose,
//! to fill blocks and stop the clock, needs as many matters as there is room for in all of these.
//!
//! What somebody can fail at without losing anything is one matter however much of it there is: all that a worker owes, all
//! that an auditor has drawn. In a dispute, where in the end one side loses its bond, each side is one: neither closes the
//! kept part for the other.

use crate::{
	checks::{on, Check},
	Call, Clock, Config, Disputes, Duties, Games, Heard, Matter, Pallet, Stage,
};
use atelier_primitives::{
	ids::DisputeId,
	work::{audits::Works, draw::Lot, workers::Accused},
	BlockNumber,
};
use atelier_referee::dispute::Party;

/// For how many blocks after a move that failed the kept part is closed to its matter.
pub const QUIET: BlockNumber = 8;

impl<T: Config> Pallet<T> {
	/// What a move is about, if this account may make it now. None for whatever is not operational.
	pub fn matter(who: &T::AccountId, call: &Call<T>) -> Option<Matter> {
		match call {
			Call::serve { duty, .. } => {
				let owed = Duties::<T>::get(duty)?;
				let may = Clock::<T>::get() <= owed.until
					&& T::Workers::account(owed.worker).as_ref() == Some(who)
					&& T::Works::pending(owed.work).is_some();
				may.then_some(Matter::Owed(owed.worker))
			}
			Call::challenge {
				work, lot: Some(lot), ..
			} => {
				let pending = Self::open(*work).ok()?;
				let (auditor, ..) = Self::auditor(who, *work, &pending, lot).ok()?;
				Some(Matter::Drawn(auditor))
			}
			Call::post_trace { dispute, .. }
			| Call::prove { dispute, .. }
			| Call::descend { dispute }
			| Call::play { dispute, .. }
			| Call::concede { dispute } => {
				let record = Disputes::<T>::get(dispute)?;
				if record.stage.until().is_some_and(|until| Clock::<T>::get() > until) {
					return None;
				}
				let by = if record.challenger == *who {
					Party::Challenger
				} else if T::Workers::account(record.worker).as_ref() == Some(who) {
					Party::Holder
				} else {
					return None;
				};
				let may = match (call, record.stage) {
					(Call::post_trace { .. }, Stage::Trace { .. }) => by == Party::Holder,
					(Call::prove { .. } | Call::descend { .. }, Stage::Proving { .. }) => by == Party::Challenger,
					(Call::play { .. }, Stage::Playing { .. }) => Games::<T>::get(dispute)?.turn() == by,
					(Call::concede { .. }, Stage::Queued) => by == Party::Challenger,
					(Call::concede { .. }, _) => true,
					_ => false,
				};
				may.then(|| side(*dispute, by))
			}
			_ => None,
		}
	}

	/// Whether a move about a matter failed a short while ago.
	pub fn is_quiet(matter: Matter) -> bool {
		let now = Self::now();
		Heard::<T>::get(matter).is_some_and(|until| now < until) && on(Check::Quiet)
	}

	/// Notes that a matter is heard in this block, by a move that has not been made yet. False: it was already, or failed a
	/// short while ago.
	pub fn hear(matter: Matter) -> bool {
		let now = Self::now();
		let closed = Heard::<T>::get(matter).is_some_and(|until| now <= until);
		if closed && on(Check::Quiet) {
			return false;
		}
		Heard::<T>::insert(matter, now.saturating_add(QUIET));
		true
	}

	/// A move is made, in whichever part of the block. If what follows fails, this is undone with it.
	pub(crate) fn made(matter: Matter) {
		let now = Self::now();
		let just = now.saturating_add(QUIET);
		// What failed in an earlier block stays so.
		Heard::<T>::mutate_extant(matter, |until| {
			if *until == just {
				*until = now;
			}
		});
	}

	/// The same of an accusation by an auditor with its lot.
	pub(crate) fn made_by_auditor(who: &T::AccountId, lot: Option<&Lot>) {
		if let Some(auditor) = lot.and_then(|_| T::Workers::of(who)) {
			Self::made(Matter::Drawn(auditor));
		}
	}

	/// Nothing is left to be heard about a dispute.
	pub(crate) fn fall_silent(dispute: DisputeId) {
		for party in [Party::Holder, Party::Challenger] {
			Heard::<T>::remove(side(dispute, party));
		}
	}
}

/// What a party of a dispute is heard about.
pub(crate) fn side(dispute: DisputeId, party: Party) -> Matter {
	match on(Check::Sides) {
		true => Matter::Dispute(dispute, party),
		false => Matter::Dispute(dispute, Party::Holder),
	}
}
